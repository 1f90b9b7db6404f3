package slack

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/app/archive"
	"parley/app/auth"
	"parley/app/chat"
)

// tells is what comes of workspaceOf.
const tells = `= 0 "general" topic "all of us" everyone true: ada! bea Ada-2
01T09:06:40 ada event 1 2 ""
01T09:08:20 ada: "Shall we meet at the **lighthouse**, @bea?" for [2] edited replies 2 👍🏼2
01T09:08:50 ada: "goes on" cont
01T09:09:10 ada event 4 0 "noon"
01T09:11:40 bea: "Aye" re "Shall we meet at the lighthouse, @bea?"
02T12:53:20 admin-slack: "me too" re "Shall we meet at the lighthouse, @bea?"
02T12:55:00 deploys: "[Build 7](https://ci.example/7)\ngreen\nTook: 5"
02T12:56:40 weather: "rain"
02T12:58:20 bea: "_waves_"
02T13:00:00 bea: "📎 ` + "`chart_1.png`" + ` https://files.slack.com/files-pri/T1-F1/chart_1.png\n📎 a file that was deleted" cont
02T13:01:40 slackbot deleted replies 1
02T13:03:20 ada: "why?" re ""
02T13:05:00 zoe: "from afar"
02T13:10:00 ada: "answers what is lost"
= 0 "harbour" topic "ships & #general" everyone false: ada bea!
01T09:06:40 bea: "@here ships"
01T09:06:41 bea event 3 0 "harbour"
= 1 "crew" topic "" everyone false: ada! bea
01T09:06:40 ada: "secret @Ada-2"
= 2 "" topic "" everyone false: ada bea Ada-2
01T09:06:40 ada: "three of us"
= 2 "" topic "" everyone false: ada bea
01T09:06:40 bea: "between us"
= 1 "Notes of Ada" topic "" everyone false: ada!
01T09:06:40 ada: "to myself"
= 2 "" topic "" everyone false: ada U88
01T09:06:40 U88: "from who left"
`

func TestAWorkspaceOfSlackComes(t *testing.T) {
	d := open(t)
	r := d.run(workspaceOf())
	if got := d.told(); got != tells {
		t.Errorf("it tells\n%s\nand should tell\n%s", got, tells)
	}
	if want := (archive.Counts{Accounts: 9, Rooms: 4, Conversations: 3, Messages: 18, Events: 3, Replies: 4, Reactions: 2,
		Links: 1}); r.Came != want || r.Already != (archive.Counts{}) {
		t.Errorf("the report counts %+v and %+v", r.Came, r.Already)
	}
	if want := []archive.Adapted{{What: "account", From: "admin", To: "admin-slack"},
		{What: "account", From: "Ada", To: "Ada-2"}}; !slices.Equal(r.Adapted, want) {
		t.Error("adapted:", r.Adapted)
	}
	var out strings.Builder
	if err := r.Print(&out); err != nil {
		t.Fatal(err)
	}
	for _, words := range []string{"1 × change of a purpose (#general 1704100140.000000)", ":parrot-own:",
		"parley user passwd ada", "(gone)"} {
		if !strings.Contains(out.String(), words) {
			t.Errorf("%q is not reported in\n%s", words, out.String())
		}
	}
	d.accountsOfSlack()
}

// accountsOfSlack is what the accounts of workspaceOf should be.
func (d *target) accountsOfSlack() {
	t := d.T
	t.Helper()
	settings, err := d.Settings(t.Context())
	if err != nil || settings.Workspace() != "Lighthouse" || strings.Contains(d.told(), "xoxe") {
		t.Error("the name of the workspace, or a secret in it:", settings.Workspace(), err)
	}
	ada, err := d.AccountNamed(t.Context(), "ada")
	if err != nil || !ada.Admin() || ada.Title != "Keeper & captain" {
		t.Errorf("the owner is %+v, %v", ada, err)
	}
	if _, hash, err := d.Password(t.Context(), "bea"); err != nil || hash != "" {
		t.Error("bea has a password:", hash, err)
	}
	for _, name := range []string{"deploys", "weather", "slackbot", "admin-slack", "zoe"} {
		if a, err := d.AccountNamed(t.Context(), name); err != nil || !a.Disabled {
			t.Error(name, "can log in:", a, err)
		}
	}
	side, err := d.Sidebar(t.Context(), 2)
	for _, s := range side {
		if s.Unread(s.Room) != 0 || s.Mentions != 0 {
			t.Error("there is news in", s.Name)
		}
	}
	if len(side) != 5 {
		t.Error("bea is in", len(side), "rooms", err)
	}
}

func TestASecondImportBringsOnlyWhatIsNew(t *testing.T) {
	d := open(t)
	first := d.run(workspaceOf())
	again := d.run(workspaceOf())
	if again.Already != first.Came || again.Came != (archive.Counts{}) {
		t.Errorf("the second time came %+v, already %+v", again.Came, again.Already)
	}
	if got := d.told(); got != tells {
		t.Errorf("after the second import it tells\n%s", got)
	}
	newer := workspaceOf()
	delete(newer, "general/2024-01-01.json") // an archive may begin later
	newer["general/2024-02-01.json"] = `[{"type":"message","user":"U3","text":"news","ts":"1706800000.000000","thread_ts":"1704200500.000000"},
		{"type":"message","user":"U6","text":"hi <@U3>","ts":"1706800100.000000"}]`
	newer["users.json"] = strings.Replace(newer["users.json"].(string), `[`,
		`[{"id":"U6","team_id":"T1","name":"fay","is_owner":true,"profile":{}},`, 1)
	newer["channels.json"] = strings.Replace(newer["channels.json"].(string), `"members":["U1","U2"],`, `"members":["U1","U2","U6"],`, 1)
	r := d.run(newer)
	if want := (archive.Counts{Accounts: 1, Messages: 2, Replies: 1}); r.Came != want {
		t.Errorf("of a newer archive came %+v", r.Came)
	}
	fay, err := d.AccountNamed(t.Context(), "fay")
	if err != nil || fay.Admin() {
		t.Error("an owner of Slack became administrator of a workspace that is used:", err)
	}
	got := d.told()
	for _, line := range []string{`everyone true: ada! bea fay Ada-2`, `01T15:06:40 admin-slack: "news" re ""`,
		`01T15:08:20 fay: "hi @admin-slack"`} {
		if !strings.Contains(got, line) {
			t.Errorf("%s is not in\n%s", line, got)
		}
	}
}

func TestWhatComesGivesWayToWhoIsThere(t *testing.T) {
	d := open(t)
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, name := range []string{"ada", "fay"} {
		if _, err := d.AddAccount(t.Context(), auth.NewAccount{Username: name, Name: name, Hash: "-", Workspace: "Test",
			At: at}, chat.NoAudit); err != nil {
			t.Fatal(err)
		}
	}
	text, _ := chat.ParseText("unread by fay")
	if _, err := d.AddMessage(t.Context(), chat.NewMessage{Room: 1, Author: chat.Person{ID: 1}, At: at,
		Body: "unread by fay", Text: text, CID: "one"}); err != nil {
		t.Fatal(err)
	}
	d.run(workspaceOf())
	got := d.told()
	for _, line := range []string{`= 0 "general" topic "" everyone true: ada! ada-2 bea fay Ada-3`, `= 0 "general-2"`, `ada-2: "goes on"`} {
		if !strings.Contains(got, line) {
			t.Errorf("%s is not in\n%s", line, got)
		}
	}
	r, m, err := d.RoomFor(t.Context(), 1, 2)
	if err != nil || m == nil || m.Unread(r) != 1 {
		t.Error("what fay had not read:", m, err)
	}
	if a, err := d.AccountNamed(t.Context(), "ada-2"); err != nil || a.Admin() {
		t.Error("somebody who came administers a workspace that is used:", err)
	}
}

func TestAnArchiveThatIsDamagedOrTooLargeIsRefused(t *testing.T) {
	d := open(t)
	refused := func(path, words string) {
		t.Helper()
		if _, err := Run(t.Context(), path, d, Options{}); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%s: %v", words, err)
		}
		if vacant, err := d.IsEmpty(t.Context()); err != nil || !vacant {
			t.Error("something came:", err)
		}
	}
	text := filepath.Join(t.TempDir(), "text.zip")
	if err := os.WriteFile(text, []byte("no archive"), 0o600); err != nil {
		t.Fatal(err)
	}
	refused(text, "is not a ZIP archive")
	refused(pack(t, files{"channels.json": "[]"}), "not an export of Slack")
	refused(pack(t, files{"users.json": "{}"}), "users.json in the archive cannot be read")
	entry, value := maxEntry, maxValue
	t.Cleanup(func() { maxEntry, maxValue = entry, value })
	maxEntry, maxValue = 1<<20, 3<<20
	refused(pack(t, files{"users.json": "[" + strings.Repeat(" ", 2<<20) + "]"}), "unpacks to more than 1 MiB")
	maxEntry, maxValue = 2<<20, 1<<18
	refused(pack(t, files{"users.json": `[{"id":"` + strings.Repeat("U", 1<<20) + `"}]`}), "something in it is longer than 0 MiB")
	maxEntry, maxValue = 1<<20, 3<<20
	bomb := workspaceOf()
	bomb["harbour/2024-01-01.json"] = `[{"type":"message","user":"U2","text":"before","ts":"1704100000.000000"},` +
		strings.Repeat(" ", 2<<20) + "{}]"
	bomb["crew/2024-01-01.json"] = `[{"type":"message","user":"U1","text":"kept","ts":"1704100000.000000"},{"type":"mess`
	bomb["D1/2024-01-01.json"] = `[7, "x", {"type":"message","user":"U2","text":["odd"],"ts":"1704100000.000000"},
		{"type":"message","user":"U2","text":"even","ts":"1704100001.000000","reactions":{},"files":7}]`
	r := d.run(bomb)
	got := d.told()
	for _, line := range []string{`bea: "before"`, `ada: "kept"`, `bea: "even"`} {
		if !strings.Contains(got, line) {
			t.Errorf("%s is not in\n%s", line, got)
		}
	}
	cut := func(s archive.Skipped) bool { return s.Why == "file that cannot be read to its end" }
	if i := slices.IndexFunc(r.Skipped, cut); i < 0 || r.Skipped[i].Count != 2 {
		t.Error("skipped:", r.Skipped)
	}
}

func TestAnArchiveThatWasPackedAgainIsRead(t *testing.T) {
	d, again := open(t), files{"__MACOSX/users.json": "junk"}
	for name, content := range workspaceOf() {
		again["export of ours/"+name] = content
	}
	d.run(again)
	if got := d.told(); got != tells {
		t.Errorf("it tells\n%s", got)
	}
}
