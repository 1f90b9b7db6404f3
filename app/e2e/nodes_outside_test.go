package e2e

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"parley/app"
	"parley/app/apptest"
)

// Links are looked at by one node, visitors are answered from another, programs listen on
// either: without a bus, the store tells.
func TestWhatComesFromOutsideReachesAllNodes(t *testing.T) {
	t.Parallel()
	w := ferries(t)
	change := func(c *app.Config) {
		c.NoPreviews, c.PreviewAllowed = false, []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
	}
	one := &apptest.Server{T: t, Data: apptest.PostgresData(t)}
	one.Run(change)
	t.Cleanup(func() { one.Stop() })
	one.Unlimited()
	two := one.Beside(change)
	ada, bea := one.Signup("ada"), one.Signup("bea")
	bea = bea.On(two)

	page := ada.View(1, 0)
	bea.Says(1, "see "+w.URL+"/winter")
	page.Expect("Tidewater Ferries")
	if n := w.hits.Load(); n != 2 { // the page and its picture
		t.Errorf("the other server was asked %d times", n)
	}

	p := newProgram(bea, "/me/tokens", "read")
	ws := p.listens(t)
	say(t, ws, `{"type":"subscribe","room":1}`)
	if e := next(t, ws); e.Type != "subscribed" {
		t.Fatalf("%+v", e)
	}
	m := ada.Says(1, "said on the first node")
	if e := next(t, ws); e.Message.ID != m {
		t.Errorf("%+v", e)
	}

	room := ada.Found("desk", "private")
	at := fmt.Sprintf("/rooms/%d", room)
	ada.Post(at+"/members", "people", "2").Want(t, http.StatusSeeOther)
	ada.Post(at+"/widget", "on", "1", "slug", "help", "title", "Ferries", "zone", "UTC").Want(t, http.StatusSeeOther)
	marta := guest{one.Visitor(), t}
	marta.says("Is there a boat?").Want(t, http.StatusSeeOther)
	bea.Post(at+"/cases/1/take").Want(t, http.StatusSeeOther)
	if a := ada.Post(at + "/cases/1/take"); !strings.Contains(a.Body, "bea has it.") {
		t.Error("it is taken on both nodes:", a.Status)
	}
	rev := revOf(marta.Get("/widget/help").Body)
	answer := make(chan apptest.Answer)
	go func() { answer <- marta.Get("/widget/help/lines?rev=" + rev) }()
	bea.Post(at+"/cases/1/say", "body", "At 08:40.").Want(t, http.StatusSeeOther)
	if a := <-answer; a.Status != http.StatusOK || !strings.Contains(a.Body, "At 08:40.") {
		t.Error("the answer of the other node came as", a.Status, a.Body)
	}
}
