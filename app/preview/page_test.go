package preview

import (
	"net/url"
	"strings"
	"testing"
)

func TestPagesSayWhatTheyAre(t *testing.T) {
	t.Parallel()
	base, err := url.Parse("https://a.example/dir/page")
	if err != nil {
		t.Fatal(err)
	}
	for name, one := range map[string]struct {
		source, kind string
		want         page
	}{
		"open graph": {`<html><head><title>T</title><meta property="og:title" content="Winter &amp; more"><meta property="og:site_name" content="Tidewater">
			<meta property="og:description" content="All lines"><meta property="og:image" content="/boat.png"></head><body><meta property="og:title" content="no">`, "text/html",
			page{site: "Tidewater", title: "Winter & more", text: "All lines", picture: "https://a.example/boat.png"}},
		"a title alone": {"<title> Only this </title>", "text/html; charset=utf-8", page{title: "Only this"}},
		"description":   {`<title>T</title><meta name=Description content=D>`, "text/html", page{title: "T", text: "D"}},
		"twitter": {`<meta name="twitter:title" content="T"><meta name="twitter:image" content="p.png">`, "text/html",
			page{title: "T", picture: "https://a.example/dir/p.png"}},
		"oembed": {`<link rel="alternate" type="application/json+oembed" href="/o?x=1&amp;y=2">`, "text/html",
			page{oEmbed: "https://a.example/o?x=1&y=2"}},
		"latin letters":     {"<title>Caf\xe9 \x80</title>", "text/html; charset=iso-8859-1", page{title: "Café €"}},
		"latin in meta":     {"<meta charset=windows-1252><title>Caf\xe9</title>", "text/html", page{title: "Café"}},
		"no word of it":     {"<title>Caf\xe9</title>", "text/html", page{title: "Café"}},
		"another charset":   {"<title>\xb0\xa1</title>", "text/html; charset=euc-kr", page{title: "\uFFFD"}},
		"no address":        {`<title>T</title><meta property="og:image" content="javascript:alert(1)">`, "text/html", page{title: "T"}},
		"a name in it":      {`<title>T</title><meta property="og:image" content="https://u:p@b.example/">`, "text/html", page{title: "T"}},
		"a title in a body": {"<body><svg><title>no</title></svg>", "text/html", page{}},
		"nothing":           {"", "text/html", page{}},
		"no markup":         {strings.Repeat("<", 10_000), "text/html", page{}},
	} {
		if got := parsePage(strings.NewReader(one.source), one.kind, base); got != one.want {
			t.Errorf("%s: %+v, want %+v", name, got, one.want)
		}
	}
}

func FuzzParsePage(f *testing.F) {
	base, _ := url.Parse("https://a.example/")
	for _, s := range []string{"<title>x</title>", `<meta property="og:image" content="//b">`, "<meta charset=latin1>\xff", "<!--"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { parsePage(strings.NewReader(s), "", base) })
}
