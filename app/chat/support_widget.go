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

// Bounds of widgets, and what they have where nothing was said.
const (
	maxGreeting     = 500 // characters
	maxOrigins      = 20
	defaultLate     = 5 // minutes
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
	if err := w.tidyOrigins(); err != nil {
		return err
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

// tidyOrigins writes the sites that may show a widget as browsers name them.
func (w *Widget) tidyOrigins() error {
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
	return nil
}

// SetWidget says how visitors talk to the people of a room. Who may take programs into the
// room may; the first time a bot is made for it, and it ends with the bot.
func (c *Chat) SetWidget(ctx context.Context, who Account, room RoomID, w Widget) (Widget, error) {
	p, err := c.authorizeWidget(ctx, who, room)
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

// authorizeWidget refuses a room that answers no visitors, and who may not let them talk to it.
func (c *Chat) authorizeWidget(ctx context.Context, who Account, room RoomID) (RoomAccess, error) {
	p, err := c.authorize(ctx, who, room, ActionAddMembers)
	if err != nil {
		return p, err
	}
	if p.Kind == Direct || p.Everyone {
		return p, Invalid("", "This room cannot answer visitors. Make one for it.")
	}
	may, err := c.MayHook(ctx, who, room)
	if err == nil && !may {
		err = Forbidden("Who may have bots, and is in the room, lets visitors talk to it.")
	}
	return p, err
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
