package slack

import (
	"strings"
	"testing"
	"time"

	"parley/app/archive"
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

// Guests come as guests, into the channels that they were in and nowhere else.
func TestGuestsComeAsGuestsAndStrangersDeactivated(t *testing.T) {
	d := open(t)
	r := d.run(files{"users.json": `[{"id":"U1","team_id":"T1","name":"ada","is_owner":true,"profile":{}},{"id":"U2","team_id":"T1","name":"bea","profile":{}},
			{"id":"U3","team_id":"T1","name":"visitor","is_restricted":true,"is_owner":true,"profile":{}},{"id":"U4","team_id":"T1","name":"single","is_restricted":true,"is_ultra_restricted":true,"profile":{}},
			{"id":"U5","team_id":"T9","name":"afar","is_stranger":true,"profile":{}},{"id":"U6","team_id":"T8","name":"foreign","profile":{}},
			{"id":"U7","team_id":"T1","name":"robot","is_bot":true,"profile":{}},{"id":"U8","team_id":"T1","name":"gone","deleted":true,"profile":{}},
			{"id":"U9","team_id":"T7","name":"grid","enterprise_user":{"id":"W1"},"profile":{}}]`,
		"channels.json":           `[{"id":"C1","name":"general","is_general":true,"members":["U1","U2","U3","U5","U6","U7","U8","U9"]},{"id":"C2","name":"dock","members":["U1","U4"]}]`,
		"general/2024-01-01.json": `[{"type":"message","user":"U3","text":"as a guest","ts":"1704100000.000100"},{"type":"message","user":"U66","text":"unknown","ts":"1704100001.000100"}]`})
	want := map[string]string{"afar": "of another workspace", "foreign": "of another workspace",
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
	if got := d.told(); !strings.Contains(got, "everyone true: ada! bea grid visitor\n") || !strings.Contains(got, `visitor: "as a guest"`) {
		t.Errorf("it tells\n%s", got)
	}
	var out strings.Builder
	if err := r.Print(&out); err != nil || !strings.Contains(out.String(), "single came as a guest") {
		t.Error("the report says", out.String(), err)
	}
	for name, room := range map[string]string{"visitor": "general", "single": "dock"} {
		a, err := d.AccountNamed(t.Context(), name)
		rooms, of := d.Sidebar(t.Context(), a.ID)
		if err != nil || of != nil || !a.IsGuest() || a.Disabled || len(rooms) != 1 || rooms[0].Name != room {
			t.Error(name, "is", a.Role, "in", rooms, err, of)
		}
	}
	people := []string{}
	for _, p := range r.People {
		people = append(people, p.Account.Username)
	}
	if got := strings.Join(people, " "); got != "ada bea visitor single grid" {
		t.Error("who may log in:", got)
	}
}

// Who became a guest there since the first time stays what he is here.
func TestAMemberWhoIsAGuestThereIsNoted(t *testing.T) {
	d := open(t)
	f := small(`[{"id":"C1","name":"general","members":["U1","U2"]}]`, `[]`, files{
		"general/2024-01-01.json": `[{"type":"message","user":"U1","text":"one","ts":"1704100000.000100"}]`})
	d.run(f)
	f["users.json"] = strings.Replace(f["users.json"].(string), `"name":"bea"`, `"name":"bea","is_restricted":true`, 1)
	r := d.run(f)
	if a, err := d.AccountNamed(t.Context(), "bea"); err != nil || a.Disabled || a.IsGuest() || !strings.Contains(strings.Join(r.Notes, "\n"),
		"bea is a member here and a guest there: parley user promote bea --role guest") {
		t.Error(a, err, r.Notes)
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
	for why, n := range map[string]int{"file that Slack hides behind a limit of its plan": 1, "file that was deleted": 1,
		"canvas (a link to it came)": 1, "canvas": 3, "user group": 1, "mention of a user group": 1,
		"message that was deleted at Slack, of which the place came": 1, "huddle": 1, "pin": 2, "bookmark": 2,
		"reaction with an emoji of the workspace's own": 1, "block of the unknown kind novelty": 1,
		"preview of a page that a message links to": 1, "file of which nothing is known": 1,
		"file in a folder that is none of a day's messages": 2, "file that cannot be read to its end": 1} {
		if got[why] != n {
			t.Errorf("%s is counted %d times, want %d", why, got[why], n)
		}
	}
	if notes := strings.Join(r.Notes, "\n"); !strings.Contains(notes,
		"1 × a message that is longer than one may be here (#general 1704100003.000100): they came as") {
		t.Error("the report notes", notes)
	}
	if told := d.told(); !strings.Contains(told, "@crew") || !strings.Contains(told, "**new**") ||
		!strings.Contains(told, "a file that Slack hides") {
		t.Errorf("it tells\n%s", told)
	}
}
