package live

import (
	"testing"

	"parley/app/chat"
)

// asked is one question of a delivery.
type asked struct {
	since  chat.Rev
	events []chat.RoomChanged
}

// newest is the rev up to which events tell every change in turn, 0 where they do not
// from since on.
func (a asked) newest() chat.Rev {
	next := a.since
	for _, e := range a.events {
		if e.Rev == next+1 {
			next++
		}
	}
	return next - a.since
}

// whole says whether the events tell every change in turn.
func (a asked) whole() bool {
	for i, e := range a.events {
		if e.Message == nil || e.Rev != a.since+1+chat.Rev(i) {
			return false
		}
	}
	return len(a.events) > 0
}

// Who stored changes together publishes them in any order: they are delivered in that
// of the log, without asking the store.
func TestEventsInAnyOrderAreDeliveredInThatOfTheLog(t *testing.T) {
	h := New(&witness{})
	h.listening(poll(h, 1), 7, 0)
	questions := make(chan asked, 100)
	fetch := func(since chat.Rev, events []chat.RoomChanged) (Updates, error) {
		a := asked{since, events}
		questions <- a
		return Updates{Rev: since + a.newest()}, nil
	}
	r := h.lookup(7, false)
	r.fetch, r.busy = fetch, true // no delivery runs before all are there
	r.mu.Unlock()
	for _, rev := range []chat.Rev{3, 1, 4, 2, 5} {
		h.Notify(chat.RoomChanged{Room: 7, Rev: rev, Message: &chat.Message{Rev: rev}}, fetch)
	}
	go h.deliverLoop(r)
	if a := <-questions; a.since != 0 || len(a.events) != 5 || !a.whole() {
		t.Errorf("the first question is %+v", a)
	}
}

// What is published before the change that comes before it waits for that; where it
// never comes, the store is asked.
func TestAChangeThatIsMissingInTurnIsWaitedForAndThenAskedFor(t *testing.T) {
	h := New(&witness{})
	h.listening(poll(h, 1), 7, 0)
	questions := make(chan asked, 100)
	fetch := func(since chat.Rev, events []chat.RoomChanged) (Updates, error) {
		a := asked{since, events}
		questions <- a
		if a.whole() {
			return Updates{Rev: since + chat.Rev(len(events))}, nil
		}
		return Updates{Rev: 9}, nil // what the store says
	}
	for _, rev := range []chat.Rev{1, 2, 9} { // 3 to 8 were stored by who died before publishing
		h.Notify(chat.RoomChanged{Room: 7, Rev: rev, Message: &chat.Message{Rev: rev}}, fetch)
	}
	var last asked
	for turn := chat.Rev(0); turn < 9; {
		last = <-questions
		if last.since < turn {
			t.Fatalf("%+v after %d", last, turn)
		}
		if turn = last.since + last.newest(); !last.whole() {
			turn = 9
		}
	}
	if last.whole() || last.since != 2 {
		t.Errorf("the last question is %+v, want one to the store from 2 on", last)
	}
}
