package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"parley/app/chat"
)

const messageQuery = `SELECT m.id, m.room_id, m.rev, m.posts, m.kind, a.id, a.username, a.name, a.picture, a.bot_by IS NOT NULL, a.role < 0, m.at,
	m.cont, m.body, m.text,
	m.addressed, coalesce(m.cid, ''), coalesce(m.edited_at, 0), m.deleted_at IS NOT NULL, m.reactions,
	m.files, m.program, m.previews, m.replies, coalesce(m.reply_to, 0), q.text, q.files, coalesce(q.deleted_at, 0) > 0, coalesce(b.name, '')
	FROM messages m JOIN accounts a ON a.id = m.author_id
	LEFT JOIN messages q ON q.id = m.reply_to LEFT JOIN accounts b ON b.id = q.author_id `

// scanMessage scans a message with the names of rooms as they were when it was written;
// see withCurrentLabels.
func scanMessage(r Scanner) (chat.Message, error) {
	return scanLabelled(r, func(chat.RoomID) string { return "" })
}

// scanLabelled scans a message with the names that rooms have by name.
func scanLabelled(r Scanner, name func(chat.RoomID) string) (m chat.Message, err error) {
	var at, edited int64
	var text, reactions, files, program, previews, quoted, quotedFiles []byte
	var addressed string
	if err := r.Scan(&m.ID, &m.Room, &m.Rev, &m.Posts, &m.Kind, &m.Author.ID, &m.Author.Username, &m.Author.Name, &m.Author.Picture,
		&m.Author.Bot, &m.Author.Guest, &at, &m.Cont,
		&m.Body, &text, &addressed, &m.CID, &edited, &m.Deleted, &reactions,
		&files, &program, &previews, &m.Replies, &m.Quote.ID, &quoted, &quotedFiles, &m.Quote.Deleted, &m.Quote.By); err != nil {
		return m, err
	}
	m.At = FromMillis(at)
	if m.Deleted { // until it is erased its text is kept for an undo, and for nothing else
		m.Body, m.Quote = "", chat.Quote{ID: m.Quote.ID}
		return m, nil
	}
	m.Edited = FromMillis(edited)
	if err := quote(&m.Quote, quoted, quotedFiles, name); err != nil {
		return m, err
	}
	if m.Files, err = ParseFiles(files); err != nil {
		return m, err
	}
	if err := unmarshalKept(program, &m.Program); err != nil {
		return m, err
	}
	if err := unmarshalKept(previews, &m.Previews); err != nil {
		return m, err
	}
	if err := unmarshalKept(reactions, &m.Reactions); err != nil {
		return m, err
	}
	m.All = isToAll(addressed)
	m.For = ParseIDs(addressed)
	if m.Kind != chat.MessagePosted {
		return m, json.Unmarshal(text, &m.System)
	}
	err = json.Unmarshal(text, &m.Text)
	if strings.Contains(m.Body, "#") {
		m.Labels = m.Text.Relabel(name)
	}
	return m, err
}

// unmarshalKept reads a column of JSON that is empty in most rows: to stays as it is then.
func unmarshalKept(column []byte, to any) error {
	if len(column) == 0 {
		return nil
	}
	return json.Unmarshal(column, to)
}

// quote cuts what a message answers to what a line of it shows.
func quote(q *chat.Quote, parsed, files []byte, name func(chat.RoomID) string) error {
	if q.ID == 0 || q.Deleted {
		q.By = ""
		return nil
	}
	var text chat.Text
	if err := json.Unmarshal(parsed, &text); err != nil {
		return err
	}
	text.Relabel(name)
	with, err := ParseFiles(files)
	*q = chat.NewQuote(q.ID, q.By, text, with)
	return err
}

// toAll is how messages that are for everybody are addressed, before any ids.
const toAll = "all "

func addressed(n chat.NewMessage) string {
	if n.All {
		return toAll + chat.DirectKey(n.For)
	}
	return chat.DirectKey(n.For)
}

func isToAll(addressed string) bool { return strings.HasPrefix(addressed, toAll) }

func ParseIDs(s string) (ids []chat.AccountID) {
	for f := range strings.FieldsSeq(s) {
		n, err := strconv.ParseInt(f, 10, 64)
		if err == nil {
			ids = append(ids, chat.AccountID(n))
		}
	}
	return ids
}

// AddMessage implements chat.MessageStore. PostgreSQL stores plain words in another way, see
// db/postgres.
func (d *Store) AddMessage(ctx context.Context, n chat.NewMessage) (a chat.Added, err error) {
	text, err := json.Marshal(n.Text)
	if err != nil {
		return a, err
	}
	err = d.changeBeside(ctx, func(t *Tx) error {
		a, err = addMessage(t, n, text)
		return err
	})
	return d.AddedWithLabels(ctx, a, err)
}

// addMessage inserts a message with the next rev of its room, or finds the one that
// its author stored under the same client id.
func addMessage(t *Tx, n chat.NewMessage, text []byte) (chat.Added, error) {
	// Not nextRev first, as other changes do: a row that is returned costs half as much as
	// all the rest of this one, and the file is locked for the writer, which knows the rev.
	h, err := t.roomState(n.Room)
	if errors.Is(err, sql.ErrNoRows) { // it may have been said while there was a room
		return addedBefore(t, n)
	}
	if err != nil {
		return chat.Added{}, err
	}
	m := chat.Message{Room: n.Room, Rev: h.Rev + 1, Posts: h.Posts + 1, Author: n.Author, At: FromMillis(ToMillis(n.At)),
		Cont: h.Continues(n.Author.ID, n.At) && n.Program == nil,
		Body: n.Body, Text: n.Text, For: n.For, All: n.All, CID: n.CID, Program: n.Program, Previews: n.Previews}
	id, err := t.Insert(`INSERT INTO messages (room_id, rev, born, posts, kind, author_id, at, cont, body, text, addressed, cid)
		VALUES (?1, ?2, ?2, ?3, 0, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT (author_id, cid) DO NOTHING`,
		m.Room, m.Rev, m.Posts, m.Author.ID, ToMillis(m.At), m.Cont, m.Body, text, addressed(n), m.CID)
	if err == nil && id == 0 {
		return addedBefore(t, n)
	}
	if err != nil {
		return chat.Added{}, err
	}
	m.ID = chat.MessageID(id)
	if err = readByAuthor(t, m); err == nil {
		err = t.setNewest(m)
	}
	if err == nil {
		err = storeBeside(t, &m, n)
	}
	last := m.Rev
	if err == nil && n.Quote.ID != 0 {
		last, err = setReply(t, &m, n.Quote)
	}
	if err == nil {
		err = setMentions(t, m)
	}
	if err == nil {
		err = t.under.Index(t, m.ID)
	}
	return chat.Added{Message: m, Fresh: err == nil, LastRev: last}, err
}

// readByAuthor moves the author's read mark to what he says: that he has read. It is
// sql.ErrNoRows where he was removed meanwhile.
func readByAuthor(t *Tx, m chat.Message) error {
	in, err := t.Affect(`UPDATE memberships SET posts_read = ?, erased = 0, mentions = 0
		WHERE room_id = ? AND account_id = ? AND left_at IS NULL`, m.Posts, m.Room, m.Author.ID)
	if err == nil && in == 0 {
		err = sql.ErrNoRows
	}
	return err
}

// storeBeside stores what a new message brings beside its text: how a program says it, what
// its links lead to, its files.
func storeBeside(t *Tx, m *chat.Message, n chat.NewMessage) (err error) {
	if n.Program != nil {
		err = storeProgram(t, *m)
	}
	if err == nil && (len(n.Previews) > 0 || m.Fetches()) {
		err = storeFetched(t, *m, n.At)
	}
	if err == nil && len(n.Files) > 0 {
		m.Files, err = attachFiles(t, *m, n.Files)
	}
	return err
}

// storeProgram stores how a program says a message.
func storeProgram(t *Tx, m chat.Message) error {
	said, err := json.Marshal(m.Program)
	if err != nil {
		return err
	}
	return t.Exec("UPDATE messages SET program = ? WHERE id = ?", said, m.ID)
}

// addedBefore finds what this author stored under the same client id.
func addedBefore(t *Tx, n chat.NewMessage) (chat.Added, error) {
	m, err := oneMessage(t, messageQuery+"WHERE m.author_id = ? AND m.cid = ?", n.Author.ID, n.CID)
	return chat.Added{Message: m, LastRev: m.Rev}, err
}

// setReply makes a new message a reply, and counts it at the message that it
// answers, under the next rev.
func setReply(t *Tx, m *chat.Message, q chat.Quote) (chat.Rev, error) {
	m.Quote, m.Cont = q, false
	if err := t.Exec("UPDATE messages SET reply_to = ?, cont = 0 WHERE id = ?", q.ID, m.ID); err != nil {
		return 0, err
	}
	rev, err := nextRev(t, m.Room)
	if err != nil {
		return 0, err
	}
	n, err := t.Affect("UPDATE messages SET replies = replies + 1, rev = ? WHERE id = ? AND room_id = ? AND deleted_at IS NULL",
		rev, q.ID, m.Room)
	if err == nil && n == 0 {
		return rev, chat.Gone(chat.AnswersNothing)
	}
	return rev, err
}

func oneMessage(t *Tx, query string, args ...any) (m chat.Message, err error) {
	s, err := t.stmt(query)
	if err != nil {
		return m, err
	}
	return scanMessage(s.QueryRowContext(t.ctx, args...))
}

// Message implements chat.MessageStore.
func (d *Store) Message(ctx context.Context, id chat.MessageID) (chat.Message, error) {
	return d.message(ctx, "WHERE m.id = ?", id)
}

// MessageByCID implements chat.MessageStore.
func (d *Store) MessageByCID(ctx context.Context, author chat.AccountID, cid string) (chat.Message, error) {
	return d.message(ctx, "WHERE m.author_id = ? AND m.cid = ?", author, cid)
}

func (d *Store) message(ctx context.Context, where string, args ...any) (chat.Message, error) {
	m, err := oneRow(ctx, d, scanMessage, messageQuery+where, args...)
	return d.withCurrentLabel(ctx, m, err)
}
