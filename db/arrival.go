package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"parley/app/archive"
	"parley/app/chat"
)

var _ archive.Importer = (*Store)(nil)

// ImportedIDs implements archive.Importer.
func (d *Store) ImportedIDs(ctx context.Context, source string) (map[string]int64, error) {
	type pair struct {
		key string
		id  int64
	}
	pairs, err := All(ctx, d, func(r Scanner) (p pair, err error) { return p, r.Scan(&p.key, &p.id) },
		"SELECT key, id FROM imports WHERE source = ?", source)
	ids := make(map[string]int64, len(pairs))
	for _, p := range pairs {
		ids[p.key] = p.id
	}
	return ids, err
}

// HasEveryoneRoom implements archive.Importer.
func (d *Store) HasEveryoneRoom(ctx context.Context) (has bool, err error) {
	return has, d.One(ctx, "SELECT EXISTS (SELECT 1 FROM rooms WHERE everyone = 1 AND deleted_at IS NULL)", nil, &has)
}

// AddOrigin implements archive.Importer.
func (d *Store) AddOrigin(ctx context.Context, source, key string, id int64) error {
	return d.change(ctx, func(t *Tx) error { return addOrigin(t, source, key, id) })
}

// addOrigin notes where something came from.
func addOrigin(t *Tx, source, key string, id int64) error {
	return t.Exec("INSERT INTO imports (source, key, id) VALUES (?1, ?2, ?3) ON CONFLICT (source, key) DO UPDATE SET id = ?3", source, key, id)
}

// AddPeople implements archive.Importer.
func (d *Store) AddPeople(ctx context.Context, source string, people []archive.NewPerson) (made []chat.Account, err error) {
	err = d.change(ctx, func(t *Tx) error {
		t.EverythingChanged()
		made = nil
		for _, p := range people {
			a, err := addNewcomer(t, p)
			if err == nil {
				err = addOrigin(t, source, p.Key, int64(a.ID))
			}
			if err != nil {
				return err
			}
			made = append(made, a)
		}
		return nil
	})
	return made, err
}

func addNewcomer(t *Tx, p archive.NewPerson) (a chat.Account, err error) {
	a = chat.Account{Person: chat.Person{Name: p.Name}, Role: p.Role, Created: p.Created, Disabled: p.Disabled, Title: p.Title}
	if a.Username, err = freeUsername(t, p.Username); err != nil {
		return a, err
	}
	var disabled any
	if p.Disabled {
		disabled = ToMillis(p.Created)
	}
	if err := t.One(`INSERT INTO accounts (username, folded, skeleton, drawn, name, name_folded, likeness, role, password, created_at,
		disabled_at, title)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, '', ?, ?, ?) RETURNING id`,
		[]any{a.Username, chat.FoldName(a.Username), chat.Skeleton(a.Username), chat.Drawn(a.Username),
			p.Name, chat.FoldName(p.Name), chat.DrawnLetters(p.Name), p.Role, ToMillis(p.Created), disabled,
			p.Title}, &a.ID); err != nil || p.Disabled || a.IsGuest() {
		return a, err
	}
	rooms, err := List(t, ScanID[chat.RoomID], everyoneRooms)
	for _, room := range rooms {
		if err == nil {
			err = addMember(t, room, a.ID, 0)
		}
	}
	return a, err
}

// freeUsername finds a username that nobody has, nor one that looks like it.
func freeUsername(t *Tx, want string) (string, error) {
	name := want
	for n := 2; ; n++ {
		var taken bool
		err := t.One("SELECT EXISTS (SELECT 1 FROM accounts WHERE "+alikeAccount+")", alike(name), &taken)
		if err != nil || !taken {
			return name, err
		}
		name = numberedName(want, n, chat.MaxUsername)
	}
}

// numberedName is a name with a number, within a bound of characters.
func numberedName(name string, n, most int) string {
	end := fmt.Sprint("-", n)
	if r := []rune(name); len(r)+len(end) > most {
		name = string(r[:most-len(end)])
	}
	return name + end
}

// addMember puts somebody into a room, without a word; who is or was in it stays as he is.
func addMember(t *Tx, room chat.RoomID, who chat.AccountID, role int) error {
	n, err := t.Affect(`INSERT INTO memberships (room_id, account_id, owner, rev, posts_read, joined_at)
		SELECT r.id, a.id, ?, r.rev, r.posts, r.created_at FROM rooms r, accounts a WHERE r.id = ? AND a.id = ?
		ON CONFLICT DO NOTHING`, role, room, who)
	if err != nil || n == 0 {
		return err
	}
	return t.Exec("UPDATE rooms SET people = people + 1 WHERE id = ?", room)
}

// AddRoom implements archive.Importer.
func (d *Store) AddRoom(ctx context.Context, source string, p archive.NewRoom) (r chat.Room, fresh bool, err error) {
	err = d.change(ctx, func(t *Tx) error {
		t.EverythingChanged()
		r, fresh, err = addImportedRoom(t, source, p)
		return err
	})
	return r, fresh, err
}

func addImportedRoom(t *Tx, source string, p archive.NewRoom) (r chat.Room, fresh bool, err error) {
	r = chat.Room{Kind: p.Kind, Name: p.Name, Topic: p.Topic, Everyone: p.Everyone, Created: p.Created}
	err = t.One("SELECT id FROM imports WHERE source = ? AND key = ?", []any{source, p.Key}, &r.ID)
	if errors.Is(err, sql.ErrNoRows) {
		if fresh, err = findOrMakeRoom(t, p, &r); err == nil {
			err = addOrigin(t, source, p.Key, int64(r.ID))
		}
	}
	if err != nil {
		return r, false, err
	}
	err = t.One("SELECT name, kind FROM rooms WHERE id = ? AND deleted_at IS NULL", []any{r.ID}, &r.Name, &r.Kind)
	if errors.Is(err, sql.ErrNoRows) {
		return r, false, chat.Gone("This room was deleted here.")
	}
	if fresh && p.Everyone {
		all, err := List(t, ScanID[chat.AccountID], "SELECT id FROM accounts WHERE disabled_at IS NULL AND role >= 0 ORDER BY id")
		if err != nil {
			return r, fresh, err
		}
		p.People = append(slices.Clone(p.People), all...)
	}
	for i, who := range p.People {
		role := 0
		if fresh && p.Kind != chat.Direct && (who == p.Owner || p.Owner == 0 && i == 0) {
			role = 1
		}
		if err == nil {
			err = addMember(t, r.ID, who, role)
		}
	}
	return r, fresh, err
}

// findOrMakeRoom makes a room, or finds the conversation of these people.
func findOrMakeRoom(t *Tx, p archive.NewRoom, r *chat.Room) (fresh bool, err error) {
	var direct any
	if p.Kind == chat.Direct {
		key := chat.DirectKey(p.People)
		err := t.One("SELECT id FROM rooms WHERE direct = ? AND deleted_at IS NULL", []any{key}, &r.ID)
		if !errors.Is(err, sql.ErrNoRows) {
			return false, err
		}
		r.Name, direct = "", key
	} else if p.Kind == chat.Open {
		for n := 2; ; n++ {
			err := nameTaken(t, r.Name, 0)
			if err == nil {
				break
			}
			if !errors.Is(err, chat.ErrConflict) {
				return false, err
			}
			r.Name = numberedName(p.Name, n, chat.MaxName)
		}
	}
	skeleton, drawn := drawnName(p.Kind, r.Name)
	err = t.One(`INSERT INTO rooms (kind, name, skeleton, drawn, topic, everyone, direct, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		RETURNING id`,
		[]any{p.Kind, r.Name, skeleton, drawn, p.Topic, p.Everyone, direct, ToMillis(p.Created)}, &r.ID)
	return true, err
}
