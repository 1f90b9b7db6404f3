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
		"Slack's node client": {"application/json",
			`{"username":"deploys","icon_emoji":":rocket:","channel":"#ops","text":"plain *bold* <https://example.org/x|link>"}`,
			"plain **bold** [link](https://example.org/x)", ""},
		"a form":                       {"application/x-www-form-urlencoded", "payload=" + url.QueryEscape(`{"text":"a & b"}`), "a & b", ""},
		"a form with a bare ampersand": {"application/x-www-form-urlencoded", `payload={"text":"a & b","username":"x"}`, "a & b", ""},
		"Mattermost": {"application/json", `{"text":"**bold** and *slanted*","icon_url":null,"username":null,"channel":"ops"}`,
			"**bold** and *slanted*", ""},
		"line ends": {"application/json", "{\"text\":\"one\\r\\ntwo\"}", "one\ntwo", ""},
		"title and message": {"application/json", `{"version":"1.0","title":"Disk","message":"is full","type":"warning"}`,
			"**Disk**\nis full", ""},
		"apprise": {"application/json",
			`{"version":"1.0","title":"Disk","message":"is full","attachments":[],"type":"info"}`, "**Disk**\nis full", ""},
		"a message alone": {"application/json", `{"message":"is full"}`, "is full", ""},
		"words":           {"text/plain", "only words", "only words", ""},
		"no kind":         {"", "only words", "only words", ""},
		"as typed":        {"application/json", `{"text":"a *b* c","mrkdwn":false}`, `a \*b\* c`, ""},
		"blocks": {"application/json",
			`{"text":"short","blocks":[{"type":"header","text":{"type":"plain_text","text":"Build 7"}},{"type":"section","text":{"type":"mrkdwn","text":"is *live*"}},{"type":"divider"}]}`,
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
	if in := parsed(t, "application/json",
		`{"text":"x","thread_ts":"991.000000","username":"u","icon_emoji":":tada:"}`); in.Thread != "991.000000" || in.Program.Name != "u" ||
		in.Program.Icon != ":tada:" {
		t.Errorf("%+v", in)
	}
}

func TestAttachmentsBecomeBoxes(t *testing.T) {
	t.Parallel()
	in := parsed(t, "application/json",
		`{"channel":"#ops","username":"Alertmanager","attachments":[{"title":"[FIRING:1] Disk","title_link":"https://example.org/am","text":"","fallback":"[FIRING:1] Disk",
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

func TestWhatCanPostToSlackIsUnderstood(t *testing.T) {
	t.Parallel()
	table := "| Test | Took |\n|---|--:|\n| login | **2** s |\n| search |\n\nend"
	aligned := "```\nTest    Took\nlogin   2 s\nsearch\n```\n\nend"
	for text, want := range map[string]string{
		"deploy *now* please, ~no~ _yes_": "deploy **now** please, ~~no~~ _yes_",
		"*a* and `**kwargs`":              "**a** and `**kwargs`",
		"*a* &lt;b&gt;":                   "**a** <b>",
		"*a* **b**":                       "*a* **b**",
		"*a* ~~b~~ ~c~":                   "*a* ~~b~~ ~c~",
		"*a* [b](https://example.org)":    "*a* [b](https://example.org)",
		"# Release *4*\n*a*":              "Release *4*\n*a*",
		"## Release 4 ##\n*a*\n#5 is no heading\n```\n# nor this\n```": "**Release 4**\n*a*\n#5 is no heading\n```\n# nor this\n```",
		table:                                   aligned,
		"*a* <https://example.org|b> **c**":     `**a** [b](https://example.org) \*\*c\*\*`,
		"a | b\n--|--\nc | https://a.example\n": "**a | b**\nc | https://a.example",
	} {
		b, err := json.Marshal(map[string]any{"text": text})
		if err != nil {
			t.Fatal(err)
		}
		if in := parsed(t, "application/json", string(b)); in.Body != want || in.Program.Text != want {
			t.Errorf("%q says\n%q, want\n%q", text, in.Body, want)
		}
	}
	box := parsed(t, "application/json", `{"text":"","attachments":[{"text":"**b** *i*","fields":[{"title":"F","value":"*v*"}]}]}`)
	if a := box.Program.Attachments[0]; a.Text != "**b** *i*" || a.Fields[0].Value != "*v*" {
		t.Errorf("a box in Markdown is %+v", a)
	}
	box = parsed(t, "application/json", `{"text":"look","attachments":[{"title":"T","title_link":"https://example.org","pretext":"# P",
		"text":"**b** [c](https://example.org)","fields":[{"title":"F","value":"~~v~~"},{"value":"alone"}],"footer":"f"}]}`)
	if want := "look\n**P**\n[T](https://example.org)\nf\n**b** [c](https://example.org)\nF: ~~v~~\nalone"; box.Body != want {
		t.Errorf("in words a box in Markdown is %q, want %q", box.Body, want)
	}
	for dialect, want := range map[chat.Dialect]string{chat.DialectSlack: `**a** \*\*b\*\* # c`, chat.DialectMarkdown: "*a* **b** # c"} {
		in, err := Parse("application/json", []byte(`{"text":"*a* **b** # c"}`), dialect)
		if err != nil || in.Body != want {
			t.Errorf("as it is set it says %q, want %q (%v)", in.Body, want, err)
		}
	}
	if in, err := Parse("text/plain", []byte("# Head\n"+table), chat.DialectMarkdown); err != nil || in.Body != "**Head**\n"+aligned {
		t.Errorf("words of a hook in Markdown are %q (%v)", in.Body, err)
	}
	if in := parsed(t, "text/plain", "# a comment, 2 * 3 * 4"); in.Body != "# a comment, 2 * 3 * 4" {
		t.Errorf("words alone are %q", in.Body)
	}
}

// A command is Slack's, and so is what answers it.
func TestAnswersToCommandsAreInSlacksMarkup(t *testing.T) {
	t.Parallel()
	for _, one := range []struct{ word, kind, body, want string }{
		{"/deploy", "application/json", `{"text":"*a* **b**"}`, `**a** \*\*b\*\*`},
		{"/deploy", "text/plain; charset=utf-8", "*a* ~b~", "**a** ~~b~~"},
		{"deploy", "application/json", `{"text":"*a* **b**"}`, "*a* **b**"},
		{"deploy", "text/plain", "*a* ~b~", "*a* ~b~"},
	} {
		if in := answered(chat.Webhook{Word: one.word}, one.kind, []byte(one.body)); in.Body != one.want {
			t.Errorf("%s is answered %q, want %q", one.word, in.Body, one.want)
		}
	}
}

func TestBlocksKeepTheirForm(t *testing.T) {
	t.Parallel()
	blocks := `[{"type":"divider"},{"type":"header","text":{"type":"plain_text","text":"Build *214*"}},
		{"type":"section","text":{"type":"mrkdwn","text":"*rc.3* for <https://example.org|both>"},"accessory":{"type":"image","image_url":"https://example.org/a.png","alt_text":"a boat"}},
		{"type":"section","fields":[{"type":"mrkdwn","text":"*Size:*\n38 MB"},{"type":"mrkdwn","text":"*all* of it"},{"type":"plain_text","text":"*plain*\nx"},null]},
		{"type":"image","title":{"type":"plain_text","text":"Free disk"},"image_url":"https://example.org/b.png","alt_text":"it falls"},
		{"type":"context","elements":[{"type":"image","image_url":"https://example.org/c.png","alt_text":"tr"},{"type":"mrkdwn","text":"by *Tomás*"},null]},
		{"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"Open"},"url":"https://example.org/214"},{"type":"button","text":{"type":"plain_text","text":"No"},"action_id":"x"}]},
		{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"rich","style":{"bold":true}}]}]},
		{"type":"future","text":{"type":"mrkdwn","text":"of another day"}},{"type":"image","slack_file":{"id":"F1"},"alt_text":"kept elsewhere"},7,null]`
	in := parsed(t, "application/json", `{"text":"Build 214","blocks":`+blocks+`}`)
	d := in.Program
	if d.Text != "" { // the blocks say as much
		t.Errorf("above stands %q", d.Text)
	}
	at := func(i int) chat.PartDraft {
		if i >= len(d.Parts) {
			t.Fatalf("there are %d parts: %+v", len(d.Parts), d.Parts)
		}
		return d.Parts[i]
	}
	if p := at(1); p.Kind != chat.PartHeader || p.Text != `Build \*214\*` {
		t.Errorf("the header is %+v", p)
	}
	if p := at(2); p.Text != "**rc.3** for [both](https://example.org)" ||
		p.Picture != (chat.Picture{URL: "https://example.org/a.png", Alt: "a boat"}) {
		t.Errorf("the section is %+v", p)
	}
	if f := at(3).Fields; len(f) != 3 || f[0] != (chat.FieldDraft{Name: "Size", Value: "38 MB"}) || f[1].Name != "" ||
		f[1].Value != "**all** of it" || f[2].Name != "" {
		t.Errorf("the fields are %+v", f)
	}
	if p := at(4); p.Kind != chat.PartPicture || p.Picture != (chat.Picture{URL: "https://example.org/b.png", Title: "Free disk",
		Alt: "it falls"}) {
		t.Errorf("the picture is %+v", p)
	}
	if r := at(5).Row; len(r) != 2 || r[0].Picture.URL != "https://example.org/c.png" || r[1].Text != "by **Tomás**" {
		t.Errorf("the row is %+v", r)
	}
	if b := at(6).Buttons; len(b) != 1 || b[0] != (chat.Link{Text: "Open", URL: "https://example.org/214"}) {
		t.Errorf("the buttons are %+v", b)
	}
	if at(7).Text != "**rich**" || at(8).Text != "of another day" || !strings.Contains(at(9).Text, "kept elsewhere") || len(d.Parts) != 10 {
		t.Errorf("the rest is %+v", d.Parts[7:])
	}
	for _, word := range []string{"214", "both", "38 MB", "Free disk", "Tomás", "rich"} {
		if !strings.Contains(in.Body, word) {
			t.Errorf("the words %q lack %q", in.Body, word)
		}
	}
	boxed := parsed(t, "application/json", `{"text":"down","attachments":[{"color":"danger","blocks":`+blocks+
		`,"thumb_url":"https://example.org/t.png"}]}`)
	if a := boxed.Program.Attachments; boxed.Program.Text != "down" || len(a) != 1 || len(a[0].Parts) != 10 ||
		a[0].Thumb != "https://example.org/t.png" || a[0].Text != "" {
		t.Errorf("%q, %+v", boxed.Program.Text, a)
	}
	if in := parsed(t, "application/json",
		`{"text":"look at this","blocks":[{"type":"image","image_url":"https://example.org/b.png","alt_text":"x"}]}`); in.Program.Text != "look at this" || len(in.Program.Parts) != 1 {
		t.Errorf("a text beside a picture is lost: %+v", in.Program)
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
	if len(a) != 2 || a[0].Tone != "warning" || a[0].Title.Text != "[FIRING] DiskFull" || a[0].Text != `\*5 %\* left` || a[1].Tone != "good" ||
		a[1].At.Minute() != 16 {
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

// What Grafana sends by itself has a picture of the panel, and where to silence it.
func TestAlertsOfGrafana(t *testing.T) {
	t.Parallel()
	in := parsed(t, "application/json; charset=utf-8",
		`{"receiver":"parley","status":"firing","alerts":[{"status":"firing","labels":{"alertname":"High p95","grafana_folder":"Harbour"},
		"annotations":{"summary":"p95 is over 900 ms"},"startsAt":"2026-11-29T03:00:00.5Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"https://grafana.example.org/alerting/1/edit","fingerprint":"c6ea",
		"silenceURL":"https://grafana.example.org/alerting/silence/new","dashboardURL":"https://grafana.example.org/d/1","panelURL":"https://grafana.example.org/d/1?viewPanel=2","values":{"B":1200.5},
		"valueString":"[ var='B' value=1200.5 ]","imageURL":"https://grafana.example.org/render/1.png"}],"groupLabels":{"alertname":"High p95"},"commonLabels":{},"commonAnnotations":{},
		"externalURL":"https://grafana.example.org/","version":"1","groupKey":"{}","truncatedAlerts":0,"orgId":1,"title":"[FIRING:1] High p95","state":"alerting","message":"**Firing**"}`)
	a := in.Program.Attachments
	if len(a) != 1 || a[0].Tone != "danger" ||
		a[0].Title != (chat.Link{Text: "[FIRING] High p95", URL: "https://grafana.example.org/alerting/1/edit"}) || a[0].Foot != "Grafana" ||
		a[0].At.IsZero() {
		t.Fatalf("%+v", a)
	}
	if a[0].Picture.URL != "https://grafana.example.org/render/1.png" || len(a[0].Buttons) != 2 ||
		a[0].Buttons[0] != (chat.Link{Text: "Panel", URL: "https://grafana.example.org/d/1?viewPanel=2"}) || a[0].Buttons[1].Text != "Silence" {
		t.Errorf("%+v", a[0])
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{`{"text":"<!channel> *a*"}`, `payload={"text":1}`, `{"attachments":[{"fields":[{"value":[1]}],"ts":"x"}]}`,
		`{"alerts":[1],"state":"x"}`, "[", "payload=%"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		in, err := Parse("", []byte(s), chat.DialectByLooks)
		if err == nil && strings.TrimSpace(in.Body) == "" {
			t.Errorf("%q says nothing", s)
		}
	})
}
