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
	return d.disableAccount(ctx, who, at, false, erase, audit, func(t *Tx) error {
		if err := t.Exec(`UPDATE accounts SET username = ?1, folded = ?2, skeleton = ?3, drawn = ?4, name = ?5, name_folded = ?6, likeness = ?7, password = '-',
			title = '', bio = '', prefs = '{}', picture = 0, role = 0 WHERE id = ?8`, username, chat.FoldName(username), chat.Skeleton(username), chat.Drawn(username),
			name, chat.FoldName(name), chat.DrawnLetters(name), who); err != nil {
			return err
		}
		return t.Each([]any{who}, "DELETE FROM addresses WHERE account_id = ?", "DELETE FROM mails WHERE account_id = ?", "DELETE FROM devices WHERE account_id = ?",
			"DELETE FROM factors WHERE account_id = ?", "DELETE FROM recovery WHERE account_id = ?", "DELETE FROM passkeys WHERE account_id = ?",
			"DELETE FROM identities WHERE account_id = ?")
	})
}

// FilterPrefs implements chat.OwnStore.
func (d *Store) FilterPrefs(ctx context.Context) (map[chat.AccountID]chat.Prefs, error) {
	return d.prefs(ctx, `(prefs LIKE '%"keywords"%' OR prefs LIKE '%"blocked"%') AND disabled_at IS NULL`) // the condition of an index
}

// StatusPrefs implements chat.OwnStore.
func (d *Store) StatusPrefs(ctx context.Context) (map[chat.AccountID]chat.Prefs, error) {
	return d.prefs(ctx, `(prefs LIKE '%"status"%' OR prefs LIKE '%"until"%') AND disabled_at IS NULL`)
}

// PrefsOf implements chat.OwnStore.
func (d *Store) PrefsOf(ctx context.Context, ids []chat.AccountID) (map[chat.AccountID]chat.Prefs, error) {
	return d.prefs(ctx, "id IN ids(?)", JSONList(ids))
}

func (d *Store) prefs(ctx context.Context, which string, args ...any) (map[chat.AccountID]chat.Prefs, error) {
	all := map[chat.AccountID]chat.Prefs{}
	_, err := All(ctx, d, func(r Scanner) (x struct{}, err error) {
		var id chat.AccountID
		var text string
		var p chat.Prefs
		if err = r.Scan(&id, &text); err == nil {
			err = json.Unmarshal([]byte(text), &p)
		}
		all[id] = p
		return x, err
	}, "SELECT id, prefs FROM accounts WHERE "+which, args...)
	return all, err
}
