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
func (d *Store) ForgetAccount(ctx context.Context, who chat.AccountID, username, name string, at time.Time, erase bool,
	audit chat.AuditEntry) error {
	return d.disableAccount(ctx, who, at, false, erase, audit, func(t *Tx) error {
		if err := t.Exec(`UPDATE accounts SET username = ?1, folded = ?2, skeleton = ?3, drawn = ?4, name = ?5, name_folded = ?6, likeness = ?7, password = '-',
			title = '', bio = '', prefs = '{}', picture = 0, role = 0 WHERE id = ?8`, username, chat.FoldName(username), chat.Skeleton(username),
			chat.Drawn(username),
			name, chat.FoldName(name), chat.DrawnLetters(name), who); err != nil {
			return err
		}
		return t.Each([]any{who}, "DELETE FROM addresses WHERE account_id = ?", "DELETE FROM mails WHERE account_id = ?",
			"DELETE FROM devices WHERE account_id = ?",
			"DELETE FROM factors WHERE account_id = ?", "DELETE FROM recovery WHERE account_id = ?", "DELETE FROM passkeys WHERE account_id = ?",
			"DELETE FROM identities WHERE account_id = ?")
	})
}

// FilterPrefs implements chat.OwnStore.
func (d *Store) FilterPrefs(ctx context.Context, room chat.RoomID) (map[chat.AccountID]chat.Prefs, error) {
	return d.prefs(ctx, `accounts a CROSS JOIN memberships m WHERE `+withFilters+` AND a.disabled_at IS NULL
		AND m.account_id = a.id AND m.room_id = ? AND m.left_at IS NULL`, room)
}

// withFilters is the condition of an index, over accounts a: who has keywords or blocks
// somebody. A cross join has SQLite begin with these.
const withFilters = `(a.prefs LIKE '%"keywords"%' OR a.prefs LIKE '%"blocked"%')`

// StatusPrefs implements chat.OwnStore.
func (d *Store) StatusPrefs(ctx context.Context) (map[chat.AccountID]chat.Prefs, error) {
	return d.prefs(ctx, `accounts a WHERE (a.prefs LIKE '%"status"%' OR a.prefs LIKE '%"until"%') AND a.disabled_at IS NULL`)
}

// PrefsOf implements chat.OwnStore.
func (d *Store) PrefsOf(ctx context.Context, ids []chat.AccountID) (map[chat.AccountID]chat.Prefs, error) {
	return d.prefs(ctx, "accounts a WHERE a.id IN ids(?)", JSONList(ids))
}

// prefs are the preferences of accounts a, from where and under which conditions is said.
func (d *Store) prefs(ctx context.Context, from string, args ...any) (map[chat.AccountID]chat.Prefs, error) {
	list, err := All(ctx, d, scanPrefs, "SELECT a.id, a.prefs FROM "+from, args...)
	all := make(map[chat.AccountID]chat.Prefs, len(list))
	for _, p := range list {
		all[p.of] = p.is
	}
	return all, err
}

// prefsOf are somebody's preferences.
type prefsOf struct {
	of chat.AccountID
	is chat.Prefs
}

func scanPrefs(r Scanner) (p prefsOf, err error) {
	var text string
	if err = r.Scan(&p.of, &text); err == nil {
		err = json.Unmarshal([]byte(text), &p.is)
	}
	return p, err
}
