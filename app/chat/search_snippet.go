package chat

import (
	"strings"

	"github.com/rivo/uniseg"
)

// Piece is a stretch of a result's text.
type Piece struct {
	Text string
	Mark bool // it is what was looked for
}

const (
	snippetBefore = 80 // bytes before the first mark, about
	snippetSize   = 320
)

// span is a stretch of a text by bytes.
type span struct{ start, end int }

// Snippet is the part of a message around what was looked for, cut only between
// what readers take for characters.
func (s Search) Snippet(m Message) []Piece {
	text := m.Text.Plain()
	marks := s.marks(text)
	first := 0
	if len(marks) > 0 {
		first = marks[0].start
	}
	whole := span{0, len(text)}
	if len(text) > snippetSize {
		whole.start = min(max(0, first-snippetBefore), len(text)-snippetSize)
		whole.end = whole.start + snippetSize
	}
	edges := append([]span{whole}, marks...)
	settle(text, edges)
	whole, marks = edges[0], edges[1:]
	var out []Piece
	put := func(from, to int, mark bool) {
		if from < to {
			out = append(out, Piece{text[from:to], mark})
		}
	}
	at := whole.start
	for _, m := range marks {
		if m.end <= at {
			continue
		}
		if m.start >= whole.end {
			break
		}
		put(at, max(at, m.start), false)
		put(max(at, m.start), min(m.end, whole.end), true)
		at = min(m.end, whole.end)
	}
	put(at, whole.end, false)
	if whole.start > 0 {
		out[0].Text = strings.TrimLeft(out[0].Text, " ")
		out = append([]Piece{{Text: "… "}}, out...)
	}
	if whole.end < len(text) {
		out = append(out, Piece{Text: " …"})
	}
	return out
}

// marks are where a text has what is looked for, in order.
func (s Search) marks(text string) []span {
	if len(s.All) == 0 {
		return nil
	}
	all := Words(text)
	var placed, alones []Word
	for _, w := range all {
		if w.Alone {
			alones = append(alones, w)
		} else {
			placed = append(placed, w)
		}
	}
	hit := make([]bool, len(text))
	for _, m := range s.All {
		list := placed
		if strings.HasPrefix(m.Tokens[0], alone) {
			list = alones
		}
		for i := range list {
			if m.at(list[i:]) {
				for j := list[i].Start; j < list[i+len(m.Tokens)-1].End; j++ {
					hit[j] = true
				}
			}
		}
	}
	var marks []span
	for i := 0; i < len(hit); i++ {
		if !hit[i] {
			continue
		}
		start := i
		for i < len(hit) && hit[i] {
			i++
		}
		marks = append(marks, span{start, i})
	}
	return marks
}

// at says whether words begin with the match.
func (m Match) at(words []Word) bool {
	if len(words) < len(m.Tokens) {
		return false
	}
	for i, t := range m.Tokens {
		beginning := m.Prefix && i == len(m.Tokens)-1
		if words[i].Token != t && !(beginning && strings.HasPrefix(words[i].Token, t)) {
			return false
		}
	}
	return true
}

// settle moves edges that fall into a character to where it begins (a start) or
// ends (an end). An edge that is none of text's whole is moved to a space near by.
func settle(text string, spans []span) {
	if whole := &spans[0]; whole.end-whole.start < len(text) {
		if i := strings.LastIndexByte(text[:whole.start], ' '); i >= 0 && whole.start-i < 24 {
			whole.start = i
		}
		if i := strings.IndexByte(text[whole.end:], ' '); i >= 0 && i < 24 {
			whole.end += i
		}
	}
	for g, at := uniseg.NewGraphemes(text), 0; g.Next(); {
		end := at + len(g.Str())
		for i := range spans {
			if s := &spans[i]; s.start > at && s.start < end {
				s.start = at
			}
			if s := &spans[i]; s.end > at && s.end < end {
				s.end = end
			}
		}
		at = end
	}
}
