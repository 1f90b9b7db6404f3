package chat

import (
	"strings"
	"unicode/utf8"
)

// closingQuotes are those that end an address which stands right behind the opening
// one; elsewhere they may be apostrophes within it.
var closingQuotes = map[rune]string{'\'': "'", '‚': "‘’", '‘': "’", '’': "’"}

// maxWasted is how many bytes of a message may be looked at for addresses that are none in
// the end. Only what was written to take long has more: no further address is looked for.
const maxWasted = 2 * MaxBody

// address is what stands at i up to where an address cannot go on, whose scheme or
// beginning has so many bytes: before space and quotes, before a closing quote or bracket
// whose opening one stands before it, where its host ends, and where the next one of a list
// begins: https://a.example,https://b.example are two. It is read once, and no further than
// that, so that a message of many addresses is read in linear time.
func (rp *runParser) address(i, scheme int) string {
	open, _ := utf8.DecodeLastRuneInString(rp.s[:i])
	closing := closingQuotes[open]
	s, end := rp.s[i:], len(rp.s)-i
	var brackets brackets
	inHost, last := true, rune(0)
	for j, r := range s {
		if endsURL(r) || closing != "" && strings.ContainsRune(closing, r) || brackets.closed(r) {
			end = j
			break
		}
		if j >= scheme && inHost && endsHost(r) {
			if r != '/' && r != '?' && r != '#' {
				end = j
				break
			}
			inHost = false
		}
		if j > scheme && (r == 'h' || r == 'H') && (spaceless(last) || strings.ContainsRune(",;|+", last)) && schemeLen(s[j:]) > 0 {
			end = len(strings.TrimRight(strings.TrimRightFunc(s[:j], spaceless), ",;|+"))
			break
		}
		last = r
	}
	rp.body.looked += end
	return s[:end]
}

// wasted notes bytes that were looked at in vain.
func (rp *runParser) wasted(n int) { rp.body.wasted += n }

// brackets counts those that are open.
type brackets [3]int

// closed says whether a character closes a bracket that was not opened before it.
func (b *brackets) closed(r rune) bool {
	if k := strings.IndexRune("([{", r); k >= 0 {
		b[k]++
	} else if k := strings.IndexRune(")]}", r); k >= 0 {
		b[k]--
		return b[k] < 0
	}
	return false
}
