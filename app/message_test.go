package app

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// script posts as a script does.
func (b *browser) script(path string, form string) answer {
	b.s.t.Helper()
	return b.do(http.MethodPost, path, form, "Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site",
		"same-origin", "HX-Request", "true")
}

func TestAScriptIsAnsweredWithWhatEverybodyIsTold(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada, bob := s.signup("ada"), s.signup("bob")
	head, next := ada.says(1, "head"), ada.says(1, "next")
	url := fmt.Sprintf("/messages/%d", head)
	want := func(a answer, parts ...string) {
		t.Helper()
		a.want(t, 200)
		for _, p := range parts {
			if !strings.Contains(a.body, p) {
				t.Errorf("the answer lacks %q: %s", p, a.body)
			}
		}
	}
	want(ada.get(url+"/edit", "HX-Request", "true"), fmt.Sprintf(`<form class="edit" id="mb-%d" data-dirty`, head), ">head</textarea>")
	want(ada.script(url+"/edit", "body=better"), `hx-target="#tl-1" hx-swap="msg"`, "better", "(edited)")
	want(bob.script(url+"/reactions", "e=:tada:&on=1"), `value="🎉" data-by="2" title="bob"`, " party popper")
	want(bob.script(url+"/reactions", "e=:tada:&on=1"), `data-by="2"`)
	want(ada.script(url+"/delete", ""), `class="gone"`, fmt.Sprintf(`id="m-%d"`, next))
	want(ada.script(url+"/delete", ""), `class="gone"`)
	want(ada.script(url+"/restore", ""), "better", `data-by="2"`, fmt.Sprintf(`id="m-%d"`, next))
	want(ada.script(url+"/restore", ""), "better")
	if a := ada.script(url+"/edit", "body=").want(t, 422); a.body != "Write something first." {
		t.Errorf("a script is told %q", a.body)
	}
	want(ada.script("/rooms/1/messages", fmt.Sprintf("body=mine&reply_to=%d", head)), `class="re"`, ">ada</b>", ">better</q>")
	panel := ada.get(url, "HX-Request", "true", "HX-Target", "aside#panel").want(t, 200).body
	if !strings.HasPrefix(panel, `<aside class="panel talk" id="panel"`) || !strings.Contains(panel, fmt.Sprintf(`id="c-m-%d"`, head)) ||
		!strings.Contains(panel, ">mine</p>") {
		t.Error("the panel is", panel)
	}
}

func TestEditsDeletionsAndRestoresAreHeldToTheirRate(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada := s.signup("ada")
	m := ada.says(1, "x")
	if err := s.app.Chat.SetSetting(t.Context(), "limit.edits", "1"); err != nil {
		t.Fatal(err)
	}
	if err := s.app.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	var refused answer
	for _, action := range []string{"delete", "restore", "delete", "restore"} {
		if refused = ada.post(fmt.Sprintf("/messages/%d/%s", m, action)); refused.status == 429 {
			break
		}
	}
	refused.want(t, 429)
	if refused.header.Get("Retry-After") == "" {
		t.Error("it does not say how long to wait")
	}
}

func TestADeletedMessageIsReadByNoRoute(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada, bob := s.signup("ada"), s.signup("bob")
	m := ada.says(1, "hello @bob, the codeword is xylophone")
	bob.post("/rooms/1/messages", "body", "an answer", "reply_to", fmt.Sprint(m)).want(t, 303)
	ada.post(fmt.Sprintf("/messages/%d/edit", m), "body", "hello @bob, the codeword was xylophone").want(t, 303)
	if to := ada.post(fmt.Sprintf("/messages/%d/delete", m)).want(t, 303).location(); to != fmt.Sprintf("/rooms/1?deleted=%d", m) {
		t.Error("after deleting one is at", to)
	}
	for _, who := range []*browser{ada, bob} {
		for _, path := range []string{"/", "/rooms/1", "/rooms/1/changes?since=0", "/rooms/1/@M", "/messages/M",
			"/messages/M/edit", "/rooms/1?after=1"} {
			for _, headers := range [][]string{nil, {"HX-Request", "true"}, {"HX-Request", "true", "HX-Target", "aside#panel"}} {
				if body := who.get(strings.ReplaceAll(path, "M", fmt.Sprint(m)), headers...).body; strings.Contains(body, "xylophone") {
					t.Errorf("%s %v shows it", path, headers)
				}
			}
		}
	}
	for _, path := range []string{"/messages/%d", "/messages/%d/edit", "/rooms/1/@%d"} {
		gone := ada.get(fmt.Sprintf(path, m)).want(t, 410).body
		if !strings.Contains(gone, `href="/rooms/1"`) {
			t.Errorf("%s does not lead to the room", path)
		}
	}
	if body := bob.get("/rooms/1").body; !strings.Contains(body, "<q>Message deleted</q>") {
		t.Error("the reply does not say that it answers a deleted message")
	}
	late := bob.post("/rooms/1/messages", "body", "too late", "reply_to", fmt.Sprint(m)).want(t, 410).body
	for _, part := range []string{"was deleted. Send it without the reply.", ">too late</textarea>", `name="reply_to" value=""`} {
		if !strings.Contains(late, part) {
			t.Errorf("after a reply to a deleted message the page lacks %q", part)
		}
	}
	if a := bob.script("/rooms/1/messages", fmt.Sprintf("body=late&cid=late&reply_to=%d", m)); a.status != 410 ||
		!strings.HasPrefix(a.body, "The message that this answers was deleted.") {
		t.Error("a script that answers a deleted message is told", a.status, a.body)
	}
	bob.post(fmt.Sprintf("/messages/%d/restore", m)).want(t, 410)
	if strings.Contains(bob.get(fmt.Sprintf("/rooms/1?deleted=%d", m)).body, "Bring it back") ||
		!strings.Contains(ada.get(fmt.Sprintf("/rooms/1?deleted=%d", m)).body, "Bring it back") {
		t.Error("the way back is offered to the wrong person")
	}
	ada.post(fmt.Sprintf("/messages/%d/restore", m)).want(t, 303)
	if !strings.Contains(bob.get("/rooms/1").body, "xylophone") {
		t.Error("it did not come back")
	}
}

func TestTheTableOfEmojiIsKeptForEver(t *testing.T) {
	t.Parallel()
	s := start(t)
	b := s.visitor()
	a := b.get("/emoji").want(t, 200)
	if !strings.Contains(a.body, "\n🎉 party popper|tada") || strings.Contains(a.header.Get("Cache-Control"), "immutable") {
		t.Error("the table:", a.header, a.body[:200])
	}
	build := s.signup("ada").get("/rooms/1").body
	build = build[strings.Index(build, `data-build="`)+len(`data-build="`):]
	build = build[:strings.IndexByte(build, '"')]
	for _, path := range []string{"/emoji?" + build, "/static/" + build + "/emoji.js", "/static/" + build + "/tools.js"} {
		a := b.get(path, "Accept-Encoding", "gzip").want(t, 200)
		if a.header.Get("Cache-Control") != "public, max-age=31536000, immutable" || a.header.Get("Content-Encoding") != "gzip" {
			t.Error(path, a.header)
		}
	}
}

func TestAnAnswerFromThePageOfAConversationLeadsBackThere(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada := s.signup("ada")
	seq := ada.send(1, "root", "Shall we?")
	at := ada.post("/rooms/1/messages", "body", "Let us.", "reply_to", seq, "of", seq).want(t, 303).location()
	if !strings.HasPrefix(at, "/messages/"+seq+"#m-") {
		t.Error("it leads to", at)
	}
	if page := ada.get("/messages/" + seq).body; !strings.Contains(page, `id="`+strings.SplitN(at, "#", 2)[1]+`"`) ||
		!strings.Contains(page, `class="ib back" href="/rooms/1"`) {
		t.Error("what was said is not there, or there is no way back to the room")
	}
}

// Two people save the settings of a room that both had open: each changes what he
// changed, and nothing else.
func TestWhoSavesARoomTakesNothingBackThatSomebodyElseSaved(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada := s.signup("ada")
	ada.post("/rooms", "name", "quay", "kind", "open", "topic", "Boats").want(t, 303)
	ada.post("/rooms/2/settings", "name", "quay", "was_name", "quay", "topic", "Boats and tides", "was_topic", "Boats").want(t, 303)
	ada.post("/rooms/2/settings", "name", "harbour", "was_name", "quay", "topic", "Boats", "was_topic", "Boats").want(t, 303)
	page := ada.get("/rooms/2/settings").want(t, 200).body
	for _, part := range []string{`name="was_name" value="harbour"`, `name="was_topic" value="Boats and tides"`} {
		if !strings.Contains(page, part) {
			t.Errorf("%q is missing", part)
		}
	}
}

func TestWhatOneDidIsAnsweredInWordsAndInItsPlace(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada, bea := s.signup("ada"), s.signup("bea")
	at := bea.post("/messages/"+ada.send(1, "a", "Something")+"/report", "reason", "rude").want(t, 303).location()
	if page := bea.get(at).want(t, 200).body; !strings.Contains(page, "Reported. Thank you") || !strings.Contains(page, "Something") {
		t.Errorf("%s does not say so beside the message", at)
	}
	ada.post("/rooms", "name", "quay", "kind", "open").want(t, 303)
	bea.post("/rooms/2/join").want(t, 303)
	if page := ada.get(ada.post("/rooms/2/members/2/remove").want(t, 303).location()).want(t,
		200).body; !strings.Contains(page, "Removed from the room.") {
		t.Error("a removal is not told")
	}
	if page := s.visitor().get("/join/notaninvite").want(t, 404).body; !strings.Contains(page, "There is no such invite.") {
		t.Error("of an unknown invite nothing is said")
	}
	if page := ada.get("/dm/new?q=").want(t, 422).body; !strings.Contains(page, "Choose somebody to write to.") {
		t.Error("a choice of nobody is not told of")
	}
	if to := ada.get("/admin/limits").want(t, 302).location(); to != "/admin/settings#limits" {
		t.Errorf("limits lead to %q", to)
	}
}

// The page of a deleted message offers to bring it back while that is possible, to
// who deleted it and to nobody else.
func TestThePageOfADeletedMessageBringsItBack(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada, bea := s.signup("ada"), s.signup("bea")
	id := ada.send(1, "a", "not so fast")
	ada.post("/messages/"+id+"/delete").want(t, 303)
	for _, path := range []string{"/messages/" + id, "/rooms/1/@" + id} {
		if page := ada.get(path).want(t, 410).body; !strings.Contains(page, `action="/messages/`+id+`/restore"`) {
			t.Errorf("%s offers nothing", path)
		}
		if page := bea.get(path).want(t, 410).body; strings.Contains(page, "restore") {
			t.Errorf("%s offers somebody else to bring it back", path)
		}
	}
	ada.post("/messages/"+id+"/restore").want(t, 303)
	ada.get("/messages/"+id).want(t, 200)
}
