package chat

import (
	"slices"
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
	text := m.Plain()
	marks := s.marks(text)
	whole := window(text, marks)
	cut := edges(text, whole)
	whole = span{cut.down(whole.start), cut.up(whole.end)}
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
		start, end := max(at, cut.down(m.start)), min(cut.up(m.end), whole.end)
		put(at, start, false)
		put(start, end, true)
		at = end
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

// window is the part of a text around the first mark, from space to space where one
// is near.
func window(text string, marks []span) span {
	whole := span{0, len(text)}
	if len(text) <= snippetSize {
		return whole
	}
	first := 0
	if len(marks) > 0 {
		first = marks[0].start
	}
	whole.start = min(max(0, first-snippetBefore), len(text)-snippetSize)
	whole.end = whole.start + snippetSize
	if i := strings.LastIndexByte(text[:whole.start], ' '); i >= 0 && whole.start-i < 24 {
		whole.start = i
	}
	if i := strings.IndexByte(text[whole.end:], ' '); i >= 0 && i < 24 {
		whole.end += i
	}
	return whole
}

// bounds are where what readers take for a character begins, in order.
type bounds []int

// edges finds the bounds of characters from just before a window to just behind it.
// A character begins at every space, so that what stands far before does not count.
func edges(text string, whole span) bounds {
	at := max(0, strings.LastIndexByte(text[:whole.start], ' '))
	list := bounds{at}
	for g := uniseg.NewGraphemes(text[at:]); at < whole.end && g.Next(); {
		at += len(g.Str())
		list = append(list, at)
	}
	return list
}

// down is the last bound that is not after i, up the first that is not before; both
// stay within the bounds.
func (b bounds) down(i int) int {
	n, found := slices.BinarySearch(b, i)
	if !found {
		n--
	}
	return b[min(max(n, 0), len(b)-1)]
}

func (b bounds) up(i int) int {
	n, _ := slices.BinarySearch(b, i)
	return b[min(n, len(b)-1)]
}

// marks are where a text has what is looked for, in order: the first place, and what
// else stands within a window's length of it.
func (s Search) marks(text string) []span {
	if len(s.All)+len(s.Literals) == 0 {
		return nil
	}
	var placed, alones []Word
	for _, w := range Words(text) {
		if w.Alone {
			alones = append(alones, w)
		} else {
			placed = append(placed, w)
		}
	}
	words := func(m Match) []Word {
		if strings.HasPrefix(m.Tokens[0], alone) {
			return alones
		}
		return placed
	}
	literals := s.literalSpans(text)
	first := len(text)
	for _, l := range literals {
		first = min(first, l.start)
	}
	for _, m := range s.All {
		first = m.first(words(m), first)
	}
	// What is shown begins at most a window before the first place.
	near := span{max(0, first-snippetSize), first + 2*snippetSize}
	hits := hits{near.start, make([]bool, max(0, min(len(text), near.end+snippetSize)-near.start))}
	for _, m := range s.All {
		list := words(m)
		from, _ := slices.BinarySearchFunc(list, near.start, func(w Word, at int) int { return w.Start - at })
		for i := from; i < len(list) && list[i].Start < near.end; i++ {
			if m.at(list[i:]) {
				hits.mark(span{list[i].Start, list[i+len(m.Tokens)-1].End})
			}
		}
	}
	for _, l := range literals {
		hits.mark(l)
	}
	return hits.spans()
}

// first is where the match stands first in words, before a place; else that place.
func (m Match) first(list []Word, before int) int {
	for i := 0; i < len(list) && list[i].Start < before; i++ {
		if m.at(list[i:]) {
			return list[i].Start
		}
	}
	return before
}

// hits are the bytes of a part of a text that belong to what is looked for.
type hits struct {
	start int // of the part
	is    []bool
}

func (h hits) mark(s span) {
	for i := max(s.start, h.start); i < s.end && i-h.start < len(h.is); i++ {
		h.is[i-h.start] = true
	}
}

// spans are what was marked, in order.
func (h hits) spans() (list []span) {
	for i := 0; i < len(h.is); i++ {
		if !h.is[i] {
			continue
		}
		start := i
		for i < len(h.is) && h.is[i] {
			i++
		}
		list = append(list, span{h.start + start, h.start + i})
	}
	return list
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
