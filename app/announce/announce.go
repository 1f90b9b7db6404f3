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
)

// Announcer sends the pages of this node what they should know. Each of its batches
// works on a goroutine of its own; Handle waits for none of them.
type Announcer struct {
	Hub      *live.Hub
	chat     *chat.Chat
	ctx      context.Context // carries the build, for icons
	Rendered *RenderCache

	badges  batcher[chat.RoomID]    // of the people of these rooms
	lists   batcher[chat.AccountID] // the lists of rooms of these people
	headers batcher[chat.RoomID]

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
	t := &Announcer{Rendered: newRenderCache(), shown: map[chat.AccountID]map[chat.RoomID]views.Badge{},
		pendingMessages: map[chat.RoomID][]*chat.Message{}}
	t.badges = batcher[chat.RoomID]{every: badgeEvery, what: "badges", do: t.announceBadges}
	t.lists = batcher[chat.AccountID]{every: listEvery, what: "lists", do: t.announceLists}
	t.headers = batcher[chat.RoomID]{every: listEvery, what: "headers", do: t.announceHeaders}
	t.Hub = live.New(t)
	return t
}

// Attach gives it whom it asks; ctx carries the build, for the addresses of icons. Call
// it before the first event.
func (t *Announcer) Attach(c *chat.Chat, ctx context.Context) { t.chat, t.ctx = c, ctx }

// storeTimeout bounds one question to the store.
const storeTimeout = 10 * time.Second

// timeout bounds a question of the announcer's own.
func (t *Announcer) timeout() (context.Context, context.CancelFunc) {
	return context.WithTimeout(t.ctx, storeTimeout)
}

// Handle takes an event of the bus; it does not wait for anything.
func (t *Announcer) Handle(e chat.Event) {
	switch e := e.(type) {
	case chat.RoomChanged:
		t.Hub.Notify(e, t.Updates(e.Room))
		t.addMessage(e.Message)
		t.badges.add(e.Room)
	case chat.RoomHeaderChanged:
		t.headers.add(e.Room)
	case chat.RoomRenamed:
		live.InBackground("links", func() { t.announceRoomName(e.Room, e.Name) })
	case chat.RoomDeleted:
		live.InBackground("closing a room", func() { t.Hub.CloseRoom(e.Room) })
		t.lists.add(e.People...)
	case chat.RoomListChanged:
		t.lists.add(e.People...)
	case chat.ReportsChanged:
		live.InBackground("reports", func() { t.announceReports(e.Room) })
	case chat.ReadMarkMoved:
		live.InBackground("badge", func() { t.announceBadge(e.Account, e.Room) })
	case chat.PrefsChanged:
		t.Hub.SetHidden(e.Account, e.Prefs.Invisible)
		t.Hub.Send(e.Account, live.Text(prefsFrame(e.Prefs)))
	case chat.SessionEnded:
		t.Hub.EndSessions(e.Account, e.Sessions)
	case chat.UserTyping:
		live.InBackground("typing", func() { t.Hub.Typing(e.Room, e.Who) })
	}
}

func (t *Announcer) announceHeaders(rooms []chat.RoomID) {
	for _, room := range rooms {
		t.announceHeader(room)
	}
}

// announceHeader renews a room's header and its name in the lists of its people.
func (t *Announcer) announceHeader(room chat.RoomID) {
	head, err := t.roomHeader(room)
	if err != nil {
		logUnlessGone("a header", room, err)
		return
	}
	if head.Kind == chat.Direct { // has no header that all share
		return
	}
	if err := t.Hub.BroadcastAfter(room, t.Updates(room), live.Text(views.HeaderPartial(t.ctx, head))); err != nil {
		slog.Error("a header was not told", "room", room, "error", err)
	}
	name := live.Text(views.Partial(t.ctx, views.SidebarNameTarget(room), "outerHTML", views.SidebarName(chat.SidebarRoom{Room: head.Room})))
	for _, p := range head.Members {
		t.Hub.Send(p.ID, name)
	}
}

func (t *Announcer) roomHeader(room chat.RoomID) (views.RoomHeader, error) {
	ctx, cancel := t.timeout()
	defer cancel()
	r, people, err := t.chat.Roster(ctx, room)
	h := views.RoomHeader{Room: r, Title: r.Name, Members: people}
	for _, p := range people {
		if t.Hub.PresenceOf(p.ID) != live.Offline {
			h.Online++
		}
	}
	return h, err
}

// announceRoomName renews the links to an open room on every page.
func (t *Announcer) announceRoomName(room chat.RoomID, name string) {
	f := live.Text(views.AppendPartial(nil, views.RoomLinkTarget(room), "textContent", views.Escaped("#"+name)))
	t.Hub.SendAll(f)
}

// logUnlessGone logs that something was not sent; a room that is gone, or that somebody
// left, is no fault.
func logUnlessGone(what string, room chat.RoomID, err error) {
	if !errors.Is(err, chat.ErrNotFound) {
		slog.Error(what+" could not be sent", "room", room, "error", err)
	}
}

// announceLists sends people their lists of rooms anew.
func (t *Announcer) announceLists(people []chat.AccountID) {
	for _, id := range people {
		if t.Hub.Count(id) == 0 {
			continue
		}
		f, err := t.RoomLists(id)
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

// RoomLists draws one person's lists of rooms, and remembers the badges in it.
func (t *Announcer) RoomLists(id chat.AccountID) (live.Frame, error) {
	ctx, cancel := t.timeout()
	defer cancel()
	rooms, err := t.chat.Sidebar(ctx, id)
	if err != nil {
		return live.Frame{}, err
	}
	for _, r := range rooms {
		t.badgeChanged(id, r.ID, views.BadgeOf(r))
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
	v := views.Viewer{Rooms: first, Presence: t.PresenceWord, Zone: time.UTC}
	parts := [][]byte{views.Partial(t.ctx, views.ListsTarget, "outerMorph", views.Lists(v, 0))}
	for _, list := range more {
		parts = append(parts, views.Partial(t.ctx, views.MoreTarget(list[0].Kind), "beforebegin", views.SidebarRooms(v, list)))
	}
	return live.Texts(parts), nil
}

// badgeChanged notes what badge a person's pages show and says whether it is new.
func (t *Announcer) badgeChanged(id chat.AccountID, room chat.RoomID, b views.Badge) bool {
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

// announceBadges tells everybody who is here what changed in these rooms: all of it in
// one frame for each person.
func (t *Announcer) announceBadges(rooms []chat.RoomID) {
	here := t.Hub.OnlineAccounts()
	news := map[chat.AccountID][][]byte{}
	var asked []chat.AccountID // nil: everybody in the room
	if len(here) <= fewHere {
		asked = slices.AppendSeq(make([]chat.AccountID, 0, len(here)), maps.Keys(here))
	}
	for _, room := range rooms {
		t.collectBadges(room, asked, here, news)
	}
	for id, partials := range news {
		var parts [][]byte
		for part := range slices.Chunk(partials, listsAtOnce) {
			parts = append(parts, bytes.Join(part, nil))
		}
		t.Hub.Send(id, live.Texts(parts))
	}
}

// fewHere is up to how many people the store is asked for their badges alone, and not
// for those of everybody in a room, who may be thousands.
const fewHere = 200

// collectBadges adds what changed in one room to the news of those who are here.
func (t *Announcer) collectBadges(room chat.RoomID, asked []chat.AccountID, here map[chat.AccountID]bool, news map[chat.AccountID][][]byte) {
	ctx, cancel := t.timeout()
	defer cancel()
	said := t.takePending(room)
	r, marks, err := t.chat.ReadMarks(ctx, room, asked)
	if err != nil {
		logUnlessGone("badges", room, err)
		return
	}
	t.notifyRoom(r, said, marks, here)
	if r.Kind == chat.Direct {
		t.lists.add(slices.Collect(maps.Keys(marks))...) // the newest conversation stands first
		return
	}
	drawn := map[views.Badge][]byte{}
	for id, m := range marks {
		if !here[id] {
			continue
		}
		b := views.BadgeOf(chat.SidebarRoom{Room: r, Membership: m})
		if !t.badgeChanged(id, room, b) {
			continue
		}
		if drawn[b] == nil {
			drawn[b] = t.badgePartial(room, b)
		}
		news[id] = append(news[id], drawn[b])
	}
}

func (t *Announcer) badgePartial(room chat.RoomID, b views.Badge) []byte {
	return views.Partial(t.ctx, views.BadgeTarget(room), "outerHTML", views.RoomBadge(room, b))
}

// announceBadge renews one badge on all pages of one person.
func (t *Announcer) announceBadge(id chat.AccountID, room chat.RoomID) {
	if t.Hub.Count(id) == 0 {
		return
	}
	ctx, cancel := t.timeout()
	defer cancel()
	r, err := t.chat.SidebarRoom(ctx, id, room)
	if err != nil {
		logUnlessGone("a badge", room, err)
		return
	}
	b := views.BadgeOf(r)
	t.badgeChanged(id, room, b)
	t.Hub.Send(id, live.Text(t.badgePartial(room, b)))
}
