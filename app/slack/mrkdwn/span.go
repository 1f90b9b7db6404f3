package mrkdwn

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// span is a piece of a line, written as it is typed here, and how it looks.
type span struct {
	text  string
	style styled
	whole bool // to be read as one: a name, an address, code
}

type styled struct{ bold, italic, strike bool }

// codeSpans are spans of code, one for each line.
func codeSpans(text string, s styled) (all []span) {
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			all = append(all, span{"\n", styled{}, false})
		}
		if line == "" {
			continue
		}
		ticks := "`"
		for strings.Contains(line, ticks) {
			ticks += "`"
		}
		if len(ticks) > 1 {
			line = " " + line + " "
		}
		all = append(all, span{ticks + line + ticks, s, true})
	}
	return all
}

// set puts spans together. Marks of emphasis stand where they are read as such: at
// words, in one line. Within a word there are none here, so it has none.
func set(spans []span) string {
	var o out
	all := groups(spans)
	for i, g := range all {
		next := ' '
		if i+1 < len(all) {
			next = all[i+1].first()
		}
		g.put(&o, next)
	}
	return o.String()
}

// group are spans beside one another that look the same, in one line.
type group struct {
	style styled
	spans []span
}

func groups(spans []span) (all []group) {
	for _, s := range spans {
		if s.whole {
			all = grouped(all, s)
			continue
		}
		for i, line := range strings.Split(s.text, "\n") {
			if i > 0 {
				all = append(all, group{spans: []span{{text: "\n"}}})
			}
			if line != "" {
				all = grouped(all, span{line, s.style, false})
			}
		}
	}
	return all
}

func grouped(all []group, s span) []group {
	if n := len(all); n > 0 && all[n-1].style == s.style && all[n-1].spans[0].text != "\n" {
		all[n-1].spans = append(all[n-1].spans, s)
		return all
	}
	return append(all, group{s.style, []span{s}})
}

func (g group) first() rune {
	r, _ := utf8.DecodeRuneInString(g.spans[0].text)
	return r
}

// put writes a group behind what is there, with its marks where they can be.
func (g group) put(o *out, next rune) {
	var inner out
	for _, s := range g.spans {
		inner.add(s)
	}
	text := inner.String()
	core := strings.TrimSpace(text)
	if g.style == (styled{}) || core == "" {
		for _, s := range g.spans {
			o.add(s)
		}
		return
	}
	lead, trail, _ := strings.Cut(text, core)
	before := ' '
	if o.Len() > 0 {
		before, _ = utf8.DecodeLastRuneInString(o.String())
	}
	first, _ := utf8.DecodeRuneInString(core)
	if !(lead != "" || border(before)) || !(trail != "" || border(next)) || unicode.IsMark(first) {
		for _, s := range g.spans {
			o.add(s)
		}
		return
	}
	open, end := "", ""
	for _, m := range []struct {
		on   bool
		mark string
	}{{g.style.italic, "_"}, {g.style.bold, "**"}, {g.style.strike, "~~"}} {
		if m.on {
			open, end = m.mark+open, end+m.mark
		}
	}
	o.put(lead)
	o.last = anything
	o.put(open + core + end + trail)
}

func (o *out) add(s span) {
	if s.whole {
		o.whole(s.text)
		return
	}
	o.put(s.text)
}

// border says whether marks may stand beside a character.
func border(r rune) bool {
	return unicode.IsSpace(r) || spaceless(r) || (unicode.IsPunct(r) || unicode.IsSymbol(r)) && !strings.ContainsRune(`*_~\`, r)
}
