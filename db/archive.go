package db

import (
	"context"
	"encoding/json"

	"parley/app/archive"
	"parley/app/chat"
)

// Export tells all of one state to put, whoever writes meanwhile; hashes
// of passwords only when asked. It holds one record in memory at a time.
func (d *Store) Export(ctx context.Context, passwords bool, put func(archive.Record) error) error {
	return d.Snapshot(ctx, func(s *Snapshot) error {
		x := &export{s, put}
		if err := x.header(); err != nil {
			return err
		}
		return x.parts(passwords)
	})
}

func (x *export) parts(passwords bool) (err error) {
	for _, part := range exported {
		if part.scan == nil {
			if err = x.messages(); err == nil {
				err = x.files()
			}
		} else {
			err = x.rows(part.query, func(r Scanner) error {
				record, err := part.scan(r)
				if !passwords {
					withoutSecrets(record)
				}
				if s, ok := record.(*archive.Setting); err != nil || ok && !archive.Exported(s.Key) {
					return err
				}
				return x.put(record)
			})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// withoutSecrets leaves out hashes of passwords, and those of visitors' cookies.
func withoutSecrets(r archive.Record) {
	switch r := r.(type) {
	case *archive.Account:
		r.Password = ""
	case *archive.Case:
		r.Visitor = nil
	}
}

// export is one run of Export.
type export struct {
	*Snapshot
	put func(archive.Record) error
}

// inLiveRooms are the rooms that are not about to be removed.
const inLiveRooms = "IN (SELECT id FROM rooms WHERE deleted_at IS NULL)"

// inLiveCases are the cases of those rooms.
const inLiveCases = "IN (SELECT id FROM cases WHERE room_id " + inLiveRooms + ")"

func (x *export) header() error {
	h := &archive.Header{Type: "parley", Format: archive.Format}
	err := x.rows(`SELECT (SELECT count(*) FROM accounts), (SELECT count(*) FROM rooms WHERE deleted_at IS NULL),
		(SELECT count(*) FROM memberships WHERE room_id `+inLiveRooms+`), (SELECT count(*) FROM messages WHERE room_id `+inLiveRooms+`),
		(SELECT count(*) FROM `+exportedFiles+`),
		(SELECT coalesce(sum((b.size + 65535) / 65536), 0) FROM `+exportedBlobs+`),
		(SELECT count(*) FROM widgets WHERE room_id `+inLiveRooms+`), (SELECT count(*) FROM cases WHERE room_id `+inLiveRooms+`),
		(SELECT count(*) FROM case_lines WHERE case_id `+inLiveCases+`),
		(SELECT count(*) FROM invites), (SELECT count(*) FROM imports)`, func(r Scanner) error {
		return r.Scan(&h.Accounts, &h.Rooms, &h.Memberships, &h.Messages, &h.Files, &h.Bytes, &h.Widgets, &h.Cases, &h.CaseLines,
			&h.Invites, &h.Origins)
	})
	if err != nil {
		return err
	}
	err = x.rows("SELECT key FROM settings", func(r Scanner) error {
		var key string
		err := r.Scan(&key)
		if archive.Exported(key) {
			h.Settings++
		}
		return err
	})
	if err != nil {
		return err
	}
	return x.put(h)
}

// exported are the queries in the order of the format; the one of messages has a
// reader of its own.
var exported = []struct {
	query string
	scan  func(Scanner) (archive.Record, error)
}{
	{"SELECT key, value FROM settings ORDER BY key", func(r Scanner) (archive.Record, error) {
		s := &archive.Setting{Type: "setting"}
		return s, r.Scan(&s.Key, &s.Value)
	}},
	{"SELECT id, username, name, role, password, created_at, disabled_at, banned_at, title, bio, prefs, coalesce(bot_by, 0) FROM accounts ORDER BY id",
		scanExportedAccount},
	{`SELECT id, kind, name, topic, everyone, coalesce(direct, ''), rev, posts, last_author, nullif(last_at, 0), created_at, slow, world
		FROM rooms WHERE deleted_at IS NULL ORDER BY id`, scanExportedRoom},
	{`SELECT room_id, account_id, owner, rev, posts_read, erased, joined_at, left_at, level, muted, nullif(muted_until, 0), starred, banned FROM memberships
		WHERE room_id ` + inLiveRooms + " ORDER BY room_id, account_id", scanExportedMembership},
	{},
	{"SELECT room_id, slug, bot_id, rev, data FROM widgets WHERE room_id " + inLiveRooms + " ORDER BY room_id", scanExportedWidget},
	{`SELECT id, room_id, visitor, name, mail, page, state, coalesce(taken_by, 0), rev, opened_at, changed_at, nullif(waits_at, 0), last, seen_team, seen_visitor
		FROM cases WHERE +room_id ` + inLiveRooms + " ORDER BY id", scanExportedCase},
	{"SELECT id, case_id, kind, coalesce(author, 0), at, body FROM case_lines WHERE +case_id " + inLiveCases + " ORDER BY id",
		scanExportedCaseLine},
	{"SELECT id, code, role, uses, used, coalesce(made_by, 0), made_at, expires_at, revoked_at, rooms FROM invites ORDER BY id",
		func(r Scanner) (archive.Record, error) {
			var role chat.Role
			var rooms []byte
			i := &archive.Invite{Type: "invite"}
			if err := r.Scan(&i.ID, &i.Code, &role, &i.Uses, &i.Used, &i.MadeBy, &i.Made, &i.Expires, &i.Revoked, &rooms); err != nil {
				return i, err
			}
			i.Role = archive.RoleWord(role)
			return i, json.Unmarshal(rooms, &i.Rooms)
		}},
	{"SELECT source, key, id FROM imports ORDER BY source, key", func(r Scanner) (archive.Record, error) {
		o := &archive.Origin{Type: "origin"}
		return o, r.Scan(&o.Source, &o.Key, &o.ID)
	}},
}

func scanExportedAccount(r Scanner) (archive.Record, error) {
	var role chat.Role
	a := &archive.Account{Type: "account"}
	err := r.Scan(&a.ID, &a.Username, &a.Name, &role, &a.Password, &a.Created, &a.Disabled, &a.Banned, &a.Title, &a.Bio,
		(*rawText)(&a.Prefs), &a.Bot)
	a.Role = archive.RoleWord(role)
	return a, err
}

func scanExportedRoom(r Scanner) (archive.Record, error) {
	var kind int
	var direct string
	room := &archive.Room{Type: "room"}
	err := r.Scan(&room.ID, &kind, &room.Name, &room.Topic, &room.Everyone, &direct, &room.Rev, &room.Posts,
		&room.LastAuthor, &room.LastAt, &room.Created, &room.Slow, &room.World)
	room.Kind, room.Direct = archive.Word(archive.RoomWords, kind), ParseIDs(direct)
	return room, err
}

func scanExportedMembership(r Scanner) (archive.Record, error) {
	var role, level int
	m := &archive.Membership{Type: "membership"}
	err := r.Scan(&m.Room, &m.Account, &role, &m.Rev, &m.Read, &m.Erased, &m.Joined, &m.Left, &level, &m.Muted, &m.Until, &m.Star, &m.Banned)
	m.Role = archive.Word(archive.MembershipWords, role)
	if level != 0 {
		m.Level = archive.Word(archive.LevelWords, level)
	}
	return m, err
}

// rawText is JSON that is stored as text; the empty object is none.
type rawText json.RawMessage

// Scan implements sql.Scanner.
func (t *rawText) Scan(v any) error {
	switch s := v.(type) {
	case string:
		*t = []byte(s)
	case []byte:
		*t = append([]byte(nil), s...)
	default:
		*t = nil
	}
	if string(*t) == "{}" || string(*t) == "null" {
		*t = nil
	}
	return nil
}
