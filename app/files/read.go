package files

import (
	"context"
	"errors"
	"io"
	"time"

	"parley/app/chat"
)

// Open finds a form of a file; where a picture is too small for a large form, the small
// one is it, and where the original was not kept, the largest there is.
func (s *Files) Open(ctx context.Context, f chat.File, form chat.Form) (Blob, error) {
	tries := []chat.Form{form}
	switch {
	case form == chat.FormLarge:
		tries = append(tries, chat.FormSmall)
	case form == chat.FormOriginal && f.Gone:
		tries = []chat.Form{chat.FormLarge, chat.FormSmall}
	}
	for _, form := range tries {
		b, err := s.store.Blob(ctx, f.ID, form)
		if err == nil || !errors.Is(err, chat.ErrNotFound) {
			return b, err
		}
	}
	return Blob{}, chat.NotFound()
}

// Reader reads a range of a blob. Each Read is a short question of its own: a slow
// reader holds nothing in the store.
func (s *Files) Reader(blob BlobID, from, to int64) io.Reader {
	return &reader{s: s, blob: blob, at: from, end: to}
}

type reader struct {
	s       *Files
	blob    BlobID
	at, end int64
}

func (r *reader) Read(p []byte) (int, error) {
	if r.at >= r.end {
		return 0, io.EOF
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	n, err := r.s.store.ReadBlob(ctx, r.blob, r.at, p[:min(int64(len(p)), r.end-r.at)])
	if errors.Is(err, chat.ErrNotFound) {
		err = io.ErrUnexpectedEOF // removed meanwhile
	}
	r.at += int64(n)
	return n, err
}
