package chat_test

import (
	"errors"
	"strings"
	"testing"

	"parley/app/chat"
)

func TestCommandsBeginWithASlash(t *testing.T) {
	w := begin(t, "ada", "bea", "mei")
	room := w.room("harbour", chat.Private, "ada", "bea")
	post := func(who, body string) (chat.Message, error) {
		if done, err := w.chat.RunCommand(w.ctx, w.people[who], room, body); done || err != nil {
			return chat.Message{}, err
		}
		return w.chat.PostMessage(w.ctx, w.people[who], room, chat.Draft{Body: body})
	}
	for body, want := range map[string]string{
		"/me waves": "waves", "/Me waves": "waves", "/ME waves": "waves", "／me waves": "waves", "/ｍｅ waves": "waves",
		"/me is snake_case\nand more": "is snake_case and more", "/shrug": `¯\_(ツ)_/¯`, "/shrug who knows": `who knows ¯\_(ツ)_/¯`,
		" /nothing of that kind": "/nothing of that kind", "/etc/hosts is a path": "/etc/hosts is a path", "/ alone": "/ alone",
		"a /me within": "a /me within", "/1": "/1",
	} {
		m, err := post("bea", body)
		if err != nil || m.Text.Plain() != want {
			t.Errorf("%q says %q, not %q: %v", body, m.Text.Plain(), want, err)
		}
	}
	for body, want := range map[string]string{
		"/nothing":        "There is no /nothing. Start with a space to send it as text.",
		"/nothing at all": "There is no /nothing. Start with a space to send it as text.",
		"/topic":          "Write the topic after /topic, like /topic Tides and charts.", "/me": "Write what you do after /me, like /me waves.",
		"/invite": "Write whom after /invite, like /invite @mei.", "/invite @nobody": "Nobody has the username @nobody.",
	} {
		_, err := post("bea", body)
		if e, _ := chat.AsError(err); e == nil || e.Sentence != want || !errors.Is(err, chat.ErrInvalid) {
			t.Errorf("%q: %v", body, err)
		}
	}
	if _, err := post("bea", "/topic Tides & charts"); err != nil {
		t.Error(err)
	}
	if _, err := post("bea", "/invite \u200e@mei\u200f bea"); err != nil { // as it was copied
		t.Error(err)
	}
	if _, err := post("bea", "/invite"+strings.Repeat(" @mei", 51)); err == nil || err.Error() != "At most 50 people come in at once." {
		t.Error("51 names:", err)
	}
	if _, err := post("bea", "/Topic Tides & charts"); err != nil {
		t.Error(err)
	}
	for _, body := range []string{"/topic", "/Topic  ", "/topic\n"} { // an order that is not written to its end
		_, err := w.chat.RunCommand(w.ctx, w.people["bea"], room, body)
		if e, _ := chat.AsError(err); e == nil ||
			e.Sentence != "Write another topic after /topic, or clear it in the settings of the room. Now it is “Tides & charts”." {
			t.Errorf("%q: %v", body, err)
		}
	}
	p, err := w.chat.ReadableRoom(w.ctx, w.people["mei"], room)
	if err != nil || p.Topic != "Tides & charts" || !p.IsMember() {
		t.Errorf("mei sees %q: %v", p.Topic, err)
	}
	for _, body := range []string{"/topic mine", "/invite @mei"} {
		if _, err := w.chat.RunCommand(w.ctx, w.add("out"+body[1:4]), room, body); !errors.Is(err, chat.ErrNotFound) {
			t.Errorf("from outside, %q: %v", body, err)
		}
	}
	direct := w.direct("ada", "bea")
	if _, err := w.chat.RunCommand(w.ctx, w.people["ada"], direct, "/topic ours"); err == nil {
		t.Error("a conversation got a topic")
	}
	if _, err := w.chat.PostDirect(w.ctx, w.people["ada"], w.ids("mei"), chat.Draft{Body: "/topic ours"}); !errors.Is(err, chat.ErrInvalid) {
		t.Error("the first word of a conversation is an order:", err)
	}
}

func TestCommandsAreSuggestedToWhoMayGiveThem(t *testing.T) {
	w := begin(t, "ada", "bob", "cleo")
	room := w.room("ops", chat.Private, "ada", "bob")
	for _, one := range []chat.Webhook{{Name: "CI", URL: "https://ci.example.org", Word: "/deploy"}, {Name: "Ears", URL: "https://e.example.org"}} {
		_, err := w.chat.AddWebhook(w.ctx, w.people["ada"], room, one)
		w.ok(err)
	}
	words := func(who string, room chat.RoomID, query string) string {
		list, err := w.chat.CommandHints(w.ctx, w.people[who], room, query)
		w.ok(err)
		var all []string
		for _, h := range list {
			all = append(all, h.Word+h.Name)
		}
		return strings.Join(all, " ")
	}
	direct := w.direct("ada", "bob")
	for got, want := range map[string]string{
		words("bob", room, ""):    "/me /topic /invite /shrug /deployCI",
		words("bob", room, "DE"):  "/deployCI",
		words("bob", room, "x"):   "",
		words("ada", direct, "m"): "/me",
	} {
		if got != want {
			t.Errorf("suggested are %q, want %q", got, want)
		}
	}
	if _, err := w.chat.CommandHints(w.ctx, w.people["cleo"], room, ""); !errors.Is(err, chat.ErrNotFound) {
		t.Error("who is not in the room learns its commands:", err)
	}
}
