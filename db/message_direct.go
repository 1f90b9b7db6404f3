package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"parley/app/chat"
)

// AddDirect implements chat.MessageStore.
func (d *Store) AddDirect(ctx context.Context, people []chat.AccountID, n chat.NewMessage) (a chat.Added, err error) {
	text, err := json.Marshal(n.Text)
	if err != nil {
		return a, err
	}
	err = d.change(ctx, func(t *Tx) error {
		if n.Room, err = direct(t, people, n); err != nil {
			return err
		}
		a, err = addMessage(t, n, text)
		if err == nil && !a.Fresh && a.Room != n.Room {
			return chat.Conflict("cid", "This message was sent elsewhere already.")
		}
		return err
	})
	return d.AddedWithLabels(ctx, a, err)
}

// direct finds the conversation of these people, or makes it.
func direct(t *Tx, people []chat.AccountID, n chat.NewMessage) (id chat.RoomID, err error) {
	key := chat.DirectKey(people)
	err = t.One("SELECT id FROM rooms WHERE direct = ?", []any{key}, &id)
	if !errors.Is(err, sql.ErrNoRows) {
		return id, err
	}
	if err := t.One("INSERT INTO rooms (kind, name, direct, people, created_at) VALUES (?, '', ?, ?, ?) RETURNING id",
		[]any{chat.Direct, key, len(ParseIDs(key)), ToMillis(n.At)}, &id); err != nil {
		return 0, err
	}
	t.roomChanged(id)
	for _, p := range ParseIDs(key) {
		t.memberChanged(id, p)
		if err := t.Exec("INSERT INTO memberships (room_id, account_id, rev, posts_read, joined_at) VALUES (?, ?, 0, 0, ?)",
			id, p, ToMillis(n.At)); err != nil {
			return 0, err
		}
	}
	return id, nil
}
