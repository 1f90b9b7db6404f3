package views

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"parley/app/chat"
)

func drawn(t *testing.T, body string) string {
	t.Helper()
	text, err := chat.ParseText(body)
	if err != nil {
		t.Fatalf("%q: %v", body, err)
	}
	text.Resolve(map[string]chat.AccountID{"jonas": 40})
	return string(appendText(nil, text))
}

func TestATextIsDrawnWithFewElements(t *testing.T) {
	for body, want := range map[string]string{
		"a\nb\n\nc":                    `<p>a<br>b</p><p>c</p>`,
		"**a *b*** ~~c~~ `d<e>`":       `<p><strong>a <em>b</em></strong> <del>c</del> <code>d&lt;e&gt;</code></p>`,
		"hi @Jonas and @nobody":        `<p>hi <a class="at" data-u="40" href="/people/40">@Jonas</a> and @nobody</p>`,
		"🎉 🎉":                          `<p class="jumbo">🎉 🎉</p>`,
		"> a\n>> b":                    `<blockquote><p>a</p><blockquote><p>b</p></blockquote></blockquote>`,
		"- a\n  - b\n\n    c\n- d":     `<ul><li>a<ul><li>b<p>c</p></li></ul></li><li>d</li></ul>`,
		"1. a\n2. b":                   `<ol><li>a</li><li>b</li></ol>`,
		"0. a":                         `<ol start="0"><li>a</li></ol>`,
		"7. > a":                       `<ol start="7"><li><blockquote><p>a</p></blockquote></li></ol>`,
		"```C#\n\n a && b\n```":        "<pre tabindex=\"0\"><code class=\"lang-c#\">\n a &amp;&amp; b</code></pre>",
		"```a_b\nx\n```":               `<pre tabindex="0"><code>x</code></pre>`,
		"https://a.example/?a=1&b='\"": `<p><a href="https://a.example/?a=1&amp;b=" rel="noopener noreferrer nofollow" target="_blank">https://a.example/?a=1&amp;b=</a>&#39;&#34;</p>`,
		`<b hx-get="/x">&amp;</b>`:     `<p>&lt;b hx-get=&#34;/x&#34;&gt;&amp;amp;&lt;/b&gt;</p>`,
		"http://a.example/'{x}":        `<p><a href="http://a.example/&#39;{x}" rel="noopener noreferrer nofollow" target="_blank">http://a.example/&#39;{x}</a></p>`,
	} {
		if got := drawn(t, body); got != want {
			t.Errorf("%q\n got %s\nwant %s", body, got, want)
		}
	}
}

func TestAStoredTextIsNotTrusted(t *testing.T) {
	text := chat.Text{Blocks: []chat.Block{
		{Runs: []chat.Run{
			{Kind: chat.RunLink, Text: "x", URL: "javascript:alert(1)"},
			{Kind: chat.RunLink, Text: "<y>", URL: `https://a/" onclick="x`},
			{Kind: chat.RunMention, Text: "@<z>"},
			{Kind: 99, Text: "<q>"},
		}},
		{Kind: chat.BlockCode, Lang: `x" hx-get="/`, Code: "</code>"},
		{Kind: 99},
	}}
	want := `<p>x<a class="nl" href="https://a/&#34; onclick=&#34;x" rel="noopener noreferrer nofollow" target="_blank">&lt;y&gt;</a>@&lt;z&gt;&lt;q&gt;</p>` +
		`<pre tabindex="0"><code>&lt;/code&gt;</code></pre><p></p>`
	if got := string(appendText(nil, text)); got != want {
		t.Errorf(" got %s\nwant %s", got, want)
	}
}

var (
	textTag = regexp.MustCompile(`^(?:</?(?:strong|em|del|code|blockquote|ul|ol|li|p)>|</(?:a|pre)>|<br>|<p class="jumbo">|<ol start="[0-9]+">|` +
		`<pre tabindex="0">|<code class="lang-[a-z0-9+#-]{1,20}">|<a class="at" data-u="[0-9]+" href="/people/[0-9]+">|` +
		`<a href="https?://[^"<>` + "`" + `\s]+" rel="noopener noreferrer nofollow" target="_blank">)`)
	closedByParser = regexp.MustCompile(`<(/?)(\w+)`)
)

// checkTags wants known tags only, in pairs, and nothing that a browser would
// move: no block within a paragraph, no link within a link.
func checkTags(t *testing.T, out string) {
	t.Helper()
	for i := strings.IndexByte(out, '<'); i >= 0; {
		if !textTag.MatchString(out[i:]) {
			t.Fatalf("%.80q in %q", out[i:], out)
		}
		next := strings.IndexByte(out[i+1:], '<')
		if next < 0 {
			break
		}
		i += 1 + next
	}
	var open []string
	for _, m := range closedByParser.FindAllStringSubmatch(out, -1) {
		switch {
		case m[2] == "br":
		case m[1] == "":
			if inner := strings.Join(open, " ") + " "; strings.Contains(" blockquote ul ol p pre ", " "+m[2]+" ") && strings.Contains(inner, "p ") ||
				m[2] == "a" && strings.Contains(inner, "a ") {
				t.Fatalf("%s within %v in %q", m[2], open, out)
			}
			open = append(open, m[2])
		case len(open) == 0 || open[len(open)-1] != m[2]:
			t.Fatalf("</%s> closes %v in %q", m[2], open, out)
		default:
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		t.Fatalf("%v left open in %q", open, out)
	}
}

// read is the text that a browser shows.
func read(out string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(out))
	for tt := z.Next(); tt != html.ErrorToken; tt = z.Next() {
		if tt == html.TextToken {
			b.Write(z.Text())
			continue
		}
		switch name, _ := z.TagName(); string(name) {
		case "p", "br", "li", "pre", "ul", "ol", "blockquote":
			b.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func FuzzAppendText(f *testing.F) {
	f.Add("a\n> b\n>> - *c* **d** ~~e~~ `f`\n\n```go\ng<h>\n```\n1. h @i https://j.example/(k)'&#.\n   l\n🎉\\*<script>")
	f.Add("🎉")
	f.Add("http://a.example/%\"><a hx-get=x @ada")
	f.Fuzz(func(t *testing.T, body string) {
		text, err := chat.ParseText(body)
		if err != nil {
			return
		}
		ids := map[string]chat.AccountID{}
		for i, name := range text.Names() {
			ids[name] = chat.AccountID(i)
		}
		text.Resolve(ids)
		out := string(appendText(nil, text))
		checkTags(t, out)
		if shown, plain := read(out), text.Plain(); shown != plain {
			t.Errorf("shows %q of %q", shown, plain)
		}
	})
}

// FuzzAppendStoredText draws what a damaged row could hold.
func FuzzAppendStoredText(f *testing.F) {
	f.Add([]byte(`{"b":[{"k":4,"n":3,"i":[[{"r":[{"k":5,"t":"x","u":"http://a"}]}]]},{"k":2,"l":"go","c":"<"}],"j":true}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var text chat.Text
		if json.Unmarshal(raw, &text) != nil {
			return
		}
		for i, tag := range strings.Split(string(appendText(nil, text)), "<") {
			if i > 0 && strings.Contains(tag, "hx-") && !regexp.MustCompile(`^[^>]*>|href="[^"]*hx-`).MatchString(tag) {
				t.Errorf("%q", tag)
			}
		}
	})
}
