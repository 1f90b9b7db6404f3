package e2e

import (
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/fasthttp/websocket"

	"parley/app"
	"parley/app/apptest"
	"parley/app/hooks"
)

// event is an event as a program gets it.
type event struct {
	Type, Detail string
	Room, Rev    int
	Message      struct {
		ID      int
		Body    string
		Deleted bool
	}
}

// listens opens the socket of a program.
func (p program) listens(t *testing.T) *websocket.Conn {
	t.Helper()
	ws, _, err := websocket.DefaultDialer.Dial(strings.Replace(p.Server.Base, "http", "ws", 1)+"/ws",
		http.Header{"Authorization": {"Bearer " + p.key}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ws.Close() })
	if e := next(t, ws); e.Type != "hello" {
		t.Fatal("it begins with", e)
	}
	return ws
}

func next(t *testing.T, ws *websocket.Conn) (e event) {
	t.Helper()
	if err := ws.ReadJSON(&e); err != nil {
		t.Fatal(err)
	}
	return e
}

func say(t *testing.T, ws *websocket.Conn, text string) {
	t.Helper()
	if err := ws.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
		t.Fatal(err)
	}
}

func TestAProgramListensOverASocket(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bea := s.Signup("ada"), s.Signup("bea")
	hidden := ada.Found("hideout", "private")
	open := ada.Found("harbour", "open")
	p := newProgram(bea, "/me/tokens", "read")
	ws := p.listens(t)
	for _, wrong := range []string{"[", "{}", `{"type":"x"}`} {
		say(t, ws, wrong)
		if e := next(t, ws); e.Type != "error" {
			t.Error(wrong, "is answered with", e)
		}
	}
	say(t, ws, fmt.Sprintf(`{"type":"subscribe","room":%d}`, hidden))
	outside := next(t, ws)
	say(t, ws, `{"type":"subscribe","room":9999}`)
	if none := next(t, ws); outside.Type != "error" || outside.Detail != none.Detail {
		t.Errorf("a hidden room says %+v, one that is not there %+v", outside, none)
	}
	say(t, ws, fmt.Sprintf(`{"type":"subscribe","room":%d}`, open))
	if e := next(t, ws); e.Type != "error" || e.Detail != "Join the room first." {
		t.Error("an open room of others says", e)
	}
	say(t, ws, `{"type":"subscribe","room":1}`)
	at := next(t, ws)
	if at.Type != "subscribed" || at.Room != 1 || at.Rev == 0 {
		t.Fatal("the room says", at)
	}
	m := ada.Says(1, "news")
	if e := next(t, ws); e.Type != "message" || e.Message.Body != "news" || e.Message.ID != m || e.Rev != at.Rev+1 {
		t.Errorf("%+v", e)
	}
	ada.Post(fmt.Sprintf("/messages/%d/edit", m), "body", "newer")
	if e := next(t, ws); e.Message.Body != "newer" {
		t.Errorf("%+v", e)
	}
	ada.Post(fmt.Sprintf("/messages/%d/delete", m))
	if e := next(t, ws); !e.Message.Deleted || e.Message.Body != "" {
		t.Errorf("%+v", e)
	}
	// After a break it is told what it missed, once.
	ws.Close()
	missed := ada.Says(1, "missed")
	ws = p.listens(t)
	say(t, ws, fmt.Sprintf(`{"type":"subscribe","room":1,"since":%d}`, at.Rev))
	if e := next(t, ws); e.Type != "subscribed" || e.Rev != at.Rev {
		t.Errorf("%+v", e)
	}
	if e := next(t, ws); e.Message.ID != m || !e.Message.Deleted {
		t.Errorf("%+v", e)
	}
	if e := next(t, ws); e.Message.ID != missed {
		t.Errorf("%+v", e)
	}
	say(t, ws, `{"type":"unsubscribe","room":1}`)
	say(t, ws, "{}") // an answer says that what came before was done
	if e := next(t, ws); e.Type != "error" {
		t.Errorf("%+v", e)
	}
	ada.Says(1, "not heard")
	// Out of a room, it is told so and hears no more.
	bea.Post(fmt.Sprintf("/rooms/%d/join", open)).Want(t, http.StatusSeeOther)
	say(t, ws, fmt.Sprintf(`{"type":"subscribe","room":%d}`, open))
	if e := next(t, ws); e.Type != "subscribed" {
		t.Errorf("%+v", e)
	}
	ada.Post(fmt.Sprintf("/rooms/%d/members/2/remove", open)).Want(t, http.StatusSeeOther)
	if e := next(t, ws); e.Type != "gone" || e.Room != open {
		t.Errorf("%+v", e)
	}
	ada.Says(open, "not for bea")
	// Its key ends: so does the socket.
	bea.Post("/me/tokens/1/revoke").Want(t, http.StatusSeeOther)
	if _, _, err := ws.ReadMessage(); !websocket.IsCloseError(err, 4401) {
		t.Error("it ends with", err)
	}
	_, r, err := websocket.DefaultDialer.Dial(strings.Replace(s.Base, "http", "ws", 1)+"/ws",
		http.Header{"Authorization": {"Bearer " + p.key}})
	if err == nil || r.StatusCode != http.StatusUnauthorized {
		t.Error("a revoked key opens a socket:", err)
	}
}

func TestCommandsOfPrograms(t *testing.T) {
	t.Parallel()
	l := listen(t)
	s := apptest.Start(t, func(c *app.Config) { c.EgressAllowed = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} })
	ada, bea := s.Signup("ada"), s.Signup("bea")
	room := ada.Found("deploys", "open")
	bea.Post(fmt.Sprintf("/rooms/%d/join", room)).Want(t, http.StatusSeeOther)
	out := fmt.Sprintf("/rooms/%d/outgoing", room)
	messages := fmt.Sprintf("/rooms/%d/messages", room)
	bea.Post(messages, "body", "/deploy x").Want(t, http.StatusUnprocessableEntity)
	for _, wrong := range []string{"/", "/me", "/topic", "/de-ploy", "/1", "/a b"} {
		ada.Post(out, "name", "CI", "url", l.URL, "word", wrong).Want(t, http.StatusUnprocessableEntity)
	}
	secret := secretOnPage.FindStringSubmatch(ada.Post(out, "name", "CI", "url", l.URL, "word", "/Deploy").Want(t, http.StatusOK).Body)[1]
	ada.Post(out, "name", "CI 2", "url", l.URL, "word", "/deploy").Want(t, http.StatusUnprocessableEntity)
	l.set(http.StatusOK, `{"response_type":"in_channel","text":"*harbour* is on its way"}`)
	bea.Post(messages, "body", "/deploy harbour to staging & more").Want(t, http.StatusSeeOther)
	apptest.Within(t, "it is answered", func() bool { return strings.Contains(ada.Get(fmt.Sprint("/rooms/", room)).Body, "is on its way") })
	form, err := url.ParseQuery(l.heard()[0])
	if err != nil || form.Get("command") != "/deploy" || form.Get("text") != "harbour to staging & more" || form.Get("user_name") != "bea" ||
		form.Get("channel_name") != "deploys" {
		t.Errorf("it was asked %v, %v", form, err)
	}
	if head := l.heads[0]; head.Get("Content-Type") != "application/x-www-form-urlencoded" ||
		!signed(secret, head.Get("X-Parley-Signature"), l.heard()[0]) {
		t.Error("its head is", head)
	}
	l.set(http.StatusOK, `{"response_type":"ephemeral","text":"the password is mango"}`)
	bea.Post(messages, "body", "/deploy status").Want(t, http.StatusSeeOther)
	apptest.Within(t, "who asked is answered alone",
		func() bool { return strings.Contains(bea.Get("/search?q=mango").Body, "the password is") })
	if page := ada.Get(fmt.Sprint("/rooms/", room)).Body; strings.Contains(page, "mango") || !strings.Contains(page, "/deploy status") {
		t.Error("the room has what was for one alone, or lacks the command")
	}
	bea.Post("/rooms/1/messages", "body", "/deploy x").Want(t, http.StatusUnprocessableEntity) // another room
	bea.Post(messages, "body", "/shrug").Want(t, http.StatusSeeOther)
}

// signed says whether a signature is right.
func signed(secret, signature, body string) bool {
	at, _, _ := strings.Cut(strings.TrimPrefix(signature, "t="), ",")
	seconds, err := strconv.ParseInt(at, 10, 64)
	return err == nil && hooks.Sign(secret, time.Unix(seconds, 0), []byte(body)) == signature
}
