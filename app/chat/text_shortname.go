package chat

import (
	"strings"
	"unicode/utf8"
)

// token is a run of text without spaces, and whether it looks like code.
type token struct {
	start, end int
	code       bool
}

// emoji parses short names such as :tada:, several in a row too, where no word
// ends right before and none begins right behind them, and not within code.
func (rp *runParser) emoji(i int) int {
	n, names := rp.emojiChain(i, i)
	if n == 0 {
		return 1
	}
	rp.put(i, n, Run{Text: strings.Join(names, "")})
	return n
}

// emojiChain reads the short names in a row at i; nothing may be glued to them
// before from or behind them.
func (rp *runParser) emojiChain(i, from int) (n int, names []string) {
	before, size := utf8.DecodeLastRuneInString(rp.s[:from])
	if from > 0 && (glued(rp.s, from) || strings.ContainsRune(`:/\=@#&%+$<|^[{]}-`, before) || isQuote(before) && glued(rp.s, from-size)) {
		return 0, nil
	}
	for {
		k := shortLen(rp.s[i+n:])
		if k == 0 {
			break
		}
		names = append(names, EmojiNamed(rp.s[i+n+1:i+n+k-1]))
		n += k
	}
	if n == 0 {
		return 0, nil
	}
	end := i + n
	after, size := utf8.DecodeRuneInString(rp.s[end:])
	if end < len(rp.s) && (isWord(after) && !spaceless(after) || strings.ContainsRune(`:/\=@#&%+$<|^[{]}-`, after)) {
		return 0, nil
	}
	if next, _ := utf8.DecodeRuneInString(rp.s[min(len(rp.s), end+size):]); isQuote(after) && isWord(next) || from == i && rp.withinCode(i) {
		return 0, nil
	}
	return n, names
}

func isQuote(r rune) bool { return r == '"' || r == '\'' || r == '`' }

// codeSigns stand in code and addresses and not beside an emoji.
var codeSigns = []string{"\\", "://", "=", "$", "`", "</", "/>", "->", "();"}

// withinCode says whether the text around i, up to the next space, looks like code.
func (rp *runParser) withinCode(i int) bool {
	if t := rp.token; i >= t.start && i < t.end {
		return t.code
	}
	const space = " \t\n"
	t := token{start: strings.LastIndexAny(rp.s[:i], space) + 1, end: len(rp.s)}
	if n := strings.IndexAny(rp.s[i:], space); n >= 0 {
		t.end = i + n
	}
	for _, sign := range codeSigns {
		t.code = t.code || strings.Contains(rp.s[t.start:t.end], sign)
	}
	rp.token = t
	return t.code
}
