package slack

import (
	"strings"
	"testing"
	"time"

	"parley/app/chat"
	"parley/app/slack/mrkdwn"
)

func TestALongMessageIsCutWhereALineEnds(t *testing.T) {
	parts, whole := split(strings.Repeat("a line of some words\n", 1000), 0)
	n := 0
	for _, p := range parts {
		if _, err := chat.ParseText(p); err != nil {
			t.Error(err)
		}
		n += strings.Count(p, "words")
		if strings.HasSuffix(strings.TrimSpace(p), "some") {
			t.Error("cut within a line")
		}
	}
	if len(parts) < 2 || n != 1000 || !whole {
		t.Error(len(parts), "parts with", n, "lines")
	}
}

func TestNoTextTakesLongToConvertAndCut(t *testing.T) {
	for _, part := range []string{"*a ", "~a ", "<", "<@U1>", "`", "```", "&gt;", ":a:", "*", "_*~", "<http://a.example|*b*>", "```x```",
		":wave::skin-tone-3:", "@ab "} {
		began := time.Now()
		split(mrkdwn.Convert(mrkdwn.Payload{Text: strings.Repeat(part, 80_000/len(part))}, mrkdwn.Names{}).Body, 0)
		if d := time.Since(began); d > 8*time.Second {
			t.Errorf("%q takes %v", part, d)
		}
	}
}

func TestALongListingIsCutIntoListings(t *testing.T) {
	parts, whole := split("before\n```go\n"+strings.Repeat("x := *y*\n", 3000)+"```\nafter *it*", 0)
	lines := 0
	for i, p := range parts {
		text, err := chat.ParseText(p)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range text.Blocks {
			switch {
			case b.Kind == chat.BlockCode && b.Lang == "go":
				lines += strings.Count(b.Code+"\n", "x := *y*\n")
			case b.Kind != chat.BlockParagraph || i > 0 && i < len(parts)-1:
				t.Errorf("part %d has %+v", i, b)
			}
		}
	}
	if !whole || len(parts) < 3 || lines != 3000 {
		t.Error(len(parts), "parts with", lines, "lines", whole)
	}
}
