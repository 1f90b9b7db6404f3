package chat

import (
	_ "embed"
	"strings"
	"sync"
)

// EmojiTable is every emoji with its name and short names, by group, as a page
// reads it; its first lines say where it comes from. A line that begins with = is
// a group.
//
//go:embed emoji.txt
var EmojiTable []byte

const maxShortName = 60 // bytes

// emojiNames is the table read once, when it is first needed.
var emojiNames = sync.OnceValue(func() (t struct{ byShort, name, form map[string]string }) {
	t.byShort, t.name, t.form = map[string]string{}, map[string]string{}, map[string]string{}
	spoken := map[string]string{} // names as short names: those of the table come first
	for line := range strings.Lines(string(EmojiTable)) {
		emoji, rest, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok || emoji == "#" || emoji == "=" {
			continue
		}
		name, short, _ := strings.Cut(rest, "|")
		t.name[emoji] = name
		t.form[bare(emoji)] = emoji
		for s := range strings.FieldsSeq(short) {
			t.byShort[s] = emoji
		}
		if s := shortName(name); spoken[s] == "" {
			spoken[s] = emoji
		}
	}
	for s, emoji := range spoken {
		if t.byShort[s] == "" {
			t.byShort[s] = emoji
		}
	}
	return t
})

// shortName writes a name as people type it: face_with_tears_of_joy.
func shortName(name string) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9') })
	return strings.Join(words, "_")
}

func bare(emoji string) string { return strings.ReplaceAll(emoji, string(emojiStyle), "") }

// EmojiNamed finds an emoji by its short name, such as tada; "" is none.
func EmojiNamed(short string) string { return emojiNames().byShort[short] }

// EmojiName is what an emoji is called; "" for one that the table does not know,
// such as those with a skin tone.
func EmojiName(emoji string) string { return emojiNames().name[canonical(emoji)] }

// canonical is the one way to write an emoji that can be written with and without
// the character that asks for colour.
func canonical(emoji string) string {
	if form := emojiNames().form[bare(emoji)]; form != "" {
		return form
	}
	return emoji
}

// ParseReaction reads one emoji, or its short name as in :tada:.
func ParseReaction(s string) (string, error) {
	s = strings.TrimSpace(s)
	if n := shortLen(s); n > 0 && n == len(s) {
		return EmojiNamed(s[1 : n-1]), nil
	}
	if e := canonical(s); e != "" && emojiLen(e) == len(e) {
		return e, nil
	}
	return "", Invalid("e", "A reaction is one emoji, or its name as in :tada:.")
}

// shortLen is the length in bytes of the short name with its colons at the
// beginning of s, 0 if there is none that names an emoji.
func shortLen(s string) int {
	if s == "" || s[0] != ':' {
		return 0
	}
	for i := 1; i < len(s) && i <= maxShortName; i++ {
		switch c := s[i]; {
		case c == ':':
			if i > 1 && EmojiNamed(s[1:i]) != "" {
				return i + 1
			}
			return 0
		case !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '_' || c == '+' || c == '-'):
			return 0
		}
	}
	return 0
}

// spelled puts emoji in the place of their short names, in a text that is nothing
// but emoji; any other text it leaves as it is.
func spelled(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		n := shortLen(s[i:])
		if n == 0 {
			if n = emojiLen(s[i:]); n == 0 && s[i] == ' ' {
				n = 1
			}
			if n == 0 {
				return s
			}
			b.WriteString(s[i : i+n])
		} else {
			b.WriteString(EmojiNamed(s[i+1 : i+n-1]))
		}
		i += n
	}
	return b.String()
}
