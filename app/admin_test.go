package app

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"parley/app/live"
)

func TestOnlyAdministratorsAdminister(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada, bea, out := s.signup("ada"), s.signup("bea"), s.visitor()
	for _, path := range []string{"/admin", "/admin/people", "/admin/people/1", "/admin/people/99", "/admin/rooms",
		"/admin/invites", "/admin/settings", "/admin/log"} {
		if r := out.get(path).want(t, http.StatusSeeOther); !strings.HasPrefix(r.location(), "/login") {
			t.Error(path, "sends a visitor to", r.location())
		}
		bea.get(path).want(t, http.StatusForbidden)
		if path != "/admin/people/99" {
			ada.get(path).want(t, http.StatusOK)
		}
	}
	ada.get("/admin/people/99").want(t, http.StatusNotFound)
	for _, path := range []string{"/admin/people/1/role", "/admin/people/1/disable", "/admin/people/1/enable", "/admin/people/1/ban",
		"/admin/people/1/logout", "/admin/people/1/reset",
		"/admin/invites", "/admin/invites/1/revoke", "/admin/settings", "/admin/limits"} {
		bea.post(path, "role", "administrator", "uses", "1", "expires", "7d", "workspace", "x", "signup", "open").want(t, http.StatusForbidden)
		out.post(path).want(t, http.StatusSeeOther)
	}
	if p := bea.get("/reports").want(t, http.StatusOK).body; !strings.Contains(p, "Nothing to decide") {
		t.Error("a member finds reports")
	}
	bea.post("/reports/1", "do", "delete").want(t, http.StatusNotFound)
	ada.post("/admin/people/1/role", "role", "member").want(t, http.StatusUnprocessableEntity) // the last one
	ada.post("/admin/people/1/disable").want(t, http.StatusUnprocessableEntity)
	ada.post("/admin/people/2/role", "role", "king").want(t, http.StatusUnprocessableEntity)
	ada.post("/admin/people/2/role", "role", "administrator").want(t, http.StatusSeeOther)
	bea.get("/admin").want(t, http.StatusOK)
	bea.post("/admin/people/1/role", "role", "member").want(t, http.StatusSeeOther)
	ada.get("/admin").want(t, http.StatusForbidden)
	if log := bea.get("/admin/log").body; !strings.Contains(log, "made @bea administrator") {
		t.Error("the log does not tell")
	}
}

func TestAnInviteBringsWhomItSays(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada := s.signup("ada")
	ada.post("/admin/settings", "workspace", "Lighthouse Studio", "signup", "invite").want(t, http.StatusSeeOther)
	s.visitor().post("/signup", "username", "bea", "password", password).want(t, http.StatusForbidden)
	three := ada.invite(t, "3", "member")
	var mu sync.Mutex
	var all sync.WaitGroup
	came := map[int]int{}
	for _, name := range []string{"bea", "cid", "dov", "eve", "fay", "gil", "hal"} {
		all.Go(func() {
			r := s.visitor().post(three, "username", name, "password", password)
			for r.status == http.StatusServiceUnavailable { // a busy machine: too many wait for their hash
				r = s.visitor().post(three, "username", name, "password", password)
			}
			mu.Lock()
			defer mu.Unlock()
			came[r.status]++
		})
	}
	all.Wait()
	if came[http.StatusSeeOther] != 3 || came[http.StatusGone] != 4 {
		t.Error("answers by status:", came)
	}
	s.visitor().get(three).want(t, http.StatusGone)
	s.visitor().get("/join/NEVERWASANYTHING").want(t, http.StatusNotFound)
	boss := ada.invite(t, "1", "administrator")
	if page := ada.get(boss).want(t, http.StatusOK).body; !strings.Contains(page, "already in") {
		t.Error("who is in already is asked to sign up")
	}
	s.visitor().post(boss, "username", "ADA", "password", password).want(t, http.StatusUnprocessableEntity) // costs no use
	ida := s.visitor()
	ida.post(boss, "username", "ida", "password", password).want(t, http.StatusSeeOther)
	ida.get("/admin").want(t, http.StatusOK)
	revoked := ada.invite(t, "0", "member")
	ada.post("/admin/invites/3/revoke").want(t, http.StatusSeeOther)
	ada.post("/admin/invites/99/revoke").want(t, http.StatusNotFound)
	s.visitor().post(revoked, "username", "kim", "password", password).want(t, http.StatusGone)
	closed := ada.invite(t, "0", "member")
	ada.post("/admin/settings", "workspace", "Lighthouse Studio", "signup", "closed").want(t, http.StatusSeeOther)
	s.visitor().post(closed, "username", "kim", "password", password).want(t, http.StatusForbidden)
}

func TestALinkSetsANewPasswordOnce(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada, bea := s.signup("ada"), s.signup("bea")
	link := func() string {
		return resetLink.FindStringSubmatch(ada.post("/admin/people/2/reset").want(t, http.StatusOK).body)[1]
	}
	first, second := link(), link()
	s.visitor().get(first).want(t, http.StatusGone) // the second took its place
	s.visitor().get("/reset/nothing").want(t, http.StatusGone)
	k := bea.view(1, 0)
	out := s.visitor()
	out.post(second, "password", "short").want(t, http.StatusUnprocessableEntity)
	out.post(second, "password", "a much better one").want(t, http.StatusSeeOther)
	k.wantClosed(live.CloseSessionOver)
	out.get("/").want(t, http.StatusOK)
	bea.get("/").want(t, http.StatusSeeOther)
	s.visitor().post(second, "password", "yet another one").want(t, http.StatusGone)
	s.visitor().post("/login", "username", "bea", "password", password).want(t, http.StatusUnprocessableEntity)
	s.visitor().post("/login", "username", "bea", "password", "a much better one").want(t, http.StatusSeeOther)
}

func TestWhoIsBannedIsOutAtOnceAndWhatHeWroteIsGone(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada, bea, dan := s.signup("ada"), s.signup("bea"), s.signup("dan")
	for range 5 {
		dan.send(1, "", "cheap watches")
	}
	k, b := dan.view(1, 0), bea.view(1, 0)
	ada.post("/admin/people/3/ban", "erase", "1").want(t, http.StatusSeeOther)
	k.wantClosed(live.CloseSessionOver)
	dan.get("/rooms/1").want(t, http.StatusSeeOther)
	dan.post("/rooms/1/messages", "body", "still here").want(t, http.StatusSeeOther)
	s.visitor().post("/login", "username", "dan", "password", password).want(t, http.StatusUnprocessableEntity)
	within(t, "the messages are gone", func() bool {
		return !strings.Contains(bea.get("/rooms/1").want(t, http.StatusOK).body, "cheap watches")
	})
	b.expect(`class="gone"`)
	ada.post("/admin/people/3/reset").want(t, http.StatusNotFound)
	ada.post("/admin/people/3/enable").want(t, http.StatusSeeOther)
	s.visitor().post("/login", "username", "dan", "password", password).want(t, http.StatusSeeOther)
	for what, do := range map[string]string{"logout": "/logout", "deactivation": "/disable"} {
		dan := s.visitor()
		dan.post("/login", "username", "dan", "password", password).want(t, http.StatusSeeOther)
		k := dan.view(1, 0)
		ada.post("/admin/people/3"+do).want(t, http.StatusSeeOther)
		k.wantClosed(live.CloseSessionOver)
		if r := dan.get("/"); r.status != http.StatusSeeOther {
			t.Error("after", what, r.status)
		}
		ada.post("/admin/people/3/enable").want(t, http.StatusSeeOther)
	}
}

func TestWhoIsBannedFromARoomFindsNoneThere(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada, bea := s.signup("ada"), s.signup("bea")
	ada.post("/rooms", "name", "harbour", "kind", "open", "people", "2").want(t, http.StatusSeeOther)
	bea.send(2, "", "lighthouse")
	k := bea.view(2, 0)
	ada.post("/rooms/2/members/2/ban").want(t, http.StatusSeeOther)
	k.wantClosed(live.CloseNotAllowed)
	nothing := bea.get("/rooms/99").want(t, http.StatusNotFound)
	for _, path := range []string{"/rooms/2", "/rooms/2/people", "/rooms/2/settings", "/rooms/2/changes?since=0", "/rooms/2/mentions?q=a"} {
		bea.get(path).want(t, http.StatusNotFound)
	}
	if bea.get("/rooms/2").same() != nothing.same() {
		t.Error("the answer tells that the room exists")
	}
	bea.post("/rooms/2/join").want(t, http.StatusNotFound)
	for _, path := range []string{"/rooms", "/search?q=lighthouse", "/jump?q=harbour", "/people/1"} {
		if strings.Contains(bea.get(path).want(t, http.StatusOK).body, `/rooms/2`) {
			t.Error(path, "names the room")
		}
	}
	ada.post("/rooms/2/members/2/unban").want(t, http.StatusSeeOther)
	bea.post("/rooms/2/join").want(t, http.StatusSeeOther)
}

func TestSlowModeAnswersWithWhenToGoOn(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada, bea := s.signup("ada"), s.signup("bea")
	page := bea.view(1, 0)
	ada.post("/rooms/1/slow", "slow", "60").want(t, http.StatusSeeOther)
	page.expect(`hx-target="#sl-1"`, `<p id="sl-1">Slow mode: one message every`)
	bea.post("/rooms/1/slow", "slow", "0").want(t, http.StatusForbidden)
	ada.post("/rooms/1/slow", "slow", "a while").want(t, http.StatusUnprocessableEntity)
	bea.send(1, "first", "one")
	r := bea.post("/rooms/1/messages", "body", "two, which is kept").want(t, http.StatusTooManyRequests)
	if !strings.Contains(r.body, "Slow mode") || !strings.Contains(r.body, "two, which is kept") || r.header.Get("Retry-After") == "" {
		t.Error(r.header.Get("Retry-After"), r.body)
	}
	ada.send(1, "a1", "owners")
	ada.send(1, "a2", "go on")
}

func TestFewerDaysAreConfirmedBeforeAnythingIsDeleted(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada := s.signup("ada")
	ada.send(1, "", "lighthouse")
	form := []string{"workspace", "Lighthouse Studio", "signup", "open", "retention.days", "30"}
	if r := ada.post("/admin/settings", form...).want(t, http.StatusUnprocessableEntity); !strings.Contains(r.body, `name="agree"`) {
		t.Error("there is nothing to agree with")
	}
	ada.post("/admin/settings", append(form, "agree", "1")...).want(t, http.StatusSeeOther)
	ada.post("/admin/settings", form...).want(t, http.StatusSeeOther) // as it is already
	if !strings.Contains(ada.get("/rooms/1").body, "lighthouse") {
		t.Error("what is young was deleted")
	}
	if log := ada.get("/admin/log").body; strings.Count(log, "retention.days") != 1 || strings.Contains(log, "workspace.name") {
		t.Error("the log tells of what did not change")
	}
}
