package mrkdwn

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// out puts pieces of one text together, so that each stays what it is.
type out struct {
	strings.Builder
	last    piece
	pending string // ends a listing, unless a new line follows it anyway
}

// piece is what stands at the end, as far as the next letter would become part of it.
type piece uint8

const (
	anything piece = iota
	name
	address
)

// put adds text.
func (o *out) put(s string) {
	if s == "" {
		return
	}
	o.settle(s)
	first, rest := firstRune(s)
	second, _ := firstRune(rest)
	lengthens := word(first) || first == '_' || first == '-' || first == '.' && word(second)
	if o.last == address {
		lengthens = lengthens || strings.ContainsRune("/=&%#~+@$", first)
	}
	if o.last != anything && lengthens {
		o.WriteByte(' ')
	}
	o.last = anything
	o.WriteString(s)
}

// whole adds what has to be read as one: a name with its sign, an address, code.
func (o *out) whole(s string) {
	kind := anything
	switch {
	case s == "":
		return
	case s[0] == '@' || s[0] == '#':
		kind = name
	case strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://"):
		kind = address
	}
	o.settle(s)
	before, _ := utf8.DecodeLastRuneInString(o.String())
	if o.Len() > 0 && s[0] == '[' && (before == '!' || before == '\\') { // else it would not be a link
		o.WriteByte(' ')
		before = ' '
	}
	if o.Len() > 0 && (o.last != anything || kind != anything && (before == '\\' || word(before) && !spaceless(before))) {
		o.WriteByte(' ')
	}
	o.last = kind
	o.WriteString(s)
}

// code adds a listing on lines of its own, in the quote that it stands in.
func (o *out) code(s string) {
	o.settle(s)
	so := o.String()
	line := so[strings.LastIndexByte(so, '\n')+1:]
	prefix := ""
	if strings.HasPrefix(line, "> ") {
		prefix = "> "
		s = strings.ReplaceAll(s, "\n", "\n> ")
	}
	if line != prefix {
		o.WriteString("\n" + prefix)
	}
	o.last = anything
	o.WriteString(s)
	o.pending = "\n" + prefix
}

func (o *out) settle(next string) {
	if o.pending != "" && !strings.HasPrefix(next, "\n") {
		o.WriteString(o.pending)
	}
	o.pending = ""
}

func firstRune(s string) (rune, string) {
	r, n := utf8.DecodeRuneInString(s)
	return r, s[n:]
}

func word(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r)
}

// spaceless are letters of scripts that put no space between words.
func spaceless(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}
