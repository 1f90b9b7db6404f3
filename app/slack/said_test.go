package slack

import (
	"strings"
	"testing"

	"parley/app/chat"
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
