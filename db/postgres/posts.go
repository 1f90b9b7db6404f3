package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"parley/app/chat"
	"parley/db"
)

// posts is a group of posts in a transaction.
type posts struct {
	conn  *pgx.Conn
	locks lockKeys

	rooms   map[chat.RoomID]*postedRoom
	before  map[authored]bool // stored before
	members map[db.RoomAccount]bool
	ids     []int64

	format, oldest int64
}

type authored struct {
	by  chat.AccountID
	cid string
}

// postedRoom is where a room stands, and how it is indexed.
type postedRoom struct {
	db.RoomState
	id     chat.RoomID
	last   chat.MessageID
	kind   chat.RoomKind
	direct string
}

// begin locks the rooms of a group in the order of their ids, and reads what decides of its
// posts: all of that is one message.
func (g *posts) begin(ctx context.Context, group []*post) error {
	var rooms, authors []int64
	var cids []string
	for _, one := range group {
		rooms, authors, cids = append(rooms, int64(one.Room)), append(authors, int64(one.Author.ID)), append(cids, one.CID)
	}
	g.rooms, g.before, g.members = map[chat.RoomID]*postedRoom{}, map[authored]bool{}, map[db.RoomAccount]bool{}
	b := &pgx.Batch{}
	b.Queue("BEGIN ISOLATION LEVEL READ COMMITTED")
	b.Queue("SELECT pg_advisory_xact_lock_shared($1)", g.locks.key(changes))
	b.Queue(readFormat).QueryRow(func(row pgx.Row) error { return row.Scan(&g.format, &g.oldest) })
	b.Queue(`SELECT id, rev, posts, last_author, last_at, kind, coalesce(direct, '') FROM rooms
		WHERE id = ANY ($1::bigint[]) AND deleted_at IS NULL ORDER BY id FOR UPDATE`, rooms).Query(func(rows pgx.Rows) error {
		var r postedRoom
		_, err := pgx.ForEachRow(rows, []any{&r.id, &r.Rev, &r.Posts, &r.Author, &r.At, &r.kind, &r.direct}, func() error {
			one := r
			g.rooms[r.id] = &one
			return nil
		})
		return err
	})
	b.Queue("SELECT m.author_id, m.cid FROM unnest($1::bigint[], $2::text[]) AS p (author_id, cid) JOIN messages m USING (author_id, cid)",
		authors, cids).Query(func(rows pgx.Rows) error {
		var a authored
		_, err := pgx.ForEachRow(rows, []any{&a.by, &a.cid}, func() error { g.before[a] = true; return nil })
		return err
	})
	b.Queue(`SELECT m.room_id, m.account_id FROM unnest($1::bigint[], $2::bigint[]) AS p (room_id, account_id)
		JOIN memberships m USING (room_id, account_id) WHERE m.left_at IS NULL`, rooms, authors).Query(func(rows pgx.Rows) error {
		var a db.RoomAccount
		_, err := pgx.ForEachRow(rows, []any{&a.Room, &a.Who}, func() error { g.members[a] = true; return nil })
		return err
	})
	b.Queue("SELECT nextval(pg_get_serial_sequence('messages', 'id')) FROM generate_series(1, $1)",
		len(group)).Query(func(rows pgx.Rows) error {
		var err error
		g.ids, err = pgx.CollectRows(rows, pgx.RowTo[int64])
		return err
	})
	return g.conn.SendBatch(ctx, b).Close()
}

// number gives each post that may be stored its place in the log of its room, in the
// order in which they came.
func (g *posts) number(group []*post) (stored, left []*post) {
	for i, one := range group {
		r := g.rooms[one.Room]
		if r == nil || g.before[authored{one.Author.ID, one.CID}] || !g.members[db.RoomAccount{Room: one.Room, Who: one.Author.ID}] {
			left = append(left, one)
			continue
		}
		at := db.ToMillis(one.At)
		m := chat.Message{ID: chat.MessageID(g.ids[i]), Room: one.Room, Rev: r.Rev + 1, Posts: r.Posts + 1, Author: one.Author,
			At: db.FromMillis(at), Cont: r.Continues(one.Author.ID, one.At), Body: one.Body, Text: one.Text, CID: one.CID}
		r.RoomState, r.last = db.RoomState{Rev: m.Rev, Posts: m.Posts, Author: m.Author.ID, At: at}, m.ID
		one.added = chat.Added{Message: m, Fresh: true, LastRev: m.Rev}
		one.vector = vector(db.Entry{Message: m, Kind: r.kind, Direct: r.direct})
		stored = append(stored, one)
	}
	return stored, left
}

// end stores what was numbered, and commits it: all of that is one message.
func (g *posts) end(ctx context.Context, stored []*post) error {
	b := &pgx.Batch{}
	if len(stored) > 0 {
		g.insert(b, stored)
		g.move(b, stored)
	}
	b.Queue("COMMIT")
	return g.conn.SendBatch(ctx, b).Close()
}

func (g *posts) insert(b *pgx.Batch, stored []*post) {
	n := len(stored)
	ids, rooms, revs, counts, authors, ats, conts := make([]int64, n), make([]int64, n), make([]int64, n), make([]int64, n),
		make([]int64, n), make([]int64, n), make([]int64, n)
	bodies, cids, vectors, texts := make([]string, n), make([]string, n), make([]string, n), make([][]byte, n)
	for i, one := range stored {
		m := one.added.Message
		ids[i], rooms[i], revs[i], counts[i], authors[i] = int64(m.ID), int64(m.Room), int64(m.Rev), m.Posts, int64(m.Author.ID)
		ats[i], bodies[i], cids[i], vectors[i], texts[i] = db.ToMillis(m.At), m.Body, m.CID, one.vector, one.text
		if m.Cont {
			conts[i] = 1
		}
	}
	b.Queue(`INSERT INTO messages (id, room_id, rev, born, posts, kind, author_id, at, cont, body, text, addressed, cid)
		SELECT id, room_id, rev, rev, posts, 0, author_id, at, cont, body, text, '', cid
		FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::text[], $9::bytea[], $10::text[])
			AS p (id, room_id, rev, posts, author_id, at, cont, body, text, cid)`,
		ids, rooms, revs, counts, authors, ats, conts, bodies, texts, cids)
	b.Queue("INSERT INTO words (message_id, at, word) SELECT id, at, v::tsvector FROM unnest($1::bigint[], $2::bigint[], $3::text[]) AS p (id, at, v)",
		ids, ats, vectors)
}

// move moves the rooms on, and what their authors have read.
func (g *posts) move(b *pgx.Batch, stored []*post) {
	read := map[db.RoomAccount]int64{}
	moved := map[chat.RoomID]bool{}
	for _, one := range stored {
		read[db.RoomAccount{Room: one.Room, Who: one.Author.ID}] = one.added.Posts
		moved[one.Room] = true
	}
	var rooms, people, counts []int64
	for a, posts := range read {
		rooms, people, counts = append(rooms, int64(a.Room)), append(people, int64(a.Who)), append(counts, posts)
	}
	b.Queue(`UPDATE memberships m SET posts_read = p.posts, erased = 0, mentions = 0
		FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS p (room_id, account_id, posts)
		WHERE m.room_id = p.room_id AND m.account_id = p.account_id`, rooms, people, counts)
	var ids, revs, posts, last, authors, ats []int64
	for id := range moved {
		r := g.rooms[id]
		ids, revs, posts = append(ids, int64(id)), append(revs, int64(r.Rev)), append(posts, r.Posts)
		last, authors, ats = append(last, int64(r.last)), append(authors, int64(r.Author)), append(ats, r.At)
	}
	b.Queue(`UPDATE rooms r SET rev = p.rev, posts = p.posts, last_id = p.last, last_author = p.author, last_at = p.at
		FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[]) AS p (id, rev, posts, last, author, at)
		WHERE r.id = p.id`, ids, revs, posts, last, authors, ats)
}
