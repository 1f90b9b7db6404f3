package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"parley/app/chat"
)

const messageQuery = `SELECT m.id, m.room_id, m.rev, m.posts, m.kind, a.id, a.username, a.name, m.at, m.cont, m.body, m.text,
	m.addressed, coalesce(m.cid, ''), coalesce(m.edited_at, 0), m.deleted_at IS NOT NULL, m.reactions,
	m.replies, coalesce(m.reply_to, 0), q.text, coalesce(q.deleted_at, 0) > 0, coalesce(b.name, '')
	FROM messages m JOIN accounts a ON a.id = m.author_id
	LEFT JOIN messages q ON q.id = m.reply_to LEFT JOIN accounts b ON b.id = q.author_id `

func scanMessage(r scanner) (m chat.Message, err error) {
	var at, edited int64
	var text, reactions, quoted []byte
	var addressed string
	if err := r.Scan(&m.ID, &m.Room, &m.Rev, &m.Posts, &m.Kind, &m.Author.ID, &m.Author.Username, &m.Author.Name, &at, &m.Cont,
		&m.Body, &text, &addressed, &m.CID, &edited, &m.Deleted, &reactions,
		&m.Replies, &m.Quote.ID, &quoted, &m.Quote.Deleted, &m.Quote.By); err != nil {
		return m, err
	}
	m.At = moment(at)
	if m.Deleted { // until it is erased its text is kept for an undo, and for nothing else
		m.Body, m.Quote = "", chat.Quote{ID: m.Quote.ID}
		return m, nil
	}
	m.Edited = moment(edited)
	if err := quote(&m.Quote, quoted); err != nil {
		return m, err
	}
	m.All = strings.HasPrefix(addressed, toAll)
	m.For = parseIDs(addressed)
	if len(reactions) > 0 {
		if err := json.Unmarshal(reactions, &m.Reactions); err != nil {
			return m, err
		}
	}
	if m.Kind == chat.Said {
		return m, json.Unmarshal(text, &m.Text)
	}
	return m, json.Unmarshal(text, &m.Event)
}

// quote cuts what a message answers to what a line of it shows.
func quote(q *chat.Quote, parsed []byte) error {
	if q.ID == 0 || q.Deleted {
		q.By = ""
		return nil
	}
	var text chat.Text
	if err := json.Unmarshal(parsed, &text); err != nil {
		return err
	}
	*q = chat.NewQuote(q.ID, q.By, text)
	return nil
}

// toAll is how messages that are for everybody are addressed, before any ids.
const toAll = "all "

func addressed(n chat.NewMessage) string {
	if n.All {
		return toAll + chat.DirectKey(n.For)
	}
	return chat.DirectKey(n.For)
}

func parseIDs(s string) (ids []chat.AccountID) {
	for f := range strings.FieldsSeq(s) {
		n, err := strconv.ParseInt(f, 10, 64)
		if err == nil {
			ids = append(ids, chat.AccountID(n))
		}
	}
	return ids
}

// AddMessage implements chat.MessageStore.
func (d *DB) AddMessage(ctx context.Context, n chat.NewMessage) (m chat.Message, fresh bool, err error) {
	text, err := json.Marshal(n.Text)
	if err != nil {
		return m, false, err
	}
	err = d.changeThen(ctx, func(t *tx) error {
		m, fresh, err = addMessage(t, n, text)
		return err
	}, func() { stored(n, m, fresh) })
	return m, fresh, err
}

func stored(n chat.NewMessage, m chat.Message, fresh bool) {
	if fresh && n.Stored != nil {
		n.Stored(m)
	}
}

// addMessage inserts a message with the next rev of its room, or finds the one
// that its author stored under the same client id. The trigger "posted" moves the
// room and the author's read mark.
func addMessage(t *tx, n chat.NewMessage, text []byte) (m chat.Message, fresh bool, err error) {
	m = chat.Message{Room: n.Room, Author: n.Author, At: moment(millis(n.At)), Body: n.Body, Text: n.Text, For: n.For, All: n.All, CID: n.CID}
	err = t.one(counts+`INSERT INTO messages (room_id, rev, born, posts, kind, author_id, at, cont, body, text, addressed, cid)
		SELECT r.id, r.rev + 1, r.rev + 1, r.posts + 1, 0, ?1, ?2, r.last_author = ?1 AND ?2 - r.last_at <= ?3, ?4, ?5, ?6, ?7
		FROM rooms r JOIN memberships m ON m.room_id = r.id AND m.account_id = ?1 AND m.left_at IS NULL
		WHERE r.id = ?8 AND r.deleted_at IS NULL
		ON CONFLICT (author_id, cid) DO NOTHING RETURNING id, rev, posts, cont`,
		[]any{n.Author.ID, millis(n.At), chat.Continued.Milliseconds(), n.Body, text, addressed(n), n.CID, n.Room},
		&m.ID, &m.Rev, &m.Posts, &m.Cont)
	if errors.Is(err, sql.ErrNoRows) { // said before, or the author was put out meanwhile
		m, err = one(t, messageQuery+"WHERE m.author_id = ? AND m.cid = ?", n.Author.ID, n.CID)
		return m, false, err
	}
	if err != nil {
		return m, false, err
	}
	t.moved(m.Room)
	if n.Quote.ID != 0 {
		if err := answer(t, &m, n.Quote); err != nil {
			return m, false, err
		}
	}
	return m, true, address(t, m)
}

// answer makes a new message a reply, and counts it at the message that it
// answers, under the next rev.
func answer(t *tx, m *chat.Message, q chat.Quote) error {
	m.Quote, m.Cont = q, false
	if err := t.exec("UPDATE messages SET reply_to = ?, cont = 0 WHERE id = ?", q.ID, m.ID); err != nil {
		return err
	}
	rev, err := grow(t, m.Room)
	if err != nil {
		return err
	}
	n, err := t.affect("UPDATE messages SET replies = replies + 1, rev = ? WHERE id = ? AND room_id = ? AND deleted_at IS NULL", rev, q.ID, m.Room)
	if err == nil && n == 0 {
		return chat.Gone(chat.AnswersNothing)
	}
	return err
}

func one(t *tx, query string, args ...any) (m chat.Message, err error) {
	s, err := t.stmt(query)
	if err != nil {
		return m, err
	}
	return scanMessage(s.QueryRowContext(t.ctx, args...))
}

// AddDirect implements chat.MessageStore.
func (d *DB) AddDirect(ctx context.Context, people []chat.AccountID, n chat.NewMessage) (m chat.Message, fresh bool, err error) {
	text, err := json.Marshal(n.Text)
	if err != nil {
		return m, false, err
	}
	err = d.changeThen(ctx, func(t *tx) error {
		if n.Room, err = direct(t, people, n); err != nil {
			return err
		}
		m, fresh, err = addMessage(t, n, text)
		if err == nil && !fresh && m.Room != n.Room {
			return chat.Conflict("cid", "This message was sent elsewhere already.")
		}
		return err
	}, func() { stored(n, m, fresh) })
	return m, fresh, err
}

// direct finds the conversation of these people, or makes it.
func direct(t *tx, people []chat.AccountID, n chat.NewMessage) (id chat.RoomID, err error) {
	key := chat.DirectKey(people)
	err = t.one("SELECT id FROM rooms WHERE direct = ?", []any{key}, &id)
	if !errors.Is(err, sql.ErrNoRows) {
		return id, err
	}
	if err := t.one("INSERT INTO rooms (kind, name, direct, people, created_at) VALUES (?, '', ?, ?, ?) RETURNING id",
		[]any{chat.Direct, key, len(parseIDs(key)), millis(n.At)}, &id); err != nil {
		return 0, err
	}
	for _, p := range parseIDs(key) {
		if err := t.exec("INSERT INTO memberships (room_id, account_id, rev, posts_read, joined_at) VALUES (?, ?, 0, 0, ?)", id, p, millis(n.At)); err != nil {
			return 0, err
		}
	}
	return id, nil
}

// Message implements chat.MessageStore.
func (d *DB) Message(ctx context.Context, id chat.MessageID) (chat.Message, error) {
	return d.message(ctx, "WHERE m.id = ?", id)
}

// MessageByCID implements chat.MessageStore.
func (d *DB) MessageByCID(ctx context.Context, author chat.AccountID, cid string) (chat.Message, error) {
	return d.message(ctx, "WHERE m.author_id = ? AND m.cid = ?", author, cid)
}

func (d *DB) message(ctx context.Context, where string, args ...any) (chat.Message, error) {
	s, err := d.stmt(ctx, messageQuery+where)
	if err != nil {
		return chat.Message{}, fault(err)
	}
	m, err := scanMessage(s.QueryRowContext(ctx, args...))
	return m, fault(err)
}

const (
	newestRows = messageQuery + "WHERE m.room_id = ? ORDER BY m.id DESC LIMIT ?"
	olderRows  = messageQuery + "WHERE m.room_id = ? AND m.id < ? ORDER BY m.id DESC LIMIT ?"
	newerRows  = messageQuery + "WHERE m.room_id = ? AND m.id > ? ORDER BY m.id LIMIT ?"
	changeRows = messageQuery + "WHERE m.room_id = ? AND m.rev > ? AND m.rev <= ? AND m.rev <> m.born ORDER BY m.rev LIMIT ?"
	freshRows  = messageQuery + "WHERE m.room_id = ? AND m.id > ? AND m.rev <= ? ORDER BY m.id LIMIT ?"
	bornRows   = "SELECT id, born FROM messages WHERE room_id = ? AND born <= ? ORDER BY id DESC LIMIT ?"
)

// Page implements chat.MessageStore.
func (d *DB) Page(ctx context.Context, room chat.RoomID, s chat.Span, size int) (chat.Page, error) {
	switch {
	case s.Before != 0:
		older, more, err := d.run(ctx, size, olderRows, room, s.Before)
		slices.Reverse(older)
		return chat.Page{Messages: older, Older: more, Newer: true}, err
	case s.After != 0:
		newer, more, err := d.run(ctx, size, newerRows, room, s.After)
		return chat.Page{Messages: newer, Older: true, Newer: more}, err
	case s.Around != 0:
		older, before, err := d.run(ctx, size/2, olderRows, room, s.Around)
		if err != nil {
			return chat.Page{}, err
		}
		slices.Reverse(older)
		newer, after, err := d.run(ctx, size/2+1, newerRows, room, s.Around-1)
		return chat.Page{Messages: append(older, newer...), Older: before, Newer: after}, err
	}
	if size == chat.PageSize {
		return d.newestPage(ctx, room)
	}
	return d.readNewest(ctx, room, size)
}

// newest is the newest page of a room as it was at a time of moves.
type newest struct {
	at   uint64
	page chat.Page
}

// maxNewest bounds the text of a page that is kept.
const maxNewest = 64 << 10

// newestPage is what nearly every visit of a room asks for: kept until the room
// moves.
func (d *DB) newestPage(ctx context.Context, room chat.RoomID) (chat.Page, error) {
	kept, wave := d.newest.peek(room)
	if kept.page.Messages != nil && !d.moves.since(kept.at, room) {
		return kept.page, nil
	}
	at := d.moves.now() // before the rows: they may be newer, never older
	p, err := d.readNewest(ctx, room, chat.PageSize)
	text := 0
	for _, m := range p.Messages {
		text += len(m.Body)
	}
	if err == nil && text <= maxNewest {
		d.newest.keep(wave, room, newest{at, p})
	}
	return p, err
}

func (d *DB) readNewest(ctx context.Context, room chat.RoomID, size int) (chat.Page, error) {
	rows, more, err := d.run(ctx, size, newestRows, room)
	slices.Reverse(rows)
	return chat.Page{Messages: rows, Older: more}, err
}

// run reads up to size rows and says whether there would have been more.
func (d *DB) run(ctx context.Context, size int, query string, args ...any) ([]chat.Message, bool, error) {
	rows, err := all(ctx, d, scanMessage, query, append(args, size+1)...)
	if len(rows) > size {
		return rows[:size], true, err
	}
	return rows, false, err
}

// ChangesSince implements chat.MessageStore.
func (d *DB) ChangesSince(ctx context.Context, room chat.RoomID, since chat.Rev, limit int) (c chat.Changes, err error) {
	// What is committed after this line has a higher rev, and is left for the next time.
	if err := d.one(ctx, "SELECT rev FROM rooms WHERE id = ? AND deleted_at IS NULL", []any{room}, &c.Rev); err != nil {
		return c, err
	}
	if since >= c.Rev {
		return c, nil
	}
	if c.Messages, c.Reset, err = d.changes(ctx, room, since, c.Rev, limit); err != nil {
		return c, err
	}
	c.Gone, err = all(ctx, d, func(r scanner) (id chat.AccountID, err error) { return id, r.Scan(&id) },
		"SELECT account_id FROM memberships WHERE room_id = ? AND rev > ? AND rev <= ? AND left_at IS NOT NULL", room, since, c.Rev)
	return c, err
}

// changes finds the rows of a room whose latest rev is in (since, upto], in order:
// the new ones, from the end of the room, and older ones that were changed.
func (d *DB) changes(ctx context.Context, room chat.RoomID, since, upto chat.Rev, limit int) ([]chat.Message, bool, error) {
	type born struct {
		id  chat.MessageID
		rev chat.Rev
	}
	last, err := all(ctx, d, func(r scanner) (b born, err error) { return b, r.Scan(&b.id, &b.rev) }, bornRows, room, upto, min(int64(upto-since), int64(limit))+1)
	if err != nil {
		return nil, false, err
	}
	n := slices.IndexFunc(last, func(b born) bool { return b.rev <= since })
	if n < 0 && len(last) > limit {
		return nil, true, nil
	}
	var floor chat.MessageID // the newest row that was there
	if n >= 0 {
		floor = last[n].id
	}
	rows, reset, err := d.run(ctx, limit, changeRows, room, since, upto)
	if err != nil || reset {
		return nil, reset, err
	}
	rows = slices.DeleteFunc(rows, func(m chat.Message) bool { return m.ID > floor })
	slices.SortFunc(rows, func(a, b chat.Message) int { return int(a.ID - b.ID) })
	fresh, reset, err := d.run(ctx, limit-len(rows), freshRows, room, floor, upto)
	if err != nil || reset {
		return nil, reset, err
	}
	return append(rows, fresh...), false, nil
}

// SetRead implements chat.MessageStore.
func (d *DB) SetRead(ctx context.Context, room chat.RoomID, who chat.AccountID, upto chat.MessageID) (moved bool, err error) {
	err = d.changeThen(ctx, func(t *tx) error {
		n, err := t.affect(counts+`UPDATE memberships SET posts_read = p.posts,
			mentions = (SELECT count(*) FROM mentions WHERE account_id = ?2 AND room_id = ?1 AND message_id > ?3)
			FROM (SELECT posts FROM messages WHERE room_id = ?1 AND id <= ?3 ORDER BY id DESC LIMIT 1) AS p
			WHERE memberships.room_id = ?1 AND memberships.account_id = ?2 AND left_at IS NULL AND posts_read < p.posts`, room, who, upto)
		moved = n > 0
		return err
	}, func() { d.sidebars.forget(who) })
	return moved, err
}

// SetUnread implements chat.MessageStore.
func (d *DB) SetUnread(ctx context.Context, room chat.RoomID, who chat.AccountID, from chat.MessageID) error {
	return d.changeThen(ctx, func(t *tx) error {
		return t.exec(counts+`UPDATE memberships SET posts_read = p.posts - 1,
			mentions = (SELECT count(*) FROM mentions WHERE account_id = ?2 AND room_id = ?1 AND message_id >= ?3)
			FROM (SELECT posts FROM messages WHERE room_id = ?1 AND id = ?3 AND kind = 0) AS p
			WHERE memberships.room_id = ?1 AND memberships.account_id = ?2 AND left_at IS NULL`, room, who, from)
	}, func() { d.sidebars.forget(who) })
}
