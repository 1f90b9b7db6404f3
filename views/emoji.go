package views

import (
	"sync/atomic"

	"parley/app/chat"
)

// ownEmoji are the pictures of the workspace's own emoji by name. Rows are drawn with it,
// once for everybody; who changes it has rows drawn anew.
var ownEmoji atomic.Pointer[map[string]chat.FileID]

// SetEmoji takes over the workspace's own emoji.
func SetEmoji(pictures map[string]chat.FileID) { ownEmoji.Store(&pictures) }

// emojiURL is the picture of one of the workspace's own emoji, as it stands in a text; ""
// where it is none, or none any more.
func emojiURL(text string) string {
	all := ownEmoji.Load()
	name := chat.CustomName(text)
	if all == nil || name == "" || (*all)[name] == 0 {
		return ""
	}
	return "/emoji/" + name + "?v=" + num((*all)[name])
}

// appendEmoji appends one of the workspace's own emoji; its name, where it was removed.
func appendEmoji(b []byte, text string) []byte {
	url := emojiURL(text)
	if url == "" {
		return appendEscaped(b, text)
	}
	b = append(append(b, `<img class="ce" src="`...), url...)
	b = appendEscaped(append(b, `" alt="`...), text)
	return append(b, `" width="22" height="22">`...)
}

// emojiWords is what an emoji is called.
func emojiWords(emoji string) string {
	if name := chat.CustomName(emoji); name != "" {
		return name
	}
	return chat.EmojiName(emoji)
}
