package e2e

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"parley/app/apptest"
)

var nonces = regexp.MustCompile(`nonce="[A-Z2-7]+"|'nonce-[A-Z2-7]+'`)

// same is what of an answer must be equal for what is hidden and for what does
// not exist: all but the nonce, the date and the address that was asked for.
func same(a apptest.Answer) string {
	var b strings.Builder
	var names []string
	for name := range a.Header {
		if name != "Date" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	fmt.Fprintln(&b, a.Status)
	for _, name := range names {
		fmt.Fprintln(&b, name, a.Header[name])
	}
	return nonces.ReplaceAllString(b.String()+a.Body, "")
}

func TestWhatOneMayNotSeeAnswersLikeWhatDoesNotExist(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bob, eve := s.Signup("ada"), s.Signup("bob"), s.Signup("eve")
	secret := ada.Found("secret", "private")
	message := ada.Says(secret, "nobody else reads this")
	ada.Post("/dm", "to", "2", "body", "only you and me").Want(t, 303)
	direct := apptest.ID(t, bob.Get("/dm/new?to=1").Want(t, 303).Location())
	left := ada.Found("former", "private")
	ada.Post(fmt.Sprintf("/rooms/%d/members", left), "people", "3").Want(t, 303)
	old := eve.Says(left, "I was here")
	ada.Post(fmt.Sprintf("/rooms/%d/members/3/remove", left)).Want(t, 303)
	const nothing = 424242

	// The administrator is an outsider of a conversation of others, and of a private room.
	walter := bob.Found("walter", "private")
	his := bob.Says(walter, "not even for administrators")
	bob.Post("/dm", "to", "3", "body", "hello eve").Want(t, 303)
	others := apptest.ID(t, bob.Get("/dm/new?to=3").Want(t, 303).Location())

	for _, c := range []struct {
		who     *apptest.Browser
		room    int
		message int
	}{{eve, secret, message}, {eve, direct, message}, {eve, left, old}, {ada, walter, his}, {ada, others, his}} {
		for _, path := range []string{"", "/people", "/changes?since=0", "/settings", "/add", "/@MESSAGE",
			"?before=MESSAGE", "?after=1", "/nothing"} {
			for _, headers := range [][]string{nil, {"HX-Request", "true"}, {"HX-Request", "true", "HX-Target", "div#stage"},
				{"HX-Request", "true", "HX-Target", "aside#panel"}, {"Accept", "application/json"}} {
				path := strings.Replace(path, "MESSAGE", strconv.Itoa(c.message), 1)
				hidden, absent := c.who.Get(fmt.Sprintf("/rooms/%d%s", c.room, path), headers...),
					c.who.Get(fmt.Sprintf("/rooms/%d%s", nothing, path), headers...)
				differ(t, fmt.Sprint("GET ", path, headers), hidden, absent)
			}
		}
		for _, path := range []string{"", "/edit"} {
			for _, headers := range [][]string{nil, {"HX-Request", "true"}, {"HX-Request", "true", "HX-Target", "aside#panel"}} {
				differ(t, "GET message"+path, c.who.Get(fmt.Sprintf("/messages/%d%s", c.message, path), headers...),
					c.who.Get(fmt.Sprintf("/messages/%d%s", nothing, path), headers...))
			}
		}
		differ(t, "a reply across rooms", c.who.Post("/rooms/1/messages", "body", "x", "reply_to", strconv.Itoa(c.message)),
			c.who.Post("/rooms/1/messages", "body", "x", "reply_to", strconv.Itoa(nothing)))
		for _, action := range []string{"edit", "delete", "restore", "reactions"} {
			fields := []string{"body", "x", "e", "👍", "on", "1"}
			differ(t, "POST message "+action, c.who.Post(fmt.Sprintf("/messages/%d/%s", c.message, action), fields...),
				c.who.Post(fmt.Sprintf("/messages/%d/%s", nothing, action), fields...))
		}
		for _, action := range []string{"messages", "join", "leave", "delete", "read", "typing", "settings", "members",
			"members/1/remove", "members/3/remove"} {
			fields := []string{"body", "x", "name", "x", "topic", "x", "people", "3", "upto", "1", "confirm", "secret", "cid", "c1"}
			hidden, absent := c.who.Post(fmt.Sprintf("/rooms/%d/%s", c.room, action), fields...),
				c.who.Post(fmt.Sprintf("/rooms/%d/%s", nothing, action), fields...)
			differ(t, "POST "+action, hidden, absent)
		}
	}
}

func differ(t *testing.T, what string, hidden, absent apptest.Answer) {
	t.Helper()
	if absent.Status != http.StatusNotFound {
		t.Errorf("%s: a room that does not exist answers %d", what, absent.Status)
	}
	if same(hidden) != same(absent) {
		t.Errorf("%s: hidden and absent differ:\n%s\n---\n%s", what, same(hidden), same(absent))
	}
}

func TestAMessageIsOnlyFoundInItsOwnRoom(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	a, b := ada.Found("a", "open"), ada.Found("b", "private")
	m := ada.Says(b, "in b")
	ada.Get(fmt.Sprintf("/rooms/%d/@%d", b, m)).Want(t, 200)
	ada.Get(fmt.Sprintf("/rooms/%d/@%d", a, m)).Want(t, 404)
	page := ada.Get(fmt.Sprintf("/rooms/%d?after=%d", a, m-1)).Want(t, 200)
	if strings.Contains(page.Body, "in b") {
		t.Error("a page of one room shows a message of another")
	}
}

func TestAPrivateRoomIsNamedNowhereForOutsiders(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, eve := s.Signup("ada"), s.Signup("eve")
	room := ada.Found("zanzibar", "private")
	ada.Says(room, "hello @eve")
	for _, path := range []string{"/", "/rooms", "/rooms?q=zanz", "/jump?q=zanz", "/people", "/people/1", "/me", "/rooms/1"} {
		if body := eve.Get(path).Want(t, 200).Body; strings.Contains(strings.ReplaceAll(body, `value="zanz`, ""), "zanzibar") {
			t.Errorf("%s tells of the room", path)
		}
	}
}

func TestVisitorsAreSentToLogIn(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	s.Signup("ada")
	out := s.Visitor()
	for _, path := range []string{"/rooms/1", "/rooms/77", "/nowhere", "/me?done=name", "/people/1"} {
		to := out.Get(path).Want(t, 303).Location()
		if want := "/login?next=" + strings.NewReplacer("/", "%2F", "?", "%3F", "=", "%3D").Replace(path); to != want {
			t.Errorf("%s leads to %s, want %s", path, to, want)
		}
		out.Get(path, "HX-Request", "true").Want(t, 401)
		out.Get(path, "Accept", "application/json").Want(t, 401)
	}
	if to := out.Post("/rooms/1/messages", "body", "x").Want(t, 303).Location(); to != "/login" {
		t.Error("a form leads to " + to)
	}
	if to := s.Visitor().Post("/login", "username", "ada", "password", apptest.Password, "next",
		"/me?done=name").Want(t, 303).Location(); to != "/me?done=name" {
		t.Error("logging in leads to " + to)
	}
}

func TestLoggingInLeadsToNoOtherSite(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	s.Signup("ada")
	for _, next := range []string{"https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example",
		"/\n/evil.example", "javascript:alert(1)", "evil.example", " //evil.example", "/\r\nSet-Cookie: a=b", "http:evil.example"} {
		if to := s.Visitor().Post("/login", "username", "ada", "password", apptest.Password, "next", next).Want(t, 303).Location(); to != "/" {
			t.Errorf("next=%q leads to %q", next, to)
		}
	}
}
