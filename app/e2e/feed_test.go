package e2e

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/app/apptest"
)

func TestRoomsAndSearchesAreFeeds(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	s.Unlimited()
	ada, bea := s.Signup("ada"), s.Signup("bea")
	secret := ada.Found("secret", "private")
	ada.Says(1, "the <b>lighthouse</b> & **sea**")
	ada.Says(secret, "the lighthouse key")
	gone := ada.Says(1, "the lighthouse is gone")
	ada.Post(fmt.Sprintf("/messages/%d/delete", gone))
	type feed struct {
		XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
		ID      string   `xml:"id"`
		Updated string   `xml:"updated"`
		Entries []struct {
			ID      string `xml:"id"`
			Title   string `xml:"title"`
			Content string `xml:"content"`
			Link    struct {
				Href string `xml:"href,attr"`
			} `xml:"link"`
		} `xml:"entry"`
	}
	read := func(a apptest.Answer) (f feed) {
		t.Helper()
		validFeed(t, a.Body)
		a.Want(t, http.StatusOK)
		if err := xml.Unmarshal([]byte(a.Body), &f); err != nil || !strings.HasPrefix(a.Header.Get("Content-Type"), "application/atom+xml") ||
			f.ID == "" || f.Updated == "" {
			t.Error(err, a.Header.Get("Content-Type"), a.Body)
		}
		return f
	}
	f := read(bea.Get("/rooms/1/feed.atom"))
	if len(f.Entries) != 1 || f.Entries[0].Content != "<p>the &lt;b&gt;lighthouse&lt;/b&gt; &amp; <strong>sea</strong></p>" ||
		f.Entries[0].Title != "ada: the <b>lighthouse</b> & sea" || !strings.Contains(f.Entries[0].Link.Href, "://") {
		t.Errorf("%+v", f)
	}
	if !strings.Contains(bea.Get("/rooms/1/feed.atom").Body, `rel="self" type="application/atom+xml" href="`+s.Base+`/rooms/1/feed.atom"`) {
		t.Error("the feed does not say where it is")
	}
	if f := read(ada.Get("/search.atom?q=lighthouse")); len(f.Entries) != 2 {
		t.Errorf("%+v", f)
	}
	bea.Get(fmt.Sprintf("/rooms/%d/feed.atom", secret)).Want(t, http.StatusNotFound)
	s.Visitor().Get("/rooms/1/feed.atom").Want(t, http.StatusSeeOther)
	page := ada.Post("/me/feeds").Want(t, http.StatusOK).Body
	path := regexp.MustCompile(`/feeds/parley_[A-Z2-7]{26}`).FindString(page)
	reader := s.Visitor()
	if f := read(reader.Get(fmt.Sprintf("%s/rooms/%d", path, secret))); len(f.Entries) != 1 {
		t.Errorf("%+v", f)
	}
	if f := read(reader.Get(path + "/search?q=lighthouse")); len(f.Entries) != 2 {
		t.Errorf("%+v", f)
	}
	if strings.Contains(reader.Get(path+"/rooms/1").Body, path) {
		t.Error("the feed tells the secret in its address")
	}
	for at, by := range map[string]*apptest.Browser{"/rooms/1/feed.json": bea, path + "/rooms/1/feed.json": reader} {
		var j struct {
			Version, Title string
			Page           string `json:"home_page_url"`
			URL            string `json:"feed_url"`
			Items          []struct {
				ID, URL string
				HTML    string `json:"content_html"`
				Authors []struct{ Name string }
			}
		}
		a := by.Get(at).Want(t, http.StatusOK)
		if err := json.Unmarshal([]byte(a.Body), &j); err != nil || a.Header.Get("Content-Type") != "application/feed+json" ||
			j.Version != "https://jsonfeed.org/version/1.1" ||
			j.Page != s.Base+"/rooms/1" || len(j.Items) != 1 || !strings.Contains(j.Items[0].HTML, "<strong>sea</strong>") ||
			j.Items[0].Authors[0].Name != "ada" || (by == reader) != (j.URL == "") {
			t.Errorf("%s is %s %+v", at, a.Header.Get("Content-Type"), j)
		}
	}
	bea.Get(fmt.Sprintf("/rooms/%d/feed.json", secret)).Want(t, http.StatusNotFound)
	for _, at := range []string{"/rooms/1/feed.json", "/rooms/1/feed.atom", path + "/rooms/1", path + "/search?q=lighthouse"} {
		tag := bea.Get(at).Want(t, http.StatusOK).Header.Get("ETag")
		for given, status := range map[string]int{tag: 304, `"x", ` + tag: 304, strings.TrimPrefix(tag, "W/"): 304, `"x"`: 200} {
			a := bea.Do("GET", at, "", "If-None-Match", given)
			if a.Status != status || a.Header.Get("ETag") != tag || (a.Body == "") != (status == 304) || a.Header.Get("X-Robots-Tag") != "noindex" {
				t.Errorf("%s with %q: %d, ETag %q, %d bytes", at, given, a.Status, a.Header.Get("ETag"), len(a.Body))
			}
		}
	}
	tag := bea.Get("/rooms/1/feed.atom").Header.Get("ETag")
	ada.Says(1, "one more")
	bea.Do("GET", "/rooms/1/feed.atom", "", "If-None-Match", tag).Want(t, http.StatusOK)
	if !strings.Contains(page, fmt.Sprintf("%s/rooms/%d", path, secret)) {
		t.Error("the page does not give the addresses of one's rooms")
	}
	program{reader, path[len("/feeds/"):]}.asks("GET", "/rooms/1", "").Want(t, http.StatusUnauthorized)
	reader.Do("POST", strings.Replace(path, "/feeds/", "/hooks/", 1), `{"text":"x"}`).Want(t, http.StatusNotFound)
	token := newProgram(ada, "/me/tokens", "read")
	reader.Get("/feeds/"+token.key+"/rooms/1").Want(t, http.StatusNotFound)
	ada.Post("/me/tokens/1/revoke").Want(t, http.StatusSeeOther)
	reader.Get(path+"/rooms/1").Want(t, http.StatusNotFound)
}

// validFeed checks what RFC 4287 asks of a feed, section by section.
func validFeed(t *testing.T, body string) {
	t.Helper()
	type link struct {
		Rel  string `xml:"rel,attr"`
		Type string `xml:"type,attr"`
		Href string `xml:"href,attr"`
	}
	type element struct {
		ID      []string `xml:"id"`
		Title   []string `xml:"title"`
		Updated []string `xml:"updated"`
		Links   []link   `xml:"link"`
		Author  []string `xml:"author>name"`
		Content []struct {
			Type string `xml:"type,attr"`
		} `xml:"content"`
		Published []string `xml:"published"`
	}
	var f struct {
		XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
		element
		Entries []element `xml:"entry"`
	}
	if err := xml.Unmarshal([]byte(body), &f); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for i, e := range append([]element{f.element}, f.Entries...) {
		if len(e.ID) != 1 || len(e.Title) != 1 || len(e.Updated) != 1 { // 4.1.1, 4.1.2
			t.Fatalf("element %d has %d ids, %d titles and %d times", i, len(e.ID), len(e.Title), len(e.Updated))
		}
		if u, err := url.Parse(e.ID[0]); err != nil || !u.IsAbs() || seen[e.ID[0]] { // 4.2.6
			t.Errorf("the id %q is relative, or there twice", e.ID[0])
		}
		seen[e.ID[0]] = true
		for _, at := range append(e.Updated, e.Published...) { // 3.3
			if _, err := time.Parse(time.RFC3339, at); err != nil {
				t.Error(err)
			}
		}
		alternates := 0
		for _, l := range e.Links { // 4.2.7
			if u, err := url.Parse(l.Href); err != nil || !u.IsAbs() || l.Type == "" {
				t.Errorf("the link %+v", l)
			}
			if l.Rel == "alternate" {
				alternates++
			}
		}
		if alternates != 1 {
			t.Errorf("element %d has %d pages", i, alternates)
		}
		if i > 0 && (len(e.Author) != 1 || e.Author[0] == "" || len(e.Content) != 1 || e.Content[0].Type != "html") { // 4.1.2, 4.1.3
			t.Errorf("entry %d has the authors %q and %d contents", i, e.Author, len(e.Content))
		}
	}
	if f.Entries != nil && !slices.ContainsFunc(f.Entries, func(e element) bool { return e.Updated[0] == f.Updated[0] }) { // 4.2.15
		t.Error("the feed is newer than all that is in it")
	}
}
