package chat_test

import (
	"slices"
	"testing"

	"parley/app/auth"
	"parley/app/chat"
)

func TestWhoseUsernameBeginsWithWhatIsTypedComesFirst(t *testing.T) {
	w := begin(t, "ada")
	for username, called := range map[string]string{"noor": "Noor van der Meer", "tanaka": "Mei Tanaka", "mei": "Ada's colleague", "jo": "Jo",
		"meta": "Nobody's"} {
		j, err := w.store.AddAccount(w.ctx, auth.NewAccount{Username: username, Name: called, Hash: "-", Workspace: "Test", At: w.now},
			chat.NoAudit)
		w.ok(err)
		w.people[username] = j.Account
	}
	for name, kind := range map[string]chat.RoomKind{"harbour": chat.Private, "quay": chat.Open} {
		room := w.room(name, kind, "ada", "noor", "tanaka", "mei", "jo")
		for _, who := range []string{"mei", "tanaka", "jo", "noor"} { // the last one who spoke would be first
			w.says(who, room, "hello")
		}
		for query, want := range map[string][]string{
			"": {"noor", "jo", "tanaka", "mei"}, "me": {"mei", "tanaka", "noor"}, "ME": {"mei", "tanaka", "noor"}, "m": {"mei", "tanaka", "noor"},
		} {
			if kind == chat.Open && query != "" { // with who is not in it, after who is
				want = slices.Insert(slices.Clone(want), 1, "meta")
			}
			list, _, err := w.chat.Mentionables(w.ctx, w.people["ada"], room, query)
			w.ok(err)
			var got []string
			for _, s := range list {
				got = append(got, s.Username)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s, %q: %q, want %q", name, query, got, want)
			}
		}
	}
}
