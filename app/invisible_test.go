package app

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var nonces = regexp.MustCompile(`nonce="[A-Z2-7]+"|'nonce-[A-Z2-7]+'`)

// same is what of an answer must be equal for what is hidden and for what does
// not exist: all but the nonce, the date and the address that was asked for.
func (a answer) same() string {
	var b strings.Builder
	var names []string
	for name := range a.header {
		if name != "Date" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	fmt.Fprintln(&b, a.status)
	for _, name := range names {
		fmt.Fprintln(&b, name, a.header[name])
	}
	return nonces.ReplaceAllString(b.String()+a.body, "")
}

var lastNumber = regexp.MustCompile(`\d+$`)

func TestWhatOneMayNotSeeAnswersLikeWhatDoesNotExist(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada, bob, eve := s.signup("ada"), s.signup("bob"), s.signup("eve")
	secret := ada.found("secret", "private")
	message := ada.says(secret, "nobody else reads this")
	ada.post("/dm", "to", "2", "body", "only you and me").want(t, 303)
	direct := id(t, bob.get("/dm/new?to=1").want(t, 303).location())
	left := ada.found("former", "private")
	ada.post(fmt.Sprintf("/rooms/%d/members", left), "people", "3").want(t, 303)
	old := eve.says(left, "I was here")
	ada.post(fmt.Sprintf("/rooms/%d/members/3/remove", left)).want(t, 303)
	const nothing = 424242

	// The administrator is an outsider of a conversation of others, and of a private room.
	walter := bob.found("walter", "private")
	his := bob.says(walter, "not even for administrators")
	bob.post("/dm", "to", "3", "body", "hello eve").want(t, 303)
	others := id(t, bob.get("/dm/new?to=3").want(t, 303).location())

	for _, c := range []struct {
		who     *browser
		room    int
		message int
	}{{eve, secret, message}, {eve, direct, message}, {eve, left, old}, {ada, walter, his}, {ada, others, his}} {
		for _, path := range []string{"", "/people", "/changes?since=0", "/settings", "/add", "/@MESSAGE",
			"?before=MESSAGE", "?after=1", "/nothing"} {
			for _, headers := range [][]string{nil, {"HX-Request", "true"}, {"HX-Request", "true", "HX-Target", "div#stage"},
				{"HX-Request", "true", "HX-Target", "aside#panel"}, {"Accept", "application/json"}} {
				if (path == "" || path[0] == '?') && slices.Contains(headers, "aside#panel") {
					continue // closing a panel says nothing of the room
				}
				path := strings.Replace(path, "MESSAGE", strconv.Itoa(c.message), 1)
				hidden, absent := c.who.get(fmt.Sprintf("/rooms/%d%s", c.room, path), headers...),
					c.who.get(fmt.Sprintf("/rooms/%d%s", nothing, path), headers...)
				differ(t, fmt.Sprint("GET ", path, headers), hidden, absent)
			}
		}
		for _, path := range []string{"", "/edit"} {
			for _, headers := range [][]string{nil, {"HX-Request", "true"}, {"HX-Request", "true", "HX-Target", "aside#panel"}} {
				differ(t, "GET message"+path, c.who.get(fmt.Sprintf("/messages/%d%s", c.message, path), headers...),
					c.who.get(fmt.Sprintf("/messages/%d%s", nothing, path), headers...))
			}
		}
		differ(t, "a reply across rooms", c.who.post("/rooms/1/messages", "body", "x", "reply_to", strconv.Itoa(c.message)),
			c.who.post("/rooms/1/messages", "body", "x", "reply_to", strconv.Itoa(nothing)))
		for _, action := range []string{"edit", "delete", "restore", "reactions"} {
			fields := []string{"body", "x", "e", "👍", "on", "1"}
			differ(t, "POST message "+action, c.who.post(fmt.Sprintf("/messages/%d/%s", c.message, action), fields...),
				c.who.post(fmt.Sprintf("/messages/%d/%s", nothing, action), fields...))
		}
		for _, action := range []string{"messages", "join", "leave", "delete", "read", "typing", "settings", "members",
			"members/1/remove", "members/3/remove"} {
			fields := []string{"body", "x", "name", "x", "topic", "x", "people", "3", "upto", "1", "confirm", "secret", "cid", "c1"}
			hidden, absent := c.who.post(fmt.Sprintf("/rooms/%d/%s", c.room, action), fields...),
				c.who.post(fmt.Sprintf("/rooms/%d/%s", nothing, action), fields...)
			differ(t, "POST "+action, hidden, absent)
		}
	}
}

func differ(t *testing.T, what string, hidden, absent answer) {
	t.Helper()
	if absent.status != http.StatusNotFound {
		t.Errorf("%s: a room that does not exist answers %d", what, absent.status)
	}
	if hidden.same() != absent.same() {
		t.Errorf("%s: hidden and absent differ:\n%s\n---\n%s", what, hidden.same(), absent.same())
	}
}

func TestAMessageIsOnlyFoundInItsOwnRoom(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada := s.signup("ada")
	a, b := ada.found("a", "open"), ada.found("b", "private")
	m := ada.says(b, "in b")
	ada.get(fmt.Sprintf("/rooms/%d/@%d", b, m)).want(t, 200)
	ada.get(fmt.Sprintf("/rooms/%d/@%d", a, m)).want(t, 404)
	page := ada.get(fmt.Sprintf("/rooms/%d?after=%d", a, m-1)).want(t, 200)
	if strings.Contains(page.body, "in b") {
		t.Error("a page of one room shows a message of another")
	}
}

func TestAPrivateRoomIsNamedNowhereForOutsiders(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada, eve := s.signup("ada"), s.signup("eve")
	room := ada.found("zanzibar", "private")
	ada.says(room, "hello @eve")
	for _, path := range []string{"/", "/rooms", "/rooms?q=zanz", "/jump?q=zanz", "/people", "/people/1", "/me", "/rooms/1"} {
		if body := eve.get(path).want(t, 200).body; strings.Contains(strings.ReplaceAll(body, `value="zanz`, ""), "zanzibar") {
			t.Errorf("%s tells of the room", path)
		}
	}
}

func TestVisitorsAreSentToLogIn(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.signup("ada")
	out := s.visitor()
	for _, path := range []string{"/rooms/1", "/rooms/77", "/nowhere", "/me?done=name", "/people/1"} {
		to := out.get(path).want(t, 303).location()
		if want := "/login?next=" + strings.NewReplacer("/", "%2F", "?", "%3F", "=", "%3D").Replace(path); to != want {
			t.Errorf("%s leads to %s, want %s", path, to, want)
		}
		out.get(path, "HX-Request", "true").want(t, 401)
		out.get(path, "Accept", "application/json").want(t, 401)
	}
	if to := out.post("/rooms/1/messages", "body", "x").want(t, 303).location(); to != "/login" {
		t.Error("a form leads to " + to)
	}
	if to := s.visitor().post("/login", "username", "ada", "password", password, "next",
		"/me?done=name").want(t, 303).location(); to != "/me?done=name" {
		t.Error("logging in leads to " + to)
	}
}

func TestLoggingInLeadsToNoOtherSite(t *testing.T) {
	t.Parallel()
	s := start(t)
	s.signup("ada")
	for _, next := range []string{"https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example",
		"/\n/evil.example", "javascript:alert(1)", "evil.example", " //evil.example", "/\r\nSet-Cookie: a=b", "http:evil.example"} {
		if to := s.visitor().post("/login", "username", "ada", "password", password, "next", next).want(t, 303).location(); to != "/" {
			t.Errorf("next=%q leads to %q", next, to)
		}
	}
}
