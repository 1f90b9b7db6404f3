package mrkdwn

import (
	"slices"
	"strings"
)

// attachment writes what an app attached, or a message that is quoted. What only
// shows a page that the text links to says nothing new.
func (c *conversion) attachment(a node, besideText bool, depth int) string {
	if !c.visit(depth) {
		return ""
	}
	quoted := a.yes("is_msg_unfurl") || a.yes("is_share")
	if besideText && a.str("from_url") != "" && !quoted {
		c.lose("preview of a page that a message links to")
		return ""
	}
	if quoted {
		return c.quoted(a, depth)
	}
	parts := []string{c.mrkdwn(a.str("pretext")), c.titled(a, "author_name", "author_link"),
		c.titled(a, "title", "title_link"), c.mrkdwn(a.str("text"))}
	for _, v := range a.list("fields") {
		if c.visit(depth + 1) {
			parts = append(parts, c.field(object(v)))
		}
	}
	parts = append(parts, c.blocks(c.nested(a["blocks"]), depth+1).all)
	for _, key := range []string{"image_url", "thumb_url"} {
		if url := a.str(key); url != "" {
			parts = append(parts, "🖼 "+c.linkTo("picture", plainAddress(url)))
			break
		}
	}
	if fallback := a.str("fallback"); join(parts...) == "" && !slices.Contains(placeholders, fallback) {
		parts = append(parts, c.mrkdwn(fallback))
	}
	parts = append(parts, c.buttons(a, depth), c.mrkdwn(a.str("footer")))
	c.files(a)
	return join(parts...)
}

// quoted writes a message that another one shows.
func (c *conversion) quoted(a node, depth int) string {
	said := c.mrkdwn(a.str("text"))
	if said == "" {
		var parts []string
		for _, v := range a.list("message_blocks") {
			parts = append(parts, c.blocks(object(v).object("message").list("blocks"), depth+1).all)
		}
		said = join(append(parts, c.blocks(c.nested(a["blocks"]), depth+1).all)...)
	}
	if said == "" {
		said = c.mrkdwn(a.str("fallback"))
	}
	c.files(a)
	return join(c.mrkdwn(a.str("pretext")), c.literal(Unescape(c.cut(a.str("author_name")))), quote(said), c.cut(a.str("from_url")))
}

// files counts those of what is shown: they are named nowhere.
func (c *conversion) files(a node) {
	for range a.list("files") {
		c.lose("file of a message that another one shows")
	}
}

func (c *conversion) nested(v any) []any {
	l, ok := v.([]any)
	if !ok && v != nil {
		c.lose("list of blocks or attachments that cannot be read")
	}
	return l
}

// titled is a text that may be a link.
func (c *conversion) titled(a node, text, url string) string {
	label := c.mrkdwn(a.str(text))
	if u := a.str(url); u != "" {
		return c.linkTo(label, u)
	}
	return label
}

func (c *conversion) field(f node) string {
	title, value := c.mrkdwn(f.str("title")), c.mrkdwn(scalar(f["value"]))
	switch {
	case title == "" || value == "":
		return title + value
	case strings.Contains(value, "\n"):
		return title + ":\n" + value
	}
	return title + ": " + value
}

// buttons are those of old attachments.
func (c *conversion) buttons(a node, depth int) string {
	var parts []string
	for _, v := range a.list("actions") {
		b := object(v)
		if !c.visit(depth + 1) {
			continue
		}
		label := c.mrkdwn(b.str("text"))
		switch url := b.str("url"); {
		case url != "":
			parts = append(parts, c.linkTo(label, url))
		case label != "":
			parts = append(parts, "["+label+"]")
		}
	}
	return strings.Join(parts, " · ")
}
