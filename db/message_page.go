package db

import (
	"cmp"
	"context"
	"slices"

	"parley/app/chat"
)

const (
	newestRows = messageQuery + "WHERE m.room_id = ? ORDER BY m.id DESC LIMIT ?"
	olderRows  = messageQuery + "WHERE m.room_id = ? AND m.id < ? ORDER BY m.id DESC LIMIT ?"
	newerRows  = messageQuery + "WHERE m.room_id = ? AND m.id > ? ORDER BY m.id LIMIT ?"
	changeRows = messageQuery + "WHERE m.room_id = ? AND m.rev > ? AND m.rev <= ? AND m.rev <> m.born ORDER BY m.rev LIMIT ?"
	freshRows  = messageQuery + "WHERE m.room_id = ? AND m.id > ? AND m.rev <= ? ORDER BY m.id LIMIT ?"
	bornRows   = "SELECT id, born FROM messages WHERE room_id = ? AND born <= ? ORDER BY id DESC LIMIT ?"
)

// History implements chat.MessageStore.
func (d *Store) History(ctx context.Context, room chat.RoomID, s chat.Span, size int) (chat.HistoryPage, error) {
	switch {
	case s.Before != 0:
		older, more, err := d.run(ctx, size, olderRows, room, s.Before)
		slices.Reverse(older)
		return chat.HistoryPage{Messages: older, Older: more, Newer: true}, err
	case s.After != 0:
		newer, more, err := d.run(ctx, size, newerRows, room, s.After)
		return chat.HistoryPage{Messages: newer, Older: true, Newer: more}, err
	case s.Around != 0:
		older, before, err := d.run(ctx, size/2, olderRows, room, s.Around)
		if err != nil {
			return chat.HistoryPage{}, err
		}
		slices.Reverse(older)
		newer, after, err := d.run(ctx, size/2+1, newerRows, room, s.Around-1)
		return chat.HistoryPage{Messages: append(older, newer...), Older: before, Newer: after}, err
	}
	return d.readNewest(ctx, room, size)
}

// NewestOf implements chat.MessageStore.
func (d *Store) NewestOf(ctx context.Context, rooms []chat.RoomID, size int) (map[chat.RoomID][]chat.Message, error) {
	rows, err := All(ctx, d, scanMessage, messageQuery+`WHERE m.id IN (SELECT n.id FROM rooms r JOIN messages n ON n.room_id = r.id
		WHERE r.id IN ids(?1) AND n.id >= coalesce(
			(SELECT id FROM messages WHERE room_id = r.id ORDER BY id DESC LIMIT 1 OFFSET ?2 - 1), 0)) ORDER BY m.id`,
		JSONList(rooms), size)
	if rows, err = d.withCurrentLabels(ctx, rows, err); err != nil {
		return nil, err
	}
	newest := map[chat.RoomID][]chat.Message{}
	for _, m := range rows {
		newest[m.Room] = append(newest[m.Room], m)
	}
	return newest, nil
}

// FirstAfter implements chat.MessageStore. Within a room counts grow with ids, so
// that halving finds the row in a few looks.
func (d *Store) FirstAfter(ctx context.Context, room chat.RoomID, posts int64) (chat.MessageID, error) {
	const next = "SELECT id, posts FROM messages WHERE room_id = ? AND id >= ? ORDER BY id LIMIT 1"
	var last, id chat.MessageID
	var n int64
	if err := d.One(ctx, "SELECT id, posts FROM messages WHERE room_id = ? ORDER BY id DESC LIMIT 1",
		[]any{room}, &last, &n); err != nil || n <= posts {
		return 0, cmp.Or(err, chat.NotFound())
	}
	low, high := chat.MessageID(0), last // what is asked for is the first row from somewhere between them on
	for low < high {
		middle := low + (high-low)/2
		if err := d.One(ctx, next, []any{room, middle}, &id, &n); err != nil {
			return 0, err
		}
		if n > posts {
			high = middle
		} else {
			low = id + 1
		}
	}
	err := d.One(ctx, next, []any{room, low}, &id, &n)
	return id, err
}

func (d *Store) readNewest(ctx context.Context, room chat.RoomID, size int) (chat.HistoryPage, error) {
	rows, more, err := d.run(ctx, size, newestRows, room)
	slices.Reverse(rows)
	return chat.HistoryPage{Messages: rows, Older: more}, err
}

// run reads up to size rows and says whether there would have been more.
func (d *Store) run(ctx context.Context, size int, query string, args ...any) ([]chat.Message, bool, error) {
	rows, err := All(ctx, d, scanMessage, query, append(args, size+1)...)
	rows, err = d.withCurrentLabels(ctx, rows, err)
	if len(rows) > size {
		return rows[:size], true, err
	}
	return rows, false, err
}

// ChangesSince implements chat.MessageStore.
func (d *Store) ChangesSince(ctx context.Context, room chat.RoomID, since chat.Rev, limit int) (c chat.Changes, err error) {
	// What is committed after this line has a higher rev, and is left for the next time.
	if err := d.One(ctx, "SELECT rev FROM rooms WHERE id = ? AND deleted_at IS NULL", []any{room}, &c.Rev); err != nil {
		return c, err
	}
	if since >= c.Rev {
		return c, nil
	}
	if c.Messages, c.Reset, err = d.changes(ctx, room, since, c.Rev, limit); err != nil {
		return c, err
	}
	c.Gone, err = All(ctx, d, ScanID[chat.AccountID],
		"SELECT account_id FROM memberships WHERE room_id = ? AND rev > ? AND rev <= ? AND left_at IS NOT NULL", room, since, c.Rev)
	return c, err
}

// changes finds the rows of a room whose latest rev is in (since, upto], in order:
// the new ones, from the end of the room, and older ones that were changed.
func (d *Store) changes(ctx context.Context, room chat.RoomID, since, upto chat.Rev, limit int) ([]chat.Message, bool, error) {
	type born struct {
		id  chat.MessageID
		rev chat.Rev
	}
	last, err := All(ctx, d, func(r Scanner) (b born, err error) { return b, r.Scan(&b.id, &b.rev) }, bornRows, room, upto,
		min(int64(upto-since), int64(limit))+1)
	if err != nil {
		return nil, false, err
	}
	n := slices.IndexFunc(last, func(b born) bool { return b.rev <= since })
	if n < 0 && len(last) > limit {
		return nil, true, nil
	}
	var floor chat.MessageID // the newest row that was there
	if n >= 0 {
		floor = last[n].id
	}
	rows, reset, err := d.run(ctx, limit, changeRows, room, since, upto)
	if err != nil || reset {
		return nil, reset, err
	}
	rows = slices.DeleteFunc(rows, func(m chat.Message) bool { return m.ID > floor })
	slices.SortFunc(rows, func(a, b chat.Message) int { return int(a.ID - b.ID) })
	fresh, reset, err := d.run(ctx, limit-len(rows), freshRows, room, floor, upto)
	if err != nil || reset {
		return nil, reset, err
	}
	return append(rows, fresh...), false, nil
}
