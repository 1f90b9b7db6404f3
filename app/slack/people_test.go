package slack

import (
	"strings"
	"testing"
	"time"

	"parley/app/archive"
	"parley/app/auth"
	"parley/app/chat"
)

func TestNamesThatCannotBeHereAreAdapted(t *testing.T) {
	d := open(t)
	r := d.run(files{
		"users.json": `[{"id":"U1","name":"x","profile":{}},{"id":"U2","name":"élan vital","profile":{"display_name":"` + strings.Repeat("long ",
			40) + `"}},
			{"id":"U3","name":"_._","profile":{"display_name":"  "}},{"id":"U4","name":"` + strings.Repeat("n", 60) + `","profile":{"title":"` +
			strings.Repeat("t", 99) + `"}},
			{"id":"U5","name":"everyone","profile":{}},{"id":"U6","name":"rnei","profile":{}},{"id":"U7","name":"mei","profile":{}}]`,
		"channels.json":        `[{"id":"C1","name":"here","members":["U1"]},{"id":"C2","name":"general","members":[]},{"id":"C3","name":"GENERAL","members":["U2"],"topic":{"value":"` + strings.Repeat("topic ", 99) + `"}}]`,
		"here/2024-01-01.json": `[{"type":"message","user":"U1","text":"hello","ts":"1704100000.000100"}]`,
	})
	names := map[string]string{}
	for _, a := range r.Adapted {
		names[a.From] = a.To
	}
	for from, to := range map[string]string{"x": "x-slack", "élan vital": "élan-vital", "_._": "-slack",
		strings.Repeat("n", 60): strings.Repeat("n", 32), "everyone": "everyone-slack",
		"mei": "mei-2", "here": "here room", "GENERAL": "GENERAL-2"} {
		if from == "_._" {
			to = "slack" // of the id nothing is needed
		}
		if names[from] != to {
			t.Errorf("%q is %q here, want %q", from, names[from], to)
		}
	}
	if got := d.told(); !strings.Contains(got, `= 0 "general" topic "" everyone true`) || strings.Count(got, "everyone true") != 1 {
		t.Errorf("there is no room of everybody in\n%s", got)
	}
	if a, err := d.AccountNamed(t.Context(), names["_._"]); err != nil || a.Name != "_._" {
		t.Error("the name of who has none:", a.Name, err)
	}
}

func TestSomebodyWithAnAccountHereIsTheSameWhenToldSo(t *testing.T) {
	d := open(t)
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, name := range []string{"ada", "lindqvist"} {
		if _, err := d.AddAccount(t.Context(), auth.NewAccount{Username: name, Name: name, Hash: "-", Workspace: "Test", At: at},
			chat.NoAudit); err != nil {
			t.Fatal(err)
		}
	}
	file := pack(t, workspaceOf())
	for _, same := range []map[string]string{{"ada": "ada", "nobody": "ada"}, {"ada": "ada", "bea": "bea"}} {
		if _, err := Run(t.Context(), file, d, Options{Same: same}); err == nil || !strings.HasPrefix(err.Error(), "there is no ") {
			t.Error(same, err)
		}
	}
	r, err := Run(t.Context(), file, d, Options{Same: map[string]string{"ada": "ada", "bea": "lindqvist"}})
	if err != nil || r.Came.Accounts != 7 || r.Already.Accounts != 2 {
		t.Error(r.Came, r.Already, err)
	}
	got := d.told()
	for _, line := range []string{`"Shall we meet at the **lighthouse**, @lindqvist?" for [2]`, `ada lindqvist!`,
		`= 0 "general-2" topic "all of us" everyone false: ada! lindqvist`} {
		if !strings.Contains(got, line) {
			t.Errorf("%s is not in\n%s", line, got)
		}
	}
	if _, err := Run(t.Context(), file, d, Options{Same: map[string]string{"ada": "lindqvist"}}); err == nil ||
		!strings.Contains(err.Error(), "came before") {
		t.Error(err)
	}
	if again := d.run(workspaceOf()); again.Came != (archive.Counts{}) {
		t.Error("the second time came", again.Came)
	}
}
