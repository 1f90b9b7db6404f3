package db

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"parley/app/chat"
)

// withCurrentLabels gives the links to open rooms the names that these have now, in messages
// and in the lines of what they answer: a message keeps which room it means, and not
// what that was called. A room that is not open any more keeps the name under which
// it was linked.
func (d *DB) withCurrentLabels(ctx context.Context, rows []chat.Message, err error) ([]chat.Message, error) {
	for i := range rows {
		m := &rows[i]
		if err == nil && strings.Contains(m.Body, "#") {
			m.Labels, err = d.relabel(ctx, &m.Text)
		}
		if err == nil && strings.Contains(m.Quote.Text, "#") {
			err = d.relabelQuote(ctx, &m.Quote)
		}
	}
	return rows, err
}

// withCurrentLabel does it for one that was changed just now.
func (d *DB) withCurrentLabel(ctx context.Context, m chat.Message, err error) (chat.Message, error) {
	rows, err := d.withCurrentLabels(ctx, []chat.Message{m}, err)
	return rows[0], err
}

// changeWithLabels does it for a change, and for what changed with it.
func (d *DB) changeWithLabels(ctx context.Context, c chat.MessageChange, err error) (chat.MessageChange, error) {
	c.Message, err = d.withCurrentLabel(ctx, c.Message, err)
	c.With, err = d.withCurrentLabels(ctx, c.With, err)
	return c, err
}

func (d *DB) relabel(ctx context.Context, t *chat.Text) (string, error) {
	return t.Relabel(func(room chat.RoomID) (string, error) {
		return d.openNames.load(room, func() (string, error) { return d.openName(ctx, room) })
	})
}

// relabelQuote reads what is answered again: its line holds no links any more.
func (d *DB) relabelQuote(ctx context.Context, q *chat.Quote) error {
	var parsed []byte
	err := d.one(ctx, "SELECT text FROM messages WHERE id = ? AND kind = 0 AND deleted_at IS NULL", []any{q.ID}, &parsed)
	if errors.Is(err, chat.ErrNotFound) { // deleted a moment ago; the next reading says so
		return nil
	}
	if err != nil {
		return err
	}
	var text chat.Text
	if err := json.Unmarshal(parsed, &text); err != nil {
		return err
	}
	if labels, err := d.relabel(ctx, &text); err != nil || labels == "" {
		return err
	}
	*q = chat.NewQuote(q.ID, q.By, text)
	return nil
}

// RoomLinks implements chat.MessageStore.
func (d *DB) RoomLinks(ctx context.Context, id chat.MessageID) (map[string]chat.RoomLink, error) {
	var parsed []byte
	if err := d.one(ctx, "SELECT text FROM messages WHERE id = ?", []any{id}, &parsed); err != nil {
		return nil, err
	}
	var text chat.Text
	err := json.Unmarshal(parsed, &text)
	return text.RoomLinks(), err
}

// openName is what an open room is called; "" for any other.
func (d *DB) openName(ctx context.Context, room chat.RoomID) (name string, err error) {
	err = d.one(ctx, "SELECT name FROM rooms WHERE id = ? AND kind = 0 AND deleted_at IS NULL", []any{room}, &name)
	if errors.Is(err, chat.ErrNotFound) {
		return "", nil
	}
	return name, err
}
