package mrkdwn

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
)

// element is what an element shows, and whether that is to be read as one: a name.
func (c *conversion) element(e node, depth int) (text string, whole bool) {
	switch e.kind() {
	case "text":
		return c.leaf(e.str("text")), false
	case "link":
		return c.linked(e)
	case "user":
		return c.person(e.str("user_id"), c.labels[e.str("user_id")]), true
	case "channel":
		return c.room(e.str("channel_id"), c.labels[e.str("channel_id")]), true
	case "usergroup":
		return c.group(e.str("usergroup_id"), c.labels[e.str("usergroup_id")]), true
	case "broadcast":
		if e.str("range") == "here" {
			return "@here", true
		}
		return "@room", true
	case "emoji":
		return emojiElement(e), true
	case "date":
		text := c.cut(date(e))
		if url := c.cut(e.str("url")); url != "" {
			text += " (" + url + ")"
		}
		return text, true
	case "color":
		return c.cut(e.str("value")), false
	case "team":
		return c.cut(e.str("team_id")), false
	}
	c.lose(unknown("element", e.kind()))
	return c.anyText(e, depth+1), true
}

// leaf is plain text of an element. Slack has escaped it at times, and at times not:
// the text beside the blocks, in which it is escaped in any case, tells.
func (c *conversion) leaf(s string) string {
	s = c.cut(s)
	for _, entity := range []string{"&lt;", "&gt;", "&amp;"} {
		if strings.Contains(s, entity) {
			if c.isRaw(entity) {
				return s
			}
			return Unescape(s)
		}
	}
	return s
}

func (c *conversion) isRaw(entity string) bool {
	raw, known := c.raw[entity]
	if !known {
		raw = strings.Contains(c.text, "&amp;"+entity[1:])
		c.raw[entity] = raw
	}
	return raw
}

// linked is a link with its address, as text.
func (c *conversion) linked(e node) (string, bool) {
	label := c.leaf(e.str("text"))
	url, labelled := link(Unescape(c.cut(e.str("url"))), label)
	if link, ok := named(label, url); labelled && ok {
		return link, true
	}
	if labelled {
		return label + " (" + url + ")", true
	}
	return url, true
}

func (c *conversion) linkSpans(e node, s styled) []span {
	label := c.leaf(e.str("text"))
	url, labelled := link(Unescape(c.cut(e.str("url"))), label)
	if !labelled {
		return []span{{url, s, true}}
	}
	if link, ok := named(label, url); ok {
		return []span{{link, s, true}}
	}
	return []span{{c.literal(label), s, false}, {" (", styled{}, false}, {url, styled{}, true}, {")", styled{}, false}}
}

// emojiElement is an emoji by its name, or as the characters that Slack wrote beside
// it; one that the workspace has made itself keeps its name.
func emojiElement(e node) string {
	name := e.str("name")
	if tone := e.num("skin_tone"); tone >= 2 && tone <= 6 && !strings.Contains(name, "::") {
		name += fmt.Sprint("::skin-tone-", tone)
	}
	if s := emojiOf(name); s != "" {
		return s
	}
	if s := fromUnicode(e.str("unicode")); s != "" {
		return s
	}
	if name == "" || len(name) > 100 {
		return ""
	}
	return ":" + name + ":"
}

// fromUnicode reads "1f44b-1f3fb".
func fromUnicode(s string) string {
	var b strings.Builder
	for i, part := range strings.Split(s, "-") {
		if len(part)%2 == 1 {
			part = "0" + part
		}
		code, err := hex.DecodeString(part)
		if err != nil || len(code) == 0 || len(code) > 3 || i > 12 {
			return ""
		}
		n := rune(0)
		for _, c := range code {
			n = n<<8 | rune(c)
		}
		if n < 0x20 || n > 0x10FFFF {
			return ""
		}
		b.WriteRune(n)
	}
	return b.String()
}

// date is a moment as who wrote it would have it shown, else in UTC.
func date(e node) string {
	if s := e.str("fallback"); s != "" {
		return s
	}
	stamp := e.num("timestamp")
	if stamp <= 0 || stamp > 1<<36 {
		return ""
	}
	return time.Unix(stamp, 0).UTC().Format("2 January 2006, 15:04 UTC")
}

// unknown is what is said of a kind that is not known; it is not repeated at length.
func unknown(what, kind string) string {
	r := []rune(cmp.Or(kind, "?"))
	return what + " of the unknown kind " + string(r[:min(len(r), 40)])
}
