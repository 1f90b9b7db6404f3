package live

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"parley/app/chat"
)

// witness records what the hub tells.
type witness struct {
	mu       sync.Mutex
	presence []map[chat.AccountID]Presence
	typing   []int // how many people, each time
	hub      *Hub  // of a test that looks at typing
}

func (w *witness) PresenceChanged(m map[chat.AccountID]Presence) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.presence = append(w.presence, m)
}

func (w *witness) TypingChanged(room chat.RoomID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.hub != nil {
		w.typing = append(w.typing, len(w.hub.TypingIn(room)))
	}
}

// last is what was told of somebody last; -1 for nothing.
func (w *witness) last(id chat.AccountID) Presence {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, m := range slices.Backward(w.presence) {
		if p, ok := m[id]; ok {
			return p
		}
	}
	return -1
}

// poll makes a page that the test can read without a connection.
func poll(h *Hub, account chat.AccountID) *Client {
	c := NewPoll(account, fmt.Append(nil, "session ", account))
	h.Add(c, false)
	return c
}

// listening puts a page into a room as Join does, without the rules of chat.
func (h *Hub) listening(c *Client, id chat.RoomID, told chat.Rev) *room {
	r := h.lookup(id, true)
	defer r.mu.Unlock()
	r.delivered = told
	r.listeners[c] = struct{}{}
	c.room.Store(r)
	return r
}

func TestComingIsToldSoonAndGoingOnlyAfterAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &witness{}
		h := New(w)
		c := poll(h, 1)
		time.Sleep(presenceEvery + time.Millisecond)
		synctest.Wait()
		if w.last(1) != Online {
			t.Error("who came is", w.last(1))
		}
		h.Remove(c)
		time.Sleep(presenceGrace - time.Second)
		c = poll(h, 1) // a page that was loaded anew
		time.Sleep(presenceGrace)
		synctest.Wait()
		if len(w.presence) != 1 {
			t.Error("a reload is news:", w.presence)
		}
		h.SetAway(c, true)
		time.Sleep(presenceEvery + time.Millisecond)
		synctest.Wait()
		if w.last(1) != Away {
			t.Error("who looks away is", w.last(1))
		}
		other := poll(h, 1)
		time.Sleep(presenceEvery + time.Millisecond)
		synctest.Wait()
		if w.last(1) != Online {
			t.Error("who looks at another page is", w.last(1))
		}
		h.Remove(c)
		h.Remove(other)
		time.Sleep(presenceGrace + presenceEvery + time.Millisecond)
		synctest.Wait()
		if w.last(1) != Offline || len(h.people) != 0 {
			t.Error("who went is", w.last(1))
		}
	})
}

func TestWhoStopsTypingIsForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &witness{}
		h := New(w)
		w.hub = h
		h.StartTyping(7, chat.Person{ID: 1}) // nobody looks at the room
		h.listening(poll(h, 9), 7, 0)
		h.StartTyping(7, chat.Person{ID: 1})
		time.Sleep(typingLife - time.Second)
		h.StartTyping(7, chat.Person{ID: 1})
		h.StartTyping(7, chat.Person{ID: 2})
		h.StopTyping(7, 2)
		time.Sleep(typingLife - time.Second)
		synctest.Wait()
		if got := h.TypingIn(7); len(got) != 1 || got[0].ID != 1 {
			t.Error("typing:", got)
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if fmt.Sprint(w.typing) != "[1 2 1 0]" {
			t.Error("told:", w.typing)
		}
	})
}

// Of who appears offline nothing is published, when he comes and when he goes.
func TestWhoAppearsOfflineIsNeverPublished(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &witness{}
		h := New(w)
		c := NewPoll(1, nil)
		h.Add(c, true)
		time.Sleep(presenceEvery + time.Millisecond)
		h.SetAway(c, true)
		time.Sleep(presenceEvery + time.Millisecond)
		h.Remove(c)
		time.Sleep(presenceGrace + presenceEvery + time.Millisecond)
		synctest.Wait()
		if len(w.presence) > 0 {
			t.Error("published:", w.presence)
		}
		c = poll(h, 1)
		time.Sleep(presenceEvery + time.Millisecond)
		h.SetHidden(1, true)
		h.SetHidden(1, false)
		time.Sleep(presenceEvery + time.Millisecond)
		synctest.Wait()
		if len(w.presence) != 1 || w.last(1) != Online {
			t.Error("a change that was taken back is published:", w.presence)
		}
		h.Remove(c)
		time.Sleep(presenceGrace + presenceEvery + time.Millisecond)
	})
}

// log is a room's log for tests: its rev is the number of its entries.
type log struct {
	mu   sync.Mutex
	rev  chat.Rev
	gone []chat.AccountID
	asks int
}

func (l *log) ask(since chat.Rev, _ []chat.RoomChanged) (Updates, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asks++
	n := Updates{Rev: l.rev, Gone: l.gone}
	if since < l.rev {
		n.Frame = Text(fmt.Appendf(nil, "%d-%d ", since+1, l.rev))
	}
	return n, nil
}

func TestARoomIsToldWithoutGapsAndInOrder(t *testing.T) {
	h := New(&witness{})
	c := poll(h, 1)
	l := &log{}
	h.listening(c, 7, 0)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 100 {
				l.mu.Lock()
				l.rev++
				l.mu.Unlock()
				h.Notify(chat.RoomChanged{Room: 7}, l.ask)
			}
		})
	}
	var told []byte
	for !bytes.HasSuffix(told, []byte("-800 ")) {
		text, _ := c.Wait(10 * time.Second)
		if text == nil {
			t.Fatalf("nothing more after %q", told)
		}
		told = append(told, bytes.ReplaceAll(text, []byte(TextSeparator), nil)...)
	}
	all.Wait()
	next := 1
	for _, run := range bytes.Fields(told) {
		var from, to int
		fmt.Sscanf(string(run), "%d-%d", &from, &to)
		if from != next || to < from {
			t.Fatalf("%s follows what ended before %d", run, next)
		}
		next = to + 1
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	t.Logf("800 changes in %d rounds", l.asks)
}

func TestWhoIsGoneIsPutOutBeforeTheNews(t *testing.T) {
	h := New(&witness{})
	stays, goes := poll(h, 1), poll(h, 2)
	h.listening(stays, 7, 0)
	h.listening(goes, 7, 0)
	l := &log{rev: 1, gone: []chat.AccountID{2}}
	if err := h.BroadcastAfter(7, l.ask, Text([]byte("header"))); err != nil {
		t.Fatal(err)
	}
	if text, code := goes.Wait(time.Second); len(text) > 0 || code != CloseNotAllowed {
		t.Errorf("who is gone got %q, %d", text, code)
	}
	if text, code := stays.Wait(time.Second); string(text) != "1-1 "+TextSeparator+"header" || code != 0 {
		t.Errorf("who stays got %q, %d", text, code)
	}
	h.Remove(stays)
	h.Remove(goes)
	if len(h.rooms) != 0 {
		t.Error("the room that nobody shows is kept")
	}
}

func TestALargeFrameIsNoReasonToCutAPage(t *testing.T) {
	here, there := net.Pipe() // takes nothing before it is read
	defer there.Close()
	c := New(&witness{}).NewSocket(1, nil, here)
	large := Text(make([]byte, 3*maxQueueBytes))
	for range 2 {
		c.enqueue(large)
		c.enqueue(Text([]byte("small")))
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closeCode != 0 || len(c.queue) != 4 {
		t.Errorf("closed with %d, %d frames wait", c.closeCode, len(c.queue))
	}
}

func TestAPageThatDoesNotReadIsCutAndNobodyWaits(t *testing.T) {
	here, there := net.Pipe() // takes nothing that is not read
	defer there.Close()
	c := New(&witness{}).NewSocket(1, nil, here)
	f := Text(make([]byte, 1000))
	for range 3 * maxQueueFrames {
		c.Push(f)
	}
	c.mu.Lock()
	shut, waiting := c.closeCode, len(c.queue)
	c.mu.Unlock()
	if shut != CloseOverload || waiting > 1 {
		t.Errorf("closed with %d, %d frames wait", shut, waiting)
	}
	c.Finish()
}

func TestFramesHaveTheirLengthInTheRightForm(t *testing.T) {
	for n, head := range map[int]int{1: 2, 125: 2, 126: 4, 65535: 4, 65536: 10} {
		f := Text(make([]byte, n))
		if len(f.wire) != head+n || len(f.Payload()) != n {
			t.Errorf("%d bytes: %d on the wire, a payload of %d", n, len(f.wire), len(f.Payload()))
		}
	}
	if !Text(nil).Empty() {
		t.Error("no text is not empty")
	}
}

// sink takes everything at once, as a fast network does.
type sink struct{ net.Conn }

func (sink) Write(p []byte) (int, error)      { return len(p), nil }
func (sink) SetWriteDeadline(time.Time) error { return nil }
func (sink) SetDeadline(time.Time) error      { return nil }

// Where more events come than are kept, the delivery still learns up to which rev to
// fetch, also when they come in another order and when a fetch fails first.
func TestEventsBeyondThoseKeptAreDelivered(t *testing.T) {
	h := New(&witness{})
	c := poll(h, 1)
	h.listening(c, 7, 0)
	const posts = 2*maxEvents + 100
	fetched := make(chan []chat.RoomChanged, 10)
	answers := make(chan error, 10)
	fetch := func(since chat.Rev, events []chat.RoomChanged) (Updates, error) {
		fetched <- events
		return Updates{Rev: posts}, <-answers
	}
	wake := func(from, to chat.Rev) {
		for rev := from; rev <= to; rev++ {
			h.Notify(chat.RoomChanged{Room: 7, Rev: rev, Message: &chat.Message{Rev: rev}}, fetch)
		}
	}
	wake(1, 1)
	<-fetched
	wake(2, maxEvents+50)
	answers <- errors.New("the disk is slow")
	wake(maxEvents+51, posts)
	h.Notify(chat.RoomChanged{Room: 7, Rev: 3}, fetch) // an old one, late
	for told := chat.Rev(0); told < posts; {
		events := <-fetched
		if len(events) > maxEvents {
			t.Fatal("kept:", len(events))
		}
		for _, event := range events {
			told = max(told, event.Rev)
		}
		if last := events[len(events)-1]; len(events) == maxEvents && last.Message != nil {
			t.Error("the last event that is kept claims to be complete")
		}
		answers <- nil
	}
}

func BenchmarkCastToAThousandPages(b *testing.B) {
	h := New(&witness{})
	for i := range 1000 {
		c := h.NewSocket(chat.AccountID(i+1), nil, sink{})
		h.Add(c, false)
		h.listening(c, 7, 0)
	}
	f := Text(make([]byte, 600))
	b.ReportAllocs()
	for b.Loop() {
		h.Broadcast(7, func() Frame { return f })
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/delivery")
}
