package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"parley/app/chat"
)

const roomColumns = "r.id, r.kind, r.name, r.topic, r.everyone, r.rev, r.posts, r.last_id, r.people, r.slow, r.picture, r.world, r.queue, r.created_at"

// roomFields are the places that roomColumns scan into.
func roomFields(r *chat.Room, created *int64) []any {
	return []any{&r.ID, &r.Kind, &r.Name, &r.Topic, &r.Everyone, &r.Rev, &r.Posts, &r.Last, &r.People, &r.Slow, &r.Picture,
		&r.World, &r.Queue, created}
}

// roomForQuery finds rooms, with the membership of somebody (?1) in them.
const roomForQuery = "SELECT " + roomColumns + `, m.left_at IS NULL AND m.account_id IS NOT NULL, coalesce(m.banned, 0),
	coalesce(m.owner, 0), coalesce(m.posts_read, 0), coalesce(m.erased, 0), coalesce(m.mentions, 0),
	coalesce(m.level, 0), coalesce(m.muted, 0), coalesce(m.muted_until, 0), coalesce(m.starred, 0)
	FROM rooms r LEFT JOIN memberships m ON m.room_id = r.id AND m.account_id = ?1 WHERE r.deleted_at IS NULL`

// roomFor is a room as it is for somebody.
type roomFor struct {
	chat.Room
	chat.Membership
	in, banned bool
}

func scanRoomFor(r Scanner) (v roomFor, err error) {
	var created int64
	m := &v.Membership
	err = r.Scan(append(roomFields(&v.Room, &created), &v.in, &v.banned,
		&m.Rank, &m.Read, &m.Erased, &m.Mentions, &m.Level, &m.Muted, (*millis)(&m.MutedUntil), &m.Star)...)
	v.Created = FromMillis(created)
	return v, err
}

// RoomFor implements chat.RoomStore.
func (d *Store) RoomFor(ctx context.Context, room chat.RoomID, who chat.AccountID) (chat.Room, *chat.Membership, error) {
	v, err := oneRow(ctx, d, scanRoomFor, roomForQuery+" AND r.id = ?2", who, room)
	switch {
	case err != nil:
		return v.Room, nil, err
	case v.banned: // for him it does not exist
		return chat.Room{}, nil, chat.NotFound()
	case !v.in:
		return v.Room, nil, nil
	}
	return v.Room, &v.Membership, nil
}

// RoomAccess implements chat.RoomStore.
func (d *Store) RoomAccess(ctx context.Context, room chat.RoomID, who chat.AccountID) (chat.Room, *chat.Membership, error) {
	return d.RoomFor(ctx, room, who)
}

const sideQuery = "SELECT " + roomColumns + `, m.owner, m.posts_read, m.erased, m.mentions, m.level, m.muted, m.muted_until, m.starred
	FROM memberships m JOIN rooms r ON r.id = m.room_id
	WHERE m.account_id = ? AND m.left_at IS NULL AND r.deleted_at IS NULL`

func scanSideRoom(r Scanner) (s chat.SidebarRoom, err error) {
	var created int64
	err = r.Scan(append(roomFields(&s.Room, &created), &s.Rank, &s.Read, &s.Erased, &s.Mentions, &s.Level, &s.Muted, (*millis)(&s.MutedUntil),
		&s.Star)...)
	s.Created = FromMillis(created)
	return s, err
}

// Sidebar implements chat.RoomStore.
func (d *Store) Sidebar(ctx context.Context, who chat.AccountID) ([]chat.SidebarRoom, error) {
	rooms, err := All(ctx, d, scanSideRoom, sideQuery+` ORDER BY r.kind = 2,
		CASE WHEN r.kind = 2 THEN -r.last_id ELSE 0 END, lower(r.name), r.id`, who)
	if err != nil || len(rooms) == 0 || rooms[len(rooms)-1].Kind != chat.Direct {
		return rooms, err
	}
	with, err := d.directPeople(ctx, who, 0)
	for i := range rooms {
		rooms[i].With = with[rooms[i].ID]
	}
	return rooms, err
}

// RoomsInCommon implements chat.RoomStore.
func (d *Store) RoomsInCommon(ctx context.Context, who, other chat.AccountID) ([]chat.SidebarRoom, error) {
	return All(ctx, d, scanSideRoom, sideQuery+` AND r.kind <> 2
		AND EXISTS (SELECT 1 FROM memberships o WHERE o.room_id = r.id AND o.account_id = ? AND o.left_at IS NULL)
		ORDER BY lower(r.name), r.id`, who, other)
}

// SidebarRoom implements chat.RoomStore.
func (d *Store) SidebarRoom(ctx context.Context, who chat.AccountID, room chat.RoomID) (s chat.SidebarRoom, err error) {
	if s, err = oneRow(ctx, d, scanSideRoom, sideQuery+" AND r.id = ?", who, room); err != nil || s.Kind != chat.Direct {
		return s, err
	}
	with, err := d.directPeople(ctx, who, room)
	s.With = with[room]
	return s, err
}

// directPeople finds the others of one direct conversation, or of all (0) that a person is in.
func (d *Store) directPeople(ctx context.Context, who chat.AccountID, only chat.RoomID) (map[chat.RoomID][]chat.Person, error) {
	type row struct {
		room chat.RoomID
		chat.Person
	}
	rows, err := All(ctx, d, func(r Scanner) (v row, err error) {
		return v, r.Scan(&v.room, &v.ID, &v.Username, &v.Name, &v.Picture)
	}, `SELECT o.room_id, a.id, a.username, a.name, a.picture FROM memberships m
		JOIN rooms r ON r.id = m.room_id AND r.kind = 2
		JOIN memberships o ON o.room_id = m.room_id AND o.account_id <> m.account_id
		JOIN accounts a ON a.id = o.account_id
		WHERE m.account_id = ?1 AND m.left_at IS NULL AND (CAST(?2 AS BIGINT) = 0 OR m.room_id = ?2)
		ORDER BY o.room_id, a.name_folded`, who, only)
	with := map[chat.RoomID][]chat.Person{}
	for _, v := range rows {
		with[v.room] = append(with[v.room], v.Person)
	}
	return with, err
}

// OpenRooms implements chat.RoomStore.
func (d *Store) OpenRooms(ctx context.Context, who chat.AccountID, query string, limit int) ([]chat.RoomListing, error) {
	return All(ctx, d, func(r Scanner) (l chat.RoomListing, err error) {
		var created int64
		err = r.Scan(append(roomFields(&l.Room, &created), &l.In)...)
		l.Created = FromMillis(created)
		return l, err
	}, "SELECT "+roomColumns+`, m.account_id IS NOT NULL FROM rooms r
		LEFT JOIN memberships m ON m.room_id = r.id AND m.account_id = ?1 AND m.left_at IS NULL
		WHERE r.kind = 0 AND r.deleted_at IS NULL AND r.id NOT IN (SELECT room_id FROM memberships WHERE account_id = ?1 AND banned = 1)
		AND lower(r.name) LIKE ?2 ESCAPE '\' ORDER BY lower(r.name) LIMIT ?3`,
		who, "%"+begins(query), limit)
}

// OpenRoomsNamed implements chat.RoomStore.
func (d *Store) OpenRoomsNamed(ctx context.Context, names []string) (map[string]chat.RoomLink, error) {
	skeletons := make([]string, len(names))
	for i, folded := range names {
		skeletons[i] = chat.Skeleton(folded)
	}
	found, err := All(ctx, d, func(r Scanner) (l chat.RoomLink, err error) { return l, r.Scan(&l.ID, &l.Name) },
		`SELECT id, name FROM rooms WHERE kind = 0 AND deleted_at IS NULL AND skeleton IN texts(?)`, JSONList(skeletons))
	links := map[string]chat.RoomLink{}
	for _, l := range found {
		if folded := chat.FoldName(l.Name); slices.Contains(names, folded) { // and not one that only looks like it
			links[folded] = l
		}
	}
	return links, err
}

// Members implements chat.RoomStore.
func (d *Store) Members(ctx context.Context, room chat.RoomID) ([]chat.RoomMember, error) {
	return All(ctx, d, func(r Scanner) (o chat.RoomMember, err error) {
		return o, r.Scan(&o.ID, &o.Username, &o.Name, &o.Picture, &o.Bot, &o.Guest, &o.Rank, &o.Deactivated)
	}, `SELECT a.id, a.username, a.name, a.picture, a.bot_by IS NOT NULL, a.role < 0, m.owner, a.disabled_at IS NOT NULL FROM memberships m JOIN accounts a ON a.id = m.account_id
		JOIN rooms r ON r.id = m.room_id
		WHERE m.room_id = ? AND m.left_at IS NULL AND (a.disabled_at IS NULL OR r.kind = 2) ORDER BY a.bot_by IS NOT NULL, a.name_folded, a.id`, room)
}

// MemberIDs implements chat.RoomStore.
func (d *Store) MemberIDs(ctx context.Context, room chat.RoomID) ([]chat.AccountID, error) {
	return All(ctx, d, ScanID[chat.AccountID], "SELECT account_id FROM memberships WHERE room_id = ? AND left_at IS NULL", room)
}

// ReadMarks implements chat.RoomStore.
func (d *Store) ReadMarks(ctx context.Context, room chat.RoomID,
	people []chat.AccountID) (chat.Room, map[chat.AccountID]chat.Membership, error) {
	r, _, err := d.RoomFor(ctx, room, 0)
	if err != nil {
		return r, nil, err
	}
	marks := map[chat.AccountID]chat.Membership{}
	query, args := `SELECT account_id, owner, posts_read, erased, mentions, level, muted, starred FROM memberships
		WHERE room_id = ? AND left_at IS NULL`, []any{room}
	if people != nil {
		query, args = query+" AND account_id IN ids(?)", append(args, JSONList(people))
	}
	_, err = All(ctx, d, func(s Scanner) (x struct{}, err error) {
		var id chat.AccountID
		var m chat.Membership
		err = s.Scan(&id, &m.Rank, &m.Read, &m.Erased, &m.Mentions, &m.Level, &m.Muted, &m.Star)
		marks[id] = m
		return x, err
	}, query, args...)
	return r, marks, err
}

// Direct implements chat.RoomStore.
func (d *Store) Direct(ctx context.Context, people []chat.AccountID) (id chat.RoomID, err error) {
	return id, d.One(ctx, "SELECT id FROM rooms WHERE direct = ? AND deleted_at IS NULL", []any{chat.DirectKey(people)}, &id)
}

// nameTaken answers chat.ErrConflict when an open room looks the same. Names of
// others tell nobody that they are there, and so take nothing from anybody.
func nameTaken(t *Tx, name string, except chat.RoomID) error {
	var id chat.RoomID
	err := t.One("SELECT id FROM rooms WHERE (skeleton IN (?1, ?2) OR drawn IN (?1, ?2)) AND id <> ?3",
		[]any{chat.Skeleton(name), chat.Drawn(name), except}, &id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err == nil {
		err = chat.ErrConflict
	}
	return fmt.Errorf("room name: %w", err)
}

// drawnName is what an open room's name is compared by; NULL for any other.
func drawnName(kind chat.RoomKind, name string) (skeleton, drawn any) {
	if kind != chat.Open {
		return nil, nil
	}
	return chat.Skeleton(name), chat.Drawn(name)
}
