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
	if m, err = w.chat.EditMessage(w.ctx, w.people["ada"], m.ID, "rather to #general"); err != nil || links(m) != "#general1" {
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

// shownRuns are runs as a page shows them: links to rooms in brackets, emphasis with its marks.
func shownRuns(runs []chat.Run) string {
	var b strings.Builder
	marks := map[chat.RunKind]string{chat.RunBold: "**", chat.RunItalic: "*", chat.RunStrike: "~~", chat.RunCode: "`"}
	for _, r := range runs {
		switch {
		case r.Kind == chat.RunRoom:
			b.WriteString("[" + r.Text + "]")
		case r.Kind == chat.RunMention:
			b.WriteString("<" + r.Text + ">")
		case r.Kind == chat.RunLink:
			b.WriteString("{" + r.Text + "}")
		default:
			b.WriteString(marks[r.Kind] + r.Text + shownRuns(r.Runs) + marks[r.Kind])
		}
	}
	return b.String()
}

// A name is what it is, whatever its signs mean elsewhere: the longest that is a room's wins.
func TestNamesOfRoomsMayHaveSigns(t *testing.T) {
	w := begin(t, "ada", "bea")
	for _, name := range []string{"team", "team *x*", "*stars*", "a ~~b~~ c", "run `make`", "_under_ line", `back\slash`, "ask @bea", "c# and #d",
		"see www.example.org", "on :tada:", "**", "[x](https://example.org/)", "_x_"} {
		w.room(name, chat.Open, "ada", "bea")
	}
	w.room("hidden *y*", chat.Private, "ada", "bea")
	for body, want := range map[string]string{
		"see #team *x* now":                     "see [#team *x*] now",
		"#Team *X*":                             "[#team *x*]",
		"#team *y*, *so*":                       "[#team] *y*, *so*",
		"*see #team *x* now*":                   "*see [#team *x*] now*",
		"**#team *x***":                         "**[#team *x*]**",
		"#team *x* *and* #team":                 "[#team *x*] *and* [#team]",
		"#team *x":                              "[#team] *x",
		"`#team *x*`":                           "`#team *x*`",
		`\#team *x*`:                            "#team *x*",
		"#*stars* and #** and #*none*":          "[#*stars*] and [#**] and #*none*",
		"#a ~~b~~ c":                            "[#a ~~b~~ c]",
		"try #run `make` or `make`":             "try [#run `make`] or `make`",
		"#_under_ line, #_x_, #_x_y":            "[#_under_ line], [#_x_], #_x_y",
		`#back\slash \*so\*`:                    `[#back\slash] *so*`,
		`\*no\* #team *x* \*no\*`:               "*no* [#team *x*] *no*",
		"#ask @bea, @bea":                       "[#ask @bea], <@bea>",
		"#c# and #d!":                           "[#c# and #d]!",
		"#see www.example.org":                  "[#see www.example.org]",
		"#on :tada: :tada:":                     "[#on :tada:] 🎉",
		"#[x](https://example.org/)":            "[#[x](https://example.org/)]",
		"#hidden *y*":                           "#hidden *y*",
		"word#team *x*":                         "word#team *x*",
		"> #team *x*":                           "",
		"- one\n- #team *x*":                    "",
		strings.Repeat("#no ", 20) + "#*stars*": strings.Repeat("#no ", 20) + "#*stars*",
	} {
		m := w.says("ada", 1, body)
		if want == "" { // not the first paragraph
			if got := m.Text.RoomLinks(); len(got) != 1 || got["team *x*"].Name != "team *x*" {
				t.Errorf("%q links to %v", body, got)
			}
			continue
		}
		if got := shownRuns(m.Text.Blocks[0].Runs); got != want {
			t.Errorf("%q shows %q, want %q", body, got, want)
		}
	}
	if m := w.says("ada", 1, "#ask @bea"); len(m.For) != 0 {
		t.Error("a name of a room is for", m.For)
	}
	m, err := w.chat.PostDirect(w.ctx, w.people["ada"], w.ids("bea"), chat.Draft{Body: "#team *x*"})
	if w.ok(err); shownRuns(m.Text.Blocks[0].Runs) != "[#team *x*]" {
		t.Error("a conversation shows", shownRuns(m.Text.Blocks[0].Runs))
	}
	m, err = w.chat.EditMessage(w.ctx, w.people["ada"], m.ID, "*so* #team *x*")
	if w.ok(err); shownRuns(m.Text.Blocks[0].Runs) != "*so* [#team *x*]" {
		t.Error("an edit shows", shownRuns(m.Text.Blocks[0].Runs))
	}
	w.ok(w.chat.UpdateRoom(w.ctx, w.people["ada"], 3, chat.RoomText{Name: new("crew _z_"), Topic: new("")}))
	m, err = w.chat.EditMessage(w.ctx, w.people["ada"], m.ID, "**so** #team *x*")
	if w.ok(err); shownRuns(m.Text.Blocks[0].Runs) != "**so** [#crew _z_]" || m.Text.Plain() != "so #crew _z_" {
		t.Error("after a rename it shows", shownRuns(m.Text.Blocks[0].Runs))
	}
	for ask, want := range map[string]string{`"#crew _z_"`: "**so**", `"#team *x*"`: "**so**", "crew": "**so**"} {
		if got := w.asks("bea", chat.SearchInput{Text: ask + " so"}); got != want {
			t.Errorf("%s finds %q", ask, got)
		}
	}
}

func TestLinksToRoomsFollowTheirNames(t *testing.T) {
	w := begin(t, "ada", "bea")
	room := w.room("design", chat.Open, "ada")
	said := w.says("ada", 1, "see **#design** now")
	answer, err := w.chat.PostMessage(w.ctx, w.people["bea"], 1, chat.Draft{Body: "I see", ReplyTo: said.ID})
	w.ok(err)
	shown := func() string {
		t.Helper()
		p, err := w.store.History(w.ctx, 1, chat.Span{}, chat.PageSize)
		w.ok(err)
		m, err := w.store.Message(w.ctx, said.ID)
		w.ok(err)
		last := p.Messages[len(p.Messages)-2]
		a, err := w.store.Message(w.ctx, answer.ID)
		if w.ok(err); a.Quote.Text != m.Text.Plain() {
			t.Errorf("the answer quotes %q", a.Quote.Text)
		}
		if last.Labels != m.Labels || last.Text.Plain() != m.Text.Plain() {
			t.Errorf("the page says %q and the message %q", last.Labels, m.Labels)
		}
		return m.Labels + " " + m.Text.Plain()
	}
	if got := shown(); got != "#design see #design now" {
		t.Error(got)
	}
	w.ok(w.chat.UpdateRoom(w.ctx, w.people["ada"], room, chat.RoomText{Name: new("shape & form"), Topic: new("")}))
	if got := shown(); got != "#shape & form see #shape & form now" {
		t.Error("after the room got another name:", got)
	}
	w.ok(w.chat.SetVisibility(w.ctx, w.people["ada"], room, chat.Private))
	w.ok(w.chat.UpdateRoom(w.ctx, w.people["ada"], room, chat.RoomText{Name: new("secret"), Topic: new("")}))
	if got := shown(); strings.Contains(got, "secret") {
		t.Error("the name of a private room shows:", got)
	}
}

func TestAnEditKeepsTheRoomsThatItsWordsMean(t *testing.T) {
	w := begin(t, "ada", "bea")
	room := w.room("design", chat.Open, "ada")
	m := w.says("ada", 1, "see #design, please")
	w.ok(w.chat.UpdateRoom(w.ctx, w.people["ada"], room, chat.RoomText{Name: new("shape"), Topic: new("")}))
	other := w.room("design", chat.Open, "bea")
	for i, body := range []string{"see #design, please!", "really: see **#Design**", "see #design and #shape"} {
		edited, err := w.chat.EditMessage(w.ctx, w.people["ada"], m.ID, body)
		w.ok(err)
		again, err := w.store.Message(w.ctx, m.ID)
		w.ok(err)
		if want := []string{"see #shape, please!", "really: see #shape", "see #shape and #shape"}[i]; edited.Text.Plain() != want ||
			again.Text.Plain() != want {
			t.Errorf("after the edit it says %q, and then %q", edited.Text.Plain(), again.Text.Plain())
		}
	}
	m, err := w.chat.EditMessage(w.ctx, w.people["ada"], m.ID, "nowhere")
	w.ok(err)
	m, err = w.chat.EditMessage(w.ctx, w.people["ada"], m.ID, "see #design")
	if w.ok(err); m.Text.Blocks[0].Runs[1].Room != other {
		t.Errorf("words that are new mean %+v", m.Text.Blocks[0].Runs)
	}
	m = w.says("ada", 1, "see #design")
	w.ok(w.chat.UpdateRoom(w.ctx, w.people["ada"], other, chat.RoomText{Name: new("closed"), Topic: new("")}))
	w.ok(w.chat.SetVisibility(w.ctx, w.people["bea"], other, chat.Private))
	m, err = w.chat.EditMessage(w.ctx, w.people["ada"], m.ID, "do see #design")
	if w.ok(err); m.Text.Plain() != "do see #design" {
		t.Errorf("of a room that is private now it says %q", m.Text.Plain())
	}
}

func TestQuotesNotifyNobody(t *testing.T) {
	w := begin(t, "ada", "mei", "bea")
	for body, want := range map[string]int{
		"> ping @mei":                         0,
		"> > @mei\n\nyes":                     0,
		"> - @mei and @room":                  0,
		"- > @mei":                            0,
		"> @mei asked\n\n@bea what is it":     1,
		"> ping @mei\n\nwhat do you say @mei": 1,
		"```\n@mei\n``` `@mei`":               0,
	} {
		if m := w.says("ada", 1, body); len(m.For) != want || m.All {
			t.Errorf("%q is for %v, %v", body, m.For, m.All)
		}
	}
}
