package db

import (
	"context"
	"time"

	"parley/app/chat"
)

// recordQuery lists accounts with what is stored of them elsewhere.
const recordQuery = "SELECT " + accountColumns + `, a.banned_at IS NOT NULL, a.erasing,
	coalesce((SELECT max(seen_at) FROM sessions WHERE account_id = a.id), 0), (SELECT count(*) FROM sessions WHERE account_id = a.id),
	(SELECT count(*) FROM memberships m JOIN rooms r ON r.id = m.room_id
	WHERE m.account_id = a.id AND m.left_at IS NULL AND r.kind <> 2 AND r.deleted_at IS NULL) FROM accounts a `

func scanRecord(r Scanner) (a chat.AccountRecord, err error) {
	var seen int64
	a.Account, err = scanAccount(WithColumns{r, []any{&a.Banned, &a.Erasing, &seen, &a.Sessions, &a.Rooms}})
	a.Seen = FromMillis(seen)
	return a, err
}

// WithColumns scans further columns after those that somebody asks for.
type WithColumns struct {
	Scanner
	Dest []any
}

func (m WithColumns) Scan(dest ...any) error { return m.Scanner.Scan(append(dest, m.Dest...)...) }

// AccountRecords implements chat.AccountRecordStore.
func (d *Store) AccountRecords(ctx context.Context, query string, state chat.State, offset, limit int) ([]chat.AccountRecord, error) {
	where := map[chat.State]string{chat.StateAll: "true", chat.StateAdmins: "role = 1 AND disabled_at IS NULL",
		chat.StateDisabled: "disabled_at IS NOT NULL", chat.StateBanned: "banned_at IS NOT NULL",
		chat.StateGuests: "role = -1 AND disabled_at IS NULL"}[state]
	if where == "" {
		return nil, chat.NotFound()
	}
	return All(ctx, d, scanRecord, recordQuery+"WHERE "+where+" AND "+called, begins(query), limit, offset)
}

// AccountRecord implements chat.AccountRecordStore.
func (d *Store) AccountRecord(ctx context.Context, id chat.AccountID) (chat.AccountRecord, error) {
	a, err := oneRow(ctx, d, scanRecord, recordQuery+"WHERE id = ?", id)
	if err != nil {
		return a, err
	}
	return a, d.One(ctx, "SELECT count(*) FROM messages WHERE author_id = ? AND kind = 0 AND deleted_at IS NULL", []any{id}, &a.Posts)
}

// lastAdmin refuses what would leave the server without an administrator.
func lastAdmin(t *Tx, who chat.AccountID, field string) error {
	var others int
	if err := t.One("SELECT count(*) FROM accounts WHERE role >= 1 AND disabled_at IS NULL AND id <> ?", []any{who}, &others); err != nil {
		return err
	}
	if others == 0 {
		return chat.Conflict(field, "This is the last administrator; promote somebody else first.")
	}
	return nil
}

// DisableAccount implements chat.AccountRecordStore.
func (d *Store) DisableAccount(ctx context.Context, who chat.AccountID, at time.Time, banned, erase bool, audit chat.AuditEntry) error {
	return d.disableAccount(ctx, who, at, banned, erase, audit, func(*Tx) error { return nil })
}

// disableAccount disables an account, and does in the same change what else is to be done.
func (d *Store) disableAccount(ctx context.Context, who chat.AccountID, at time.Time, banned, erase bool, audit chat.AuditEntry,
	also func(*Tx) error) error {
	var alone []chat.RoomID
	err := d.changeAudited(ctx, audit, func(t *Tx) (err error) {
		if err := lastAdmin(t, who, "who"); err != nil {
			return err
		}
		t.namesChanged()
		t.accountChanged(who)
		if err := t.Exec(`UPDATE accounts SET disabled_at = coalesce(disabled_at, ?1),
			banned_at = CASE WHEN ?2 = 1 THEN ?1 ELSE banned_at END, erasing = greatest(erasing, ?3) WHERE id = ?4`,
			ToMillis(at), banned, erase, who); err != nil {
			return err
		}
		if err := recountPeople(t, who); err != nil {
			return err
		}
		if err := passOwnership(t, "SELECT room_id FROM memberships WHERE account_id = ?1 AND left_at IS NULL AND owner = 1", who); err != nil {
			return err
		}
		if err := revokeIssued(t, who); err != nil {
			return err
		}
		if erase { // nobody would ever see these again
			if alone, err = List(t, ScanID[chat.RoomID], deleteRoomsAlone, ToMillis(at), who); err != nil {
				return err
			}
			for _, room := range alone {
				t.roomChanged(room)
			}
		}
		if err := endAccess(t, who); err != nil {
			return err
		}
		return also(t)
	})
	if err != nil {
		return err
	}
	for _, room := range alone {
		go d.purge(room)
	}
	return nil
}

// deleteRoomsAlone deletes the private rooms in which nobody else is.
const deleteRoomsAlone = `UPDATE rooms SET deleted_at = ?1, topic = '' WHERE kind = 1 AND deleted_at IS NULL
	AND EXISTS (SELECT 1 FROM memberships WHERE room_id = rooms.id AND account_id = ?2 AND left_at IS NULL)
	AND NOT EXISTS (SELECT 1 FROM memberships WHERE room_id = rooms.id AND account_id <> ?2 AND left_at IS NULL) RETURNING id`

// EnableAccount implements chat.AccountRecordStore.
func (d *Store) EnableAccount(ctx context.Context, who chat.AccountID, audit chat.AuditEntry) error {
	return d.changeAudited(ctx, audit, func(t *Tx) error {
		t.namesChanged()
		t.accountChanged(who)
		if err := t.Exec("UPDATE accounts SET disabled_at = NULL, banned_at = NULL, erasing = 0 WHERE id = ? AND disabled_at IS NOT NULL",
			who); err != nil {
			return err
		}
		if err := recountPeople(t, who); err != nil {
			return err
		}
		return passOwnership(t, `SELECT o.room_id FROM memberships m JOIN memberships o ON o.room_id = m.room_id AND o.left_at IS NULL
			AND o.owner = 1
			WHERE m.account_id = ?1 AND m.left_at IS NULL`, who)
	})
}

// recountPeople follows an account that was disabled or enabled in the rooms that
// it is in.
func recountPeople(t *Tx, who chat.AccountID) error {
	rooms, err := List(t, ScanID[chat.RoomID], "UPDATE rooms SET people = "+peopleIn+` WHERE id IN (SELECT room_id FROM memberships
		WHERE account_id = ? AND left_at IS NULL) RETURNING id`, who)
	for _, room := range rooms {
		t.roomChanged(room)
	}
	return err
}

// EndSessions implements chat.AccountRecordStore.
func (d *Store) EndSessions(ctx context.Context, who chat.AccountID, audit chat.AuditEntry) error {
	return d.changeAudited(ctx, audit, func(t *Tx) error {
		t.accountChanged(who)
		return endSessions(t, who)
	})
}

// Erasing implements chat.AccountRecordStore.
func (d *Store) Erasing(ctx context.Context) ([]chat.AccountID, error) {
	return All(ctx, d, ScanID[chat.AccountID], "SELECT id FROM accounts WHERE erasing = 1")
}

// eraseSize is how many messages EraseSome deletes in one change.
const eraseSize = 50

// EraseSome implements chat.AccountRecordStore.
func (d *Store) EraseSome(ctx context.Context, who chat.AccountID, at time.Time) (changed []chat.RoomChanged, err error) {
	err = d.change(ctx, func(t *Tx) error {
		changed = nil
		type said struct {
			id   chat.MessageID
			room chat.RoomID
		}
		some, err := List(t, func(r Scanner) (s said, err error) { return s, r.Scan(&s.id, &s.room) }, `SELECT m.id, m.room_id FROM messages m
			JOIN rooms r ON r.id = m.room_id AND r.deleted_at IS NULL JOIN accounts a ON a.id = m.author_id AND a.erasing = 1
			WHERE m.author_id = ? AND m.kind = 0 AND m.deleted_at IS NULL LIMIT ?`, who, eraseSize)
		if err != nil {
			return err
		}
		if len(some) == 0 {
			return t.Exec("UPDATE accounts SET erasing = 0 WHERE id = ?", who)
		}
		revs := map[chat.RoomID]chat.Rev{}
		for _, s := range some {
			m, err := deleteMessage(t, s.id, who, at)
			if err != nil {
				return err
			}
			revs[s.room] = m.Rev
		}
		for room, rev := range revs {
			changed = append(changed, chat.RoomChanged{Room: room, Rev: rev})
		}
		return nil
	})
	return changed, err
}
