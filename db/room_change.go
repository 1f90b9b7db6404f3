package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"parley/app/chat"
)

// CreateRoom implements chat.RoomStore.
func (d *Store) CreateRoom(ctx context.Context, n chat.NewRoom, at time.Time) (r chat.Room, err error) {
	err = d.change(ctx, func(t *Tx) error {
		if n.Kind == chat.Open {
			if err := nameTaken(t, n.Name, 0); err != nil {
				return err
			}
		}
		if r, err = addRoom(t, n, at); err != nil || len(n.People) == 0 {
			return err
		}
		_, err = addToRoom(t, r.ID, n.People, at)
		return err
	})
	return r, err
}

func addRoom(t *Tx, n chat.NewRoom, at time.Time) (chat.Room, error) {
	r := chat.Room{Kind: n.Kind, Name: n.Name, Topic: n.Topic, People: 1, Created: at}
	skeleton, drawn := drawnName(n.Kind, n.Name)
	if err := t.One("INSERT INTO rooms (kind, name, skeleton, drawn, topic, created_at, people) VALUES (?, ?, ?, ?, ?, ?, 1) RETURNING id",
		[]any{n.Kind, n.Name, skeleton, drawn, n.Topic, ToMillis(at)}, &r.ID); err != nil {
		return r, err
	}
	t.memberChanged(r.ID, n.By)
	return r, t.Exec("INSERT INTO memberships (room_id, account_id, owner, rev, posts_read, joined_at) VALUES (?, ?, 1, 0, 0, ?)",
		r.ID, n.By, ToMillis(at))
}

// nextRev takes the next rev of a room. Every change of a room begins with it: that
// locks the room, so that ids are drawn and rows are read in the order of revs.
func nextRev(t *Tx, room chat.RoomID) (rev chat.Rev, err error) {
	t.CountsChanged(room)
	err = t.One("UPDATE rooms SET rev = rev + 1 WHERE id = ? AND deleted_at IS NULL RETURNING rev", []any{room}, &rev)
	return rev, err
}

// nextRevOf is nextRev for the room of a message.
func nextRevOf(t *Tx, id chat.MessageID) (room chat.RoomID, rev chat.Rev, err error) {
	err = t.One(`UPDATE rooms SET rev = rev + 1 WHERE id = (SELECT room_id FROM messages WHERE id = ?) AND deleted_at IS NULL
		RETURNING id, rev`, []any{id}, &room, &rev)
	t.CountsChanged(room)
	return room, rev, err
}

// giveBackRev undoes nextRev in the same change: there was nothing to change.
func giveBackRev(t *Tx, room chat.RoomID) error {
	return t.Exec("UPDATE rooms SET rev = rev - 1 WHERE id = ?", room)
}

// addEvent writes the row of a change under the rev that the change took.
func addEvent(t *Tx, room chat.RoomID, by chat.AccountID, kind chat.MessageKind, e chat.SystemMessage, at time.Time) error {
	text, err := json.Marshal(e)
	if err != nil {
		return err
	}
	var id chat.MessageID
	if err := t.One(`INSERT INTO messages (room_id, rev, born, posts, kind, author_id, at, cont, body, text, addressed)
		SELECT id, rev, rev, posts, ?, ?, ?, 0, '', ?, '' FROM rooms WHERE id = ? RETURNING id`,
		[]any{kind, by, ToMillis(at), text, room}, &id); err != nil {
		return err
	}
	return t.Exec("UPDATE rooms SET last_id = ?, last_author = 0, last_at = ? WHERE id = ?", id, ToMillis(at), room)
}

// SetRoomName implements chat.RoomStore.
func (d *Store) SetRoomName(ctx context.Context, room chat.RoomID, by chat.AccountID, name string, at time.Time) (rev chat.Rev, err error) {
	err = d.change(ctx, func(t *Tx) error {
		if rev, err = nextRev(t, room); err != nil {
			return err
		}
		var kind chat.RoomKind
		if err := t.One("SELECT kind FROM rooms WHERE id = ?", []any{room}, &kind); err != nil {
			return err
		}
		if err := setDrawn(t, room, kind, name); err != nil {
			return err
		}
		return addEvent(t, room, by, chat.MessageRenamed, chat.SystemMessage{Arg: name}, at)
	})
	return rev, err
}

// setDrawn sets a room's kind and name, and what its name is compared by.
func setDrawn(t *Tx, room chat.RoomID, kind chat.RoomKind, name string) error {
	if kind == chat.Open {
		if err := nameTaken(t, name, room); err != nil {
			return err
		}
	}
	skeleton, drawn := drawnName(kind, name)
	t.roomChanged(room)
	if err := t.linksChanged(room); err != nil {
		return err
	}
	return t.Exec("UPDATE rooms SET kind = ?, name = ?, skeleton = ?, drawn = ? WHERE id = ?", kind, name, skeleton, drawn, room)
}

// SetTopic implements chat.RoomStore.
func (d *Store) SetTopic(ctx context.Context, room chat.RoomID, by chat.AccountID, topic string, at time.Time) (rev chat.Rev, err error) {
	err = d.change(ctx, func(t *Tx) error {
		if rev, err = nextRev(t, room); err != nil {
			return err
		}
		t.roomChanged(room)
		if err := t.Exec("UPDATE rooms SET topic = ? WHERE id = ?", topic, room); err != nil {
			return err
		}
		return addEvent(t, room, by, chat.MessageTopic, chat.SystemMessage{Arg: topic}, at)
	})
	return rev, err
}

// SetVisibility implements chat.RoomStore.
func (d *Store) SetVisibility(ctx context.Context, room chat.RoomID, by chat.AccountID, kind chat.RoomKind,
	at time.Time, audit chat.AuditEntry) (rev chat.Rev, err error) {
	err = d.changeAudited(ctx, audit, func(t *Tx) error {
		if rev, err = nextRev(t, room); err != nil {
			return err
		}
		var name string
		var was chat.RoomKind
		if err := t.One("SELECT name, kind FROM rooms WHERE id = ?", []any{room}, &name, &was); err != nil {
			return err
		}
		if err := setDrawn(t, room, kind, name); err != nil {
			return err
		}
		if kind != chat.Open {
			if err := t.Exec("UPDATE rooms SET world = 0 WHERE id = ?", room); err != nil {
				return err
			}
		}
		if kind != was {
			if err := t.under.ReindexRoom(t, room); err != nil {
				return err
			}
		}
		if err := addEvent(t, room, by, chat.MessageVisibility, chat.SystemMessage{Arg: chat.KindWords[kind]}, at); err != nil ||
			kind == chat.Open {
			return err
		}
		rev, err = removeLoneBots(t, room, rev, at)
		return err
	})
	return rev, err
}

// AddMembers implements chat.RoomStore.
func (d *Store) AddMembers(ctx context.Context, room chat.RoomID, people []chat.AccountID, at time.Time) (rev chat.Rev, err error) {
	err = d.change(ctx, func(t *Tx) error {
		rev, err = addToRoom(t, room, people, at)
		return err
	})
	return rev, err
}

// addToRoom adds people to a room and tells it in the log; 0 when nobody was new.
func addToRoom(t *Tx, room chat.RoomID, people []chat.AccountID, at time.Time) (chat.Rev, error) {
	rev, err := nextRev(t, room)
	if err != nil {
		return 0, err
	}
	var fresh []chat.Person
	for _, id := range people {
		n, err := t.Affect(`INSERT INTO memberships (room_id, account_id, owner, rev, posts_read, joined_at)
			SELECT r.id, a.id, 0, r.rev, r.posts, ? FROM rooms r, accounts a
			WHERE r.id = ? AND r.deleted_at IS NULL AND a.id = ? AND a.disabled_at IS NULL
			ON CONFLICT (room_id, account_id) DO UPDATE SET left_at = NULL, owner = 0, mentions = 0, erased = 0, rev = excluded.rev,
			posts_read = excluded.posts_read,
			joined_at = excluded.joined_at WHERE memberships.left_at IS NOT NULL AND memberships.banned = 0`, ToMillis(at), room, id)
		if err != nil {
			return 0, err
		}
		if n == 0 {
			continue
		}
		t.memberChanged(room, id)
		var p chat.Person
		if err := t.One("SELECT id, username, name FROM accounts WHERE id = ?", []any{id}, &p.ID, &p.Username, &p.Name); err != nil {
			return 0, err
		}
		fresh = append(fresh, p)
	}
	if len(fresh) == 0 {
		return 0, giveBackRev(t, room)
	}
	if err := t.Exec("UPDATE rooms SET people = people + ? WHERE id = ?", len(fresh), room); err != nil {
		return 0, err
	}
	return rev, addJoined(t, room, rev, fresh, at)
}

// addJoined adds to the room's last row while that is a young row of arrivals,
// else begins one.
func addJoined(t *Tx, room chat.RoomID, rev chat.Rev, fresh []chat.Person, at time.Time) error {
	var id chat.MessageID
	var text []byte
	err := t.One(`SELECT m.id, m.text FROM rooms r JOIN messages m ON m.id = r.last_id WHERE r.id = ? AND m.kind = ? AND m.at > ?`,
		[]any{room, chat.MessageJoined, ToMillis(at.Add(-chat.JoinGroupWindow))}, &id, &text)
	if errors.Is(err, sql.ErrNoRows) {
		return addEvent(t, room, fresh[0].ID, chat.MessageJoined, withPeople(chat.SystemMessage{}, fresh), at)
	}
	var e chat.SystemMessage
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, &e); err != nil {
		return err
	}
	if text, err = json.Marshal(withPeople(e, fresh)); err != nil {
		return err
	}
	return t.Exec("UPDATE messages SET rev = ?, text = ? WHERE id = ?", rev, text, id)
}

// withPeople adds people to an event, each once, and counts all of them.
func withPeople(e chat.SystemMessage, fresh []chat.Person) chat.SystemMessage {
	for _, p := range fresh {
		known := false
		for _, q := range e.People {
			known = known || q.ID == p.ID
		}
		if known {
			continue
		}
		e.Count++
		if len(e.People) < chat.MaxEventPeople {
			e.People = append(e.People, p)
		}
	}
	return e
}

// swapWithPrevious lets a room with a star change places with the one before it.
func swapWithPrevious(t *Tx, room chat.RoomID, who chat.AccountID) error {
	swapped, err := List(t, ScanID[chat.RoomID], `UPDATE memberships SET starred = CASE room_id WHEN ?1 THEN b.place ELSE b.mine END
		FROM (SELECT m.starred AS mine, p.room_id AS other, p.starred AS place FROM memberships m
		JOIN memberships p ON p.account_id = ?2 AND p.left_at IS NULL
			AND p.starred > 0 AND p.starred < m.starred WHERE m.room_id = ?1 AND m.account_id = ?2 ORDER BY p.starred DESC LIMIT 1) AS b
		WHERE account_id = ?2 AND room_id IN (?1, b.other) RETURNING room_id`, room, who)
	for _, r := range swapped {
		t.prefsChanged(r, who)
	}
	return err
}

// nullable is NULL for nil.
func nullable[T any](v *T) any {
	if v == nil {
		return nil
	}
	return *v
}
