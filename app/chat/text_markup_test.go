package chat

import (
	"strings"
	"testing"
)

func TestWordsStayAsTheyAre(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"db_1", "*5 %* is left", "_x_ and *y*", "`code`", "a_b_c", "C:\\Users\\mei", "10.0.0.1:9100", "@room @ada",
		"#general", ":tada:", "https://a.example/x_y", "> quoted", "~~gone~~",
		"1 < 2", "", "two\nlines_of_it", "**_`~", "[x](https://evil.example) @room", "www.evil.example @room", "`` [x](https://evil.example) `",
		"[Log in](https://evil.example)", "@room ** [x](https://evil.example) @ada", "[bank.example](https://evil.example/bank.example)", "a@b.example @ada"} {
		written := EscapeMarkup(s)
		text, err := ParseText(written)
		if err != nil {
			if s != "" {
				t.Errorf("%q: %v", s, err)
			}
			continue
		}
		if got := unescapedNames.Replace(text.Plain()); got != strings.Join(strings.Fields(s), " ") {
			t.Errorf("%q is written %q and shown as %q", s, written, got)
		}
		if !text.harmless() {
			t.Errorf("%q calls somebody or hides where it leads: %q", s, written)
		}
	}
}

func TestWhatAVisitorSaysCallsNobody(t *testing.T) {
	t.Parallel()
	bad := []string{"[x", "](https://evil.example)", "@room", "@ada", "[x](https://evil.example)", "www.evil.example @room", "**", "`", "``", `\`, "~~", "<", "a",
		"#general", "a]", "(https://evil.example)", "* ", "> ", "```"}
	for _, name := range bad {
		for _, more := range bad {
			for _, last := range bad {
				k := Case{Name: name + more, Last: last + " " + more}
				text, err := ParseText(k.announcement())
				if err != nil || !text.harmless() {
					t.Errorf("%q, %q: %q", k.Name, k.Last, k.announcement())
				}
			}
		}
	}
}

func FuzzEscapeMarkup(f *testing.F) {
	for _, s := range []string{"a_b", "*", "`", "\\", "<@", "\n#"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		k := Case{Name: s, Last: EscapeMarkup(s)}
		if text, err := ParseText(k.announcement()); err == nil && !text.harmless() {
			t.Errorf("%q: %q", s, k.announcement())
		}
	})
}
