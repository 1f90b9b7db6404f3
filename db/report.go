package db

import (
	"context"
	"time"

	"parley/app/chat"
)

// AddReport implements chat.ReportStore.
func (d *DB) AddReport(ctx context.Context, id chat.MessageID, by chat.AccountID, reason string, at time.Time) error {
	return d.change(ctx, func(t *tx) error {
		return t.exec(`INSERT INTO reports (message_id, made_by, reason, made_at) VALUES (?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET reason = excluded.reason, made_at = excluded.made_at, closed_by = NULL, closed_at = NULL`, id, by, reason, toMillis(at))
	})
}

// decides is whether ?1 decides over reports p: over all (?2), or those of his rooms.
// What is left of a deleted room is nobody's to decide.
const decides = `p.closed_at IS NULL AND EXISTS (SELECT 1 FROM messages g JOIN rooms k ON k.id = g.room_id AND k.deleted_at IS NULL WHERE g.id = p.message_id
	AND (?2 OR EXISTS (SELECT 1 FROM memberships s WHERE s.room_id = k.id AND s.account_id = ?1 AND s.left_at IS NULL AND s.owner > 0)))`

// CountReports implements chat.ReportStore. Most of the time there are none.
func (d *DB) CountReports(ctx context.Context, who chat.AccountID, all bool) (n int, err error) {
	some, err := d.caches.reports.load(0, func() (some bool, err error) {
		return some, d.one(ctx, "SELECT EXISTS (SELECT 1 FROM reports WHERE closed_at IS NULL)", nil, &some)
	})
	if err != nil || !some {
		return 0, err
	}
	return n, d.one(ctx, "SELECT count(DISTINCT p.message_id) FROM reports p WHERE "+decides, []any{who, all}, &n)
}

// ReportDeciders implements chat.ReportStore.
func (d *DB) ReportDeciders(ctx context.Context, room chat.RoomID) ([]chat.Account, error) {
	return all(ctx, d, func(r scanner) (a chat.Account, err error) { return a, r.Scan(&a.ID, &a.Role) },
		`SELECT a.id, a.role FROM accounts a WHERE a.disabled_at IS NULL AND (a.role > 0 OR EXISTS
			(SELECT 1 FROM memberships s WHERE s.room_id = ? AND s.account_id = a.id AND s.left_at IS NULL AND s.owner > 0))`, room)
}

// Reports implements chat.ReportStore.
func (d *DB) Reports(ctx context.Context, who chat.AccountID, everything bool, limit int) ([]chat.Report, error) {
	type row struct {
		id chat.MessageID
		chat.Complaint
	}
	rows, err := all(ctx, d, func(r scanner) (v row, err error) {
		var at int64
		err = r.Scan(&v.id, &v.By.ID, &v.By.Username, &v.By.Name, &v.Reason, &at)
		v.At = fromMillis(at)
		return v, err
	}, `SELECT p.message_id, a.id, a.username, a.name, p.reason, p.made_at FROM reports p JOIN accounts a ON a.id = p.made_by
		WHERE `+decides+` AND p.message_id IN (SELECT message_id FROM reports WHERE closed_at IS NULL GROUP BY message_id ORDER BY min(id) LIMIT 1000) ORDER BY p.id`, who, everything)
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
			m, err := d.Message(ctx, v.id)
			if err != nil {
				return nil, err
			}
			room, _, err := d.readRoomFor(ctx, m.Room, 0)
			if err != nil {
				return nil, err
			}
			list = append(list, chat.Report{Message: m, Room: room})
		}
		list[i].By = append(list[i].By, v.Complaint)
	}
	return list, nil
}

// CloseReports implements chat.ReportStore.
func (d *DB) CloseReports(ctx context.Context, id chat.MessageID, by chat.AccountID, at time.Time, audit chat.AuditEntry) error {
	return d.changeAudited(ctx, audit, func(t *tx) error {
		return t.exec("UPDATE reports SET closed_by = ?, closed_at = ? WHERE message_id = ? AND closed_at IS NULL", by, toMillis(at), id)
	})
}
