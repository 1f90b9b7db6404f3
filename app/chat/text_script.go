package chat

import (
	"unicode"
	"unicode/utf8"
)

// spaceless says whether r is a letter of a script in which words stand without
// spaces between them, or particles are put to them (Korean): a name, a link or
// emphasis may begin and end next to it.
func spaceless(r rune) bool {
	return r >= 0x0E00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Bopomofo, unicode.Hangul, unicode.Yi,
		unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar, unicode.Tibetan, unicode.Javanese, unicode.Balinese, unicode.Tai_Le,
		unicode.New_Tai_Lue, unicode.Tai_Tham, unicode.Tai_Viet) || r == 'ー' || r == '々' || r == '〆'
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) }

// glued says whether the character before i goes on into what begins there: it is a
// letter or a digit, and not of a script that needs no space, or that puts a word such
// as "and" to the next one (Hebrew, Arabic).
func glued(s string, i int) bool {
	before := lastBase(s[:i])
	return isWord(before) && !spaceless(before) && !(unicode.IsLetter(before) && unicode.In(before, unicode.Hebrew, unicode.Arabic))
}

// lastBase is the last character of s without the marks on it; 0 where that is nothing
// or a keycap, which is a picture.
func lastBase(s string) rune {
	for s != "" {
		r, n := utf8.DecodeLastRuneInString(s)
		if r == keycap {
			return 0
		}
		if !unicode.IsMark(r) {
			return r
		}
		s = s[:len(s)-n]
	}
	return 0
}

// maxNameEnds bounds how many names one text is tried as.
const maxNameEnds = 64

// nameEnds lists where a name at the beginning of s may end, the longest first: at
// the borders of words, before a dash, and next to letters of scripts without spaces.
// Dots and underscores before a letter join two words. It looks at 64 characters.
func nameEnds(s string) []int {
	var ends []int
	prev, n := rune(0), 0
	for i, r := range s {
		if r == '\n' || n > MaxName {
			return ends
		}
		if i > 0 && nameBorder(s, i, prev, r) {
			ends = append([]int{i}, ends...)
		}
		if n++; !unicode.IsMark(r) || spaceless(r) {
			prev = r
		}
	}
	if s != "" && !unicode.IsSpace(prev) {
		ends = append([]int{len(s)}, ends...)
	}
	return ends[:min(len(ends), maxNameEnds)]
}

func nameBorder(s string, i int, prev, r rune) bool {
	switch {
	case unicode.IsSpace(prev) || unicode.IsMark(r) || invisible(r):
		return false
	case spaceless(prev) || spaceless(r):
		return true
	case joinsWords(r):
		next, _ := utf8.DecodeRuneInString(s[i+utf8.RuneLen(r):])
		return !isWord(next) || r == '-' && isWord(prev)
	}
	return !isWord(r) || !isWord(prev) && !joinsWords(prev)
}

func joinsWords(r rune) bool { return r == '.' || r == '-' || r == '_' }
