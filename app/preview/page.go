package preview

import (
	"bytes"
	"io"
	"mime"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxHead is how many bytes of a page are looked at.
const maxHead = 512 << 10

// page is what a page says of itself.
type page struct {
	site, title, text string
	picture, oEmbed   string // addresses; "": it has none
}

// parsePage reads the head of a page: what Open Graph (https://ogp.me) has for it, else what
// every page has. base is where it was found.
func parsePage(in io.Reader, contentType string, base *url.URL) (p page) {
	source, err := io.ReadAll(io.LimitReader(in, maxHead))
	if err != nil && len(source) == 0 {
		return p
	}
	meta := map[string]string{}
	for z := html.NewTokenizer(bytes.NewReader(decoded(source, contentType))); ; {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		t := z.Token()
		switch {
		case kind == html.EndTagToken && t.DataAtom == atom.Head, kind == html.StartTagToken && t.DataAtom == atom.Body:
			return p.filled(meta, base)
		case kind == html.StartTagToken && t.DataAtom == atom.Title && meta["title"] == "":
			if z.Next() == html.TextToken {
				meta["title"] = z.Token().Data
			}
		case t.DataAtom == atom.Meta:
			key, value := attribute(t, "property"), attribute(t, "content")
			if key == "" {
				key = attribute(t, "name")
			}
			if key = strings.ToLower(key); meta[key] == "" {
				meta[key] = value
			}
		case t.DataAtom == atom.Link && strings.EqualFold(attribute(t, "type"), "application/json+oembed") && p.oEmbed == "":
			p.oEmbed = resolved(base, attribute(t, "href"))
		}
	}
	return p.filled(meta, base)
}

func (p page) filled(meta map[string]string, base *url.URL) page {
	first := func(keys ...string) string {
		for _, key := range keys {
			if s := strings.TrimSpace(meta[key]); s != "" {
				return s
			}
		}
		return ""
	}
	p.site = first("og:site_name", "application-name")
	p.title = first("og:title", "twitter:title", "title")
	p.text = first("og:description", "twitter:description", "description")
	p.picture = resolved(base, first("og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src"))
	return p
}

func attribute(t html.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// resolved is an address as it is meant in a page; "" for what is none of the web.
func resolved(base *url.URL, s string) string {
	u, err := base.Parse(strings.TrimSpace(s))
	if s == "" || err != nil || u.Scheme != "http" && u.Scheme != "https" || u.User != nil {
		return ""
	}
	return u.String()
}

var charsetInMeta = regexp.MustCompile(`(?i)<meta[^>]{0,200}charset\s*=\s*["']?([a-z0-9_-]+)`)

// decoded is a page in UTF-8. What is neither that nor of Latin letters is read as UTF-8:
// the tables of all others would take 700 KiB of the program.
func decoded(source []byte, contentType string) []byte {
	_, parameters, _ := mime.ParseMediaType(contentType)
	name := parameters["charset"]
	if m := charsetInMeta.FindSubmatch(source[:min(len(source), 4<<10)]); name == "" && m != nil {
		name = string(m[1])
	}
	switch strings.ToLower(name) {
	case "windows-1252", "iso-8859-1", "latin1", "us-ascii", "iso-8859-15":
		return latin(source)
	case "":
		if !utf8.Valid(trimmedRune(source)) {
			return latin(source)
		}
	}
	return bytes.ToValidUTF8(source, []byte("\uFFFD"))
}

// windows1252 are the letters from 0x80 on that are not those of Latin-1
// (https://encoding.spec.whatwg.org/#windows-1252).
var windows1252 = []rune("€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ")

// latin reads windows-1252.
func latin(source []byte) []byte {
	out := make([]byte, 0, len(source)+len(source)/8)
	for _, c := range source {
		r := rune(c)
		if c >= 0x80 && c < 0xA0 {
			r = windows1252[c-0x80]
		}
		out = utf8.AppendRune(out, r)
	}
	return out
}

// trimmedRune leaves out a letter at the end that was cut.
func trimmedRune(b []byte) []byte {
	for i := 0; i < utf8.UTFMax && len(b) > 0; i++ {
		if r, _ := utf8.DecodeLastRune(b); r != utf8.RuneError {
			break
		}
		b = b[:len(b)-1]
	}
	return b
}
