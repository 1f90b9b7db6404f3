package slack

import (
	"encoding/json"
	"fmt"
	"strings"
)

// stringIn is a text that stands as a string or as an object with a text.
func stringIn(b []byte) string {
	var s string
	if json.Unmarshal(b, &s) == nil {
		return s
	}
	var o struct{ Text string }
	if json.Unmarshal(b, &o) == nil {
		return o.Text
	}
	return ""
}

// words collects what blocks say, a line each; what is none of the usual is left out.
func words(raw json.RawMessage) string {
	var blocks []block
	_ = json.Unmarshal(raw, &blocks) // it fills in what it can
	var lines []string
	for _, b := range blocks {
		if b.Text != nil && b.Text.Text != "" {
			lines = append(lines, b.Text.Text)
		}
		for _, list := range [][]any{b.Fields, b.Elements} {
			for _, e := range list {
				if s := wordsOf(e, 0); s != "" {
					lines = append(lines, s)
				}
			}
		}
	}
	return strings.Join(lines, "\n")
}

const maxDepth = 12

// wordsOf collects the texts of one element and of those in it.
func wordsOf(v any, depth int) string {
	o, ok := v.(map[string]any)
	if !ok || depth > maxDepth {
		return ""
	}
	var b strings.Builder
	switch t := o["text"].(type) {
	case string:
		b.WriteString(t)
	case map[string]any:
		b.WriteString(wordsOf(t, depth+1))
	}
	if list, ok := o["elements"].([]any); ok {
		for _, e := range list {
			b.WriteString(wordsOf(e, depth+1))
		}
	}
	return b.String()
}

// told is what an attachment says; what only shows a page that the text links to
// says nothing.
func (a attachment) told(besideText bool) string {
	if besideText && a.FromURL != "" && !a.Message {
		return ""
	}
	var lines []string
	add := func(s string) {
		if s = strings.TrimSpace(s); s != "" {
			lines = append(lines, s)
		}
	}
	add(a.Pretext)
	if a.Message {
		add(a.Author)
		add("&gt; " + strings.ReplaceAll(a.Text, "\n", "\n&gt; "))
		add(a.FromURL)
		return strings.Join(lines, "\n")
	}
	switch {
	case a.Title != "" && a.TitleLink != "":
		add("<" + a.TitleLink + "|" + a.Title + ">")
	default:
		add(a.Title)
	}
	add(a.Text)
	for _, f := range a.Fields {
		if f.Value != nil {
			add(strings.TrimPrefix(fmt.Sprint(f.Title, ": ", f.Value), ": "))
		}
	}
	if len(lines) == 0 {
		add(a.Fallback)
	}
	return strings.Join(lines, "\n")
}
