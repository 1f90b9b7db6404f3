package chat_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"parley/app/chat"
)

func TestAModeratorKeepsThePeaceAmongMembers(t *testing.T) {
	w := begin(t, "root", "owner", "mod", "mod2", "member", "loud")
	room := w.room("harbour", chat.Open, "owner", "mod", "mod2", "member", "loud")
	for _, name := range []string{"mod", "mod2"} {
		w.ok(w.chat.SetRank(w.ctx, w.people["owner"], room, w.people[name].ID, chat.RankModerator))
	}
	m := w.says("loud", room, "rude words")
	_, err := w.chat.DeleteMessage(w.ctx, w.people["mod"], m.ID)
	w.ok(err)
	for _, above := range []string{"owner", "mod2"} {
		if err := w.chat.BanMember(w.ctx, w.people["mod"], room, w.people[above].ID); !errors.Is(err, chat.ErrForbidden) {
			t.Errorf("a moderator bans %s: %v", above, err)
		}
	}
	w.ok(w.chat.BanMember(w.ctx, w.people["mod"], room, w.people["loud"].ID))
	loud := w.people["loud"]
	if _, err := w.chat.ReadableRoom(w.ctx, loud, room); !errors.Is(err, chat.ErrNotFound) {
		t.Error("who is banned visits:", err)
	}
	if err := w.chat.JoinRoom(w.ctx, loud, room); !errors.Is(err, chat.ErrNotFound) {
		t.Error("who is banned joins:", err)
	}
	if err := w.chat.AddMembers(w.ctx, w.people["member"], room, w.ids("loud")); !errors.Is(err, chat.ErrInvalid) {
		t.Error("who is banned is brought in:", err)
	}
	list, err := w.chat.OpenRooms(w.ctx, loud, "")
	w.ok(err)
	if slices.ContainsFunc(list, func(l chat.RoomListing) bool { return l.ID == room }) {
		t.Error("who is banned sees the room in the list")
	}
	if m := w.says("member", room, "hello @loud"); len(m.For) > 0 {
		t.Error("who is banned is told of a mention:", m.For)
	}
	banned, err := w.chat.BannedMembers(w.ctx, w.people["mod"], room)
	w.ok(err)
	if len(banned) != 1 || banned[0].ID != loud.ID {
		t.Error("banned:", banned)
	}
	w.ok(w.chat.UnbanMember(w.ctx, w.people["mod"], room, loud.ID))
	w.ok(w.chat.JoinRoom(w.ctx, loud, room))
	if err := w.chat.SetRank(w.ctx, w.people["owner"], room, w.people["owner"].ID, chat.RankMember); !errors.Is(err, chat.ErrConflict) {
		t.Error("the last owner goes:", err)
	}
}

func TestSlowModeMakesMembersWait(t *testing.T) {
	w := begin(t, "root", "owner", "member")
	room := w.room("harbour", chat.Open, "owner", "member")
	w.ok(w.chat.SetSlowMode(w.ctx, w.people["owner"], room, 30))
	post := func(who, body, cid string) error {
		_, err := w.chat.PostMessage(w.ctx, w.people[who], room, chat.Draft{Body: body, CID: cid})
		return err
	}
	w.ok(post("owner", "one", ""))
	w.ok(post("owner", "two", ""))
	if err := post("member", "", ""); !errors.Is(err, chat.ErrInvalid) {
		t.Error("an empty message:", err)
	}
	w.ok(post("member", "one", "a"))
	w.ok(post("member", "again", "a")) // the same message, not a second one
	refused, _ := chat.AsError(post("member", "two", "b"))
	if refused == nil || refused.Kind != chat.KindTooOften || refused.RetryAfter != 30*time.Second {
		t.Errorf("%+v", refused)
	}
	w.now = w.now.Add(31 * time.Second)
	w.ok(post("member", "two", "b"))
	w.now = w.now.Add(31 * time.Second)
	if _, err := w.chat.PostMessage(w.ctx, w.people["member"], room, chat.Draft{Body: "x", ReplyTo: 99}); err == nil {
		t.Error("an answer to nothing")
	}
	w.ok(post("member", "what failed cost no turn", "c"))
	w.now = w.now.Add(31 * time.Second)
	w.ok(post("member", "sent again by a page that heard nothing", "c"))
	w.ok(post("member", "a repeat cost no turn", "d"))
}

func TestAReportReachesWhoCanDecide(t *testing.T) {
	w := begin(t, "root", "owner", "member", "loud", "else")
	room := w.room("cellar", chat.Private, "owner", "member", "loud")
	bad, fine := w.says("loud", room, "bad words"), w.says("loud", room, "fine words")
	for _, id := range []chat.MessageID{bad.ID, fine.ID} {
		_, err := w.chat.Report(w.ctx, w.people["member"], id, " too   loud ")
		w.ok(err)
	}
	_, err := w.chat.Report(w.ctx, w.people["owner"], bad.ID, "I agree")
	w.ok(err)
	counts := map[string]int{"root": 2, "owner": 2, "member": 0, "else": 0}
	for name, want := range counts {
		n, err := w.chat.CountReports(w.ctx, w.people[name])
		w.ok(err)
		list, err := w.chat.Reports(w.ctx, w.people[name])
		w.ok(err)
		if n != want || len(list) != want {
			t.Errorf("%s decides over %d, %d", name, n, len(list))
		}
	}
	list, err := w.chat.Reports(w.ctx, w.people["root"])
	w.ok(err)
	if r := list[0]; r.Message.Body != "bad words" || len(r.By) != 2 || r.By[0].Reason != "too loud" {
		t.Errorf("%+v", r)
	}
	if err := w.chat.DecideReport(w.ctx, w.people["member"], bad.ID, true); !errors.Is(err, chat.ErrNotFound) {
		t.Error("somebody decides who may not:", err)
	}
	w.ok(w.chat.DecideReport(w.ctx, w.people["root"], bad.ID, true))
	w.ok(w.chat.DecideReport(w.ctx, w.people["owner"], fine.ID, false))
	if m, _ := w.store.Message(w.ctx, bad.ID); !m.Deleted {
		t.Error("what was to be deleted stands")
	}
	if m, _ := w.store.Message(w.ctx, fine.ID); m.Deleted {
		t.Error("what was to be kept is gone")
	}
	if n, _ := w.chat.CountReports(w.ctx, w.people["root"]); n != 0 {
		t.Error("still to decide:", n)
	}
}

func TestTheAuditLogTellsWhoDidWhat(t *testing.T) {
	w := begin(t, "root", "mei", "loud")
	root := w.people["root"]
	room := w.room("cellar", chat.Private, "mei", "loud")
	w.ok(w.chat.RemoveMember(w.ctx, w.people["mei"], room, w.people["loud"].ID))
	w.ok(w.chat.SetRole(w.ctx, root, w.people["mei"].ID, chat.RoleAdmin))
	w.ok(w.chat.SetRole(w.ctx, root, w.people["mei"].ID, chat.RoleAdmin)) // changes nothing
	w.ok(w.chat.SetSettings(w.ctx, root, chat.Settings{chat.SettingSignup: chat.SignupInvites}))
	w.ok(w.chat.SetSetting(w.ctx, "limit.search", "3"))
	if err := w.chat.DisableAccount(w.ctx, root, root.ID); !errors.Is(err, chat.ErrInvalid) {
		t.Error("somebody locks himself out:", err)
	}
	w.ok(w.chat.DisableAccount(w.ctx, root, w.people["loud"].ID))
	if _, _, err := w.chat.AuditLog(w.ctx, w.people["loud"], 0); !errors.Is(err, chat.ErrForbidden) {
		t.Error("a member reads it:", err)
	}
	entries, _, err := w.chat.AuditLog(w.ctx, root, 0)
	w.ok(err)
	var got []string
	for _, d := range entries {
		got = append(got, d.ByName+" "+string(d.Action)+" "+d.Object+" "+d.Detail)
	}
	want := []string{"root disable @loud ", `The command line set limit.search "3"`, `root set signup "invite"`,
		"root role @mei administrator", "mei expel @loud a private room"}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestABanDeletesWhatWasWritten(t *testing.T) {
	w := begin(t, "root", "mei", "loud")
	cellar := w.room("cellar", chat.Private, "mei", "loud")
	talk := w.direct("loud", "mei")
	for range 70 {
		w.says("loud", cellar, "spam")
		w.says("mei", cellar, "please stop")
	}
	w.says("loud", 1, "spam")
	w.ok(w.chat.BanAccount(w.ctx, w.people["root"], w.people["loud"].ID, true))
	w.ok(w.chat.ResumeErasing(w.ctx)) // as at a start; beside the one that runs
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		r, err := w.chat.AccountRecord(w.ctx, w.people["root"], w.people["loud"].ID)
		w.ok(err)
		if !r.Erasing {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("it does not end:", r.Posts)
		}
	}
	for _, room := range []chat.RoomID{1, cellar, talk} {
		page, err := w.store.History(w.ctx, room, chat.Span{}, 50)
		w.ok(err)
		for _, m := range page.Messages {
			if m.Kind == chat.MessagePosted && !m.Deleted && m.Author.ID == w.people["loud"].ID {
				t.Fatalf("in room %d stands %q", room, m.Body)
			}
		}
	}
	r, err := w.chat.AccountRecord(w.ctx, w.people["root"], w.people["loud"].ID)
	w.ok(err)
	if !r.Disabled || !r.Banned || r.Posts != 0 {
		t.Errorf("%+v", r)
	}
	w.ok(w.chat.EnableAccount(w.ctx, w.people["root"], r.ID))
}

func TestWhoIsDeactivatedIsNoLongerListedInRooms(t *testing.T) {
	w := begin(t, "root", "mei", "gone")
	root, gone := w.people["root"], w.people["gone"].ID
	harbour, talk := w.room("harbour", chat.Open, "mei", "gone"), w.direct("mei", "gone")
	listed := func(room chat.RoomID, want int) {
		t.Helper()
		p, err := w.chat.ReadableRoom(w.ctx, w.people["mei"], room)
		w.ok(err)
		all, err := w.chat.Members(w.ctx, w.people["mei"], room)
		w.ok(err)
		if p.People != want || len(all) != want {
			t.Errorf("room %d: %d counted, %d listed, want %d", room, p.People, len(all), want)
		}
	}
	listed(harbour, 2)
	w.ok(w.chat.DisableAccount(w.ctx, root, gone))
	listed(harbour, 1)
	listed(talk, 2) // it is called after both
	w.ok(w.chat.RemoveMember(w.ctx, w.people["mei"], harbour, gone))
	listed(harbour, 1)
	w.ok(w.chat.EnableAccount(w.ctx, root, gone))
	listed(harbour, 1)
	listed(1, 3)
}

// Who moderates no more brings back nothing that he deleted, and is not offered to.
func TestOnlyWhoMayDeleteAMessageIsOfferedToRestoreIt(t *testing.T) {
	w := begin(t, "ada", "bea", "cid")
	room := w.room("quay", chat.Open, "ada", "bea", "cid")
	w.ok(w.chat.SetRank(w.ctx, w.people["ada"], room, w.people["bea"].ID, chat.RankModerator))
	m := w.says("cid", room, "words")
	_, err := w.chat.DeleteMessage(w.ctx, w.people["bea"], m.ID)
	w.ok(err)
	offered := []bool{w.chat.CanRestore(w.ctx, w.people["bea"], m.ID), w.chat.CanRestore(w.ctx, w.people["cid"], m.ID)}
	w.ok(w.chat.SetRank(w.ctx, w.people["ada"], room, w.people["bea"].ID, chat.RankMember))
	offered = append(offered, w.chat.CanRestore(w.ctx, w.people["bea"], m.ID))
	_, err = w.chat.RestoreMessage(w.ctx, w.people["bea"], m.ID)
	if fmt.Sprint(offered, err == nil) != "[true false false] false" {
		t.Errorf("offered to the moderator, the author, a moderator no more: %v; she restored it: %v", offered, err)
	}
}
