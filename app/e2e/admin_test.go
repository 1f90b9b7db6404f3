package e2e

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"parley/app/apptest"
	"parley/app/live"
)

func TestOnlyAdministratorsAdminister(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bea, out := s.Signup("ada"), s.Signup("bea"), s.Visitor()
	for _, path := range []string{"/admin", "/admin/people", "/admin/people/1", "/admin/people/99", "/admin/rooms",
		"/admin/invites", "/admin/settings", "/admin/log"} {
		if r := out.Get(path).Want(t, http.StatusSeeOther); !strings.HasPrefix(r.Location(), "/login") {
			t.Error(path, "sends a visitor to", r.Location())
		}
		bea.Get(path).Want(t, http.StatusForbidden)
		if path != "/admin/people/99" {
			ada.Get(path).Want(t, http.StatusOK)
		}
	}
	ada.Get("/admin/people/99").Want(t, http.StatusNotFound)
	for _, path := range []string{"/admin/people/1/role", "/admin/people/1/disable", "/admin/people/1/enable", "/admin/people/1/ban",
		"/admin/people/1/logout", "/admin/people/1/reset",
		"/admin/invites", "/admin/invites/1/revoke", "/admin/settings", "/admin/limits"} {
		bea.Post(path, "role", "administrator", "uses", "1", "expires", "7d", "workspace", "x", "signup", "open").Want(t, http.StatusForbidden)
		out.Post(path).Want(t, http.StatusSeeOther)
	}
	if p := bea.Get("/reports").Want(t, http.StatusOK).Body; !strings.Contains(p, "Nothing to decide") {
		t.Error("a member finds reports")
	}
	bea.Post("/reports/1", "do", "delete").Want(t, http.StatusNotFound)
	ada.Post("/admin/people/1/role", "role", "member").Want(t, http.StatusUnprocessableEntity) // the last one
	ada.Post("/admin/people/1/disable").Want(t, http.StatusUnprocessableEntity)
	ada.Post("/admin/people/2/role", "role", "king").Want(t, http.StatusUnprocessableEntity)
	ada.Post("/admin/people/2/role", "role", "administrator").Want(t, http.StatusSeeOther)
	bea.Get("/admin").Want(t, http.StatusOK)
	bea.Post("/admin/people/1/role", "role", "member").Want(t, http.StatusSeeOther)
	ada.Get("/admin").Want(t, http.StatusForbidden)
	if log := bea.Get("/admin/log").Body; !strings.Contains(log, "made @bea administrator") {
		t.Error("the log does not tell")
	}
}

func TestAnInviteBringsWhomItSays(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	ada.Post("/admin/settings", "workspace", "Lighthouse Studio", "signup", "invite").Want(t, http.StatusSeeOther)
	s.Visitor().Post("/signup", "username", "bea", "password", apptest.Password).Want(t, http.StatusForbidden)
	three := ada.Invite(t, "3", "member")
	var mu sync.Mutex
	var all sync.WaitGroup
	came := map[int]int{}
	for _, name := range []string{"bea", "cid", "dov", "eve", "fay", "gil", "hal"} {
		all.Go(func() {
			r := s.Visitor().Post(three, "username", name, "password", apptest.Password)
			for r.Status == http.StatusServiceUnavailable { // a busy machine: too many wait for their hash
				r = s.Visitor().Post(three, "username", name, "password", apptest.Password)
			}
			mu.Lock()
			defer mu.Unlock()
			came[r.Status]++
		})
	}
	all.Wait()
	if came[http.StatusSeeOther] != 3 || came[http.StatusGone] != 4 {
		t.Error("answers by status:", came)
	}
	s.Visitor().Get(three).Want(t, http.StatusGone)
	s.Visitor().Get("/join/NEVERWASANYTHING").Want(t, http.StatusNotFound)
	boss := ada.Invite(t, "1", "administrator")
	if page := ada.Get(boss).Want(t, http.StatusOK).Body; !strings.Contains(page, "already in") {
		t.Error("who is in already is asked to sign up")
	}
	s.Visitor().Post(boss, "username", "ADA", "password", apptest.Password).Want(t, http.StatusUnprocessableEntity) // costs no use
	ida := s.Visitor()
	ida.Post(boss, "username", "ida", "password", apptest.Password).Want(t, http.StatusSeeOther)
	ida.Get("/admin").Want(t, http.StatusOK)
	revoked := ada.Invite(t, "0", "member")
	ada.Post("/admin/invites/3/revoke").Want(t, http.StatusSeeOther)
	ada.Post("/admin/invites/99/revoke").Want(t, http.StatusNotFound)
	s.Visitor().Post(revoked, "username", "kim", "password", apptest.Password).Want(t, http.StatusGone)
	closed := ada.Invite(t, "0", "member")
	ada.Post("/admin/settings", "workspace", "Lighthouse Studio", "signup", "closed").Want(t, http.StatusSeeOther)
	s.Visitor().Post(closed, "username", "kim", "password", apptest.Password).Want(t, http.StatusForbidden)
}

func TestALinkSetsANewPasswordOnce(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bea := s.Signup("ada"), s.Signup("bea")
	link := func() string {
		return apptest.ResetLink.FindStringSubmatch(ada.Post("/admin/people/2/reset").Want(t, http.StatusOK).Body)[1]
	}
	first, second := link(), link()
	s.Visitor().Get(first).Want(t, http.StatusGone) // the second took its place
	s.Visitor().Get("/reset/nothing").Want(t, http.StatusGone)
	k := bea.View(1, 0)
	out := s.Visitor()
	out.Post(second, "password", "short").Want(t, http.StatusUnprocessableEntity)
	out.Post(second, "password", "a much better one").Want(t, http.StatusSeeOther)
	k.WantClosed(live.CloseSessionOver)
	out.Get("/").Want(t, http.StatusOK)
	bea.Get("/").Want(t, http.StatusSeeOther)
	s.Visitor().Post(second, "password", "yet another one").Want(t, http.StatusGone)
	s.Visitor().Post("/login", "username", "bea", "password", apptest.Password).Want(t, http.StatusUnprocessableEntity)
	s.Visitor().Post("/login", "username", "bea", "password", "a much better one").Want(t, http.StatusSeeOther)
}

func TestWhoIsBannedIsOutAtOnceAndWhatHeWroteIsGone(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bea, dan := s.Signup("ada"), s.Signup("bea"), s.Signup("dan")
	for range 5 {
		dan.Send(1, "", "cheap watches")
	}
	k, b := dan.View(1, 0), bea.View(1, 0)
	ada.Post("/admin/people/3/ban", "erase", "1").Want(t, http.StatusSeeOther)
	k.WantClosed(live.CloseSessionOver)
	dan.Get("/rooms/1").Want(t, http.StatusSeeOther)
	dan.Post("/rooms/1/messages", "body", "still here").Want(t, http.StatusSeeOther)
	s.Visitor().Post("/login", "username", "dan", "password", apptest.Password).Want(t, http.StatusUnprocessableEntity)
	apptest.Within(t, "the messages are gone", func() bool {
		return !strings.Contains(bea.Get("/rooms/1").Want(t, http.StatusOK).Body, "cheap watches")
	})
	b.Expect(`class="gone"`)
	ada.Post("/admin/people/3/reset").Want(t, http.StatusNotFound)
	ada.Post("/admin/people/3/enable").Want(t, http.StatusSeeOther)
	s.Visitor().Post("/login", "username", "dan", "password", apptest.Password).Want(t, http.StatusSeeOther)
	for what, do := range map[string]string{"logout": "/logout", "deactivation": "/disable"} {
		dan := s.Visitor()
		dan.Post("/login", "username", "dan", "password", apptest.Password).Want(t, http.StatusSeeOther)
		k := dan.View(1, 0)
		ada.Post("/admin/people/3"+do).Want(t, http.StatusSeeOther)
		k.WantClosed(live.CloseSessionOver)
		if r := dan.Get("/"); r.Status != http.StatusSeeOther {
			t.Error("after", what, r.Status)
		}
		ada.Post("/admin/people/3/enable").Want(t, http.StatusSeeOther)
	}
}

func TestWhoIsBannedFromARoomFindsNoneThere(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bea := s.Signup("ada"), s.Signup("bea")
	ada.Post("/rooms", "name", "harbour", "kind", "open", "people", "2").Want(t, http.StatusSeeOther)
	bea.Send(2, "", "lighthouse")
	k := bea.View(2, 0)
	ada.Post("/rooms/2/members/2/ban").Want(t, http.StatusSeeOther)
	k.WantClosed(live.CloseNotAllowed)
	nothing := bea.Get("/rooms/99").Want(t, http.StatusNotFound)
	for _, path := range []string{"/rooms/2", "/rooms/2/people", "/rooms/2/settings", "/rooms/2/changes?since=0", "/rooms/2/mentions?q=a"} {
		bea.Get(path).Want(t, http.StatusNotFound)
	}
	if same(bea.Get("/rooms/2")) != same(nothing) {
		t.Error("the answer tells that the room exists")
	}
	bea.Post("/rooms/2/join").Want(t, http.StatusNotFound)
	for _, path := range []string{"/rooms", "/search?q=lighthouse", "/jump?q=harbour", "/people/1"} {
		if strings.Contains(bea.Get(path).Want(t, http.StatusOK).Body, `/rooms/2`) {
			t.Error(path, "names the room")
		}
	}
	ada.Post("/rooms/2/members/2/unban").Want(t, http.StatusSeeOther)
	bea.Post("/rooms/2/join").Want(t, http.StatusSeeOther)
}

func TestSlowModeAnswersWithWhenToGoOn(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bea := s.Signup("ada"), s.Signup("bea")
	page := bea.View(1, 0)
	ada.Post("/rooms/1/slow", "slow", "60").Want(t, http.StatusSeeOther)
	page.Expect(`hx-target="#sl-1"`, `<p id="sl-1">Slow mode: one message every`)
	bea.Post("/rooms/1/slow", "slow", "0").Want(t, http.StatusForbidden)
	ada.Post("/rooms/1/slow", "slow", "a while").Want(t, http.StatusUnprocessableEntity)
	bea.Send(1, "first", "one")
	r := bea.Post("/rooms/1/messages", "body", "two, which is kept").Want(t, http.StatusTooManyRequests)
	if !strings.Contains(r.Body, "Slow mode") || !strings.Contains(r.Body, "two, which is kept") || r.Header.Get("Retry-After") == "" {
		t.Error(r.Header.Get("Retry-After"), r.Body)
	}
	ada.Send(1, "a1", "owners")
	ada.Send(1, "a2", "go on")
}

func TestFewerDaysAreConfirmedBeforeAnythingIsDeleted(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	ada.Send(1, "", "lighthouse")
	form := []string{"workspace", "Lighthouse Studio", "signup", "open", "retention.days", "30"}
	if r := ada.Post("/admin/settings", form...).Want(t, http.StatusUnprocessableEntity); !strings.Contains(r.Body, `name="agree"`) {
		t.Error("there is nothing to agree with")
	}
	ada.Post("/admin/settings", append(form, "agree", "1")...).Want(t, http.StatusSeeOther)
	ada.Post("/admin/settings", form...).Want(t, http.StatusSeeOther) // as it is already
	if !strings.Contains(ada.Get("/rooms/1").Body, "lighthouse") {
		t.Error("what is young was deleted")
	}
	if log := ada.Get("/admin/log").Body; strings.Count(log, "retention.days") != 1 || strings.Contains(log, "workspace.name") {
		t.Error("the log tells of what did not change")
	}
}
