package announce

import (
	"context"
	"fmt"
	"testing"

	"parley/app/chat"
	"parley/app/live"
	"parley/views"
)

func roomEvents(t testing.TB, n int) (list []chat.RoomChanged) {
	t.Helper()
	text, err := chat.ParseText("Who has the tablet? I would like to see the beam on it before we ship.")
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		m := chat.Message{ID: chat.MessageID(i + 1), Room: 7, Rev: chat.Rev(i + 1), Author: chat.Person{ID: 2, Name: "Mei"}, Text: text,
			CID: fmt.Sprint("c", i)}
		list = append(list, chat.RoomChanged{Room: 7, Rev: m.Rev, Message: &m})
	}
	return list
}

func TestEventsAreUsedOnlyWhenTheyAreComplete(t *testing.T) {
	all := roomEvents(t, 6)
	blind := chat.RoomChanged{Room: 7, Rev: 3}
	for name, c := range map[string]struct {
		since  chat.Rev
		events []chat.RoomChanged
		n      int
		whole  bool
	}{
		"all in turn":         {0, all, 6, true},
		"some were told":      {4, all, 2, true},
		"one is missing":      {0, all[1:], 0, false},
		"one in the middle":   {0, append(all[:2:2], all[3:]...), 0, false},
		"one carries nothing": {2, []chat.RoomChanged{blind, all[3]}, 0, false},
		"all were told":       {6, all, 0, true},
		"none":                {0, nil, 0, false},
		"doubled":             {0, append(all[:3:3], all...), 6, true},
	} {
		got, more, whole := New().rowsOf(c.since, c.events)
		if len(got) != c.n || whole != c.whole || more {
			t.Errorf("%s: %d messages, whole %v, more %v", name, len(got), whole, more)
		}
	}
}

func TestBurstIsSentInFramesOfBoundedSize(t *testing.T) {
	announcer := New()
	announcer.Attach(nil, views.WithBuild(context.Background(), "build"))
	const posts = 1000
	list, told, frames := roomEvents(t, posts), chat.Rev(0), 0
	for more := true; more; frames++ {
		news, err := announcer.Updates(7)(told, list)
		if err != nil || news.Frame.Empty() || news.Rev <= told || len(news.Frame.Payload()) > maxFrame {
			t.Fatalf("frame %d: %v, %d bytes, rev %d", frames, err, len(news.Frame.Payload()), news.Rev)
		}
		told, more = news.Rev, news.More
	}
	if told != posts || frames < 2 || frames > 10 {
		t.Errorf("%d frames told %d of %d", frames, told, posts)
	}
}

// BenchmarkUpdatesOfSixtyFour is what a delivery does for a group of posts: gather the
// events, draw the messages, make one frame.
func BenchmarkUpdatesOfSixtyFour(b *testing.B) {
	announcer := New()
	announcer.Attach(nil, views.WithBuild(context.Background(), "build"))
	list := roomEvents(b, 64)
	b.ReportAllocs()
	for b.Loop() {
		*announcer.Rendered = *newRenderCache()
		news, err := announcer.Updates(7)(0, list)
		if err != nil || news.Frame.Empty() {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/64, "ns/message")
}

// rooms is a store of rooms with four people each.
type rooms struct{ chat.Store }

func (rooms) ReadMarks(_ context.Context, id chat.RoomID, _ []chat.AccountID) (chat.Room, map[chat.AccountID]chat.Membership, error) {
	marks := map[chat.AccountID]chat.Membership{}
	for i := range chat.AccountID(4) {
		marks[chat.AccountID(id)*4+i] = chat.Membership{Read: 1}
	}
	return chat.Room{ID: id, Posts: 1}, marks, nil
}

// BenchmarkBadgesOfFiveHundredRooms is what follows when something was said in
// each of 500 rooms, while 2,000 people are here.
func BenchmarkBadgesOfFiveHundredRooms(b *testing.B) {
	announcer := New()
	announcer.Attach(chat.New(rooms{}, nil, nil, nil), views.WithBuild(context.Background(), "build"))
	var busy []chat.RoomID
	for id := range chat.RoomID(500) {
		busy = append(busy, id)
	}
	for id := range chat.AccountID(2000) {
		if err := announcer.Hub.Add(live.NewPoll(id, nil), false); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		announcer.announceBadges(busy)
	}
}
