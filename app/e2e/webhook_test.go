package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/app"
	"parley/app/apptest"
	"parley/app/hooks"
)

// listener is another program that is told things.
type listener struct {
	*httptest.Server
	mu     sync.Mutex
	status int
	answer string
	bodies []string
	heads  []http.Header
}

func listen(t *testing.T) *listener {
	l := &listener{status: http.StatusOK}
	l.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		l.mu.Lock()
		defer l.mu.Unlock()
		l.bodies, l.heads = append(l.bodies, string(body)), append(l.heads, r.Header)
		w.Header().Set("Content-Type", "text/plain")
		w.WriteHeader(l.status)
		io.WriteString(w, l.answer)
	}))
	t.Cleanup(l.Close)
	return l
}

func (l *listener) set(status int, answer string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.status, l.answer = status, answer
}

func (l *listener) heard() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]string(nil), l.bodies...)
}

var secretOnPage = regexp.MustCompile(`value="([A-Z2-7]{26})"`)

func TestWebhooksAreToldWhatIsSaid(t *testing.T) {
	t.Parallel()
	l := listen(t)
	s := apptest.Start(t, func(c *app.Config) { c.EgressAllowed = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} })
	ada, bea := s.Signup("ada"), s.Signup("bea")
	room := ada.Found("deploys", "private")
	out := fmt.Sprintf("/rooms/%d/outgoing", room)
	bea.Post(out, "name", "X", "url", l.URL).Want(t, http.StatusNotFound)
	ada.Post(out, "name", "CI", "url", "ftp://example.org").Want(t, http.StatusUnprocessableEntity)
	ada.Says(room, "before")
	page := ada.Post(out, "name", "CI", "url", l.URL+"/x", "word", "deploy").Want(t, http.StatusOK).Body
	secret := secretOnPage.FindStringSubmatch(page)
	if secret == nil {
		t.Fatal("no secret is shown:", page)
	}
	l.set(http.StatusOK, "on its *way*")
	ada.Says(room, "chatter")
	said := ada.Says(room, "deploy **harbour** now")
	apptest.Within(t, "it was told", func() bool { return len(l.heard()) == 1 })
	var told struct {
		Event   string
		User    struct{ Username string }
		Room    struct{ Name string }
		Message struct {
			ID   int
			Body struct{ Typed, Plain, HTML string }
		}
	}
	if err := json.Unmarshal([]byte(l.heard()[0]), &told); err != nil || told.User.Username != "ada" || told.Room.Name != "deploys" ||
		told.Message.ID != said ||
		told.Message.Body.Plain != "deploy harbour now" || !strings.Contains(told.Message.Body.HTML, "<strong>harbour</strong>") {
		t.Errorf("%v %s", err, l.heard()[0])
	}
	sign := l.heads[0].Get(hooks.Signature)
	seconds, _ := strconv.ParseInt(strings.TrimPrefix(strings.Split(sign, ",")[0], "t="), 10, 64)
	if hooks.Sign(secret[1], time.Unix(seconds, 0), []byte(l.heard()[0])) != sign {
		t.Error("the signature is", sign)
	}
	apptest.Within(t, "the answer is said", func() bool {
		return strings.Contains(ada.Get(fmt.Sprint("/rooms/", room)).Body, "on its <em>way</em>")
	})
	log := ada.Get(out+"/1").Want(t, http.StatusOK).Body
	if !strings.Contains(log, "Arrived: 200") {
		t.Error("the log says", log)
	}
	bea.Get(out+"/1").Want(t, http.StatusNotFound)
	l.set(http.StatusOK, "ok")
	ada.Post(out+"/1/again/1").Want(t, http.StatusSeeOther)
	apptest.Within(t, "it was told again", func() bool { return len(l.heard()) == 2 })
	l.set(http.StatusInternalServerError, "")
	lost := ada.Says(room, "deploy into the void")
	apptest.Within(t, "it failed and is tried again", func() bool { return strings.Contains(ada.Get(out+"/1").Body, "it answered 500") })
	ada.Post(fmt.Sprintf("/messages/%d/delete", lost))
	ada.Post(out+"/1/remove").Want(t, http.StatusSeeOther)
	ada.Says(room, "deploy nobody")
	ada.Get(out+"/1").Want(t, http.StatusNotFound)
	if n := len(l.heard()); n != 3 {
		t.Error(n, "requests were made")
	}
}

func TestWebhooksReachNothingInside(t *testing.T) {
	t.Parallel()
	l := listen(t)
	s := apptest.Start(t)
	ada := s.Signup("ada")
	ada.Post("/rooms/1/outgoing", "name", "Inside", "url", l.URL).Want(t, http.StatusOK)
	ada.Says(1, "hello inside")
	apptest.Within(t, "it was not sent", func() bool {
		log := ada.Get("/rooms/1/outgoing/1").Body
		return strings.Contains(log, "Not sent") && strings.Contains(log, "not of the world outside")
	})
	if len(l.heard()) > 0 {
		t.Error("it was reached")
	}
}
