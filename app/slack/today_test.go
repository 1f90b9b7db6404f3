package slack

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"golang.org/x/text/unicode/norm"

	"parley/app/archive"
	"parley/app/auth"
	"parley/app/chat"
)

var workspaceAt = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// small is an export of two people and one message a channel.
func small(channels, groups string, days files) files {
	f := files{"users.json": `[{"id":"U1","team_id":"T1","name":"ada","is_owner":true,"profile":{"email":"ada@a.example"}},{"id":"U2","team_id":"T1","name":"bea","profile":{}}]`,
		"channels.json": channels, "groups.json": groups}
	for name, day := range days {
		f[name] = day
	}
	return f
}

// linked are the links to rooms in all messages of a room.
func (d *target) linked(room chat.RoomID) string {
	d.Helper()
	p, err := d.Page(d.Context(), room, chat.Span{}, 100)
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
	f := small(`[{"id":"C1","name":"general","is_general":true,"members":["U1","U2"]},{"id":"C2","name":"harbour","members":["U1"]}]`, `[]`, files{
		"general/2024-01-01.json": `[{"type":"message","user":"U1","text":"one","ts":"1704100000.000100"}]`})
	d.run(f)
	if _, err := d.SetKind(t.Context(), 2, 1, chat.Private, workspaceAt); err != nil {
		t.Fatal(err)
	}
	f["general/2024-01-02.json"] = `[{"type":"message","user":"U1","text":"see <#C2|harbour>","ts":"1704200000.000100"}]`
	d.run(f)
	if got := d.told(); d.linked(1) != "" || !strings.Contains(got, `"see a private room"`) {
		t.Errorf("it links to %q and tells\n%s", d.linked(1), got)
	}
}

func TestArchivesThatOtherProgramsPackedAreRead(t *testing.T) {
	utf16BOM := func(s string, high, low int) string {
		var b strings.Builder
		for _, c := range append([]uint16{0xFEFF}, utf16.Encode([]rune(s))...) {
			pair := [2]byte{}
			pair[high], pair[low] = byte(c>>8), byte(c)
			b.Write(pair[:])
		}
		return b.String()
	}
	for what, change := range map[string]func(name, content string) (string, string){
		"backslashes":           func(n, c string) (string, string) { return strings.ReplaceAll(n, "/", `\`), c },
		"a folder, backslashes": func(n, c string) (string, string) { return `Acme export\` + strings.ReplaceAll(n, "/", `\`), c },
		"a dot":                 func(n, c string) (string, string) { return "./" + n, c },
		"a folder in a folder":  func(n, c string) (string, string) { return "./exports/acme/" + n, c },
		"capitals":              func(n, c string) (string, string) { return strings.ReplaceAll(n, ".json", ".JSON"), c },
		"a byte order mark":     func(n, c string) (string, string) { return n, "\uFEFF" + c },
		"UTF-16":                func(n, c string) (string, string) { return n, utf16BOM(c, 1, 0) },
		"UTF-16, big endian":    func(n, c string) (string, string) { return n, utf16BOM(c, 0, 1) },
	} {
		t.Run(what, func(t *testing.T) {
			again := files{"__MACOSX/users.json": "junk", "__MACOSX/general/._2024-01-01.json": "junk", ".DS_Store": "junk", "general/.DS_Store": "junk", "general/._2024-01-01.json": "junk"}
			for name, content := range workspaceOf() {
				name, changed := change(name, content.(string))
				again[name] = changed
			}
			d := open(t)
			r := d.run(again)
			if got := d.told(); got != tells {
				t.Errorf("it tells\n%s", got)
			}
			for _, s := range r.Skipped {
				if strings.Contains(s.Why, "file") && strings.Contains(fmt.Sprint(s.Examples), "_") && !strings.Contains(s.Why, "deleted") {
					t.Error("it reports", s)
				}
			}
		})
	}
}

func TestAFolderAndItsChannelMayWriteAccentsInTwoWays(t *testing.T) {
	for _, forms := range [][2]norm.Form{{norm.NFC, norm.NFD}, {norm.NFD, norm.NFC}, {norm.NFD, norm.NFD}} {
		d := open(t)
		r := d.run(small(`[{"id":"C1","name":"`+forms[0].String("zufällig")+`","members":["U1"]}]`, `[]`, files{
			forms[1].String("zufällig") + "/2024-01-01.json": `[{"type":"message","user":"U1","text":"one","ts":"1704100000.000100"}]`}))
		if r.Came.Messages != 1 {
			t.Error(forms, "came", r.Came, r.Skipped)
		}
	}
}

// Windows packs names in a code page, and does not say so.
func TestANameInACodePageIsItsChannels(t *testing.T) {
	d := open(t)
	r := d.run(small(`[{"id":"C1","name":"zufällig-größer","members":["U1"]}]`, `[]`, files{
		"zuf\x84llig-gr\x94\xe1er/2024-01-01.json": `[{"type":"message","user":"U1","text":"one","ts":"1704100000.000100"}]`}))
	if r.Came.Messages != 1 {
		t.Error("came", r.Came, r.Skipped)
	}
}

func TestAnArchiveThatListsChannelsAndHasNoMessagesIsRefused(t *testing.T) {
	const channels = `[{"id":"C1","name":"general","members":["U1"]},{"id":"C2","name":"harbour","members":["U1"]}]`
	for _, c := range []struct {
		channels, words string
		days            files
	}{{channels, "no file of messages", files{}}, {channels, "none of its folders", files{"somewhere/2024-01-01.json": `[]`}},
		{`[]`, "lists 0 conversations", files{"general/2024-01-01.json": `[]`}}} {
		d := open(t)
		_, err := Run(t.Context(), pack(t, small(c.channels, `[]`, c.days)), d, Options{})
		if err == nil || !strings.Contains(err.Error(), c.words) {
			t.Errorf("%s: %v", c.words, err)
		}
		if vacant, err := d.Vacant(t.Context()); err != nil || !vacant {
			t.Error("something came:", err)
		}
	}
	d := open(t)
	r := d.run(small(channels, `[]`, files{"general/2024-01-01.json": `[]`}))
	if !strings.Contains(strings.Join(r.Notes, "\n"), "1 of 2 channels have no file of messages") {
		t.Error("the report notes", r.Notes)
	}
}

func TestGuestsAndStrangersComeDeactivatedAndAreListed(t *testing.T) {
	d := open(t)
	r := d.run(files{"users.json": `[{"id":"U1","team_id":"T1","name":"ada","is_owner":true,"profile":{}},{"id":"U2","team_id":"T1","name":"bea","profile":{}},
			{"id":"U3","team_id":"T1","name":"visitor","is_restricted":true,"is_owner":true,"profile":{}},{"id":"U4","team_id":"T1","name":"single","is_restricted":true,"is_ultra_restricted":true,"profile":{}},
			{"id":"U5","team_id":"T9","name":"afar","is_stranger":true,"profile":{}},{"id":"U6","team_id":"T8","name":"foreign","profile":{}},
			{"id":"U7","team_id":"T1","name":"robot","is_bot":true,"profile":{}},{"id":"U8","team_id":"T1","name":"gone","deleted":true,"profile":{}},
			{"id":"U9","team_id":"T7","name":"grid","enterprise_user":{"id":"W1"},"profile":{}}]`,
		"channels.json":           `[{"id":"C1","name":"general","is_general":true,"members":["U1","U2","U3","U4","U5","U6","U7","U8","U9"]}]`,
		"general/2024-01-01.json": `[{"type":"message","user":"U3","text":"as a guest","ts":"1704100000.000100"},{"type":"message","user":"U66","text":"unknown","ts":"1704100001.000100"}]`})
	want := map[string]string{"visitor": "guest", "single": "guest of one channel", "afar": "of another workspace", "foreign": "of another workspace",
		"robot": "app", "gone": "deactivated there", "U66": "in no list of users"}
	for _, x := range r.Deactivated {
		if want[x.Username] != x.Why {
			t.Errorf("%s is %q, want %q", x.Username, x.Why, want[x.Username])
		}
		delete(want, x.Username)
		if a, err := d.AccountNamed(t.Context(), x.Username); err != nil || !a.Disabled || a.Admin() {
			t.Error(x.Username, "can log in:", a, err)
		}
	}
	if len(want) > 0 {
		t.Error("not listed:", want)
	}
	if got := d.told(); !strings.Contains(got, "everyone true: ada! bea grid\n") || !strings.Contains(got, `visitor: "as a guest"`) {
		t.Errorf("it tells\n%s", got)
	}
	var out strings.Builder
	if err := r.Print(&out); err != nil || !strings.Contains(out.String(), "single (single): guest of one channel") {
		t.Error("the report says", out.String(), err)
	}
	people := []string{}
	for _, p := range r.People {
		people = append(people, p.Account.Username)
	}
	if got := strings.Join(people, " "); got != "ada bea grid" {
		t.Error("who may log in:", got)
	}
}

// whys are the reasons of a report, and how often each is there.
func whys(r *archive.Report) map[string]int {
	m := map[string]int{}
	for _, s := range r.Skipped {
		m[s.Why] = s.Count
	}
	return m
}

func TestNothingThatDoesNotComeIsLeftOutInSilence(t *testing.T) {
	d := open(t)
	r := d.run(small(`[{"id":"C1","name":"general","members":["U1"],"pins":[{"id":"1"},{"id":"2"}],"bookmarks":[{"id":"Bk1"}],"properties":{"tabs":[{"type":"channel_canvas"},{"type":"files"},{"type":"bookmark"}]}}]`, `[]`, files{
		"canvases.json": `[{"id":"F1"},{"id":"F2"}]`, "usergroups.json": `[{"id":"S1","handle":"crew"}]`, "novelty.json": `{}`, "lists.json": `{`,
		"general/notes.txt": "x", "general/canvas.json": "[]",
		"general/2024-01-01.json": `[{"type":"message","user":"U1","text":"a <!subteam^S1>","ts":"1704100000.000100",
				"files":[{"id":"F1","mode":"hidden_by_limit"},{"id":"F2","mode":"tombstone"},{"id":"F3","name":"plan","mode":"quip","permalink":"https://a.slack.com/docs/F3"}],"reactions":[{"name":"own","users":["U1"],"count":1}]},
			{"type":"message","subtype":"tombstone","user":"U1","text":"x","ts":"1704100001.000100"},
			{"type":"message","subtype":"huddle_thread","user":"U1","text":"x","ts":"1704100002.000100"},
			{"type":"message","user":"U1","text":"` + strings.Repeat("many words ", 2000) + `","ts":"1704100003.000100"},
			{"type":"message","user":"U1","text":"see <https://a.example>","attachments":[{"from_url":"https://a.example","title":"A"}],"blocks":[{"type":"novelty","text":{"type":"mrkdwn","text":"see https://a.example *new*"}}],"ts":"1704100004.000100"}]`}))
	got := whys(r)
	for why, n := range map[string]int{"file that Slack hides behind a limit of its plan": 1, "file that was deleted": 1, "canvas (a link to it came)": 1, "canvas": 3, "user group": 1, "mention of a user group": 1,
		"message that was deleted at Slack, of which the place came": 1, "huddle": 1, "pin": 2, "bookmark": 2, "reaction with an emoji of the workspace's own": 1, "block of the unknown kind novelty": 1,
		"preview of a page that a message links to": 1, "file of which nothing is known": 1, "file in a folder that is none of a day's messages": 2, "file that cannot be read to its end": 1} {
		if got[why] != n {
			t.Errorf("%s is counted %d times, want %d", why, got[why], n)
		}
	}
	if notes := strings.Join(r.Notes, "\n"); !strings.Contains(notes, "1 × a message that is longer than one may be here (#general 1704100003.000100): they came as") {
		t.Error("the report notes", notes)
	}
	if told := d.told(); !strings.Contains(told, "@crew") || !strings.Contains(told, "**new**") || !strings.Contains(told, "a file that Slack hides") {
		t.Errorf("it tells\n%s", told)
	}
}

func TestChannelsComeIntoTheRoomsThatWereNamed(t *testing.T) {
	d := open(t)
	if _, err := d.AddAccount(t.Context(), auth.NewAccount{Username: "mei", Name: "Mei", Hash: "-", Workspace: "Test", At: workspaceAt}); err != nil {
		t.Fatal(err)
	}
	f := small(`[{"id":"C1","name":"general","is_general":true,"members":["U1","U2"]},{"id":"C2","name":"harbour","members":["U1"]}]`, `[{"id":"G1","name":"crew","members":["U1"]}]`, files{
		"general/2024-01-01.json": `[{"type":"message","user":"U1","text":"to <#C2|harbour>","ts":"1704100000.000100"}]`,
		"crew/2024-01-01.json":    `[{"type":"message","user":"U1","text":"hush","ts":"1704100000.000100"}]`})
	file := pack(t, f)
	run := func(rooms map[string]string) (*archive.Report, error) {
		return Run(t.Context(), file, d, Options{Rooms: rooms})
	}
	for words, rooms := range map[string]map[string]string{"there is no channel quay": {"quay": "port"}, "cannot both come": {"general": "port", "harbour": "Port"}} {
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
	for _, line := range []string{`= 0 "general" topic "" everyone true: ada bea mei!`, `= 0 "The port"`, `= 1 "general" topic "" everyone false: ada!`, `ada: "to #The port"`} {
		if !strings.Contains(got, line) {
			t.Errorf("%s is not in\n%s", line, got)
		}
	}
	if again, err := run(named); err != nil || again.Came != (archive.Counts{}) || d.told() != got {
		t.Error("the second time:", again.Came, err)
	}
	if _, err := run(map[string]string{"harbour": "quay"}); err == nil || !strings.Contains(err.Error(), "came before, into the room that is called The port") {
		t.Error(err)
	}
}
