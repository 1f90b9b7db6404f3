package app

import (
	"net/http"
	"strings"
	"testing"
)

func TestWhoDecidesSeesAtOnceThatSomethingWasReported(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada, bea, cid, dov := s.signup("ada"), s.signup("bea"), s.signup("cid"), s.signup("dov")
	room := bea.post("/rooms", "name", "harbour", "kind", "open", "topic", "").want(t, http.StatusSeeOther).location()
	cid.post(room+"/join").want(t, http.StatusSeeOther)
	spam := cid.send(2, "a", "Buy a boat")
	const none, one = `id="reports" hidden`, `<span class="nm">Reports</span> <span class="badge" data-at="1">1`
	for name, b := range map[string]*browser{"an administrator": ada, "an owner": bea} {
		if p := b.get("/shortcuts").body; !strings.Contains(p, none) {
			t.Error(name, "has no place for reports")
		}
	}
	if p := dov.get("/shortcuts").body; strings.Contains(p, `id="reports"`) {
		t.Error("a member has a place for reports")
	}
	admin, owner, member := ada.open(), bea.open(), dov.open()
	dov.post("/messages/"+spam+"/report", "reason", "An advertisement").want(t, http.StatusSeeOther)
	admin.expect(`hx-target="#reports"`, one)
	owner.expect(`hx-target="#reports"`, one)
	if p := bea.get("/shortcuts").body; !strings.Contains(p, one) {
		t.Error("the page of the owner does not tell")
	}
	bea.post("/reports/"+spam, "do", "keep").want(t, http.StatusSeeOther)
	admin.expect(`hx-target="#reports"`, none)
	if p := ada.get("/shortcuts").body; !strings.Contains(p, none) {
		t.Error("what was decided still waits")
	}
	member.obeyed()
	if all := strings.Join(member.all(), ""); strings.Contains(all, "#reports") {
		t.Error("a member is told of reports")
	}
	again := ada.view(1, 0)
	again.expect(`hx-target="#reports"`, none)
}
