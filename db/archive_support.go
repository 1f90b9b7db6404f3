package db

import (
	"encoding/json"

	"parley/app/archive"
	"parley/app/chat"
)

func scanExportedWidget(r Scanner) (archive.Record, error) {
	w := &archive.Widget{Type: "widget"}
	return w, r.Scan(&w.Room, &w.Slug, &w.Bot, &w.Rev, (*rawText)(&w.Settings))
}

func scanExportedCase(r Scanner) (archive.Record, error) {
	var state int
	k := &archive.Case{Type: "case"}
	err := r.Scan(&k.ID, &k.Room, &k.Visitor, &k.Name, &k.Mail, &k.Page, &state, &k.TakenBy, &k.Rev, &k.Opened, &k.Changed, &k.Waits, &k.Last,
		&k.SeenTeam, &k.SeenVisitor)
	k.State = archive.Word(archive.CaseWords, state)
	return k, err
}

func scanExportedCaseLine(r Scanner) (archive.Record, error) {
	var kind int
	l := &archive.CaseLine{Type: "case_line"}
	err := r.Scan(&l.ID, &l.Case, &kind, &l.Author, &l.At, &l.Body)
	l.Kind = archive.Word(archive.CaseLineWords, kind)
	return l, err
}

// importSupport stores what visitors and their people said. Only a bot tells a room of them.
func importSupport(t *Tx, r archive.Record) error {
	switch r := r.(type) {
	case *archive.Widget:
		return importWidget(t, r)
	case *archive.Case:
		var visitor any
		if len(r.Visitor) > 0 {
			visitor = r.Visitor
		}
		return t.Exec(`INSERT INTO cases (id, room_id, visitor, name, mail, page, state, taken_by, rev, opened_at, changed_at, waits_at, last, seen_team, seen_visitor)
			VALUES (?, ?, ?, ?, ?, ?, ?, nullif(CAST(? AS BIGINT), 0), ?, ?, ?, coalesce(CAST(? AS BIGINT), 0), ?, ?, ?)`,
			r.ID, r.Room, visitor, r.Name, r.Mail, r.Page, number(archive.CaseWords, r.State), r.TakenBy, r.Rev, r.Opened, r.Changed,
			nullable(r.Waits), r.Last, r.SeenTeam, r.SeenVisitor)
	case *archive.CaseLine:
		return t.Exec("INSERT INTO case_lines (id, case_id, kind, author, at, body) VALUES (?, ?, ?, nullif(CAST(? AS BIGINT), 0), ?, ?)",
			r.ID, r.Case, number(archive.CaseLineWords, r.Kind), r.Author, r.At, r.Body)
	}
	return nil
}

func importWidget(t *Tx, w *archive.Widget) error {
	var set chat.Widget
	if err := json.Unmarshal(w.Settings, &set); err != nil {
		return err
	}
	n, err := t.Affect(`INSERT INTO widgets (room_id, slug, bot_id, data, rev)
		SELECT CAST(? AS BIGINT), CAST(? AS TEXT), id, ?, CAST(? AS BIGINT) FROM accounts WHERE id = ? AND bot_by IS NOT NULL`,
		w.Room, w.Slug, []byte(w.Settings), w.Rev, w.Bot)
	if err == nil && n == 0 {
		err = ErrNoReference
	}
	if err != nil {
		return err
	}
	return t.Exec("UPDATE rooms SET queue = ? WHERE id = ?", set.On, w.Room)
}
