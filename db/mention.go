package db

import (
	"context"

	"parley/app/chat"
)

// Speakers implements chat.MessageStore.
func (d *DB) Speakers(ctx context.Context, room chat.RoomID) ([]chat.AccountID, error) {
	return all(ctx, d, func(r scanner) (id chat.AccountID, err error) { return id, r.Scan(&id) },
		`SELECT author_id FROM (SELECT id, author_id FROM messages WHERE room_id = ? ORDER BY id DESC LIMIT 300) GROUP BY author_id ORDER BY max(id) DESC`, room)
}

// MentionsOf implements chat.MessageStore.
func (d *DB) MentionsOf(ctx context.Context, who chat.AccountID, before chat.MessageID, limit int) ([]chat.Message, error) {
	if before == 0 {
		before = 1 << 62
	}
	return all(ctx, d, scanMessage, messageQuery+`JOIN mentions n ON n.message_id = m.id
		JOIN memberships s ON s.room_id = n.room_id AND s.account_id = n.account_id AND s.left_at IS NULL
		WHERE n.account_id = ? AND n.message_id < ? AND m.deleted_at IS NULL ORDER BY n.message_id DESC LIMIT ?`, who, before, limit)
}
