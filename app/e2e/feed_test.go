package e2e

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

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
		a.Want(t, http.StatusOK)
		if err := xml.Unmarshal([]byte(a.Body), &f); err != nil || !strings.HasPrefix(a.Header.Get("Content-Type"), "application/atom+xml") || f.ID == "" || f.Updated == "" {
			t.Error(err, a.Header.Get("Content-Type"), a.Body)
		}
		return f
	}
	f := read(bea.Get("/rooms/1/feed.atom"))
	if len(f.Entries) != 1 || f.Entries[0].Content != "<p>the &lt;b&gt;lighthouse&lt;/b&gt; &amp; <strong>sea</strong></p>" ||
		f.Entries[0].Title != "ada: the <b>lighthouse</b> & sea" || !strings.Contains(f.Entries[0].Link.Href, "://") {
		t.Errorf("%+v", f)
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
	program{reader, path[len("/feeds/"):]}.asks("GET", "/rooms/1", "").Want(t, http.StatusUnauthorized)
	reader.Do("POST", strings.Replace(path, "/feeds/", "/hooks/", 1), `{"text":"x"}`).Want(t, http.StatusNotFound)
	token := newProgram(ada, "/me/tokens", "read")
	reader.Get("/feeds/"+token.key+"/rooms/1").Want(t, http.StatusNotFound)
	ada.Post("/me/tokens/1/revoke").Want(t, http.StatusSeeOther)
	reader.Get(path+"/rooms/1").Want(t, http.StatusNotFound)
}
