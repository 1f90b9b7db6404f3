package chat

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// ParseText parses a message body. It takes time linear in its length; an error
// is a sentence for the author about the bound that was broken. The same body
// always gives the same Text.
func ParseText(body string) (Text, error) { return new(bodyParser).text(body) }

// ParseLinked parses a body and links the names of rooms in it, by folded name. These may have
// signs that mean something elsewhere: #team *x* is one name where there is such a room.
func ParseLinked(body string, rooms map[string]RoomLink) (Text, error) {
	t, err := (&bodyParser{rooms: rooms}).text(body)
	t.LinkRooms(rooms)
	return t, err
}

func (p *bodyParser) text(body string) (Text, error) {
	if !utf8.ValidString(body) {
		return Text{}, Invalid("body", "This message is not valid text.")
	}
	body = TidyBody(body)
	switch {
	case !strings.ContainsFunc(body, visible):
		return Text{}, Invalid("body", "Write something first.")
	case utf8.RuneCountInString(body) > MaxBody:
		return Text{}, Invalid("body", "A message has at most 10,000 characters.")
	case strings.Count(body, "\n") >= MaxLines:
		return Text{}, Invalid("body", "A message has at most 500 lines.")
	}
	if s := spelled(strings.TrimSpace(body)); jumbo(s) {
		return Text{Jumbo: true, Blocks: []Block{{Runs: []Run{{Text: s}}}}}, nil
	}
	t := Text{Blocks: p.blocks(strings.Split(body, "\n"), 0)}
	switch {
	case p.links > MaxLinks:
		return Text{}, Invalid("body", "A message has at most 50 links.")
	case p.mentions > MaxMentions:
		return Text{}, Invalid("body", "A message mentions at most 50 people.")
	}
	if t.Plain() == "" {
		// Marks around nothing, such as a lone ">": show what was typed.
		t = Text{Blocks: []Block{{Runs: verbatim(body)}}}
	}
	return t, nil
}

// parseBody parses what is said with files, which may be nothing, and lists the names in it
// that may be of rooms, folded.
func parseBody(body string, files []File) (t Text, rooms []string, err error) {
	if len(files) > 0 && !strings.ContainsFunc(TidyBody(body), visible) {
		return Text{}, nil, nil
	}
	p := bodyParser{asks: true}
	t, err = p.text(body)
	return t, p.asked, err
}

// TidyBody makes newlines of all that ends a line, and drops what no message needs:
// control characters except newline and tab, bidi overrides and isolates, noncharacters, space at the end and blank
// lines at the beginning. It changes nothing the second time.
func TidyBody(body string) string {
	body = strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t':
			return r
		case unicode.IsControl(r), bidiControl(r), unicode.Is(unicode.Noncharacter_Code_Point, r):
			return -1
		}
		return r
	}, UnifyLines(body))
	body = strings.TrimRightFunc(body, unicode.IsSpace)
	for {
		line, rest, more := strings.Cut(body, "\n")
		if !more || !blank(line) {
			return body
		}
		body = rest
	}
}

// UnifyLines makes a newline of all that ends a line.
func UnifyLines(s string) string {
	if !strings.ContainsFunc(s, endsLine) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if endsLine(r) {
			return '\n'
		}
		return r
	}, strings.ReplaceAll(s, "\r\n", "\n"))
}

// endsLine knows what ends a line by Unicode, apart from the newline itself.
func endsLine(r rune) bool {
	return r >= '\v' && r <= '\r' || r == '\u0085' || r == '\u2028' || r == '\u2029'
}

func bidiControl(r rune) bool {
	return r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069
}

// visible is false for what leaves nothing on the screen.
func visible(r rune) bool {
	return !unicode.IsSpace(r) && !invisible(r)
}

// invisible knows format characters, fillers, variation selectors and the empty
// Braille cell.
func invisible(r rune) bool {
	return r == '\u2800' || unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

func blank(line string) bool { return strings.TrimSpace(line) == "" }

func verbatim(body string) []Run {
	var runs []Run
	for i, line := range strings.Split(body, "\n") {
		if i > 0 {
			runs = append(runs, Run{Kind: RunBreak})
		}
		runs = append(runs, Run{Text: line})
	}
	return joined(runs)
}
