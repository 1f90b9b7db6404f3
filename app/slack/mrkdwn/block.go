package mrkdwn

import (
	"slices"
	"strings"
)

// blocks are what some blocks show: all of it, and of it what is said in words and
// what is beside that, pictures and buttons.
type blocks struct{ all, says, beside string }

// blocks writes blocks below one another.
func (c *conversion) blocks(list []any, depth int) blocks {
	var all, says, beside []string
	for _, v := range list {
		b := object(v)
		if !c.visit(depth) {
			continue
		}
		s := c.block(b, depth+1)
		switch {
		case s == "" || s == divider && len(all) == 0:
			continue
		case slices.Contains([]string{"image", "video", "actions"}, b.kind()):
			beside = append(beside, s)
		default:
			says = append(says, s)
		}
		all = append(all, s)
	}
	for len(all) > 0 && all[len(all)-1] == divider {
		all = all[:len(all)-1]
	}
	return blocks{join(all...), join(says...), join(beside...)}
}

const divider = "———"

// block writes one block; what is none of the usual gives its text, and is counted.
func (c *conversion) block(b node, depth int) string {
	switch b.kind() {
	case "divider":
		return divider
	case "header":
		return bold(c.text1(b["text"]))
	case "section":
		return c.section(b, depth)
	case "context", "actions", "context_actions":
		return c.row(b, depth)
	case "rich_text":
		return c.rich(b.list("elements"), depth)
	case "image":
		return c.image(b)
	case "video":
		return c.video(b)
	case "table":
		return c.table(b, depth)
	case "markdown":
		return c.markdown(b.str("text"))
	case "input":
		c.lose("control of an app")
		return c.text1(b["label"])
	case "call":
		c.lose("huddle or call")
		return c.anyText(b, depth)
	case "file":
		c.lose("file that an app showed")
		return c.anyText(b, depth)
	}
	c.lose(unknown("block", b.kind()))
	return c.anyText(b, depth)
}

// text1 writes a text object, or what is a string where one should be.
func (c *conversion) text1(v any) string {
	if s, ok := v.(string); ok {
		return c.mrkdwn(s)
	}
	o := object(v)
	switch o.kind() {
	case "plain_text":
		return c.literal(spell(Unescape(c.cut(o.str("text")))))
	case "rich_text":
		return c.rich(o.list("elements"), 1)
	}
	return c.mrkdwn(o.str("text"))
}

// bold writes a text in bold, each of its lines; one with marks stays as it is.
func bold(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	for i, line := range lines {
		if line = strings.TrimSpace(line); line != "" && !strings.ContainsAny(line, "*\\") {
			lines[i] = "**" + line + "**"
		}
	}
	return strings.Join(lines, "\n")
}

func (c *conversion) section(b node, depth int) string {
	parts := []string{c.text1(b["text"])}
	for _, f := range b.list("fields") {
		if c.visit(depth) {
			parts = append(parts, c.text1(f))
		}
	}
	if a := b.object("accessory"); len(a) > 0 {
		parts = append(parts, c.small(a, depth))
	}
	return join(parts...)
}

// row writes elements beside one another.
func (c *conversion) row(b node, depth int) string {
	var parts []string
	for _, v := range b.list("elements") {
		if !c.visit(depth) {
			continue
		}
		if s := c.small(object(v), depth); strings.TrimSpace(s) != "" {
			parts = append(parts, s)
		}
	}
	between := " "
	if b.kind() != "context" {
		between = " · "
	}
	return strings.Join(parts, between)
}

// small writes an element of a row: a text, a picture, a button, or another control,
// of which only its words come.
func (c *conversion) small(e node, depth int) string {
	switch e.kind() {
	case "mrkdwn", "plain_text":
		return c.text1(map[string]any(e))
	case "image":
		return c.image(e)
	case "button", "workflow_button":
		label := c.text1(e["text"])
		if url := e.str("url"); url != "" {
			return c.linkTo(label, url)
		}
		if label == "" {
			return ""
		}
		return "[" + label + "]"
	}
	c.lose("control of an app")
	label := c.text1(e["placeholder"])
	if label == "" {
		return c.anyText(e, depth+1)
	}
	return "[" + label + "]"
}

// linkTo is a text that is a link; the text is markup already.
func (c *conversion) linkTo(label, url string) string {
	address, labelled := link(Unescape(c.cut(url)), label)
	switch {
	case address == "":
		return label
	case !labelled:
		return address
	}
	if link, ok := named(label, address); ok {
		return link
	}
	return label + " (" + address + ")"
}

// table writes rows of cells, a line each.
func (c *conversion) table(b node, depth int) string {
	var lines []string
	for _, row := range b.list("rows") {
		cells, _ := row.([]any)
		if !c.visit(depth) {
			continue
		}
		var parts []string
		says := false
		for _, v := range cells {
			if !c.visit(depth + 1) {
				continue
			}
			s := strings.ReplaceAll(c.cell(object(v), depth+1), "\n", " ")
			says = says || s != ""
			parts = append(parts, s)
		}
		if says {
			lines = append(lines, rowLine(parts))
		}
	}
	return strings.Join(lines, "\n")
}

func (c *conversion) cell(e node, depth int) string {
	switch e.kind() {
	case "raw_text":
		return c.literal(c.leaf(e.str("text")))
	case "raw_number":
		if s := e.str("text"); s != "" {
			return c.leaf(s)
		}
		return scalar(e["value"])
	case "rich_text":
		return c.rich(e.list("elements"), depth)
	}
	return c.text1(map[string]any(e))
}
