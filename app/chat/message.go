package chat

import (
	"context"
	"crypto/rand"
	"slices"
	"strings"
	"time"
)

// MessageKind says what a row of the log is.
type MessageKind int

// Kinds of row. All but MessagePosted are written by the server and never counted as unread.
const (
	MessagePosted     MessageKind = iota
	MessageJoined                 // Event.People came in
	MessageLeft                   // Event.People went
	MessageRenamed                // Event.Arg is the new name
	MessageTopic                  // Event.Arg is the new topic
	MessageVisibility             // Event.Arg is what it became: KindWords
)

// Message is one row of a room's log as it now is.
type Message struct {
	ID      MessageID
	Room    RoomID
	Rev     Rev
	Posts   int64 // the room's count of posts with this row
	Kind    MessageKind
	Author  Person
	At      time.Time
	Cont    bool // goes on from the row before: same author, at most Continued apart
	Body    string
	Text    Text
	Labels  string      // of the rooms that it links to, as they are called now; "" without links
	For     []AccountID // people it is for: their rows are highlighted
	All     bool        // it is for everybody in the room but its author, too
	CID     string
	Edited  time.Time
	Deleted bool
	Quote   Quote // what it answers
	Replies int   // how many answer it
	System  SystemMessage
	// Reactions in the order in which their emoji came first.
	Reactions []Reaction
}

// IsFor says whether a message is for somebody in its room.
func (m Message) IsFor(id AccountID) bool {
	return id != m.Author.ID && (m.All || slices.Contains(m.For, id))
}

// Reaction is one emoji and who put it there, the first first.
type Reaction struct {
	Emoji string   `json:"e"`
	By    []Person `json:"by"`
}

// SystemMessage is what a row says that no person wrote.
type SystemMessage struct {
	People []Person `json:"p,omitempty"` // the first MaxEventPeople of them
	Count  int      `json:"c,omitempty"`
	Arg    string   `json:"a,omitempty"`
}

const (
	// ContinuedWithin is how long after a message the next of the same author goes on from it.
	ContinuedWithin = 5 * time.Minute
	// JoinGroupWindow is how long one row collects people who come in.
	JoinGroupWindow = 30 * time.Minute
	// MaxEventPeople is how many names a row of the log keeps.
	MaxEventPeople = 20
	// QuietLeaves is the size of room above which nobody is told who left.
	QuietLeaves = 20
	// PageSize is how many rows a page of history has.
	PageSize = 50
	// MaxChanges is how many changes a catch-up answers; more: load the room anew.
	MaxChanges = 200
)

// Version is what a message said until it was edited.
type Version struct {
	Rev  Rev // of the change that replaced it
	Text Text
	At   time.Time // until when
	Size int       // of the stored text, in bytes
}

// Draft is what a person wants to say. CID is the client's own id for it: the
// same author and CID are one message for ever.
type Draft struct {
	Body    string
	CID     string
	ReplyTo MessageID // 0: it answers nothing
	Confirm int       // how many people its author agreed to notify
}

// NewMessage is a draft that passed every rule.
type NewMessage struct {
	Room   RoomID
	Author Person
	At     time.Time
	Body   string
	Text   Text
	For    []AccountID
	All    bool
	CID    string
	Quote  Quote

	linked map[string]RoomLink // what an edit finds, by what was typed: see RoomLinks
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

// Span chooses a page of history; the zero Span is the newest page.
type Span struct {
	Before, After, Around MessageID // at most one is set
}

// HistoryPage is a run of a room's log in order.
type HistoryPage struct {
	Messages []Message
	Older    bool // there is more before
	Newer    bool // there is more after
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
	// ChangesSince answers with what changed after since, at most limit rows.
	ChangesSince(ctx context.Context, room RoomID, since Rev, limit int) (Changes, error)
	// SetBody replaces what a message says and whom it is for; the earlier version
	// is kept, the last MaxVersions of them.
	SetBody(ctx context.Context, id MessageID, n NewMessage) (Message, error)
	// DeleteMessage deletes a message: nobody reads it any more, its row stays, and what
	// it said is kept aside until Sweep.
	DeleteMessage(ctx context.Context, id MessageID, by AccountID, at time.Time, audit AuditEntry) (MessageChange, error)
	// RestoreMessage undoes what by deleted, if that was not before since: else ErrGone.
	RestoreMessage(ctx context.Context, id MessageID, by AccountID, since time.Time) (MessageChange, error)
	// Deletion tells who deleted a message and when; ErrNotFound when it is not
	// deleted, or for good.
	Deletion(context.Context, MessageID) (by AccountID, at time.Time, err error)
	// PurgeDeleted removes from the file what messages said that were deleted before.
	PurgeDeleted(ctx context.Context, before time.Time) error
	// Thread answers with a message, what it answers (at most up of them) and all
	// that answers it (at most down), in order; more says whether there are more.
	Thread(ctx context.Context, id MessageID, up, down int) (_ []Message, more bool, err error)
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

// PostMessage says something in a room. Saying it again with the same CID answers with
// the first message, whatever the body.
func (c *Chat) PostMessage(ctx context.Context, who Account, room RoomID, d Draft) (Message, error) {
	if err := d.validate(); err != nil {
		return Message{}, err
	}
	place, err := c.authorize(ctx, who, room, ActionPost)
	if err != nil {
		return Message{}, err
	}
	if err := c.checkReachable(ctx, who, place); err != nil {
		return Message{}, err
	}
	repeats, leave := c.inFlight.enter(who.ID, d.CID)
	defer leave()
	if repeats {
		if m, err := c.postedBefore(ctx, who, d); err == nil {
			return m, nil
		}
	}
	answered, err := c.replyTarget(ctx, room, d)
	if err != nil {
		return Message{}, err
	}
	n, err := c.newMessage(ctx, who, room, d)
	var calls []string
	if err == nil {
		calls, err = c.mentionAll(ctx, who, &n, d.Confirm)
	}
	var wait func()
	if err == nil {
		wait, err = c.slowMode.take(who, place, n.At)
	}
	if err != nil {
		if m, again := c.postedBefore(ctx, who, d); again == nil {
			return m, nil // it was taken the first time; the rate or the body does not matter
		}
		return Message{}, err
	}
	m, err := c.storeMessage(ctx, who, n, calls, answered)
	if err != nil {
		wait()
	}
	return m, err
}

// storeMessage stores a message that passed every rule, and publishes it.
func (c *Chat) storeMessage(ctx context.Context, who Account, n NewMessage, calls []string, answered Message) (Message, error) {
	if err := c.resolveMentions(ctx, who, &n, calls); err != nil {
		return Message{}, err
	}
	if answered.ID != 0 {
		if err := c.setReply(ctx, &n, answered); err != nil {
			return Message{}, err
		}
	}
	added, err := c.store.AddMessage(ctx, n)
	if err != nil {
		return Message{}, err
	}
	if !added.Fresh {
		return c.repeatOf(ctx, who, added.Message)
	}
	c.publishMessage(&added)
	return added.Message, nil
}

// publishMessage publishes a message that was stored just now.
func (c *Chat) publishMessage(a *Added) {
	c.posts.Add(1)
	c.bus.Publish(RoomChanged{Room: a.Room, Rev: a.Rev, Message: &a.Message})
	if a.LastRev > a.Rev {
		c.bus.Publish(RoomChanged{Room: a.Room, Rev: a.LastRev})
	}
}

// postedBefore finds the message that a repeated draft already made.
func (c *Chat) postedBefore(ctx context.Context, who Account, d Draft) (Message, error) {
	if d.CID == "" {
		return Message{}, ErrNotFound
	}
	m, err := c.store.MessageByCID(ctx, who.ID, d.CID)
	if err != nil {
		return m, err
	}
	return c.repeatOf(ctx, who, m)
}

// repeatOf answers a repeat with what was made of the first, for who may still read
// it: a client id opens no room.
func (c *Chat) repeatOf(ctx context.Context, who Account, m Message) (Message, error) {
	if _, err := c.authorize(ctx, who, m.Room, ActionRead); err != nil {
		return Message{}, NotFound()
	}
	return m, nil
}

// validate checks what needs no store.
func (d *Draft) validate() error {
	if len(d.CID) > 64 || strings.ContainsFunc(d.CID, notCID) {
		return Invalid("cid", "The message's client id must be at most 64 letters and digits.")
	}
	return nil
}

func notCID(r rune) bool {
	return !(r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '-' || r == '_')
}

// NewCID makes a client id for a form that was drawn without a script.
func NewCID() string { return rand.Text() }

// newMessage parses a draft and takes it from the author's rate.
func (c *Chat) newMessage(ctx context.Context, who Account, room RoomID, d Draft) (NewMessage, error) {
	body, err := expandCommand(d.Body)
	if err != nil {
		return NewMessage{}, err
	}
	text, err := ParseText(body)
	if err != nil {
		return NewMessage{}, err
	}
	if err := c.Limits.Take(LimitMessages, who.ID.key()); err != nil {
		return NewMessage{}, err
	}
	if d.CID == "" {
		d.CID = NewCID()
	}
	return NewMessage{Room: room, Author: who.Person, At: c.now(), Body: TidyBody(body), Text: text, CID: d.CID}, nil
}
