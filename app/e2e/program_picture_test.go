package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/app/apptest"
)

// A program brings pictures by their addresses: that of its bot is fetched once, those of its
// attachments are served by us.
func TestPicturesOfProgramsAreFetched(t *testing.T) {
	t.Parallel()
	w, s := ferries(t), looksAt(t)
	ada := s.Signup("ada")
	key := keyOnPage.FindString(ada.Post("/rooms/1/integrations", "name", "Charts").Want(t, http.StatusOK).Body)
	send := func(body string) {
		t.Helper()
		s.Visitor().Do("POST", "/hooks/"+key, body, "Content-Type", "application/json").Want(t, http.StatusOK)
	}
	send(`{"username":"Charts","icon_url":"` + w.URL + `/boat.jpg","attachments":[{"title":"Load","image_url":"` + w.URL +
		`/wide.jpg"},{"title":"Gone","image_url":"` + w.URL + `/nothing"},{"title":"Liar","thumb_url":"` + w.URL + `/liar.jpg"}]}`)
	page := ""
	apptest.Within(t, "the picture and the face are shown", func() bool {
		page = ada.Get("/rooms/1").Body
		return strings.Contains(page, `class="att-pic"`) && strings.Contains(page, `<img class="av" src="/avatars/`)
	})
	if strings.Count(page, `class="att-pic"`) != 1 || strings.Contains(page, `src="http`) {
		t.Error("pictures are shown that are none, or from elsewhere")
	}
	if !strings.Contains(page, `href="`+w.URL+`/nothing"`) {
		t.Error("what cannot be fetched is no link")
	}
	hits := w.hits.Load()
	send(`{"text":"again","icon_url":"` + w.URL + `/boat.jpg"}`)
	at := fmt.Sprintf("/messages/%d", ada.Says(1, w.URL+"/plain"))
	apptest.Within(t, "later ones are shown", func() bool { return strings.Contains(ada.Get(at).Body, "A plain page") })
	if n := w.hits.Load() - hits; n != 1 {
		t.Errorf("the other server was asked %d times", n)
	}
}

// Pictures in blocks are shown by us as those of attachments are: the first four of a
// message; further ones, and those that cannot be had, stay links.
func TestPicturesOfBlocksAreFetched(t *testing.T) {
	t.Parallel()
	w, s := ferries(t), looksAt(t)
	ada := s.Signup("ada")
	key := keyOnPage.FindString(ada.Post("/rooms/1/integrations", "name", "Builds").Want(t, http.StatusOK).Body)
	send := func(body string) {
		t.Helper()
		s.Visitor().Do("POST", "/hooks/"+key, strings.ReplaceAll(body, "AT", w.URL), "Content-Type", "application/json").Want(t, http.StatusOK)
	}
	send(`{"text":"Build 214","blocks":[{"type":"header","text":{"type":"plain_text","text":"Build 214 is there"}},
		{"type":"section","text":{"type":"mrkdwn","text":"for *both* stores"},"accessory":{"type":"image","image_url":"AT/boat.jpg","alt_text":"a boat"}},
		{"type":"section","fields":[{"type":"mrkdwn","text":"*Size*\n38 MB"}]},
		{"type":"image","title":{"type":"plain_text","text":"Free disk"},"image_url":"AT/wide.jpg","alt_text":"it falls"},
		{"type":"context","elements":[{"type":"image","image_url":"AT/boat.jpg?small","alt_text":"tr"},{"type":"mrkdwn","text":"by Tomás"}]},
		{"type":"image","image_url":"AT/nothing.png","alt_text":"not there"},
		{"type":"image","image_url":"AT/wide.jpg?fifth","alt_text":"the fifth"}],
		"attachments":[{"title":"Load","thumb_url":"AT/boat.jpg?sixth"}]}`)
	page := ""
	apptest.Within(t, "the pictures are shown", func() bool {
		page = ada.Get("/rooms/1").Body
		return strings.Contains(page, `class="b-side"`) && strings.Contains(page, `class="att-pic"`) && strings.Contains(page, `class="av xs"`)
	})
	for _, part := range []string{`<h4 class="b-head" dir="auto">Build 214 is there</h4>`, "for <strong>both</strong> stores", "<dt>Size</dt>",
		`<figcaption dir="auto">Free disk</figcaption>`,
		`alt="it falls" width="1200" height="630"`, `alt="a boat" width="72" height="72"`, "by Tomás",
		`href="` + w.URL + `/nothing.png"`, `href="` + w.URL + `/wide.jpg?fifth"`, `href="` + w.URL + `/boat.jpg?sixth"`} {
		if !strings.Contains(page, part) {
			t.Errorf("the room lacks %s", part)
		}
	}
	if strings.Contains(page, `src="http`) {
		t.Error("a picture is asked for elsewhere")
	}
	if n := w.hits.Load(); n != 4 {
		t.Errorf("the other server was asked %d times", n)
	}
	if err := errors.Join(s.App.Chat.SetSetting(t.Context(), "previews", "off"), s.App.Reload(t.Context())); err != nil {
		t.Fatal(err)
	}
	send(`{"blocks":[{"type":"image","image_url":"AT/wide.jpg?off","alt_text":"when it is off"}]}`)
	if page := ada.Get("/rooms/1").Body; !strings.Contains(page, `href="`+w.URL+`/wide.jpg?off"`) ||
		!strings.Contains(page, "when it is off") {
		t.Error("with previews off it is no link")
	}
	dir := t.TempDir()
	first, second, data := filepath.Join(dir, "first.jsonl"), filepath.Join(dir, "second.jsonl"), filepath.Join(dir, "other.db")
	apptest.Command(t, 0, "", "export", first, "--data", s.Data)
	apptest.Command(t, 0, "", "import", first, "--data", data)
	apptest.Command(t, 0, "", "export", second, "--data", data)
	a, err := os.ReadFile(first)
	b, wrong := os.ReadFile(second)
	if err != nil || wrong != nil || !bytes.Equal(a, b) {
		t.Error("it comes back otherwise", err, wrong)
	}
	if n := w.hits.Load(); n != 4 {
		t.Errorf("with previews off the other server was asked, too: %d times", n)
	}
}
