package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"parley/app/apptest"
)

// script posts as a script does.
func script(b *apptest.Browser, path string, form string) apptest.Answer {
	b.Server.T.Helper()
	return b.Do(http.MethodPost, path, form, "Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site",
		"same-origin", "HX-Request", "true")
}

func TestAScriptIsAnsweredWithWhatEverybodyIsTold(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bob := s.Signup("ada"), s.Signup("bob")
	head, next := ada.Says(1, "head"), ada.Says(1, "next")
	url := fmt.Sprintf("/messages/%d", head)
	want := func(a apptest.Answer, parts ...string) {
		t.Helper()
		a.Want(t, 200)
		for _, p := range parts {
			if !strings.Contains(a.Body, p) {
				t.Errorf("the answer lacks %q: %s", p, a.Body)
			}
		}
	}
	want(ada.Get(url+"/edit", "HX-Request", "true"), fmt.Sprintf(`<form class="edit" id="mb-%d" data-dirty`, head),
		">head</textarea>")
	want(script(ada, url+"/edit", "body=better"), `hx-target="#tl-1" hx-swap="msg"`, "better", "(edited)")
	want(script(bob, url+"/reactions", "e=:tada:&on=1"), `value="🎉" data-by="2" title="bob"`, " party popper")
	want(script(bob, url+"/reactions", "e=:tada:&on=1"), `data-by="2"`)
	want(script(ada, url+"/delete", ""), `class="gone"`, fmt.Sprintf(`id="m-%d"`, next))
	want(script(ada, url+"/delete", ""), `class="gone"`)
	want(script(ada, url+"/restore", ""), "better", `data-by="2"`, fmt.Sprintf(`id="m-%d"`, next))
	want(script(ada, url+"/restore", ""), "better")
	if a := script(ada, url+"/edit", "body=").Want(t, 422); a.Body != "Write something first." {
		t.Errorf("a script is told %q", a.Body)
	}
	want(script(ada, "/rooms/1/messages", fmt.Sprintf("body=mine&reply_to=%d", head)), `class="re"`, ">ada</b>", ">better</q>")
	panel := ada.Get(url, "HX-Request", "true", "HX-Target", "aside#panel").Want(t, 200).Body
	if !strings.HasPrefix(panel, `<aside class="panel talk" id="panel"`) || !strings.Contains(panel, fmt.Sprintf(`id="c-m-%d"`, head)) ||
		!strings.Contains(panel, ">mine</p>") {
		t.Error("the panel is", panel)
	}
}

func TestEditsDeletionsAndRestoresAreHeldToTheirRate(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	m := ada.Says(1, "x")
	if err := s.App.Chat.SetSetting(t.Context(), "limit.edits", "1"); err != nil {
		t.Fatal(err)
	}
	if err := s.App.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	var refused apptest.Answer
	for _, action := range []string{"delete", "restore", "delete", "restore"} {
		if refused = ada.Post(fmt.Sprintf("/messages/%d/%s", m, action)); refused.Status == 429 {
			break
		}
	}
	refused.Want(t, 429)
	if refused.Header.Get("Retry-After") == "" {
		t.Error("it does not say how long to wait")
	}
}

func TestADeletedMessageIsReadByNoRoute(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bob := s.Signup("ada"), s.Signup("bob")
	m := ada.Says(1, "hello @bob, the codeword is xylophone")
	bob.Post("/rooms/1/messages", "body", "an answer", "reply_to", fmt.Sprint(m)).Want(t, 303)
	ada.Post(fmt.Sprintf("/messages/%d/edit", m), "body", "hello @bob, the codeword was xylophone").Want(t, 303)
	if to := ada.Post(fmt.Sprintf("/messages/%d/delete", m)).Want(t, 303).Location(); to != fmt.Sprintf("/rooms/1?deleted=%d", m) {
		t.Error("after deleting one is at", to)
	}
	for _, who := range []*apptest.Browser{ada, bob} {
		for _, path := range []string{"/", "/rooms/1", "/rooms/1/changes?since=0", "/rooms/1/@M", "/messages/M",
			"/messages/M/edit", "/rooms/1?after=1"} {
			for _, headers := range [][]string{nil, {"HX-Request", "true"}, {"HX-Request", "true", "HX-Target", "aside#panel"}} {
				if body := who.Get(strings.ReplaceAll(path, "M", fmt.Sprint(m)), headers...).Body; strings.Contains(body, "xylophone") {
					t.Errorf("%s %v shows it", path, headers)
				}
			}
		}
	}
	for _, path := range []string{"/messages/%d", "/messages/%d/edit", "/rooms/1/@%d"} {
		gone := ada.Get(fmt.Sprintf(path, m)).Want(t, 410).Body
		if !strings.Contains(gone, `href="/rooms/1"`) {
			t.Errorf("%s does not lead to the room", path)
		}
	}
	if body := bob.Get("/rooms/1").Body; !strings.Contains(body, "<q>Message deleted</q>") {
		t.Error("the reply does not say that it answers a deleted message")
	}
	late := bob.Post("/rooms/1/messages", "body", "too late", "reply_to", fmt.Sprint(m)).Want(t, 410).Body
	for _, part := range []string{"was deleted. Send it without the reply.", ">too late</textarea>", `name="reply_to" value=""`} {
		if !strings.Contains(late, part) {
			t.Errorf("after a reply to a deleted message the page lacks %q", part)
		}
	}
	if a := script(bob, "/rooms/1/messages", fmt.Sprintf("body=late&cid=late&reply_to=%d", m)); a.Status != 410 ||
		!strings.HasPrefix(a.Body, "The message that this answers was deleted.") {
		t.Error("a script that answers a deleted message is told", a.Status, a.Body)
	}
	bob.Post(fmt.Sprintf("/messages/%d/restore", m)).Want(t, 410)
	if strings.Contains(bob.Get(fmt.Sprintf("/rooms/1?deleted=%d", m)).Body, "Bring it back") ||
		!strings.Contains(ada.Get(fmt.Sprintf("/rooms/1?deleted=%d", m)).Body, "Bring it back") {
		t.Error("the way back is offered to the wrong person")
	}
	ada.Post(fmt.Sprintf("/messages/%d/restore", m)).Want(t, 303)
	if !strings.Contains(bob.Get("/rooms/1").Body, "xylophone") {
		t.Error("it did not come back")
	}
}

func TestTheTableOfEmojiIsKeptForEver(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	b := s.Visitor()
	a := b.Get("/emoji").Want(t, 200)
	if !strings.Contains(a.Body, "\n🎉 party popper|tada") || strings.Contains(a.Header.Get("Cache-Control"), "immutable") {
		t.Error("the table:", a.Header, a.Body[:200])
	}
	build := s.Signup("ada").Get("/rooms/1").Body
	build = build[strings.Index(build, `data-build="`)+len(`data-build="`):]
	build = build[:strings.IndexByte(build, '"')]
	for _, path := range []string{"/emoji?" + build, "/static/" + build + "/emoji.js", "/static/" + build + "/tools.js"} {
		a := b.Get(path, "Accept-Encoding", "gzip").Want(t, 200)
		if a.Header.Get("Cache-Control") != "public, max-age=31536000, immutable" || a.Header.Get("Content-Encoding") != "gzip" {
			t.Error(path, a.Header)
		}
	}
}

func TestAnAnswerFromThePageOfAConversationLeadsBackThere(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	seq := ada.Send(1, "root", "Shall we?")
	at := ada.Post("/rooms/1/messages", "body", "Let us.", "reply_to", seq, "of", seq).Want(t, 303).Location()
	if !strings.HasPrefix(at, "/messages/"+seq+"#m-") {
		t.Error("it leads to", at)
	}
	if page := ada.Get("/messages/" + seq).Body; !strings.Contains(page, `id="`+strings.SplitN(at, "#", 2)[1]+`"`) ||
		!strings.Contains(page, `class="ib back" href="/rooms/1"`) {
		t.Error("what was said is not there, or there is no way back to the room")
	}
}

// Two people save the settings of a room that both had open: each changes what he
// changed, and nothing else.
func TestWhoSavesARoomTakesNothingBackThatSomebodyElseSaved(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	ada.Post("/rooms", "name", "quay", "kind", "open", "topic", "Boats").Want(t, 303)
	ada.Post("/rooms/2/settings", "name", "quay", "was_name", "quay", "topic", "Boats and tides", "was_topic", "Boats").Want(t, 303)
	ada.Post("/rooms/2/settings", "name", "harbour", "was_name", "quay", "topic", "Boats", "was_topic", "Boats").Want(t, 303)
	page := ada.Get("/rooms/2/settings").Want(t, 200).Body
	for _, part := range []string{`name="was_name" value="harbour"`, `name="was_topic" value="Boats and tides"`} {
		if !strings.Contains(page, part) {
			t.Errorf("%q is missing", part)
		}
	}
}

func TestWhatOneDidIsAnsweredInWordsAndInItsPlace(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bea := s.Signup("ada"), s.Signup("bea")
	at := bea.Post("/messages/"+ada.Send(1, "a", "Something")+"/report", "reason", "rude").Want(t, 303).Location()
	if page := bea.Get(at).Want(t, 200).Body; !strings.Contains(page, "Reported. Thank you") || !strings.Contains(page, "Something") {
		t.Errorf("%s does not say so beside the message", at)
	}
	ada.Post("/rooms", "name", "quay", "kind", "open").Want(t, 303)
	bea.Post("/rooms/2/join").Want(t, 303)
	to := ada.Post("/rooms/2/members/2/remove").Want(t, 303).Location()
	if page := ada.Get(to).Want(t, 200).Body; !strings.Contains(page, "Removed from the room.") {
		t.Error("a removal is not told")
	}
	if page := s.Visitor().Get("/join/notaninvite").Want(t, 404).Body; !strings.Contains(page, "There is no such invite.") {
		t.Error("of an unknown invite nothing is said")
	}
	if page := ada.Get("/dm/new?q=").Want(t, 422).Body; !strings.Contains(page, "Choose somebody to write to.") {
		t.Error("a choice of nobody is not told of")
	}
	if to := ada.Get("/admin/limits").Want(t, 302).Location(); to != "/admin/settings#limits" {
		t.Errorf("limits lead to %q", to)
	}
}

// The page of a deleted message offers to bring it back while that is possible, to
// who deleted it and to nobody else.
func TestThePageOfADeletedMessageBringsItBack(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bea := s.Signup("ada"), s.Signup("bea")
	id := ada.Send(1, "a", "not so fast")
	ada.Post("/messages/"+id+"/delete").Want(t, 303)
	for _, path := range []string{"/messages/" + id, "/rooms/1/@" + id} {
		if page := ada.Get(path).Want(t, 410).Body; !strings.Contains(page, `action="/messages/`+id+`/restore"`) {
			t.Errorf("%s offers nothing", path)
		}
		if page := bea.Get(path).Want(t, 410).Body; strings.Contains(page, "restore") {
			t.Errorf("%s offers somebody else to bring it back", path)
		}
	}
	ada.Post("/messages/"+id+"/restore").Want(t, 303)
	ada.Get("/messages/"+id).Want(t, 200)
}
