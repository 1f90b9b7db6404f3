package db

import (
	"context"

	"parley/app/auth"
	"parley/app/chat"
)

// AddBot implements chat.BotStore.
func (d *Store) AddBot(ctx context.Context, n chat.NewBot, audit chat.AuditEntry) (a chat.Account, err error) {
	err = d.changeAudited(ctx, audit, func(t *Tx) error {
		var taken bool
		if err := t.One("SELECT EXISTS (SELECT 1 FROM accounts WHERE "+alikeAccount+")", alike(n.Username), &taken); err != nil {
			return err
		}
		if taken {
			return chat.ErrConflict
		}
		if n.Name, err = markedName(t, 0, n.Username, n.Name); err != nil {
			return err
		}
		a = chat.Account{Person: chat.Person{Username: n.Username, Name: n.Name, Bot: true}, Created: n.At, Title: n.Title, Maker: n.Maker}
		t.namesChanged()
		return t.One(`INSERT INTO accounts (username, folded, skeleton, drawn, name, name_folded, likeness, title, role, password, created_at, bot_by)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
			[]any{n.Username, chat.FoldName(n.Username), chat.Skeleton(n.Username), chat.Drawn(n.Username),
				n.Name, chat.FoldName(n.Name), chat.DrawnLetters(n.Name), n.Title, chat.RoleMember, auth.NoPassword, ToMillis(n.At), n.Maker}, &a.ID)
	})
	return a, err
}

// Bots implements chat.BotStore.
func (d *Store) Bots(ctx context.Context, of chat.AccountID, limit int) ([]chat.Account, error) {
	return All(ctx, d, scanAccount, "SELECT "+accountColumns+` FROM accounts
		WHERE bot_by IS NOT NULL AND disabled_at IS NULL AND (CAST(?1 AS BIGINT) = 0 OR bot_by = ?1) ORDER BY folded LIMIT ?2`, of, limit)
}

// SetBotMaker implements chat.BotStore.
func (d *Store) SetBotMaker(ctx context.Context, bot, maker chat.AccountID, audit chat.AuditEntry) error {
	return d.changeAudited(ctx, audit, func(t *Tx) error {
		t.accountChanged(bot)
		return t.Exec("UPDATE accounts SET bot_by = ? WHERE id = ? AND bot_by IS NOT NULL", maker, bot)
	})
}
