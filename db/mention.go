package db

import (
	"context"
	"encoding/json"

	"parley/app/chat"
)

// Speakers implements chat.MessageStore.
func (d *Store) Speakers(ctx context.Context, room chat.RoomID) ([]chat.AccountID, error) {
	return All(ctx, d, ScanID[chat.AccountID],
		`SELECT author_id FROM (SELECT id, author_id FROM messages WHERE room_id = ?
			ORDER BY id DESC LIMIT 300) AS newest GROUP BY author_id ORDER BY max(id) DESC`, room)
}

// MentionsOf implements chat.MessageStore.
func (d *Store) MentionsOf(ctx context.Context, who chat.AccountID, before chat.MessageID, limit int) ([]chat.Message, error) {
	if before == 0 {
		before = 1 << 62
	}
	rows, err := All(ctx, d, scanMessage, messageQuery+`JOIN mentions n ON n.message_id = m.id
		JOIN memberships s ON s.room_id = n.room_id AND s.account_id = n.account_id AND s.left_at IS NULL
		WHERE n.account_id = ? AND n.message_id < ? AND m.deleted_at IS NULL ORDER BY n.message_id DESC LIMIT ?`, who, before, limit)
	return d.withCurrentLabels(ctx, rows, err)
}

// Mentionable implements chat.MessageStore.
func (d *Store) Mentionable(ctx context.Context, room chat.RoomID, names []string) (map[string]chat.AccountID, error) {
	type named struct {
		name string
		id   chat.AccountID
	}
	found, err := All(ctx, d, func(r Scanner) (n named, err error) { return n, r.Scan(&n.name, &n.id) },
		`SELECT a.folded, a.id FROM accounts a JOIN rooms r ON r.id = ?1 WHERE a.folded IN texts(?2) AND a.disabled_at IS NULL
		AND coalesce((SELECT left_at IS NULL OR r.kind = 0 AND banned = 0 AND a.role >= 0 FROM memberships WHERE room_id = r.id AND account_id = a.id),
		r.kind = 0 AND a.role >= 0)`, room, JSONList(names))
	ids := make(map[string]chat.AccountID, len(found))
	for _, n := range found {
		ids[n.name] = n.id
	}
	return ids, err
}

// JSONList writes texts or ids as a parameter of IN texts and IN ids; see Dialect.
func JSONList[T string | chat.AccountID | chat.RoomID | chat.MessageID | chat.FileID | chat.RoomKind](values []T) string {
	if len(values) == 0 {
		return "[]"
	}
	list, _ := json.Marshal(values) // strings and numbers cannot fail
	return string(list)
}

// setMentions notes for whom a message is, and counts it for them: in as many
// statements for thousands as for one.
func setMentions(t *Tx, m chat.Message) error {
	if len(m.For) == 0 && !m.All {
		return nil
	}
	if err := addMentions(t, m); err != nil {
		return err
	}
	return countMentions(t, m, 1)
}

// updateMentions makes a changed message one for these people. One that stays for
// everybody is for those who were in the room when it was said.
func updateMentions(t *Tx, m chat.Message, n chat.NewMessage) error {
	if err := countMentions(t, m, -1); err != nil {
		return err
	}
	stays := m.All && n.All
	if !stays {
		if err := t.Exec("DELETE FROM mentions WHERE message_id = ?", m.ID); err != nil {
			return err
		}
	}
	m.For, m.All = n.For, n.All && !stays
	if err := addMentions(t, m); err != nil {
		return err
	}
	return countMentions(t, m, 1)
}

// addMentions leaves out those who block the author: they are told of nothing from there.
func addMentions(t *Tx, m chat.Message) error {
	blocked, err := blockersOf(t, m)
	if err != nil {
		return err
	}
	if m.All {
		if err := t.Exec(`INSERT INTO mentions (account_id, room_id, message_id)
			SELECT account_id, room_id, ? FROM memberships WHERE room_id = ? AND account_id <> ? AND left_at IS NULL
			AND NOT (account_id IN ids(?))`,
			m.ID, m.Room, m.Author.ID, JSONList(blocked)); err != nil {
			return err
		}
	}
	if len(m.For) == 0 {
		return nil
	}
	return t.Exec(`INSERT INTO mentions (account_id, room_id, message_id) SELECT id, ?, ? FROM accounts WHERE id IN ids(?)
		AND NOT (id IN ids(?)) ON CONFLICT DO NOTHING`,
		m.Room, m.ID, JSONList(m.For), JSONList(blocked))
}

// blockersOf are those who block the author, of whom a message is for: few block anybody,
// and an index has them.
func blockersOf(t *Tx, m chat.Message) (by []chat.AccountID, err error) {
	query, args := "SELECT a.id, a.prefs FROM accounts a WHERE a.id IN ids(?) AND "+withFilters, []any{JSONList(m.For)}
	if m.All {
		query, args = `SELECT a.id, a.prefs FROM accounts a CROSS JOIN memberships m WHERE `+withFilters+`
			AND m.account_id = a.id AND (m.room_id = ? AND m.left_at IS NULL OR a.id IN ids(?))`, []any{m.Room, JSONList(m.For)}
	}
	list, err := List(t, scanPrefs, query, args...)
	for _, p := range list {
		if p.is.Blocks(m.Author.ID) {
			by = append(by, p.of)
		}
	}
	return by, err
}

// countMentions counts a message for those for whom it is, where they have not read it.
func countMentions(t *Tx, m chat.Message, by int) error {
	return t.Exec(`UPDATE memberships SET mentions = greatest(0, mentions + ?) WHERE room_id = ? AND left_at IS NULL AND posts_read < ?
		AND account_id IN (SELECT account_id FROM mentions WHERE message_id = ?)`, by, m.Room, m.Posts, m.ID)
}
