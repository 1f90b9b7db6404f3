package chattest

import (
	"fmt"
	"time"

	"parley/app/auth"
	"parley/app/chat"
)

// entry is one that a change is given.
func entry(object string) chat.AuditEntry {
	return chat.NewAuditEntry(noon, chat.Account{Person: chat.Person{ID: 1, Username: "person1"}}, chat.AuditSetRank, object, "detail")
}

func (s *store) audit() (objects []string) {
	s.Helper()
	entries, err := s.AuditLog(s.Context(), 0, 100)
	s.ok(err)
	for _, e := range entries {
		objects = append(objects, e.Object)
	}
	return objects
}

var auditTests = map[string]func(*store){
	"each change stores its entry, the newest first": func(s *store) {
		ctx, room := s.Context(), s.room("quay", 1, 2, 3)
		m := s.says(room, 2, "words")
		s.ok(s.AddReport(ctx, m.ID, 3, "bad", noon))
		s.ok(s.SetRole(ctx, 4, chat.RoleAdmin, entry("role")))
		s.ok(s.SetRank(ctx, room, 2, chat.RankModerator, entry("rank")))
		s.ok(s.SetSlowMode(ctx, room, 30, entry("slow")))
		s.ok(s.SetWorldAccess(ctx, room, chat.WorldReads, entry("world")))
		_, err := s.SetVisibility(ctx, room, 1, chat.Private, noon, entry("visibility"))
		s.ok(err)
		_, _, err = s.RemoveMember(ctx, room, 3, noon, entry("remove"))
		s.ok(err)
		_, err = s.BanMember(ctx, room, 2, noon, entry("ban"))
		s.ok(err)
		s.ok(s.UnbanMember(ctx, room, 2, entry("unban")))
		_, err = s.DeleteMessage(ctx, m.ID, 1, noon, entry("delete"))
		s.ok(err)
		s.ok(s.CloseReports(ctx, m.ID, 1, noon, entry("close")))
		_, err = s.DeleteRoom(ctx, room, noon, entry("room"))
		s.ok(err)
		_, err = s.AddInvite(ctx, auth.Invite{Code: "C", Made: noon, By: chat.Person{ID: 1}}, entry("invite"))
		s.ok(err)
		s.ok(s.SetReset(ctx, 3, 1, []byte("h"), noon.Add(time.Hour), entry("reset")))
		s.ok(s.SetPassword(ctx, 3, "x", entry("password")))
		s.ok(s.EndSessions(ctx, 3, entry("sessions")))
		s.ok(s.DisableAccount(ctx, 3, noon, false, false, entry("disable")))
		s.ok(s.EnableAccount(ctx, 3, entry("enable")))
		_, err = s.AddAccount(ctx, auth.NewAccount{Username: "person5", Name: "x", Hash: "-", At: noon}, entry("account"))
		s.ok(err)
		s.equal(s.audit(),
			"[account enable disable sessions password reset invite room close delete unban ban remove visibility world slow rank role]", "entries")
	},
	"a change that is refused stores no entry": func(s *store) {
		room := s.room("quay", 1)
		s.is(s.SetRank(s.Context(), room, 1, chat.RankMember, entry("rank")), chat.ErrConflict, "the last owner")
		s.is(s.SetRole(s.Context(), 1, chat.RoleMember, entry("role")), chat.ErrConflict, "the last administrator")
		s.is(s.RevokeInvite(s.Context(), 99, noon, entry("invite")), chat.ErrNotFound, "no invite")
		s.equal(len(s.audit()), 0, "entries")
	},
	"a change that changes nothing stores no entry": func(s *store) {
		room := s.room("quay", 1, 2)
		m := s.says(room, 2, "words")
		_, err := s.DeleteMessage(s.Context(), m.ID, 2, noon, chat.NoAudit)
		s.ok(err)
		_, err = s.DeleteMessage(s.Context(), m.ID, 1, noon, entry("delete"))
		s.ok(err)
		_, _, err = s.RemoveMember(s.Context(), room, 3, noon, entry("remove"))
		s.ok(err)
		s.ok(s.UnbanMember(s.Context(), room, 2, entry("unban")))
		s.ok(s.SetRank(s.Context(), room, 1, chat.RankOwner, entry("rank")))
		s.ok(s.SetRank(s.Context(), room, 2, chat.RankMember, entry("rank")))
		_, err = s.BanMember(s.Context(), room, 3, noon, chat.NoAudit)
		s.ok(err)
		again, err := s.BanMember(s.Context(), room, 3, noon, entry("ban"))
		s.ok(err)
		s.equal(again, 0, "the rev of who was banned")
		invite, err := s.AddInvite(s.Context(), auth.Invite{Code: "C", Made: noon, By: chat.Person{ID: 1}}, chat.NoAudit)
		s.ok(err)
		s.ok(s.RevokeInvite(s.Context(), invite, noon, chat.NoAudit))
		s.ok(s.RevokeInvite(s.Context(), invite, noon, entry("revoke")))
		s.ok(s.CloseReports(s.Context(), m.ID, 1, noon, entry("close")))
		_, err = s.DeleteRoom(s.Context(), room, noon, entry("room"))
		s.ok(err)
		_, err = s.DeleteRoom(s.Context(), room, noon, entry("room again"))
		s.is(err, chat.ErrNotFound, "a room that is deleted")
		s.equal(s.audit(), "[room]", "entries")
	},
	"the zero entry stores nothing": func(s *store) {
		s.ok(s.SetSlowMode(s.Context(), s.room("quay", 1), 30, chat.NoAudit))
		s.equal(len(s.audit()), 0, "entries")
	},
	"settings are stored with their entries": func(s *store) {
		s.ok(s.SetSettings(s.Context(), chat.Settings{"a": "1", "b": "2"}, []chat.AuditEntry{entry("a"), entry("b")}))
		set, err := s.Settings(s.Context())
		s.ok(err)
		s.equal([]string{set["a"], set["b"]}, "[1 2]", "settings")
		s.equal(s.audit(), "[b a]", "entries")
	},
	"pages of the log": func(s *store) {
		for n := range 5 {
			s.ok(s.SetSettings(s.Context(), chat.Settings{"a": fmt.Sprint(n)}, []chat.AuditEntry{entry(fmt.Sprint(n))}))
		}
		first, err := s.AuditLog(s.Context(), 0, 2)
		s.ok(err)
		second, err := s.AuditLog(s.Context(), first[1].ID, 2)
		s.ok(err)
		s.equal([]string{first[0].Object, first[1].Object, second[0].Object, second[1].Object}, "[4 3 2 1]", "entries")
	},
}
