package hooks

import (
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// IsText says whether JSON can be stored as it was meant: it is valid UTF-8, and none of
// its escapes is half of a pair. A decoder would put U+FFFD in the place of either.
func IsText(body []byte) bool {
	if !utf8.Valid(body) {
		return false
	}
	for i := 0; i < len(body); i++ {
		if body[i] != '\\' {
			continue
		}
		if r := escaped(body[i:]); utf16.IsSurrogate(r) {
			if i+6 > len(body) || utf16.DecodeRune(r, escaped(body[i+6:])) == utf8.RuneError {
				return false
			}
			i += 6
		}
		i++ // what is escaped, which may be a backslash
	}
	return true
}

// escaped is the unit of UTF-16 that an escape at the beginning of b stands for; 0: there
// is none.
func escaped(b []byte) rune {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return 0
	}
	n, err := strconv.ParseUint(string(b[2:6]), 16, 16)
	if err != nil {
		return 0
	}
	return rune(n)
}
