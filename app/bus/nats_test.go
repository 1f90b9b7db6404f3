package bus

import (
	"encoding/json"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"parley/app/chat"
)

// serve runs a NATS server; port -1 is any.
func serve(t *testing.T, port int) *server.Server {
	t.Helper()
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: port, NoLog: true, NoSigs: true})
	if err != nil {
		t.Fatal(err)
	}
	go s.Start()
	if !s.ReadyForConnections(30 * time.Second) {
		t.Fatal("it does not start")
	}
	t.Cleanup(s.Shutdown)
	return s
}

func join(t *testing.T, s *server.Server, workspace string) *NATS {
	t.Helper()
	b, err := NewNATS(Servers{Addresses: []string{s.ClientURL()}}, workspace)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	until(t, "it is there", func() bool { return !b.Away() })
	return b
}

func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it did not come true:", what)
		}
	}
}

// log keeps events.
type log struct {
	mu   sync.Mutex
	list []chat.Event
}

func (l *log) add(e chat.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = append(l.list, e)
}

func (l *log) all() []chat.Event {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]chat.Event(nil), l.list...)
}

func TestEventsReachEveryNodeOfTheWorkspaceOnceAndNoOther(t *testing.T) {
	t.Parallel()
	s := serve(t, -1)
	one, two, other := join(t, s, "a"), join(t, s, "a"), join(t, s, "b")
	var heard [3]log
	for i, b := range []*NATS{one, two, other} {
		b.Subscribe(heard[i].add)
	}
	text, err := chat.ParseText("the **lighthouse** #general @ada 東京")
	if err != nil {
		t.Fatal(err)
	}
	events := []chat.Event{
		chat.GuestChanged{Account: 4, Guest: true},
		chat.RoomChanged{Room: 7, Rev: 9, Message: &chat.Message{ID: 5, Room: 7, Rev: 9, Posts: 3, Author: chat.Person{ID: 2, Username: "ada",
			Name: "Ada"},
			At: time.UnixMilli(1700000000000).UTC(), Body: "x", Text: text, For: []chat.AccountID{3}, CID: "c"}},
		chat.RoomChanged{Room: 7, Rev: 10}, chat.RoomHeaderChanged{Room: 1}, chat.RoomRenamed{Room: 2},
		chat.RoomDeleted{Room: 3, People: []chat.AccountID{1, 2}},
		chat.RoomListChanged{People: []chat.AccountID{4}}, chat.ReportsChanged{Room: 5}, chat.ReadMarkMoved{Account: 1, Room: 2},
		chat.PrefsChanged{Account: 1, Prefs: chat.Prefs{Invisible: true}}, chat.SessionEnded{Account: 3, Sessions: [][]byte{{0, 255}}},
		chat.SessionEnded{Account: 4},
		chat.UserTyping{Room: 1, Who: chat.Person{ID: 2, Name: "Ada"}}, chat.CaseTyping{Case: 3, Name: "Ada"},
	}
	for _, e := range events {
		one.Publish(e)
	}
	until(t, "the other node has all", func() bool { return len(heard[1].all()) == len(events) })
	for i, e := range heard[1].all() {
		if !reflect.DeepEqual(e, events[i]) {
			t.Errorf("%d came as %+v, it was %+v", i, e, events[i])
		}
	}
	if n := len(heard[0].all()); n != len(events) {
		t.Error("who published has", n)
	}
	if n := len(heard[2].all()); n != 0 {
		t.Error("another workspace has", n)
	}
	one.Publish(chat.RoomChanged{Room: 1, Rev: 2, Message: &chat.Message{ID: 5, Body: strings.Repeat("x", 20_000)}})
	until(t, "a large one came", func() bool { return len(heard[1].all()) > len(events) })
	if e := heard[1].all()[len(events)].(chat.RoomChanged); e.Message != nil || e.Rev != 2 {
		t.Error("a large change is carried along")
	}
}

// chatwoot #11442, #14703: the broker restarts, and nothing arrives any more.
func TestAfterTheServerComesBackEventsComeAgain(t *testing.T) {
	t.Parallel()
	s := serve(t, -1)
	port := s.Addr().(interface{ String() string }).String()
	one, two := join(t, s, "a"), join(t, s, "a")
	var heard log
	two.Subscribe(heard.add)
	back := make(chan struct{}, 10)
	two.OnBack(func() { back <- struct{}{} })
	s.Shutdown()
	until(t, "it is away", func() bool { return one.Away() && two.Away() })
	one.Publish(chat.ReportsChanged{Room: 1}) // is lost, and does not come late
	var n int
	for _, c := range port[strings.LastIndex(port, ":")+1:] {
		n = n*10 + int(c-'0')
	}
	serve(t, n)
	until(t, "it is there again", func() bool { return !one.Away() && !two.Away() })
	<-back
	one.Publish(chat.ReportsChanged{Room: 2})
	until(t, "an event came", func() bool { return len(heard.all()) > 0 })
	if e := heard.all()[0]; e != (chat.ReportsChanged{Room: 2}) {
		t.Error("first came", e)
	}
	if st := one.Stats(); st.Breaks == 0 || st.Lost == 0 || st.Sent == 0 {
		t.Errorf("%+v", st)
	}
}

func TestABusThatIsNotThereYetIsAway(t *testing.T) {
	t.Parallel()
	b, err := NewNATS(Servers{Addresses: []string{"nats://127.0.0.1:1"}}, "a")
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	b.Publish(chat.ReportsChanged{Room: 1})
	if !b.Away() {
		t.Error("it is there")
	}
	for _, bad := range []string{"", "http://x", "nats://", "nats://a,,"} {
		if list, err := Parse(bad); err == nil {
			t.Error(bad, "is taken as", list)
		}
	}
}

// What stands beside the name of a bot and of a guest is not in the JSON of a message: other
// nodes read it from the store.
func TestMessagesOfBotsAndGuestsAreNotCarried(t *testing.T) {
	t.Parallel()
	for _, by := range []chat.Person{{ID: 2, Bot: true}, {ID: 2, Guest: true}, {ID: 2}} {
		m := chat.Message{ID: 7, Author: by}
		b, err := encode("one", chat.RoomChanged{Room: 1, Rev: 2, Message: &m})
		if err != nil {
			t.Fatal(err)
		}
		var w wire
		if err := json.Unmarshal(b, &w); err != nil {
			t.Fatal(err)
		}
		e, err := decode(w)
		if got := e.(chat.RoomChanged); err != nil || got.Rev != 2 || (got.Message == nil) != (by.Bot || by.Guest) {
			t.Errorf("of %+v comes %+v, %v", by, got.Message, err)
		}
	}
}
