package mrkdwn

import (
	"testing"

	"parley/app/chat"
)

// known are the names of a few people and channels.
func known() Names {
	people := map[string]chat.Person{"U1": {ID: 1, Username: "ada", Name: "Ada"}, "U2": {ID: 2, Username: "bea.l", Name: "Bea"}}
	rooms := map[string]Room{"C1": {ID: 5, Name: "harbour"}, "C4": {Name: "crew", Hidden: true}, "C5": {Name: "hold"}}
	return Names{Person: func(id string) chat.Person { return people[id] }, Room: func(id string) Room { return rooms[id] },
		Group: func(id string) string { return map[string]string{"S2": "deck"}[id] }}
}

// body is what a text becomes.
func body(text string) string { return Convert(Payload{Text: text}, known()).Body }

func TestSlacksMarkupIsWrittenAsItIsTypedHere(t *testing.T) {
	for from, want := range map[string]string{
		"plain":                                "plain",
		"*bold* and _italic_ and ~gone~":       "**bold** and _italic_ and ~~gone~~",
		"*bold _and italic_*":                  "**bold _and italic_**",
		"2*3*4 and a * b":                      `2*3*4 and a * b`,
		"*open":                                `*open`,
		"2*3 *x* *":                            `2*3 **x** *`,
		"* a\n* b":                             "* a\n* b",
		"(*x*), *y*.":                          "(**x**), **y**.",
		"snake_case_name":                      "snake_case_name",
		"a &lt;b&gt; &amp;amp; c":              "a <b> &amp; c",
		"hi <@U1>, <@U2|bea> and <@U9|zoe>":    "hi @ada, @bea.l and @zoe",
		"<@U1>s boat, <@U1>-san":               "@ada s boat, @ada -san",
		"*<@U1>*":                              "**@ada**",
		"in <#C1|port> or <#C2|quay> or <#C3>": "in #harbour or #quay or #C3",
		"in <#C1>s, x<#C1>, \\<#C1>":           "in #harbour s, x #harbour, \\ #harbour",
		"<#C4|crew> <#G7|secret> <#C5> `<#C4|crew>`":                          "a private room a private room #hold `a private room`",
		"<!here> <!channel> <!everyone> <!odd>":                               "@here @room @room <odd>",
		"<!subteam^S1|@crew> <!subteam^S2> <!subteam^S3>":                     "@crew @deck @S3",
		"<!date^1^{d}|May> <!date^1700000000^{d}>":                            "May 14 November 2023, 22:13 UTC",
		"<https://a.example/x>yz <https://a.example>/q, <https://a.example>.": "https://a.example/x yz https://a.example /q, https://a.example.",
		"&gt; ```a\nb``` c":                              "> ```\n> a\n> b\n> ```\n>  c",
		"<https://a.example/x_y_z>":                      "https://a.example/x_y_z",
		"<https://a.example/?a=1&amp;b=2|see>":           "[see](https://a.example/?a=1&b=2)",
		"<http://a.example|a.example>":                   "http://a.example",
		"<https://a.example/*x*|*go*>":                   "**go** (https://a.example/*x*)",
		"<mailto:a@b.example|a@b.example>":               "a@b.example",
		"`a *b* &lt;c&gt; <@U1>`":                        "`a *b* <c> @ada`",
		"see ```x &lt; *y*\n<http://z.example>``` there": "see \n```\nx < *y*\nhttp://z.example\n```\n there",
		"```\ncode\n```":                                 "```\ncode\n```",
		"&gt; said\nanswered":                            "> said\nanswered",
		"&gt;&gt;&gt; all\nof\n":                         "> all\n> of\n> ",
		">>> all @mei\nof":                               "> all @mei\n> of",
		"> one\nand no more":                             "> one\nand no more",
		":tada: :flag-se: :wave::skin-tone-3: :simple_smile: :parrot-own: 10:30:45": ":tada: 🇸🇪 👋🏼 🙂 :parrot-own: 10:30:45",
		":man-shrugging: :female-technologist: :the_horns:":                         "🤷‍♂️ 👩‍💻 🤘",
		"Title\x0bSub\u0085x\ry\r\nz\x0c&gt; said":                                  "Title\nSub\nx\ny\nz\n> said",
		"&gt; a\x0bb":      "> a\nb",
		"```\nx\x0by\n```": "```\nx\ny\n```",
		"<>":               "<>",
		"a < b > c":        "a < b > c",
		"\U000F0000x":      "x",
	} {
		if got := body(from); got != want {
			t.Errorf("%q becomes %q, want %q", from, got, want)
		}
	}
	if names := Convert(Payload{Text: "<@U1> <@U2>"}, known()).People; names["ada"] != 1 || names["bea.l"] != 2 {
		t.Error("names:", names)
	}
}

func TestReactionsOfSlackHaveTheirEmoji(t *testing.T) {
	for name, want := range map[string]string{"+1": "👍", "+1::skin-tone-6": "👍🏿", "thumbsup": "👍", "heart": "❤️",
		"flag-de":                      "🇩🇪",
		"man-facepalming::skin-tone-2": "🤦🏻‍♂️", "umbrella": "☂️", "party-parrot": "", "tada::skin-tone-9": "🎉", "white_check_mark": "✅",
		"v::skin-tone-4": "✌🏽"} {
		if got := emojiOf(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	for name, e := range aliases() {
		if made, err := chat.ParseReaction(e); err != nil || made != e {
			t.Errorf("%s is %q, which is no reaction here: %q %v", name, e, made, err)
		}
	}
}
