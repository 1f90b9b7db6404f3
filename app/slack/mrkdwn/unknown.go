package mrkdwn

// textKeys are the fields of what is not known that hold words, in the order in which
// they are read.
var textKeys = []string{"title", "label", "header", "text", "alt_text", "description", "fallback", "message",
	"elements", "fields", "blocks", "items", "rows", "content", "body"}

// anyText collects the texts of one element and of those in it.
func (c *conversion) anyText(v any, depth int) string {
	switch v := v.(type) {
	case string:
		return c.mrkdwn(v)
	case []any:
		var parts []string
		for _, e := range v {
			if c.visit(depth) {
				parts = append(parts, c.anyText(e, depth+1))
			}
		}
		return join(parts...)
	case node:
		return c.anyText(map[string]any(v), depth)
	case map[string]any:
		var parts []string
		for _, key := range textKeys {
			if v[key] != nil && c.visit(depth) {
				parts = append(parts, c.anyText(v[key], depth+1))
			}
		}
		return join(parts...)
	}
	return ""
}
