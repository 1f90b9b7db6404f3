// Package chat holds the rules: who may say what where, and what follows from
// it. It knows nothing of HTTP, HTML, SQL or sockets.
package chat

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// Chat is the service that every page, fragment, socket and command asks.
type Chat struct {
	store  Store
	bus    Bus
	now    func() time.Time
	Limits *Limits
	// Presence is whom @here asks; nil: nobody is online.
	Presence Presence
	// BackupDir refuses a directory that cannot hold backups; nil: each is believed to.
	BackupDir func(path string) error

	// VisitorMail queues a mail to a visitor who left an address and was answered with a line;
	// nil: nothing is mailed.
	VisitorMail func(ctx context.Context, c Case, line int64) error

	supportMu   sync.Mutex
	supportWake chan struct{} // closed at the next change of a case; nil: nobody waits
	caseTyping  map[typist]typingUntil

	retaining sync.Mutex // held by the one ApplyRetention that runs

	inFlight postsInFlight
	slowMode slowModePauses
	posts    atomic.Uint64
}

// Posts counts the messages that were posted since the process began.
func (c *Chat) Posts() uint64 { return c.posts.Load() }

// New makes the service. now is the clock, for tests; nil is the real one.
func New(store Store, bus Bus, limits *Limits, now func() time.Time) *Chat {
	if now == nil {
		now = time.Now
	}
	return &Chat{store: store, bus: bus, Limits: limits, now: now}
}

// Store is the durable truth. Each method is one question, or one change with a
// transaction of its own that is durable when the method returns. What does not
// exist is an ErrNotFound; a store that cannot write now answers ErrBusy. A change
// that administrators answer for takes its audit entry, which is stored with it or
// not at all. What every store must do beyond that is tested by chattest.
type Store interface {
	AccountStore
	RoomStore
	MessageStore
	SearchStore
	FileStore
	BotStore
	WebhookStore
	DeviceStore
	OwnStore
	PreviewStore
	SupportStore
	AuditStore
	AccountRecordStore
	ReportStore
	HealthStore
	Settings(context.Context) (Settings, error)
	// SetSettings stores settings with their entries of the audit log: all or none.
	SetSettings(ctx context.Context, set Settings, audit []AuditEntry) error
}

// Bus is the publishing end of what carries events of what was already stored; the
// other end is bus.Bus. Events may come late, doubled, out of order or never; the store
// holds the truth.
type Bus interface {
	// Publish does not wait for those who are told.
	Publish(Event)
}

// Event is one of the types below.
type Event interface{ event() }

type (
	// RoomChanged says that a room's log has grown to Rev. Message is the change
	// itself, where it is one message; nil: the log tells.
	RoomChanged struct {
		Room    RoomID
		Rev     Rev
		Message *Message
	}
	// RoomHeaderChanged says that the header of a room (name, topic, people, slow mode) changed.
	RoomHeaderChanged struct{ Room RoomID }
	// RoomRenamed says that the name of an open room changed, to all who see links to it.
	RoomRenamed struct{ Room RoomID }
	// RoomDeleted says that a room is gone for everybody.
	RoomDeleted struct {
		Room   RoomID
		People []AccountID
	}
	// RoomListChanged says that the list of rooms of these people changed.
	RoomListChanged struct{ People []AccountID }
	// ReportsChanged says that something waits for a decision in a room, or is decided.
	ReportsChanged struct{ Room RoomID }
	// ReadMarkMoved says that a person has read further, on some device.
	ReadMarkMoved struct {
		Account AccountID
		Room    RoomID
	}
	// PrefsChanged says that somebody chose anew, on some device.
	PrefsChanged struct {
		Account AccountID
		Prefs   Prefs
	}
	// GuestChanged says that somebody is a guest from now on, or is none any more.
	GuestChanged struct {
		Account AccountID
		Guest   bool
	}
	// SessionEnded says that sessions must be silent from now on. Nil Sessions
	// means all of the account's.
	SessionEnded struct {
		Account  AccountID
		Sessions [][]byte // by hash
	}
	// CaseTyping says that a visitor, or who has the case, is writing now, or no more.
	CaseTyping struct {
		Case    CaseID
		Visitor bool
		Name    string // of who has the case, as visitors read it
		Ended   bool
	}
	// UserTyping says that a person is writing in a room now.
	UserTyping struct {
		Room RoomID
		Who  Person
	}
)

func (ReportsChanged) event()    {}
func (RoomChanged) event()       {}
func (RoomHeaderChanged) event() {}
func (RoomRenamed) event()       {}
func (RoomDeleted) event()       {}
func (RoomListChanged) event()   {}
func (ReadMarkMoved) event()     {}
func (GuestChanged) event()      {}
func (SessionEnded) event()      {}
func (UserTyping) event()        {}
func (CaseTyping) event()        {}
func (PrefsChanged) event()      {}
