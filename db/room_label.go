package db

import (
	"context"
	"errors"
	"strings"

	"parley/app/chat"
)

// relabeled gives the links to open rooms the names that these have now: a message
// keeps which room it means, and not what that was called. A room that is not open
// any more keeps the name under which it was linked.
func (d *DB) relabeled(ctx context.Context, rows []chat.Message, err error) ([]chat.Message, error) {
	for i := range rows {
		m := &rows[i]
		if err != nil || !strings.Contains(m.Body, "#") {
			continue
		}
		m.Labels, err = m.Text.Relabel(func(room chat.RoomID) (string, error) {
			return d.openNames.load(room, func() (string, error) { return d.openName(ctx, room) })
		})
	}
	return rows, err
}

// openName is what an open room is called; "" for any other.
func (d *DB) openName(ctx context.Context, room chat.RoomID) (name string, err error) {
	err = d.one(ctx, "SELECT name FROM rooms WHERE id = ? AND kind = 0 AND deleted_at IS NULL", []any{room}, &name)
	if errors.Is(err, chat.ErrNotFound) {
		return "", nil
	}
	return name, err
}
