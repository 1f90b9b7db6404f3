package chat_test

import (
	"fmt"
	"strings"
	"testing"

	"parley/app/chat"
)

func TestNamesOfOpenRoomsBecomeLinks(t *testing.T) {
	w := begin(t, "ada", "bea", "cid")
	w.room("tides", chat.Open, "ada", "bea")
	w.room("cellar", chat.Private, "ada", "bea")
	links := func(m chat.Message) string {
		t.Helper()
		var b strings.Builder
		var walk func([]chat.Run)
		walk = func(runs []chat.Run) {
			for _, r := range runs {
				if r.Kind == chat.RunRoom {
					b.WriteString(r.Text)
					b.WriteByte(byte('0' + r.Room))
				}
				walk(r.Runs)
			}
		}
		for _, block := range m.Text.Blocks {
			walk(block.Runs)
		}
		return b.String()
	}
	for body, want := range map[string]string{
		"see #general and **#Tides**, not `#tides`": "#general1#tides2",
		"#cellar #nowhere C#tides #":                "",
		"#tides.":                                   "#tides2",
		"(#tides)":                                  "#tides2",
		"\\#tides":                                  "",
	} {
		if got := links(w.says("ada", 1, body)); got != want {
			t.Errorf("%q links to %q, want %q", body, got, want)
		}
	}
	m, err := w.chat.PostDirect(w.ctx, w.people["ada"], w.ids("cid"), chat.Draft{Body: "hello @cid, come to #tides"})
	w.ok(err)
	if got := links(m); got != "#tides2" || len(m.Text.Names()) != 1 {
		t.Errorf("the first message of a conversation links to %q and mentions %v", got, m.Text.Names())
	}
	if m, err = w.chat.Edit(w.ctx, w.people["ada"], m.ID, "rather to #general"); err != nil || links(m) != "#general1" {
		t.Error("after an edit:", links(m), err)
	}
	for n, want := range map[int]string{19: "#tides2", 20: ""} { // names beyond the twentieth stay plain
		body := ""
		for i := range n {
			body += fmt.Sprintf("#r%d ", i)
		}
		if got := links(w.says("ada", 1, body+"#tides")); got != want {
			t.Errorf("after %d other names it links to %q, want %q", n, got, want)
		}
	}
}
