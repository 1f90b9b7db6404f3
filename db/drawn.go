package db

import (
	"context"

	"parley/app/chat"
)

// alikeAccount finds an account whose username looks like a name: folded, by its
// skeleton, or as it is drawn.
const alikeAccount = "skeleton IN (?1, ?2) OR drawn IN (?1, ?2) OR folded = ?3"

func alike(name string) []any {
	return []any{chat.Skeleton(name), chat.Drawn(name), chat.FoldName(name)}
}

// UsernameTaken implements chat.AccountStore.
func (d *Store) UsernameTaken(ctx context.Context, username string) (taken bool, err error) {
	err = d.One(ctx, "SELECT EXISTS (SELECT 1 FROM accounts WHERE "+alikeAccount+")", alike(username), &taken)
	return taken, err
}

// markedName is a display name with the username behind it where somebody else is
// called so, or so nearly that nobody could tell, and where it speaks for the server.
func markedName(t *Tx, who chat.AccountID, username, name string) (string, error) {
	var taken bool
	letters := chat.DrawnLetters(name)
	if letters == "" { // of signs and pictures only
		letters = name
	}
	err := t.One("SELECT EXISTS (SELECT 1 FROM accounts WHERE (likeness = ?4 OR skeleton = ?4 OR drawn = ?4 OR "+alikeAccount+
		") AND id <> ?5)", append(alike(name), letters, who), &taken)
	if taken || chat.Claims(name) && !chat.Alike(name, username) {
		name = chat.MarkName(name, username)
	}
	return name, err
}
