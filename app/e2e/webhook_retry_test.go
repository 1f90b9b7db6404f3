package e2e

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"parley/app"
	"parley/app/apptest"
	"parley/app/chat"
)

// What does not arrive is tried again, each time later, and given up in the end. It can be
// sent again; the queue outlives the server.
func TestWhatDoesNotArriveIsTriedAgain(t *testing.T) {
	t.Parallel()
	l := listen(t)
	inside := func(c *app.Config) { c.EgressAllowed = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} }
	s := apptest.Start(t, inside)
	ada := s.Signup("ada")
	room := ada.Found("deploys", "private")
	out := fmt.Sprintf("/rooms/%d/outgoing", room)
	ada.Post(out, "name", "CI", "url", l.URL).Want(t, http.StatusOK)
	last := func() chat.Delivery {
		t.Helper()
		list, err := s.Stored().Deliveries(t.Context(), 1, 10)
		if err != nil || len(list) == 0 {
			t.Fatal(list, err)
		}
		return list[0]
	}
	due := func() { // now, and not when its time has come
		t.Helper()
		d := last()
		d.Next = time.Now()
		if err := s.Stored().SetDelivery(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		ada.Says(1, "something else") // has the sender look
	}
	l.set(http.StatusInternalServerError, "")
	began := time.Now().Truncate(time.Millisecond)
	ada.Says(room, "hello")
	for i, pause := range []time.Duration{10 * time.Second, time.Minute, 10 * time.Minute, time.Hour} {
		apptest.Within(t, fmt.Sprint("try ", i+1), func() bool { return len(l.heard()) > i && last().Tries == i+1 })
		if d, now := last(), time.Now(); d.State != chat.DeliveryWaits || d.Next.Before(began.Add(pause)) || d.Next.After(now.Add(pause)) {
			t.Errorf("after try %d it is %d, and tried again in %s", i+1, d.State, d.Next.Sub(now))
		}
		began = time.Now().Truncate(time.Millisecond)
		due()
	}
	apptest.Within(t, "it is given up", func() bool { return last().State == chat.DeliveryGivenUp })
	if log := ada.Get(out + "/1").Body; !strings.Contains(log, "Given up after 5 tries") || !strings.Contains(log, "it answered 500") {
		t.Error("the log does not say so")
	}

	ada.Says(room, "before the night")
	apptest.Within(t, "it failed", func() bool { d := last(); return d.Tries == 1 && d.State == chat.DeliveryWaits })
	s.Stop()
	l.set(http.StatusOK, "ok")
	d := last()
	d.Next = time.Now()
	if err := s.Stored().SetDelivery(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	s.Run(inside)
	apptest.Within(t, "it arrives after the night", func() bool { return last().State == chat.DeliveryArrived })
	if told := l.heard(); !strings.Contains(told[len(told)-1], "before the night") {
		t.Error("what arrived is", told[len(told)-1])
	}
}

// A webhook at which nothing arrives for long is off, until something is sent again. What is
// said meanwhile is not told.
func TestAWebhookThatIsGoneIsOff(t *testing.T) {
	t.Parallel()
	l := listen(t)
	s := apptest.Start(t, func(c *app.Config) { c.EgressAllowed = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} })
	ada := s.Signup("ada")
	l.set(http.StatusOK, "ok")
	ada.Post("/rooms/1/outgoing", "name", "CI", "url", l.URL).Want(t, http.StatusOK)
	ada.Says(1, "one")
	apptest.Within(t, "it was told", func() bool {
		return len(l.heard()) == 1 && strings.Contains(ada.Get("/rooms/1/outgoing/1").Body, "Arrived")
	})
	for range chat.MaxFailed {
		if err := s.Stored().SetDelivery(t.Context(), chat.Delivery{ID: 1, Webhook: 1, State: chat.DeliveryGivenUp, Tries: 5}); err != nil {
			t.Fatal(err)
		}
	}
	if !strings.Contains(ada.Get("/rooms/1/integrations").Body, "off after 100 failures") ||
		!strings.Contains(ada.Get("/rooms/1/outgoing/1").Body, "It is off") {
		t.Error("it is not said that it is off")
	}
	ada.Says(1, "two")
	list, err := s.Stored().Webhooks(t.Context(), 1)
	if err != nil || len(list) != 1 || !list[0].Off() {
		t.Fatal(list, err)
	}
	if _, err := s.Stored().QueueDeliveries(t.Context(), list[0], time.Now()); err != nil { // as the server does now, too
		t.Fatal(err)
	}
	ada.Post("/rooms/1/outgoing/1/again/1").Want(t, http.StatusSeeOther)
	apptest.Within(t, "it is sent again", func() bool { return len(l.heard()) == 2 })
	ada.Says(1, "three")
	apptest.Within(t, "it is told what is said", func() bool { return len(l.heard()) == 3 })
	if told := strings.Join(l.heard(), ""); strings.Contains(told, `"two"`) || !strings.Contains(told, `"three"`) {
		t.Error("it was told", told)
	}
}

// One listener is told in the order in which things were said; a slow one does not hold up
// another for long.
func TestWebhooksAreToldInOrder(t *testing.T) {
	t.Parallel()
	l := listen(t)
	s := apptest.Start(t, func(c *app.Config) { c.EgressAllowed = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} })
	ada := s.Signup("ada")
	l.set(http.StatusOK, "ok")
	ada.Post("/rooms/1/outgoing", "name", "CI", "url", l.URL).Want(t, http.StatusOK)
	const said = 30
	for i := range said {
		ada.Says(1, fmt.Sprintf("number %03d", i))
	}
	apptest.Within(t, "all is told", func() bool { return len(l.heard()) == said })
	for i, body := range l.heard() {
		if want := fmt.Sprintf("number %03d", i); !strings.Contains(body, want) {
			t.Fatalf("at place %d is %s", i, body)
		}
	}
}
