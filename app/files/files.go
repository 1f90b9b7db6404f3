// Package files takes what people upload: it streams it into the store, cuts from
// pictures what they tell of their makers, and makes the forms of them that are shown. It
// knows nothing of HTTP or SQL, and not who may see a file.
package files

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"parley/app/chat"
	"parley/app/job"
)

// BlobID names a run of bytes in the store.
type BlobID int64

// Blob is one of the forms of a file as it is stored.
type Blob struct {
	ID   BlobID
	Type string // media type
	Size int64
	Sum  []byte // SHA-256 of its bytes
}

// Waiting is a picture whose forms are to be made.
type Waiting struct {
	chat.File
	Use chat.FileUse
}

// Store keeps the bytes. Each method is one question or one durable change.
type Store interface {
	// NewFile begins an upload; nobody finds it by its token until FinishFile.
	NewFile(ctx context.Context, by chat.AccountID, token string, use chat.FileUse, at time.Time) (chat.FileID, BlobID, error)
	// Append adds bytes at the end of a blob, which is at; all but the last call bring a
	// multiple of 64 KiB. Up to 256 KiB at once keep others from waiting.
	Append(ctx context.Context, blob BlobID, at int64, data []byte) error
	// FinishFile says what was uploaded.
	FinishFile(ctx context.Context, blob BlobID, f chat.File, sum []byte) error
	// NewForm begins a form of a picture, in the place of one that was begun before.
	NewForm(ctx context.Context, id chat.FileID, form chat.Form, kind string) (BlobID, error)
	// FinishForm says that all of it is there.
	FinishForm(ctx context.Context, blob BlobID, size int64, sum []byte) error
	// WaitingPictures lists pictures whose forms are to be made, the oldest first.
	WaitingPictures(ctx context.Context, limit int) ([]Waiting, error)
	// SetPicture says what became of a picture that waited, and answers with its message;
	// the zero message where it has none yet. Where f.Gone, the original is removed.
	SetPicture(ctx context.Context, f chat.File) (chat.Message, error)
	// Blob finds a form of a file that is all there.
	Blob(ctx context.Context, file chat.FileID, form chat.Form) (Blob, error)
	// ReadBlob reads some bytes of a blob from at on, as io.ReaderAt does but that it may
	// read less; at its end it answers with ErrNotFound.
	ReadBlob(ctx context.Context, blob BlobID, at int64, p []byte) (int, error)
	// DropFiles removes uploads that their owner has not sent; their bytes go soon after.
	DropFiles(ctx context.Context, by chat.AccountID, ids []chat.FileID) error
	// Sweep removes bytes that nothing needs, and uploads that were made before unsent and
	// never sent, a little at a time.
	Sweep(ctx context.Context, unsent time.Time) error
	// FreeSpace is how many bytes the disk has left; -1: not known.
	FreeSpace() int64
	// FileByToken finds a file, whoever may see it.
	FileByToken(ctx context.Context, token string) (chat.StoredFile, error)
	// FileUsage counts what somebody has uploaded; 0: everybody.
	FileUsage(ctx context.Context, by chat.AccountID) (chat.FileUsage, error)
}

const (
	// stepSize is how many bytes are stored in one change.
	stepSize = 256 << 10
	// reserve is how much of a disk is left for words.
	reserve = 64 << 20
	// unsentFor is how long an upload is kept that nobody sends.
	unsentFor = 24 * time.Hour
	// pace is how long a step takes at least while others post: 8 MB a second. As fast as
	// the disk goes, the slowest posts took ten times as long.
	pace = stepSize * time.Second / (8 << 20)
)

// Files stores what people upload. It is safe for concurrent use.
type Files struct {
	store Store
	chat  *chat.Chat
	log   *slog.Logger
	loop  *job.Loop // of making forms of pictures
	// Turn says whether this node makes the forms of pictures now; nil: it always does.
	Turn   func(context.Context) bool
	turn   sync.Mutex // held by the one upload whose bytes are being stored; guards posted
	posted uint64     // messages that were posted when the last step ended
}

// New makes the service; call Run, too.
func New(store Store, ch *chat.Chat, log *slog.Logger) *Files {
	return &Files{store: store, chat: ch, log: log, loop: job.New(lookEvery, 0)}
}

// Save stores one upload while it comes; never more than some hundred KB of it are in
// memory. An error of content is answered as it is, after what came was removed. The
// file is for who uploaded it alone until a message has it.
func (s *Files) Save(ctx context.Context, who chat.Account, name string, content io.Reader) (f chat.File, err error) {
	return s.save(ctx, who, chat.UseMessage, name, content)
}

// SavePicture stores a picture that shows a person, the workspace or an emoji, and waits
// until its forms are made. What is no picture is refused.
func (s *Files) SavePicture(ctx context.Context, who chat.Account, use chat.FileUse, name string, content io.Reader) (chat.File, error) {
	f, err := s.save(ctx, who, use, name, content)
	if err != nil {
		return f, err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), pictureTimeout)
	defer cancel()
	for f.State == chat.FileWaiting {
		s.Wake()
		select {
		case <-ctx.Done():
			return f, errors.Join(chat.Busy("The server has many pictures to look at. Try again in a moment.", 5*time.Second), s.drop(who, f))
		case <-time.After(10 * time.Millisecond):
		}
		now, err := s.store.FileByToken(ctx, f.Token)
		if err != nil {
			return f, errors.Join(err, s.drop(who, f))
		}
		f = now.File
	}
	if f.Kind != chat.FilePicture {
		return f, errors.Join(chat.Invalid("picture", "This is no picture that can be shown. Take one in JPEG, PNG, GIF or WebP."),
			s.drop(who, f))
	}
	return f, nil
}

// pictureTimeout bounds how long somebody waits for the forms of a picture.
const pictureTimeout = 8 * time.Second

func (s *Files) save(ctx context.Context, who chat.Account, use chat.FileUse, name string, content io.Reader) (f chat.File, err error) {
	if err := s.room(ctx, who, 0); err != nil {
		return f, err
	}
	from := &source{Reader: content}
	in := bufio.NewReaderSize(from, headSize)
	head, _ := in.Peek(headSize) // less, where there is less
	if from.err != nil {
		return f, from.err
	}
	f = chat.File{Name: chat.FileName(name), Token: rand.Text()}
	f.Kind, f.Type = kindOf(head)
	var blob BlobID
	if f.ID, blob, err = s.store.NewFile(ctx, who.ID, f.Token, use, time.Now()); err != nil {
		return f, err
	}
	to := &sink{most: s.megabytes(chat.LimitFileSize), store: func(at int64, data []byte) error { return s.step(ctx, who, blob, at, data) }}
	err = errors.Join(strip(to, in, f.Type), from.err)
	if errors.Is(err, errTooLarge) {
		err = s.tooLarge(f.Name)
	}
	if err == nil {
		err = to.flush()
	}
	if f.Size = to.size; err == nil {
		err = s.room(ctx, who, f.Size)
	}
	if err == nil {
		s.inspect(blob, &f)
		err = s.finish(ctx, blob, f, to.sum.Sum(nil))
	}
	if err != nil {
		return f, errors.Join(err, s.drop(who, f))
	}
	if f.State == chat.FileWaiting {
		s.Wake()
	}
	return f, nil
}

// drop removes what came of an upload that did not come in whole, whatever became of its
// request.
func (s *Files) drop(who chat.Account, f chat.File) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return s.store.DropFiles(ctx, who.ID, []chat.FileID{f.ID})
}

// finish says what was uploaded: the last thing that is asked of the store for a request
// that may have run for long.
func (s *Files) finish(ctx context.Context, blob BlobID, f chat.File, sum []byte) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return s.store.FinishFile(ctx, blob, f, sum)
}

func (s *Files) tooLarge(name string) error {
	return chat.TooLarge(chat.LimitFileSize, "file",
		name+" is too large: a file has at most "+strconv.Itoa(s.chat.Limits.Value(chat.LimitFileSize))+" MB.")
}

// step stores the next bytes, when it is this upload's turn.
func (s *Files) step(ctx context.Context, who chat.Account, blob BlobID, at int64, data []byte) error {
	s.turn.Lock()
	defer s.turn.Unlock()
	began, posted := time.Now(), s.posted
	if at%(16*stepSize) == 0 { // room for it is looked for every 4 MB
		if err := s.room(ctx, who, at+int64(len(data))); err != nil {
			return err
		}
	}
	// What the request waits for is not the store alone: it has as long as the upload takes.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := s.store.Append(ctx, blob, at, data); err != nil {
		return err
	}
	if s.posted = s.chat.Posts(); s.posted != posted { // somebody talks
		time.Sleep(pace - time.Since(began))
	}
	return nil
}

func (s *Files) megabytes(l *chat.Limit) int64 { return int64(s.chat.Limits.Value(l)) << 20 }

// room refuses what would be too much for a person, for the server or for the disk.
func (s *Files) room(ctx context.Context, who chat.Account, more int64) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if free := s.store.FreeSpace(); free >= 0 && free < reserve+2*more {
		return chat.Busy("The disk of the server is nearly full: words still go, files do not. Tell who runs it.", 5*time.Minute)
	}
	if most := s.megabytes(chat.LimitFilesPerson); most > 0 {
		used, err := s.store.FileUsage(ctx, who.ID)
		if err != nil {
			return err
		}
		if used.Bytes+more > most {
			return chat.BeyondLimit(chat.LimitFilesPerson, "file",
				"You have "+chat.Bytes(used.Bytes)+" of files here, and "+chat.Bytes(most)+" is as much as goes. Delete some first.")
		}
	}
	if most := s.megabytes(chat.LimitFilesTotal); most > 0 {
		used, err := s.store.FileUsage(ctx, 0)
		if err != nil {
			return err
		}
		if used.Bytes+more > most {
			return chat.BeyondLimit(chat.LimitFilesTotal, "file", "The server has as many files as it may hold. Ask an administrator.")
		}
	}
	return nil
}

// Sweep removes what nothing needs any more; call it every now and then.
func (s *Files) Sweep(ctx context.Context) error {
	return s.store.Sweep(ctx, time.Now().Add(-unsentFor))
}
