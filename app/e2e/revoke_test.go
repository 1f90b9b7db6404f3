package e2e

import (
	"net/http"
	"strings"
	"testing"

	"parley/app/apptest"
	"parley/app/cmd"
	"parley/app/live"
)

func TestWhoIsPutOutFallsSilentAtOnce(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bea := s.Signup("ada"), s.Signup("bea")
	ada.Post("/rooms", "name", "secret", "kind", "private", "people", "2").Want(t, http.StatusSeeOther)
	k := bea.View(2, 0)
	ada.Post("/rooms/2/messages", "body", "before").Want(t, http.StatusSeeOther)
	k.Expect("<p>before</p>")
	poll := make(chan apptest.Answer)
	go func() {
		a := bea.Get("/rooms/2/changes?since=99", "HX-Request", "true")
		for a.Status == http.StatusOK { // a badge, a dot: a page asks again
			a = bea.Get("/rooms/2/changes?since=99", "HX-Request", "true")
		}
		poll <- a
	}()
	apptest.Within(t, "the poll waits", func() bool { return s.App.Pages() == 2 })
	ada.Post("/rooms/2/members/2/remove").Want(t, http.StatusSeeOther)
	k.WantClosed(live.CloseNotAllowed)
	(<-poll).Want(t, http.StatusNotFound)
	ada.Post("/rooms/2/messages", "body", "after").Want(t, http.StatusSeeOther)
	if strings.Contains(strings.Join(k.All(), ""), "after") {
		t.Error("who was put out heard what was said after")
	}
	bea.Get("/rooms/2").Want(t, http.StatusNotFound)
	bea.Get("/rooms/2/changes?since=0", "HX-Request", "true").Want(t, http.StatusNotFound)
	other := bea.Open()
	other.Say(`{"t":"view","room":2,"rev":0}`)
	other.WantClosed(live.CloseNotAllowed)
}

func TestASessionThatEndsClosesItsPages(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	for what, end := range map[string]func(b *apptest.Browser){
		"logout": func(b *apptest.Browser) { b.Post("/logout").Want(t, http.StatusSeeOther) },
		"a new password": func(b *apptest.Browser) {
			b.Post("/me/password", "current", apptest.Password, "password", apptest.Password).Want(t, http.StatusSeeOther)
		},
		"parley user passwd": func(*apptest.Browser) {
			if code := cmd.Main([]string{"user", "passwd", "ada", "--data", s.Data}, strings.NewReader(apptest.Password+"\n"),
				t.Output(), t.Output()); code != 0 {
				t.Error("the command ends with", code)
			}
		},
	} {
		b := s.Visitor()
		b.Post("/login", "username", "ada", "password", apptest.Password).Want(t, http.StatusSeeOther)
		k := b.View(1, 0)
		was := *b
		end(b)
		k.WantClosed(live.CloseSessionOver)
		if got := was.Get("/rooms/1", "HX-Request", "true").Status; got != http.StatusUnauthorized {
			t.Errorf("after %s the next request is answered with %d", what, got)
		}
	}
	_ = ada
}

func TestAnOutsiderOfAnOpenRoomHearsNothing(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bea := s.Signup("ada"), s.Signup("bea")
	ada.Post("/rooms", "name", "open", "kind", "open").Want(t, http.StatusSeeOther)
	k := bea.View(2, 0)
	ada.Post("/rooms/2/messages", "body", "for those inside").Want(t, http.StatusSeeOther)
	ada.View(2, 0).Expect("for those inside")
	k.Obeyed()
	if strings.Contains(strings.Join(k.All(), ""), "for those inside") {
		t.Error("an outsider was told")
	}
	bea.Post("/rooms/2/join").Want(t, http.StatusSeeOther)
	k.Say(`{"t":"view","room":2,"rev":0}`)
	k.Expect("for those inside")
}

func TestAPageIsToldWhatConcernsIt(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bea := s.Signup("ada"), s.Signup("bea")
	ada.Post("/rooms", "name", "elsewhere", "kind", "open", "people", "2").Want(t, http.StatusSeeOther)
	k := bea.View(1, 0)
	a := ada.View(1, 0)
	a.Say(`{"t":"typing","room":1}`)
	k.Expect(`id="ty-1"`, "ada", "typing")
	answer := ada.Do("POST", "/rooms/1/messages", "body=hello&cid=c1", "Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site",
		"same-origin", "HX-Request", "true").Want(t, http.StatusOK)
	frame := k.Expect("<p>hello</p>")
	if !strings.HasPrefix(frame, answer.Body) || !strings.Contains(frame, `hx-target="#rev-1"`) || strings.Contains(answer.Body, "rev-1") {
		t.Errorf("the answer to the post\n%s\nis not the beginning of the frame\n%s", answer.Body, frame)
	}
	ada.Post("/rooms/2/messages", "body", "@bea over here").Want(t, http.StatusSeeOther)
	k.Expect(`id="b-2"`, `data-at="1"`)
	k.Say(`{"t":"read","room":2,"upto":99}`)
	k.Expect(`id="b-2"`)
	ada.Post("/rooms/1/settings", "name", "general", "topic", "What everybody should know").Want(t, http.StatusSeeOther)
	k.Expect(`id="rh-1"`, "What everybody should know")
	ada.Post("/dm", "to", "2", "body", "psst").Want(t, http.StatusSeeOther)
	k.Expect(`id="lists"`, `data-at="1"`, "ada")
	s.Stop()
	k.WantClosed(live.CloseRestart)
}

func TestAPollAnswersTheSameQuestion(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	ada.Post("/rooms/1/messages", "body", "first").Want(t, http.StatusSeeOther)
	k := ada.View(1, 0)
	frame := k.Expect("<p>first</p>")
	// A header may be told beside it.
	if got := ada.Get("/rooms/1/changes?since=0", "HX-Request", "true").Want(t, http.StatusOK).Body; !strings.Contains(got, frame) {
		t.Errorf("the poll says\n%s\nthe socket said\n%s", got, frame)
	}
	waiting := make(chan string)
	go func() {
		got := ""
		for !strings.Contains(got, "<p>second</p>") { // a header, told late: a page asks again
			got = ada.Get("/rooms/1/changes?since=1", "HX-Request", "true").Want(t, http.StatusOK).Body
		}
		waiting <- got
	}()
	apptest.Within(t, "the poll waits", func() bool { return s.App.Pages() == 2 })
	ada.Post("/rooms/1/messages", "body", "second").Want(t, http.StatusSeeOther)
	got := <-waiting
	if strings.Contains(got, "first") {
		t.Errorf("the poll that waited says %s", got)
	}
	for range 201 {
		ada.Post("/rooms/1/messages", "body", "many").Want(t, http.StatusSeeOther)
	}
	ada.Get("/rooms/1/changes?since=0", "HX-Request", "true").Want(t, http.StatusResetContent)
	k.Say(`{"t":"view","room":1,"rev":0}`)
	k.Expect(`{"reset":1}`)
}
