package db

import (
	"context"
	"time"

	"parley/app/chat"
)

// AddReport implements chat.ReportStore.
func (d *Store) AddReport(ctx context.Context, id chat.MessageID, by chat.AccountID, reason string, at time.Time) error {
	return d.change(ctx, func(t *Tx) error {
		t.ReportsChanged()
		return t.Exec(`INSERT INTO reports (message_id, made_by, reason, made_at) VALUES (?, ?, ?, ?)
			ON CONFLICT (message_id, made_by) DO UPDATE SET reason = excluded.reason, made_at = excluded.made_at, closed_by = NULL,
			closed_at = NULL`, id, by, reason, ToMillis(at))
	})
}

// decides is whether ?1 decides over reports p: over all (?2 is 1), or those of his rooms.
// What is left of a deleted room is nobody's to decide.
const decides = `p.closed_at IS NULL AND EXISTS (SELECT 1 FROM messages g JOIN rooms k ON k.id = g.room_id AND k.deleted_at IS NULL
	WHERE g.id = p.message_id
	AND (?2 = 1 OR EXISTS (SELECT 1 FROM memberships s WHERE s.room_id = k.id AND s.account_id = ?1 AND s.left_at IS NULL AND s.owner > 0)))`

// HasReports says whether any report waits for a decision.
func (d *Store) HasReports(ctx context.Context) (some bool, err error) {
	return some, d.One(ctx, "SELECT EXISTS (SELECT 1 FROM reports WHERE closed_at IS NULL)", nil, &some)
}

// CountReports implements chat.ReportStore.
func (d *Store) CountReports(ctx context.Context, who chat.AccountID, all bool) (n int, err error) {
	return n, d.One(ctx, "SELECT count(DISTINCT p.message_id) FROM reports p WHERE "+decides, []any{who, all}, &n)
}

// ReportCounts implements chat.ReportStore.
func (d *Store) ReportCounts(ctx context.Context, room chat.RoomID) (map[chat.AccountID]int, error) {
	counts := map[chat.AccountID]int{}
	_, err := All(ctx, d, func(r Scanner) (x struct{}, err error) {
		var id chat.AccountID
		var n int
		err = r.Scan(&id, &n)
		counts[id] = n
		return x, err
	}, `SELECT a.id, (SELECT count(DISTINCT p.message_id) FROM reports p JOIN messages g ON g.id = p.message_id
		JOIN rooms k ON k.id = g.room_id AND k.deleted_at IS NULL
			WHERE p.closed_at IS NULL AND (a.role > 0 OR EXISTS (SELECT 1 FROM memberships s
			WHERE s.room_id = k.id AND s.account_id = a.id AND s.left_at IS NULL AND s.owner > 0)))
		FROM accounts a WHERE a.disabled_at IS NULL AND (a.role > 0 OR EXISTS
			(SELECT 1 FROM memberships s WHERE s.room_id = ? AND s.account_id = a.id AND s.left_at IS NULL AND s.owner > 0))`, room)
	return counts, err
}

// Reports implements chat.ReportStore.
func (d *Store) Reports(ctx context.Context, who chat.AccountID, everything bool, limit int) ([]chat.Report, error) {
	type row struct {
		id chat.MessageID
		chat.Complaint
	}
	rows, err := All(ctx, d, func(r Scanner) (v row, err error) {
		var at int64
		err = r.Scan(&v.id, &v.By.ID, &v.By.Username, &v.By.Name, &v.Reason, &at)
		v.At = FromMillis(at)
		return v, err
	}, `SELECT p.message_id, a.id, a.username, a.name, p.reason, p.made_at FROM reports p JOIN accounts a ON a.id = p.made_by
		WHERE `+decides+` AND p.message_id IN
			(SELECT message_id FROM reports WHERE closed_at IS NULL GROUP BY message_id ORDER BY min(id) LIMIT 1000)
		ORDER BY p.id`, who, everything)
	if err != nil {
		return nil, err
	}
	var list []chat.Report
	at := map[chat.MessageID]int{}
	for _, v := range rows {
		i, known := at[v.id]
		if !known {
			if len(list) == limit {
				continue
			}
			i = len(list)
			at[v.id] = i
			list = append(list, chat.Report{Message: chat.Message{ID: v.id}})
		}
		list[i].By = append(list[i].By, v.Complaint)
	}
	return list, d.fillReports(ctx, list)
}

// fillReports reads the messages that reports are about, and their rooms.
func (d *Store) fillReports(ctx context.Context, list []chat.Report) error {
	ids := make([]chat.MessageID, len(list))
	for i, r := range list {
		ids[i] = r.Message.ID
	}
	found, err := All(ctx, d, scanMessage, messageQuery+"WHERE m.id IN ids(?)", JSONList(ids))
	if found, err = d.withCurrentLabels(ctx, found, err); err != nil {
		return err
	}
	messages, rooms := map[chat.MessageID]chat.Message{}, map[chat.RoomID]chat.Room{}
	var in []chat.RoomID
	for _, m := range found {
		messages[m.ID] = m
		in = append(in, m.Room)
	}
	if _, err := All(ctx, d, func(r Scanner) (room chat.Room, err error) {
		var created int64
		err = r.Scan(roomFields(&room, &created)...)
		room.Created = FromMillis(created)
		rooms[room.ID] = room
		return room, err
	}, "SELECT "+roomColumns+" FROM rooms r WHERE r.id IN ids(?)", JSONList(in)); err != nil {
		return err
	}
	for i := range list {
		list[i].Message = messages[list[i].Message.ID]
		list[i].Room = rooms[list[i].Message.Room]
	}
	return nil
}

// CloseReports implements chat.ReportStore.
func (d *Store) CloseReports(ctx context.Context, id chat.MessageID, by chat.AccountID, at time.Time, audit chat.AuditEntry) error {
	return d.changeAudited(ctx, audit, func(t *Tx) error {
		n, err := t.Affect("UPDATE reports SET closed_by = ?, closed_at = ? WHERE message_id = ? AND closed_at IS NULL", by, ToMillis(at), id)
		if t.unchanged = n == 0; !t.unchanged {
			t.ReportsChanged()
		}
		return err
	})
}
