package mrkdwn

import "regexp"

var (
	markdownLink    = regexp.MustCompile(`!?\[([^\[\]\n]*)\]\(([^()\s]+)\)`)
	markdownHeading = regexp.MustCompile(`(?m)^#{1,6}[ \t]+(.+?)[ \t#]*$`)
)

// markdown writes a block of Markdown, which is nearly what is typed here.
func (c *conversion) markdown(s string) string {
	s = markdownLink.ReplaceAllStringFunc(c.cut(s), func(found string) string {
		m := markdownLink.FindStringSubmatch(found)
		return c.linkTo(m[1], m[2])
	})
	return markdownHeading.ReplaceAllStringFunc(s, func(found string) string {
		return bold(markdownHeading.FindStringSubmatch(found)[1])
	})
}
