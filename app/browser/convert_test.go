package browser

import (
	"strings"
	"testing"

	"parley/app/apptest"
)

// A room is made private and opened again: who is not in it neither finds it nor
// reads it meanwhile, by any way; who is in it sees it happen.
func TestARoomIsMadePrivateAndOpenedAgain(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bea, cid := s.Signup("ada"), s.Signup("bea"), s.Signup("cid")
	ada.Post("/rooms", "name", "harbour", "kind", "open", "topic", "Boats").Want(t, 303)
	bea.Post("/rooms/2/join").Want(t, 303)
	id := ada.Send(2, "a", "The barometer falls")
	sees := func(when string, want bool) {
		t.Helper()
		for path, of := range map[string]string{"/rooms/2": "barometer", "/rooms": "harbour",
			"/search?q=barometer": "The <mark>barometer</mark>", "/jump?q=harb": "harbour</b>",
			"/messages/" + id: "barometer", "/rooms/2/@" + id: "barometer"} {
			if page := cid.Get(path); strings.Contains(page.Body, of) != want {
				t.Errorf("%s, %s with %d: %q is there: %v", when, path, page.Status, of, !want)
			}
		}
	}
	sees("while it is open", true)
	bea.Post("/rooms/2/privacy", "kind", "private").Want(t, 403)
	cid.Post("/rooms/2/privacy", "kind", "private").Want(t, 403)
	ada.Post("/rooms/2/privacy", "kind", "direct").Want(t, 422)
	ada.Post("/rooms/2/privacy", "kind", "private").Want(t, 303)
	sees("when it is private", false)
	cid.Post("/rooms/2/join").Want(t, 404)
	cid.Post("/rooms/2/privacy", "kind", "open").Want(t, 404)
	if page := bea.Get("/rooms/2").Want(t, 200).Body; !strings.Contains(page, "made the room private") ||
		!strings.Contains(page, "barometer") {
		t.Error("who is in it does not see what happened")
	}
	ada.Post("/rooms/2/privacy", "kind", "open").Want(t, 303)
	sees("when it is open again", true)
	if page := cid.Get("/rooms/2").Want(t, 200).Body; !strings.Contains(page, "opened the room to everybody") {
		t.Error("that it was opened is not told")
	}
	if page := ada.Get("/admin/log").Want(t, 200).Body; !strings.Contains(page, "made #harbour private.") ||
		!strings.Contains(page, "made #harbour open.") {
		t.Error("the log has nothing of it")
	}
	ada.Post("/rooms/1/privacy", "kind", "private").Want(t, 403)
	apptest.Command(t, 0, "", "check", "--data", s.Data)
}

func TestARoomThatBecomesPrivateShowsItInOpenPages(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bea := s.Signup("ada"), s.Signup("bea")
	ada.Post("/rooms", "name", "harbour", "kind", "open").Want(t, 303)
	bea.Post("/rooms/2/join").Want(t, 303)
	p := openChromium(t).person("bea", s.Base)
	p.enter(bea)
	p.open("/rooms/2")
	p.live()
	ada.Post("/rooms/2/privacy", "kind", "private").Want(t, 303)
	p.sees(".sys", "ada made the room private")
	p.until("a lock in the sidebar", `document.querySelector('#r-2 use').getAttribute('href').endsWith('#lock')`)
	p.until("a lock in the header", `document.querySelector('#rh-2 h1 use').getAttribute('href').endsWith('#lock')`)
	p.until("its label everywhere", `document.getElementById('box').placeholder === 'Message harbour' &&
		document.querySelector('.beginning h2').textContent.endsWith(' harbour') && !document.title.includes('#')`)
	ada.Post("/rooms/2/settings", "name", "quay", "topic", "").Want(t, 303)
	p.until("its new name everywhere", `document.getElementById('box').placeholder === 'Message quay' &&
		document.querySelector('.beginning h2').textContent.endsWith(' quay')`)
	ada.Tell(2, "between us")
	p.once("between us")
}
