package slack

import (
	"fmt"
	"strings"
	"testing"

	"parley/app/chat"
)

// linked are the links to rooms in all messages of a room.
func (d *target) linked(room chat.RoomID) string {
	d.Helper()
	p, err := d.History(d.Context(), room, chat.Span{}, 100)
	if err != nil {
		d.Fatal(err)
	}
	var b strings.Builder
	for _, m := range p.Messages {
		for _, block := range m.Text.Blocks {
			for _, r := range block.Runs {
				if r.Kind == chat.RunRoom {
					fmt.Fprintf(&b, "%s=%d ", r.Text, r.Room)
				}
			}
		}
	}
	return b.String()
}

func TestReferencesToChannelsAreLinkedAndTellNoNameOfAPrivateOne(t *testing.T) {
	d := open(t)
	d.run(small(`[{"id":"C1","name":"general","is_general":true,"members":["U1","U2"]},{"id":"C2","name":"harbour","members":["U1"],"topic":{"value":"not <#G1|crew>"}}]`,
		`[{"id":"G1","name":"crew","members":["U1"]},{"id":"G2","name":"hold","members":["U1","U2"]}]`, files{
			"general/2024-01-01.json": `[{"type":"message","user":"U1","text":"see <#C2|harbour>, <#C1> and *<#C2|>*","ts":"1704100000.000100"},
				{"type":"message","user":"U1","text":"<#G1|crew> <#G2> <#G9|secret> <#C9|lost> ` + "`<#G1|crew>`" + `","ts":"1704100001.000100"},
				{"type":"message","user":"U1","text":"","blocks":[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"channel","channel_id":"C2"},{"type":"text","text":" and "},{"type":"channel","channel_id":"G1"}]}]}],"ts":"1704100002.000100"}]`,
			"crew/2024-01-01.json": `[{"type":"message","user":"U1","text":"<#G1|crew> <#G2|hold> <#C2>","ts":"1704100000.000100"}]`}))
	if got, want := d.linked(1), "#harbour=2 #general=1 #harbour=2 "; got != want {
		t.Errorf("the links are %q, want %q", got, want)
	}
	got := d.told()
	open, crew, _ := strings.Cut(got, `= 1 "crew"`)
	for _, name := range []string{"crew", "hold", "secret"} {
		if strings.Contains(open, name) {
			t.Errorf("%s is told to everybody:\n%s", name, open)
		}
	}
	if !strings.Contains(open, `#lost`) || !strings.Contains(crew, `"#crew a private room #harbour"`) || d.linked(3) != "#harbour=2 " {
		t.Errorf("it tells\n%s with links %q", got, d.linked(3))
	}
}

// A reference follows who may see its room now, not who could when it came first.
func TestAReferenceToARoomThatBecamePrivateHereIsNoLink(t *testing.T) {
	d := open(t)
	f := small(`[{"id":"C1","name":"general","is_general":true,"members":["U1","U2"]},{"id":"C2","name":"harbour","members":["U1"]}]`,
		`[]`, files{
			"general/2024-01-01.json": `[{"type":"message","user":"U1","text":"one","ts":"1704100000.000100"}]`})
	d.run(f)
	if _, err := d.SetVisibility(t.Context(), 2, 1, chat.Private, workspaceAt, chat.NoAudit); err != nil {
		t.Fatal(err)
	}
	f["general/2024-01-02.json"] = `[{"type":"message","user":"U1","text":"see <#C2|harbour>","ts":"1704200000.000100"}]`
	d.run(f)
	if got := d.told(); d.linked(1) != "" || !strings.Contains(got, `"see a private room"`) {
		t.Errorf("it links to %q and tells\n%s", d.linked(1), got)
	}
}

// A room may have a name with signs, and another name later: its links are found by it.
func TestAReferenceIsOneLinkAndFoundByTheNameThatItsRoomHas(t *testing.T) {
	d := open(t)
	f := small(`[{"id":"C1","name":"general","is_general":true,"members":["U1","U2"]},{"id":"C2","name":"harbour","members":["U1"]}]`,
		`[]`, files{
			"general/2024-01-01.json": `[{"type":"message","user":"U1","text":"see <#C2|harbour> *now*","ts":"1704100000.000100"}]`})
	if _, err := Run(t.Context(), pack(t, f), d, Options{Rooms: map[string]string{"harbour": "The *old* port"}}); err != nil {
		t.Fatal(err)
	}
	if got := d.linked(1); got != "#The *old* port=2 " {
		t.Errorf("the links are %q", got)
	}
	if _, err := d.SetRoomName(t.Context(), 2, 1, "jetty", workspaceAt); err != nil {
		t.Fatal(err)
	}
	for _, words := range [][]string{{"see", "jetty", "now"}, {"the", "old", "port", "now"}} {
		for behind := true; behind; {
			var hits []chat.Hit
			var err error
			hits, _, behind, err = d.Search(t.Context(), 1, chat.Search{All: []chat.Match{{Tokens: words}}, Limit: 9})
			if err != nil || !behind && (len(hits) != 1 || hits[0].Text.Plain() != "see #jetty now") {
				t.Errorf("%v: found %d, %v", words, len(hits), err)
			}
		}
	}
}
