package views

import (
	"strings"
	"testing"

	"parley/app/chat"
)

// A message is folded where it is long, in lines or in letters, also in one paragraph; nothing
// of it is lost, and no short one is folded.
func TestALongParagraphIsFolded(t *testing.T) {
	t.Parallel()
	lines := func(n int) string { return strings.TrimSuffix(strings.Repeat("a line\n", n), "\n") }
	for name, c := range map[string]struct {
		body  string
		folds bool
	}{
		"sixty lines": {lines(60), true}, "22 lines": {lines(22), false}, "24 lines": {lines(24), true},
		"9,500 letters": {strings.Repeat("word ", 1900), true}, "1,100 letters": {strings.Repeat("word ", 220), false},
		"one word": {strings.Repeat("ж", 3000), false}, "one bold word": {"**" + strings.Repeat("w", 3000) + "**", false},
		"behind a short one":       {"hello\n\n" + lines(60), true},
		"a list":                   {strings.TrimSuffix(strings.Repeat("- item\n", 60), "\n"), false},
		"letters of two bytes":     {strings.Repeat("да нет ", 400), true},
		"few letters of two bytes": {strings.Repeat("да нет ", 160), false},
		"without spaces":           {strings.Repeat("東京の天気は晴れです。", 200), true},
		"a little too long":        {strings.Repeat("word ", 239) + "\n" + "and a bit more", false},
	} {
		text, err := chat.ParseText(c.body)
		if err != nil {
			t.Fatal(name, err)
		}
		html := string(appendText(nil, text))
		if strings.Contains(html, `<details class="rest">`) != c.folds {
			t.Errorf("%s: folded is %v", name, !c.folds)
		}
		shown, folded := foldBlocks(text.Blocks)
		got := chat.Text{Blocks: shown}.Plain() + chat.Text{Blocks: folded}.Plain()
		if strings.ReplaceAll(got, " ", "") != strings.ReplaceAll(text.Plain(), " ", "") {
			t.Errorf("%s: of %d letters %d are there", name, len(text.Plain()), len(got))
		}
		if strings.ContainsRune(html, '\uFFFD') {
			t.Errorf("%s: half a letter", name)
		}
	}
}
