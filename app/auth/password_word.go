package auth

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"parley/app/chat"
)

// lookalikes are written in the place of letters.
var lookalikes = strings.NewReplacer("@", "a", "4", "a", "3", "e", "1", "i", "!", "i", "0", "o", "$", "s", "5", "s", "7", "t", "+", "t")

// disguised are a password in lower case as it is, without the digits and signs around
// it, and both with letters for what looks like them.
func disguised(s string) []string {
	s = strings.ToLower(strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsGraphic(r) }))
	isLetter := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsMark(r) }
	isEdge := func(r rune) bool { return !isLetter(r) }
	isSign := func(r rune) bool { return isEdge(r) && !unicode.IsDigit(r) }
	bare := strings.TrimFunc(s, isEdge)
	list := []string{s, bare, lookalikes.Replace(s), lookalikes.Replace(bare)}
	for _, end := range []func(rune) bool{isEdge, isSign} { // a $ may be the first letter, a 3 the last
		list = append(list, strings.TrimFunc(lookalikes.Replace(strings.TrimRightFunc(s, end)), isEdge))
	}
	return list
}

// isCommon says whether a password is one of the most common, or one of them disguised.
func isCommon(s string) bool {
	return slices.ContainsFunc(disguised(s), func(form string) bool {
		return commonPasswords()[form] || commonPasswords()[strings.ReplaceAll(form, "i", "l")]
	})
}

// minNameWord is how many letters a word of a name has at least that gives a password away
// by itself.
const minNameWord = 3

// consistsOf says whether a password is of names and their words, in whatever order and
// disguise, with nothing else than digits, spaces and signs between and around them.
func consistsOf(password string, names []string) bool {
	var words []string
	for _, name := range names {
		words = append(words, lettersOf(name))
		for word := range strings.FieldsFuncSeq(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) }) {
			if utf8.RuneCountInString(word) >= minNameWord {
				words = append(words, lettersOf(word))
			}
		}
	}
	words = slices.DeleteFunc(words, func(w string) bool { return w == "" })
	slices.SortFunc(words, func(a, b string) int { return len(b) - len(a) })
	return slices.ContainsFunc(disguised(password), func(form string) bool {
		rest := lettersOf(form)
		if rest == "" {
			return false
		}
		for _, w := range words {
			rest = strings.ReplaceAll(rest, w, " ") // what is around it does not become another word
		}
		return strings.TrimSpace(rest) == ""
	})
}

// lettersOf are the letters of a text, folded as names are.
func lettersOf(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsMark(r) {
			return r
		}
		return -1
	}, chat.FoldName(s))
}
