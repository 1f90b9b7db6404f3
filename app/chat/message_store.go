package chat

import (
	"context"
	"time"
)

// NewMessage is a draft that passed every rule.
type NewMessage struct {
	Room    RoomID
	Author  Person
	At      time.Time
	Body    string
	Text    Text
	Files   []File // uploads of the author, in order
	For     []AccountID
	All     bool
	CID     string
	Quote   Quote
	Program *Program // of a program: how it says it; nil: as people do

	Previews []Preview
}

// Added is what became of a new message.
type Added struct {
	Message
	Fresh bool // false: its author stored it before, under the same client id
	// LastRev is the last rev of the room that storing it took: its own, or that of the
	// count at what it answers.
	LastRev Rev
}

// Changes is what happened in a room after a rev: rows as they now are, by
// place, and the people who went.
type Changes struct {
	Rev      Rev
	Messages []Message
	Gone     []AccountID
	Reset    bool // too many to tell: load the room anew
}

// Latest is after every change.
const Latest Rev = 1<<63 - 1

// Span chooses a page of history; the zero Span is the newest page.
type Span struct {
	Before, After, Around MessageID // at most one is set
}

// HistoryPage is a run of a room's log in order.
type HistoryPage struct {
	Messages []Message
	Older    bool // there is more before
	Newer    bool // there is more after
	// AsOf is the rev that the room had come to before the rows were read, at least; 0: not known.
	AsOf Rev
}

// MessageStore keeps the logs.
type MessageStore interface {
	// AddMessage stores a message, or answers with the one that this author
	// stored under the same CID before.
	AddMessage(context.Context, NewMessage) (Added, error)
	// AddDirect does the same in the conversation of these people, which it
	// begins if there is none.
	AddDirect(ctx context.Context, people []AccountID, m NewMessage) (Added, error)
	Message(context.Context, MessageID) (Message, error)
	// MessageByCID finds what an author stored under a client id.
	MessageByCID(ctx context.Context, author AccountID, cid string) (Message, error)
	// History is shared by who asks for the same and must not be changed.
	History(ctx context.Context, room RoomID, s Span, size int) (HistoryPage, error)
	// NewestOf answers with the newest rows of several rooms, in order, at most size of each.
	NewestOf(ctx context.Context, rooms []RoomID, size int) (map[RoomID][]Message, error)
	// ChangesSince answers with what changed after since, at most limit rows; after Latest,
	// as after any rev that the room has not come to, that is nothing, only the rev.
	ChangesSince(ctx context.Context, room RoomID, since Rev, limit int) (Changes, error)
	// SetBody replaces what a message says and whom it is for; the earlier version
	// is kept, the last MaxVersions of them.
	SetBody(ctx context.Context, id MessageID, n NewMessage) (Message, error)
	// DeleteMessage deletes a message: nobody reads it any more, its row stays, and what
	// it said is kept aside until PurgeDeleted.
	DeleteMessage(ctx context.Context, id MessageID, by AccountID, at time.Time, audit AuditEntry) (MessageChange, error)
	// RestoreMessage undoes what by deleted, if that was not before since: else ErrGone.
	RestoreMessage(ctx context.Context, id MessageID, by AccountID, since time.Time) (MessageChange, error)
	// Deletion tells who deleted a message and when; ErrNotFound when it is not
	// deleted, or for good.
	Deletion(context.Context, MessageID) (by AccountID, at time.Time, err error)
	// PurgeDeleted removes from the file what messages said that were deleted before.
	PurgeDeleted(ctx context.Context, before time.Time) error
	// Thread answers with a message, what it answers and a page of what answers it, in
	// order; more says whether there are more replies.
	Thread(ctx context.Context, id MessageID, s ThreadSpan) (_ []Message, more bool, err error)
	// RoomLinks tells which rooms a message links to, by the folded names under which it
	// does: rooms may be called otherwise by now, and others so.
	RoomLinks(context.Context, MessageID) (map[string]RoomLink, error)
	// SetReactions replaces a message's reactions by what change makes of them;
	// nothing happens when change says so.
	SetReactions(ctx context.Context, id MessageID, change func([]Reaction) ([]Reaction, error)) (Message, error)
	// Versions lists what a message said before, the newest first: those before a rev
	// (0: the newest), at most limit and as many as size bytes of stored text hold, but
	// at least one. more says whether there are older ones.
	Versions(ctx context.Context, id MessageID, before Rev, limit, size int) (_ []Version, more bool, err error)
	// Mentionable finds the people a room's messages can be for, by FoldName.
	Mentionable(ctx context.Context, room RoomID, names []string) (map[string]AccountID, error)
	// Speakers lists who spoke lately in a room, the last first.
	Speakers(context.Context, RoomID) ([]AccountID, error)
	// MentionsOf lists messages that are for somebody, the newest first, of rooms
	// that he is in; before 0 from the newest.
	MentionsOf(ctx context.Context, who AccountID, before MessageID, limit int) ([]Message, error)
	// FirstAfter finds the first row of a room that has more than so many posts with
	// it; ErrNotFound when there is none.
	FirstAfter(ctx context.Context, room RoomID, posts int64) (MessageID, error)
	// DeleteBefore deletes some of what was said before a time; 0: there was nothing.
	DeleteBefore(ctx context.Context, before time.Time) (int, error)
	// SetRead moves a read mark forward, never back; moved tells whether it did.
	SetRead(ctx context.Context, room RoomID, who AccountID, upto MessageID) (moved bool, err error)
	// SetAllRead moves all read marks of somebody to the newest, and answers with the
	// rooms in which one moved.
	SetAllRead(ctx context.Context, who AccountID) ([]RoomID, error)
	// SetUnread moves it to before a message of the room, wherever it was.
	SetUnread(ctx context.Context, room RoomID, who AccountID, from MessageID) error
}
