package db

import (
	"context"
	"encoding/json"
	"time"

	"parley/app/chat"
)

// OwnMessages implements chat.OwnStore.
func (d *Store) OwnMessages(ctx context.Context, who chat.AccountID) ([]chat.MessageID, error) {
	return All(ctx, d, ScanID[chat.MessageID], `SELECT m.id FROM messages m JOIN rooms r ON r.id = m.room_id AND r.deleted_at IS NULL
		WHERE m.author_id = ? AND m.kind = 0 AND m.deleted_at IS NULL ORDER BY m.id`, who)
}

// MessagesNamed implements chat.OwnStore.
func (d *Store) MessagesNamed(ctx context.Context, ids []chat.MessageID) ([]chat.Message, error) {
	return All(ctx, d, scanMessage, messageQuery+"WHERE m.id IN ids(?)", JSONList(ids))
}

// ForgetAccount implements chat.OwnStore.
func (d *Store) ForgetAccount(ctx context.Context, who chat.AccountID, username, name string, at time.Time, erase bool, audit chat.AuditEntry) error {
	if err := d.DisableAccount(ctx, who, at, false, erase, audit); err != nil {
		return err
	}
	return d.change(ctx, func(t *Tx) error {
		t.namesChanged()
		t.accountChanged(who)
		if err := t.Exec(`UPDATE accounts SET username = ?1, folded = ?2, skeleton = ?3, drawn = ?4, name = ?5, name_folded = ?6, likeness = ?7, password = '-',
			title = '', bio = '', prefs = '{}', picture = 0, role = 0 WHERE id = ?8`, username, chat.FoldName(username), chat.Skeleton(username), chat.Drawn(username),
			name, chat.FoldName(name), chat.DrawnLetters(name), who); err != nil {
			return err
		}
		return t.Each([]any{who}, "DELETE FROM addresses WHERE account_id = ?", "DELETE FROM mails WHERE account_id = ?", "DELETE FROM devices WHERE account_id = ?",
			"DELETE FROM factors WHERE account_id = ?", "DELETE FROM recovery WHERE account_id = ?", "DELETE FROM passkeys WHERE account_id = ?",
			"DELETE FROM tickets WHERE account_id = ?", "DELETE FROM identities WHERE account_id = ?")
	})
}

// ParticularIn implements chat.OwnStore.
func (d *Store) ParticularIn(ctx context.Context, room chat.RoomID) (map[chat.AccountID]chat.Prefs, error) {
	type row struct {
		id    chat.AccountID
		prefs string
	}
	list, err := All(ctx, d, func(r Scanner) (v row, err error) { return v, r.Scan(&v.id, &v.prefs) },
		`SELECT a.id, a.prefs FROM accounts a JOIN memberships m ON m.account_id = a.id AND m.room_id = ? AND m.left_at IS NULL
		WHERE (a.prefs LIKE '%"keywords"%' OR a.prefs LIKE '%"blocked"%') AND a.disabled_at IS NULL`, room)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	all := map[chat.AccountID]chat.Prefs{}
	for _, v := range list {
		var p chat.Prefs
		if err := json.Unmarshal([]byte(v.prefs), &p); err != nil {
			return nil, err
		}
		all[v.id] = p
	}
	return all, nil
}
