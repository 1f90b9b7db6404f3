package chat

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Word is a piece of text as search knows it: folded, so that case, accents and
// width do not count. Scripts that are written without spaces give every two
// neighbouring characters as a word.
type Word struct {
	Token      string // letters, digits and marks only, or one emoji
	Start, End int    // the bytes of the text that it stands for
	Alone      bool   // one character of a script without spaces; it has no place among the others
}

// maxWord is how many characters of a word count.
const maxWord = 64

// alone begins the token of a single character of a script without spaces, so
// that it is found without being a word. It stands in no text.
const alone = "\uE200"

// Words splits a text. What is looked for is split in the same way.
func Words(s string) []Word {
	var w words
	for i := 0; i < len(s); {
		n := 1
		if s[i] >= utf8.RuneSelf || i+1 < len(s) && s[i+1] >= utf8.RuneSelf {
			if n = emojiLen(s[i:]); n > 0 {
				w.flush()
				w.list = append(w.list, Word{Token: strings.Map(unstyled, s[i:i+n]), Start: i, End: i + n})
				i += n
				continue
			}
			n = norm.NFKC.NextBoundaryInString(s[i:], true)
		}
		w.piece(s[i:i+n], i)
		i += n
	}
	w.flush()
	return w.list
}

// unstyled drops what only changes how an emoji is drawn.
func unstyled(r rune) rune {
	if r == emojiStyle {
		return -1
	}
	return r
}

// words collects characters until a word is over.
type words struct {
	list []Word
	run  []character
}

type character struct {
	r          rune
	start, end int
}

// piece takes what stands for one character or a few, as typed.
func (w *words) piece(s string, at int) {
	if len(s) == 1 {
		w.put(lower(rune(s[0])), at, at+1)
		return
	}
	if r, n := utf8.DecodeRuneInString(s); n == len(s) && unspaced(r) && norm.NFKC.IsNormalString(s) {
		w.put(r, at, at+n)
		return
	}
	folded := strings.Map(func(r rune) rune {
		if accent(r) || invisible(r) {
			return -1
		}
		return lower(r)
	}, norm.NFKD.String(s))
	for _, r := range norm.NFC.String(folded) {
		switch r {
		case 'ß':
			w.put('s', at, at+len(s))
			r = 's'
		case 'æ', 'œ':
			w.put(map[rune]rune{'æ': 'a', 'œ': 'o'}[r], at, at+len(s))
			r = 'e'
		}
		w.put(r, at, at+len(s))
	}
}

func (w *words) put(r rune, start, end int) {
	if !isWord(r) {
		w.flush()
		return
	}
	if n := len(w.run); n > 0 && unspaced(w.run[n-1].r) != unspaced(r) {
		w.flush()
	}
	w.run = append(w.run, character{r, start, end})
}

func (w *words) flush() {
	run := w.run
	w.run = w.run[:0]
	if len(run) == 0 {
		return
	}
	if !unspaced(run[0].r) {
		var b strings.Builder
		for _, c := range run[:min(maxWord, len(run))] {
			b.WriteRune(c.r)
		}
		w.list = append(w.list, Word{Token: b.String(), Start: run[0].start, End: run[len(run)-1].end})
		return
	}
	for i, c := range run {
		w.list = append(w.list, Word{Token: alone + string(c.r), Start: c.start, End: c.end, Alone: true})
		switch {
		case i+1 < len(run):
			w.list = append(w.list, Word{Token: string(c.r) + string(run[i+1].r), Start: c.start, End: run[i+1].end})
		case i == 0:
			w.list = append(w.list, Word{Token: string(c.r), Start: c.start, End: c.end})
		}
	}
}

// lower folds case, and the letters that are another letter with a stroke.
func lower(r rune) rune {
	if r < utf8.RuneSelf {
		if r >= 'A' && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}
	switch r {
	case 'ẞ':
		return 'ß'
	case 'ß':
		return r
	case 'ø', 'Ø':
		return 'o'
	case 'ł', 'Ł':
		return 'l'
	case 'đ', 'Đ', 'ð', 'Ð':
		return 'd'
	case 'ħ', 'Ħ':
		return 'h'
	case 'ı':
		return 'i'
	}
	return unicode.ToLower(unicode.ToUpper(r)) // by way of upper case: ς and σ are one
}

// accents are the marks that people leave out when they search. Vowel signs of
// Indic scripts are none: they are letters to who reads them.
var accents = &unicode.RangeTable{R16: []unicode.Range16{{0x0300, 0x036F, 1}, {0x0483, 0x0487, 1}, {0x0591, 0x05BD, 1}, {0x05BF, 0x05BF, 1},
	{0x05C1, 0x05C2, 1}, {0x05C4, 0x05C5, 1}, {0x0610, 0x061A, 1}, {0x0640, 0x0640, 1}, {0x064B, 0x065F, 1}, {0x0670, 0x0670, 1},
	{0x1AB0, 0x1AFF, 1}, {0x1DC0, 0x1DFF, 1}, {0x20D0, 0x20FF, 1}, {0xFE20, 0xFE2F, 1}}}

func accent(r rune) bool { return r >= 0x0300 && unicode.Is(accents, r) }

// unspaced knows the scripts that are written without spaces between words, and
// Korean, which puts its endings on the word.
func unspaced(r rune) bool {
	return r >= 0x0E00 && (unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Bopomofo,
		unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar) || r == 'ー')
}
