package apptest

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/fasthttp/websocket"
)

// LiveAnswer is what a page is told of what it posted over its socket.
type LiveAnswer struct {
	Sent    string
	ID      int
	Refused *struct {
		CID, Why               string
		Status, After, Confirm int
	}
}

// PostLive says something over a socket and waits for the answer to it.
func (s *Socket) PostLive(room int, cid, body string) LiveAnswer {
	s.t.Helper()
	a, err := s.tryPost(room, cid, body)
	if err != nil {
		s.t.Fatal(err)
	}
	return a
}

func liveFrame(room int, cid, body string) []byte {
	frame, err := json.Marshal(map[string]any{"t": "post", "room": room, "cid": cid, "body": body})
	if err != nil {
		panic(err)
	}
	return frame
}

// SendLive is Send over a socket that stays open for the next one; id is "" when no
// answer came or the message was refused.
func (b *Browser) SendLive(room int, cid, body string) (id string) {
	if b.live == nil {
		h := b.Server.T
		s, _, err := b.Dial()
		if err != nil {
			return ""
		}
		s.t, b.live = h, s
	}
	a, err := b.live.tryPost(room, cid, body)
	if err != nil {
		b.live.WS.Close()
		b.live = nil
		return ""
	}
	if a.Sent != cid || a.ID == 0 {
		return ""
	}
	return fmt.Sprint(a.ID)
}

// tryPost posts over a socket that may break.
func (s *Socket) tryPost(room int, cid, body string) (a LiveAnswer, err error) {
	if err := s.WS.WriteMessage(websocket.TextMessage, liveFrame(room, cid, body)); err != nil {
		return a, err
	}
	for end := time.Now().Add(Longest); time.Now().Before(end); time.Sleep(time.Millisecond) {
		s.Mu.Lock()
		err := s.err
		for ; s.read < len(s.frames); s.read++ {
			if f := s.frames[s.read]; strings.HasPrefix(f, "{") && strings.Contains(f, `"`+cid+`"`) {
				s.read++
				s.Mu.Unlock()
				return a, json.Unmarshal([]byte(f), &a)
			}
		}
		s.Mu.Unlock()
		if err != nil {
			return a, err
		}
	}
	return a, fmt.Errorf("no answer to %s", cid)
}
