package db

import (
	"context"
	"errors"
	"time"

	"parley/app/chat"
	"parley/app/files"
)

const (
	// chunkSize is how many bytes one row of chunks holds: reading one takes some 40 µs.
	chunkSize = 64 << 10
	// chunkBits are the bits of a chunk's id that count the chunks of one blob: 64 GiB.
	chunkBits = 20
)

// NewFile implements files.Store.
func (d *Store) NewFile(ctx context.Context, by chat.AccountID, token string, use chat.FileUse,
	at time.Time) (id chat.FileID, blob files.BlobID, err error) {
	err = d.changeBeside(ctx, func(t *Tx) error {
		if err := t.One(`INSERT INTO files (token, by_id, name, folded, kind, type, size, state, use, made_at)
			VALUES (?, ?, '', '', 0, '', 0, 0, ?, ?) RETURNING id`,
			[]any{token, by, int(use), ToMillis(at)}, &id); err != nil {
			return err
		}
		blob, err = newBlob(t, id, chat.FormOriginal, "")
		return err
	})
	return id, blob, err
}

func newBlob(t *Tx, file chat.FileID, form chat.Form, kind string) (blob files.BlobID, err error) {
	err = t.One("INSERT INTO blobs (file_id, form, type, size, sum) VALUES (?, ?, ?, 0, ?) RETURNING id",
		[]any{file, form, kind, []byte{}}, &blob)
	return blob, err
}

// Append implements files.Store.
func (d *Store) Append(ctx context.Context, blob files.BlobID, at int64, data []byte) error {
	if at%chunkSize != 0 {
		return errors.New("db: a blob grows by whole chunks")
	}
	return d.changeBeside(ctx, func(t *Tx) error {
		for n := at / chunkSize; len(data) > 0; n++ {
			part := data[:min(chunkSize, len(data))]
			data = data[len(part):]
			if err := t.Exec("INSERT INTO chunks (id, data) VALUES (?, ?)", int64(blob)<<chunkBits|n, part); err != nil {
				return err
			}
		}
		return nil
	})
}

// FinishFile implements files.Store.
func (d *Store) FinishFile(ctx context.Context, blob files.BlobID, f chat.File, sum []byte) error {
	return d.change(ctx, func(t *Tx) error {
		if err := t.Exec("UPDATE blobs SET type = ?, size = ?, sum = ? WHERE id = ?", f.Type, f.Size, sum, blob); err != nil {
			return err
		}
		n, err := t.Affect(`UPDATE files SET name = ?, folded = ?, kind = ?, type = ?, size = ?, width = ?, height = ?, state = ?,
			done = 1 WHERE id = ? AND room_id IS NULL`,
			f.Name, foldedFile(f), f.Kind, f.Type, f.Size, f.Width, f.Height, f.State, f.ID)
		if err == nil && n == 0 {
			err = chat.NotFound()
		}
		return err
	})
}

// NewForm implements files.Store.
func (d *Store) NewForm(ctx context.Context, id chat.FileID, form chat.Form, kind string) (blob files.BlobID, err error) {
	err = d.change(ctx, func(t *Tx) error {
		// Left over from a process that ended in the middle: its rows go with the loose files.
		if err := t.Exec("UPDATE blobs SET file_id = NULL WHERE file_id = ? AND form = ?", id, form); err != nil {
			return err
		}
		blob, err = newBlob(t, id, form, kind)
		return err
	})
	return blob, err
}

// FinishForm implements files.Store.
func (d *Store) FinishForm(ctx context.Context, blob files.BlobID, size int64, sum []byte) error {
	return d.changeBeside(ctx, func(t *Tx) error {
		return t.Exec("UPDATE blobs SET size = ?, sum = ? WHERE id = ?", size, sum, blob)
	})
}

// WaitingPictures implements files.Store.
func (d *Store) WaitingPictures(ctx context.Context, limit int) ([]files.Waiting, error) {
	return All(ctx, d, func(r Scanner) (w files.Waiting, err error) {
		w.File, err = scanFile(r, &w.Use)
		return w, err
	}, "SELECT "+fileColumns+", f.use FROM files f WHERE f.state = 1 AND f.done = 1 AND coalesce(f.room_id, -1) <> 0 ORDER BY f.id LIMIT ?",
		limit)
}

// SetPicture implements files.Store.
func (d *Store) SetPicture(ctx context.Context, f chat.File) (m chat.Message, err error) {
	err = d.change(ctx, func(t *Tx) error {
		m, err = alterFile(t, f.ID, func() error {
			if f.Gone {
				if err := t.Exec("UPDATE blobs SET file_id = NULL WHERE file_id = ? AND form = 0", f.ID); err != nil {
					return err
				}
			}
			return t.Exec("UPDATE files SET kind = ?, state = 0, width = ?, height = ?, moves = ?, gone = ? WHERE id = ? AND state = 1",
				f.Kind, f.Width, f.Height, f.Moves, f.Gone, f.ID)
		})
		return err
	})
	if err != nil || m.ID == 0 || m.Deleted {
		return chat.Message{}, err
	}
	return d.withCurrentLabel(ctx, m, err)
}

// Blob implements files.Store.
func (d *Store) Blob(ctx context.Context, file chat.FileID, form chat.Form) (b files.Blob, err error) {
	err = d.One(ctx, "SELECT id, type, size, sum FROM blobs WHERE file_id = ? AND form = ? AND length(sum) > 0",
		[]any{file, form}, &b.ID, &b.Type, &b.Size, &b.Sum)
	return b, err
}

// ReadBlob implements files.Store.
func (d *Store) ReadBlob(ctx context.Context, blob files.BlobID, at int64, p []byte) (int, error) {
	var data []byte
	if err := d.One(ctx, "SELECT data FROM chunks WHERE id = ?", []any{int64(blob)<<chunkBits | at/chunkSize}, &data); err != nil {
		return 0, err
	}
	skip := int(at % chunkSize)
	if skip >= len(data) {
		return 0, chat.NotFound()
	}
	return copy(p, data[skip:]), nil
}

// dropChunks is how many chunks are removed in one change: 256 KiB are overwritten, which
// others wait for.
const dropChunks = 4

// SweepFiles removes what files.Store.Sweep does; some: there was something.
func (d *Store) SweepFiles(ctx context.Context, unsent time.Time) (some bool, err error) {
	for ; ; some = true {
		done, err := d.sweepOne(ctx, unsent)
		if err != nil || done {
			return some, err
		}
	}
}

// sweepOne removes some of what nothing needs any more.
func (d *Store) sweepOne(ctx context.Context, unsent time.Time) (done bool, err error) {
	const loose = `SELECT id FROM files WHERE message_id IS NULL AND (use = 0 AND (room_id IS NOT NULL OR made_at < ?1)
		OR use <> 0 AND made_at < ?1 AND id NOT IN (SELECT picture FROM accounts) AND id NOT IN (SELECT picture FROM rooms) AND id NOT IN (SELECT file_id FROM emoji)
			AND CAST(id AS TEXT) NOT IN (SELECT value FROM settings WHERE key = '` + chat.SettingLogo + `'))`
	var found []int64
	// First what hangs on loose files, so that their blobs are loose, too.
	if found, err = All(ctx, d, ScanID[int64], loose+" LIMIT 20", ToMillis(unsent)); err != nil {
		return false, err
	}
	if len(found) > 0 {
		return false, d.change(ctx, func(t *Tx) error {
			for _, id := range found {
				// Somebody may have sent it meanwhile.
				if err := t.Exec("UPDATE blobs SET file_id = NULL WHERE file_id IN ("+loose+" AND id = ?2)", ToMillis(unsent), id); err != nil {
					return err
				}
				if err := t.Exec("DELETE FROM files WHERE id IN ("+loose+" AND id = ?2)", ToMillis(unsent), id); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if found, err = All(ctx, d, ScanID[int64], "SELECT id FROM blobs WHERE file_id IS NULL LIMIT 1"); err != nil || len(found) == 0 {
		return true, err
	}
	return false, d.change(ctx, func(t *Tx) error {
		n, err := t.Affect("DELETE FROM chunks WHERE id IN (SELECT id FROM chunks WHERE id BETWEEN ?1 AND ?2 LIMIT ?3)",
			found[0]<<chunkBits, found[0]<<chunkBits|(1<<chunkBits-1), dropChunks)
		if err == nil && n < dropChunks {
			err = t.Exec("DELETE FROM blobs WHERE id = ? AND file_id IS NULL", found[0])
		}
		return err
	})
}
