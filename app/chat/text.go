package chat

import "strings"

// Bounds of a message; ParseText refuses what goes beyond them. What is nested
// deeper than MaxNesting is kept as plain text instead.
const (
	MaxBody     = 10_000 // characters
	MaxLines    = 500
	MaxNesting  = 8
	MaxLinks    = 50
	MaxMentions = 50
)

// Text is a parsed message body. It is stored as JSON, so that its tags and the
// numbers of its kinds never change.
type Text struct {
	Blocks []Block `json:"b,omitempty"`
	Jumbo  bool    `json:"j,omitempty"` // 1 to 6 emoji and nothing else, in one paragraph
}

// BlockKind says which fields of a Block are set.
type BlockKind uint8

// The kinds of block; they are stored, so only ever append.
const (
	BlockParagraph BlockKind = iota // Runs
	BlockQuote                      // Blocks
	BlockCode                       // Code, Lang
	BlockBullets                    // Items
	BlockNumbers                    // Items, Start
)

// Block is one paragraph, quote, listing or list of a Text.
type Block struct {
	Kind   BlockKind `json:"k,omitempty"`
	Runs   []Run     `json:"r,omitempty"`
	Blocks []Block   `json:"b,omitempty"`
	Items  [][]Block `json:"i,omitempty"` // never empty in a list; an item may be
	Start  int       `json:"n,omitempty"` // number of the first item
	Lang   string    `json:"l,omitempty"` // lower case, as its author named it: [a-z0-9.+#_-]{1,20}
	Code   string    `json:"c,omitempty"` // without the last newline
}

// RunKind says which fields of a Run are set.
type RunKind uint8

// The kinds of run; they are stored, so only ever append.
const (
	RunPlain      RunKind = iota // Text
	RunBold                      // Runs
	RunItalic                    // Runs
	RunStrike                    // Runs
	RunCode                      // Text
	RunLink                      // Text as typed, URL
	RunMention                   // Text as typed with its @, Account once resolved
	RunBreak                     // nothing: the line ends here
	RunMentionAll                // Text as typed: @room or @here, and it was allowed
	RunRoom                      // Text as typed with its #, Room once linked
	RunEmoji                     // Text as typed with its colons: an emoji of the workspace
)

// Run is a stretch of text of one kind within a paragraph.
type Run struct {
	Kind    RunKind   `json:"k,omitempty"`
	Text    string    `json:"t,omitempty"`
	Name    string    `json:"n,omitempty"` // of a mention: how the person is called
	Runs    []Run     `json:"r,omitempty"`
	URL     string    `json:"u,omitempty"` // http, https or mailto, valid, at most 2048 bytes before escaping
	Account AccountID `json:"a,omitempty"`
	Room    RoomID    `json:"o,omitempty"`
}

// Plain is the text in one line without markup, for a notification or a reply
// line; it holds no control characters and may be as long as the message.
func (t Text) Plain() string {
	var b strings.Builder
	eachBlock(t.Blocks, func(bl *Block) {
		eachRun(bl.Runs, func(r *Run) {
			if r.Kind == RunBreak {
				b.WriteByte(' ')
			}
			b.WriteString(r.Text)
		})
		b.WriteString(bl.Code)
		b.WriteByte(' ')
	})
	return strings.Join(strings.Fields(b.String()), " ")
}

// Lines is how many lines a text has where none is broken for its length.
func (t Text) Lines() (n int) {
	eachBlock(t.Blocks, func(bl *Block) {
		if len(bl.Runs) > 0 {
			n++
		}
		if bl.Kind == BlockCode {
			n += 1 + strings.Count(bl.Code, "\n")
		}
		eachRun(bl.Runs, func(r *Run) {
			if r.Kind == RunBreak {
				n++
			}
		})
	})
	return n
}

func eachBlock(blocks []Block, f func(*Block)) {
	for i := range blocks {
		f(&blocks[i])
		eachBlock(blocks[i].Blocks, f)
		for _, item := range blocks[i].Items {
			eachBlock(item, f)
		}
	}
}

func eachRun(runs []Run, f func(*Run)) {
	for i := range runs {
		f(&runs[i])
		eachRun(runs[i].Runs, f)
	}
}

// joined makes one run of neighbours that are plain, in place and at any depth.
func joined(runs []Run) []Run {
	out := runs[:0]
	for i := 0; i < len(runs); {
		r := runs[i]
		j := i + 1
		if r.Kind == RunPlain {
			for j < len(runs) && runs[j].Kind == RunPlain {
				j++
			}
			if j > i+1 {
				r.Text = concat(runs[i:j])
			}
		}
		r.Runs = joined(r.Runs)
		if r.Kind != RunPlain || r.Text != "" {
			out = append(out, r)
		}
		i = j
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// concat copies each text once: adding them up one by one would be quadratic.
func concat(runs []Run) string {
	var b strings.Builder
	for i := range runs {
		b.WriteString(runs[i].Text)
	}
	return b.String()
}
