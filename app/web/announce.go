package web

import (
	"bytes"
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"parley/app/chat"
	"parley/app/live"
	"parley/views"
)

const (
	// badgeEvery collects posts before badges are told.
	badgeEvery = 300 * time.Millisecond
	// listEvery collects comings and goings before lists and headers are told.
	listEvery = 50 * time.Millisecond
)

// Teller is the chat's bus on this node: it turns hints into frames for the pages
// that should know. It reads what it tells from the store.
type Teller struct {
	Hub       *live.Hub
	chat      *chat.Chat
	ctx       context.Context // carries the build, for icons
	fragments *fragments

	badges  batch[chat.RoomID]    // of the people of these rooms
	rosters batch[chat.AccountID] // the lists of rooms of these people
	heads   batch[chat.RoomID]

	mu    sync.Mutex
	said  map[chat.RoomID][]*chat.Message                // since the room's badges were told
	shown map[chat.AccountID]map[chat.RoomID]views.Badge // what the pages of who is here show
}

var (
	_ chat.Bus      = (*Teller)(nil)
	_ live.Events   = (*Teller)(nil)
	_ chat.Presence = (*Teller)(nil)
)

// NewTeller makes a bus that tells nothing until the server serves.
func NewTeller() *Teller {
	t := &Teller{fragments: newFragments(), shown: map[chat.AccountID]map[chat.RoomID]views.Badge{}, said: map[chat.RoomID][]*chat.Message{}}
	t.badges = batch[chat.RoomID]{every: badgeEvery, what: "badges", do: t.tellBadges}
	t.rosters = batch[chat.AccountID]{every: listEvery, what: "lists", do: t.tellLists}
	t.heads = batch[chat.RoomID]{every: listEvery, what: "headers", do: t.tellHeads}
	t.Hub = live.New(t)
	return t
}

func (t *Teller) serve(c *chat.Chat, ctx context.Context) { t.chat, t.ctx = c, ctx }

// asking bounds a question of the teller's own.
func (t *Teller) asking() (context.Context, context.CancelFunc) {
	return context.WithTimeout(t.ctx, askWithin)
}

// Publish implements chat.Bus; it does not wait for anything.
func (t *Teller) Publish(h chat.Event) {
	if t.chat == nil {
		return // of the command line: nobody listens
	}
	switch h := h.(type) {
	case chat.RoomChanged:
		t.Hub.Wake(h, t.news(h.Room))
		t.note(h.Message)
		t.badges.add(h.Room)
	case chat.RoomHeaderChanged:
		t.heads.add(h.Room)
	case chat.RoomRenamed:
		quietly("links", func() { t.tellName(h.Room, h.Name) })
	case chat.RoomDeleted:
		t.Hub.Close(h.Room)
		t.rosters.add(h.People...)
	case chat.RoomListChanged:
		t.rosters.add(h.People...)
	case chat.ReportsChanged:
		quietly("reports", func() { t.tellReports(h.Room) })
	case chat.ReadMarkMoved:
		quietly("badge", func() { t.tellBadge(h.Account, h.Room) })
	case chat.PrefsChanged:
		t.Hub.SetHidden(h.Account, h.Prefs.Invisible)
		t.Hub.Send(h.Account, live.Text(prefsFrame(h.Prefs)))
	case chat.SessionEnded:
		t.Hub.EndSessions(h.Account, h.Sessions)
	case chat.UserTyping:
		t.Hub.Typing(h.Room, h.Who)
	}
}

func (t *Teller) tellHeads(rooms []chat.RoomID) {
	for _, room := range rooms {
		t.tellHead(room)
	}
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
	name := live.Text(views.Partial(t.ctx, views.SideNameTarget(room), "outerHTML", views.SideName(chat.SidebarRoom{Room: head.Room})))
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

// tellName renews the links to an open room on every page.
func (t *Teller) tellName(room chat.RoomID, name string) {
	f := live.Text(views.AppendPartial(nil, views.RoomLinkTarget(room), "textContent", views.Escaped("#"+name)))
	for id := range t.Hub.Here() {
		t.Hub.Send(id, f)
	}
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

// listsAtOnce is how many rooms one frame lists; those of who is in more follow in
// further frames.
const listsAtOnce = 100

// lists draws one person's lists of rooms, and remembers the badges in it.
func (t *Teller) lists(id chat.AccountID) (live.Frame, error) {
	ctx, cancel := t.asking()
	defer cancel()
	rooms, err := t.chat.Sidebar(ctx, id)
	if err != nil {
		return live.Frame{}, err
	}
	for _, r := range rooms {
		t.remember(id, r.ID, views.BadgeOf(r))
	}
	var first []chat.SidebarRoom
	var more [][]chat.SidebarRoom
	direct := slices.IndexFunc(rooms, func(r chat.SidebarRoom) bool { return r.Kind == chat.Direct })
	if direct < 0 {
		direct = len(rooms)
	}
	for _, list := range [][]chat.SidebarRoom{rooms[:direct], rooms[direct:]} {
		n := min(len(list), listsAtOnce)
		first = append(first, list[:n]...)
		more = slices.AppendSeq(more, slices.Chunk(list[n:], listsAtOnce))
	}
	v := views.Viewer{Rooms: first, Presence: t.presence, Zone: time.UTC}
	parts := [][]byte{views.Partial(t.ctx, views.ListsTarget, "outerMorph", views.Lists(v, 0))}
	for _, list := range more {
		parts = append(parts, views.Partial(t.ctx, views.MoreTarget(list[0].Kind), "beforebegin", views.SideRooms(v, list)))
	}
	return live.Texts(parts), nil
}

// pushSide tells a page that comes back what its sidebar says by now.
func (p *page) pushSide(ctx context.Context) {
	me := p.session.Account
	if lists, err := p.s.teller.lists(me.ID); err == nil {
		p.Push(lists)
	}
	rooms, err := p.s.chat.Sidebar(ctx, me.ID)
	if err != nil || !chat.MayDecideReports(me, rooms) {
		return
	}
	if n, err := p.s.chat.CountReports(ctx, me); err == nil {
		p.Push(p.s.teller.reports(n))
	}
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

// tellBadges tells everybody who is here what changed in these rooms: all of it in
// one frame for each person.
func (t *Teller) tellBadges(rooms []chat.RoomID) {
	here := t.Hub.Here()
	news := map[chat.AccountID][][]byte{}
	for _, room := range rooms {
		t.gatherBadges(room, here, news)
	}
	for id, partials := range news {
		var parts [][]byte
		for part := range slices.Chunk(partials, listsAtOnce) {
			parts = append(parts, bytes.Join(part, nil))
		}
		t.Hub.Send(id, live.Texts(parts))
	}
}

// gatherBadges adds what changed in one room to the news of those who are here.
func (t *Teller) gatherBadges(room chat.RoomID, here map[chat.AccountID]bool, news map[chat.AccountID][][]byte) {
	ctx, cancel := t.asking()
	defer cancel()
	r, marks, err := t.chat.ReadMarks(ctx, room)
	if err != nil {
		return // the room is gone
	}
	t.notify(r, marks, here)
	if r.Kind == chat.Direct {
		t.rosters.add(slices.Collect(maps.Keys(marks))...) // the newest conversation stands first
		return
	}
	drawn := map[views.Badge][]byte{}
	for id, m := range marks {
		if !here[id] {
			continue
		}
		b := views.BadgeOf(chat.SidebarRoom{Room: r, Membership: m})
		if !t.remember(id, room, b) {
			continue
		}
		if drawn[b] == nil {
			drawn[b] = t.badge(room, b)
		}
		news[id] = append(news[id], drawn[b])
	}
}

func (t *Teller) badge(room chat.RoomID, b views.Badge) []byte {
	return views.Partial(t.ctx, views.BadgeTarget(room), "outerHTML", views.RoomBadge(room, b))
}

// tellBadge renews one badge on all pages of one person.
func (t *Teller) tellBadge(id chat.AccountID, room chat.RoomID) {
	ctx, cancel := t.asking()
	defer cancel()
	r, err := t.chat.SidebarRoom(ctx, id, room)
	if err != nil {
		return // not in it any more
	}
	b := views.BadgeOf(r)
	t.remember(id, room, b)
	t.Hub.Send(id, live.Text(t.badge(room, b)))
}
