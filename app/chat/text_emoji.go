package chat

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	emojiStyle = '\uFE0F' // asks for the coloured form
	joiner     = '\u200D'
	keycap     = '\u20E3'
	maxJumbo   = 6
)

// pictures are the characters that are drawn in colour without asking:
// Emoji_Presentation of the Unicode emoji-data.txt 17.0, in whole rows beyond
// U+1F300, where the rest becomes emoji with time.
var pictures = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x231A, 0x231B, 1}, {0x23E9, 0x23EC, 1}, {0x23F0, 0x23F3, 3}, {0x25FD, 0x25FE, 1}, {0x2614, 0x2615, 1},
		{0x2648, 0x2653, 1}, {0x267F, 0x267F, 1}, {0x2693, 0x2693, 1}, {0x26A1, 0x26A1, 1}, {0x26AA, 0x26AB, 1},
		{0x26BD, 0x26BE, 1}, {0x26C4, 0x26C5, 1}, {0x26CE, 0x26CE, 1}, {0x26D4, 0x26D4, 1}, {0x26EA, 0x26EA, 1},
		{0x26F2, 0x26F3, 1}, {0x26F5, 0x26F5, 1}, {0x26FA, 0x26FA, 1}, {0x26FD, 0x26FD, 1}, {0x2705, 0x2705, 1},
		{0x270A, 0x270B, 1}, {0x2728, 0x2728, 1}, {0x274C, 0x274E, 2}, {0x2753, 0x2755, 1}, {0x2757, 0x2757, 1},
		{0x2795, 0x2797, 1}, {0x27B0, 0x27BF, 15}, {0x2B1B, 0x2B1C, 1}, {0x2B50, 0x2B55, 5},
	},
	R32: []unicode.Range32{
		{0x1F004, 0x1F004, 1}, {0x1F0CF, 0x1F0CF, 1}, {0x1F18E, 0x1F18E, 1}, {0x1F191, 0x1F19A, 1},
		{0x1F201, 0x1F201, 1}, {0x1F21A, 0x1F22F, 21}, {0x1F232, 0x1F236, 1}, {0x1F238, 0x1F23A, 1},
		{0x1F250, 0x1F251, 1}, {0x1F300, 0x1F64F, 1}, {0x1F680, 0x1F6FF, 1}, {0x1F7E0, 0x1F7F0, 1},
		{0x1F90C, 0x1F9FF, 1}, {0x1FA70, 0x1FAFF, 1},
	},
}

// jumbo says whether s is 1 to 6 emoji and nothing but spaces around them.
func jumbo(s string) bool {
	n := 0
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimLeft(s, " ") {
		size := emojiLen(s)
		if n++; size == 0 || n > maxJumbo {
			return false
		}
		s = s[size:]
	}
	return n > 0
}

// emojiLen is the length in bytes of the one emoji at the beginning of s, 0 if
// there is none: joined figures, flags, keycaps and skin tones are one.
func emojiLen(s string) int {
	r, size := utf8.DecodeRuneInString(s)
	switch {
	case r == '#' || r == '*' || r >= '0' && r <= '9':
		n := size + skip(s[size:], func(r rune) bool { return r == emojiStyle })
		if end := skip(s[n:], func(r rune) bool { return r == keycap }); end > 0 {
			return n + end
		}
		return 0
	case unicode.Is(unicode.Regional_Indicator, r):
		if next, more := utf8.DecodeRuneInString(s[size:]); unicode.Is(unicode.Regional_Indicator, next) {
			return size + more
		}
		return 0
	}
	n := pictureLen(s, false)
	for n > 0 && strings.HasPrefix(s[n:], string(joiner)) {
		part := pictureLen(s[n+len(string(joiner)):], true)
		if part == 0 {
			break
		}
		n += len(string(joiner)) + part
	}
	return n
}

// pictureLen is the length of one figure with its style, skin tone and tags.
// Within a joined emoji a symbol such as ♀ needs no style of its own.
func pictureLen(s string, within bool) int {
	r, n := utf8.DecodeRuneInString(s)
	extra := skip(s[n:], func(r rune) bool { return r == emojiStyle || r >= 0x1F3FB && r <= 0x1F3FF })
	symbol := r > 0x7F && (unicode.IsSymbol(r) || strings.ContainsRune("‼⁉ℹ〽〰", r))
	if !unicode.Is(pictures, r) && !(symbol && (extra > 0 || within)) {
		return 0
	}
	n += extra
	return n + skip(s[n:], func(r rune) bool { return r >= 0xE0020 && r <= 0xE007F })
}

// skip is the length of the beginning of s of which is is true.
func skip(s string, is func(rune) bool) int {
	if i := strings.IndexFunc(s, func(r rune) bool { return !is(r) }); i >= 0 {
		return i
	}
	return len(s)
}
