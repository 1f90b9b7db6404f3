package mrkdwn

import (
	_ "embed"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"

	"parley/app/chat"
)

//go:embed emoji.txt
var emojiTable string

// aliases are Slack's names that are no one's else.
var aliases = sync.OnceValue(func() map[string]string {
	m := map[string]string{}
	for line := range strings.Lines(emojiTable) {
		if name, emoji, ok := strings.Cut(strings.TrimSpace(line), " "); ok && name != "#" {
			m[name] = emoji
		}
	}
	return m
})

var flagName = regexp.MustCompile(`^flag-([a-z])([a-z])$`)

// Emoji is the emoji of Slack's name, such as wave::skin-tone-3; "" for one that the
// workspace has made itself.
func Emoji(name string) string { return emojiOf(name) }

// emojiOf is the emoji of Slack's name, such as wave::skin-tone-3; "" for one that
// the workspace has made itself.
func emojiOf(name string) string {
	name, tone, _ := strings.Cut(name, "::skin-tone-")
	e := plainEmoji(name)
	if e == "" || len(tone) != 1 || tone[0] < '2' || tone[0] > '6' {
		return e
	}
	_, n := utf8.DecodeRuneInString(e)
	toned := e[:n] + string(rune(0x1F3FB+int(tone[0]-'2'))) + strings.TrimPrefix(e[n:], "\uFE0F")
	if made, err := chat.ParseReaction(toned); err == nil {
		return made
	}
	return e
}

func plainEmoji(name string) string {
	if e := aliases()[name]; e != "" {
		return e
	}
	if e := chat.EmojiNamed(name); e != "" {
		return e
	}
	if m := flagName.FindStringSubmatch(name); m != nil {
		const first = 0x1F1E6 - 'a'
		return string(rune(first+int(m[1][0]))) + string(rune(first+int(m[2][0])))
	}
	name = strings.ReplaceAll(name, "-", "_")
	for _, try := range [][2]string{{"", ""}, {"female_", "woman_"}, {"male_", "man_"}} {
		if rest, ok := strings.CutPrefix(name, try[0]); ok {
			if e := chat.EmojiNamed(try[1] + rest); e != "" {
				return e
			}
		}
	}
	return ""
}

var shortName = regexp.MustCompile(`:([a-z0-9_+'-]+)(::skin-tone-[2-6])?:`)

// spell puts emoji in the place of names that are only Slack's; those that are known
// here stay as they were typed.
func spell(s string) string {
	return shortName.ReplaceAllStringFunc(s, func(found string) string {
		name := strings.Trim(found, ":")
		if chat.EmojiNamed(name) != "" && aliases()[name] == "" {
			return found
		}
		if e := emojiOf(name); e != "" {
			return e
		}
		return found
	})
}
