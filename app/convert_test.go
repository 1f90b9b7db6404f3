package app

import (
	"strings"
	"testing"
)

// A room is made private and opened again: who is not in it neither finds it nor
// reads it meanwhile, by any way; who is in it sees it happen.
func TestARoomIsMadePrivateAndOpenedAgain(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada, bea, cid := s.signup("ada"), s.signup("bea"), s.signup("cid")
	ada.post("/rooms", "name", "harbour", "kind", "open", "topic", "Boats").want(t, 303)
	bea.post("/rooms/2/join").want(t, 303)
	id := ada.send(2, "a", "The barometer falls")
	sees := func(when string, want bool) {
		t.Helper()
		for path, of := range map[string]string{"/rooms/2": "barometer", "/rooms": "harbour",
			"/search?q=barometer": "The <mark>barometer</mark>", "/jump?q=harb": "harbour</b>",
			"/messages/" + id: "barometer", "/rooms/2/@" + id: "barometer"} {
			if page := cid.get(path); strings.Contains(page.body, of) != want {
				t.Errorf("%s, %s with %d: %q is there: %v", when, path, page.status, of, !want)
			}
		}
	}
	sees("while it is open", true)
	bea.post("/rooms/2/privacy", "kind", "private").want(t, 403)
	cid.post("/rooms/2/privacy", "kind", "private").want(t, 403)
	ada.post("/rooms/2/privacy", "kind", "direct").want(t, 422)
	ada.post("/rooms/2/privacy", "kind", "private").want(t, 303)
	sees("when it is private", false)
	cid.post("/rooms/2/join").want(t, 404)
	cid.post("/rooms/2/privacy", "kind", "open").want(t, 404)
	if page := bea.get("/rooms/2").want(t, 200).body; !strings.Contains(page, "made the room private") ||
		!strings.Contains(page, "barometer") {
		t.Error("who is in it does not see what happened")
	}
	ada.post("/rooms/2/privacy", "kind", "open").want(t, 303)
	sees("when it is open again", true)
	if page := cid.get("/rooms/2").want(t, 200).body; !strings.Contains(page, "opened the room to everybody") {
		t.Error("that it was opened is not told")
	}
	if page := ada.get("/admin/log").want(t, 200).body; !strings.Contains(page, "made #harbour private.") ||
		!strings.Contains(page, "made #harbour open.") {
		t.Error("the log has nothing of it")
	}
	ada.post("/rooms/1/privacy", "kind", "private").want(t, 403)
	command(t, 0, "", "check", "--data", s.data)
}

func TestARoomThatBecomesPrivateShowsItInOpenPages(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada, bea := s.signup("ada"), s.signup("bea")
	ada.post("/rooms", "name", "harbour", "kind", "open").want(t, 303)
	bea.post("/rooms/2/join").want(t, 303)
	p := openChromium(t).person("bea", s.base)
	p.enter(bea)
	p.open("/rooms/2")
	p.live()
	ada.post("/rooms/2/privacy", "kind", "private").want(t, 303)
	p.sees(".sys", "ada made the room private")
	p.until("a lock in the sidebar", `document.querySelector('#r-2 use').getAttribute('href').endsWith('#lock')`)
	p.until("a lock in the header", `document.querySelector('#rh-2 h1 use').getAttribute('href').endsWith('#lock')`)
	p.until("its label everywhere", `document.getElementById('box').placeholder === 'Message harbour' &&
		document.querySelector('.beginning h2').textContent.endsWith(' harbour') && !document.title.includes('#')`)
	ada.post("/rooms/2/settings", "name", "quay", "topic", "").want(t, 303)
	p.until("its new name everywhere", `document.getElementById('box').placeholder === 'Message quay' &&
		document.querySelector('.beginning h2').textContent.endsWith(' quay')`)
	ada.tell(2, "between us")
	p.once("between us")
}
