package chat

import (
	"context"
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"
)

// Widget is how visitors of web sites talk to the people of a room, who answer them one by
// one. It is stored as JSON, so that its tags never change.
type Widget struct {
	Room      RoomID    `json:"-"`
	Slug      string    `json:"-"` // of its address: /widget/SLUG
	Bot       AccountID `json:"-"` // tells the room of who comes
	Rev       int64     `json:"-"` // counts changes of its cases
	On        bool      `json:"on,omitempty"`
	Title     string    `json:"title"`
	Greeting  string    `json:"greeting,omitempty"`
	Origins   []string  `json:"origins,omitempty"` // of pages that may show it, like https://www.example.org
	Hours     string    `json:"hours,omitempty"`   // lines like mon-fri 09:00-17:00; "": always
	Zone      string    `json:"zone,omitempty"`    // of the hours
	Colour    string    `json:"colour,omitempty"`  // #rrggbb
	Late      int       `json:"late,omitempty"`    // minutes after which who waits is late
	WholePage bool      `json:"whole,omitempty"`   // the query of a page's address is told, too
}

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
	MaxVisitorBody  = 2_000 // characters
	MaxVisitorName  = 64
	MaxCases        = 200 // of one state that are listed, and that may wait
	MaxCaseLines    = 200 // that are shown
	maxGreeting     = 500
	maxOrigins      = 20
	maxCaseExcerpt  = 120
	defaultLate     = 5
	DefaultColour   = "#10667e"
	defaultGreeting = "Hello! Write here, a person answers."
)

var slugForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,31}$`)

// Check says what is wrong with a widget that comes from elsewhere.
func (w Widget) Check() error { return w.tidy() }

// tidy makes a widget that may be stored of one that was typed.
func (w *Widget) tidy() error {
	w.Slug = strings.ToLower(strings.TrimSpace(w.Slug))
	if !slugForm.MatchString(w.Slug) {
		return Invalid("slug", "A name of an address has 2 to 32 letters, digits and dashes, like support.")
	}
	var err error
	if w.Title, err = ParseDisplayName(w.Title); err != nil {
		return Invalid("title", "A title has 1 to 64 characters.")
	}
	ok := true
	if w.Greeting, ok = lines(w.Greeting); !ok || utf8.RuneCountInString(w.Greeting) > maxGreeting || stackedMarks(w.Greeting) {
		return Invalid("greeting", "A greeting has at most 500 characters.")
	}
	if w.Greeting == "" {
		w.Greeting = defaultGreeting
	}
	if len(w.Origins) > maxOrigins {
		return Invalid("origins", "At most 20 sites may show it.")
	}
	for i, o := range w.Origins {
		u, err := url.Parse(strings.TrimSuffix(o, "/"))
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.Path != "" || u.RawQuery != "" || u.Fragment != "" ||
			u.User != nil ||
			strings.ContainsAny(u.Host, " ;,'\"*") {
			return Invalid("origins", "A site looks like https://www.example.org, without a path.")
		}
		w.Origins[i] = u.Scheme + "://" + strings.ToLower(u.Host)
	}
	if w.Zone == "" {
		w.Zone = "UTC"
	}
	if _, err := time.LoadLocation(w.Zone); err != nil || len(w.Zone) > 64 || w.Zone == "Local" {
		return Invalid("zone", "There is no time zone of this name. They look like Europe/Lisbon.")
	}
	if _, err := parseHours(w.Hours); err != nil {
		return err
	}
	if w.Colour = tone(w.Colour); len(w.Colour) == 4 {
		w.Colour = "#" + strings.Repeat(w.Colour[1:2], 2) + strings.Repeat(w.Colour[2:3], 2) + strings.Repeat(w.Colour[3:4], 2)
	}
	if len(w.Colour) != 7 {
		w.Colour = DefaultColour
	}
	if w.Late <= 0 || w.Late > 24*60 {
		w.Late = defaultLate
	}
	return nil
}

// SetWidget says how visitors talk to the people of a room. Who may take programs into the
// room may; the first time a bot is made for it, and it ends with the bot.
func (c *Chat) SetWidget(ctx context.Context, who Account, room RoomID, w Widget) (Widget, error) {
	p, err := c.authorize(ctx, who, room, ActionAddMembers)
	if err != nil {
		return w, err
	}
	if p.Kind == Direct || p.Everyone {
		return w, Invalid("", "This room cannot answer visitors. Make one for it.")
	}
	may, err := c.MayHook(ctx, who, room)
	if err == nil && !may {
		err = Forbidden("Who may have bots, and is in the room, lets visitors talk to it.")
	}
	if err != nil {
		return w, err
	}
	if err := w.tidy(); err != nil {
		return w, err
	}
	w.Room = room
	was, err := c.store.Widget(ctx, room)
	switch {
	case err == nil:
		w.Bot = was.Bot
		if bot, err := c.store.Account(ctx, was.Bot); err != nil || bot.Disabled {
			w.Bot = 0
		}
	case !isNotFound(err):
		return w, err
	}
	if other, err := c.store.WidgetNamed(ctx, w.Slug); err == nil && other.Room != room {
		return w, Conflict("slug", "Another room has this address. Choose another name.")
	}
	if w.Bot == 0 {
		bot, err := c.CreateHookBot(ctx, who, room, w.Title+" visitors")
		if err != nil {
			return w, err
		}
		w.Bot = bot.ID
	}
	state := "off"
	if w.On {
		state = "on"
	}
	if err := c.store.SetWidget(ctx, w, c.audit(who, AuditSetWidget, auditLabel(p.Room), state)); err != nil {
		return w, err
	}
	c.bus.Publish(RoomHeaderChanged{Room: room})
	c.supportChanged()
	people, err := c.store.MemberIDs(ctx, room)
	if err == nil {
		c.bus.Publish(RoomListChanged{People: people})
	}
	return w, nil
}

// WidgetOf is the widget of a room, for who is in it.
func (c *Chat) WidgetOf(ctx context.Context, who Account, room RoomID) (Widget, RoomAccess, error) {
	p, err := c.authorize(ctx, who, room, ActionListen)
	if err != nil {
		return Widget{}, p, err
	}
	w, err := c.store.Widget(ctx, room)
	return w, p, err
}

// OpenWidget finds a widget for visitors: NotFound where it is off, or its bot was removed.
func (c *Chat) OpenWidget(ctx context.Context, slug string) (Widget, error) {
	w, err := c.store.WidgetNamed(ctx, slug)
	if err != nil {
		return w, err
	}
	bot, err := c.store.Account(ctx, w.Bot)
	if err == nil && (!w.On || bot.Disabled) {
		err = NotFound()
	}
	return w, err
}

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
