package slack

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"parley/app/archive"
	"parley/app/chat"
	"parley/db/sqlite"
)

// files are an archive by name; values are JSON, or become it.
type files map[string]any

func pack(t *testing.T, f files) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "Lighthouse Slack export Jan 1 2024 - Feb 1 2024.zip")
	out, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	z := zip.NewWriter(out)
	for _, name := range slices.Sorted(maps.Keys(f)) {
		b, ok := f[name].(string)
		if !ok {
			j, err := json.Marshal(f[name])
			if err != nil {
				t.Fatal(err)
			}
			b = string(j)
		}
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(b))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return name
}

// workspaceOf is an export with something of everything.
func workspaceOf() files {
	return files{
		"users.json": `[
			{"id":"U1","team_id":"T1","name":"ada","real_name":"Ada Okafor","is_owner":true,"profile":{"display_name":"Ada","title":"Keeper &amp; captain"}},
			{"id":"U2","team_id":"T1","name":"bea","profile":{"real_name":"Bea Lindqvist","display_name":""}},
			{"id":"U3","team_id":"T1","name":"admin","deleted":true,"profile":{"real_name":"Cid"}},
			{"id":"U4","team_id":"T1","name":"Ada","profile":{"real_name":"The other Ada"}},
			{"id":"U5","team_id":"T1","name":"deploys","is_bot":true,"profile":{"bot_id":"B1","real_name":"Deploys"}}]`,
		"channels.json": `[
			{"id":"C2","name":"harbour","created":1700000000,"creator":"U2","members":["U1","U2","U3","U77"],"is_archived":true,"topic":{"value":"ships &amp; <#C1|general>"},"purpose":{"value":""}},
			{"id":"C1","name":"general","created":1690000000,"creator":"U1","is_general":true,"members":["U1","U2"],"topic":{"value":""},"purpose":{"value":"all of us"}}]`,
		"groups.json":           `[{"id":"G1","name":"crew","created":1700000000,"creator":"U1","members":["U1","U2"]}]`,
		"mpims.json":            `[{"id":"G9","name":"mpdm-ada--bea--deploys-1","created":1700000000,"members":["U1","U2","U4"]}]`,
		"dms.json":              `[{"id":"D1","created":1700000000,"members":["U1","U2"]},{"id":"D2","created":1700000000,"members":["U1"]},{"id":"D3","members":["U88","U99"]},{"id":"D4","members":["U1","U88"]}]`,
		"integration_logs.json": `[]`,
		"general/2024-01-01.json": `[
			{"type":"message","subtype":"channel_join","user":"U1","text":"<@U1> has joined the channel","ts":"1704100000.000100"},
			{"type":"message","subtype":"channel_join","user":"U2","text":"<@U2> has joined the channel","ts":"1704100060.000100"},
			{"type":"message","user":"U1","text":"Shall we meet at the *lighthouse*, <@U2>?","ts":"1704100100.000200","thread_ts":"1704100100.000200","reply_count":2,
				"edited":{"user":"U1","ts":"1704100200.000000"},
				"reactions":[{"name":"+1::skin-tone-3","users":["U2","U3"],"count":2},{"name":"parrot-own","users":["U2"],"count":1}]},
			{"type":"message","user":"U1","text":"goes on","ts":"1704100130.000200"},
			{"type":"message","subtype":"channel_purpose","user":"U1","purpose":"x","text":"set the purpose","ts":"1704100140.000000"},
			{"type":"message","subtype":"channel_topic","user":"U1","topic":"noon","text":"set the topic: noon","ts":"1704100150.000000"},
			{"type":"message","user":"U2","text":"Aye","ts":"1704100300.000300","thread_ts":"1704100100.000200","parent_user_id":"U1"}]`,
		"general/2024-01-02.json": `[
			{"type":"message","subtype":"thread_broadcast","user":"U3","text":"me too","ts":"1704200000.000300","thread_ts":"1704100100.000200"},
			{"type":"message","subtype":"bot_message","bot_id":"B1","text":"","ts":"1704200100.000000","attachments":[{"title":"Build 7","title_link":"https://ci.example/7","text":"green","fields":[{"title":"Took","value":5}]}]},
			{"type":"message","subtype":"bot_message","bot_id":"B9","username":"weather","text":"rain","ts":"1704200200.000000"},
			{"type":"message","subtype":"me_message","user":"U2","text":"waves","ts":"1704200300.000000"},
			{"type":"message","user":"U2","text":"","files":[{"id":"F1","name":"chart_1.png","url_private":"https://files.slack.com/files-pri/T1-F1/chart_1.png?t=xoxe-secret"},{"id":"F2","mode":"tombstone"}],"ts":"1704200400.000000"},
			{"type":"message","subtype":"tombstone","user":"USLACKBOT","text":"This message was deleted.","ts":"1704200500.000000","thread_ts":"1704200500.000000"},
			{"type":"message","user":"U1","text":"why?","ts":"1704200600.000000","thread_ts":"1704200500.000000"},
			{"type":"message","user":"W5","text":"from afar","user_profile":{"name":"zoe","real_name":"Zoë"},"ts":"1704200700.000000"},
			{"type":"message","user":"U1","text":"","ts":"1704200800.000000"},
			{"type":"message","text":"nobody","ts":"1704200900.000000"},
			{"type":"message","user":"U1","text":"answers what is lost","ts":"1704201000.000000","thread_ts":"1600000000.000000"},
			{"type":"message","user":"U1","text":"no time"}]`,
		"harbour/2024-01-01.json": `[{"type":"message","user":"U2","text":"<!here> ships","ts":"1704100000.000000"},
			{"type":"message","subtype":"channel_name","user":"U2","old_name":"port","name":"harbour","text":"renamed","ts":"1704100001.000000"}]`,
		"crew/2024-01-01.json":                     `[{"type":"message","user":"U1","text":"secret <@U4>","ts":"1704100000.000000"}]`,
		"mpdm-ada--bea--deploys-1/2024-01-01.json": `[{"type":"message","user":"U1","text":"three of us","ts":"1704100000.000000"}]`,
		"D1/2024-01-01.json":                       `[{"type":"message","user":"U2","text":"between us","ts":"1704100000.000000"}]`,
		"D2/2024-01-01.json":                       `[{"type":"message","user":"U1","text":"to myself","ts":"1704100000.000000"}]`,
		"D3/2024-01-01.json":                       `[{"type":"message","user":"U88","text":"lost","ts":"1704100000.000000"}]`,
		"D4/2024-01-01.json":                       `[{"type":"message","user":"U88","text":"from who left","ts":"1704100000.000000"}]`,
		"gone/2024-01-01.json":                     `[{"type":"message","user":"U1","text":"lost","ts":"1704100000.000000"}]`,
	}
}

type target struct {
	*testing.T
	*sqlite.DB
	path string
}

func open(t *testing.T) *target {
	t.Helper()
	path := filepath.Join(t.TempDir(), "parley.db")
	d, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return &target{t, d, path}
}

func (d *target) run(f files) *archive.Report {
	d.Helper()
	r, err := Run(d.Context(), pack(d.T, f), d, Options{})
	if err != nil {
		d.Fatal(err)
	}
	if err := d.BuildIndex(d.Context()); err != nil {
		d.Fatal(err)
	}
	checked, err := sqlite.Check(d.Context(), d.path, nil)
	if err != nil || len(checked.Problems) > 0 {
		d.Error("the file is not as it should be:", checked.Problems, err)
	}
	return r
}

// told is all of the rooms as lines.
func (d *target) told() string {
	d.Helper()
	var b strings.Builder
	for id := chat.RoomID(1); id < 20; id++ {
		r, _, err := d.RoomFor(d.Context(), id, 0)
		if err != nil {
			continue
		}
		people, err := d.Members(d.Context(), id)
		if err != nil {
			d.Fatal(err)
		}
		var names []string
		for _, p := range people {
			names = append(names, p.Username)
			if p.Rank == chat.RankOwner {
				names[len(names)-1] += "!"
			}
		}
		fmt.Fprintf(&b, "= %d %q topic %q everyone %t: %s\n", r.Kind, r.Name, r.Topic, r.Everyone, strings.Join(names, " "))
		p, err := d.History(d.Context(), id, chat.Span{}, 100)
		if err != nil {
			d.Fatal(err)
		}
		for _, m := range p.Messages {
			tell(&b, m)
		}
	}
	return b.String()
}

// tell writes one row.
func tell(b *strings.Builder, m chat.Message) {
	fmt.Fprintf(b, "%s %s", m.At.Format("02T15:04:05"), m.Author.Username)
	switch {
	case m.Deleted:
		b.WriteString(" deleted")
	case m.Kind != chat.MessagePosted:
		fmt.Fprintf(b, " event %d %d %q", m.Kind, len(m.System.People), m.System.Arg)
	default:
		fmt.Fprintf(b, ": %q", m.Body)
	}
	if m.Cont {
		b.WriteString(" cont")
	}
	if len(m.For) > 0 {
		fmt.Fprint(b, " for ", m.For)
	}
	if !m.Edited.IsZero() {
		b.WriteString(" edited")
	}
	if m.Quote.ID != 0 {
		fmt.Fprintf(b, " re %q", m.Quote.Text)
	}
	if m.Replies > 0 {
		fmt.Fprint(b, " replies ", m.Replies)
	}
	for _, x := range m.Reactions {
		fmt.Fprintf(b, " %s%d", x.Emoji, len(x.By))
	}
	b.WriteByte('\n')
}
