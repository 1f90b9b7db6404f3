package mrkdwn

import "strings"

// image writes a picture: its title, what there is to see, and where it is.
func (c *conversion) image(b node) string {
	label := c.literal(spell(Unescape(c.cut(b.str("alt_text")))))
	title := c.text1(b["title"])
	if label == "" || label == title {
		label, title = title, ""
	}
	if label == "" {
		label = "picture"
	}
	url := b.str("image_url")
	if url == "" {
		url = b.object("slack_file").str("url")
	}
	if url == "" {
		return join(title, "🖼 "+label)
	}
	return join(title, "🖼 "+c.linkTo(label, plainAddress(url)))
}

// plainAddress is where a file of Slack is without what follows the question mark:
// that may hold a key to all files of the workspace.
func plainAddress(url string) string {
	if before, _, ok := strings.Cut(url, "?"); ok && (strings.Contains(before, "slack.com/") || strings.Contains(before, "slack-files.com/")) {
		return before
	}
	return url
}

func (c *conversion) video(b node) string {
	title := c.text1(b["title"])
	if title == "" {
		title = c.literal(Unescape(c.cut(b.str("alt_text"))))
	}
	url := b.str("title_url")
	if url == "" {
		url = b.str("video_url")
	}
	by := c.literal(Unescape(c.cut(b.str("author_name"))))
	return join("🎬 "+c.linkTo(title, url), by, c.text1(b["description"]))
}
