package db

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"parley/app/archive"
	"parley/app/auth"
	"parley/app/chat"
)

// IsEmpty says whether nobody has used the file yet: it has no account.
func (d *Store) IsEmpty(ctx context.Context) (bool, error) {
	has, err := d.HasAccounts(ctx)
	return !has, err
}

// Import stores what read tells, in the order of an export, under the same ids. The
// file must be vacant. All of it is stored in one transaction, or nothing. read may
// be called twice.
func (d *Store) Import(ctx context.Context, read func(put func(archive.Record) error) error) error {
	return d.change(ctx, func(t *Tx) error {
		t.EverythingChanged()
		var accounts int
		if err := t.One("SELECT count(*) FROM accounts", nil, &accounts); err != nil {
			return err
		}
		if accounts > 0 {
			return errors.New("somebody has signed up meanwhile")
		}
		if err := clearSettings(t); err != nil {
			return err
		}
		var o *OrderCheck // of what this reading brings
		if err := read(func(r archive.Record) (err error) {
			if m, ok := r.(*archive.Message); ok {
				if o, err = inOrder(t, o, m); err != nil {
					return err
				}
			}
			return d.importError(importRecord(t, r))
		}); err != nil {
			return err
		}
		if err := endFiles(t); err != nil {
			return err
		}
		for _, c := range Counts {
			if err := c.Repair(t); err != nil {
				return err
			}
		}
		return t.under.Imported(t)
	})
}

// inOrder refuses a message that is numbered as no server numbers it: whoever catches up
// would miss some, and a check would find damage.
func inOrder(t *Tx, o *OrderCheck, m *archive.Message) (*OrderCheck, error) {
	if o == nil {
		var err error
		if o, err = NewOrderCheck(t.One); err != nil {
			return nil, err
		}
	}
	posted := m.Kind == archive.MessageWords[chat.MessagePosted]
	o.Next(Numbering{ID: m.ID, Room: m.Room, Rev: m.Rev, Born: m.Born, Posts: m.Posts, Posted: posted})
	if found := append(o.Twice, o.Lost...); len(found) > 0 {
		return o, fmt.Errorf("%s; on the server that it comes from, parley check says more", found[0])
	}
	return o, nil
}

// clearSettings forgets what was set before anybody signed up: an import is the
// whole truth.
func clearSettings(t *Tx) error {
	keys, err := List(t, func(r Scanner) (key string, err error) { return key, r.Scan(&key) }, "SELECT key FROM settings")
	for _, key := range keys {
		if err == nil && archive.Exported(key) {
			err = t.Exec("DELETE FROM settings WHERE key = ?", key)
		}
	}
	return err
}

// importError says in words why a record cannot be stored.
func (d *Store) importError(err error) error {
	switch why := d.engine.Explain(err); {
	case errors.Is(why, ErrNoReference):
		return errors.New("it names a person, a room or a message that no line before it has")
	case errors.Is(why, chat.ErrConflict):
		return errors.New("another line has the same id, or the same name, or one that looks like it")
	}
	return err
}

// importRecord stores one record.
func importRecord(t *Tx, r archive.Record) error {
	switch r := r.(type) {
	case *archive.Setting:
		return SetSetting(t, r.Key, r.Value)
	case *archive.Account:
		return importAccount(t, r)
	case *archive.Room:
		return importRoom(t, r)
	case *archive.Membership:
		role, level := number(archive.MembershipWords, r.Role), number(archive.LevelWords, r.Level)
		return t.Exec(`INSERT INTO memberships
			(room_id, account_id, owner, rev, posts_read, erased, joined_at, left_at, level, muted, muted_until, starred, banned)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, coalesce(CAST(? AS BIGINT), 0), ?, ?)`,
			r.Room, r.Account, role, r.Rev, r.Read, r.Erased, r.Joined, nullable(r.Left), level, r.Muted, nullable(r.Until), r.Star, r.Banned)
	case *archive.Message:
		return importMessage(t, r)
	case *archive.File:
		return importFile(t, r)
	case *archive.Bytes:
		return importBytes(t, r)
	case *archive.Widget, *archive.Case, *archive.CaseLine:
		return importSupport(t, r)
	case *archive.Invite:
		return t.Exec(`INSERT INTO invites (id, code, role, uses, used, made_by, made_at, expires_at, revoked_at, rooms)
			VALUES (?, ?, ?, ?, ?, nullif(CAST(? AS BIGINT), 0), ?, ?, ?, ?)`,
			r.ID, r.Code, archive.RoleNumber(r.Role), r.Uses, r.Used, r.MadeBy, r.Made, nullable(r.Expires), nullable(r.Revoked), JSONList(r.Rooms))
	case *archive.Origin:
		return t.Exec("INSERT INTO imports (source, key, id) VALUES (?, ?, ?)", r.Source, r.Key, r.ID)
	}
	return nil
}

// number is that of a word that was found valid; "" is the first.
func number(words []string, word string) int {
	n, _ := archive.Number(words, word)
	return n
}

func importAccount(t *Tx, a *archive.Account) error {
	if a.Password != "" && a.Password != auth.NoPassword {
		if err := auth.ParseHash(a.Password); err != nil {
			return err
		}
	}
	prefs := string(a.Prefs)
	if prefs == "" {
		prefs = "{}"
	}
	return t.Exec(`INSERT INTO accounts (id, username, folded, skeleton, drawn, name, name_folded, likeness,
		role, password, created_at, disabled_at, banned_at, title, bio, prefs, bot_by)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, nullif(CAST(? AS BIGINT), 0))`,
		a.ID, a.Username, chat.FoldName(a.Username), chat.Skeleton(a.Username), chat.Drawn(a.Username),
		a.Name, chat.FoldName(a.Name), chat.DrawnLetters(a.Name),
		archive.RoleNumber(a.Role), a.Password, a.Created, nullable(a.Disabled), nullable(a.Banned), a.Title, a.Bio, prefs, a.Bot)
}

// importRoom leaves the counts of people and of the newest row to the end.
func importRoom(t *Tx, r *archive.Room) error {
	var direct any
	if len(r.Direct) > 0 {
		direct = chat.DirectKey(r.Direct)
	}
	kind := chat.RoomKind(number(archive.RoomWords, r.Kind))
	if kind == chat.Open {
		err := nameTaken(t, r.Name, 0)
		if errors.Is(err, chat.ErrConflict) {
			return fmt.Errorf("another open room is called %q, or so that it looks the same; "+
				"rename one of them on the server that this comes from", r.Name)
		}
		if err != nil {
			return err
		}
	}
	if err := checkPeople(t, r.Direct); err != nil {
		return err
	}
	skeleton, drawn := drawnName(kind, r.Name)
	last := archive.Time(0)
	if r.LastAt != nil {
		last = *r.LastAt
	}
	return t.Exec(`INSERT INTO rooms
		(id, kind, name, skeleton, drawn, topic, everyone, direct, rev, posts, last_author, last_at, created_at, slow, world)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, r.ID, kind, r.Name, skeleton, drawn, r.Topic, r.Everyone, direct,
		r.Rev, r.Posts, r.LastAuthor, last, r.Created, r.Slow, r.World)
}

func importMessage(t *Tx, m *archive.Message) error {
	text, reactions, program, previews := []byte(m.Text), any(nil), any(nil), any(nil)
	if len(m.Program) > 0 {
		program = []byte(m.Program)
	}
	if len(m.Previews) > 0 {
		previews = []byte(m.Previews)
	}
	if len(text) == 0 {
		text = []byte("{}")
	}
	if len(m.Reactions) > 0 {
		reactions = []byte(m.Reactions)
	}
	people, err := peopleOf(m)
	if err != nil {
		return err
	}
	if err := checkPeople(t, people); err != nil {
		return err
	}
	to := addressed(chat.NewMessage{For: m.For, All: m.All})
	err = t.Exec(`INSERT INTO messages (id, room_id, rev, born, posts, kind, author_id, at, cont, body, text, addressed, cid,
		reactions, edited_at, deleted_at, reply_to, program, previews)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, nullif(?, ''), ?, ?, ?, nullif(CAST(? AS BIGINT), 0), ?, ?)`,
		m.ID, m.Room, m.Rev, m.Born, m.Posts, number(archive.MessageWords, m.Kind),
		m.Author, m.At, m.Cont, m.Body, text, to, m.CID, reactions, nullable(m.Edited), nullable(m.Deleted), m.ReplyTo, program, previews)
	for _, v := range m.Versions {
		if err == nil {
			err = t.Exec("INSERT INTO versions (message_id, until, rev, text) VALUES (?, ?, ?, ?)", m.ID, v.Until, v.Rev, []byte(v.Text))
		}
	}
	for _, who := range m.Mentions {
		if err == nil {
			err = t.Exec("INSERT INTO mentions (account_id, room_id, message_id) VALUES (?, ?, ?)", who, m.Room, m.ID)
		}
	}
	return err
}

// peopleOf are those whom a message names by their ids, beside its author and its mentions.
func peopleOf(m *archive.Message) ([]chat.AccountID, error) {
	people := m.For
	if len(m.Reactions) > 0 {
		var reactions []chat.Reaction
		if err := json.Unmarshal(m.Reactions, &reactions); err != nil {
			return nil, err
		}
		for _, r := range reactions {
			for _, p := range r.By {
				people = append(people, p.ID)
			}
		}
	}
	said := m.Kind == archive.MessageWords[chat.MessagePosted]
	if said && bytes.Contains(m.Text, []byte(`"a":`)) {
		var text chat.Text
		if err := json.Unmarshal(m.Text, &text); err != nil {
			return nil, err
		}
		people = append(people, text.Mentioned()...)
	}
	if !said && m.Deleted == nil {
		var event chat.SystemMessage
		if err := json.Unmarshal(m.Text, &event); err != nil {
			return nil, err
		}
		for _, p := range event.People {
			people = append(people, p.ID)
		}
	}
	return people, nil
}

// checkPeople refuses ids of nobody: no foreign key is on those in lists.
func checkPeople(t *Tx, ids []chat.AccountID) error {
	if len(ids) == 0 {
		return nil
	}
	known, err := List(t, ScanID[chat.AccountID], "SELECT id FROM accounts WHERE id IN ids(?)", JSONList(ids))
	if err != nil {
		return err
	}
	there := map[chat.AccountID]bool{}
	for _, id := range known {
		there[id] = true
	}
	for _, id := range ids {
		if !there[id] {
			return fmt.Errorf("it names person %d, whom no line before it has", id)
		}
	}
	return nil
}
