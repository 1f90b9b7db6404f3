package chat

import (
	"errors"
	"time"
)

// Kind says what went wrong, for whoever must answer: it becomes a status, an
// exit code or a retry.
type Kind int

// The kinds of error that a caller can meet. What one may not see is NotFound,
// exactly as what does not exist.
const (
	KindInvalid   Kind = iota + 1 // a field is wrong; Field names it
	KindNotFound                  // it is not there, or not for this person
	KindForbidden                 // it is there, but this person may not
	KindGone                      // it was there and was deleted
	KindTooOften                  // RetryAfter says when
	KindBusy                      // too much to do, or the disk refuses; RetryAfter says when
	KindConflict                  // what was given is right and does not go with what is there; Field names it
	KindTooLarge                  // a field has more bytes than it may; Field names it
)

// Error is a refusal in words for a person. Anything that is not an Error is a
// fault of ours and is never shown.
type Error struct {
	Kind       Kind
	Field      string // of the form, for KindInvalid
	Sentence   string
	Room       RoomID // that a deleted message was in, for KindGone; 0: none
	Confirm    int    // not 0: it is done when asked again with this number
	Limit      *Limit // that it is beyond; nil: none
	RetryAfter time.Duration
}

func (e *Error) Error() string { return e.Sentence }

// Is makes errors.Is(err, ErrNotFound) true for every error of that kind.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Sentence == "" && t.Kind == e.Kind
}

// Targets for errors.Is; they carry no sentence and are never returned.
var (
	ErrInvalid   = &Error{Kind: KindInvalid}
	ErrNotFound  = &Error{Kind: KindNotFound}
	ErrForbidden = &Error{Kind: KindForbidden}
	ErrGone      = &Error{Kind: KindGone}
	ErrTooOften  = &Error{Kind: KindTooOften}
	ErrBusy      = &Error{Kind: KindBusy}
	ErrConflict  = &Error{Kind: KindConflict}
)

// ErrDiskFull is beside an error of KindBusy when that is why.
var ErrDiskFull = errors.New("the disk is full")

// Invalid says what is wrong with one field of a form.
func Invalid(field, sentence string) error {
	return &Error{Kind: KindInvalid, Field: field, Sentence: sentence}
}

// BeyondLimit says that one field of a form is more than a limit allows.
func BeyondLimit(l *Limit, field, sentence string) error {
	return &Error{Kind: KindInvalid, Field: field, Sentence: sentence, Limit: l}
}

// TooLarge is BeyondLimit of bytes.
func TooLarge(l *Limit, field, sentence string) error {
	return &Error{Kind: KindTooLarge, Field: field, Sentence: sentence, Limit: l}
}

// Confirm asks whether so many people are meant.
func Confirm(people int, sentence string) error {
	return &Error{Kind: KindInvalid, Field: "confirm", Sentence: sentence, Confirm: people}
}

// NotFound is the one answer for what does not exist and what one may not see.
func NotFound() error {
	return &Error{Kind: KindNotFound, Sentence: "There is nothing here, or it is not for you."}
}

// Forbidden refuses what is visible but not allowed.
func Forbidden(sentence string) error { return &Error{Kind: KindForbidden, Sentence: sentence} }

// Gone says that something was deleted.
func Gone(sentence string) error { return &Error{Kind: KindGone, Sentence: sentence} }

// gone says that a message of a room was deleted.
func gone(room RoomID, sentence string) error {
	return &Error{Kind: KindGone, Room: room, Sentence: sentence}
}

// Conflict says that a field does not go with what is there: somebody else was first, or it is
// the last of its kind.
func Conflict(field, sentence string) error {
	return &Error{Kind: KindConflict, Field: field, Sentence: sentence}
}

// TooOften asks to wait.
func TooOften(sentence string, wait time.Duration) error {
	return &Error{Kind: KindTooOften, Sentence: sentence, RetryAfter: wait}
}

// Busy asks to try again soon; nothing was changed.
func Busy(sentence string, wait time.Duration) error {
	return &Error{Kind: KindBusy, Sentence: sentence, RetryAfter: wait}
}

// AsError finds the refusal in a chain of errors.
func AsError(err error) (*Error, bool) {
	var e *Error
	ok := errors.As(err, &e)
	return e, ok
}
