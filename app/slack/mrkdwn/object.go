package mrkdwn

import "strconv"

// node is one JSON object of an element; fields of another type than they should
// have are as if they were not there.
type node map[string]any

// object is a value as an object, or an empty one.
func object(v any) node {
	m, _ := v.(map[string]any)
	return m
}

func (n node) kind() string { return n.str("type") }

func (n node) str(key string) string {
	s, _ := n[key].(string)
	return s
}

// num is a number, however it is written; 0 when there is none.
func (n node) num(key string) int64 {
	switch v := n[key].(type) {
	case float64:
		if v > -1<<53 && v < 1<<53 {
			return int64(v)
		}
	case string:
		i, _ := strconv.ParseInt(v, 10, 64)
		return i
	}
	return 0
}

func (n node) yes(key string) bool {
	b, _ := n[key].(bool)
	return b
}

func (n node) list(key string) []any {
	l, _ := n[key].([]any)
	return l
}

func (n node) object(key string) node { return object(n[key]) }

// scalar is a value as somebody would read it; "" for what has parts.
func scalar(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return ""
}
