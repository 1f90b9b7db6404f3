package slack

import (
	"strings"
	"testing"

	"parley/app/archive"
	"parley/app/auth"
	"parley/app/chat"
)

func TestChannelsComeIntoTheRoomsThatWereNamed(t *testing.T) {
	d := open(t)
	if _, err := d.AddAccount(t.Context(), auth.NewAccount{Username: "mei", Name: "Mei", Hash: "-", Workspace: "Test", At: workspaceAt},
		chat.NoAudit); err != nil {
		t.Fatal(err)
	}
	f := small(`[{"id":"C1","name":"general","is_general":true,"members":["U1","U2"]},{"id":"C2","name":"harbour","members":["U1"]}]`,
		`[{"id":"G1","name":"crew","members":["U1"]}]`, files{
			"general/2024-01-01.json": `[{"type":"message","user":"U1","text":"to <#C2|harbour>","ts":"1704100000.000100"}]`,
			"crew/2024-01-01.json":    `[{"type":"message","user":"U1","text":"hush","ts":"1704100000.000100"}]`})
	file := pack(t, f)
	run := func(rooms map[string]string) (*archive.Report, error) {
		return Run(t.Context(), file, d, Options{Rooms: rooms})
	}
	for words, rooms := range map[string]map[string]string{"there is no channel quay": {"quay": "port"},
		"cannot both come": {"general": "port", "harbour": "Port"}} {
		if _, err := run(rooms); err == nil || !strings.Contains(err.Error(), words) {
			t.Error(rooms, err)
		}
	}
	named := map[string]string{"general": "GENERAL", "harbour": "The port", "crew": "general"}
	r, err := run(named)
	if err != nil || r.Came.Rooms != 2 || r.Already.Rooms != 1 {
		t.Fatal(r.Came, r.Already, err)
	}
	got := d.told()
	for _, line := range []string{`= 0 "general" topic "" everyone true: ada bea mei!`, `= 0 "The port"`,
		`= 1 "general" topic "" everyone false: ada!`, `ada: "to #The port"`} {
		if !strings.Contains(got, line) {
			t.Errorf("%s is not in\n%s", line, got)
		}
	}
	if notes := strings.Join(r.Notes, "\n"); !strings.Contains(notes, "general comes into the room general, which was here.") ||
		strings.Contains(notes, "crew") {
		t.Error("the report notes", notes)
	}
	if again, err := run(named); err != nil || again.Came != (archive.Counts{}) || d.told() != got {
		t.Error("the second time:", again.Came, err)
	}
	if _, err := run(map[string]string{"harbour": "quay"}); err == nil ||
		!strings.Contains(err.Error(), "came before, into the room that is called The port") {
		t.Error(err)
	}
}

// Where a name is another channel's already, the room has a number, also the next time.
func TestARoomThatWasNamedAndGotANumberKeepsIt(t *testing.T) {
	d := open(t)
	file := pack(t, small(`[{"id":"C1","name":"general","is_general":true,"members":["U1"]},{"id":"C2","name":"harbour","members":["U1"]}]`,
		`[]`, files{
			"general/2024-01-01.json": `[{"type":"message","user":"U1","text":"one","ts":"1704100000.000100"}]`}))
	for range 2 {
		if _, err := Run(t.Context(), file, d, Options{Rooms: map[string]string{"harbour": "General"}}); err != nil ||
			!strings.Contains(d.told(), `= 0 "General-2"`) {
			t.Errorf("it tells\n%s%v", d.told(), err)
		}
	}
}
