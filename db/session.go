package db

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"slices"
	"time"

	"parley/app/auth"
	"parley/app/chat"
)

// AddAccount implements auth.Store.
func (d *Store) AddAccount(ctx context.Context, n auth.NewAccount, audit chat.AuditEntry) (j auth.SignedUp, err error) {
	err = d.changeAudited(ctx, audit, func(t *Tx) error {
		j, err = addAccount(t, n)
		return err
	})
	return j, err
}

func addAccount(t *Tx, n auth.NewAccount) (j auth.SignedUp, err error) {
	var accounts int
	var taken bool
	if err := t.One("SELECT (SELECT count(*) FROM accounts), EXISTS (SELECT 1 FROM accounts WHERE "+alikeAccount+")",
		alike(n.Username), &accounts, &taken); err != nil {
		return j, err
	}
	if taken {
		return j, chat.ErrConflict
	}
	if n.Name, err = markedName(t, 0, n.Username, n.Name); err != nil {
		return j, err
	}
	j.Account = chat.Account{Person: chat.Person{Username: n.Username, Name: n.Name}, Created: n.At}
	if accounts == 0 {
		j.Account.Role = chat.RoleAdmin
	} else if j.Account.Role, err = checkSignup(t, n); err != nil {
		return j, err
	}
	if err := t.One(`INSERT INTO accounts (username, folded, skeleton, drawn, name, name_folded, likeness, role, password, created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
		[]any{n.Username, chat.FoldName(n.Username), chat.Skeleton(n.Username), chat.Drawn(n.Username),
			n.Name, chat.FoldName(n.Name), chat.DrawnLetters(n.Name), j.Account.Role, n.Hash, ToMillis(n.At)}, &j.Account.ID); err != nil {
		return j, err
	}
	if n.Identity != nil {
		i := *n.Identity
		i.Account, i.Made = j.Account.ID, n.At
		if err := addIdentity(t, i); errors.Is(err, chat.ErrConflict) {
			return j, auth.ErrLinked
		} else if err != nil {
			return j, err
		}
	}
	if accounts == 0 {
		return j, createWorkspace(t, n, &j)
	}
	rooms, err := firstRooms(t, n, j.Account.Role)
	for _, room := range rooms {
		rev, err := addToRoom(t, room, []chat.AccountID{j.Account.ID}, n.At)
		if err != nil {
			return j, err
		}
		j.Rooms = append(j.Rooms, chat.RoomChanged{Room: room, Rev: rev})
	}
	return j, err
}

// firstRooms are those into which somebody comes at once: the rooms of everybody, or those
// for which a guest was invited.
func firstRooms(t *Tx, n auth.NewAccount, role chat.Role) ([]chat.RoomID, error) {
	switch {
	case role != chat.RoleGuest:
		return List(t, ScanID[chat.RoomID], everyoneRooms)
	case n.Invited:
		return n.Rooms, nil
	}
	var chosen string
	var by chat.AccountID
	if err := t.One("SELECT rooms, coalesce(made_by, 0) FROM invites WHERE code = ?", []any{n.Invite}, &chosen, &by); err != nil {
		return nil, err
	}
	rooms, err := List(t, ScanID[chat.RoomID], roomsOfInvite, chosen, by)
	if err == nil && len(rooms) == 0 {
		err = auth.ErrInviteOver
	}
	return rooms, err
}

// roomsOfInvite are those that are left of the ones an invite is for: open ones, and private
// ones that who made it is in yet.
const roomsOfInvite = `SELECT r.id FROM rooms r WHERE r.id IN ids(?1) AND r.deleted_at IS NULL AND (r.kind = 0 OR r.kind = 1
	AND EXISTS (SELECT 1 FROM memberships m WHERE m.room_id = r.id AND m.account_id = ?2 AND m.left_at IS NULL)) ORDER BY r.id`

// checkSignup says what a newcomer becomes, or why he may not come.
func checkSignup(t *Tx, n auth.NewAccount) (chat.Role, error) {
	var policy string
	err := t.One("SELECT value FROM settings WHERE key = ?", []any{chat.SettingSignup}, &policy)
	switch {
	case err != nil && !errors.Is(err, sql.ErrNoRows):
		return 0, err
	case n.Invited:
		return n.Role, nil
	case policy == chat.SignupClosed:
		return 0, auth.ErrClosed
	case n.Invite != "":
		return useInvite(t, n.Invite, n.At)
	case policy == chat.SignupInvites:
		return 0, auth.ErrInvitesOnly
	case policy == chat.SignupAsks:
		return 0, auth.ErrApproval
	}
	return chat.RoleMember, nil
}

// createWorkspace names the workspace and makes the room of everybody, with the
// first account.
func createWorkspace(t *Tx, n auth.NewAccount, j *auth.SignedUp) error {
	if err := SetSetting(t, chat.SettingWorkspace, n.Workspace); err != nil {
		return err
	}
	room, err := addRoom(t, chat.NewRoom{Name: "general", Kind: chat.Open, By: j.Account.ID}, n.At)
	if err != nil {
		return err
	}
	j.Rooms = append(j.Rooms, chat.RoomChanged{Room: room.ID})
	t.roomChanged(room.ID)
	return t.Exec("UPDATE rooms SET everyone = 1 WHERE id = ?", room.ID)
}

// HasAccounts implements auth.Store.
func (d *Store) HasAccounts(ctx context.Context) (has bool, err error) {
	return has, d.One(ctx, "SELECT EXISTS (SELECT 1 FROM accounts)", nil, &has)
}

// Password implements auth.Store.
func (d *Store) Password(ctx context.Context, username string) (id chat.AccountID, hash string, err error) {
	err = d.One(ctx, "SELECT id, password FROM accounts WHERE folded = ? AND disabled_at IS NULL AND bot_by IS NULL",
		[]any{chat.FoldName(username)}, &id, &hash)
	return id, hash, err
}

// SetPassword implements auth.Store.
func (d *Store) SetPassword(ctx context.Context, who chat.AccountID, hash string, audit chat.AuditEntry) error {
	return d.changeAudited(ctx, audit, func(t *Tx) error {
		return setPassword(t, who, hash)
	})
}

func setPassword(t *Tx, who chat.AccountID, hash string) error {
	t.accountChanged(who)
	if err := t.Exec("UPDATE accounts SET password = ? WHERE id = ?", hash, who); err != nil {
		return err
	}
	return endAccess(t, who)
}

// endAccess ends all by which somebody is in, or could come in without a password: nothing
// of it outlives a new password, or the account.
func endAccess(t *Tx, who chat.AccountID) error {
	if err := t.Exec("DELETE FROM resets WHERE account_id = ?", who); err != nil {
		return err
	}
	return endSessions(t, who)
}

// endSessions logs somebody and his programs out, log-ins that are under way as well.
func endSessions(t *Tx, who chat.AccountID) error {
	return t.Each([]any{who}, "DELETE FROM sessions WHERE account_id = ?", "DELETE FROM keys WHERE account_id = ?",
		"DELETE FROM tickets WHERE account_id = ?")
}

// Rehash implements auth.Store.
func (d *Store) Rehash(ctx context.Context, who chat.AccountID, was, hash string) error {
	return d.change(ctx, func(t *Tx) error {
		return t.Exec("UPDATE accounts SET password = ? WHERE id = ? AND password = ?", hash, who, was)
	})
}

// AddSession implements auth.Store.
func (d *Store) AddSession(ctx context.Context, s auth.Session, limit int) (dropped [][]byte, err error) {
	err = d.change(ctx, func(t *Tx) error {
		if err := t.Exec("INSERT INTO sessions (token_hash, account_id, agent, created_at, seen_at) VALUES (?, ?, ?, ?, ?)",
			s.Hash, s.Account.ID, s.Agent, ToMillis(s.Created), ToMillis(s.Seen)); err != nil {
			return err
		}
		dropped, err = List(t, scanHash, `DELETE FROM sessions WHERE token_hash IN (SELECT token_hash FROM sessions
			WHERE account_id = ? ORDER BY created_at DESC, token_hash LIMIT 1000000 OFFSET ?) RETURNING token_hash`, s.Account.ID, limit)
		for _, hash := range dropped {
			t.sessionChanged(hash)
		}
		return err
	})
	return dropped, err
}

func scanHash(r Scanner) (h []byte, err error) { return h, r.Scan(&h) }

// SessionOf implements auth.Store.
func (d *Store) SessionOf(ctx context.Context, hash []byte) (auth.Session, error) {
	return oneRow(ctx, d, func(r Scanner) (s auth.Session, err error) {
		var start, seen, proved int64
		s.Account, err = scanAccount(WithColumns{r, []any{&s.Agent, &start, &seen, &proved, &s.Second}})
		s.Hash, s.Created, s.Seen, s.Proved = hash, FromMillis(start), FromMillis(seen), FromMillis(proved)
		return s, err
	}, "SELECT "+accountColumns+`, s.agent, s.begun_at, s.seen_at, s.proved_at,
		EXISTS (SELECT 1 FROM factors f WHERE f.account_id = s.account_id AND f.confirmed_at > 0)
			OR EXISTS (SELECT 1 FROM passkeys p WHERE p.account_id = s.account_id)
		FROM (SELECT account_id, agent, created_at AS begun_at, seen_at, proved_at FROM sessions WHERE token_hash = ?) s
		JOIN accounts ON accounts.id = s.account_id WHERE disabled_at IS NULL`, hash)
}

// SessionsOf implements auth.Store.
func (d *Store) SessionsOf(ctx context.Context, who chat.AccountID) ([]auth.Session, error) {
	return All(ctx, d, func(r Scanner) (s auth.Session, err error) {
		var start, seen int64
		err = r.Scan(&s.Hash, &s.Agent, &start, &seen)
		s.Account.ID, s.Created, s.Seen = who, FromMillis(start), FromMillis(seen)
		return s, err
	}, "SELECT token_hash, agent, created_at, seen_at FROM sessions WHERE account_id = ? ORDER BY seen_at DESC", who)
}

// Touch implements auth.Store.
func (d *Store) Touch(ctx context.Context, u auth.Uses) error {
	return d.changeBeside(ctx, func(t *Tx) error {
		for _, hash := range slices.Sorted(maps.Keys(u.Sessions)) { // in order: nodes lock them at the same time
			at := ToMillis(u.Sessions[hash])
			t.sessionSeen(hash, FromMillis(at))
			if err := t.Exec("UPDATE sessions SET seen_at = ? WHERE token_hash = ?", at, []byte(hash)); err != nil {
				return err
			}
		}
		for _, id := range slices.Sorted(maps.Keys(u.Keys)) {
			if err := t.Exec("UPDATE keys SET used_at = ? WHERE id = ?", ToMillis(u.Keys[id]), id); err != nil {
				return err
			}
		}
		return nil
	})
}

// DeleteSession implements auth.Store.
func (d *Store) DeleteSession(ctx context.Context, hash []byte) error {
	return d.change(ctx, func(t *Tx) error {
		t.sessionChanged(hash)
		return t.Exec("DELETE FROM sessions WHERE token_hash = ?", hash)
	})
}

// ExpireSessions implements auth.Store.
func (d *Store) ExpireSessions(ctx context.Context, startedBefore, seenBefore time.Time) error {
	return d.change(ctx, func(t *Tx) error {
		ended, err := List(t, scanHash, "DELETE FROM sessions WHERE created_at < ? OR seen_at < ? RETURNING token_hash",
			ToMillis(startedBefore), ToMillis(seenBefore))
		for _, hash := range ended {
			t.sessionChanged(hash)
		}
		return err
	})
}
