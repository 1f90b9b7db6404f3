package e2e

import (
	"net/http"
	"strings"
	"testing"

	"parley/app/apptest"
)

func TestWhoDecidesSeesAtOnceThatSomethingWasReported(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bea, cid, dov := s.Signup("ada"), s.Signup("bea"), s.Signup("cid"), s.Signup("dov")
	room := bea.Post("/rooms", "name", "harbour", "kind", "open", "topic", "").Want(t, http.StatusSeeOther).Location()
	cid.Post(room+"/join").Want(t, http.StatusSeeOther)
	spam := cid.Send(2, "a", "Buy a boat")
	const none, one = `id="reports" hidden`, `<span class="nm">Reports</span> <span class="badge" data-at="1">1`
	for name, b := range map[string]*apptest.Browser{"an administrator": ada, "an owner": bea} {
		if p := b.Get("/shortcuts").Body; !strings.Contains(p, none) {
			t.Error(name, "has no place for reports")
		}
	}
	if p := dov.Get("/shortcuts").Body; strings.Contains(p, `id="reports"`) {
		t.Error("a member has a place for reports")
	}
	admin, owner, member := ada.Open(), bea.Open(), dov.Open()
	dov.Post("/messages/"+spam+"/report", "reason", "An advertisement").Want(t, http.StatusSeeOther)
	admin.Expect(`hx-target="#reports"`, one)
	owner.Expect(`hx-target="#reports"`, one)
	if p := bea.Get("/shortcuts").Body; !strings.Contains(p, one) {
		t.Error("the page of the owner does not tell")
	}
	bea.Post("/reports/"+spam, "do", "keep").Want(t, http.StatusSeeOther)
	admin.Expect(`hx-target="#reports"`, none)
	if p := ada.Get("/shortcuts").Body; !strings.Contains(p, none) {
		t.Error("what was decided still waits")
	}
	member.Obeyed()
	if all := strings.Join(member.All(), ""); strings.Contains(all, "#reports") {
		t.Error("a member is told of reports")
	}
	again := ada.View(1, 0)
	again.Expect(`hx-target="#reports"`, none)
}
