package chat

import (
	"context"
	"time"
)

// CaseID names a conversation with a visitor.
type CaseID int64

// CaseState says what a case has come to; they are stored, so only ever append.
type CaseState uint8

// The states of a case.
const (
	CaseWaits CaseState = iota
	CaseTaken
	CaseClosed
)

// Case is a conversation of one visitor with the people of a room.
type Case struct {
	ID      CaseID
	Room    RoomID
	Visitor []byte // hash of the cookie; nil: forgotten
	Name    string // "": not said
	Mail    string
	Page    string // where the visitor is; "": not said
	State   CaseState
	TakenBy Person // ID 0: nobody
	Rev     int64
	Opened  time.Time
	Changed time.Time
	Waits   time.Time // since when the visitor waits for an answer; zero: does not
	Last    string    // what was said last, the beginning

	SeenTeam, SeenVisitor int64 // the line up to which it was seen; 0: nothing was
}

// CaseLineKind says what a line of a case is; they are stored, so only ever append.
type CaseLineKind uint8

// The kinds of line.
const (
	LineVisitor CaseLineKind = iota
	LineTeam
	LineOpened // Body: the page
	LineTaken
	LineHandedOn // Body: to whom
	LineClosed
)

// CaseLine is one line of a case.
type CaseLine struct {
	ID     int64
	Kind   CaseLineKind
	Author Person // of the team
	At     time.Time
	Body   string
}

// SupportStore keeps widgets and cases.
type SupportStore interface {
	// SetWidget stores the widget of a room; ErrConflict: another one has its slug.
	SetWidget(ctx context.Context, w Widget, audit AuditEntry) error
	Widget(ctx context.Context, room RoomID) (Widget, error)
	WidgetNamed(ctx context.Context, slug string) (Widget, error)
	// AddCase opens a case with its first lines.
	AddCase(ctx context.Context, c Case, lines []CaseLine) (Case, error)
	Case(ctx context.Context, id CaseID) (Case, error)
	// CaseOfVisitor is the newest one of a visitor in a room.
	CaseOfVisitor(ctx context.Context, room RoomID, visitor []byte) (Case, error)
	// Cases lists those of a room that are open, the longest open first, and then those
	// that were closed last; at most limit of each.
	Cases(ctx context.Context, room RoomID, limit int) ([]Case, error)
	// CaseLines lists the last lines of a case, in order.
	CaseLines(ctx context.Context, id CaseID, limit int) ([]CaseLine, error)
	// SetCase changes a case with change, and adds lines that it answers with.
	SetCase(ctx context.Context, id CaseID, change func(*Case) ([]CaseLine, error)) (Case, error)
	// SetCaseSeen stores up to which line the visitor, or the team, has seen a case, and
	// counts that as a change of the queue; what the team saw as one of the case, too. Who saw
	// as much before stays as he is.
	SetCaseSeen(ctx context.Context, id CaseID, visitor bool, line int64) error
	// ForgetVisitor removes who a visitor was from all cases.
	ForgetVisitor(ctx context.Context, visitor []byte) error
	// DeleteCases removes cases that were closed before, with all that was said in them.
	DeleteCases(ctx context.Context, before time.Time) error
}

// Bounds of support.
const (
	MaxVisitorBody = 2_000 // characters
	MaxVisitorName = 64
	MaxCases       = 200 // of one state that are listed, and that may wait
	MaxCaseLines   = 200 // that are shown
	maxCaseExcerpt = 120
)

// supportChanged wakes who waits for a change of a case in this process.
func (c *Chat) supportChanged() {
	c.supportMu.Lock()
	defer c.supportMu.Unlock()
	if c.supportWake != nil {
		close(c.supportWake)
		c.supportWake = nil
	}
}

// SupportChanged is closed when a case has changed in this process; on other nodes one has
// to look.
func (c *Chat) SupportChanged() <-chan struct{} {
	c.supportMu.Lock()
	defer c.supportMu.Unlock()
	if c.supportWake == nil {
		c.supportWake = make(chan struct{})
	}
	return c.supportWake
}

// Since is since when somebody waits for an answer, else when it changed last.
func (k Case) Since() time.Time {
	if !k.Waits.IsZero() {
		return k.Waits
	}
	return k.Changed
}
