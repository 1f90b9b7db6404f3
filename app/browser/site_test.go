package browser

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"parley/app/apptest"
	"parley/app/chat"
)

func TestASiteIsReadAndSearchedFromADisk(t *testing.T) {
	t.Parallel()
	c := openChromium(t)
	s := apptest.Lively(t)
	for n := range 60 {
		s.Says("bea", 1, fmt.Sprint("a common word, number ", n))
	}
	dir := filepath.Join(t.TempDir(), "a site")
	apptest.Command(t, 0, "", "export", "--site", dir, "--data", s.Data)
	p := c.person("reader", "file://"+strings.ReplaceAll(dir, " ", "%20"))
	p.open("/index.html")
	p.click("main a", "#general")
	p.sees("h1", "#general")
	p.click("nav a", "Search")
	p.fill("#q", "Lighth")
	p.sees("#hits .msg mark", "lighthouse")
	p.sees("#told", "1 message.")
	p.fill("#q", "日本")
	p.sees("#hits .msg", "Aye, in 日本語")
	p.fill("#q", "common 17")
	p.sees("#told", "1 message.")
	p.fill("#q", "common")
	p.sees("#told", "The newest 20.")
	p.click("#more", "")
	p.sees("#told", "The newest 40.")
	p.fill("#q", "nowhere")
	p.sees("#told", "Nothing was found.")
	p.fill("#q", "alert")
	p.sees("#hits .msg", "<script>alert(1)</script>")
	p.click("#hits a", "ada in #general")
	p.until("the message that was found", `location.pathname.includes('/rooms/1/') && document.querySelector(':target')?.id === 'm-2'`)
	p.sees(":target", "lighthouse")
	p.click(":target .at", "@bea")
	p.sees(":target", "bea")
}

// The script of a site splits words as Parley does: what is found here is found there.
func TestASiteFindsTheSpellingsThatParleyFinds(t *testing.T) {
	t.Parallel()
	c := openChromium(t)
	s := apptest.Start(t)
	ada := s.Signup("ada")
	ids := map[string]chat.MessageID{}
	for _, words := range []string{"Straße nach Köln", "crème brûlée", "Łódź and Århus", "ΟΔΥΣΣΕΥΣ σοφός", "Ёлка в лесу", "شُكْرًا جزيلا",
		"שָׁלוֹם", "สวัสดีครับ", "안녕하세요",
		"東京タワー", "ひらがな", "naïve ﬁle ①", "x²+y", "don't stop", "C++ v1.2.3", "हिन्दी", "🎉 party"} {
		ids[words] = s.Says("ada", 1, words).ID
	}
	dir := filepath.Join(t.TempDir(), "site")
	apptest.Command(t, 0, "", "export", "--site", dir, "--data", s.Data)
	p := c.person("reader", "file://"+dir)
	p.open("/search.html")
	for query, words := range map[string]string{"strasse": "Straße nach Köln", "koln": "Straße nach Köln",
		"CREME brulee": "crème brûlée", "lodz arhus": "Łódź and Århus",
		"οδυσσευς": "ΟΔΥΣΣΕΥΣ σοφός", "σοφοσ": "ΟΔΥΣΣΕΥΣ σοφός", "елка": "Ёлка в лесу", "شكرا": "شُكْرًا جزيلا", "שלום": "שָׁלוֹם",
		"สวัสดี": "สวัสดีครับ", "안녕": "안녕하세요",
		"京タ": "東京タワー", "京": "東京タワー", "らが": "ひらがな", "file": "naïve ﬁle ①", "naive": "naïve ﬁle ①", "v1.2": "C++ v1.2.3", "हिन्दी": "हिन्दी",
		"party": "🎉 party", "🎉": "🎉 party", "don stop": "don't stop"} {
		p.fill("#q", query)
		p.until(query, `document.querySelectorAll('#hits .msg').length === 1 && document.querySelector('#hits .body').textContent === `+
			quote(words))
		if r := ada.Get("/search?"+url.Values{"q": {query}}.Encode()).Want(t, 200); !strings.Contains(r.Body, fmt.Sprintf("/rooms/1/@%d",
			ids[words])) {
			t.Errorf("Parley does not find %q", query)
		}
	}
}

// axe-core finds nothing on any page of a site, in light and in dark.
func TestEverybodyCanUseASite(t *testing.T) {
	t.Parallel()
	path := os.Getenv("AXE_JS")
	needed(t, path != "", "AXE_JS does not name axe-core")
	script, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	c := openChromium(t)
	s := apptest.Lively(t)
	dir := filepath.Join(t.TempDir(), "site")
	p := c.person("reader", "file://"+dir)
	p.expect("Content Security Policy", "preload assets") // axe would read the stylesheet
	for name := range apptest.SiteOf(t, s, dir, "--private", "--direct") {
		p.open("/" + name)
		if name == "search.html" {
			p.fill("#q", "lighthouse")
			p.sees("#hits .msg mark", "lighthouse")
		}
		p.steps(chromedp.Evaluate[chromedp.Void](string(script)))
		for _, width := range []int64{1280, 320} {
			p.size(width, 800)
			for scheme, rules := range map[string]string{"light": everyRule, "dark": colourRule} {
				p.scheme(scheme)
				for _, words := range ask[[]string](p, axeRules(rules)) {
					t.Errorf("%s, %s, %d wide: %s", name, scheme, width, words)
				}
			}
			if wide := ask[int](p, `document.documentElement.scrollWidth - innerWidth`); wide > 0 {
				t.Errorf("%s is %d pixels too wide for %d", name, wide, width)
			}
		}
	}
}

// The Nu HTML checker finds no error on any page of a site.
func TestASiteIsValidHTML(t *testing.T) {
	t.Parallel()
	jar := os.Getenv("VNU_JAR")
	needed(t, jar != "", "VNU_JAR does not name the Nu HTML checker")
	s := apptest.Lively(t)
	dir := filepath.Join(t.TempDir(), "site")
	apptest.SiteOf(t, s, dir, "--private", "--direct")
	var out bytes.Buffer
	cmd := exec.Command("java", "-jar", jar, "--format", "json", "--exit-zero-always", "--skip-non-html", dir)
	cmd.Stderr = &out
	if err := cmd.Run(); err != nil {
		t.Fatal(err, out.String())
	}
	var report struct {
		Messages []struct{ Type, URL, Message, Extract string }
	}
	if err := json.Unmarshal(out.Bytes(), &report); err != nil {
		t.Fatal(err, out.String())
	}
	for _, m := range report.Messages {
		if m.Type == "error" {
			t.Errorf("%s: %s\n%s", m.URL, m.Message, m.Extract)
		}
	}
}
