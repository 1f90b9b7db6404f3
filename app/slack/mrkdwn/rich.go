package mrkdwn

import (
	"fmt"
	"strings"
)

// rich writes the elements of a rich_text block, a line or more each.
func (c *conversion) rich(elements []any, depth int) string {
	var parts []string
	var l lists
	for _, v := range elements {
		e := object(v)
		if !c.visit(depth) {
			continue
		}
		var s string
		switch e.kind() {
		case "rich_text_section":
			s = c.inline(e.list("elements"), depth+1)
		case "rich_text_quote":
			s = quote(c.inline(e.list("elements"), depth+1))
		case "rich_text_preformatted":
			s = listing(c.bareText(e.list("elements"), depth+1), e.str("language"))
		case "rich_text_list":
			s = c.richList(e, &l, depth+1)
		default:
			c.lose(unknown("element", e.kind()))
			s = c.anyText(e, depth+1)
		}
		if e.kind() != "rich_text_list" {
			l = nil
		}
		if e.num("border") == 1 && e.kind() != "rich_text_quote" { // it stands in a quote
			s = quote(s)
		}
		parts = append(parts, s)
	}
	return join(parts...)
}

// lists are the numbers that the lists so far stand at, by level.
type lists []int64

// richList writes one list; what is nested in it comes as lists of their own, which
// say how deep they are.
func (c *conversion) richList(e node, l *lists, depth int) string {
	level := int(min(max(e.num("indent"), 0), 6))
	for len(*l) <= level {
		*l = append(*l, 0)
	}
	*l = (*l)[:level+1]
	if offset := e.num("offset"); offset > 0 {
		(*l)[level] = offset
	}
	var lines []string
	for _, v := range e.list("elements") {
		item := object(v)
		if !c.visit(depth) {
			continue
		}
		mark := "- "
		if e.str("style") == "ordered" {
			(*l)[level]++
			mark = fmt.Sprint((*l)[level], ". ")
		} else {
			(*l)[level] = 0
		}
		s := strings.Trim(c.inline(item.list("elements"), depth+1), "\n")
		lines = append(lines, strings.Repeat("  ", level)+mark+strings.ReplaceAll(s, "\n", "\n"+strings.Repeat("  ", level+1)))
	}
	return strings.Join(lines, "\n")
}

// inline writes what stands in a line, or several.
func (c *conversion) inline(elements []any, depth int) string {
	var spans []span
	for _, v := range elements {
		if e := object(v); c.visit(depth) {
			spans = append(spans, c.span(e, depth)...)
		}
	}
	return strings.TrimSuffix(set(spans), "\n")
}

// span writes one element as pieces that have one style.
func (c *conversion) span(e node, depth int) []span {
	how := e.object("style")
	s := styled{bold: how.yes("bold"), italic: how.yes("italic"), strike: how.yes("strike")}
	text, whole := c.element(e, depth)
	switch {
	case text == "":
		return nil
	case how.yes("code"):
		if e.kind() == "link" {
			text, _ = c.linked(e)
		}
		return codeSpans(text, s)
	case e.kind() == "link":
		return c.linkSpans(e, s)
	case whole:
		return []span{{text, s, true}}
	}
	return []span{{c.literal(text), s, false}}
}

// bareText is what elements show, without any markup: what stands in a listing.
func (c *conversion) bareText(elements []any, depth int) string {
	var b strings.Builder
	for _, v := range elements {
		if c.visit(depth) {
			text, _ := c.element(object(v), depth)
			b.WriteString(text)
		}
	}
	return b.String()
}

// listing writes code on lines of its own, between more backticks than are in it.
func listing(code, language string) string {
	fence := "```"
	for strings.Contains(code, fence) {
		fence += "`"
	}
	if strings.ContainsFunc(language, func(r rune) bool { return !word(r) && !strings.ContainsRune(".+#_-", r) }) {
		language = ""
	}
	return fence + language + "\n" + strings.Trim(code, "\n") + "\n" + fence
}

func quote(s string) string {
	if strings.TrimSpace(s) == "" {
		return ""
	}
	return "> " + strings.ReplaceAll(strings.TrimRight(s, "\n"), "\n", "\n> ")
}
