package chat

import (
	"strings"
	"testing"
)

// What people type that is no markup has to arrive as they typed it.
func TestTextIsWhatWasTyped(t *testing.T) {
	for name, bodies := range map[string][]string{
		"stars within words": {"Liebe Kolleg*innen und Mitarbeiter*innen", "f(*args) and g(*args)", "f(**kwargs) and g(**kwargs)",
			"2*3*4 and a*b*c", "int *p, *q;", "ls *.go *.md", "un**believ**able", "****", "f*** you, s*** happens", "5 * 3 * 2", "a~~b~~c"},
		"stars of code": {"SELECT COUNT(*), SUM(*) FROM t", "f(*) and g(*)", `"*" or "*.*"`, "[*] one [*] two", ".*foo.* and .*bar.*",
			"/* a */ and /* b */", "src/**/*.ts and test/**/*.ts", "**/*.go **/*.md", "cp ./*/*.txt ./*/*.md", "foo(_, _) and bar(_, _)",
			"$_GET['a'] $_POST['b'] @_ $_"},
		"underscores": {"snake_case_name", "__init__ and __main__", "_a_b", "lib_x_y.so"},
		"windows paths": {`C:\Users\mei\.ssh\config`, `C:\Users\mei\_work`, `D:\*.txt and E:\*.txt`, `\\server\share\_x_\*.txt`,
			`\\srv\#a\@b`, `copy dir\*.txt other\*.md`, `"C:\_a\_b" (C:\_c\_d)`, `C:\-x C:\>y`, `C:\tmp\:tada:`, `C:\~~a\~~b`, `.\*.txt and .\*.md`,
			`..\_a_ ..\_b_`, `%TEMP%\*.log or %APPDATA%\*.log`, `~\_vimrc ~\_x_`, `(.\_a_)`},
		"other backslashes": {`a\b`, `\d+\.\d+`, `\alpha_1 \beta_2`, `a\_b\_c`, `node_modules\@types\node`, `foo\#bar`, `\x`, `x\`, `\\`, `\.`,
			`\-x`, `a \> b`, `echo \*`, `\_`, `¯\_(ツ)_/¯`},
		"colons": {"fd00::a:b", "use crate::key::Key", "std::lock::Mutex", "10:30:45", "a:key:b", "x=:key:", "http-:key:-y",
			"(:key::value)", "{\"a\":key:\"b\"}", "Foo::star::Bar and ::star::", "$env:key:x", "path/:key:/x", "#[cfg]:key:", "[[:key:]]+ [:key:]",
			`"ok":tada: "a":tada:`, "{:key: value}", "Dict[str, :a:]"},
		"sums and comparisons": {"a < b > c", "1 >2", ">.<", "x -> y"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, body := range bodies {
				text, err := ParseText(body)
				if err != nil {
					t.Errorf("%q: %v", body, err)
					continue
				}
				text.LinkRooms(nil)
				text.Resolve(nil)
				if got := sketch(text); got != "P("+body+")" {
					t.Errorf("%q became %s", body, got)
				}
			}
		})
	}
}

func TestABackslashIsAnEscapeWhereTheMarkWouldAct(t *testing.T) {
	expect(t, [][2]string{
		{`\*a\*`, "P(*a*)"},
		{`\*a*`, "P(*a*)"},
		{`\**a**`, "P(*<i:a>*)"},
		{`**a\**`, "P(*<i:a*>)"},
		{`\*a`, `P(\*a)`},
		{`\_a_ and x\_y`, `P(_a_ and x\_y)`},
		{`\~~a~~`, "P(~~a~~)"},
		{"\\`a`", "P(`a`)"},
		{"\\`a", "P(\\`a)"},
		{"\\`code\\`", "P(`code`)"},
		{"\\```\na", "P(```/a)"},
		{`\> a`, "P(> a)"},
		{`\>a`, `P(\>a)`},
		{"a\n\\> b", "P(a/> b)"},
		{`\- a`, "P(- a)"},
		{`1\. a`, "P(1. a)"},
		{`a 1\. b`, `P(a 1\. b)`},
		{`\:tada:`, "P(:tada:)"},
		{`\:tadaa:`, `P(\:tadaa:)`},
		{"**C:\\Users\\_a\\_b**", `P(<b:C:\Users\_a\_b>)`},
		{`use C:\x\*, please`, `P(use C:\x\*, please)`},
	})
	text, _ := ParseText(`\@ada \@nobody D:\@eaDir x\@ada`)
	text.Resolve(map[string]AccountID{"ada": 7})
	if got := sketch(text); got != `P(@ada \@nobody D:\@eaDir x\@ada)` {
		t.Error(got)
	}
}

func TestScriptsWithoutSpacesHaveBordersBetweenLetters(t *testing.T) {
	expect(t, [][2]string{
		{"请看https://example.com/a", "P(请看<a:https://example.com/a>)"},
		{"你好https://example.com", "P(你好<a:https://example.com>)"},
		{"ดูhttps://example.com ครับ", "P(ดู<a:https://example.com> ครับ)"},
		{"https://example.com你好 https://例え.jp", "P(<a:https://example.com>你好 <a:https://例え.jp>)"},
		{"xhttps://example.com", "P(xhttps://example.com)"},
		{"https://a.example,https://b.example/x|https://c.example/y;http://d.example",
			"P(<a:https://a.example>,<a:https://b.example/x>|<a:https://c.example/y>;<a:http://d.example>)"},
		{"请看https://a.example/x和https://b.example/y", "P(请看<a:https://a.example/x>和<a:https://b.example/y>)"},
		{"https://web.example/2020/https://example.com ?u=https://a.example",
			"P(<a:https://web.example/2020/https://example.com> ?u=<a:https://a.example>)"},
		{"https://example.com,then https://example.com(x) https://example.com—next https://example.com’s https://example.com🎉 https://example.com→x", "P(<a:https://example.com>,then <a:https://example.com>(x) <a:https://example.com>—next <a:https://example.com>’s <a:https://example.com>🎉 <a:https://example.com>→x)"},
		{"这是**重点**内容 *斜体*的", "P(这是<b:重点>内容 <i:斜体>的)"},
		{"**「重点」**内容", "P(<b:「重点」>内容)"},
		{"**강조**는", "P(<b:강조>는)"},
		{"好的:tada:了", "P(好的🎉了)"},
		{`":tada:" ':tada:' «:tada:»`, `P("🎉" '🎉' «🎉»)`},
		{`*"quoted"* *(aside)* *-5* *Hello.* **「重点」** (*in*)`, `P(<i:"quoted"> <i:(aside)> <i:-5> <i:Hello.> <b:「重点」> (<i:in>))`},
		{":tada::tada:, **:tada:** (:tada:)!:tada:", "P(🎉🎉, <b:🎉> (🎉)!🎉)"},
	})
	for body, want := range map[string]string{
		"@meiさん":                         "P(<at:@mei>さん)",
		"交给@mei处理":                       "P(交给<at:@mei>处理)",
		"@小明处理":                          "P(<at:@小明>处理)",
		"@mei处理@ada":                     "P(<at:@mei>处理<at:@ada>)",
		"안녕@mei는":                        "P(안녕<at:@mei>는)",
		"@mei@小明 @小明@mei":                "P(<at:@mei><at:@小明> <at:@小明><at:@mei>)",
		"@mei_さん":                        "P(<at:@mei>_さん)",
		"@meil @mei.ada x@mei":           "P(@meil @mei.ada x@mei)",
		"@mei" + strings.Repeat("处", 80): "P(<at:@mei>" + strings.Repeat("处", 80) + ")",
	} {
		text, err := ParseText(body)
		text.Resolve(map[string]AccountID{"mei": 1, "ada": 2, "小明": 3, "小": 4})
		if got := sketch(text); err != nil || got != want {
			t.Errorf("%q became %s, want %s, %v", body, got, want, err)
		}
	}
}

func TestAddressesKeepTheirBytes(t *testing.T) {
	for _, url := range []string{"https://example.com/#/docs#chapter", "https://example.com/a|b?c=^{d}[e]%zz%41",
		"HTTPS://Example.com/Ä?ö=%C3%A4#ü", "https://example.com/a;b,c'd!e$f&g=h+i~j@k:l"} {
		text, err := ParseText("see " + url + " now")
		if got := sketch(text); err != nil || got != "P(see <a:"+url+"> now)" {
			t.Errorf("%q became %s, %v", url, got, err)
		}
	}
}

func TestTheLongestNameOfARoomWins(t *testing.T) {
	rooms := map[string]RoomLink{}
	for i, name := range []string{"ux", "ux team", "q&a", "设计", "🎉 party", ".net", "straße 1"} {
		rooms[FoldName(name)] = RoomLink{RoomID(i + 1), name}
	}
	links := func(body string) string {
		text, err := ParseText(body)
		if err != nil {
			t.Fatal(err)
		}
		text.LinkRooms(rooms)
		var b strings.Builder
		eachText(text.Blocks, true, func(bl *Block, _ bool) {
			eachRun(bl.Runs, func(r *Run) {
				if r.Kind == RunRoom {
					b.WriteString("[" + r.Text + "]")
				} else {
					b.WriteString(r.Text)
				}
			})
		})
		return b.String()
	}
	for body, want := range map[string]string{
		"see #ux team, please":       "see [#ux team], please",
		"see #UX  Team":              "see [#ux team]",
		"#ux teams #ux-team #ux's":   "[#ux] teams [#ux]-team [#ux]'s",
		"**#ux team** #ux":           "[#ux team] [#ux]",
		"#q&a and #🎉 party, #.net":   "[#q&a] and [#🎉 party], [#.net]",
		"去#设计看看":                     "去[#设计]看看",
		"#STRASSE 1 a#ux":            "[#straße 1] a#ux",
		`\#ux team \#nowhere`:        `#ux team \#nowhere`,
		"#nowhere # ## #! #**bold**": "#nowhere # ## #! #bold",
	} {
		if got := links(body); got != want {
			t.Errorf("%q became %q, want %q", body, got, want)
		}
	}
}

func TestSpaceIsKeptAsTyped(t *testing.T) {
	expect(t, [][2]string{
		{"a   b\tc\n  d    e", "P(a   b\tc/  d    e)"},
		{"  first\n second", "P(  first/ second)"},
		{"name\t\tage\nada\t\t36", "P(name\t\tage/ada\t\t36)"},
		{"a\n\nb\n\n\n\nc", "P(a)P(b)P(//c)"},
	})
}
