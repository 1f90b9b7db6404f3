package app

import (
	"net/http"
	"strings"
	"testing"

	"parley/app/live"
)

func TestWhoIsPutOutFallsSilentAtOnce(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada, bea := s.signup("ada"), s.signup("bea")
	ada.post("/rooms", "name", "secret", "kind", "private", "people", "2").want(t, http.StatusSeeOther)
	k := bea.view(2, 0)
	ada.post("/rooms/2/messages", "body", "before").want(t, http.StatusSeeOther)
	k.expect("<p>before</p>")
	poll := make(chan answer)
	go func() {
		a := bea.get("/rooms/2/changes?since=99", "HX-Request", "true")
		for a.status == http.StatusOK { // a badge, a dot: a page asks again
			a = bea.get("/rooms/2/changes?since=99", "HX-Request", "true")
		}
		poll <- a
	}()
	within(t, "the poll waits", func() bool { return s.app.Pages() == 2 })
	ada.post("/rooms/2/members/2/remove").want(t, http.StatusSeeOther)
	k.wantClosed(live.CloseNotAllowed)
	(<-poll).want(t, http.StatusNotFound)
	ada.post("/rooms/2/messages", "body", "after").want(t, http.StatusSeeOther)
	if strings.Contains(strings.Join(k.all(), ""), "after") {
		t.Error("who was put out heard what was said after")
	}
	bea.get("/rooms/2").want(t, http.StatusNotFound)
	bea.get("/rooms/2/changes?since=0", "HX-Request", "true").want(t, http.StatusNotFound)
	other := bea.open()
	other.say(`{"t":"view","room":2,"rev":0}`)
	other.wantClosed(live.CloseNotAllowed)
}

func TestASessionThatEndsClosesItsPages(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada := s.signup("ada")
	for what, end := range map[string]func(b *browser){
		"logout": func(b *browser) { b.post("/logout").want(t, http.StatusSeeOther) },
		"a new password": func(b *browser) {
			b.post("/me/password", "current", password, "password", password).want(t, http.StatusSeeOther)
		},
		"parley user passwd": func(*browser) {
			if code := Main([]string{"user", "passwd", "ada", "--data", s.data}, strings.NewReader(password+"\n"),
				t.Output(), t.Output()); code != 0 {
				t.Error("the command ends with", code)
			}
		},
	} {
		b := s.visitor()
		b.post("/login", "username", "ada", "password", password).want(t, http.StatusSeeOther)
		k := b.view(1, 0)
		was := *b
		end(b)
		k.wantClosed(live.CloseSessionOver)
		if got := was.get("/rooms/1", "HX-Request", "true").status; got != http.StatusUnauthorized {
			t.Errorf("after %s the next request is answered with %d", what, got)
		}
	}
	_ = ada
}

func TestAnOutsiderOfAnOpenRoomHearsNothing(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada, bea := s.signup("ada"), s.signup("bea")
	ada.post("/rooms", "name", "open", "kind", "open").want(t, http.StatusSeeOther)
	k := bea.view(2, 0)
	ada.post("/rooms/2/messages", "body", "for those inside").want(t, http.StatusSeeOther)
	ada.view(2, 0).expect("for those inside")
	k.obeyed()
	if strings.Contains(strings.Join(k.all(), ""), "for those inside") {
		t.Error("an outsider was told")
	}
	bea.post("/rooms/2/join").want(t, http.StatusSeeOther)
	k.say(`{"t":"view","room":2,"rev":0}`)
	k.expect("for those inside")
}

func TestAPageIsToldWhatConcernsIt(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada, bea := s.signup("ada"), s.signup("bea")
	ada.post("/rooms", "name", "elsewhere", "kind", "open", "people", "2").want(t, http.StatusSeeOther)
	k := bea.view(1, 0)
	a := ada.view(1, 0)
	a.say(`{"t":"typing","room":1}`)
	k.expect(`id="ty-1"`, "ada", "typing")
	answer := ada.do("POST", "/rooms/1/messages", "body=hello&cid=c1", "Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site",
		"same-origin", "HX-Request", "true").want(t, http.StatusOK)
	frame := k.expect("<p>hello</p>")
	if !strings.HasPrefix(frame, answer.body) || !strings.Contains(frame, `hx-target="#rev-1"`) || strings.Contains(answer.body, "rev-1") {
		t.Errorf("the answer to the post\n%s\nis not the beginning of the frame\n%s", answer.body, frame)
	}
	ada.post("/rooms/2/messages", "body", "@bea over here").want(t, http.StatusSeeOther)
	k.expect(`id="b-2"`, `data-at="1"`)
	k.say(`{"t":"read","room":2,"upto":99}`)
	k.expect(`id="b-2"`)
	ada.post("/rooms/1/settings", "name", "general", "topic", "What everybody should know").want(t, http.StatusSeeOther)
	k.expect(`id="rh-1"`, "What everybody should know")
	ada.post("/dm", "to", "2", "body", "psst").want(t, http.StatusSeeOther)
	k.expect(`id="lists"`, `data-at="1"`, "ada")
	s.stop()
	k.wantClosed(live.CloseRestart)
}

func TestAPollAnswersTheSameQuestion(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada := s.signup("ada")
	ada.post("/rooms/1/messages", "body", "first").want(t, http.StatusSeeOther)
	k := ada.view(1, 0)
	frame := k.expect("<p>first</p>")
	// A header may be told beside it.
	if got := ada.get("/rooms/1/changes?since=0", "HX-Request", "true").want(t, http.StatusOK).body; !strings.Contains(got, frame) {
		t.Errorf("the poll says\n%s\nthe socket said\n%s", got, frame)
	}
	waiting := make(chan string)
	go func() {
		got := ""
		for !strings.Contains(got, "<p>second</p>") { // a header, told late: a page asks again
			got = ada.get("/rooms/1/changes?since=1", "HX-Request", "true").want(t, http.StatusOK).body
		}
		waiting <- got
	}()
	within(t, "the poll waits", func() bool { return s.app.Pages() == 2 })
	ada.post("/rooms/1/messages", "body", "second").want(t, http.StatusSeeOther)
	got := <-waiting
	if strings.Contains(got, "first") {
		t.Errorf("the poll that waited says %s", got)
	}
	for range 201 {
		ada.post("/rooms/1/messages", "body", "many").want(t, http.StatusSeeOther)
	}
	ada.get("/rooms/1/changes?since=0", "HX-Request", "true").want(t, http.StatusResetContent)
	k.say(`{"t":"view","room":1,"rev":0}`)
	k.expect(`{"reset":1}`)
}
