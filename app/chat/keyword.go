package chat

import (
	"strings"
	"unicode"
)

// keywords are the words of a list by commas, folded.
func keywords(list string) (words []string) {
	for w := range strings.SplitSeq(list, ",") {
		if w = strings.TrimSpace(wordsOf(w)); w != "" {
			words = append(words, w)
		}
	}
	return words
}

// wordsOf folds a text and puts one space around each word of it, so that whole words are
// found in it.
func wordsOf(s string) string {
	words := strings.FieldsFunc(FoldName(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) })
	return " " + strings.Join(words, " ") + " "
}

// hasKeyword says whether a text of wordsOf has one of the words of a list.
func hasKeyword(said, list string) bool {
	for _, w := range keywords(list) {
		if strings.Contains(said, " "+w+" ") || strings.ContainsFunc(w, unbroken) && strings.Contains(said, w) {
			return true
		}
	}
	return false
}

// unbroken says whether a letter is of a script that has no spaces between words.
func unbroken(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}
