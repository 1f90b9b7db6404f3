package db

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"parley/app/chat"
)

// ParseFiles reads the files of a message as they are stored with it.
func ParseFiles(stored []byte) (files []chat.File, err error) {
	err = unmarshalKept(stored, &files)
	return files, err
}

const fileColumns = "f.id, f.token, f.name, f.kind, f.type, f.size, f.width, f.height, f.alt, f.state, f.moves, f.gone"

func scanFile(r Scanner, more ...any) (f chat.File, err error) {
	err = r.Scan(append([]any{&f.ID, &f.Token, &f.Name, &f.Kind, &f.Type, &f.Size, &f.Width, &f.Height, &f.Alt, &f.State,
		&f.Moves, &f.Gone}, more...)...)
	return f, err
}

// attachFiles gives uploads of its author to a new message, in order. One may have become
// ready since the rules looked, so that each is read again.
func attachFiles(t *Tx, m chat.Message, files []chat.File) ([]chat.File, error) {
	for i, f := range files {
		n, err := t.Affect(`UPDATE files SET message_id = ?, room_id = ?, place = ?, alt = ?, folded = ?
			WHERE id = ? AND by_id = ? AND room_id IS NULL AND use = 0 AND done = 1`,
			m.ID, m.Room, i, f.Alt, foldedFile(f), f.ID, m.Author.ID)
		if err != nil {
			return nil, err
		}
		if n == 0 {
			return nil, chat.Conflict("file", "One of the files is not here any more. Choose it again.")
		}
	}
	return storeFiles(t, m.ID)
}

// foldedFile is what the list of a room's files is filtered by.
func foldedFile(f chat.File) string { return chat.FoldName(f.Name + " " + f.Alt) }

// storeFiles notes the files of a message with it, as they now are.
func storeFiles(t *Tx, id chat.MessageID) ([]chat.File, error) {
	files, err := List(t, func(r Scanner) (chat.File, error) { return scanFile(r) },
		"SELECT "+fileColumns+" FROM files f WHERE f.message_id = ? AND f.use = 0 ORDER BY f.place, f.id", id)
	if err != nil {
		return nil, err
	}
	stored, err := json.Marshal(files)
	if err != nil {
		return nil, err
	}
	return files, t.Exec("UPDATE messages SET files = ? WHERE id = ?", stored, id)
}

// FileByToken implements chat.FileStore.
func (d *Store) FileByToken(ctx context.Context, token string) (f chat.StoredFile, err error) {
	f, err = oneRow(ctx, d, func(r Scanner) (f chat.StoredFile, err error) {
		var at int64
		f.File, err = scanFile(r, &f.By, &f.Room, &f.Message, &f.Deleted, &at)
		f.At = FromMillis(at)
		return f, err
	}, "SELECT "+fileColumns+`, f.by_id, coalesce(f.room_id, 0), coalesce(f.message_id, 0), coalesce(m.deleted_at, 0) > 0, f.made_at
		FROM files f LEFT JOIN messages m ON m.id = f.message_id WHERE f.token = ? AND f.done = 1`, token)
	return f, err
}

// UnsentFiles implements chat.FileStore.
func (d *Store) UnsentFiles(ctx context.Context, by chat.AccountID, tokens []string) (map[string]chat.File, error) {
	files, err := All(ctx, d, func(r Scanner) (chat.File, error) { return scanFile(r) }, "SELECT "+fileColumns+
		" FROM files f WHERE f.token IN texts(?) AND f.by_id = ? AND f.room_id IS NULL AND f.use = 0 AND f.done = 1", JSONList(tokens), by)
	found := make(map[string]chat.File, len(files))
	for _, f := range files {
		found[f.Token] = f
	}
	return found, err
}

// neverSent is the room of an upload that is to be removed and had none.
const neverSent = 0

// DropFiles implements chat.FileStore.
func (d *Store) DropFiles(ctx context.Context, by chat.AccountID, ids []chat.FileID) error {
	return d.change(ctx, func(t *Tx) error {
		for _, id := range ids {
			if err := t.Exec("UPDATE files SET room_id = ?, use = 0 WHERE id = ? AND by_id = ? AND room_id IS NULL", neverSent, id, by); err != nil {
				return err
			}
		}
		return nil
	})
}

// RemoveFile implements chat.FileStore.
func (d *Store) RemoveFile(ctx context.Context, id chat.FileID, audit chat.AuditEntry) (m chat.Message, err error) {
	err = d.changeAudited(ctx, audit, func(t *Tx) error {
		m, err = alterFile(t, id, func() error {
			// The row that is shown stays, without anything of the file; its blobs go with a
			// row that no message has.
			loose, err := t.Insert(`INSERT INTO files (token, by_id, room_id, name, folded, kind, type, size, state, made_at)
				SELECT 'removed-' || id, by_id, room_id, '', '', 0, '', size, 2, made_at FROM files WHERE id = ?`, id)
			if err != nil {
				return err
			}
			if err := t.Exec("UPDATE blobs SET file_id = ? WHERE file_id = ?", loose, id); err != nil {
				return err
			}
			return t.Exec(`UPDATE files SET state = 2, name = '', size = 0, width = 0, height = 0, alt = '', folded = '', moves = 0
				WHERE id = ?`, id)
		})
		return err
	})
	return d.withCurrentLabel(ctx, m, err)
}

// alterFile changes a file with do, under the next rev of the room of its message; one
// that no message has is changed alone, and the answer is the zero message.
func alterFile(t *Tx, id chat.FileID, do func() error) (m chat.Message, err error) {
	var of chat.MessageID
	if err := t.One("SELECT coalesce(message_id, 0) FROM files WHERE id = ?", []any{id}, &of); err != nil {
		return m, err
	}
	if of == 0 {
		return m, do()
	}
	return alterMessage(t, of, func(t *Tx, m chat.Message, rev chat.Rev) error {
		if err := do(); err != nil {
			return err
		}
		if _, err := storeFiles(t, of); err != nil {
			return err
		}
		if err := t.Exec("UPDATE messages SET rev = ? WHERE id = ?", rev, of); err != nil {
			return err
		}
		return t.under.Reindex(t, of)
	})
}

// fileKinds are what the files of a room can be filtered by.
var fileKinds = map[string]string{"": "", "pictures": " AND f.kind = 1", "media": " AND f.kind IN (2, 3)",
	"documents": " AND f.kind IN (0, 4)"}

// RoomFiles implements chat.FileStore.
func (d *Store) RoomFiles(ctx context.Context, q chat.FileQuery, limit int) ([]chat.RoomFile, error) {
	kind, ok := fileKinds[q.Kind]
	if !ok {
		return nil, nil
	}
	query := "SELECT " + fileColumns + `, f.message_id, a.id, a.username, a.name, f.made_at FROM files f
		JOIN messages m ON m.id = f.message_id JOIN accounts a ON a.id = f.by_id
		WHERE f.room_id = ? AND f.message_id IS NOT NULL AND f.use = 0 AND m.deleted_at IS NULL AND f.state <> 2` + kind
	args := []any{q.Room}
	for word := range strings.FieldsSeq(q.Text) {
		query += ` AND f.folded LIKE ? ESCAPE '\'`
		args = append(args, "%"+likeLiteral.Replace(word)+"%")
		if len(args) > maxFilterWords {
			break
		}
	}
	if q.From != 0 {
		query += " AND f.by_id = ?"
		args = append(args, q.From)
	}
	if q.Before != 0 {
		query += " AND f.id < ?"
		args = append(args, q.Before)
	}
	return All(ctx, d, func(r Scanner) (f chat.RoomFile, err error) {
		var at int64
		f.File, err = scanFile(r, &f.Message, &f.By.ID, &f.By.Username, &f.By.Name, &at)
		f.At = FromMillis(at)
		return f, err
	}, query+" ORDER BY f.id DESC LIMIT ?", append(args, limit)...)
}

// likeLiteral takes their meaning from the signs of LIKE.
var likeLiteral = strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`)

// maxFilterWords bounds the statements that are prepared for a filter.
const maxFilterWords = 8

// FileUsage implements chat.FileStore.
func (d *Store) FileUsage(ctx context.Context, by chat.AccountID) (u chat.FileUsage, err error) {
	if by != 0 {
		err = d.One(ctx, "SELECT count(*), coalesce(sum(size), 0) FROM files WHERE by_id = ? AND use <> 5", []any{by}, &u.Files, &u.Bytes)
		return u, err
	}
	return u, errors.Join(d.One(ctx, "SELECT count(*) FROM files", nil, &u.Files),
		d.One(ctx, "SELECT coalesce(sum(size), 0) FROM blobs", nil, &u.Bytes))
}

// Uploaders implements chat.FileStore.
func (d *Store) Uploaders(ctx context.Context, limit int) ([]chat.Uploader, error) {
	return All(ctx, d, func(r Scanner) (u chat.Uploader, err error) {
		return u, r.Scan(&u.ID, &u.Username, &u.Name, &u.Files, &u.Bytes)
	}, `SELECT a.id, a.username, a.name, f.n, f.bytes FROM
		(SELECT by_id, count(*) AS n, sum(size) AS bytes FROM files WHERE use <> 5 GROUP BY by_id ORDER BY sum(size) DESC LIMIT ?) f
		JOIN accounts a ON a.id = f.by_id ORDER BY f.bytes DESC, a.id`, limit)
}
