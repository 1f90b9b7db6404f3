package e2e

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fasthttp/websocket"

	"parley/app/apptest"
	"parley/app/chat"
)

var sentAt = regexp.MustCompile(`sent (\d+)\.`)

// A page that never reads is cut; pages that do are not held up by it, and when it
// comes back it misses nothing.
func TestASlowReaderIsCutAndHoldsNobodyUp(t *testing.T) {
	s := apptest.Start(t)
	ada := s.Signup("ada")
	const readers, posts = 100, 300
	var mu sync.Mutex
	var late []time.Duration
	for range readers {
		k := ada.View(1, 0)
		k.Mu.Lock() // it listens already
		k.Heard = func(frame string) {
			now := time.Now()
			for _, m := range sentAt.FindAllStringSubmatch(frame, -1) {
				ns, _ := strconv.ParseInt(m[1], 10, 64)
				mu.Lock()
				late = append(late, now.Sub(time.Unix(0, ns)))
				mu.Unlock()
			}
		}
		k.Mu.Unlock()
	}
	slow := deaf(ada, 1)
	filler := strings.Repeat("and on it goes ", 300) // 4.5 KB: the kernel's buffers are soon full
	for i := range posts {
		ada.Post("/rooms/1/messages", "cid", fmt.Sprintf("slow%d", i), "body", fmt.Sprintf("sent %d. %s",
			time.Now().UnixNano(), filler)).Want(t, http.StatusSeeOther)
		// These readers do read: a machine on which they cannot keep up makes them deaf too.
		apptest.Within(t, "the readers have what was said", func() bool { mu.Lock(); defer mu.Unlock(); return len(late) >= readers*(i-10) })
	}
	apptest.Within(t, "all readers have all messages", func() bool { mu.Lock(); defer mu.Unlock(); return len(late) >= readers*posts })
	apptest.Within(t, "the deaf page is gone from the hub", func() bool { return s.App.Pages() == readers })

	mu.Lock()
	slices.Sort(late)
	p50, p99 := late[len(late)/2], late[len(late)*99/100]
	mu.Unlock()
	t.Logf("%d deliveries beside a deaf page: p50 %v, p99 %v", len(late), p50, p99)
	if !apptest.Slowed && p50 > 250*time.Millisecond { // the p99 is for reading: a busy machine has its own
		t.Errorf("half of the deliveries to the others take more than %v", p50)
	}
	code, rest := hearAgain(slow)
	if code != 0 && code != websocket.CloseAbnormalClosure && code != websocket.CloseTryAgainLater {
		t.Errorf("the deaf page was closed with %d, want %d or a cut", code, websocket.CloseTryAgainLater)
	}
	if rest >= posts {
		t.Errorf("the deaf page was sent all %d messages: it was not cut", rest)
	}
	back := ada.View(1, 0)
	defer back.WS.Close()
	want, err := s.App.Chat.ChangesSince(context.Background(), 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	if want.Reset { // more than a catch-up tells: the page is asked to load anew
		back.Say(`{"t":"view","room":1,"rev":0}`)
		back.Expect(`{"reset":1}`)
		page, err := s.App.Chat.OpenRoom(context.Background(), s.Account("ada"), 1, chat.RoomQuery{})
		if err != nil || len(page.Messages) != chat.PageSize {
			t.Fatalf("%d messages, %v", len(page.Messages), err)
		}
	}
}

// deaf opens a socket that views a room and never reads.
func deaf(b *apptest.Browser, room int) *websocket.Conn {
	b.Server.T.Helper()
	d := websocket.Dialer{NetDial: func(network, address string) (net.Conn, error) {
		c, err := net.Dial(network, address)
		if err == nil {
			err = c.(*net.TCPConn).SetReadBuffer(4 << 10)
		}
		return c, err
	}}
	ws, _, err := d.Dial(strings.Replace(b.Server.Base, "http", "ws", 1)+"/ws", http.Header{"Cookie": {b.Cookie}, "Origin": {b.Server.Base}})
	if err != nil {
		b.Server.T.Fatal(err)
	}
	b.Server.T.Cleanup(func() { ws.Close() })
	if err := ws.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, `{"t":"view","room":%d,"rev":0}`, room)); err != nil {
		b.Server.T.Fatal(err)
	}
	apptest.Within(b.Server.T, "the deaf page listens", func() bool { return b.Server.App.Pages() > 100 })
	return ws
}

// hearAgain reads what is left; code is 0 when the connection was cut without a word.
func hearAgain(ws *websocket.Conn) (code, messages int) {
	ws.SetReadDeadline(time.Now().Add(apptest.Longest))
	for {
		_, p, err := ws.ReadMessage()
		if c, ok := err.(*websocket.CloseError); ok {
			return c.Code, messages
		}
		if err != nil {
			return 0, messages
		}
		messages += len(sentAt.FindAll(p, -1))
	}
}
