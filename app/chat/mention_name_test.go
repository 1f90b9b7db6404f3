package chat_test

import (
	"slices"
	"testing"

	"parley/app/chat"
)

func TestABackslashKeepsACallFromBeingOne(t *testing.T) {
	w := begin(t, "ada", "bea", "mei")
	room := w.room("harbour", chat.Private, "ada", "bea", "mei")
	w.chat.Presence = online(w.ids("bea"))
	for _, body := range []string{`\@room look`, `/me \@room`, `\@HERE and \@mei`, "> \\@room", "@room-service @here-and-now"} {
		if m := w.says("ada", room, body); m.All || len(m.For) > 0 || w.mentions("bea", room) > 0 {
			t.Errorf("%q is for %v, all %v", body, m.For, m.All)
		}
	}
	m := w.says("ada", room, "@room look")
	m, err := w.chat.EditMessage(w.ctx, w.people["ada"], m.ID, `\@room look`)
	if w.ok(err); m.All || m.Text.Plain() != "@room look" || w.mentions("bea", room) > 0 {
		t.Errorf("after the edit %q is for all: %v", m.Text.Plain(), m.All)
	}
	if u, err := w.chat.UnreachedMentions(w.ctx, w.people["ada"], m); err != nil || u.Any() {
		t.Errorf("told %+v, %v", u, err)
	}
}

func TestASuffixBehindADashBelongsToNoName(t *testing.T) {
	w := begin(t, "ada", "mei", "mei-ada")
	room := w.room("harbour", chat.Private, "ada", "mei")
	for body, want := range map[string][]chat.AccountID{"@mei-nek": w.ids("mei"), "@mei-ada": nil, "@mei": w.ids("mei"), "@mei-ada-nak": nil} {
		if m := w.says("ada", room, body); !slices.Equal(m.For, want) {
			t.Errorf("%q is for %v, want %v", body, m.For, want)
		}
	}
}
