package chat_test

import (
	"errors"
	"testing"
	"time"

	"parley/app/auth"
	"parley/app/chat"
)

// What was issued earlier ends with the role that it came from.
func TestInvitesEndWithTheRoleOfWhoMadeThem(t *testing.T) {
	for name, fall := range map[string]func(w *world) error{
		"demoted": func(w *world) error {
			return w.chat.SetRole(w.ctx, w.people["ada"], w.people["bea"].ID, chat.RoleMember)
		},
		"deactivated": func(w *world) error { return w.chat.DisableAccount(w.ctx, w.people["ada"], w.people["bea"].ID) },
		"banned":      func(w *world) error { return w.chat.BanAccount(w.ctx, w.people["ada"], w.people["bea"].ID, false) },
	} {
		t.Run(name, func(t *testing.T) {
			w := begin(t, "ada", "bea", "cid")
			au := auth.New(w.store, w, chat.NewLimits(nil), func() time.Time { return w.now })
			w.ok(w.chat.SetRole(w.ctx, w.people["ada"], w.people["bea"].ID, chat.RoleAdmin))
			bea, err := w.store.Account(w.ctx, w.people["bea"].ID)
			w.ok(err)
			w.people["bea"] = bea
			i, err := au.CreateInvite(w.ctx, bea, auth.NewInvite{Role: chat.RoleAdmin})
			w.ok(err)
			reset, err := au.CreateReset(w.ctx, bea, w.people["ada"])
			w.ok(err)
			w.ok(fall(w))
			if _, err := au.ResetAccount(w.ctx, reset); !errors.Is(err, chat.ErrNotFound) {
				t.Errorf("the reset link is still good: %v", err)
			}
			if _, err := au.InviteFor(w.ctx, i.Code); !errors.Is(err, auth.ErrInviteOver) {
				t.Errorf("the invite is still good: %v", err)
			}
			w.store.EnableAccount(w.ctx, bea.ID, chat.NoAudit)
			w.ok(w.chat.SetRole(w.ctx, w.people["ada"], bea.ID, chat.RoleAdmin))
			if _, err := au.ResetPassword(w.ctx, reset, "four brown owls"); !errors.Is(err, chat.ErrNotFound) {
				t.Errorf("the reset link came back with the role: %v", err)
			}
			if _, err := w.store.AddAccount(w.ctx, auth.NewAccount{Username: "late", Name: "Late", Hash: "-", Invite: i.Code, At: w.now},
				chat.NoAudit); !errors.Is(err, auth.ErrInviteOver) {
				t.Errorf("it came back with the role: %v", err)
			}
		})
	}
}

func TestAResetLinkEndsWithThePasswordAndTheAccount(t *testing.T) {
	w := begin(t, "ada", "bea")
	au := auth.New(w.store, w, chat.NewLimits(nil), func() time.Time { return w.now })
	link := func() string {
		t.Helper()
		token, err := au.CreateReset(w.ctx, w.people["ada"], w.people["bea"])
		w.ok(err)
		return token
	}
	over := func(what, token string) {
		t.Helper()
		if _, err := au.ResetAccount(w.ctx, token); !errors.Is(err, chat.ErrNotFound) {
			t.Errorf("%s: the link is still good: %v", what, err)
		}
	}
	token := link()
	w.ok(au.SetPassword(w.ctx, w.people["bea"], "four brown owls", chat.NoAudit))
	over("after a password change", token)
	token = link()
	w.ok(w.chat.SetRole(w.ctx, w.people["ada"], w.people["bea"].ID, chat.RoleAdmin))
	over("made for a member who is an administrator now", token)
	w.ok(w.chat.SetRole(w.ctx, w.people["ada"], w.people["bea"].ID, chat.RoleMember))
	token = link()
	w.ok(w.chat.DisableAccount(w.ctx, w.people["ada"], w.people["bea"].ID))
	over("while deactivated", token)
	w.ok(w.chat.EnableAccount(w.ctx, w.people["ada"], w.people["bea"].ID))
	over("after the end of that", token)
}

func TestAClientIDOpensNoRoom(t *testing.T) {
	w := begin(t, "ada", "bea")
	room := w.room("cellar", chat.Private, "ada", "bea")
	draft := chat.Draft{Body: "the password is mango", CID: "once"}
	_, err := w.chat.PostMessage(w.ctx, w.people["bea"], room, draft)
	w.ok(err)
	w.ok(w.chat.RemoveMember(w.ctx, w.people["ada"], room, w.people["bea"].ID))
	for name, again := range map[string]func() (chat.Message, error){
		"in the room":     func() (chat.Message, error) { return w.chat.PostMessage(w.ctx, w.people["bea"], room, draft) },
		"in another room": func() (chat.Message, error) { return w.chat.PostMessage(w.ctx, w.people["bea"], 1, draft) },
		"with another body": func() (chat.Message, error) {
			return w.chat.PostMessage(w.ctx, w.people["bea"], 1, chat.Draft{Body: "other", CID: "once"})
		},
		"refused by its body": func() (chat.Message, error) {
			return w.chat.PostMessage(w.ctx, w.people["bea"], 1, chat.Draft{Body: "", CID: "once"})
		},
		"to somebody": func() (chat.Message, error) { return w.chat.PostDirect(w.ctx, w.people["bea"], w.ids("ada"), draft) },
	} {
		m, err := again()
		if err == nil || m.Body != "" {
			t.Errorf("%s: %q, %v", name, m.Body, err)
		}
		if name != "refused by its body" && name != "to somebody" && !errors.Is(err, chat.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNamesOfPrivateRoomsTellNothing(t *testing.T) {
	w := begin(t, "ada", "bea")
	w.room("layoffs", chat.Private, "ada")
	for _, kind := range []chat.RoomKind{chat.Private, chat.Open} {
		if _, err := w.chat.CreateRoom(w.ctx, w.people["bea"], chat.NewRoom{Name: "Layoffs", Kind: kind}); err != nil {
			t.Errorf("a room of the same name: %v", err)
		}
	}
	other := w.room("plans", chat.Open, "bea")
	if err := w.chat.UpdateRoom(w.ctx, w.people["bea"], other, chat.RoomText{Name: new("lay0ffs"), Topic: new("")}); !errors.Is(err,
		chat.ErrConflict) {
		t.Errorf("two open rooms look alike: %v", err)
	}
	mine := w.room("layoffs", chat.Private, "bea")
	if err := w.chat.SetVisibility(w.ctx, w.people["bea"], mine, chat.Open); !errors.Is(err, chat.ErrConflict) {
		t.Errorf("two open rooms have a name: %v", err)
	}
	w.says("bea", mine, "one of them")
	if got := w.finds("bea", "in:layoffs one"); got != "one" {
		t.Errorf("found %q", got)
	}
	if got := w.finds("ada", "in:layoffs one"); got != "" {
		t.Errorf("ada found %q", got)
	}
}

func TestThePrivateRoomOfTheLastOneGoesAlong(t *testing.T) {
	w := begin(t, "ada", "bea")
	room := w.room("cellar", chat.Private, "ada", "bea")
	w.ok(w.chat.LeaveRoom(w.ctx, w.people["bea"], room, false))
	if err := w.chat.LeaveRoom(w.ctx, w.people["ada"], room, false); !errors.Is(err, chat.ErrConflict) {
		t.Errorf("nobody asked: %v", err)
	}
	w.says("ada", room, "still here")
	w.ok(w.chat.LeaveRoom(w.ctx, w.people["ada"], room, true))
	if _, _, err := w.store.RoomFor(w.ctx, room, 0); !errors.Is(err, chat.ErrNotFound) {
		t.Errorf("the room is still there: %v", err)
	}
	room = w.room("den", chat.Private, "bea")
	shared := w.room("nook", chat.Private, "bea", "ada")
	w.says("bea", room, "nobody reads this any more")
	w.ok(w.chat.BanAccount(w.ctx, w.people["ada"], w.people["bea"].ID, true))
	if _, _, err := w.store.RoomFor(w.ctx, room, 0); !errors.Is(err, chat.ErrNotFound) {
		t.Errorf("the room of who was banned is still there: %v", err)
	}
	if _, _, err := w.store.RoomFor(w.ctx, shared, 0); err != nil {
		t.Errorf("a room that others are in: %v", err)
	}
	open := w.room("yard", chat.Open, "ada")
	w.ok(w.chat.LeaveRoom(w.ctx, w.people["ada"], open, false))
	if _, _, err := w.store.RoomFor(w.ctx, open, 0); err != nil {
		t.Errorf("an open room: %v", err)
	}
}

func TestWhoAppearsOfflineIsNotSeenTyping(t *testing.T) {
	w := begin(t, "ada", "bea")
	w.ok(w.chat.ChangePrefs(w.ctx, w.people["ada"], func(p *chat.Prefs) error { p.Invisible = true; return nil }))
	ada, err := w.store.Account(w.ctx, w.people["ada"].ID)
	w.ok(err)
	w.ok(w.chat.StartTyping(w.ctx, ada, 1))
	for _, event := range w.events {
		if _, typing := event.(chat.UserTyping); typing {
			t.Error("it was told")
		}
	}
}

func TestNamesThatLookAlikeAreTaken(t *testing.T) {
	w := begin(t, "Joel", "Ian", "clara1")
	for _, name := range []string{"JoeI", "joel", "J0el", "Joe1", "Lan", "lan", "1an", "cIara1", "claral", "сlara1", "Ꭻoel", "Ꮮan", "Ꮯlara1",
		"ᴊoel", "joe\u0332l", "ian\u0332"} {
		_, err := w.store.AddAccount(w.ctx, auth.NewAccount{Username: name, Name: name, Hash: "-", At: w.now}, chat.NoAudit)
		if !errors.Is(err, chat.ErrConflict) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range []string{"joei", "noel", "iana", "Klara1"} {
		if _, err := w.store.AddAccount(w.ctx, auth.NewAccount{Username: name, Name: name, Hash: "-", At: w.now}, chat.NoAudit); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for a, b := range map[string]string{"ϲat": "cat", "Ϲat": "cat", "AIl": "all", "ＡＩＬ": "all", "mail": "mail"} {
		if !chat.Alike(a, b) {
			t.Errorf("%s and %s look alike", a, b)
		}
	}
	if chat.Alike("mail", "mall") || chat.Alike("Ian", "Jan") {
		t.Error("names that differ are alike")
	}
}

func TestADisplayNameIsNobodyElses(t *testing.T) {
	w := begin(t, "ada", "mallory", "bea")
	name := func(who, name string) string {
		t.Helper()
		w.ok(w.chat.ChangeProfile(w.ctx, w.people[who], func(p *chat.Profile) { p.Name = name }))
		a, err := w.store.Account(w.ctx, w.people[who].ID)
		w.ok(err)
		return a.Name
	}
	for _, c := range [][3]string{{"ada", "Ada Okafor", "Ada Okafor"}, {"mallory", "Ada Okafor", "Ada Okafor (@mallory)"},
		{"mallory", "Ada Okafor (@mallory)", "Ada Okafor (@mallory)"},
		{"mallory", "Аdа Оkаfоr", "Аdа Оkаfоr (@mallory)"}, {"mallory", "bea", "bea (@mallory)"}, {"mallory", "Mallory", "Mallory"},
		{"ada", "Ada Okafor", "Ada Okafor"}} {
		if got := name(c[0], c[1]); got != c[2] {
			t.Errorf("%s is called %q, want %q", c[0], got, c[2])
		}
	}
	for _, claim := range []string{"Admin", "administrator", "System", "[Parley]", "Аdmin", "everyone", "bea (admin)", "Official Support",
		"ada (@ada)", "@ada", "ada.", "a da", "ada ✅", "ᴀᴅᴀ", "ada\u0332", "Mallory!"} {
		if got := name("bea", claim); got != claim+" (@bea)" {
			t.Errorf("bea is called %q", got)
		}
	}
}
