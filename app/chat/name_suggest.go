package chat

import (
	"context"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// SuggestUsername makes a username of a name that others see: ada of Ada Okafor, or ada2
// where that is taken; "" where none can be made of it.
func (c *Chat) SuggestUsername(ctx context.Context, name string) (string, error) {
	base := usernameOf(name)
	if base == "" {
		return "", nil
	}
	for n := 1; n < 100; n++ {
		try := base
		if n > 1 {
			try += strconv.Itoa(n)
		}
		free, err := c.UsernameFree(ctx, try)
		if err != nil || free {
			return try, err
		}
	}
	return "", nil
}

// UsernameFree says whether nobody has a username, nor one that looks like it: whether
// one can sign up with it.
func (c *Chat) UsernameFree(ctx context.Context, name string) (bool, error) {
	taken, err := c.store.UsernameTaken(ctx, name)
	return !taken, err
}

// usernameOf is the first word of a name that a username can be, in small letters that
// others can type: without marks where the rest is ASCII.
func usernameOf(name string) string {
	for word := range strings.FieldsSeq(strings.ToLower(name)) {
		if bare := withoutMarks(word); isASCII(bare) {
			word = bare
		}
		word = strings.Map(func(r rune) rune {
			if nameRune(r) {
				return r
			}
			return -1
		}, word)
		word = strings.Trim(word, ".-_")
		if n := utf8.RuneCountInString(word); n < MinUsername || n > MaxUsername-2 {
			continue
		}
		if parsed, err := ParseUsername(word); err == nil {
			return parsed
		}
	}
	return ""
}

// withoutMarks is a word without accents and the like: zoe of zoë.
func withoutMarks(word string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(word))
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}
