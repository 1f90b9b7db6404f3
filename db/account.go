package db

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"parley/app/chat"
)

const accountColumns = "id, username, name, picture, role, created_at, coalesce(disabled_at, 0), title, bio, prefs, coalesce(bot_by, 0)"

func scanAccount(r Scanner) (a chat.Account, err error) {
	var created, disabled int64
	var prefs string
	err = r.Scan(&a.ID, &a.Username, &a.Name, &a.Picture, &a.Role, &created, &disabled, &a.Title, &a.Bio, &prefs, &a.Maker)
	if err != nil {
		return a, err
	}
	a.Bot = a.IsBot()
	a.Created, a.Disabled = FromMillis(created), disabled != 0
	return a, json.Unmarshal([]byte(prefs), &a.Prefs)
}

// Account implements chat.AccountStore.
func (d *Store) Account(ctx context.Context, id chat.AccountID) (chat.Account, error) {
	return d.account(ctx, "id = ?", id)
}

// AccountNamed implements chat.AccountStore.
func (d *Store) AccountNamed(ctx context.Context, username string) (chat.Account, error) {
	return d.account(ctx, "folded = ?", chat.FoldName(username))
}

// AccountsNamed implements chat.AccountStore.
func (d *Store) AccountsNamed(ctx context.Context, names []string) (map[string]chat.Account, error) {
	found, err := All(ctx, d, scanAccount, "SELECT "+accountColumns+" FROM accounts WHERE folded IN texts(?)", JSONList(names))
	accounts := make(map[string]chat.Account, len(found))
	for _, a := range found {
		accounts[chat.FoldName(a.Username)] = a
	}
	return accounts, err
}

func (d *Store) account(ctx context.Context, where string, arg any) (chat.Account, error) {
	return oneRow(ctx, d, scanAccount, "SELECT "+accountColumns+" FROM accounts WHERE "+where, arg)
}

// begins makes a LIKE pattern of what somebody typed.
func begins(query string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(query) + "%"
}

// called chooses accounts by the beginning of a name, and a page of them.
const called = `(folded LIKE ?1 ESCAPE '\' OR name_folded LIKE ?1 ESCAPE '\' OR name_folded LIKE '% ' || ?1 ESCAPE '\')
	ORDER BY name_folded, id LIMIT ?2 OFFSET ?3`

// People implements chat.AccountStore.
func (d *Store) People(ctx context.Context, query string, offset, limit int) ([]chat.Account, error) {
	return All(ctx, d, scanAccount, "SELECT "+accountColumns+` FROM accounts WHERE disabled_at IS NULL
		AND `+called, begins(query), limit, offset)
}

// Persons implements chat.AccountStore.
func (d *Store) Persons(ctx context.Context, ids []chat.AccountID) ([]chat.Person, error) {
	people, err := All(ctx, d, scanPerson, "SELECT id, username, name, picture FROM accounts WHERE id IN ids(?) AND disabled_at IS NULL", JSONList(ids))
	slices.SortFunc(people, func(a, b chat.Person) int { return slices.Index(ids, a.ID) - slices.Index(ids, b.ID) })
	return people, err
}

// LastSeen implements chat.AccountStore.
func (d *Store) LastSeen(ctx context.Context, who chat.AccountID) (time.Time, error) {
	var at int64
	err := d.One(ctx, "SELECT coalesce(max(seen_at), 0) FROM sessions WHERE account_id = ?", []any{who}, &at)
	if at == 0 || err != nil {
		return time.Time{}, err
	}
	return FromMillis(at), nil
}

// SetProfile implements chat.AccountStore.
func (d *Store) SetProfile(ctx context.Context, who chat.Person, p chat.Profile) error {
	return d.change(ctx, func(t *Tx) error {
		name, err := markedName(t, who.ID, who.Username, p.Name)
		if err != nil {
			return err
		}
		t.namesChanged()
		t.accountChanged(who.ID)
		return t.Exec("UPDATE accounts SET name = ?, name_folded = ?, likeness = ?, title = ?, bio = ? WHERE id = ?",
			name, chat.FoldName(name), chat.DrawnLetters(name), p.Title, p.Bio, who.ID)
	})
}

// SetPrefs implements chat.AccountStore.
func (d *Store) SetPrefs(ctx context.Context, who chat.AccountID, p chat.Prefs) error {
	prefs, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return d.change(ctx, func(t *Tx) error {
		t.accountChanged(who)
		return t.Exec("UPDATE accounts SET prefs = ? WHERE id = ?", string(prefs), who)
	})
}

// SetRole implements chat.AccountStore. The last administrator stays one.
func (d *Store) SetRole(ctx context.Context, who chat.AccountID, role chat.Role, audit chat.AuditEntry) error {
	return d.changeAudited(ctx, audit, func(t *Tx) error {
		if role < chat.RoleAdmin {
			if err := lastAdmin(t, who, "role"); err != nil {
				return err
			}
			if err := revokeIssued(t, who); err != nil {
				return err
			}
		}
		if err := t.Exec("DELETE FROM resets WHERE account_id = ?", who); err != nil { // made for another role
			return err
		}
		t.accountChanged(who)
		return t.Exec("UPDATE accounts SET role = ? WHERE id = ?", role, who)
	})
}

// Settings implements chat.Store.
func (d *Store) Settings(ctx context.Context) (chat.Settings, error) {
	type pair struct{ k, v string }
	pairs, err := All(ctx, d, func(r Scanner) (p pair, err error) { return p, r.Scan(&p.k, &p.v) }, "SELECT key, value FROM settings")
	s := make(chat.Settings, len(pairs))
	for _, p := range pairs {
		s[p.k] = p.v
	}
	return s, err
}

// SetSettings implements chat.Store.
func (d *Store) SetSettings(ctx context.Context, set chat.Settings, audit []chat.AuditEntry) error {
	return d.change(ctx, func(t *Tx) error {
		for key, value := range set {
			if err := SetSetting(t, key, value); err != nil {
				return err
			}
		}
		for _, e := range audit {
			if err := addAudit(t, e); err != nil {
				return err
			}
		}
		return nil
	})
}

// SetSetting stores one of the notes that the program keeps for itself, such as the
// address it listens at; what people set goes through SetSettings.
func (d *Store) SetSetting(ctx context.Context, key, value string) error {
	return d.change(ctx, func(t *Tx) error { return SetSetting(t, key, value) })
}

func SetSetting(t *Tx, key, value string) error {
	return t.Exec("INSERT INTO settings (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2", key, value)
}
