package db

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"parley/app/chat"
)

const accountColumns = "id, username, name, picture, role, created_at, coalesce(disabled_at, 0), title, bio, prefs, coalesce(bot_by, 0)"

func scanAccount(r Scanner) (a chat.Account, err error) {
	var created, disabled int64
	var prefs string
	err = r.Scan(&a.ID, &a.Username, &a.Name, &a.Picture, &a.Role, &created, &disabled, &a.Title, &a.Bio, &prefs, &a.Maker)
	if err != nil {
		return a, err
	}
	a.Bot, a.Guest = a.IsBot(), a.IsGuest()
	a.Created, a.Disabled = FromMillis(created), disabled != 0
	return a, json.Unmarshal([]byte(prefs), &a.Prefs)
}

// Account implements chat.AccountStore.
func (d *Store) Account(ctx context.Context, id chat.AccountID) (chat.Account, error) {
	return d.account(ctx, "id = ?", id)
}

// AccountNamed implements chat.AccountStore.
func (d *Store) AccountNamed(ctx context.Context, username string) (chat.Account, error) {
	return d.account(ctx, "folded = ?", chat.FoldName(username))
}

// AccountsNamed implements chat.AccountStore.
func (d *Store) AccountsNamed(ctx context.Context, names []string) (map[string]chat.Account, error) {
	found, err := All(ctx, d, scanAccount, "SELECT "+accountColumns+" FROM accounts WHERE folded IN texts(?)", JSONList(names))
	accounts := make(map[string]chat.Account, len(found))
	for _, a := range found {
		accounts[chat.FoldName(a.Username)] = a
	}
	return accounts, err
}

func (d *Store) account(ctx context.Context, where string, arg any) (chat.Account, error) {
	return oneRow(ctx, d, scanAccount, "SELECT "+accountColumns+" FROM accounts WHERE "+where, arg)
}

// begins makes a LIKE pattern of what somebody typed.
func begins(query string) string {
	return likeLiteral.Replace(query) + "%"
}

// called chooses accounts by the beginning of a name, and a page of them: people, then bots.
const called = `(folded LIKE ?1 ESCAPE '\' OR name_folded LIKE ?1 ESCAPE '\' OR name_folded LIKE '% ' || ?1 ESCAPE '\')
	ORDER BY bot_by IS NOT NULL, name_folded, id LIMIT ?2 OFFSET ?3`

// togetherWith are the people o in the rooms that somebody is in.
const togetherWith = `SELECT o.account_id FROM memberships m JOIN rooms r ON r.id = m.room_id AND r.deleted_at IS NULL
	JOIN memberships o ON o.room_id = m.room_id WHERE m.left_at IS NULL AND m.account_id = `

// People implements chat.AccountStore.
func (d *Store) People(ctx context.Context, with chat.AccountID, query string, offset, limit int) ([]chat.Account, error) {
	here, args := "disabled_at IS NULL AND ", []any{begins(query), limit, offset}
	if with != 0 {
		here, args = here+"(id = ?4 OR id IN ("+togetherWith+"?4 AND o.left_at IS NULL)) AND ", append(args, with)
	}
	return All(ctx, d, scanAccount, "SELECT "+accountColumns+" FROM accounts WHERE "+here+called, args...)
}

// Together implements chat.AccountStore.
func (d *Store) Together(ctx context.Context, who chat.AccountID, people []chat.AccountID, left bool) ([]chat.AccountID, error) {
	query := togetherWith + "?1 AND o.account_id IN ids(?2)"
	if !left {
		query += " AND o.left_at IS NULL"
	}
	return All(ctx, d, ScanID[chat.AccountID], query+" GROUP BY o.account_id", who, JSONList(people))
}

// Persons implements chat.AccountStore.
func (d *Store) Persons(ctx context.Context, ids []chat.AccountID) ([]chat.Person, error) {
	people, err := All(ctx, d, scanPerson, "SELECT id, username, name, picture FROM accounts WHERE id IN ids(?) AND disabled_at IS NULL",
		JSONList(ids))
	slices.SortFunc(people, func(a, b chat.Person) int { return slices.Index(ids, a.ID) - slices.Index(ids, b.ID) })
	return people, err
}

// LastSeen implements chat.AccountStore.
func (d *Store) LastSeen(ctx context.Context, who chat.AccountID) (time.Time, error) {
	var at int64
	err := d.One(ctx, "SELECT coalesce(max(seen_at), 0) FROM sessions WHERE account_id = ?", []any{who}, &at)
	if at == 0 || err != nil {
		return time.Time{}, err
	}
	return FromMillis(at), nil
}

// ChangeProfile implements chat.AccountStore.
func (d *Store) ChangeProfile(ctx context.Context, who chat.Person, change func(*chat.Profile) error) error {
	return d.change(ctx, func(t *Tx) error {
		var p chat.Profile
		if err := t.One("SELECT name, title, bio FROM accounts WHERE id = ? {lock}", []any{who.ID}, &p.Name, &p.Title, &p.Bio); err != nil {
			return err
		}
		if err := change(&p); err != nil {
			return err
		}
		name, err := markedName(t, who.ID, who.Username, p.Name)
		if err != nil {
			return err
		}
		t.namesChanged()
		t.accountChanged(who.ID)
		return t.Exec("UPDATE accounts SET name = ?, name_folded = ?, likeness = ?, title = ?, bio = ? WHERE id = ?",
			name, chat.FoldName(name), chat.DrawnLetters(name), p.Title, p.Bio, who.ID)
	})
}

// ChangePrefs implements chat.AccountStore.
func (d *Store) ChangePrefs(ctx context.Context, who chat.AccountID, change func(*chat.Prefs) error) (p chat.Prefs, err error) {
	err = d.change(ctx, func(t *Tx) error {
		var was string
		if err := t.One("SELECT prefs FROM accounts WHERE id = ? {lock}", []any{who}, &was); err != nil {
			return err
		}
		p = chat.Prefs{}
		if err := json.Unmarshal([]byte(was), &p); err != nil {
			return err
		}
		if err := change(&p); err != nil {
			return err
		}
		prefs, err := json.Marshal(p)
		if err != nil {
			return err
		}
		t.accountChanged(who)
		return t.Exec("UPDATE accounts SET prefs = ? WHERE id = ?", string(prefs), who)
	})
	return p, err
}

// SetRole implements chat.AccountStore. The last administrator stays one.
func (d *Store) SetRole(ctx context.Context, who chat.AccountID, role chat.Role, audit chat.AuditEntry) error {
	return d.changeAudited(ctx, audit, func(t *Tx) error {
		if role < chat.RoleAdmin {
			if err := lastAdmin(t, who, "role"); err != nil {
				return err
			}
			if err := revokeIssued(t, who); err != nil {
				return err
			}
		}
		if err := t.Exec("DELETE FROM resets WHERE account_id = ?", who); err != nil { // made for another role
			return err
		}
		t.accountChanged(who)
		var was chat.Role
		if err := t.One("SELECT role FROM accounts WHERE id = ?", []any{who}, &was); err != nil {
			return err
		}
		if err := t.Exec("UPDATE accounts SET role = ? WHERE id = ?", role, who); err != nil {
			return err
		}
		return followRole(t, who, was, role)
	})
}

// followRole brings who is no guest any more into the rooms of everybody, and takes who is
// one out of them; a guest has no rank in any room.
func followRole(t *Tx, who chat.AccountID, was, role chat.Role) error {
	if (was == chat.RoleGuest) == (role == chat.RoleGuest) {
		return nil
	}
	t.namesChanged() // who is a guest is told beside the name
	rooms, err := List(t, ScanID[chat.RoomID], everyoneRooms)
	for _, room := range rooms {
		if err != nil {
			return err
		}
		if role == chat.RoleGuest {
			_, err = removeFromRoom(t, room, who, time.Now(), true)
		} else {
			_, err = addToRoom(t, room, []chat.AccountID{who}, time.Now())
		}
	}
	if err != nil || role != chat.RoleGuest {
		return err
	}
	owned, err := List(t, ScanID[chat.RoomID],
		"UPDATE memberships SET owner = 0 WHERE account_id = ? AND left_at IS NULL AND owner <> 0 RETURNING room_id", who)
	if err != nil || len(owned) == 0 {
		return err
	}
	for _, room := range owned {
		t.roomChanged(room) // all its members: somebody else may own it now
	}
	return passOwnership(t, "SELECT room_id FROM memberships WHERE account_id = ?1 AND left_at IS NULL", who)
}

// everyoneRooms are the rooms of everybody.
const everyoneRooms = "SELECT id FROM rooms WHERE everyone = 1 AND deleted_at IS NULL"

// Settings implements chat.Store.
func (d *Store) Settings(ctx context.Context) (chat.Settings, error) {
	type pair struct{ k, v string }
	pairs, err := All(ctx, d, func(r Scanner) (p pair, err error) { return p, r.Scan(&p.k, &p.v) }, "SELECT key, value FROM settings")
	s := make(chat.Settings, len(pairs))
	for _, p := range pairs {
		s[p.k] = p.v
	}
	return s, err
}

// SetSettings implements chat.Store.
func (d *Store) SetSettings(ctx context.Context, set chat.Settings, audit []chat.AuditEntry) error {
	return d.change(ctx, func(t *Tx) error {
		for key, value := range set {
			if err := SetSetting(t, key, value); err != nil {
				return err
			}
		}
		for _, e := range audit {
			if err := addAudit(t, e); err != nil {
				return err
			}
		}
		return nil
	})
}

// SetSetting stores one of the notes that the program keeps for itself, such as the
// address it listens at; what people set goes through SetSettings.
func (d *Store) SetSetting(ctx context.Context, key, value string) error {
	return d.change(ctx, func(t *Tx) error { return SetSetting(t, key, value) })
}

func SetSetting(t *Tx, key, value string) error {
	return t.Exec("INSERT INTO settings (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2", key, value)
}
