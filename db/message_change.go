package db

import (
	"context"
	"encoding/json"
	"math"

	"parley/app/chat"
)

// alterMessage changes a message with do under the next rev of its room, and answers
// with the message as it then is.
func (d *Store) alterMessage(ctx context.Context, id chat.MessageID,
	do func(*Tx, chat.Message, chat.Rev) error) (m chat.Message, err error) {
	err = d.changeBeside(ctx, func(t *Tx) error {
		m, err = alterMessage(t, id, do)
		return err
	})
	return d.withCurrentLabel(ctx, m, err)
}

func alterMessage(t *Tx, id chat.MessageID, do func(*Tx, chat.Message, chat.Rev) error) (chat.Message, error) {
	room, rev, err := nextRevOf(t, id)
	if err != nil {
		return chat.Message{}, err
	}
	m, err := oneMessage(t, messageQuery+"WHERE m.id = ?", id)
	if err != nil {
		return m, err
	}
	if m.Deleted { // somebody was faster
		t.unchanged = true
		return m, giveBackRev(t, room)
	}
	if err := do(t, m, rev); err != nil {
		return m, err
	}
	return oneMessage(t, messageQuery+"WHERE m.id = ?", id)
}

// SetBody implements chat.MessageStore.
func (d *Store) SetBody(ctx context.Context, id chat.MessageID, n chat.NewMessage) (chat.Message, error) {
	parsed, err := json.Marshal(n.Text)
	if err != nil {
		return chat.Message{}, err
	}
	return d.alterMessage(ctx, id, func(t *Tx, m chat.Message, rev chat.Rev) error {
		if err := t.Exec("INSERT INTO versions (message_id, until, rev, text) SELECT id, ?, ?, text FROM messages WHERE id = ?",
			ToMillis(n.At), rev, id); err != nil {
			return err
		}
		if err := t.Exec(`DELETE FROM versions WHERE message_id = ?1
			AND rev <= (SELECT rev FROM versions WHERE message_id = ?1 ORDER BY rev DESC LIMIT 1 OFFSET ?2)`, id, chat.MaxVersions); err != nil {
			return err
		}
		if err := t.Exec("UPDATE messages SET rev = ?, body = ?, text = ?, addressed = ?, edited_at = ?, program = NULL WHERE id = ?",
			rev, n.Body, parsed, addressed(n), ToMillis(n.At), id); err != nil {
			return err
		}
		if len(n.Previews) > 0 || len(m.Previews) > 0 || m.Program != nil || n.Program != nil {
			m.Previews, m.Program = n.Previews, n.Program
			if n.Program != nil {
				if err := storeProgram(t, m); err != nil {
					return err
				}
			}
			if err := storeFetched(t, m, n.At); err != nil {
				return err
			}
		}
		if err := t.under.Reindex(t, id); err != nil {
			return err
		}
		return updateMentions(t, m, n)
	})
}

// SetReactions implements chat.MessageStore.
func (d *Store) SetReactions(ctx context.Context, id chat.MessageID,
	change func([]chat.Reaction) ([]chat.Reaction, error)) (m chat.Message, err error) {
	err = d.changeBeside(ctx, func(t *Tx) error {
		room, rev, err := nextRevOf(t, id)
		if err != nil {
			return err
		}
		if m, err = oneMessage(t, messageQuery+"WHERE m.id = ?", id); err != nil {
			return err
		}
		if m.Deleted {
			return giveBackRev(t, room)
		}
		before, err := json.Marshal(m.Reactions)
		if err != nil {
			return err
		}
		had := len(m.Reactions) > 0
		if m.Reactions, err = change(m.Reactions); err != nil {
			return err
		}
		after, err := json.Marshal(m.Reactions)
		if err != nil {
			return err
		}
		if string(before) == string(after) {
			return giveBackRev(t, room)
		}
		m.Rev = rev
		if err := t.Exec("UPDATE messages SET rev = ?, reactions = ? WHERE id = ?",
			m.Rev, after, id); err != nil || had == (len(m.Reactions) > 0) {
			return err
		}
		return t.under.Reindex(t, id)
	})
	return d.withCurrentLabel(ctx, m, err)
}

// Versions implements chat.MessageStore.
func (d *Store) Versions(ctx context.Context, id chat.MessageID, before chat.Rev,
	limit, size int) (list []chat.Version, more bool, err error) {
	if before == 0 {
		before = math.MaxInt64
	}
	stmt, err := d.engine.Stmt(ctx, "SELECT rev, until, text FROM versions WHERE message_id = ? AND rev < ? ORDER BY rev DESC LIMIT ?")
	if err != nil {
		return nil, false, d.engine.Explain(err)
	}
	rows, err := stmt.QueryContext(ctx, id, before, limit+1)
	if err != nil {
		return nil, false, d.engine.Explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		var v chat.Version
		var until int64
		var text []byte
		if err := rows.Scan(&v.Rev, &until, &text); err != nil {
			return nil, false, d.engine.Explain(err)
		}
		if v.At, v.Size = FromMillis(until), len(text); len(list) == limit || len(list) > 0 && v.Size > size {
			return list, true, nil
		}
		size -= v.Size
		if err := json.Unmarshal(text, &v.Text); err != nil {
			return nil, false, err
		}
		list = append(list, v)
	}
	return list, false, d.engine.Explain(rows.Err())
}
