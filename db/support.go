package db

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"parley/app/chat"
)

const widgetColumns = "room_id, slug, bot_id, data, rev"

func scanWidget(r Scanner) (w chat.Widget, err error) {
	var room chat.RoomID
	var bot chat.AccountID
	var slug string
	var data []byte
	var rev int64
	if err := r.Scan(&room, &slug, &bot, &data, &rev); err != nil {
		return w, err
	}
	err = json.Unmarshal(data, &w)
	w.Room, w.Slug, w.Bot, w.Rev = room, slug, bot, rev
	return w, err
}

// SetWidget implements chat.SupportStore.
func (d *Store) SetWidget(ctx context.Context, w chat.Widget, audit chat.AuditEntry) error {
	data, err := json.Marshal(w)
	if err != nil {
		return err
	}
	return d.changeAudited(ctx, audit, func(t *Tx) error {
		var taken bool
		if err := t.One("SELECT EXISTS (SELECT 1 FROM widgets WHERE slug = ? AND room_id <> ?)", []any{w.Slug, w.Room}, &taken); err != nil {
			return err
		}
		if taken {
			return chat.Conflict("slug", "Another room has this address. Choose another name.")
		}
		if err := t.Exec(`INSERT INTO widgets (room_id, slug, bot_id, data, rev) VALUES (?, ?, ?, ?, 1)
			ON CONFLICT (room_id) DO UPDATE SET slug = excluded.slug, bot_id = excluded.bot_id, data = excluded.data, rev = widgets.rev + 1`,
			w.Room, w.Slug, w.Bot, data); err != nil {
			return err
		}
		t.roomChanged(w.Room)
		return t.Exec("UPDATE rooms SET queue = ? WHERE id = ?", w.On, w.Room)
	})
}

// Widget implements chat.SupportStore.
func (d *Store) Widget(ctx context.Context, room chat.RoomID) (chat.Widget, error) {
	return oneRow(ctx, d, scanWidget, "SELECT "+widgetColumns+" FROM widgets WHERE room_id = ?", room)
}

// WidgetNamed implements chat.SupportStore.
func (d *Store) WidgetNamed(ctx context.Context, slug string) (chat.Widget, error) {
	return oneRow(ctx, d, scanWidget, `SELECT w.room_id, w.slug, w.bot_id, w.data, w.rev
		FROM widgets w JOIN rooms r ON r.id = w.room_id WHERE w.slug = ? AND r.deleted_at IS NULL`, slug)
}

const caseQuery = `SELECT k.id, k.room_id, k.visitor, k.name, k.mail, k.page, k.state, coalesce(k.taken_by, 0), coalesce(a.username, ''), coalesce(a.name, ''), k.rev,
	k.opened_at, k.changed_at, k.waits_at, k.last, k.seen_team, k.seen_visitor FROM cases k LEFT JOIN accounts a ON a.id = k.taken_by `

func scanCase(r Scanner) (k chat.Case, err error) {
	var opened, changed, waits int64
	err = r.Scan(&k.ID, &k.Room, &k.Visitor, &k.Name, &k.Mail, &k.Page, &k.State, &k.TakenBy.ID, &k.TakenBy.Username, &k.TakenBy.Name, &k.Rev,
		&opened, &changed, &waits, &k.Last, &k.SeenTeam, &k.SeenVisitor)
	k.Opened, k.Changed, k.Waits = FromMillis(opened), FromMillis(changed), FromMillis(waits)
	return k, err
}

// waitsMillis is since when a visitor waits; 0: does not.
func waitsMillis(k chat.Case) int64 {
	if k.Waits.IsZero() {
		return 0
	}
	return ToMillis(k.Waits)
}

// nextCaseRev counts a change of the cases of a room.
func nextCaseRev(t *Tx, room chat.RoomID) (rev int64, err error) {
	err = t.One("UPDATE widgets SET rev = rev + 1 WHERE room_id = ? RETURNING rev", []any{room}, &rev)
	return rev, err
}

// AddCase implements chat.SupportStore.
func (d *Store) AddCase(ctx context.Context, k chat.Case, lines []chat.CaseLine) (chat.Case, error) {
	err := d.change(ctx, func(t *Tx) error {
		var waiting int
		if err := t.One("SELECT count(*) FROM cases WHERE room_id = ? AND state = 0", []any{k.Room}, &waiting); err != nil {
			return err
		}
		if waiting >= chat.MaxCases {
			return chat.Busy("Very many people wait here now. Come back in a while.", time.Minute)
		}
		rev, err := nextCaseRev(t, k.Room)
		if err != nil {
			return err
		}
		k.Rev = rev
		if err := t.One(`INSERT INTO cases (room_id, visitor, name, mail, page, state, rev, opened_at, changed_at, waits_at, last)
			VALUES (?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?) RETURNING id`, []any{k.Room, k.Visitor, k.Name, k.Mail, k.Page, rev,
			ToMillis(k.Opened), ToMillis(k.Changed), waitsMillis(k), k.Last}, &k.ID); err != nil {
			return err
		}
		return addCaseLines(t, k.ID, lines)
	})
	return k, err
}

func addCaseLines(t *Tx, id chat.CaseID, lines []chat.CaseLine) error {
	for _, l := range lines {
		if err := t.Exec("INSERT INTO case_lines (case_id, kind, author, at, body) VALUES (?, ?, nullif(CAST(? AS BIGINT), 0), ?, ?)",
			id, int(l.Kind), l.Author.ID, ToMillis(l.At), l.Body); err != nil {
			return err
		}
	}
	return nil
}

// Case implements chat.SupportStore.
func (d *Store) Case(ctx context.Context, id chat.CaseID) (chat.Case, error) {
	return oneRow(ctx, d, scanCase, caseQuery+"WHERE k.id = ?", id)
}

// CaseOfVisitor implements chat.SupportStore.
func (d *Store) CaseOfVisitor(ctx context.Context, room chat.RoomID, visitor []byte) (chat.Case, error) {
	return oneRow(ctx, d, scanCase, caseQuery+"WHERE k.visitor = ? AND k.room_id = ? ORDER BY k.id DESC LIMIT 1", visitor, room)
}

// Cases implements chat.SupportStore.
func (d *Store) Cases(ctx context.Context, room chat.RoomID, limit int) ([]chat.Case, error) {
	open, err := All(ctx, d, scanCase, caseQuery+"WHERE k.room_id = ? AND k.state < 2 ORDER BY k.id LIMIT ?", room, limit)
	if err != nil {
		return nil, err
	}
	closed, err := All(ctx, d, scanCase, caseQuery+"WHERE k.room_id = ? AND k.state = 2 ORDER BY k.id DESC LIMIT ?", room, limit/10)
	return append(open, closed...), err
}

// CaseLines implements chat.SupportStore.
func (d *Store) CaseLines(ctx context.Context, id chat.CaseID, limit int) ([]chat.CaseLine, error) {
	lines, err := All(ctx, d, func(r Scanner) (l chat.CaseLine, err error) {
		var at int64
		err = r.Scan(&l.ID, &l.Kind, &l.Author.ID, &l.Author.Username, &l.Author.Name, &at, &l.Body)
		l.At = FromMillis(at)
		return l, err
	}, `SELECT l.id, l.kind, coalesce(l.author, 0), coalesce(a.username, ''), coalesce(a.name, ''), l.at, l.body
		FROM case_lines l LEFT JOIN accounts a ON a.id = l.author WHERE l.case_id = ? ORDER BY l.id DESC LIMIT ?`, id, limit)
	slices.Reverse(lines)
	return lines, err
}

// SetCase implements chat.SupportStore.
func (d *Store) SetCase(ctx context.Context, id chat.CaseID, change func(*chat.Case) ([]chat.CaseLine, error)) (k chat.Case, err error) {
	err = d.change(ctx, func(t *Tx) error {
		var room chat.RoomID
		if err := t.One("SELECT room_id FROM cases WHERE id = ?", []any{id}, &room); err != nil {
			return err
		}
		rev, err := nextCaseRev(t, room) // also orders who changes it at once
		if err != nil {
			return err
		}
		list, err := List(t, scanCase, caseQuery+"WHERE k.id = ?", id)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return chat.NotFound()
		}
		k = list[0]
		lines, err := change(&k)
		if err != nil {
			return err
		}
		k.Rev = rev
		if len(lines) > 0 {
			k.Changed = lines[len(lines)-1].At
		}
		if err := t.Exec(`UPDATE cases SET name = ?, mail = ?, page = ?, state = ?, taken_by = nullif(CAST(? AS BIGINT), 0), rev = ?,
			changed_at = ?, waits_at = ?, last = ? WHERE id = ?`, k.Name, k.Mail, k.Page, int(k.State), k.TakenBy.ID, rev, ToMillis(k.Changed),
			waitsMillis(k), k.Last, id); err != nil {
			return err
		}
		return addCaseLines(t, id, lines)
	})
	return k, err
}

// SetCaseSeen implements chat.SupportStore.
func (d *Store) SetCaseSeen(ctx context.Context, id chat.CaseID, visitor bool, line int64) error {
	return d.change(ctx, func(t *Tx) error {
		var room chat.RoomID
		if err := t.One("SELECT room_id FROM cases WHERE id = ?", []any{id}, &room); err != nil {
			return err
		}
		rev, err := nextCaseRev(t, room)
		if err != nil {
			return err
		}
		if visitor { // whose own page shows nothing of it
			return t.Exec("UPDATE cases SET seen_visitor = ?1 WHERE id = ?2 AND seen_visitor < ?1", line, id)
		}
		return t.Exec("UPDATE cases SET seen_team = ?1, rev = ?2 WHERE id = ?3 AND seen_team < ?1", line, rev, id)
	})
}

// ForgetVisitor implements chat.SupportStore.
func (d *Store) ForgetVisitor(ctx context.Context, visitor []byte) error {
	return d.change(ctx, func(t *Tx) error {
		return t.Exec("UPDATE cases SET visitor = NULL, name = '', mail = '' WHERE visitor = ?", visitor)
	})
}

// DeleteCases implements chat.SupportStore.
func (d *Store) DeleteCases(ctx context.Context, before time.Time) error {
	return d.change(ctx, func(t *Tx) error {
		return t.Exec("DELETE FROM cases WHERE state = 2 AND changed_at < ?", ToMillis(before))
	})
}
