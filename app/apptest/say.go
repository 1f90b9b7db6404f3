package apptest

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Says posts a message and answers with its id.
func (b *Browser) Says(room int, body string) int {
	b.Server.T.Helper()
	return ID(b.Server.T, b.Post(fmt.Sprintf("/rooms/%d/messages", room), "body", body).Want(b.Server.T, 303).Location())
}

// Found makes a room and answers with its id.
func (b *Browser) Found(name, kind string) int {
	b.Server.T.Helper()
	return ID(b.Server.T, b.Post("/rooms", "name", name, "kind", kind).Want(b.Server.T, 303).Location())
}

// ID is the number of a message at the end of its address.
func ID(t testing.TB, path string) int {
	t.Helper()
	n, err := strconv.Atoi(LastNumber.FindString(path))
	if err != nil {
		t.Fatalf("no id in %q", path)
	}
	return n
}

// Send posts once, without a word about what goes wrong; id is "" when no answer
// came or the server was too busy.
func (b *Browser) Send(room int, cid, body string) (id string) {
	return b.SendForm(room, url.Values{"cid": {cid}, "body": {body}}.Encode(), "application/x-www-form-urlencoded")
}

// SendForm is Send of a form that is written already, see Form.
func (b *Browser) SendForm(room int, form, kind string) (id string) {
	req, err := http.NewRequest(http.MethodPost, fmt.Sprintf("%s/rooms/%d/messages", b.Server.Base, room), strings.NewReader(form))
	if err != nil {
		return ""
	}
	req.Header.Set("Cookie", b.Cookie)
	req.Header.Set("Content-Type", kind)
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	r, err := b.HTTP.Do(req)
	if err != nil {
		return ""
	}
	defer r.Body.Close()
	io.Copy(io.Discard, r.Body)
	if m := PostedAs.FindStringSubmatch(r.Header.Get("Location")); r.StatusCode == http.StatusSeeOther && m != nil {
		return m[1]
	}
	return ""
}

// Tell posts as somebody without a page.
func (b *Browser) Tell(room int, text string) {
	b.Server.T.Helper()
	b.Post(fmt.Sprintf("/rooms/%d/messages", room), "body", text,
		"cid", fmt.Sprintf("t%011d", time.Now().UnixNano()%1e11)).Want(b.Server.T, http.StatusSeeOther)
}

// Invite makes an invite and answers with where it leads.
func (b *Browser) Invite(t testing.TB, uses, role string) (path string) {
	t.Helper()
	to := b.Post("/admin/invites", "uses", uses, "expires", "7d", "role", role).Want(t, http.StatusSeeOther).Location()
	m := inviteLink.FindStringSubmatch(b.Get(to).Want(t, http.StatusOK).Body)
	if m == nil {
		t.Fatal("no link at", to)
	}
	return m[1]
}

// Links that are shown once.
var (
	inviteLink = regexp.MustCompile(`value="[^"]*(/join/[A-Z0-9]+)"`)
	ResetLink  = regexp.MustCompile(`value="[^"]*(/reset/[A-Za-z0-9_-]+)"`)
)

// Sentences are what people write, more or less.
var Sentences = []string{
	"The harbour map loads in half the time now, and the labels stay put when you turn the phone.",
	"Who has the tablet? I would like to see the beam on it before we ship on Monday.",
	"I moved the **release notes** to the handbook; please read them and shout if something is missing.",
	"That one is mine: `tiles.go` asked for the same picture twice. Fixed, and there is a test for it.",
	"Lunch at one? The new place by the bridge has soup, and they take larger groups.",
	"Looks good to me. The second picture is a little dark, but nobody will notice on a small screen.",
	"See https://handbook.example.org/harbour/notes for what we agreed on, and what we left for later.",
}

// PostedAs finds the number of a message in where its sender is led.
var PostedAs = regexp.MustCompile(`#m-(\d+)$`)

// LastNumber is the number at the end of an address.
var LastNumber = regexp.MustCompile(`\d+$`)
