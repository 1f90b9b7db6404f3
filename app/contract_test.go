package app

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"parley/app/chat"
)

func TestOtherSitesCannotAct(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada := s.signup("ada")
	for _, headers := range [][]string{
		{"Sec-Fetch-Site", "cross-site"},
		{"Sec-Fetch-Site", "same-site"},
		{"Sec-Fetch-Site", "cross-site", "Origin", s.base},
		{"Origin", "https://evil.example"},
		{"Origin", "null"},
		{"Origin", "http://127.0.0.1:1"},
		{"Origin", "https://evil.example", "X-Forwarded-Host", "evil.example"},
		{},
	} {
		all := append([]string{"Content-Type", "application/x-www-form-urlencoded"}, headers...)
		for _, path := range []string{"/rooms/1/messages", "/logout", "/login", "/signup"} {
			if got := ada.do("POST", path, "body=x", all...).status; got != http.StatusForbidden {
				t.Errorf("%s with %q: %d", path, headers, got)
			}
		}
	}
	for _, headers := range [][]string{{"Sec-Fetch-Site", "same-origin"}, {"Origin", s.base}, {"Sec-Fetch-Site", "none"}} {
		all := append([]string{"Content-Type", "application/x-www-form-urlencoded"}, headers...)
		ada.do("POST", "/rooms/1/messages", "body=x", all...).want(t, 303)
	}
}

func TestBehindAProxyThePublicAddressIsOurs(t *testing.T) {
	t.Parallel()
	s := start(t, func(c *Config) { c.URL = "https://chat.example.org" })
	ada := s.visitor()
	form := []string{"Content-Type", "application/x-www-form-urlencoded", "Origin", "https://chat.example.org"}
	a := ada.do("POST", "/signup", "username=ada&password=correct+horse+battery", form...).want(t, 303)
	if a.header.Get("Strict-Transport-Security") == "" || !strings.Contains(a.header.Get("Set-Cookie"), "__Host-parley") {
		t.Error("https is not taken notice of:", a.header)
	}
	// The proxy asks for 127.0.0.1, the page is of the public address.
	k, _, err := ada.dial("Origin", "https://chat.example.org")
	if err != nil {
		t.Fatal(err)
	}
	k.expect("hello")
	if _, _, err := ada.dial("Origin", "https://evil.example"); err == nil {
		t.Error("a socket of another site opens")
	}
}

func TestRequestsThatNoPageSendsAreRefused(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada := s.signup("ada")
	form := []string{"Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-origin"}
	ada.do("POST", "/rooms/1/messages", "body=x", append(form, "Content-Encoding", "gzip")...).want(t, 415)
	ada.do("POST", "/rooms/1/messages", "body=%ff%fe", form...).want(t, 400)
	ada.do("POST", "/rooms/1/messages?body=%ff", "", form...).want(t, 400)
	ada.get("/people?q=%ff").want(t, 400)
	ada.get("/rooms?q=%c3").want(t, 400)
	ada.get("/?"+strings.Repeat("a", 2<<10)).want(t, 414)
	part := "--b\r\nContent-Disposition: form-data; name=\"body\"\r\n\r\n%s\r\n--b--\r\n"
	multi := []string{"Content-Type", "multipart/form-data; boundary=b", "Sec-Fetch-Site", "same-origin"}
	ada.do("POST", "/rooms/1/messages", fmt.Sprintf(part, "\xff"), multi...).want(t, 400)
	ada.do("POST", "/rooms/1/messages", fmt.Sprintf(part, "fine"), multi...).want(t, 303)
	ada.do("POST", "/rooms/1/messages", "--b\r\nbroken", multi...).want(t, 400)
	ada.do("DELETE", "/rooms/1", "", form...).want(t, 404)
	ada.get("/rooms/99999999999999999999").want(t, 404)
	ada.get("/rooms/1/@99999999999999999999").want(t, 404)
	ada.get("/rooms/-1").want(t, 404)
}

func TestARefusedFormKeepsWhatWasTypedAndSaysWhy(t *testing.T) {
	t.Parallel()
	s := start(t)
	first := s.visitor()
	check := func(a answer, parts ...string) {
		t.Helper()
		a.want(t, 422)
		for _, p := range parts {
			if !strings.Contains(a.body, p) {
				t.Errorf("the form lacks %q:\n%s", p, a.body)
			}
		}
		if strings.Contains(a.body, `value="`+password) || strings.Contains(a.body, `value="short"`) {
			t.Error("the form gives the password back")
		}
	}
	check(first.post("/signup", "workspace", "Harbour", "username", "ada", "password", "short"), `value="Harbour"`,
		`value="ada"`, "at least 8 characters")
	check(first.post("/signup", "workspace", "Harbour", "username", "x", "password", password), `value="x"`)
	ada := s.signup("ada")
	check(s.visitor().post("/signup", "username", "ADA", "password", password), `value="ADA"`, "Somebody has this username")
	check(s.visitor().post("/login", "username", "ada", "password", "wrong password", "next", "/me"), `value="ada"`,
		`value="/me"`, "Username or password is wrong")
	check(s.visitor().post("/login", "username", "nobody", "password", password), "Username or password is wrong")
	check(ada.post("/rooms", "name", "", "topic", "the tides", "kind", "private"), `the tides`)
	check(ada.post("/rooms", "name", "general", "topic", "the tides"), `value="general"`, "There is a room with this name")
	check(ada.post("/rooms", "name", "x", "kind", "direct"), `value="x"`)
	long := strings.Repeat("word ", 2001)
	check(ada.post("/rooms/1/messages", "body", long, "cid", "kept"), long, `value="kept"`, `role="alert"`)
	check(ada.post("/rooms/1/messages", "body", "  \n "), `role="alert"`)
	check(ada.post("/me", "name", ""), `name="name"`)
	check(ada.post("/me/password", "current", "not this one", "password", "a fresh new pass"), "This is not your current password")
	check(ada.post("/admin/settings", "workspace", "", "signup", "open"), `name="workspace"`)
	s.signup("bob")
	check(ada.post("/dm"), "Choose at least one person")
	if a := ada.post("/rooms/1/messages", "body", strings.Repeat("a", 10_001)); a.status != 422 {
		t.Error("10,001 characters:", a.status)
	}
	ada.post("/rooms/1/messages", "body", strings.Repeat("ä", 10_000)).want(t, 303)
	if a := ada.do("POST", "/rooms/1/messages", "body=", "Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site",
		"same-origin", "HX-Request", "true"); a.status != 422 || strings.Contains(a.body, "<") {
		t.Error("a script is told", a.status, a.body)
	}
}

func TestFieldsThatAreNotTheSendersToSetAreIgnored(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada, bob := s.signup("ada"), s.signup("bob")
	other := ada.found("other", "open")
	m := bob.post("/rooms/1/messages", "body", "mine", "author", "1", "author_id", "1", "room_id", strconv.Itoa(other), "room",
		strconv.Itoa(other), "at", "0", "id", "9999", "role", "1", "kind", "1").want(t, 303)
	if n := id(t, m.location()); n == 9999 || !strings.HasPrefix(m.location(), "/rooms/1#") {
		t.Error("the form chose its place:", m.location())
	}
	row := bob.get("/rooms/1").body
	if !strings.Contains(row, fmt.Sprintf(`id="m-%d"`, id(t, m.location()))) || !strings.Contains(row, `data-u="2"`) {
		t.Error("the message is not bob's")
	}
	carl := s.visitor()
	carl.post("/signup", "username", "carl", "password", password, "role", "1", "admin", "true", "id", "1").want(t, 303)
	carl.get("/admin/settings").want(t, 403)
	carl.post("/admin/settings", "workspace", "Mine", "signup", "closed").want(t, 403)
	carl.post("/rooms/1/settings", "name", "mine", "topic", "").want(t, 403)
	carl.post(fmt.Sprintf("/rooms/%d/members", other), "people", "3", "owner", "1").want(t, 403)
}

func TestTheSameClientIDIsTheSameMessage(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada, bob := s.signup("ada"), s.signup("bob")
	first := ada.post("/rooms/1/messages", "body", "once", "cid", "c-1").want(t, 303)
	again := ada.post("/rooms/1/messages", "body", "another text", "cid", "c-1").want(t, 303)
	if first.location() != again.location() {
		t.Error(first.location(), again.location())
	}
	if other := bob.post("/rooms/1/messages", "body", "mine", "cid", "c-1").want(t, 303); other.location() == first.location() {
		t.Error("one person's client id is another's message")
	}
	if n := strings.Count(ada.get("/rooms/1").body, "another text"); n != 0 {
		t.Error("the repeat was stored")
	}
	ada.post("/rooms/1/messages", "body", "x", "cid", "not an id!").want(t, 422)
	ada.post("/rooms/1/messages", "body", "x", "cid", strings.Repeat("a", 65)).want(t, 422)
}

func TestRatesAreHeldAndChangedWhileTheServerRuns(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada := s.signup("ada")
	set := func(key, value string) {
		t.Helper()
		if code := Main([]string{"set", key, value, "--data", s.data}, strings.NewReader(""), io.Discard, io.Discard); code != 0 {
			t.Fatal("set ended with", code)
		}
		within(t, "the server notices "+key, func() bool {
			for _, l := range chat.AllLimits {
				if l.Key == key {
					return strconv.Itoa(s.app.Chat.Limits.Value(l)) == value
				}
			}
			return false
		})
	}
	set("limit.messages", "1")
	var refused answer
	for range 6 {
		if refused = ada.post("/rooms/1/messages", "body", "keep this"); refused.status != 303 {
			break
		}
	}
	refused.want(t, 429)
	if n, err := strconv.Atoi(refused.header.Get("Retry-After")); err != nil || n < 1 || n > 60 {
		t.Error("Retry-After is", refused.header.Get("Retry-After"))
	}
	if !strings.Contains(refused.body, ">keep this</textarea>") {
		t.Error("what was typed is gone")
	}
	if a := ada.do("POST", "/rooms/1/messages", "body=x", "HX-Request", "true", "Sec-Fetch-Site", "same-origin", "Content-Type",
		"application/x-www-form-urlencoded"); a.status != 429 || a.header.Get("Retry-After") == "" || strings.Contains(a.body, "<") {
		t.Error("a script is told", a.status, a.body)
	}
	set("limit.messages", "0")
	ada.post("/rooms/1/messages", "body", "free again").want(t, 303)
	set("limit.rooms", "1")
	ada.post("/rooms", "name", "one").want(t, 303)
	ada.post("/rooms", "name", "two").want(t, 429)
	set("limit.login.account", "2")
	out := s.visitor()
	for range 2 {
		out.post("/login", "username", "ada", "password", "wrong password").want(t, 422)
	}
	out.post("/login", "username", "ada", "password", password).want(t, 429)
	set("limit.signup", "1")
	s.signup("bob")
	s.visitor().post("/signup", "username", "carl", "password", password).want(t, 429)
}

func TestARepeatedMessageIsNotHeldByTheRate(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada := s.signup("ada")
	if err := s.app.Chat.SetSetting(t.Context(), "limit.messages", "1"); err != nil {
		t.Fatal(err)
	}
	if err := s.app.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i := 0; ; i++ {
		if ada.post("/rooms/1/messages", "body", "x", "cid", fmt.Sprint("c", i)).status == 429 {
			break
		}
	}
	ada.post("/rooms/1/messages", "body", "x", "cid", "c0").want(t, 303)
}

func TestHealthAndReadiness(t *testing.T) {
	t.Parallel()
	s := start(t)
	if a := s.visitor().get("/healthz").want(t, 200); a.body != "ok\n" {
		t.Error(a.body)
	}
	if a := s.visitor().get("/readyz").want(t, 200); a.body != "ready\n" {
		t.Error(a.body)
	}
}
