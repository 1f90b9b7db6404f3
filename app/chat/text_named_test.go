package chat

import (
	"strings"
	"testing"
)

// Links can have words, addresses need no scheme, and mail addresses are links; nothing
// disguises where it leads.
func TestLinksHaveWordsAndMailAddressesAreLinks(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"see [the notes](https://example.org/a(b)?c=1) and":      "the notes|https://example.org/a(b)?c=1",
		"[x](https://a.example)[y](http://b.example)":            "x|https://a.example y|http://b.example",
		"go to www.example.org/rooms, or WWW.EXAMPLE.ORG.":       "www.example.org/rooms|https://www.example.org/rooms WWW.EXAMPLE.ORG|https://WWW.EXAMPLE.ORG",
		"write to office@lighthouse.example, or a.b+c@x.example": "office@lighthouse.example|mailto:office@lighthouse.example a.b+c@x.example|mailto:a.b+c@x.example",
		"[https://bank.example](https://evil.example)":           "https://bank.example|https://bank.example https://evil.example|https://evil.example",
		"[www.bank.example](https://evil.example)":               "www.bank.example|https://www.bank.example https://evil.example|https://evil.example",
		"[bank.example/login](https://evil.example)":             "https://evil.example|https://evil.example",
		"[click](javascript:alert)":                              "",
		"[a](https://user:pass@x.example)":                       "",
		"[ ](https://x.example)":                                 "https://x.example|https://x.example",
		"a@b a@b.c @ada@host.example .a@x.example a..@x.example": "",
		"www.example swww.x.example/":                            "",
		"`[a](https://x.example)` \\[b](https://y.example)":      "https://y.example|https://y.example",
		"git@x.example:me/repo.git":                              "",
	} {
		parsed, err := ParseText(text)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		eachBlock(parsed.Blocks, func(b *Block) {
			eachRun(b.Runs, func(r *Run) {
				if r.Kind == RunLink {
					got = append(got, r.Text+"|"+r.URL)
				}
			})
		})
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%s\n got %s\nwant %s", text, s, want)
		}
	}
}

// Words that never become a link cost no more than others.
func TestBracketsThatNeverCloseAreParsedInNoTime(t *testing.T) {
	t.Parallel()
	for _, part := range []string{"[", "[a](", "[a](https://", "www.", "a@", "[a](https://x.example/(", "aaaaaaaaaaaaaaa@b.c "} {
		if _, err := ParseText(strings.Repeat(part, MaxBody/len(part))); err != nil {
			if e, ok := AsError(err); !ok || e.Kind != KindInvalid {
				t.Error(part, err)
			}
		}
	}
}
