package chat_test

import (
	"slices"
	"testing"
	"time"

	"parley/app/chat"
)

func TestOwnershipPassesOnWhenTheLastOwnerIsDisabled(t *testing.T) {
	for name, disable := range map[string]func(w *world, who string) error{
		"deactivated": func(w *world, who string) error { return w.chat.DisableAccount(w.ctx, chat.Operator, w.people[who].ID) },
		"banned": func(w *world, who string) error {
			return w.chat.BanAccount(w.ctx, w.people["ada"], w.people[who].ID, false)
		},
		"erased": func(w *world, who string) error {
			return w.chat.BanAccount(w.ctx, w.people["ada"], w.people[who].ID, true)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := begin(t, "ada", "priya", "jonas", "mei")
			room := w.room("harbour", chat.Private, "priya", "jonas", "mei")
			other := w.room("quay", chat.Open, "jonas", "priya")
			owners := func(when string, room chat.RoomID, want ...string) {
				t.Helper()
				names := w.owners(room)
				if slices.Sort(names); !slices.Equal(names, want) {
					t.Errorf("%s: owned by %q, want %q", when, names, want)
				}
			}
			w.ok(w.chat.SetRank(w.ctx, w.people["priya"], room, w.people["mei"].ID, chat.RankModerator))
			w.ok(disable(w, "priya"))
			owners("the moderator comes next", room, "mei")
			owners("who owns it still does", other, "jonas")
			w.ok(w.chat.SetRank(w.ctx, w.people["mei"], room, w.people["jonas"].ID, chat.RankModerator))
			w.ok(disable(w, "mei"))
			owners("and then the next", room, "jonas")
			if err := w.chat.SetRank(w.ctx, w.people["jonas"], room, w.people["jonas"].ID, chat.RankMember); err == nil {
				t.Error("the last owner who can log in is demoted")
			}
			w.ok(w.chat.EnableAccount(w.ctx, chat.Operator, w.people["priya"].ID))
			owners("who comes back is what he was", room, "jonas", "priya")
			w.now = w.now.Add(time.Minute)
			w.ok(w.chat.LeaveRoom(w.ctx, w.people["priya"], room, true))
			w.ok(w.chat.LeaveRoom(w.ctx, w.people["jonas"], room, true))
			w.ok(w.chat.EnableAccount(w.ctx, chat.Operator, w.people["mei"].ID))
			owners("who comes back to nobody", room, "mei")
		})
	}
}

func TestOwnershipDoesNotPassToWhoCannotLogIn(t *testing.T) {
	w := begin(t, "ada", "priya", "jonas", "mei")
	room := w.room("harbour", chat.Private, "priya")
	w.ok(w.chat.AddMembers(w.ctx, w.people["priya"], room, w.ids("jonas")))
	w.now = w.now.Add(time.Minute)
	w.ok(w.chat.AddMembers(w.ctx, w.people["priya"], room, w.ids("mei")))
	w.ok(w.chat.DisableAccount(w.ctx, chat.Operator, w.people["jonas"].ID))
	w.ok(w.chat.LeaveRoom(w.ctx, w.people["priya"], room, true))
	if got := w.owners(room); !slices.Equal(got, []string{"mei"}) {
		t.Errorf("owned by %q", got)
	}
}

// Who is in a room and cannot log in keeps it: he may come back.
func TestWhoLeavesADeactivatedMemberBehindDeletesNothing(t *testing.T) {
	w := begin(t, "ada", "priya", "jonas")
	room := w.room("harbour", chat.Private, "priya", "jonas")
	w.ok(w.chat.DisableAccount(w.ctx, chat.Operator, w.people["jonas"].ID))
	if err := w.chat.LeaveRoom(w.ctx, w.people["priya"], room, false); err != nil {
		t.Error("he was told that the room goes along:", err)
	}
	w.ok(w.chat.EnableAccount(w.ctx, chat.Operator, w.people["jonas"].ID))
	if got := w.owners(room); !slices.Equal(got, []string{"jonas"}) {
		t.Errorf("owned by %q", got)
	}
}
