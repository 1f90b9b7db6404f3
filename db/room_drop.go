package db

import (
	"context"
	"log/slog"
	"time"

	"parley/app/chat"
)

// RemoveMember implements chat.RoomStore.
func (d *Store) RemoveMember(ctx context.Context, room chat.RoomID, who chat.AccountID, at time.Time,
	audit chat.AuditEntry) (rev chat.Rev, emptied bool, err error) {
	err = d.changeAudited(ctx, audit, func(t *Tx) error {
		emptied = false
		if rev, err = removeFromRoom(t, room, who, at, audit != chat.NoAudit); err != nil {
			return err
		}
		if t.unchanged = rev == 0; t.unchanged {
			return nil
		}
		t.roomChanged(room)
		n, err := t.Affect(markRoomDeleted+` AND kind = 1 AND NOT EXISTS (SELECT 1 FROM memberships m JOIN accounts a ON a.id = m.account_id
			WHERE m.room_id = ?2 AND m.left_at IS NULL AND a.bot_by IS NULL)`, ToMillis(at), room)
		if emptied = n > 0; !emptied {
			return err
		}
		return dropRoomPicture(t, room)
	})
	if emptied && err == nil {
		go d.purge(room)
	}
	return rev, emptied, err
}

// markRoomDeleted deletes a room; purge removes what is left of it.
const markRoomDeleted = "UPDATE rooms SET deleted_at = ?1, skeleton = NULL, drawn = NULL, direct = NULL, topic = '' WHERE id = ?2"

// removeFromRoom ends a membership. The log says whether somebody else did. From a private
// room the bots of who goes go as well: else they would read on for their maker. It answers
// with the last rev.
func removeFromRoom(t *Tx, room chat.RoomID, who chat.AccountID, at time.Time, byOthers bool) (chat.Rev, error) {
	rev, err := nextRev(t, room)
	if err != nil {
		return 0, err
	}
	n, err := t.Affect(`UPDATE memberships SET left_at = ?, owner = 0, mentions = 0, rev = ?
		WHERE room_id = ? AND account_id = ? AND left_at IS NULL`, ToMillis(at), rev, room, who)
	if err != nil {
		return 0, err
	}
	if n == 0 {
		return 0, giveBackRev(t, room)
	}
	t.memberChanged(room, who)
	var people int
	var kind chat.RoomKind
	if err := t.One(`UPDATE rooms SET people = people - CASE WHEN kind = 2
		OR (SELECT disabled_at IS NULL FROM accounts WHERE id = ?2) THEN 1 ELSE 0 END WHERE id = ?1 RETURNING people, kind`,
		[]any{room, who}, &people, &kind); err != nil {
		return 0, err
	}
	if err := passOwnership(t, "?1", room); err != nil {
		return 0, err
	}
	if people < chat.QuietLeaves { // else it is stamped, so that it is told to the one who went, and to nobody else
		if err := addLeft(t, room, who, at, byOthers); err != nil {
			return 0, err
		}
	}
	if kind != chat.Private {
		return rev, nil
	}
	bots, err := List(t, ScanID[chat.AccountID], `SELECT a.id FROM accounts a JOIN memberships m ON m.account_id = a.id AND m.room_id = ?1
		WHERE a.bot_by = ?2 AND m.left_at IS NULL ORDER BY a.id`, room, who)
	for _, bot := range bots {
		if err == nil {
			rev, err = removeFromRoom(t, room, bot, at, byOthers)
		}
	}
	return rev, err
}

// removeLoneBots takes out of a room that becomes private the bots of who is not in it: of
// the room that was open their makers could read all anyway. It answers with the last rev.
func removeLoneBots(t *Tx, room chat.RoomID, rev chat.Rev, at time.Time) (chat.Rev, error) {
	bots, err := List(t, ScanID[chat.AccountID], `SELECT a.id FROM memberships m JOIN accounts a ON a.id = m.account_id
		WHERE m.room_id = ?1 AND m.left_at IS NULL AND a.bot_by IS NOT NULL AND NOT EXISTS (SELECT 1 FROM memberships o
		WHERE o.room_id = ?1 AND o.account_id = a.bot_by AND o.left_at IS NULL) ORDER BY a.id`, room)
	for _, bot := range bots {
		if err == nil {
			rev, err = removeFromRoom(t, room, bot, at, true)
		}
	}
	return rev, err
}

// addLeft tells the log that somebody has left.
func addLeft(t *Tx, room chat.RoomID, who chat.AccountID, at time.Time, byOthers bool) error {
	var p chat.Person
	if err := t.One("SELECT id, username, name FROM accounts WHERE id = ?", []any{who}, &p.ID, &p.Username, &p.Name); err != nil {
		return err
	}
	event := chat.SystemMessage{People: []chat.Person{p}, Count: 1}
	if byOthers {
		event.Arg = chat.WasRemoved
	}
	return addEvent(t, room, who, chat.MessageLeft, event, at)
}

// activeOwner is there when an owner of room r can log in.
const activeOwner = `EXISTS (SELECT 1 FROM memberships o JOIN accounts b ON b.id = o.account_id
	WHERE o.room_id = r.id AND o.left_at IS NULL AND o.owner = 1 AND b.role >= 0 AND b.disabled_at IS NULL)`

// passOwnership gives those rooms that have no owner who can log in to a moderator, else
// to who has been there longest and is no guest, if there is one. An owner whose account is disabled stays one: when he
// comes back there are two. Rooms chooses by ?1.
func passOwnership(t *Tx, rooms string, arg any) error {
	passed, err := List(t, ScanID[chat.RoomID], `UPDATE memberships SET owner = 1 WHERE (room_id, account_id) IN (
		SELECT r.id, (SELECT n.account_id FROM memberships n JOIN accounts a ON a.id = n.account_id WHERE n.room_id = r.id AND n.left_at IS NULL AND a.bot_by IS NULL
			AND (a.disabled_at IS NULL OR NOT EXISTS (SELECT 1 FROM memberships o WHERE o.room_id = r.id AND o.left_at IS NULL AND o.owner = 1))
			ORDER BY a.role < 0, a.disabled_at IS NOT NULL, n.owner <> 2, n.joined_at, n.account_id LIMIT 1)
		FROM rooms r WHERE r.id IN (`+rooms+`) AND r.kind <> 2 AND r.deleted_at IS NULL AND NOT `+activeOwner+`) RETURNING room_id`, arg)
	for _, room := range passed {
		t.roomChanged(room) // somebody else may do more in it now
	}
	return err
}

// DeleteRoom implements chat.RoomStore. The room is gone at once; what was said in
// it is removed soon after, a little at a time, so that others need not wait.
func (d *Store) DeleteRoom(ctx context.Context, room chat.RoomID, at time.Time,
	audit chat.AuditEntry) (people []chat.AccountID, err error) {
	err = d.changeAudited(ctx, audit, func(t *Tx) error {
		t.roomChanged(room)
		if err := t.linksChanged(room); err != nil {
			return err
		}
		n, err := t.Affect(markRoomDeleted+" AND deleted_at IS NULL", ToMillis(at), room)
		if err != nil {
			return err
		}
		if n == 0 {
			return chat.NotFound()
		}
		if err := dropRoomPicture(t, room); err != nil {
			return err
		}
		people, err = List(t, ScanID[chat.AccountID],
			"SELECT account_id FROM memberships WHERE room_id = ? AND left_at IS NULL", room)
		return err
	})
	if err == nil {
		go d.purge(room)
	}
	return people, err
}

// purge removes what is left of a deleted room.
func (d *Store) purge(room chat.RoomID) {
	for {
		var n int
		err := d.change(context.Background(), func(t *Tx) (err error) {
			some, err := List(t, ScanID[chat.MessageID], "SELECT id FROM messages WHERE room_id = ? ORDER BY id LIMIT 500", room)
			if err != nil {
				return err
			}
			if n = len(some); n > 0 {
				if err := t.under.Unindex(t, some); err != nil {
					return err
				}
				return t.Exec("DELETE FROM messages WHERE id IN ids(?)", JSONList(some))
			}
			return t.Exec("DELETE FROM rooms WHERE id = ? AND deleted_at IS NOT NULL", room)
		})
		if err != nil {
			slog.Warn("a deleted room will be removed at the next start", "room", room, "error", err)
			return
		}
		if n == 0 {
			return
		}
	}
}

// ResumePurge goes on where the last process ended.
func (d *Store) ResumePurge() {
	rooms, err := All(context.Background(), d, ScanID[chat.RoomID],
		"SELECT id FROM rooms WHERE deleted_at IS NOT NULL")
	if err != nil {
		slog.Warn("deleted rooms were not looked for", "error", err)
	}
	for _, room := range rooms {
		go d.purge(room)
	}
}
