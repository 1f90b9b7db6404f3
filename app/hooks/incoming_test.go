package hooks

import (
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"testing"

	"parley/app/chat"
)

func parsed(t *testing.T, kind, body string) Incoming {
	t.Helper()
	in, err := Parse(kind, []byte(body), chat.DialectByLooks)
	if err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	return in
}

// What programs send, as it was captured from them.
func TestWhatProgramsSendIsRead(t *testing.T) {
	t.Parallel()
	for name, one := range map[string]struct{ kind, body, says, above string }{
		"Slack's node client": {"application/json", `{"username":"deploys","icon_emoji":":rocket:","channel":"#ops","text":"plain *bold* <https://example.org/x|link>"}`,
			"plain **bold** [link](https://example.org/x)", ""},
		"a form":                       {"application/x-www-form-urlencoded", "payload=" + url.QueryEscape(`{"text":"a & b"}`), "a & b", ""},
		"a form with a bare ampersand": {"application/x-www-form-urlencoded", `payload={"text":"a & b","username":"x"}`, "a & b", ""},
		"Mattermost":                   {"application/json", `{"text":"**bold** and *slanted*","icon_url":null,"username":null,"channel":"ops"}`, "**bold** and *slanted*", ""},
		"line ends":                    {"application/json", "{\"text\":\"one\\r\\ntwo\"}", "one\ntwo", ""},
		"title and message":            {"application/json", `{"version":"1.0","title":"Disk","message":"is full","type":"warning"}`, "**Disk**\nis full", ""},
		"apprise":                      {"application/json", `{"version":"1.0","title":"Disk","message":"is full","attachments":[],"type":"info"}`, "**Disk**\nis full", ""},
		"a message alone":              {"application/json", `{"message":"is full"}`, "is full", ""},
		"words":                        {"text/plain", "only words", "only words", ""},
		"no kind":                      {"", "only words", "only words", ""},
		"as typed":                     {"application/json", `{"text":"a *b* c","mrkdwn":false}`, "a *b* c", ""},
		"blocks": {"application/json", `{"text":"short","blocks":[{"type":"header","text":{"type":"plain_text","text":"Build 7"}},{"type":"section","text":{"type":"mrkdwn","text":"is *live*"}},{"type":"divider"}]}`,
			"**Build 7**\nis **live**", ""},
	} {
		in := parsed(t, one.kind, one.body)
		if !strings.Contains(in.Body, one.says) {
			t.Errorf("%s says %q, want %q", name, in.Body, one.says)
		}
	}
	for body, want := range map[string]error{"": ErrNoText, "{}": ErrNoText, `{"text":""}`: ErrNoText, `{"attachments":[{}]}`: ErrNoText,
		"{": ErrPayload, `[1]`: ErrPayload, `null`: ErrPayload, `{"text":"a"}{}`: ErrPayload, "payload=%7B": ErrPayload} {
		if _, err := Parse("application/json", []byte(body), 0); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", body, err, want)
		}
	}
	if in := parsed(t, "application/json", `{"text":"x","thread_ts":"991.000000","username":"u","icon_emoji":":tada:"}`); in.Thread != "991.000000" || in.Program.Name != "u" || in.Program.Icon != ":tada:" {
		t.Errorf("%+v", in)
	}
}

func TestAttachmentsBecomeBoxes(t *testing.T) {
	t.Parallel()
	in := parsed(t, "application/json", `{"channel":"#ops","username":"Alertmanager","attachments":[{"title":"[FIRING:1] Disk","title_link":"https://example.org/am","text":"","fallback":"[FIRING:1] Disk",
		"callback_id":"","footer":"","color":"danger","mrkdwn_in":["fallback","pretext","text"]},
		{"pretext":"see *this*","author_name":"CI","text":"a <https://example.org|b>","fields":[{"title":"Branch","value":"main","short":true},{"title":"Log","value":"long","short":false},{"title":null,"value":null}],
		"actions":[{"type":"button","text":"Open","url":"https://example.org/run"},{"type":"button","text":"No"}],"color":"36a64f","ts":1764000000,"footer":"ci"}]}`)
	a := in.Program.Attachments
	if len(a) != 2 || a[0].Tone != "danger" || a[0].Title != (chat.Link{Text: "[FIRING:1] Disk", URL: "https://example.org/am"}) {
		t.Fatalf("%+v", a)
	}
	if a[1].Pretext != "see **this**" || len(a[1].Fields) != 3 || !a[1].Fields[1].Long || len(a[1].Buttons) != 2 || a[1].At.Year() != 2025 {
		t.Errorf("%+v", a[1])
	}
	for _, word := range []string{"Disk", "Branch: main", "https://example.org/run"} {
		if !strings.Contains(in.Body, word) {
			t.Errorf("the words %q lack %q", in.Body, word)
		}
	}
}

func TestAlertsOfAlertmanager(t *testing.T) {
	t.Parallel()
	body := `{"receiver":"parley","status":"firing","alerts":[{"status":"firing","labels":{"alertname":"DiskFull","severity":"warning","instance":"db_1"},
		"annotations":{"summary":"*5 %* left","runbook_url":"https://example.org/run"},"startsAt":"2026-11-28T09:06:00Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"https://example.org/g"},
		{"status":"resolved","labels":{"alertname":"Slow"},"annotations":{},"startsAt":"2026-11-28T09:06:00Z","endsAt":"2026-11-28T09:16:00Z","generatorURL":""}],
		"groupLabels":{},"commonLabels":{},"commonAnnotations":{},"externalURL":"https://example.org","version":"4","groupKey":"x"}`
	in := parsed(t, "application/json", body)
	a := in.Program.Attachments
	if len(a) != 2 || a[0].Tone != "warning" || a[0].Title.Text != "[FIRING] DiskFull" || a[0].Text != `\*5 %\* left` || a[1].Tone != "good" || a[1].At.Minute() != 16 {
		t.Fatalf("%+v", a)
	}
	var many map[string]any
	if err := json.Unmarshal([]byte(body), &many); err != nil {
		t.Fatal(err)
	}
	list := many["alerts"].([]any)
	for range 6 {
		list = append(list, list...)
	}
	many["alerts"] = list
	b, _ := json.Marshal(many)
	if in := parsed(t, "application/json", string(b)); len(in.Program.Attachments) != maxAlerts || !strings.Contains(in.Body, "118 more") {
		t.Errorf("%d boxes: %s", len(in.Program.Attachments), in.Program.Text)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{`{"text":"<!channel> *a*"}`, `payload={"text":1}`, `{"attachments":[{"fields":[{"value":[1]}],"ts":"x"}]}`, `{"alerts":[1],"state":"x"}`, "[", "payload=%"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		in, err := Parse("", []byte(s), chat.DialectByLooks)
		if err == nil && strings.TrimSpace(in.Body) == "" {
			t.Errorf("%q says nothing", s)
		}
	})
}
