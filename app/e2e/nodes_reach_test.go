package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/app/apptest"
	"parley/app/apptest/natstest"
)

// toldOf are the messages of which a device was told, each of which must be there once.
func toldOf(t *testing.T, d *apptest.PushDevice) map[int]bool {
	t.Helper()
	told := map[int]bool{}
	for _, p := range d.Got() {
		var n struct{ Notification struct{ Message int } }
		if err := json.Unmarshal([]byte(p.Plain), &n); err != nil {
			t.Fatal(err)
		}
		if id := n.Notification.Message; id != 0 {
			if told[id] {
				t.Error("it is told twice of", id)
			}
			told[id] = true
		}
	}
	return told
}

// Two nodes share a queue: one of them tells devices and sends mails, nothing goes twice, and
// when that one is killed the other goes on.
func TestOneOfTwoNodesReachesPeopleAndTheOtherGoesOn(t *testing.T) {
	t.Parallel()
	service, box := apptest.NewPushService(t), apptest.NewMailServer(t)
	phone, hers := service.Device("phone"), service.Device("hers")
	at := &apptest.Server{T: t, Data: apptest.PostgresData(t)}
	at.Run()
	at.Unlimited()
	ada, mei, bea := at.Signup("ada"), at.Signup("mei"), at.Signup("bea")
	at.Stop()
	flags := append(box.Flags(), "--egress-allow", "127.0.0.0/8", "--bus", natstest.Start(t).Address())
	one := apptest.SpawnBeside(at, flags...)
	for b, d := range map[*apptest.Browser]*apptest.PushDevice{ada.On(&one.Server): phone, bea.On(&one.Server): hers} {
		b.Post("/me/notifications", "push", "now").Want(t, http.StatusSeeOther)
		b.Post("/me/devices", d.Fields()...).Want(t, http.StatusSeeOther)
	}
	addressed(t, &one.Server, box, ada.On(&one.Server), "ada@example.org")
	said := []int{mei.On(&one.Server).Says(1, "@ada by the first node")}
	phone.Waits(1) // the first node does these jobs
	two := apptest.SpawnBeside(at, flags...)
	mails := len(box.Got())
	from := []*apptest.Browser{mei.On(&one.Server), mei.On(&two.Server)}
	for i := range 10 {
		said = append(said, from[i%2].Says(1, fmt.Sprint("@ada ", i)))
		from[i%2].Server.Visitor().Post("/forgot", "name", "ada").Want(t, http.StatusOK)
	}
	rooms := 0
	last := func(by *apptest.Browser) { // in a room of its own: those of one room are told of with a pause
		t.Helper()
		rooms++
		room := by.Found(fmt.Sprint("room ", rooms), "private")
		by.Post(fmt.Sprintf("/rooms/%d/members", room), "people", "1").Want(t, http.StatusSeeOther)
		said = append(said, by.Says(room, "@ada come"))
		apptest.Within(t, "the last message is told of", func() bool { return toldOf(t, phone)[said[len(said)-1]] })
	}
	last(from[1])
	box.Waits(mails + 10)
	// What was sent and is not noted yet goes once more after a crash: that is better than never.
	apptest.Within(t, "all is noted", func() bool {
		due, err := at.Stored().DuePushes(t.Context(), time.Now(), 1)
		return err == nil && len(due) == 0
	})

	one.Kill()
	by := mei.On(&two.Server)
	two.Visitor().Post("/forgot", "name", "ada").Want(t, http.StatusOK)
	last(by)
	box.Waits(mails + 11)
	one.Restart()
	one.Visitor().Post("/forgot", "name", "ada").Want(t, http.StatusOK)
	last(mei.On(&one.Server))
	box.Waits(mails + 12)

	// Who looks at a page of the one node is told nothing by the other.
	ada.On(&one.Server).View(1, 0)
	apptest.Within(t, "the second node knows that ada is here", func() bool {
		return strings.Contains(by.Get("/people/1/card").Body, "Here now")
	})
	seen := by.Says(1, "@ada you see this")
	next := by.Says(1, "@bea you do not")
	apptest.Within(t, "bea is told", func() bool { return toldOf(t, hers)[next] })
	if toldOf(t, phone)[seen] {
		t.Error("a device is told of what its person looks at")
	}
	if n := len(box.Got()); n != mails+12 {
		t.Errorf("%d mails went, want %d", n-mails, 12)
	}
	subjects := map[string]bool{}
	for _, m := range box.Got()[mails:] { // each with a link of its own
		link := linkIn(t, &apptest.Server{T: t, Base: baseOf(t, m.Text)}, m, "/reset/")
		if subjects[link] {
			t.Error("a mail went twice")
		}
		subjects[link] = true
	}
}

// baseOf is the address of the node that a mail names.
func baseOf(t *testing.T, text string) string {
	t.Helper()
	i := strings.Index(text, "http://127.0.0.1:")
	if i < 0 {
		t.Fatal("no address in", text)
	}
	base, _, _ := strings.Cut(text[i+len("http://"):], "/")
	return "http://" + base
}
