package mrkdwn

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"parley/app/chat"
)

// rich is a rich_text block of a section with these elements.
func rich(elements string) string {
	return `[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[` + elements + `]}]}]`
}

func TestBlocksAreWrittenAsTheyAreTypedHere(t *testing.T) {
	list := func(style, indent, more, item string) string {
		return `{"type":"rich_text_list","style":"` + style + `","indent":` + indent + more +
			`,"elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"` + item + `"}]}]}`
	}
	for from, want := range map[string]string{
		`[{"type":"header","text":{"type":"plain_text","text":"Build &amp; *run* 7"}}]`:                                                     `Build & \*run\* 7`,
		`[{"type":"header","text":{"type":"plain_text","text":"Build 7 :tada:"}},{"type":"divider"}]`:                                       "**Build 7 :tada:**",
		`[{"type":"divider"},{"type":"section","text":"a"},{"type":"divider"},{"type":"section","text":{"text":"*b*"}},{"type":"divider"}]`: "a\n———\n**b**",
		`[{"type":"section","text":{"type":"mrkdwn","text":"*a* <https://x.example|b>"},"fields":[{"type":"mrkdwn","text":"*Who*\nada"},{"type":"plain_text","text":"2 < 3"}],
			"accessory":{"type":"button","text":{"type":"plain_text","text":"Open"},"url":"https://o.example"}}]`: "**a** [b](https://x.example)\n**Who**\nada\n2 < 3\n[Open](https://o.example)",
		`[{"type":"context","elements":[{"type":"image","image_url":"https://i.example/a.png","alt_text":"ada"},{"type":"mrkdwn","text":"by <@U1>"}]}]`:                                                         "🖼 [ada](https://i.example/a.png) by @ada",
		`[{"type":"image","image_url":"https://files.slack.com/a.png?t=xoxe-1","alt_text":"a chart","title":{"type":"plain_text","text":"Chart"}}]`:                                                             "Chart\n🖼 [a chart](https://files.slack.com/a.png)",
		`[{"type":"image","slack_file":{"id":"F1"},"alt_text":"a chart"}]`:                                                                                                                                      "🖼 a chart",
		`[{"type":"video","title":{"type":"plain_text","text":"Tour"},"title_url":"https://v.example","video_url":"https://w.example","description":{"type":"plain_text","text":"of it"},"author_name":"Bea"}]`: "🎬 [Tour](https://v.example)\nBea\nof it",
		`[{"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"Yes"}},{"type":"button","text":{"type":"plain_text","text":"See"},"url":"https://s.example"},
			{"type":"static_select","placeholder":{"type":"plain_text","text":"Pick"}}]}]`: "[Yes] · [See](https://s.example) · [Pick]",
		`[{"type":"table","rows":[[{"type":"raw_text","text":"a"},{"type":"raw_text","text":"b*"}],[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"user","user_id":"U1"}]}]},{"type":"raw_text","text":"2"}]]}]`: "a | b*\n@ada | 2",
		`[{"type":"markdown","text":"# Head\n**b** [l](https://l.example) ` + "`c`" + `"}]`: "**Head**\n**b** [l](https://l.example) `c`",
		`[{"type":"rich_text","elements":[` + list("bullet", "0", "", "a") + `,` + list("ordered", "1", "", "b") + `,` + list("ordered", "1",
			`,"offset":1`, "c") + `,` + list("bullet", "2", "", "d") +
			`,` + list("ordered", "1", "", "e") + `,` + list("bullet", "0", `,"border":1`, "f") +
			`]}]`: "- a\n  1. b\n  2. c\n    - d\n  3. e\n> - f",
		`[{"type":"rich_text","elements":[{"type":"rich_text_quote","elements":[{"type":"text","text":"a\nb"}]},{"type":"rich_text_preformatted","language":"go","elements":[{"type":"text","text":"x := *y\n"},{"type":"link","url":"https://z.example"}]}]}]`:                                                                                                            "> a\n> b\n```go\nx := *y\nhttps://z.example\n```",
		rich(`{"type":"text","text":"a ","style":{"bold":true}},{"type":"text","text":"b","style":{"italic":true}},{"type":"text","text":" "},{"type":"text","text":"c","style":{"strike":true,"bold":true}},{"type":"text","text":" "},{"type":"text","text":"d*` + "`" + `","style":{"code":true}}`):                                                                     "**a** _b_ ~~**c**~~ `` d*` ``",
		rich(`{"type":"text","text":"part"},{"type":"text","text":"ly","style":{"bold":true}},{"type":"text","text":" x\ny","style":{"bold":true}}`):                                                                                                                                                                                                                       "partly x\n**y**",
		rich(`{"type":"user","user_id":"U1","style":{"bold":true}},{"type":"text","text":"s "},{"type":"channel","channel_id":"C1"},{"type":"text","text":" "},{"type":"channel","channel_id":"C4"},{"type":"text","text":" "},{"type":"usergroup","usergroup_id":"S2"},{"type":"text","text":" "},{"type":"broadcast","range":"channel"},{"type":"user","user_id":"U9"}`): "@ada s #harbour a private room @deck @room @U9",
		rich(`{"type":"emoji","name":"wave","skin_tone":3},{"type":"emoji","name":"wave::skin-tone-4"},{"type":"emoji","name":"own-one"},{"type":"emoji","name":"new-one","unicode":"1f468-200d-1f4bb"}`):                                                                                                                                                                  "👋🏼👋🏽:own-one:👨‍💻",
		rich(`{"type":"link","url":"https://a.example/?x=1&amp;y=2","text":"*see*","style":{"bold":true}},{"type":"text","text":"x "},{"type":"link","url":"mailto:a@b.example","text":"a@b.example"},{"type":"link","url":"https://b.example"},{"type":"text","text":"c"}`):                                                                                               `**\*see\*** (https://a.example/?x=1&y=2)x a@b.example https://b.example c`,
		`[{"type":"rich_text","elements":[{"type":"rich_text_preformatted","border":1,"elements":[{"type":"text","text":"a\nb"}]}]}]`:                                                                                                                                                                                                                                      "> ```\n> a\n> b\n> ```",
		rich(`{"type":"date","timestamp":1700000000,"format":"{date}","fallback":"last week"},{"type":"text","text":", "},{"type":"date","timestamp":1700000000},{"type":"color","value":" #abc"}`):                                                                                                                                                                        "last week, 14 November 2023, 22:13 UTC #abc",
		rich(`{"type":"text","text":"1 &lt; 2, *not bold*, snake_case and _no_"}`):                                     `1 < 2, \*not bold\*, snake_case and \_no\_`,
		`[{"type":"novelty","title":{"type":"plain_text","text":"T"},"elements":[{"text":"*u*"},{"elements":["v"]}]}]`: "T\n**u**\nv",
		`[7, null, "x", [], {"type":7}, {"type":"section"}, {"type":"rich_text","elements":{"a":1}}]`:                  "",
		`{"type":"section"}`: "", `[`: "", `null`: "",
	} {
		if got := Convert(Payload{Blocks: json.RawMessage(from)}, known()).Body; got != want {
			t.Errorf("%s\nbecomes\n%s\nwant\n%s", from, got, want)
		}
	}
}

// What is typed has to show what was meant, whatever characters it is made of.
func TestPlainTextShowsItself(t *testing.T) {
	for _, s := range []string{"*a*", "_a_", "~~a~~", "`a`", "`a` and `b`", "snake_case_name", "2*3*4", "a * b", "**", "*", "_", "x_ _y", "*a",
		"¯\\_(ツ)_/¯", `C:\a_b\*.go`, "a*b *c* d", "~a~", "_*a*_", "__init__"} {
		blocks, _ := json.Marshal([]any{map[string]any{"type": "rich_text", "elements": []any{map[string]any{"type": "rich_text_section",
			"elements": []any{map[string]any{"type": "text", "text": s}}}}}})
		body := Convert(Payload{Blocks: blocks}, Names{}).Body
		text, err := chat.ParseText(body)
		if err != nil || text.Plain() != s {
			t.Errorf("%q is typed as %q and shows %q %v", s, body, text.Plain(), err)
		}
	}
}

func TestBlocksTakeThePlaceOfATextThatSaysNoMore(t *testing.T) {
	section := func(s string) string { return `[{"type":"section","text":{"type":"mrkdwn","text":"` + s + `"}}]` }
	for _, c := range []struct{ text, blocks, want string }{
		{"hello <@U1>", rich(`{"type":"text","text":"hello ","style":{"bold":true}},{"type":"user","user_id":"U1"}`), "**hello** @ada"},
		{"the whole story", section("story"), "the whole story"},
		{"story", section("the whole *story*"), "the whole **story**"},
		{"Alert", section("Disk of db1 is full"), "Disk of db1 is full"},
		{"A long account of what has happened", section("Alert"), "A long account of what has happened\nAlert"},
		{"Deployed", `[{"type":"image","image_url":"https://i.example","alt_text":"a long chart of everything"}]`,
			"Deployed\n🖼 [a long chart of everything](https://i.example)"},
		{"Deployed it", `[{"type":"section","text":"Deployed"},{"type":"actions","elements":[{"type":"button","text":"Undo"}]}]`,
			"Deployed it\n[Undo]"},
		{":tada:", rich(`{"type":"emoji","name":"tada"}`), "🎉"},
		{"<!subteam^S7|@night>", rich(`{"type":"usergroup","usergroup_id":"S7"}`), "@night"},
		{"a &amp;lt; b", rich(`{"type":"text","text":"a &lt; b"}`), "a &lt; b"},
		{"a &lt; b", rich(`{"type":"text","text":"a &lt; b"}`), "a < b"},
		{"a", `{}`, "a"},
		{"This content can't be displayed.", section("Ok"), "Ok"},
	} {
		if got := Convert(Payload{Text: c.text, Blocks: json.RawMessage(c.blocks)}, known()).Body; got != c.want {
			t.Errorf("%q with %s becomes %q, want %q", c.text, c.blocks, got, c.want)
		}
	}
	r := Convert(Payload{Text: "Alert", Blocks: json.RawMessage(section("Disk is full"))}, known())
	if r.Lost["text that Slack shows in notifications only, beside its blocks"] != 1 {
		t.Error("lost:", r.Lost)
	}
}

func TestAttachmentsAreWrittenAsTheyAreTypedHere(t *testing.T) {
	for from, want := range map[string]string{
		`[{"fallback":"F","pretext":"P <!here|here>","author_name":"Au","author_link":"https://a.example","title":"T","title_link":"https://t.example","text":"*x* &amp; y",
			"fields":[{"title":"Took","value":5},{"title":"Log","value":"a\nb"},{"title":"Ok","value":true},{"title":"","value":null}],"image_url":"https://i.example/p.png","footer":"Foot","color":"danger",
			"actions":[{"type":"button","text":"See","url":"https://s.example"},{"text":"Do"}]}]`: "P @here\n[Au](https://a.example)\n[T](https://t.example)\n**x** & y\nTook: 5\nLog:\na\nb\nOk: true\n🖼 [picture](https://i.example/p.png)\n[See](https://s.example) · [Do]\nFoot",
		`[{"fallback":"only this","color":"good"},{"fallback":"[no preview available]"}]`: "only this",
		`[{"color":"#f00","blocks":[{"type":"header","text":{"type":"plain_text","text":"Down"}},{"type":"section","fields":[{"type":"mrkdwn","text":"*Since*\nnoon"}]},{"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"Look"},"url":"https://k.example"}]}]}]`: "**Down**\n**Since**\nnoon\n[Look](https://k.example)",
		`[{"is_msg_unfurl":true,"author_name":"Bea","text":"one\ntwo","from_url":"https://a.slack.com/archives/C1/p1"}]`:                   "Bea\n> one\n> two\nhttps://a.slack.com/archives/C1/p1",
		`[{"is_share":true,"message_blocks":[{"message":{"blocks":[{"type":"section","text":{"type":"mrkdwn","text":"*in* blocks"}}]}}]}]`: "> **in** blocks",
		`[null, 5, {"title":7,"text":{"a":1},"fields":"x","blocks":"y"}]`:                                                                  "",
		`{}`: "",
	} {
		if got := Convert(Payload{Attachments: json.RawMessage(from)}, known()).Body; got != want {
			t.Errorf("%s\nbecomes\n%s\nwant\n%s", from, got, want)
		}
	}
}

func TestAPayloadThatIsTooLargeIsCutAndThatIsCounted(t *testing.T) {
	nest := func(open, end string, n int) string { return strings.Repeat(open, n) + strings.Repeat(end, n) }
	const cut, deep, many = "text that goes on beyond what is looked at", "element that is nested too deep",
		"element beyond as many as are looked at"
	for _, c := range []struct {
		what string
		p    Payload
		lost string
	}{
		{"deep elements", Payload{Blocks: json.RawMessage("[" + nest(`{"type":"x","elements":[`, `]}`, 4_000) + "]")}, deep},
		{"deep rich text", Payload{Blocks: json.RawMessage(`[{"type":"rich_text","elements":[` + nest(`{"type":"rich_text_section","elements":[`,
			`]}`, 4_000) + `]}]`)}, deep},
		{"deep texts", Payload{Blocks: json.RawMessage("[" + nest(`{"type":"x","text":`, `}`, 4_000)[:4_000*len(`{"type":"x","text":`)] + `""` +
			strings.Repeat("}", 4_000) + "]")}, deep},
		{"deeper than JSON may be", Payload{Blocks: json.RawMessage(nest("[", "]", 20_000))},
			"list of blocks or attachments that cannot be read"},
		{"deep attachments", Payload{Attachments: json.RawMessage("[" + nest(`{"blocks":[{"type":"x","elements":[`, `]}]}`, 2_000) + "]")}, deep},
		{"many blocks", Payload{Blocks: json.RawMessage("[" + strings.Repeat(`{"type":"section","text":{"type":"mrkdwn","text":"*x*"}},`,
			30_000) + `{}]`)}, many},
		{"many attachments", Payload{Attachments: json.RawMessage("[" + strings.Repeat(`{"text":"x","fields":[{"title":"a","value":"b"}]},`,
			30_000) + `{}]`)}, many},
		{"more JSON than is read", Payload{Text: "x", Blocks: json.RawMessage("[" + strings.Repeat("{},", 2<<20) + "{}]")},
			"list of blocks or attachments that is too long to be read"},
		{"a huge text", Payload{Text: strings.Repeat("words ", 1<<20)}, cut},
		{"huge marks", Payload{Text: strings.Repeat("*~_`<&gt;", 1<<18)}, cut},
		{"huge plain marks", Payload{Text: strings.Repeat("*a_ `~", 1<<18), AsTyped: true}, cut},
		{"a huge leaf", Payload{Text: "x",
			Blocks: json.RawMessage(rich(`{"type":"text","style":{"bold":true},"text":"` + strings.Repeat("*a_&lt; ", 1<<18) + `"}`))}, cut},
		{"many leaves", Payload{Text: strings.Repeat("y ", 1<<17),
			Blocks: json.RawMessage(rich(strings.Repeat(`{"type":"text","text":"&lt;*a"},`, 30_000) + `{"type":"text","text":"b"}`))}, many},
	} {
		r := Convert(c.p, known())
		if r.Lost[c.lost] == 0 {
			t.Errorf("%s: lost is %v", c.what, slices.Sorted(maps.Keys(r.Lost)))
		}
		if len(r.Body) > 4*MaxBytes {
			t.Errorf("%s becomes %d bytes", c.what, len(r.Body))
		}
	}
	if r := Convert(Payload{Blocks: json.RawMessage("[" + strings.Repeat(`{"type":"section","text":"x"},`, 9_999) +
		`{"type":"section","text":"last"}]`)}, known()); len(r.Lost) > 0 || !strings.HasSuffix(r.Body, "x\nlast") {
		t.Error("of ten thousand blocks is lost", r.Lost)
	}
}
