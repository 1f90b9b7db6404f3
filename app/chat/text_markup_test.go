package chat

import (
	"strings"
	"testing"
)

func TestWordsStayAsTheyAre(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"db_1", "*5 %* is left", "_x_ and *y*", "`code`", "a_b_c", "C:\\Users\\mei", "10.0.0.1:9100", "@room @ada",
		"#general", ":tada:", "https://a.example/x_y", "> quoted", "~~gone~~",
		"1 < 2", "", "two\nlines_of_it", "**_`~"} {
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
		if len(text.Mentioned()) > 0 || strings.Contains(s, "@room") && !strings.Contains(written, `\@room`) {
			t.Errorf("%q calls somebody: %q", s, written)
		}
	}
}

func FuzzEscapeMarkup(f *testing.F) {
	for _, s := range []string{"a_b", "*", "`", "\\", "<@", "\n#"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { EscapeMarkup(s) })
}
