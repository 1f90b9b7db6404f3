package e2e

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"parley/app"
	"parley/app/apptest"
	"parley/app/chat"
	"parley/app/cmd"
)

func TestOtherSitesCannotAct(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	for _, headers := range [][]string{
		{"Sec-Fetch-Site", "cross-site"},
		{"Sec-Fetch-Site", "same-site"},
		{"Sec-Fetch-Site", "cross-site", "Origin", s.Base},
		{"Origin", "https://evil.example"},
		{"Origin", "null"},
		{"Origin", "http://127.0.0.1:1"},
		{"Origin", "https://evil.example", "X-Forwarded-Host", "evil.example"},
		{},
	} {
		all := append([]string{"Content-Type", "application/x-www-form-urlencoded"}, headers...)
		for _, path := range []string{"/rooms/1/messages", "/logout", "/login", "/signup"} {
			if got := ada.Do("POST", path, "body=x", all...).Status; got != http.StatusForbidden {
				t.Errorf("%s with %q: %d", path, headers, got)
			}
		}
	}
	for _, headers := range [][]string{{"Sec-Fetch-Site", "same-origin"}, {"Origin", s.Base}, {"Sec-Fetch-Site", "none"}} {
		all := append([]string{"Content-Type", "application/x-www-form-urlencoded"}, headers...)
		ada.Do("POST", "/rooms/1/messages", "body=x", all...).Want(t, 303)
	}
}

func TestBehindAProxyThePublicAddressIsOurs(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t, func(c *app.Config) { c.URL = "https://chat.example.org" })
	ada := s.Visitor()
	form := []string{"Content-Type", "application/x-www-form-urlencoded", "Origin", "https://chat.example.org"}
	a := ada.Do("POST", "/signup", "username=ada&password=correct+horse+battery", form...).Want(t, 303)
	if a.Header.Get("Strict-Transport-Security") == "" || !strings.Contains(a.Header.Get("Set-Cookie"), "__Host-parley") {
		t.Error("https is not taken notice of:", a.Header)
	}
	// The proxy asks for 127.0.0.1, the page is of the public address.
	k, _, err := ada.Dial("Origin", "https://chat.example.org")
	if err != nil {
		t.Fatal(err)
	}
	k.Expect("hello")
	if _, _, err := ada.Dial("Origin", "https://evil.example"); err == nil {
		t.Error("a socket of another site opens")
	}
}

func TestRequestsThatNoPageSendsAreRefused(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	form := []string{"Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-origin"}
	ada.Do("POST", "/rooms/1/messages", "body=x", append(form, "Content-Encoding", "gzip")...).Want(t, 415)
	ada.Do("POST", "/rooms/1/messages", "body=%ff%fe", form...).Want(t, 400)
	ada.Do("POST", "/rooms/1/messages?body=%ff", "", form...).Want(t, 400)
	ada.Get("/people?q=%ff").Want(t, 400)
	ada.Get("/rooms?q=%c3").Want(t, 400)
	ada.Get("/?"+strings.Repeat("a", 2<<10)).Want(t, 414)
	part := "--b\r\nContent-Disposition: form-data; name=\"body\"\r\n\r\n%s\r\n--b--\r\n"
	multi := []string{"Content-Type", "multipart/form-data; boundary=b", "Sec-Fetch-Site", "same-origin"}
	ada.Do("POST", "/rooms/1/messages", fmt.Sprintf(part, "\xff"), multi...).Want(t, 400)
	ada.Do("POST", "/rooms/1/messages", fmt.Sprintf(part, "fine"), multi...).Want(t, 303)
	ada.Do("POST", "/rooms/1/messages", "--b\r\nbroken", multi...).Want(t, 400)
	for _, field := range []string{"reply_to", "of"} {
		ada.Do("POST", "/rooms/1/messages", "body=no+number&"+field+"=abc", form...).Want(t, 400)
	}
	for _, upto := range []string{"abc", "-1", "1.5", "1x", "99999999999999999999"} {
		ada.Do("POST", "/rooms/1/read", "upto="+upto, form...).Want(t, 400)
		ada.Do("POST", "/rooms/1/read", "upto="+upto, append(form, "HX-Request", "true")...).Want(t, 400)
	}
	for _, query := range []string{"since=abc", "room=abc", "room=1", "room=1:x", "room=0:1", "room=-1:1", "room="} {
		ada.Get("/changes?"+query).Want(t, 400)
	}
	ada.Get("/rooms/1/changes?since=abc").Want(t, 400)
	for _, body := range []string{"body=%zz", "body=50%", "body=x&cid=%f", "%zz=x"} {
		if a := ada.Do("POST", "/rooms/1/messages", body, form...).Want(t, 400); !strings.Contains(a.Body, "percent sign") {
			t.Errorf("%s: it is not said why", body)
		}
	}
	for _, broken := range []string{"--b\r\nContent-Disposition: form-data; name=\"body\"\r\n\r\nhalf", "no boundary",
		"--b\r\nbroken\r\n\r\n--b--", ""} {
		ada.Do("POST", "/rooms/1/messages", broken, multi...).Want(t, 400)
		ada.Do("POST", "/rooms", broken, multi...).Want(t, 400)
	}
	ada.Do("DELETE", "/rooms/1", "", form...).Want(t, 404)
	ada.Get("/rooms/99999999999999999999").Want(t, 404)
	ada.Get("/rooms/1/@99999999999999999999").Want(t, 404)
	ada.Get("/rooms/-1").Want(t, 404)
}

func TestARefusedFormKeepsWhatWasTypedAndSaysWhy(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	first := s.Visitor()
	check := func(a apptest.Answer, parts ...string) {
		t.Helper()
		a.Want(t, 422)
		for _, p := range parts {
			if !strings.Contains(a.Body, p) {
				t.Errorf("the form lacks %q:\n%s", p, a.Body)
			}
		}
		if strings.Contains(a.Body, `value="`+apptest.Password) || strings.Contains(a.Body, `value="short"`) {
			t.Error("the form gives the password back")
		}
	}
	check(first.Post("/signup", "workspace", "Harbour", "username", "ada", "password", "short"), `value="Harbour"`,
		`value="ada"`, "at least 8 characters")
	check(first.Post("/signup", "workspace", "Harbour", "username", "x", "password", apptest.Password), `value="x"`)
	ada := s.Signup("ada")
	check(s.Visitor().Post("/signup", "username", "ADA", "password", apptest.Password), `value="ADA"`, "Somebody has this username")
	check(s.Visitor().Post("/login", "username", "ada", "password", "wrong password", "next", "/me"), `value="ada"`,
		`value="/me"`, "Username or password is wrong")
	check(s.Visitor().Post("/login", "username", "nobody", "password", apptest.Password), "Username or password is wrong")
	check(ada.Post("/rooms", "name", "", "topic", "the tides", "kind", "private"), `the tides`)
	check(ada.Post("/rooms", "name", "general", "topic", "the tides"), `value="general"`, "There is a room with this name")
	check(ada.Post("/rooms", "name", "x", "kind", "direct"), `value="x"`)
	long := strings.Repeat("word ", 2001)
	check(ada.Post("/rooms/1/messages", "body", long, "cid", "kept"), long, `value="kept"`, `role="alert"`)
	check(ada.Post("/rooms/1/messages", "body", "  \n "), `role="alert"`)
	check(ada.Post("/me", "name", ""), `name="name"`)
	check(ada.Post("/me/password", "current", "not this one", "password", "a fresh new pass"), "This is not your current password")
	check(ada.Post("/admin/settings", "workspace", "", "signup", "open"), `name="workspace"`)
	s.Signup("bob")
	check(ada.Post("/dm"), "Choose at least one person")
	if a := ada.Post("/rooms/1/messages", "body", strings.Repeat("a", 10_001)); a.Status != 422 {
		t.Error("10,001 characters:", a.Status)
	}
	ada.Post("/rooms/1/messages", "body", strings.Repeat("ä", 10_000)).Want(t, 303)
	if a := ada.Do("POST", "/rooms/1/messages", "body=", "Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site",
		"same-origin", "HX-Request", "true"); a.Status != 422 || strings.Contains(a.Body, "<") {
		t.Error("a script is told", a.Status, a.Body)
	}
}

func TestFieldsThatAreNotTheSendersToSetAreIgnored(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bob := s.Signup("ada"), s.Signup("bob")
	other := ada.Found("other", "open")
	m := bob.Post("/rooms/1/messages", "body", "mine", "author", "1", "author_id", "1", "room_id", strconv.Itoa(other), "room",
		strconv.Itoa(other), "at", "0", "id", "9999", "role", "1", "kind", "1").Want(t, 303)
	if n := apptest.ID(t, m.Location()); n == 9999 || !strings.HasPrefix(m.Location(), "/rooms/1#") {
		t.Error("the form chose its place:", m.Location())
	}
	row := bob.Get("/rooms/1").Body
	if !strings.Contains(row, fmt.Sprintf(`id="m-%d"`, apptest.ID(t, m.Location()))) || !strings.Contains(row, `data-u="2"`) {
		t.Error("the message is not bob's")
	}
	carl := s.Visitor()
	carl.Post("/signup", "username", "carl", "password", apptest.Password, "role", "1", "admin", "true", "id", "1").Want(t, 303)
	carl.Get("/admin/settings").Want(t, 403)
	carl.Post("/admin/settings", "workspace", "Mine", "signup", "closed").Want(t, 403)
	carl.Post("/rooms/1/settings", "name", "mine", "topic", "").Want(t, 403)
	carl.Post(fmt.Sprintf("/rooms/%d/members", other), "people", "3", "owner", "1").Want(t, 403)
}

func TestTheSameClientIDIsTheSameMessage(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bob := s.Signup("ada"), s.Signup("bob")
	first := ada.Post("/rooms/1/messages", "body", "once", "cid", "c-1").Want(t, 303)
	again := ada.Post("/rooms/1/messages", "body", "another text", "cid", "c-1").Want(t, 303)
	if first.Location() != again.Location() {
		t.Error(first.Location(), again.Location())
	}
	if other := bob.Post("/rooms/1/messages", "body", "mine", "cid", "c-1").Want(t, 303); other.Location() == first.Location() {
		t.Error("one person's client id is another's message")
	}
	if n := strings.Count(ada.Get("/rooms/1").Body, "another text"); n != 0 {
		t.Error("the repeat was stored")
	}
	ada.Post("/rooms/1/messages", "body", "x", "cid", "not an id!").Want(t, 422)
	ada.Post("/rooms/1/messages", "body", "x", "cid", strings.Repeat("a", 65)).Want(t, 422)
}

func TestRatesAreHeldAndChangedWhileTheServerRuns(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	set := func(key, value string) {
		t.Helper()
		if code := cmd.Main([]string{"set", key, value, "--data", s.Data}, strings.NewReader(""), io.Discard, io.Discard); code != 0 {
			t.Fatal("set ended with", code)
		}
		apptest.Within(t, "the server notices "+key, func() bool {
			for _, l := range chat.AllLimits {
				if l.Key == key {
					return strconv.Itoa(s.App.Chat.Limits.Value(l)) == value
				}
			}
			return false
		})
	}
	set("limit.messages", "1")
	var refused apptest.Answer
	for range 6 {
		if refused = ada.Post("/rooms/1/messages", "body", "keep this"); refused.Status != 303 {
			break
		}
	}
	refused.Want(t, 429)
	if n, err := strconv.Atoi(refused.Header.Get("Retry-After")); err != nil || n < 1 || n > 60 {
		t.Error("Retry-After is", refused.Header.Get("Retry-After"))
	}
	if !strings.Contains(refused.Body, ">keep this</textarea>") {
		t.Error("what was typed is gone")
	}
	if a := ada.Do("POST", "/rooms/1/messages", "body=x", "HX-Request", "true", "Sec-Fetch-Site", "same-origin", "Content-Type",
		"application/x-www-form-urlencoded"); a.Status != 429 || a.Header.Get("Retry-After") == "" || strings.Contains(a.Body, "<") {
		t.Error("a script is told", a.Status, a.Body)
	}
	set("limit.messages", "0")
	ada.Post("/rooms/1/messages", "body", "free again").Want(t, 303)
	set("limit.rooms", "1")
	ada.Post("/rooms", "name", "one").Want(t, 303)
	ada.Post("/rooms", "name", "two").Want(t, 429)
	set("limit.login.account", "2")
	out := s.Visitor()
	for range 2 {
		out.Post("/login", "username", "ada", "password", "wrong password").Want(t, 422)
	}
	out.Post("/login", "username", "ada", "password", apptest.Password).Want(t, 429)
	set("limit.signup", "1")
	s.Signup("bob")
	s.Visitor().Post("/signup", "username", "carl", "password", apptest.Password).Want(t, 429)
}

func TestARepeatedMessageIsNotHeldByTheRate(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	if err := s.App.Chat.SetSetting(t.Context(), "limit.messages", "1"); err != nil {
		t.Fatal(err)
	}
	if err := s.App.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i := 0; ; i++ {
		if ada.Post("/rooms/1/messages", "body", "x", "cid", fmt.Sprint("c", i)).Status == 429 {
			break
		}
	}
	ada.Post("/rooms/1/messages", "body", "x", "cid", "c0").Want(t, 303)
}

func TestHealthAndReadiness(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	if a := s.Visitor().Get("/healthz").Want(t, 200); a.Body != "ok\n" {
		t.Error(a.Body)
	}
	if a := s.Visitor().Get("/readyz").Want(t, 200); a.Body != "ready\n" {
		t.Error(a.Body)
	}
}
