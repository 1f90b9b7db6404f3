package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"parley/app"
	"parley/app/apptest"
)

// inside lets requests go to this machine.
func inside(c *app.Config) { c.EgressAllowed = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} }

// told adds a device of somebody, who is told at once.
func told(t *testing.T, p *apptest.PushService, b *apptest.Browser, name string) *apptest.PushDevice {
	t.Helper()
	d := p.Device(name)
	b.Post("/me/devices", d.Fields()...).Want(t, http.StatusSeeOther)
	b.Post("/me/notifications", "push", "now").Want(t, http.StatusSeeOther)
	return d
}

// notice is what a device shows.
type notice struct {
	Version      int    `json:"web_push"`
	Withdraw     string `json:"withdraw"`
	Badge        int    `json:"app_badge"`
	Notification struct {
		Title, Body, Navigate, Tag string
		Room, Message              int
	}
}

func noticeOf(t *testing.T, p apptest.Pushed) (n notice) {
	t.Helper()
	if err := json.Unmarshal([]byte(p.Plain), &n); err != nil {
		t.Fatal(err, p.Plain)
	}
	return n
}

func TestADeviceIsToldWhatIsForItsPerson(t *testing.T) {
	t.Parallel()
	s, service := apptest.Start(t, inside), apptest.NewPushService(t)
	ada, mei := s.Signup("ada"), s.Signup("mei")
	phone := told(t, service, ada, "phone")
	mei.Says(1, "nothing for anybody")
	m := mei.Says(1, "@ada, the **lens** is here")
	got := phone.Waits(1)
	want := fmt.Sprintf(`{"web_push":8030,"notification":{"title":"mei","body":"#general\n@ada, the lens is here","navigate":"%s/rooms/1/@%d","tag":"r1","room":1,"message":%d},"app_badge":1}`, s.Base, m, m)
	if got[0].Plain != want {
		t.Errorf("the device got\n%s, want\n%s", got[0].Plain, want)
	}
	if got[0].TTL != "86400" || got[0].Topic != "room-1" || (got[0].Length-86-16)%512 != 0 {
		t.Errorf("%+v", got[0])
	}
	if key := ada.Get("/me/notifications").Body; !strings.Contains(key, `data-key="`+got[0].Key+`"`) {
		t.Error("the page has another key than the push")
	}

	// Only where, by choice: not a word of it leaves the server.
	ada.Post("/me/notifications", "push_words", "room").Want(t, http.StatusSeeOther)
	ada.Post("/rooms/1/read", "upto", fmt.Sprint(m)).Want(t, http.StatusSeeOther)
	if n := noticeOf(t, phone.Waits(2)[1]); n.Withdraw != "r1" {
		t.Errorf("what was read elsewhere stays: %+v", n)
	}
	mei.Says(1, "@ada again")
	if n := noticeOf(t, phone.Waits(3)[2]).Notification; n.Title != "A message in #general" || n.Body != "" {
		t.Errorf("%+v", n)
	}
}

func TestNobodyIsToldWhoShouldNotBe(t *testing.T) {
	t.Parallel()
	s, service := apptest.Start(t, inside), apptest.NewPushService(t)
	ada, mei := s.Signup("ada"), s.Signup("mei")
	jonas, priya, tomas, sofia := s.Signup("jonas"), s.Signup("priya"), s.Signup("tomas"), s.Signup("sofia")
	phones := map[string]*apptest.PushDevice{}
	for name, b := range map[string]*apptest.Browser{"ada": ada, "jonas": jonas, "priya": priya, "tomas": tomas, "sofia": sofia, "mei": mei} {
		phones[name] = told(t, service, b, name)
	}
	jonas.Post("/rooms/1/mute", "for", "on").Want(t, http.StatusSeeOther)
	priya.Post("/me/pause", "for", "1h").Want(t, http.StatusSeeOther)
	tomas.Post("/logout").Want(t, http.StatusSeeOther)
	sofia.Post("/me/notifications", "push", "off").Want(t, http.StatusSeeOther)
	mei.Says(1, "@ada @jonas @priya @tomas @sofia @mei look")
	phones["ada"].Waits(1)
	secret := mei.Found("secret", "private")
	mei.Says(secret, "@ada is not in here")
	mei.Says(1, "@ada once more") // of a room that is shown already: a little later, not at once
	for name, p := range phones {
		if n := len(p.Got()); name != "ada" && n > 0 || n > 1 {
			t.Error(name, "was told", n, "times:", p.Got())
		}
	}
}

func TestWhoIsHereIsNotToldByADevice(t *testing.T) {
	t.Parallel()
	s, service := apptest.Start(t, inside), apptest.NewPushService(t)
	ada, mei, jonas := s.Signup("ada"), s.Signup("mei"), s.Signup("jonas")
	phone, other := told(t, service, ada, "phone"), told(t, service, jonas, "other")
	ada.Open()
	mei.Says(1, "@ada @jonas look")
	other.Waits(1)
	if n := len(phone.Got()); n > 0 {
		t.Error("told", n, "times while a page is open")
	}
}

func TestADeviceThatIsGoneIsForgottenAndABusyServiceIsAskedAgain(t *testing.T) {
	t.Parallel()
	s, service := apptest.Start(t, inside), apptest.NewPushService(t)
	ada, mei := s.Signup("ada"), s.Signup("mei")
	gone, busy := told(t, service, ada, "gone"), told(t, service, ada, "busy")
	gone.Answers(func(w http.ResponseWriter) { w.WriteHeader(http.StatusGone) })
	busy.Answers(func(w http.ResponseWriter) {
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	mei.Says(1, "@ada look")
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		list, err := s.App.Chat.Devices(t.Context(), s.Account("ada"))
		if err != nil {
			t.Fatal(err)
		}
		if len(list) == 1 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal(len(list), "devices are left")
		}
	}
	busy.Answers(nil)
	busy.Waits(1)
}

// A device is told after a crash, too: what waits is stored.
func TestWhatWaitsOutlivesTheProcess(t *testing.T) {
	t.Parallel()
	s, service := apptest.Start(t, inside), apptest.NewPushService(t)
	ada, mei := s.Signup("ada"), s.Signup("mei")
	phone := told(t, service, ada, "phone")
	phone.Answers(func(w http.ResponseWriter) { w.WriteHeader(http.StatusServiceUnavailable) })
	m := mei.Says(1, "@ada look")
	s.Stop()
	phone.Answers(nil)
	s.Run(inside)
	if n := noticeOf(t, phone.Waits(1)[0]).Notification; n.Message != m {
		t.Errorf("%+v", n)
	}
}

func TestADeviceIsItsPersonsAlone(t *testing.T) {
	t.Parallel()
	s, service := apptest.Start(t, inside), apptest.NewPushService(t)
	ada, mei := s.Signup("ada"), s.Signup("mei")
	phone := told(t, service, ada, "phone")
	list, err := s.App.Chat.Devices(t.Context(), s.Account("ada"))
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	at := fmt.Sprintf("/me/devices/%d", list[0].ID)
	for _, path := range []string{at + "/test", at + "/remove", at + "/arrived"} {
		mei.Post(path).Want(t, http.StatusNotFound)
	}
	ada.Post(at+"/test").Want(t, http.StatusSeeOther)
	if n := noticeOf(t, phone.Waits(1)[0]).Notification; n.Title != "It works" {
		t.Errorf("%+v", n)
	}
	// Addresses inside, without TLS, or with a password, and keys off the curve are refused.
	for _, bad := range [][]string{{"endpoint", "http://192.0.2.7/x"}, {"endpoint", "https://u:p@push.example.org/x"},
		{"endpoint", "ftp://push.example.org"}, {"p256dh", "AAAA"}, {"auth", "AAAA"}} {
		ada.Post("/me/devices", append(bad, phone.Fields()...)...) // the first of a name counts
		list, err := s.App.Chat.Devices(t.Context(), s.Account("ada"))
		if err != nil || len(list) != 1 || list[0].Endpoint != phone.Endpoint {
			t.Errorf("%v: %v %v", bad, list, err)
		}
	}
	// The same browser of another person: it is told nothing more of the one before.
	mei.Post("/me/devices", phone.Fields()...).Want(t, http.StatusSeeOther)
	if list, err := s.App.Chat.Devices(t.Context(), s.Account("ada")); err != nil || len(list) != 0 {
		t.Error("it is still the device of ada:", list, err)
	}
}
