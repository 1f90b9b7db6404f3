package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"parley/app"
	"parley/app/apptest"
	"parley/app/chat"
)

// web is another server, with pages of its own.
type web struct {
	*httptest.Server
	hits atomic.Int32
}

// ferries has a page with a picture, and some that are none.
func ferries(t *testing.T) *web {
	w := &web{}
	boat, wide := apptest.JpegOf(t, 300, 200), apptest.JpegOf(t, 1200, 630)
	w.Server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.hits.Add(1)
		page := func(head string) {
			rw.Header().Set("Content-Type", "text/html; charset=utf-8")
			fmt.Fprint(rw, "<!doctype html><html><head>"+head+"</head><body>…")
		}
		switch r.URL.Path {
		case "/winter":
			page(`<title>x</title><meta property="og:site_name" content="Tidewater Ferries"><meta property="og:title" content="Winter <b>timetable</b>">
				<meta property="og:description" content="All lines from 1 December."><meta property="og:image" content="/boat.jpg">`)
		case "/plain":
			page("<title>A plain page</title>")
		case "/wide":
			page(`<title>A wide one</title><meta property="og:image" content="/wide.jpg">`)
		case "/film":
			page(`<title>A film</title><link rel="alternate" type="application/json+oembed" href="/oembed">`)
		case "/oembed":
			rw.Header().Set("Content-Type", "application/json")
			fmt.Fprint(rw, `{"title":"not taken","provider_name":"Filmhouse","thumbnail_url":"/boat.jpg"}`)
		case "/boat.jpg":
			rw.Header().Set("Content-Type", "image/jpeg")
			rw.Write(boat)
		case "/wide.jpg":
			rw.Header().Set("Content-Type", "image/jpeg")
			rw.Write(wide)
		case "/liar.jpg":
			rw.Header().Set("Content-Type", "image/jpeg")
			fmt.Fprint(rw, "<script>alert(1)</script>")
		case "/liar":
			page(`<title>A liar</title><meta property="og:image" content="/liar.jpg">`)
		case "/huge":
			rw.Header().Set("Content-Type", "text/html")
			fmt.Fprint(rw, "<title>Huge</title>"+strings.Repeat("<p>more of it</p>\n", 200_000))
		case "/to":
			http.Redirect(rw, r, r.URL.Query().Get("at"), http.StatusFound)
		default:
			http.NotFound(rw, r)
		}
	}))
	t.Cleanup(w.Close)
	return w
}

// looksAt starts a server that looks at links to 127.0.0.1 and nothing else inside.
func looksAt(t *testing.T) *apptest.Server {
	return apptest.Start(t, func(c *app.Config) {
		c.NoPreviews, c.PreviewAllowed = false, []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
	})
}

func TestLinksAreShownWithWhatTheyLeadTo(t *testing.T) {
	t.Parallel()
	w, s := ferries(t), looksAt(t)
	ada, bea, cid := s.Signup("ada"), s.Signup("bea"), s.Signup("cid")
	m := bea.Says(1, "see "+w.URL+"/winter and "+w.URL+"/plain")
	at := fmt.Sprintf("/messages/%d", m)
	apptest.Within(t, "both are shown", func() bool { return strings.Count(ada.Get(at).Body, `<article class="unf"`) == 2 })
	page := ada.Get("/rooms/1").Body
	for _, part := range []string{"Tidewater Ferries", "Winter &lt;b&gt;timetable&lt;/b&gt;", "All lines from 1 December.", "A plain page",
		`rel="noreferrer nofollow"`, "preview.css"} {
		if !strings.Contains(page, part) {
			t.Errorf("the room lacks %s", part)
		}
	}
	if strings.Contains(page, `src="http`) {
		t.Error("a picture is asked for elsewhere")
	}
	picture := ada.Get("/files/"+apptest.Tokens(page)[0]+"/s").Want(t, http.StatusOK)
	if kind := http.DetectContentType([]byte(picture.Body)); kind != "image/jpeg" || picture.Header.Get("Content-Type") != kind {
		t.Error("the picture is", kind)
	}
	var data struct {
		Message struct {
			Previews []struct{ URL, Title, Picture string }
			Files    []any
		}
	}
	if err := json.Unmarshal([]byte(ada.Get(at+".json").Body), &data); err != nil {
		t.Fatal(err)
	}
	if p := data.Message.Previews; len(p) != 2 || p[0].Title != "Winter <b>timetable</b>" || p[0].Picture == "" || p[1].Picture != "" ||
		len(data.Message.Files) != 0 {
		t.Errorf("as JSON it is %+v", data)
	}
	if files := ada.Get("/rooms/1/files?view=page").Body; strings.Contains(files, apptest.Tokens(page)[0]) {
		t.Error("it is among the files of the room")
	}
	// Who looks again is not asked for again.
	before := w.hits.Load()
	again := ada.Says(1, "once more: "+w.URL+"/plain")
	apptest.Within(t, "it is shown again", func() bool {
		return strings.Contains(ada.Get(fmt.Sprintf("/messages/%d", again)).Body,
			"A plain page")
	})
	if w.hits.Load() != before {
		t.Error("the page was asked for twice")
	}

	// Its author removes one, and brings it back; who moderates may, others may not.
	cid.Post(at+"/previews/1/remove").Want(t, http.StatusForbidden)
	bea.Post(at+"/previews/9/remove").Want(t, http.StatusNotFound)
	bea.Post(at+"/previews/1/remove").Want(t, http.StatusSeeOther)
	if strings.Contains(ada.Get(at).Body, "Tidewater") {
		t.Error("what was removed is shown")
	}
	cid.Post(at+"/previews/1/restore").Want(t, http.StatusForbidden)
	bea.Post(at+"/previews/1/restore").Want(t, http.StatusSeeOther)
	if !strings.Contains(ada.Get(at).Body, "Tidewater") {
		t.Error("what was brought back is not shown")
	}
	toast := ada.Do(http.MethodPost, at+"/previews/1/remove", "", "Sec-Fetch-Site", "same-origin", "HX-Request", "true").Want(t,
		http.StatusOK).Body
	if !strings.Contains(toast, "Preview removed for everybody") || !strings.Contains(toast, at+"/previews/1/restore") {
		t.Error("the answer is", toast)
	}
	if log := ada.Get("/admin/log").Body; !strings.Contains(log, "removed what a link of @bea in #general leads to") {
		t.Error("the log does not tell of it")
	}
	bea.Post(at+"/edit", "body", "now with other words: "+w.URL+"/winter").Want(t, http.StatusSeeOther)
	if page := ada.Get(at).Body; strings.Contains(page, "Tidewater") || strings.Contains(page, "A plain page") {
		t.Error("an edit brings back what was removed, or keeps what is gone")
	}
}

func TestWhatLinksMayShow(t *testing.T) {
	t.Parallel()
	w, s := ferries(t), looksAt(t)
	ada := s.Signup("ada")
	shown := func(body string, titles ...string) string {
		t.Helper()
		at := fmt.Sprintf("/messages/%d", ada.Says(1, body))
		last := fmt.Sprintf("/messages/%d", ada.Says(1, "then "+w.URL+"/plain"))
		apptest.Within(t, "later ones are shown", func() bool { return strings.Contains(ada.Get(last).Body, "A plain page") })
		apptest.Within(t, body, func() bool {
			page := ada.Get(at).Body
			for _, title := range titles {
				if !strings.Contains(page, title) {
					return false
				}
			}
			return true
		})
		return ada.Get(at).Body
	}
	if page := shown(w.URL+"/wide", "A wide one"); !strings.Contains(page, "data-wide") {
		t.Error("a wide picture stands beside the words")
	}
	if page := shown(w.URL+"/film", "A film", "Filmhouse"); !strings.Contains(page, "/s\"") {
		t.Error("the picture of oEmbed is not shown")
	}
	if page := shown(w.URL+"/liar", "A liar"); strings.Contains(page, "unf-pic") {
		t.Error("a picture that is none is shown")
	}
	shown(w.URL+"/huge", "Huge")
	for _, body := range []string{"`" + w.URL + "/winter`", "<" + w.URL + "/winter>", w.URL + "/boat.jpg", w.URL + "/nothing"} {
		if page := shown(body); strings.Contains(page, `class="unf"`) {
			t.Errorf("%s is shown", body)
		}
	}
	// The workspace turns it off; the person only for himself.
	ada.Post("/me/appearance", "previews", "0").Want(t, http.StatusSeeOther)
	if !strings.Contains(ada.Get("/rooms/1").Body, `data-previews="off"`) {
		t.Error("the page does not know that they are off")
	}
	ada.Post("/admin/settings", "workspace", "W", "signup", "open", "previews", "0").Want(t, http.StatusSeeOther)
	before := w.hits.Load()
	at := fmt.Sprintf("/messages/%d", ada.Says(1, w.URL+"/winter"))
	ada.Post("/admin/settings", "workspace", "W", "signup", "open", "previews", "1").Want(t, http.StatusSeeOther)
	shown(w.URL+"/film", "A film")
	if strings.Contains(ada.Get(at).Body, `class="unf"`) || w.hits.Load() != before+1 { // the picture of the film, made anew for that message
		t.Errorf("what was said while it was off is shown, or was asked for: %d hits", w.hits.Load()-before)
	}
}

// A link to a message shows it to who may read it, and to others exactly what one to no
// message shows.
func TestLinksToMessagesShowThemToWhoMayRead(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bea := s.Signup("ada"), s.Signup("bea")
	room := ada.Found("hideout", "private")
	secret := ada.Says(room, "the boat leaves at dawn")
	m := ada.Says(1, fmt.Sprintf("that one: %s/rooms/%d/@%d", s.Base, room, secret))
	page := bea.Get("/rooms/1").Body
	if strings.Contains(page, "at dawn") || !strings.Contains(page, fmt.Sprintf("/messages/%d/card?in=%d&amp;n=1", secret, m)) {
		t.Error("the page of an outsider has the message, or no place for it")
	}
	card := fmt.Sprintf("/messages/%d/card?in=%d&n=1", secret, m)
	if a := ada.Get(card, "HX-Request", "true").Want(t, http.StatusOK); !strings.Contains(a.Body, "at dawn") ||
		!strings.Contains(a.Body, "#hideout") {
		t.Error("its card is", a.Body)
	}
	hidden, none := bea.Get(card, "HX-Request", "true").Want(t, http.StatusOK), bea.Get("/messages/99999/card?in=1&n=1", "HX-Request",
		"true").Want(t, http.StatusOK)
	if hidden.Body != "" || none.Body != "" {
		t.Error("what is hidden answers otherwise than what is not there")
	}
	ada.Get(card).Want(t, http.StatusSeeOther)
	ada.Post(fmt.Sprintf("/messages/%d/delete", secret))
	if a := ada.Get(card, "HX-Request", "true").Want(t, http.StatusOK); a.Body != "" {
		t.Error("what is deleted has the card", a.Body)
	}
	bea.Get(card).Want(t, http.StatusNotFound)
	ada.Post(fmt.Sprintf("/messages/%d/previews/1/remove", m)).Want(t, http.StatusSeeOther)
	if strings.Contains(bea.Get("/rooms/1").Body, "unf-slot") {
		t.Error("the card was removed and has its place")
	}
}

// Whatever a link says, nothing inside is asked: 60 spellings, redirects, pictures.
func TestNoLinkIsLookedAtInside(t *testing.T) {
	t.Parallel()
	var hits atomic.Int32
	canary := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hits.Add(1) }))
	l, err := net.Listen("tcp", "127.0.0.9:0")
	if err != nil {
		t.Skip(err)
	}
	canary.Listener = l
	canary.Start()
	defer canary.Close()
	_, port, _ := net.SplitHostPort(canary.Listener.Addr().String())
	w, s := ferries(t), looksAt(t) // 127.0.0.1 is allowed, and leads on
	ada := s.Signup("ada")
	var last int
	for _, host := range strings.Fields(`127.0.0.9 127.0.9 127.9 127.000.000.011 0177.0.0.011 0x7f.0.0.9 0x7f000009 2130706441 017700000011 0.0.0.0 0 [::] [::1] [::ffff:127.0.0.9]
		[::ffff:7f00:9] [::127.0.0.9] [64:ff9b::127.0.0.9] [2002:7f00:9::] [0:0:0:0:0:ffff:127.0.0.9] localhost LOCALHOST localhost. 127.0.0.9. ip6-localhost`) {
		last = ada.Says(1, "look: http://"+host+":"+port+"/ and "+w.URL+"/to?at=http://"+host+":"+port+"/")
	}
	for _, path := range []string{"file:///etc/passwd", "gopher://127.0.0.9/", "//127.0.0.9:" + port, "http://u:p@127.0.0.9:" + port + "/"} {
		last = ada.Says(1, w.URL+"/to?at="+path)
	}
	at := ada.Says(1, w.URL+"/plain")
	apptest.Within(t, "all were looked at", func() bool {
		return strings.Contains(ada.Get(fmt.Sprintf("/messages/%d", at)).Body, "A plain page")
	})
	apptest.Within(t, "none waits", func() bool {
		m, err := s.Stored().Message(t.Context(), chat.MessageID(last))
		return err == nil && !m.Fetches()
	})
	if hits.Load() > 0 {
		t.Error("the canary was asked", hits.Load(), "times")
	}
	if strings.Count(ada.Get("/rooms/1").Body, `class="unf"`) != 1 {
		t.Error("something inside is shown")
	}
}

// What links lead to goes with an export, with its pictures, and comes back as it was.
func TestPreviewsGoWithAnExport(t *testing.T) {
	t.Parallel()
	w, s := ferries(t), looksAt(t)
	ada := s.Signup("ada")
	at := fmt.Sprintf("/messages/%d", ada.Says(1, w.URL+"/winter"))
	apptest.Within(t, "it is shown", func() bool { return strings.Contains(ada.Get(at).Body, "unf-pic") })
	dir := t.TempDir()
	first, second, data := filepath.Join(dir, "first.jsonl"), filepath.Join(dir, "second.jsonl"), filepath.Join(dir, "other.db")
	apptest.Command(t, 0, "", "export", first, "--data", s.Data)
	apptest.Command(t, 0, "", "import", first, "--data", data)
	apptest.Command(t, 0, "", "export", second, "--data", data)
	a, err := os.ReadFile(first)
	b, wrong := os.ReadFile(second)
	if err != nil || wrong != nil || !bytes.Equal(a, b) {
		t.Fatal("it comes back otherwise", err, wrong)
	}
	if !strings.Contains(string(a), `"use":"preview"`) || !strings.Contains(string(a), "Tidewater") {
		t.Error("the export lacks what the link leads to")
	}
	apptest.Command(t, 0, "", "check", "--data", data)
}
