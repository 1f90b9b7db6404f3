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
	MessageLeft                   // Event.People went; Event.Arg is WasRemoved where others had them go
	MessageRenamed                // Event.Arg is the new name
	MessageTopic                  // Event.Arg is the new topic
	MessageVisibility             // Event.Arg is what it became: KindWords
)

// WasRemoved is what the log says of somebody who did not leave by himself.
const WasRemoved = "removed"

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
	Files   []File
	Labels  string      // of the rooms that it links to, as they are called now; "" without links
	For     []AccountID // people it is for: their rows are highlighted
	All     bool        // it is for everybody in the room but its author, too
	CID     string
	Again   bool // this answer repeats what was said under its client id before
	Edited  time.Time
	Deleted bool
	Quote   Quote // what it answers
	Replies int   // how many answer it
	System  SystemMessage
	Program *Program // how a program says it; nil: as people do
	// Previews are what its first links lead to, in their order, and then those that were
	// removed from earlier versions.
	Previews []Preview
	// Reactions in the order in which their emoji came first.
	Reactions []Reaction
}

// Plain is all of a message that can be read, in one line: its words, and what its files
// are called and show.
func (m Message) Plain() string {
	if len(m.Files) == 0 {
		return m.Text.Plain()
	}
	words := []string{m.Text.Plain()}
	for _, f := range m.Files {
		if f.State != FileRemoved {
			words = append(words, f.Name, f.Alt)
		}
	}
	return strings.Join(strings.Fields(strings.Join(words, " ")), " ")
}

// Line is a message in one line for who is told of it: its words, else its files.
func (m Message) Line() string {
	if words := m.Text.Plain(); words != "" {
		return words
	}
	return Describe(m.Files)
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
	Files   []DraftFile // in the order in which they are shown
	CID     string
	ReplyTo MessageID     // 0: it answers nothing
	Confirm int           // how many people its author agreed to notify
	Program *ProgramDraft // of a bot: how it says it; Body holds all of it in words
	Host    string        // public address of this server: links to its messages are known by it
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
	repeats, leave := c.inFlight.enter(who.ID, d.CID)
	defer leave()
	if repeats {
		if m, err := c.postedBefore(ctx, who, d); err == nil {
			return m, nil
		}
	}
	m, err := c.post(ctx, who, place, d)
	if err != nil {
		if before, again := c.postedBefore(ctx, who, d); again == nil {
			return before, nil // it passed every rule the first time
		}
	}
	return m, err
}

// post says something that is no repeat, or one of a message that is not known yet.
func (c *Chat) post(ctx context.Context, who Account, place RoomAccess, d Draft) (Message, error) {
	if err := c.checkReachable(ctx, who, place); err != nil {
		return Message{}, err
	}
	answered, err := c.replyTarget(ctx, place.ID, d)
	if err != nil {
		return Message{}, err
	}
	n, err := c.newMessage(ctx, who, place.ID, d)
	if err != nil {
		return Message{}, err
	}
	calls, err := c.mentionAll(ctx, who, &n, d.Confirm)
	if err != nil {
		return Message{}, err
	}
	undo, err := c.takePause(ctx, who, place, n.At)
	if err != nil {
		return Message{}, err
	}
	m, fresh, err := c.storeMessage(ctx, who, n, calls, answered)
	if err != nil || !fresh {
		undo()
	}
	return m, err
}

// storeMessage stores a message that passed every rule, and publishes it.
func (c *Chat) storeMessage(ctx context.Context, who Account, n NewMessage, calls []string,
	answered Message) (m Message, fresh bool, err error) {
	if err := c.resolveMentions(ctx, who, &n, calls); err != nil {
		return m, false, err
	}
	if answered.ID != 0 {
		if err := c.setReply(ctx, &n, answered); err != nil {
			return m, false, err
		}
	}
	added, err := c.store.AddMessage(ctx, n)
	if err != nil {
		return m, false, err
	}
	if !added.Fresh {
		m, err = c.repeatOf(ctx, who, added.Message)
		return m, false, err
	}
	c.publishMessage(&added)
	return added.Message, true, nil
}

// publishMessage publishes a message that was stored just now.
func (c *Chat) publishMessage(a *Added) {
	c.posts.Add(1)
	c.bus.Publish(RoomChanged{Room: a.Room, Rev: a.Rev, Message: &a.Message})
	if a.LastRev > a.Rev {
		c.bus.Publish(RoomChanged{Room: a.Room, Rev: a.LastRev})
	}
}

// validate checks what needs no store.
func (d *Draft) validate() error {
	if len(d.CID) > 64 || strings.ContainsFunc(d.CID, notCID) {
		return Invalid("cid", "The message's client id is of at most 64 letters (a to z), digits, dashes and underscores.")
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
	files, err := c.attach(ctx, who, d)
	if err != nil {
		return NewMessage{}, err
	}
	body, err := d.Body, error(nil)
	if d.Program == nil {
		body, err = c.expandInRoom(ctx, room, body)
	}
	if err != nil {
		return NewMessage{}, err
	}
	text, err := c.parseLinked(ctx, who, body, files, nil)
	if err != nil {
		return NewMessage{}, err
	}
	names, err := c.customEmoji(ctx, body)
	if err != nil {
		return NewMessage{}, err
	}
	text.linkEmoji(names)
	n := NewMessage{Room: room, Author: who.Person, At: c.now(), Body: TidyBody(body), Text: text, Files: files}
	if d.Program != nil && who.IsBot() {
		if n.Program, err = d.Program.parse(); err != nil {
			return NewMessage{}, err
		}
	}
	if err := c.setPreviews(ctx, who, &n, nil, d.Host); err != nil {
		return NewMessage{}, err
	}
	limit := LimitMessages
	if who.IsBot() {
		limit = LimitBots
	}
	if err := c.Limits.Take(limit, who.ID.key()); err != nil {
		return NewMessage{}, err
	}
	if d.CID == "" {
		d.CID = NewCID()
	}
	n.CID = d.CID
	return n, nil
}
