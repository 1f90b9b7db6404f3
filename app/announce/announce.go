// Package announce turns what happened into frames for the open pages of this node:
// rows, headers, badges, lists of rooms, presence, notifications. It subscribes to the
// bus and reads what it sends from the store; it knows nothing of HTTP.
package announce

import (
	"bytes"
	"context"
	"errors"
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
	// badgeEvery collects posts before badges are sent.
	badgeEvery = 300 * time.Millisecond
	// listEvery collects comings and goings before lists and headers are sent.
	listEvery = 50 * time.Millisecond
	// promptly is for what one person waits for.
	promptly = time.Millisecond
)

// Announcer sends the pages of this node what they should know. Each of its batches
// works on a goroutine of its own; Handle waits for none of them.
type Announcer struct {
	Hub      *live.Hub
	chat     *chat.Chat
	ctx      context.Context // carries the build, for icons
	Rendered *RenderCache

	badges   batcher[chat.RoomID]    // of the people of these rooms
	lists    batcher[chat.AccountID] // the lists of rooms of these people
	headers  batcher[chat.RoomID]
	names    batcher[chat.RoomID]    // in the links to these rooms
	reports  batcher[chat.RoomID]    // how many wait in these rooms
	reads    batcher[readMark]       // the badges of who has read
	arrivals batcher[chat.AccountID] // who came or went

	mu              sync.Mutex
	pendingMessages map[chat.RoomID][]*chat.Message                // since the room's badges were sent
	shown           map[chat.AccountID]map[chat.RoomID]views.Badge // what the pages of who is here show
}

var (
	_ live.Events   = (*Announcer)(nil)
	_ chat.Presence = (*Announcer)(nil)
)

// New makes an announcer that sends nothing until Attach.
func New() *Announcer {
	a := &Announcer{Rendered: newRenderCache(), shown: map[chat.AccountID]map[chat.RoomID]views.Badge{},
		pendingMessages: map[chat.RoomID][]*chat.Message{}}
	a.badges = batcher[chat.RoomID]{every: badgeEvery, what: "badges", do: a.announceBadges}
	a.lists = batcher[chat.AccountID]{every: listEvery, what: "lists", do: a.announceLists}
	a.headers = batcher[chat.RoomID]{every: listEvery, what: "headers", do: a.announceHeaders}
	a.names = batcher[chat.RoomID]{every: listEvery, what: "names of rooms", do: a.announceRoomNames}
	a.reports = batcher[chat.RoomID]{every: listEvery, what: "reports", do: a.announceReports}
	a.reads = batcher[readMark]{every: promptly, what: "badges of who has read", do: a.announceReadMarks}
	a.arrivals = batcher[chat.AccountID]{every: promptly, what: "presence", do: a.announceArrivals}
	a.Hub = live.New(a)
	return a
}

// Attach gives it whom it asks; ctx carries the build, for the addresses of icons. Call
// it before the first event.
func (a *Announcer) Attach(c *chat.Chat, ctx context.Context) { a.chat, a.ctx = c, ctx }

// Stop waits for the batches that run and begins none any more: afterwards it asks the
// store nothing.
func (a *Announcer) Stop() {
	a.badges.stop()
	a.lists.stop()
	a.headers.stop()
	a.names.stop()
	a.reports.stop()
	a.reads.stop()
	a.arrivals.stop()
}

// storeTimeout bounds one question to the store.
const storeTimeout = 10 * time.Second

// timeout bounds a question of the announcer's own.
func (a *Announcer) timeout() (context.Context, context.CancelFunc) {
	return context.WithTimeout(a.ctx, storeTimeout)
}

// Handle takes an event of the bus; it does not wait for anything.
func (a *Announcer) Handle(e chat.Event) {
	switch e := e.(type) {
	case chat.RoomChanged:
		a.Hub.Notify(e, a.Updates(e.Room))
		a.addMessage(e.Message)
		a.badges.add(e.Room)
	case chat.RoomHeaderChanged:
		a.headers.add(e.Room)
	case chat.RoomRenamed:
		a.names.add(e.Room)
	case chat.RoomDeleted:
		live.InBackground("closing a room", func() { a.Hub.CloseRoom(e.Room) })
		a.lists.add(e.People...)
	case chat.RoomListChanged:
		a.lists.add(e.People...)
	case chat.ReportsChanged:
		a.reports.add(e.Room)
	case chat.ReadMarkMoved:
		a.reads.add(readMark{e.Account, e.Room})
	case chat.PrefsChanged:
		a.Hub.SetHidden(e.Account, e.Prefs.Invisible)
		a.Hub.Send(e.Account, live.Text(prefsFrame(e.Prefs)))
	case chat.SessionEnded:
		a.Hub.EndSessions(e.Account, e.Sessions)
	case chat.UserTyping:
		live.InBackground("typing", func() { a.Hub.StartTyping(e.Room, e.Who) })
	}
}

func (a *Announcer) announceHeaders(rooms []chat.RoomID) {
	for _, room := range rooms {
		a.announceHeader(room)
	}
}

// announceHeader renews a room's header and its name in the lists of its people.
func (a *Announcer) announceHeader(room chat.RoomID) {
	header, err := a.roomHeader(room)
	if err != nil {
		logUnlessGone("a header", room, err)
		return
	}
	if header.Kind == chat.Direct { // has no header that all share
		return
	}
	if err := a.Hub.BroadcastAfter(room, a.Updates(room), live.Text(views.HeaderPartial(a.ctx, header))); err != nil {
		slog.Error("a header was not sent", "room", room, "error", err)
	}
	name := live.Text(views.Partial(a.ctx, views.SidebarNameTarget(room), "outerHTML", views.SidebarName(chat.SidebarRoom{Room: header.Room})))
	for _, p := range header.Members {
		a.Hub.Send(p.ID, name)
	}
}

func (a *Announcer) roomHeader(room chat.RoomID) (views.RoomHeader, error) {
	ctx, cancel := a.timeout()
	defer cancel()
	r, people, err := a.chat.Roster(ctx, room)
	h := views.RoomHeader{Room: r, Title: r.Name, Members: people}
	for _, p := range people {
		if a.Hub.PresenceOf(p.ID) != live.Offline {
			h.Online++
		}
	}
	return h, err
}

// announceRoomNames renews the links to open rooms on every page.
func (a *Announcer) announceRoomNames(rooms []chat.RoomID) {
	for _, room := range rooms {
		h, err := a.roomHeader(room)
		if err != nil {
			logUnlessGone("the name of a room", room, err)
			continue
		}
		if h.Kind == chat.Open { // it may have become private since
			a.Hub.SendAll(live.Text(views.AppendPartial(nil, views.RoomLinkTarget(room), "textContent", views.Escaped("#"+h.Name))))
		}
	}
}

// logUnlessGone logs that something was not sent; a room that is gone, or that somebody
// left, is no fault.
func logUnlessGone(what string, room chat.RoomID, err error) {
	if !errors.Is(err, chat.ErrNotFound) {
		slog.Error(what+" could not be sent", "room", room, "error", err)
	}
}

// announceLists sends people their lists of rooms anew.
func (a *Announcer) announceLists(people []chat.AccountID) {
	for _, id := range people {
		if a.Hub.Count(id) == 0 {
			continue
		}
		f, err := a.RoomLists(id)
		if err != nil {
			slog.Error("a list of rooms was not sent", "account", id, "error", err)
			continue
		}
		a.Hub.Send(id, f)
	}
}

// listsAtOnce is how many rooms one frame lists; those of who is in more follow in
// further frames.
const listsAtOnce = 100

// RoomLists draws one person's lists of rooms, and remembers the badges in it.
func (a *Announcer) RoomLists(id chat.AccountID) (live.Frame, error) {
	ctx, cancel := a.timeout()
	defer cancel()
	rooms, err := a.chat.Sidebar(ctx, id)
	if err != nil {
		return live.Frame{}, err
	}
	for _, r := range rooms {
		a.badgeChanged(id, r.ID, views.BadgeOf(r))
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
	v := views.Viewer{Rooms: first, Presence: a.PresenceWord, Zone: time.UTC}
	parts := [][]byte{views.Partial(a.ctx, views.ListsTarget, "outerMorph", views.Lists(v, 0))}
	for _, list := range more {
		parts = append(parts, views.Partial(a.ctx, views.MoreTarget(list[0].Kind), "beforebegin", views.SidebarRooms(v, list)))
	}
	return live.Texts(parts), nil
}

// badgeChanged notes what badge a person's pages show and says whether it is new.
func (a *Announcer) badgeChanged(id chat.AccountID, room chat.RoomID, b views.Badge) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	mine := a.shown[id]
	if mine == nil {
		mine = map[chat.RoomID]views.Badge{}
		a.shown[id] = mine
	}
	was, known := mine[room]
	mine[room] = b
	return !known || was != b
}

// announceBadges tells everybody who is here what changed in these rooms: all of it in
// one frame for each person.
func (a *Announcer) announceBadges(rooms []chat.RoomID) {
	here := a.Hub.ConnectedAccounts()
	partials := map[chat.AccountID][][]byte{}
	var asked []chat.AccountID // nil: everybody in the room
	if len(here) <= fewHere {
		asked = slices.AppendSeq(make([]chat.AccountID, 0, len(here)), maps.Keys(here))
	}
	for _, room := range rooms {
		a.collectBadges(room, asked, here, partials)
	}
	for id, mine := range partials {
		var parts [][]byte
		for part := range slices.Chunk(mine, listsAtOnce) {
			parts = append(parts, bytes.Join(part, nil))
		}
		a.Hub.Send(id, live.Texts(parts))
	}
}

// fewHere is up to how many people the store is asked for their badges alone, and not
// for those of everybody in a room, who may be thousands.
const fewHere = 200

// collectBadges adds what changed in one room to the partials of those who are here.
func (a *Announcer) collectBadges(room chat.RoomID, asked []chat.AccountID, here map[chat.AccountID]bool, partials map[chat.AccountID][][]byte) {
	ctx, cancel := a.timeout()
	defer cancel()
	pending := a.takePending(room)
	r, marks, err := a.chat.ReadMarks(ctx, room, asked)
	if err != nil {
		logUnlessGone("badges", room, err)
		return
	}
	a.notifyRoom(r, pending, marks, here)
	if r.Kind == chat.Direct {
		a.lists.add(slices.Collect(maps.Keys(marks))...) // the newest conversation stands first
		return
	}
	drawn := map[views.Badge][]byte{}
	for id, m := range marks {
		if !here[id] {
			continue
		}
		b := views.BadgeOf(chat.SidebarRoom{Room: r, Membership: m})
		if !a.badgeChanged(id, room, b) {
			continue
		}
		if drawn[b] == nil {
			drawn[b] = a.badgePartial(room, b)
		}
		partials[id] = append(partials[id], drawn[b])
	}
}

func (a *Announcer) badgePartial(room chat.RoomID, b views.Badge) []byte {
	return views.Partial(a.ctx, views.BadgeTarget(room), "outerHTML", views.RoomBadge(room, b))
}

// readMark is a person who has read in a room.
type readMark struct {
	account chat.AccountID
	room    chat.RoomID
}

// announceReadMarks renews the badges of who has read, on all pages of theirs.
func (a *Announcer) announceReadMarks(marks []readMark) {
	for _, m := range marks {
		a.announceBadge(m.account, m.room)
	}
}

func (a *Announcer) announceBadge(id chat.AccountID, room chat.RoomID) {
	if a.Hub.Count(id) == 0 {
		return
	}
	ctx, cancel := a.timeout()
	defer cancel()
	r, err := a.chat.SidebarRoom(ctx, id, room)
	if err != nil {
		logUnlessGone("a badge", room, err)
		return
	}
	b := views.BadgeOf(r)
	a.badgeChanged(id, room, b)
	a.Hub.Send(id, live.Text(a.badgePartial(room, b)))
}
