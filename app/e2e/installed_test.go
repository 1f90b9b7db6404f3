package e2e

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"parley/app/apptest"
)

func TestTheManifestNamesWhatThereIs(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	a := s.Visitor().Get("/manifest.webmanifest").Want(t, http.StatusOK)
	if kind := a.Header.Get("Content-Type"); !strings.HasPrefix(kind, "application/manifest+json") {
		t.Error("it is sent as", kind)
	}
	var m struct {
		ID, Name, Display string
		Start             string                           `json:"start_url"`
		Icons             []struct{ Src, Purpose string }  `json:"icons"`
		Shortcuts         []struct{ Name, URL string }     `json:"shortcuts"`
		Share             struct{ Action, Enctype string } `json:"share_target"`
	}
	if err := json.Unmarshal([]byte(a.Body), &m); err != nil {
		t.Fatal(err)
	}
	if m.ID != "/" || m.Name != "Lighthouse Studio" || m.Display != "standalone" || m.Share.Action != "/share" {
		t.Errorf("%+v", m)
	}
	purposes := map[string]bool{}
	for _, i := range m.Icons {
		purposes[i.Purpose] = true
		s.Visitor().Get(i.Src).Want(t, http.StatusOK)
	}
	if !purposes[""] || !purposes["maskable"] {
		t.Error("icons:", m.Icons)
	}
	for _, path := range append([]string{m.Start}, m.Shortcuts[0].URL, m.Shortcuts[1].URL, m.Shortcuts[2].URL) {
		if r := ada.Get(path); r.Status != http.StatusOK && r.Status != http.StatusSeeOther {
			t.Error(path, r.Status)
		}
	}
}

// A browser compares the bytes of the worker: what it keeps of another build goes with it.
func TestTheWorkerIsOfThisBuildAndAskedForAnew(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	a := s.Visitor().Get("/sw.js").Want(t, http.StatusOK)
	if !strings.HasPrefix(a.Body, "self.build='") || a.Header.Get("Cache-Control") != "no-cache" ||
		!strings.HasPrefix(a.Header.Get("Content-Type"), "text/javascript") {
		t.Errorf("%v %.40s", a.Header, a.Body)
	}
}

func TestWordsFromAnotherAppGoToTheRoomThatIsChosen(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	form := "--x\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nThe timetable\r\n--x\r\nContent-Disposition: form-data; name=\"url\"\r\n\r\nhttps://ferries.example.org/\r\n--x--\r\n"
	// As a browser sends it for an app: without an origin.
	to := ada.Do(http.MethodPost, "/share", form, "Content-Type", "multipart/form-data; boundary=x", "Sec-Fetch-Site", "none", "Origin",
		"null").Want(t, http.StatusSeeOther).Location()
	page := ada.Get(to).Want(t, http.StatusOK).Body
	if !strings.Contains(page, "The timetable\nhttps://ferries.example.org/</textarea>") || !strings.Contains(page, "#general") {
		t.Fatalf("%s: %s", to, page)
	}
	if r := s.Visitor().Get(to); r.Status != http.StatusSeeOther || r.Location() != "/login?next="+url.QueryEscape(to) {
		t.Error("a visitor is led to", r.Status, r.Location())
	}
	ada.Post("/share/send", "room", "1", "cid", "abcdefghijkl", "body", "The timetable").Want(t, http.StatusSeeOther)
	ada.Post("/share/send", "room", "1", "cid", "abcdefghijkl", "body", "The timetable").Want(t, http.StatusSeeOther)
	if n := strings.Count(ada.Get("/rooms/1").Body, "<p>The timetable</p>"); n != 1 {
		t.Error("it was said", n, "times")
	}
	if body := ada.Post("/share/send", "room", "1", "body", " ").Want(t, http.StatusUnprocessableEntity).Body; !strings.Contains(body,
		`id="share"`) {
		t.Error("the form is not shown again")
	}
	// Nobody is made to say something by another site, nor to a room that is not his.
	ada.Do(http.MethodPost, "/share/send", "room=1&body=x", "Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site",
		"cross-site").Want(t, http.StatusForbidden)
	mei := s.Signup("mei")
	room := ada.Found("quiet", "private")
	mei.Post("/share/send", "room", strconv.Itoa(room), "body", "x").Want(t, http.StatusNotFound)
}
