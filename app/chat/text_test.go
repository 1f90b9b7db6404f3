package chat

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// sketch writes a tree in brackets, which reads better in a table than a literal.
func sketch(t Text) string {
	var b strings.Builder
	if t.Jumbo {
		b.WriteString("jumbo:")
	}
	sketchBlocks(&b, t.Blocks)
	return b.String()
}

func sketchBlocks(b *strings.Builder, blocks []Block) {
	for _, bl := range blocks {
		switch bl.Kind {
		case BlockParagraph:
			b.WriteString("P(")
			sketchRuns(b, bl.Runs)
			b.WriteString(")")
		case BlockQuote:
			b.WriteString("Q(")
			sketchBlocks(b, bl.Blocks)
			b.WriteString(")")
		case BlockCode:
			fmt.Fprintf(b, "C[%s](%s)", bl.Lang, bl.Code)
		default:
			b.WriteString("L")
			if bl.Kind == BlockNumbers {
				fmt.Fprint(b, bl.Start)
			}
			for _, it := range bl.Items {
				b.WriteString("{")
				sketchBlocks(b, it)
				b.WriteString("}")
			}
		}
	}
}

func sketchRuns(b *strings.Builder, runs []Run) {
	for _, r := range runs {
		switch r.Kind {
		case RunPlain:
			b.WriteString(r.Text)
		case RunBreak:
			b.WriteString("/")
		case RunCode:
			b.WriteString("<c:" + r.Text + ">")
		case RunLink:
			b.WriteString("<a:" + r.URL + ">")
		case RunMention:
			b.WriteString("<at:" + r.Text + ">")
		default:
			b.WriteString("<" + string("?bis"[r.Kind]) + ":")
			sketchRuns(b, r.Runs)
			b.WriteString(">")
		}
	}
}

func expect(t *testing.T, cases [][2]string) {
	t.Helper()
	for _, c := range cases {
		got, err := ParseText(c[0])
		if err != nil {
			t.Errorf("%q: %v", c[0], err)
		} else if s := sketch(got); s != c[1] {
			t.Errorf("%q\n got %s\nwant %s", c[0], s, c[1])
		}
	}
}

func TestEmphasisNeedsItsMarksAtTheText(t *testing.T) {
	expect(t, [][2]string{
		{"**b** *i* _i_ ~~s~~ `c`", "P(<b:b> <i:i> <i:i> <s:s> <c:c>)"},
		{"2 * 3 * 4", "P(2 * 3 * 4)"},
		{"2*3*4", "P(2*3*4)"},
		{"snake_case_name __init__", "P(snake_case_name __init__)"},
		{"a ** b ** c", "P(a ** b ** c)"},
		{"***both*** ***a* b** ***a** b*", "P(<i:<b:both>> <b:<i:a> b> <i:<b:a> b>)"},
		{"**a *b* c** *a **b** c*", "P(<b:a <i:b> c> <i:a <b:b> c>)"},
		{"**a*** ~~**x**~~", "P(<b:a>* <s:<b:x>>)"},
		{"*a **b *c", "P(*a **b *c)"},
		{"*a **b* c**", "P(<i:a <i:<i:b> c>>)"},
		{"*a *b*", "P(*a <i:b>)"},
		{"**** a**** ~~~ ~a~ ___", "P(**** a**** ~~~ ~a~ ___)"},
		{"**bold:**text", "P(**bold:**text)"},
		{"*a\nb*", "P(<i:a/b>)"},
		{"*a\n\nb*", "P(*a)P(b*)"},
		{`\*a\* \_b\_ \~~c~~ a\b \\server\share`, `P(*a* _b_ ~~c~~ a\b \\server\share)`},
		{`¯\_(ツ)_/¯`, `P(¯\_(ツ)_/¯)`},
		{"*️⃣ a *️⃣", "P(*️⃣ a *️⃣)"},
		{"<b>&amp;</b> # x ![i](u) [l](u)", "P(<b>&amp;</b> # x ![i](u) [l](u))"},
	})
}

func TestCodeIsLeftAlone(t *testing.T) {
	expect(t, [][2]string{
		{"`**a** @b`", "P(<c:**a** @b>)"},
		{"`` ` `` ``a`b``", "P(<c:`> <c:a`b>)"},
		{"`a\nb` ``x", "P(`a/b` ``x)"},
		{`\` + "`a` b`", "P(`a<c: b>)"},
		{"a\n```go\nx  \n\n\ty\n```\nb", "P(a)C[go](x  \n\n\ty)P(b)"},
		{"```\na", "C[](a)"},
		{"```\na```\nb", "C[](a)P(b)"},
		{"```let x = 1\ny```", "C[](let x = 1\ny)"},
		{"```word\n```", "C[](word)"},
		{"````\n```\n````", "C[](```)"},
		{"```a```", "P(<c:a>)"},
		{"```C++\nx\n```", "C[c++](x)"},
	})
}

func TestAFenceKeepsItsSpaces(t *testing.T) {
	expect(t, [][2]string{
		{"```\n    four\n\ttab  \n```", "C[](    four\n\ttab  )"},
		{"  ```\n    four\n  ```", "C[](  four)"},
		{"> ```\n>   two\n> ```", "Q(C[](  two))"},
	})
}

func TestQuotesNestAndFacesAreNotQuotes(t *testing.T) {
	expect(t, [][2]string{
		{"> a\n> b\nc", "Q(P(a/b))P(c)"},
		{"> a\n>> b\n> > c", "Q(P(a)Q(P(b/c)))"},
		{">.< >:(", "P(>.< >:()"},
		{">a", "P(>a)"},
		{">", "P(>)"},
		{"a\n> \nb", "P(a/>/b)"},
		{"> - a\n> - b", "Q(L{P(a)}{P(b)})"},
		{`\> a`, "P(> a)"},
	})
	deep, err := ParseText(strings.Repeat(">", 5000) + " x")
	if err != nil || depth(deep) != MaxNesting || !strings.Contains(deep.Plain(), ">>> x") {
		t.Errorf("depth %d, %v", depth(deep), err)
	}
}

func TestListsKeepTheirNumbers(t *testing.T) {
	expect(t, [][2]string{
		{"a:\n- b\n* c\nd", "P(a:)L{P(b)}{P(c)}P(d)"},
		{"1. a\n2. b\n\n3. c", "L1{P(a)}{P(b)}{P(c)}"},
		{"1. a\n3. c", "L1{P(a)}L3{P(c)}"},
		{"1. a\n1. b\n1. c", "L1{P(a)}{P(b)}{P(c)}"},
		{"0. a", "L0{P(a)}"},
		{"- a\n  - b\n    c\n- d", "L{P(a)L{P(b/c)}}{P(d)}"},
		{"1. a\n   ```\n   x\n\n   y\n   ```\n2. b", "L1{P(a)C[](x\n\ny)}{P(b)}"},
		{"-a\n-\n1.5 x\n1234567890. y", "P(-a/-/1.5 x/1234567890. y)"},
		{`1\. a` + "\n" + `\- b`, "P(1. a/- b)"},
	})
}

func TestLinksEndWhereTheSentenceGoesOn(t *testing.T) {
	expect(t, [][2]string{
		{"see https://a.example/b. (http://a.example/c_(d))!", "P(see <a:https://a.example/b>. (<a:http://a.example/c_(d)>)!)"},
		{"**https://a.example/x_y_z**", "P(<b:<a:https://a.example/x_y_z>>)"},
		{"HTTP://A.example:80/?q=a|b#c#d%zz", "P(<a:HTTP://A.example:80/?q=a|b#c#d%zz>)"},
		{"http://[2001:db8::1]:8080/ http://127.0.0.1 http://bücher.example",
			"P(<a:http://[2001:db8::1]:8080/> <a:http://127.0.0.1> <a:http://bücher.example>)"},
		{"https://a.example/「x」 https://a.example。", "P(<a:https://a.example/>「x」 <a:https://a.example>。)"},
		{"javascript:x ftp://a xhttp://a.example http:// http://-", "P(javascript:x ftp://a xhttp://a.example http:// <a:http://->)"},
		{"http://good.example@bad.example http://1.2.3 http://a..b http://a:99999",
			"P(http://good.example@bad.example http://1.2.3 http://a..b http://a:99999)"},
		{`http://a.example\@b.example <http://a.example>`, `P(<a:http://a.example>\@b.example <<a:http://a.example>>)`},
		{"http://a.example/" + strings.Repeat("x", maxURL), "P(http://a.example/" + strings.Repeat("x", maxURL) + ")"},
	})
}

func TestMentionsAreFoundAndResolved(t *testing.T) {
	expect(t, [][2]string{
		{"@Ada, @jo.nas. a@b.example (@müller) @- @a @_ada", "P(<at:@Ada>, <at:@jo.nas>. <a:mailto:a@b.example> (<at:@müller>) @- @a @_ada)"},
		{"**@ada** _@ada_ `@ada`", "P(<b:<at:@ada>> <i:<at:@ada>> <c:@ada>)"},
		{"@" + strings.Repeat("a", 70), "P(@" + strings.Repeat("a", 70) + ")"},
		{`\@ada`, `P(<at:\@ada>)`}, // whether it is anybody, is found out later
	})
	text, _ := ParseText("a @Ada b @STRASSE c\n> - @straße @nobody @ada")
	if got := text.Names(); !reflect.DeepEqual(got, []string{"ada", "strasse", "nobody"}) {
		t.Errorf("names %q", got)
	}
	text.Resolve(map[string]AccountID{"ada": 7, "strasse": 8})
	if got := sketch(text); got != "P(a <at:@Ada> b <at:@STRASSE> c)Q(L{P(<at:@straße> @nobody <at:@ada>)})" {
		t.Error(got)
	}
	if text.Blocks[0].Runs[1].Account != 7 || text.Blocks[0].Runs[3].Account != 8 {
		t.Errorf("%+v", text.Blocks[0].Runs)
	}
	text.Resolve(nil)
	if got := sketch(text); got != "P(a @Ada b @STRASSE c)Q(L{P(@straße @nobody @ada)})" || len(text.Blocks[0].Runs) != 1 {
		t.Error(got)
	}
}

func TestAFewEmojiAloneAreJumbo(t *testing.T) {
	for _, s := range []string{"🎉", "👨‍👩‍👧‍👦", "🇩🇪🇫🇷", "1️⃣ *️⃣", "👍🏽", "❤️", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🤷🏽‍♀️ 🎉🎉 🎉🎉🎉", "☝🏽", " ✨\n"} {
		if text, err := ParseText(s); err != nil || !text.Jumbo {
			t.Errorf("%q is not jumbo", s)
		}
	}
	for _, s := range []string{"🎉🎉🎉🎉🎉🎉🎉", "🎉!", "1", "12", "©", "🇩", "a🎉", "🎉\n🎉", "*"} {
		if text, err := ParseText(s); err != nil || text.Jumbo {
			t.Errorf("%q is jumbo", s)
		}
	}
}

func TestABodyIsTidiedFirst(t *testing.T) {
	expect(t, [][2]string{
		{"\n \n  a\r\nb\x00\x1b\x7f\u202e\u2066\ufffe \n\n ", "P(  a/b)"},
		{"a\u2028b", "P(a/b)"},
		{"a \n\n\n b", "P(a)P(/ b)"},
	})
}

func TestBoundsAreToldInSentences(t *testing.T) {
	for body, want := range map[string]string{
		"":                                      "Write something first.",
		" \n\u200b\u2060\ufe0f":                 "Write something first.",
		strings.Repeat("é", 10_001):             "A message has at most 10,000 characters.",
		strings.Repeat("a\n", 500) + "a":        "A message has at most 500 lines.",
		strings.Repeat("http://a.example ", 51): "A message has at most 50 links.",
		strings.Repeat("@ada ", 51):             "A message mentions at most 50 people.",
		"a\xff":                                 "This message is not valid text.",
	} {
		var e *Error
		if _, err := ParseText(body); !errors.As(err, &e) || e.Sentence != want || e.Field != "body" {
			t.Errorf("%.20q: %v", body, err)
		}
	}
	for _, body := range []string{strings.Repeat("é", 10_000) + "  \n", strings.Repeat("a\n", 500),
		strings.Repeat("http://a.example @ada ", 50)} {
		if _, err := ParseText(body); err != nil {
			t.Errorf("%.20q: %v", body, err)
		}
	}
}

func TestPlainIsOneLine(t *testing.T) {
	text, _ := ParseText("**a**\nb\n\n> c `d`\n- e\n- f @g.h\n```\ni\n\tj\n```")
	if got := text.Plain(); got != "a b c d e f @g.h i j" {
		t.Error(got)
	}
}
