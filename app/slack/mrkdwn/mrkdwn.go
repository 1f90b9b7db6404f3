// Package mrkdwn writes what Slack and its apps send (text in Slack's mrkdwn, blocks
// of Block Kit, attachments) as a message is typed here. It knows nothing of archives
// and of who sends. Whatever it is given, it takes time linear in that, and what it
// leaves out is counted.
package mrkdwn

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"parley/app/chat"
)

// Bounds of one payload; Slack's own are far below them. Beyond them it is cut, which
// is counted.
const (
	MaxBytes = 512 << 10 // of text
	MaxNodes = 20_000    // objects and lists within blocks and attachments
	MaxJSON  = 4 << 20   // bytes of blocks, and of attachments: what has more is not read
	maxDepth = 12        // of an element within others
)

// Payload is what a message of Slack says, as in its API, its exports and what is
// sent to its webhooks.
type Payload struct {
	Text        string
	AsTyped     bool            // Text is no mrkdwn: "mrkdwn": false
	Blocks      json.RawMessage // a JSON list, or nothing
	Attachments json.RawMessage // the same
}

// Names says what Slack's ids mean here. Each of its functions may be nil.
type Names struct {
	Person func(id string) chat.Person // without an ID: unknown
	Room   func(id string) Room
	Group  func(id string) string // a group of users by its handle, "" when unknown
}

// Room is what a reference to a channel becomes.
type Room struct {
	ID     chat.RoomID // 0: no link
	Name   string      // "": unknown, so that the reference shows what Slack wrote
	Hidden bool        // its name is not for everybody who reads this
}

// Result is a message as it is typed here. It may be longer than one may be.
type Result struct {
	Body   string
	People map[string]chat.AccountID // whom @names in Body mean, by chat.FoldName
	Rooms  map[string]chat.RoomLink  // and #names
	Lost   map[string]int            // what did not come, in words and in the singular, and how often
}

// conversion is a payload while it is worked on.
type conversion struct {
	Result
	names        Names
	bytes, nodes int // left of what is looked at
	text         string
	raw          map[string]bool   // of an escape: blocks hold it as what was typed
	labels       map[string]string // what the text calls an id
}

// Convert writes a payload as it is typed here. Blocks that say as much as the text
// are shown in its place, as Slack does.
func Convert(p Payload, n Names) Result {
	c := &conversion{names: n, bytes: MaxBytes, nodes: MaxNodes, text: p.Text, raw: map[string]bool{}, labels: map[string]string{},
		Result: Result{People: map[string]chat.AccountID{}, Rooms: map[string]chat.RoomLink{}, Lost: map[string]int{}}}
	var text string
	if p.AsTyped {
		text = c.literal(Unescape(c.cut(p.Text)))
	} else {
		text = c.mrkdwn(p.Text)
	}
	lost := c.Lost
	c.Lost = map[string]int{}
	body := c.either(text, c.blocks(c.decode(p.Blocks), 0))
	for what, n := range lost { // text and blocks mostly say the same
		c.Lost[what] = max(n, c.Lost[what])
	}
	for _, v := range c.decode(p.Attachments) {
		body = join(body, c.attachment(object(v), body != "", 0))
	}
	c.Body = body
	return c.Result
}

// either chooses between a text and the blocks beside it.
func (c *conversion) either(text string, b blocks) string {
	said, inBlocks := words(text), words(b.says)
	switch {
	case b.says == "":
		return join(text, b.beside)
	case slices.Contains(placeholders, text):
		return b.all
	case contained(said, inBlocks):
		return b.all
	case contained(inBlocks, said):
		return join(text, b.beside)
	case letters(b.says) >= letters(text):
		c.lose("text that Slack shows in notifications only, beside its blocks")
		return b.all
	}
	return join(text, b.all)
}

// placeholders are what Slack writes where nobody wrote anything.
var placeholders = []string{"This content can't be displayed.", "[no preview available]"}

// words are those of a text, folded, and how often each is there.
func words(s string) map[string]int {
	m := map[string]int{}
	s = shortName.ReplaceAllString(s, " ")
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return !word(r) }) {
		m[chat.FoldName(w)]++
	}
	return m
}

func contained(a, b map[string]int) bool {
	for w, n := range a {
		if b[w] < n {
			return false
		}
	}
	return true
}

var webAddress = regexp.MustCompile(`https?://[^\s)]*`)

// letters counts those of a text without its addresses.
func letters(s string) (n int) {
	for _, r := range webAddress.ReplaceAllString(s, "") {
		if word(r) {
			n++
		}
	}
	return n
}

// join puts texts below one another.
func join(texts ...string) string {
	var b strings.Builder
	for _, s := range texts {
		if s = strings.TrimRight(s, "\n"); strings.TrimSpace(s) == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(s)
	}
	return b.String()
}

// lose counts something that does not come.
func (c *conversion) lose(what string) { c.Lost[what]++ }

// cut is a text, or as much of it as is still looked at. It has no characters for
// private use, which stand for other things while a text is worked on.
func (c *conversion) cut(s string) string {
	if len(s) > c.bytes {
		at := c.bytes
		for at > 0 && !utf8.RuneStart(s[at]) {
			at--
		}
		s = s[:at]
		c.lose("text that goes on beyond what is looked at")
	}
	c.bytes -= len(s)
	return strings.Map(func(r rune) rune {
		if r >= atomBase && r <= atomBase+maxAtoms {
			return -1
		}
		return r
	}, chat.UnifyLines(s))
}

// visit says whether one more element is still looked at.
func (c *conversion) visit(depth int) bool {
	switch {
	case depth > maxDepth:
		c.lose("element that is nested too deep")
	case c.nodes == 0:
		c.lose("element beyond as many as are looked at")
	default:
		c.nodes--
		return true
	}
	return false
}

// decode reads a JSON list; what is none is counted.
func (c *conversion) decode(raw json.RawMessage) (all []any) {
	if len(raw) == 0 || string(raw) == "null" {
		return nil
	}
	if len(raw) > MaxJSON {
		c.lose("list of blocks or attachments that is too long to be read")
		return nil
	}
	if json.Unmarshal(raw, &all) != nil {
		c.lose("list of blocks or attachments that cannot be read")
		return nil
	}
	return all
}
