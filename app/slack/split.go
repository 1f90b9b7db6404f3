package slack

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"parley/app/archive"
	"parley/app/chat"
)

// parts cuts what is longer than a message may be, and notes that.
func (h *history) parts(m *message, body string) []string {
	parts, whole := split(body, 0)
	if !whole {
		h.report.Skip("part of a message with more links or names than can be cut", h.example(m))
	}
	if len(parts) > 1 {
		if h.long.messages == 0 {
			h.long.example = h.example(m)
		}
		h.long.messages++
		h.long.parts += len(parts)
	}
	return parts
}

// long counts messages that are longer than one may be here.
type long struct {
	messages, parts int
	example         string
}

func (l long) note(r *archive.Report) {
	if l.messages > 0 {
		r.AddNote("%d × a message that is longer than one may be here (%s): they came as %d, cut where a line or a word ends.",
			l.messages, l.example, l.parts)
	}
}

// openFence is the line that begins the listing in which a text ends; "" where it ends
// in none.
func openFence(s string) (open string) {
	for line := range strings.Lines(s) {
		line = strings.TrimSpace(line)
		ticks := strings.TrimRight(line, languageRunes)
		switch {
		case !strings.HasPrefix(ticks, "```") || strings.Trim(ticks, "`") != "":
		case open == "":
			open = line
		case strings.TrimRight(open, languageRunes) == line:
			open = ""
		}
	}
	return open
}

const languageRunes = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.+#_-"

// split parses a text; one that breaks a bound of messages is cut in two, at the end
// of a line or a word. It is not whole when something of it was lost.
func split(body string, depth int) (parts []string, whole bool) {
	_, err := chat.ParseText(body)
	if err == nil {
		return []string{body}, true
	}
	seen := strings.ContainsFunc(body, func(r rune) bool { return unicode.IsPrint(r) && !unicode.IsSpace(r) })
	if depth > 12 || utf8.RuneCountInString(body) < 2 || !seen {
		return nil, !seen
	}
	half := len(body) / 2
	at := -1
	for _, end := range []string{"\n", " "} {
		if i := strings.LastIndex(body[:half], end); i > len(body)/8 && at < 0 {
			at = i
		}
	}
	if at < 0 {
		for at = half; !utf8.RuneStart(body[at]); at-- {
		}
	}
	first, rest := body[:at], body[at:]
	if fence := openFence(first); fence != "" { // each part of a listing is one
		first, rest = first+"\n"+strings.TrimRight(fence, languageRunes), fence+"\n"+strings.TrimPrefix(rest, "\n")
	}
	one, oneWhole := split(first, depth+1)
	two, twoWhole := split(rest, depth+1)
	return append(one, two...), oneWhole && twoWhole
}
