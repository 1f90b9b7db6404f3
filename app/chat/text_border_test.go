package chat

import "testing"

func TestLinksEndBeforeWhatIsAroundThem(t *testing.T) {
	expect(t, [][2]string{
		{"„https://x.de/a“, ‚https://x.de/b‘ »https://x.de/c« ›https://x.de/d‹.",
			"P(„<a:https://x.de/a>“, ‚<a:https://x.de/b>‘ »<a:https://x.de/c>« ›<a:https://x.de/d>‹.)"},
		{"„https://x.de/a“-Seite 'https://x.de/a'-Seite ‚https://x.de/a‘-Seite",
			"P(„<a:https://x.de/a>“-Seite '<a:https://x.de/a>'-Seite ‚<a:https://x.de/a>‘-Seite)"},
		{"“https://x.de/a” ‘https://x.de/b’ «https://x.de/c» ‹https://x.de/d›",
			"P(“<a:https://x.de/a>” ‘<a:https://x.de/b>’ «<a:https://x.de/c>» ‹<a:https://x.de/d>›)"},
		{"https://x.de/L’Équipe https://x.de/it's", "P(<a:https://x.de/L’Équipe> <a:https://x.de/it's>)"},
		{"https://x.de/a؟ https://x.de/a، https://x.de/a؛ https://x.de/a۔",
			"P(<a:https://x.de/a>؟ <a:https://x.de/a>، <a:https://x.de/a>؛ <a:https://x.de/a>۔)"},
		{"https://x.de/a। https://x.de/a॥ https://x.de/a። https://x.de/a፣ https://x.de/a։",
			"P(<a:https://x.de/a>। <a:https://x.de/a>॥ <a:https://x.de/a>። <a:https://x.de/a>፣ <a:https://x.de/a>։)"},
		{"https://x.de/a។ https://x.de/a៖ https://x.de/a၊ https://x.de/a། https://x.de/a׃",
			"P(<a:https://x.de/a>។ <a:https://x.de/a>៖ <a:https://x.de/a>၊ <a:https://x.de/a>། <a:https://x.de/a>׃)"},
		{"https://x.de؟ https://x.de, https://x.de।", "P(<a:https://x.de>؟ <a:https://x.de>, <a:https://x.de>।)"},
		{"[https://x.de/a](https://x.de/a)", "P([<a:https://x.de/a>](<a:https://x.de/a>))"},
		{"![a](https://x.de/a.png)![b](https://x.de/b.png)", "P(![a](<a:https://x.de/a.png>)![b](<a:https://x.de/b.png>))"},
		{"[a](https://x.de/a_(b)) {https://x.de/{id}/x}, https://x.de/a?b[]=1&c[0]=(2)",
			"P(<a:https://x.de/a_(b)> {<a:https://x.de/{id}/x>}, <a:https://x.de/a?b[]=1&c[0]=(2)>)"},
	})
}

func TestANameBeginsAndEndsAtTheBordersOfItsScript(t *testing.T) {
	for body, want := range map[string]string{
		"@mei@mastodon.social hi":              "P(@mei@mastodon.social hi)",
		"@mei@bücher.example, @mei@a-b.co.uk.": "P(@mei@bücher.example, @mei@a-b.co.uk.)",
		`\@mei@mastodon.social`:                `P(\@mei@mastodon.social)`,
		"@mei@ada @mei@小明":                     "P(<at:@mei><at:@ada> <at:@mei><at:@小明>)",
		"1️⃣@mei ❤️@mei":                       "P(1️⃣<at:@mei> ❤️<at:@mei>)",
		"か\u3099@mei か\u3099さん":                "P(か\u3099<at:@mei> か\u3099さん)",
		"@meiか\u3099":                          "P(<at:@mei>か\u3099)",
		"e\u0301@mei é@mei 1@mei":              "P(e\u0301@mei é@mei 1@mei)",
		"ו@mei ל@mei و@mei ب@mei":              "P(ו<at:@mei> ל<at:@mei> و<at:@mei> ب<at:@mei>)",
		"@mei-nek @mei-ada- @mei-小明":           "P(<at:@mei>-nek <at:@mei-ada>- <at:@mei>-小明)",
		"@mei.nek @mei_nek":                    "P(@mei.nek @mei_nek)",
	} {
		text, err := ParseText(body)
		text.Resolve(map[string]AccountID{"mei": 1, "ada": 2, "小明": 3, "mei-ada": 4})
		if got := sketch(text); err != nil || got != want {
			t.Errorf("%q became %s, want %s, %v", body, got, want, err)
		}
	}
	expect(t, [][2]string{{"لhttps://x.de/a", "P(ل<a:https://x.de/a>)"}})
}

func TestAnEscapedCallIsNone(t *testing.T) {
	for body, shown := range map[string]string{
		`\@room look`: "@room look", `\\@room`: `\@room`, `_\@room_`: "@room", `x (\@HERE)`: "x (@HERE)", "> \\@room": "@room",
	} {
		text, err := ParseText(body)
		if names := text.NotifyingNames(); err != nil || len(names) > 0 {
			t.Errorf("%q calls %q, %v", body, names, err)
		}
		text.Resolve(nil)
		if got := text.Plain(); got != shown {
			t.Errorf("%q is shown as %q", body, got)
		}
	}
}
