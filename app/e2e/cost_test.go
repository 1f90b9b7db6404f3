package e2e

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"parley/app/apptest"
	"parley/app/chat"
)

// worst is a body that costs its readers as much as one can within the limits.
func worst(kind, i int) string {
	fill := func(s string) string { return strings.Repeat(s, chat.MaxBody/len([]rune(s))) }
	switch kind {
	case 0:
		return fill("a ")
	case 1:
		return fill("'\"")
	case 2:
		return fill("*a* ")
	case 3:
		return fill("👨‍👩‍👧‍👦")
	case 4:
		return "a" + strings.Repeat("\u0301", chat.MaxBody-2)
	case 5:
		return strings.Repeat("a\n", chat.MaxLines-1) + "a"
	case 6:
		return strings.Repeat("> - ", 7) + fill("a `b` ")[:9000]
	}
	return fmt.Sprintf("%d %s", i, fill("漢")[:3*9000])
}

// processCPU is how much this process has computed, on all cores.
func processCPU() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// hostileRoom fills the room general with the worst that ada and bea may write. It answers
// with a message that many answer, and one that was changed more often than is kept.
func hostileRoom(s *apptest.Server) (root, edited chat.MessageID) {
	s.T.Helper()
	ctx := context.Background()
	who, bea := s.Account("ada"), s.Account("bea")
	post := func(who chat.Account, d chat.Draft) chat.Message {
		s.T.Helper()
		m, err := s.App.Chat.PostMessage(ctx, who, 1, d)
		if err != nil {
			s.T.Fatal(err)
		}
		return m
	}
	answered := post(who, chat.Draft{Body: worst(1, 0)})
	for i := range 30 {
		post(bea, chat.Draft{Body: worst(i%8, i), ReplyTo: answered.ID})
	}
	for i := range 60 {
		m := post(bea, chat.Draft{Body: worst(i%8, i)})
		for _, e := range []string{"👍", "❤️", "😂", "🎉", "👀", "✅", "👏", "🙏", "🚀", "🔥"} {
			if _, err := s.App.Chat.React(ctx, who, m.ID, e, nil); err != nil {
				s.T.Fatal(err)
			}
		}
	}
	changed := post(who, chat.Draft{Body: "begin"})
	for i := range chat.MaxVersions + 20 {
		if _, err := s.App.Chat.EditMessage(ctx, who, changed.ID, fmt.Sprint(i, worst(i%2, i)[:9000])); err != nil {
			s.T.Fatal(err)
		}
	}
	for i := range 40 {
		post(bea, chat.Draft{Body: strings.ToValidUTF8(fmt.Sprint("@ada ", i, worst(i%8, i)[:900]), "")})
	}
	return answered.ID, changed.ID
}

// longConversations are 400 long replies to one message, and as many of which each answers
// the one before; it answers with what began them. The ids of each are one after the other.
func longConversations(s *apptest.Server) (head, chained chat.MessageID) {
	s.T.Helper()
	who := s.Account("bea")
	post := func(to chat.MessageID, i int) chat.MessageID {
		s.T.Helper()
		m, err := s.App.Chat.PostMessage(context.Background(), who, 1, chat.Draft{Body: fmt.Sprint(i, strings.Repeat(" d *e* f", 1100)),
			ReplyTo: to})
		if err != nil {
			s.T.Fatal(err)
		}
		return m.ID
	}
	head = post(0, 0)
	for i := range 400 {
		post(head, i)
	}
	chained = post(0, 0)
	for i, to := 0, chained; i < 400; i++ {
		to = post(to, i)
	}
	return head, chained
}

// cost is how much CPU some work takes: the least of three, because what else the
// process does meanwhile is not the work's.
func cost(work func()) time.Duration {
	least := time.Hour
	for range 3 {
		before := processCPU()
		work()
		least = min(least, processCPU()-before)
	}
	return least
}

// ordinaryReads is how often an ordinary room can be read for what one hostile page may
// cost, 250 ms of CPU: where this was measured it takes half a millisecond.
const ordinaryReads = 500

// What is stored, however hostile within the limits, makes no read cost more than
// the promise allows, and pages of what can be paged stay small. What is measured is
// computing, not time, and as a multiple of what an ordinary room costs in the same
// moment, so that neither a busy machine nor the race detector matters.
func TestReadingHostileContentIsBounded(t *testing.T) {
	s := apptest.Start(t)
	ada := s.Signup("ada")
	s.Signup("bea")
	ada.Post("/rooms", "name", "quay", "kind", "open").Want(t, http.StatusSeeOther)
	for i := range 60 {
		ada.Tell(2, apptest.Sentences[i%7]+" "+apptest.Sentences[(i*3+2)%7])
	}
	ordinary := func() {
		for range 20 {
			ada.Get("/rooms/2").Want(t, http.StatusOK)
		}
	}
	ordinary()
	root, edited := hostileRoom(s)
	head, chained := longConversations(s)
	for _, path := range []string{
		"/rooms/1", fmt.Sprint("/rooms/1?before=", root+60), fmt.Sprint("/rooms/1/@", root),
		fmt.Sprint("/messages/", root), fmt.Sprint("/messages/", edited),
		fmt.Sprint("/messages/", head), fmt.Sprint("/messages/", head, "?after=", head+300), fmt.Sprint("/messages/", chained),
		fmt.Sprint("/messages/", chained, "?after=", chained+300),
		fmt.Sprint("/messages/", chained+200), fmt.Sprint("/messages/", head, ".json"), fmt.Sprint("/messages/", chained, ".json"),
		fmt.Sprint("/messages/", chained+200, ".json"),
		"/search?q=a", "/search?q=a+b+*", "/search?q=%22%27%27%22", "/search?q=%E6%BC%A2", "/search?q=" + strings.Repeat("%E6%BC%A2", 80),
		"/search?q=%22" + strings.Repeat("a+", 79) + "a%22", "/search?q=" + strings.Repeat("a+", 19) + "a",
		"/search?q=%22a+a+a+a+a+a+a+a+a+a%22",
		"/mentions", "/", "/jump?q=a", "/rooms/1/people", "/rooms/1/changes?since=0", "/rooms/1/mentions?q=a",
		"/people", "/rooms", "/reports", "/admin/log",
	} {
		t.Run(path, func(t *testing.T) {
			b := *ada
			b.Server = &apptest.Server{T: t, Base: s.Base}
			b.Get(path) // what is drawn once is drawn
			var size int
			one := cost(ordinary) / 20
			took := cost(func() {
				r := b.Get(path, "HX-Request", "false")
				if r.Status == http.StatusServiceUnavailable && apptest.Slowed {
					t.Skip("the race detector and others left the server no time to answer")
				}
				if r.Status >= http.StatusInternalServerError || r.Status == http.StatusNotFound {
					t.Fatalf("status %d", r.Status)
				}
				size = len(r.Body)
			})
			t.Logf("%v, as much as %d ordinary pages, %d KB", took.Round(time.Millisecond/10), took/one, size>>10)
			if took > ordinaryReads*one {
				t.Errorf("costs %v of CPU, an ordinary page %v", took, one)
			}
			if strings.HasPrefix(path, "/messages/") && size > 256<<10 {
				t.Errorf("has %d KB", size>>10)
			}
		})
	}
}
