package app

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

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

// What is stored, however hostile within the limits, makes no read cost more than
// the promise allows: 250 ms of CPU; and pages of what can be paged stay small. What
// is measured is computing, not time, so that a busy machine does not matter; the
// race detector does.
func TestReadingHostileContentIsBounded(t *testing.T) {
	s := start(t)
	ctx := context.Background()
	ada := s.signup("ada")
	s.signup("bea")
	who, bea := s.account("ada"), s.account("bea")
	post := func(who chat.Account, d chat.Draft) chat.Message {
		t.Helper()
		m, err := s.app.Chat.PostMessage(ctx, who, 1, d)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	root := post(who, chat.Draft{Body: worst(1, 0)})
	for i := range 30 {
		post(bea, chat.Draft{Body: worst(i%8, i), ReplyTo: root.ID})
	}
	for i := range 60 {
		m := post(bea, chat.Draft{Body: worst(i%8, i)})
		for _, e := range []string{"👍", "❤️", "😂", "🎉", "👀", "✅", "👏", "🙏", "🚀", "🔥"} {
			if _, err := s.app.Chat.React(ctx, who, m.ID, e, nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	edited := post(who, chat.Draft{Body: "begin"})
	for i := range chat.MaxVersions + 20 {
		if _, err := s.app.Chat.EditMessage(ctx, who, edited.ID, fmt.Sprint(i, worst(i%2, i)[:9000])); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 40 {
		post(bea, chat.Draft{Body: strings.ToValidUTF8(fmt.Sprint("@ada ", i, worst(i%8, i)[:900]), "")})
	}
	for _, path := range []string{"/rooms/1", "/rooms/1?before=60", fmt.Sprint("/rooms/1/@", root.ID), fmt.Sprint("/messages/", root.ID), fmt.Sprint("/messages/", edited.ID),
		"/search?q=a", "/search?q=a+b+*", "/search?q=%22%27%27%22", "/search?q=%E6%BC%A2", "/search?q=" + strings.Repeat("%E6%BC%A2", 80), "/search?q=%22" + strings.Repeat("a+", 79) + "a%22", "/search?q=" + strings.Repeat("a+", 19) + "a", "/search?q=%22a+a+a+a+a+a+a+a+a+a%22",
		"/mentions", "/", "/jump?q=a", "/rooms/1/people", "/rooms/1/changes?since=0", "/rooms/1/mentions?q=a", "/people", "/rooms", "/reports", "/admin/log"} {
		t.Run(path, func(t *testing.T) {
			b := *ada
			b.s = &server{t: t, base: s.base}
			b.get(path) // what is drawn once is drawn
			var size int
			cost := time.Hour
			for range 3 { // the least of three: what else the process does meanwhile is not the page's
				before := processCPU()
				r := b.get(path, "HX-Request", "false")
				if r.status >= http.StatusInternalServerError || r.status == http.StatusNotFound {
					t.Fatalf("status %d", r.status)
				}
				size = len(r.body)
				cost = min(cost, processCPU()-before)
			}
			t.Logf("%v, %d KB", cost.Round(time.Millisecond/10), size>>10)
			if cost > 250*time.Millisecond && !slowed {
				t.Errorf("costs %v of CPU", cost)
			}
			if strings.HasPrefix(path, "/messages/") && size > 256<<10 {
				t.Errorf("has %d KB", size>>10)
			}
		})
	}
}
