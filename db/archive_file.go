package db

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"strconv"

	"parley/app/archive"
	"parley/app/chat"
)

// Files of messages that are there, and those that show something; what was uploaded and
// is neither is not exported.
const (
	carriedFiles = `files f LEFT JOIN messages m ON m.id = f.message_id LEFT JOIN rooms r ON r.id = m.room_id
		LEFT JOIN accounts a ON f.use = 1 AND a.picture = f.id
		LEFT JOIN rooms p ON f.use = 2 AND p.picture = f.id AND p.deleted_at IS NULL
		LEFT JOIN settings s ON f.use = 3 AND s.key = '` + chat.SettingLogo + `' AND s.value = CAST(f.id AS TEXT)
		LEFT JOIN emoji e ON f.use = 4 AND e.file_id = f.id`
	areThere = ` WHERE f.done = 1 AND (m.deleted_at IS NULL AND r.id IS NOT NULL AND r.deleted_at IS NULL
		OR a.id IS NOT NULL OR p.id IS NOT NULL OR s.key IS NOT NULL OR e.name IS NOT NULL)`
	exportedFiles = carriedFiles + areThere
	exportedBlobs = carriedFiles + " JOIN blobs b ON b.file_id = f.id" + areThere + " AND length(b.sum) > 0"
)

func (x *export) files() error {
	err := x.rows(`SELECT f.id, f.token, coalesce(f.message_id, 0), f.use, coalesce(a.id, p.id, 0), coalesce(e.name, ''), f.by_id, f.place, f.name, f.kind, f.type, f.size, f.width, f.height, f.alt,
		f.moves, f.state = 1, f.gone, f.state = 2, f.made_at FROM `+exportedFiles+" ORDER BY f.id", func(r Scanner) error {
		var kind, use int
		f := &archive.File{Type: "file"}
		if err := r.Scan(&f.ID, &f.Token, &f.Message, &use, &f.Of, &f.Emoji, &f.By, &f.Place, &f.Name, &kind, &f.Media, &f.Size,
			&f.Width, &f.Height, &f.Alt,
			&f.Moves, &f.Waiting, &f.Gone, &f.Removed, &f.Made); err != nil {
			return err
		}
		f.Kind, f.Use = archive.Word(archive.FileWords, kind), archive.Word(archive.UseWords, use)
		err := x.rows("SELECT form, type, size, sum FROM blobs WHERE file_id = ? AND length(sum) > 0 ORDER BY form", func(r Scanner) error {
			var form int
			var one archive.Form
			err := r.Scan(&form, &one.Media, &one.Size, &one.Sum)
			one.Form = archive.Word(archive.FormWords, form)
			f.Forms = append(f.Forms, one)
			return err
		}, f.ID)
		if err != nil {
			return err
		}
		return x.put(f)
	})
	if err != nil {
		return err
	}
	return x.rows("SELECT f.id FROM "+exportedFiles+" ORDER BY f.id", func(r Scanner) error {
		id, err := ScanID[chat.FileID](r)
		if err != nil {
			return err
		}
		return x.bytes(id)
	})
}

// bytes tells what a file holds.
func (x *export) bytes(id chat.FileID) error {
	return x.rows(`SELECT b.form, c.data FROM blobs b CROSS JOIN chunks c
		WHERE b.file_id = ? AND length(b.sum) > 0 AND c.id BETWEEN b.id * 1048576 AND b.id * 1048576 + 1048575
		ORDER BY b.form, c.id`, func(r Scanner) error {
		var form int
		b := &archive.Bytes{Type: "bytes", File: id}
		if err := r.Scan(&form, &b.Data); err != nil {
			return err
		}
		b.Form = archive.Word(archive.FormWords, form)
		return x.put(b)
	}, id)
}

func importFile(t *Tx, f *archive.File) error {
	state := chat.FileReady
	switch {
	case f.Removed:
		state = chat.FileRemoved
	case f.Waiting:
		state = chat.FileWaiting
	}
	err := t.Exec(`INSERT INTO files (id, token, by_id, room_id, message_id, place, name, folded, kind, type, size, width, height, alt,
		state, moves, gone, use, done, made_at)
		VALUES (?, ?, ?, (SELECT room_id FROM messages WHERE id = ?), nullif(CAST(? AS BIGINT), 0), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?)`,
		f.ID, f.Token, f.By, f.Message, f.Message, f.Place, f.Name, chat.FoldName(f.Name+" "+f.Alt),
		number(archive.FileWords, f.Kind), f.Media, f.Size,
		f.Width, f.Height, f.Alt, int(state), f.Moves, f.Gone, number(archive.UseWords, f.Use), f.Made)
	if err == nil {
		err = importShown(t, f)
	}
	for _, one := range f.Forms {
		if err == nil {
			err = t.Exec("INSERT INTO blobs (file_id, form, type, size, sum) VALUES (?, ?, ?, ?, ?)",
				f.ID, number(archive.FormWords, one.Form), one.Media, one.Size, one.Sum)
		}
	}
	return err
}

// importShown notes what a file shows; one of a message is noted with the message.
func importShown(t *Tx, f *archive.File) (err error) {
	n := int64(1)
	switch chat.FileUse(number(archive.UseWords, f.Use)) {
	case chat.UseFace:
		n, err = t.Affect("UPDATE accounts SET picture = ? WHERE id = ?", f.ID, f.Of)
	case chat.UseRoom:
		n, err = t.Affect("UPDATE rooms SET picture = ? WHERE id = ?", f.ID, f.Of)
	case chat.UseLogo:
		err = SetSetting(t, chat.SettingLogo, strconv.FormatInt(int64(f.ID), 10))
	case chat.UseEmoji:
		err = t.Exec("INSERT INTO emoji (name, file_id, made_by, made_at) VALUES (?, ?, ?, ?)", f.Emoji, f.ID, f.By, f.Made)
	}
	if err == nil && n == 0 {
		err = ErrNoReference
	}
	return err
}

// importBytes adds the next bytes of a form.
func importBytes(t *Tx, b *archive.Bytes) error {
	form := number(archive.FormWords, b.Form)
	n, err := t.Affect(`INSERT INTO chunks (id, data)
		SELECT CASE WHEN max(c.id) IS NULL THEN min(b.id) * 1048576 ELSE max(c.id) + 1 END, ? FROM blobs b
		LEFT JOIN chunks c ON c.id BETWEEN b.id * 1048576 AND b.id * 1048576 + 1048575
		WHERE b.file_id = ? AND b.form = ? HAVING count(b.id) > 0`, b.Data, b.File, form)
	if err == nil && n == 0 {
		err = fmt.Errorf("it has bytes of file %d that no line before it announces", b.File)
	}
	return err
}

// endFiles notes the files with their messages, and refuses what did not come in whole.
func endFiles(t *Tx) error {
	cut, err := List(t, ScanID[chat.FileID], `SELECT b.file_id FROM blobs b WHERE b.size <>
		(SELECT coalesce(sum(length(c.data)), 0) FROM chunks c WHERE c.id BETWEEN b.id * 1048576 AND b.id * 1048576 + 1048575) LIMIT 1`)
	if err != nil {
		return err
	}
	if len(cut) > 0 {
		return fmt.Errorf("file %d did not come in whole", cut[0])
	}
	with, err := List(t, ScanID[chat.MessageID], "SELECT DISTINCT message_id FROM files WHERE message_id IS NOT NULL AND use = 0")
	if err != nil {
		return err
	}
	for _, id := range with {
		if _, err := storeFiles(t, id); err != nil {
			return err
		}
	}
	return nil
}

// FileProblems lists what is wrong with files: bytes that are not what was stored, and
// messages that say otherwise than their files.
func FileProblems(ctx context.Context, d Queryer) (found []string, err error) {
	for _, q := range [][2]string{
		{"the message of file %d does not know of it",
			"SELECT f.id FROM files f JOIN messages m ON m.id = f.message_id WHERE m.files IS NULL AND f.use = 0"},
		{"message %d has files that are not there", `SELECT m.id FROM messages m WHERE m.files IS NOT NULL
			AND NOT EXISTS (SELECT 1 FROM files f WHERE f.message_id = m.id AND f.use = 0)`},
	} {
		rows, err := d.QueryContext(ctx, q[1]+fmt.Sprintf(" LIMIT %d", MostFindings))
		if err != nil {
			return nil, err
		}
		ids, err := ScanAll(rows, ScanID[int64])
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			found = append(found, fmt.Sprintf(q[0], id))
		}
	}
	broken, err := brokenBlobs(ctx, d)
	return append(found, broken...), err
}

// brokenBlobs reads the bytes of all files.
func brokenBlobs(ctx context.Context, d Queryer) (found []string, err error) {
	rows, err := d.QueryContext(ctx, `SELECT b.id, b.file_id, b.sum, c.data FROM blobs b
		LEFT JOIN chunks c ON c.id BETWEEN b.id * 1048576 AND b.id * 1048576 + 1048575
		WHERE b.file_id IS NOT NULL AND length(b.sum) > 0 ORDER BY b.id, c.id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var last, file int64
	var want []byte
	sum := sha256.New()
	end := func() {
		if last != 0 && !bytes.Equal(sum.Sum(nil), want) && len(found) < MostFindings {
			found = append(found, fmt.Sprintf("the bytes of file %d are not those that were stored", file))
		}
		sum.Reset()
	}
	for rows.Next() {
		var id, of int64
		var stored, data sql.RawBytes
		if err := rows.Scan(&id, &of, &stored, &data); err != nil {
			return nil, err
		}
		if id != last {
			end()
			last, file, want = id, of, bytes.Clone(stored)
		}
		sum.Write(data)
	}
	end()
	return found, rows.Err()
}
