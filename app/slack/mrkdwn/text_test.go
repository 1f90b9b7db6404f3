package slack

import (
	"strings"
	"testing"
	"time"

	"parley/app/chat"
)

// reader is an import that knows a few people and channels.
func reader() *Import {
	return &Import{people: map[string]chat.Account{
		"U1": {Person: chat.Person{ID: 1, Username: "ada", Name: "Ada"}},
		"U2": {Person: chat.Person{ID: 2, Username: "bea.l", Name: "Bea"}},
	}, rooms: map[string]string{"C1": "harbour"}}
}

func TestSlacksMarkupIsWrittenAsItIsTypedHere(t *testing.T) {
	in := reader()
	for from, want := range map[string]string{
		"plain":                                          "plain",
		"*bold* and _italic_ and ~gone~":                 "**bold** and _italic_ and ~~gone~~",
		"*bold _and italic_*":                            "**bold _and italic_**",
		"2*3*4 and a * b":                                `2\*3\*4 and a * b`,
		"*open":                                          `\*open`,
		"* a\n* b":                                       "* a\n* b",
		"(*x*), *y*.":                                    "(**x**), **y**.",
		"snake_case_name":                                "snake_case_name",
		"a &lt;b&gt; &amp;amp; c":                        "a <b> &amp; c",
		"hi <@U1>, <@U2|bea> and <@U9|zoe>":              "hi @ada, @bea.l and @zoe",
		"<@U1>s boat, <@U1>-san":                         "@ada s boat, @ada -san",
		"*<@U1>*":                                        "**@ada**",
		"in <#C1|port> or <#C2|quay> or <#C3>":           "in #harbour or #quay or #C3",
		"<!here> <!channel> <!everyone>":                 "@here @room @room",
		"<!subteam^S1|@crew> <!date^1^{d}|May>":          "@crew May",
		"<https://a.example/x_y_z>":                      "https://a.example/x_y_z",
		"<https://a.example/?a=1&amp;b=2|see>":           "see (https://a.example/?a=1&b=2)",
		"<http://a.example|a.example>":                   "http://a.example",
		"<https://a.example/*x*|*go*>":                   "**go** (https://a.example/*x*)",
		"<mailto:a@b.example|a@b.example>":               "a@b.example",
		"`a *b* &lt;c&gt; <@U1>`":                        "`a *b* <c> @ada`",
		"see ```x &lt; *y*\n<http://z.example>``` there": "see \n```\nx < *y*\nhttp://z.example\n```\n there",
		"```\ncode\n```":                                 "```\ncode\n```",
		"&gt; said\nanswered":                            "> said\nanswered",
		"&gt;&gt;&gt; all\nof\n":                         "> all\n> of\n> ",
		":tada: :flag-se: :wave::skin-tone-3: :simple_smile: :parrot-own: 10:30:45": ":tada: 🇸🇪 👋🏼 🙂 :parrot-own: 10:30:45",
		":man-shrugging: :female-technologist: :the_horns:":                         "🤷‍♂️ 👩‍💻 🤘",
		"<>":          "<>",
		"a < b > c":   "a < b > c",
		"\U000F0000x": "x",
	} {
		if got := in.convert(from).body; got != want {
			t.Errorf("%q becomes %q, want %q", from, got, want)
		}
	}
	if names := in.convert("<@U1> <@U2>").names; names["ada"] != 1 || names["bea.l"] != 2 {
		t.Error("names:", names)
	}
}

func TestReactionsOfSlackHaveTheirEmoji(t *testing.T) {
	for name, want := range map[string]string{"+1": "👍", "+1::skin-tone-6": "👍🏿", "thumbsup": "👍", "heart": "❤️", "flag-de": "🇩🇪",
		"man-facepalming::skin-tone-2": "🤦🏻‍♂️", "umbrella": "☂️", "party-parrot": "", "tada::skin-tone-9": "🎉", "white_check_mark": "✅", "v::skin-tone-4": "✌🏽"} {
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

func TestNoTextTakesLongToConvert(t *testing.T) {
	in := reader()
	for _, part := range []string{"*a ", "~a ", "<", "<@U1>", "`", "```", "&gt;", ":a:", "*", "_*~", "<http://a.example|*b*>", "```x```", ":wave::skin-tone-3:"} {
		began := time.Now()
		body := in.convert(strings.Repeat(part, 80_000/len(part)))
		split(body, 0)
		if d := time.Since(began); d > 8*time.Second {
			t.Errorf("%q takes %v", part, d)
		}
	}
}

func TestALongMessageIsCutWhereALineEnds(t *testing.T) {
	in := reader()
	parts := split(in.convert(strings.Repeat("a line of some words\n", 1000)), 0)
	n := 0
	for _, p := range parts {
		if _, err := chat.ParseText(p.body); err != nil {
			t.Error(err)
		}
		n += strings.Count(p.body, "words")
		if strings.HasSuffix(strings.TrimSpace(p.body), "some") {
			t.Error("cut within a line")
		}
	}
	if len(parts) < 2 || n != 1000 {
		t.Error(len(parts), "parts with", n, "lines")
	}
}
