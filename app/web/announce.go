package web

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"parley/app/chat"
	"parley/app/live"
	"parley/views"
)

// maxFrame is how much a page is told at once; where there is more, loading the
// room anew is less.
const maxFrame = 192 << 10

// badgeEvery collects posts before badges are told.
const badgeEvery = 300 * time.Millisecond

// Teller is the chat's bus on this node: it turns hints into frames for the pages
// that should know. It reads what it tells from the store.
type Teller struct {
	Hub       *live.Hub
	chat      *chat.Chat
	ctx       context.Context // carries the build, for icons
	fragments *fragments

	mu     sync.Mutex
	badges map[chat.RoomID]bool                           // rooms whose badges are due
	shown  map[chat.AccountID]map[chat.RoomID]views.Badge // what the pages of who is here show
}

var (
	_ chat.Bus    = (*Teller)(nil)
	_ live.Events = (*Teller)(nil)
)

// NewTeller makes a bus that tells nothing until the server serves.
func NewTeller() *Teller {
	t := &Teller{fragments: newFragments(), badges: map[chat.RoomID]bool{}, shown: map[chat.AccountID]map[chat.RoomID]views.Badge{}}
	t.Hub = live.New(t)
	return t
}

func (t *Teller) serve(c *chat.Chat, ctx context.Context) { t.chat, t.ctx = c, ctx }

// asking bounds a question of the teller's own.
func (t *Teller) asking() (context.Context, context.CancelFunc) {
	return context.WithTimeout(t.ctx, askWithin)
}

// Tell implements chat.Bus; it does not wait for anything.
func (t *Teller) Tell(h chat.Hint) {
	if t.chat == nil {
		return // of the command line: nobody listens
	}
	switch h := h.(type) {
	case chat.RoomChanged:
		t.Hub.Wake(h.Room, t.news(h.Room))
		t.badgesDue(h.Room)
	case chat.RoomRenamed:
		quietly("head", func() { t.tellHead(h.Room) })
	case chat.RoomDropped:
		t.Hub.Close(h.Room)
		quietly("lists", func() { t.tellLists(h.People) })
	case chat.RosterChanged:
		quietly("lists", func() { t.tellLists(h.People) })
	case chat.ReadMoved:
		quietly("badge", func() { t.tellBadge(h.Account, h.Room) })
	case chat.SessionEnded:
		t.Hub.EndSessions(h.Account, h.Sessions)
	case chat.SomeoneTypes:
		t.Hub.Typing(h.Room, h.Who)
	}
}

// news reads a room's log from where it was told.
func (t *Teller) news(room chat.RoomID) live.Ask {
	return func(since chat.Rev) (live.News, error) {
		ctx, cancel := t.asking()
		defer cancel()
		changes, err := t.chat.ChangesSince(ctx, room, since)
		if err != nil {
			return live.News{}, err
		}
		return live.News{Rev: changes.Rev, Frame: live.Text(t.frame(room, since, changes)), Gone: changes.Gone}, nil
	}
}

// frame draws changes as pages are told of them, live and when they catch up.
func (t *Teller) frame(room chat.RoomID, since chat.Rev, c chat.Changes) []byte {
	if c.Reset {
		return resetFrame(room)
	}
	if since >= c.Rev {
		return nil
	}
	f := views.ToldTo(room, t.fragments.rows(c.Messages), c.Rev)
	if len(f) > maxFrame {
		return resetFrame(room)
	}
	return f
}

// tellHead renews a room's header and its name in the lists of its people.
func (t *Teller) tellHead(room chat.RoomID) {
	head, err := t.head(room)
	if err != nil || head.Kind == chat.Direct {
		return // gone meanwhile, or has no header that all share
	}
	if err := t.Hub.CastAfter(room, t.news(room), live.Text(views.NewHead(t.ctx, head))); err != nil {
		slog.Error("a header was not told", "room", room, "error", err)
	}
	name := live.Text(views.Partial(t.ctx, views.SideNameTarget(room), "outerHTML", views.SideName(chat.SideRoom{Room: head.Room})))
	for _, p := range head.Occupants {
		t.Hub.Send(p.ID, name)
	}
}

func (t *Teller) head(room chat.RoomID) (views.Head, error) {
	ctx, cancel := t.asking()
	defer cancel()
	r, people, err := t.chat.Roster(ctx, room)
	h := views.Head{Room: r, Title: r.Name, Occupants: people}
	for _, p := range people {
		if t.Hub.PresenceOf(p.ID) != live.Offline {
			h.Online++
		}
	}
	return h, err
}

// tellLists sends people their lists of rooms anew.
func (t *Teller) tellLists(people []chat.AccountID) {
	for _, id := range people {
		if t.Hub.Count(id) == 0 {
			continue
		}
		f, err := t.lists(id)
		if err != nil {
			slog.Error("a list of rooms was not told", "account", id, "error", err)
			continue
		}
		t.Hub.Send(id, f)
	}
}

// lists draws one person's lists of rooms, and remembers the badges in it.
func (t *Teller) lists(id chat.AccountID) (live.Frame, error) {
	ctx, cancel := t.asking()
	defer cancel()
	rooms, err := t.chat.Sidebar(ctx, id)
	if err != nil {
		return live.Frame{}, err
	}
	v := views.Viewer{Rooms: rooms, Presence: t.presence, Zone: time.UTC}
	for _, r := range rooms {
		t.remember(id, r.ID, views.BadgeOf(r))
	}
	return live.Text(views.Partial(t.ctx, views.ListsTarget, "outerHTML", views.Lists(v, 0))), nil
}

// remember notes what badge a person's pages show and says whether it is new.
func (t *Teller) remember(id chat.AccountID, room chat.RoomID, b views.Badge) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	mine := t.shown[id]
	if mine == nil {
		mine = map[chat.RoomID]views.Badge{}
		t.shown[id] = mine
	}
	was, known := mine[room]
	mine[room] = b
	return !known || was != b
}

// badgesDue has the badges of a room's people told soon.
func (t *Teller) badgesDue(room chat.RoomID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.badges) == 0 {
		time.AfterFunc(badgeEvery, t.tellBadges)
	}
	t.badges[room] = true
}

func (t *Teller) tellBadges() {
	t.mu.Lock()
	due := t.badges
	t.badges = map[chat.RoomID]bool{}
	t.mu.Unlock()
	for room := range due {
		quietly("badges", func() { t.tellBadgesOf(room) })
	}
}

func (t *Teller) tellBadgesOf(room chat.RoomID) {
	ctx, cancel := t.asking()
	defer cancel()
	r, marks, err := t.chat.Marks(ctx, room)
	if err != nil {
		return // the room is gone
	}
	if r.Kind == chat.Direct {
		ids := make([]chat.AccountID, 0, len(marks))
		for id := range marks {
			ids = append(ids, id)
		}
		t.tellLists(ids) // the newest conversation stands first
		return
	}
	drawn := map[views.Badge]live.Frame{}
	for _, id := range t.Hub.Here() {
		m, in := marks[id]
		if !in {
			continue
		}
		b := views.BadgeOf(chat.SideRoom{Room: r, Membership: m})
		if !t.remember(id, room, b) {
			continue
		}
		f, ok := drawn[b]
		if !ok {
			f = t.badge(room, b)
			drawn[b] = f
		}
		t.Hub.Send(id, f)
	}
}

func (t *Teller) badge(room chat.RoomID, b views.Badge) live.Frame {
	return live.Text(views.Partial(t.ctx, views.BadgeTarget(room), "outerHTML", views.RoomBadge(room, b)))
}

// tellBadge renews one badge on all pages of one person.
func (t *Teller) tellBadge(id chat.AccountID, room chat.RoomID) {
	ctx, cancel := t.asking()
	defer cancel()
	r, err := t.chat.SideRoomOf(ctx, id, room)
	if err != nil {
		return // not in it any more
	}
	b := views.BadgeOf(r)
	t.remember(id, room, b)
	t.Hub.Send(id, t.badge(room, b))
}
