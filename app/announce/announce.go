// Package announce turns what happened into frames for the open pages of this node:
// rows, headers, badges, lists of rooms, presence, notifications. It subscribes to the
// bus and reads what it sends from the store; it knows nothing of HTTP.
package announce

import (
	"context"
	"errors"
	"log/slog"
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
	// surfaceEvery collects rooms that were not listed and have something new: each costs
	// its person a whole list.
	surfaceEvery = 2 * time.Second
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
	surfaced batcher[chat.AccountID] // the same, because a room that was not listed has something new
	headers  batcher[chat.RoomID]
	names    batcher[chat.RoomID]    // in the links to these rooms
	reports  batcher[chat.RoomID]    // how many wait in these rooms
	reads    batcher[readMark]       // the badges of who has read
	arrivals batcher[chat.AccountID] // who came or went
	// changedStatus is who says something else of himself, or whose word has ended.
	changedStatus batcher[chat.AccountID]

	// OnPresence is called when somebody came or went, on any node; it must not wait. Set it
	// before the first page.
	OnPresence func()

	mu              sync.Mutex
	pendingMessages map[chat.RoomID][]*chat.Message // since the room's badges were sent
	shown           map[chat.AccountID]shownBadges  // on the pages of who is here
	statuses        map[chat.AccountID]shownStatus
}

var (
	_ live.Events   = (*Announcer)(nil)
	_ chat.Presence = (*Announcer)(nil)
)

// New makes an announcer that sends nothing until Attach.
func New() *Announcer {
	a := &Announcer{Rendered: newRenderCache(), shown: map[chat.AccountID]shownBadges{}, statuses: map[chat.AccountID]shownStatus{},
		pendingMessages: map[chat.RoomID][]*chat.Message{}}
	a.badges = batcher[chat.RoomID]{every: badgeEvery, what: "badges", do: a.announceBadges}
	a.lists = batcher[chat.AccountID]{every: listEvery, what: "lists", do: a.announceLists}
	a.surfaced = batcher[chat.AccountID]{every: surfaceEvery, what: "lists with more rooms", do: a.announceLists}
	a.headers = batcher[chat.RoomID]{every: listEvery, what: "headers", do: a.announceHeaders}
	a.names = batcher[chat.RoomID]{every: listEvery, what: "names of rooms", do: a.announceRoomNames}
	a.reports = batcher[chat.RoomID]{every: listEvery, what: "reports", do: a.announceReports}
	a.reads = batcher[readMark]{every: promptly, what: "badges of who has read", do: a.announceReadMarks}
	a.arrivals = batcher[chat.AccountID]{every: promptly, what: "presence", do: a.announceArrivals}
	a.changedStatus = batcher[chat.AccountID]{every: listEvery, what: "statuses", do: a.announceStatuses}
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
	a.surfaced.stop()
	a.headers.stop()
	a.names.stop()
	a.reports.stop()
	a.reads.stop()
	a.arrivals.stop()
	a.changedStatus.stop()
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
		a.setStatus(e.Account, e.Prefs)
	case chat.GuestChanged:
		a.Hub.SetGuest(e.Account, e.Guest)
	case chat.SessionEnded:
		a.Hub.EndSessions(e.Account, e.Sessions)
		live.InBackground("a status", func() { a.dropStatus(e.Account) })
	case chat.CaseTyping:
		a.chat.NoteCaseTyping(e)
	case chat.UserTyping:
		live.InBackground("typing", func() { a.Hub.StartTyping(e.Room, e.Who) })
	}
}

// Resync tells the pages of this node what may have been lost: lists, headers and badges. It
// does not wait.
func (a *Announcer) Resync() {
	for id := range a.Hub.ConnectedAccounts() {
		a.lists.add(id)
	}
	a.headers.add(a.Hub.OpenRooms()...)
	live.InBackground("statuses", func() {
		ctx, cancel := a.timeout()
		defer cancel()
		if err := a.LoadStatuses(ctx); err != nil {
			slog.Error("statuses were not read anew", "error", err)
		}
	})
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
	if err := a.Hub.BroadcastAfter(room, a.Updates(room), live.Text(views.HeaderPartial(a.ctx, header))); err != nil {
		slog.Error("a header was not sent", "room", room, "error", err)
	}
	name := live.Text(views.Partial(a.ctx, views.SidebarNameTarget(room), "outerHTML", views.SidebarName(chat.SidebarRoom{Room: header.Room})))
	for _, p := range header.Members {
		a.Hub.Send(p.ID, name)
	}
}

// header is the header of a room as a partial, nil where its people do not share one.
func (a *Announcer) header(room chat.RoomID) []byte {
	h, err := a.roomHeader(room)
	if err != nil || h.Kind == chat.Direct {
		return nil
	}
	return views.HeaderPartial(a.ctx, h)
}

func (a *Announcer) roomHeader(room chat.RoomID) (views.RoomHeader, error) {
	ctx, cancel := a.timeout()
	defer cancel()
	r, people, err := a.chat.Roster(ctx, room)
	h := views.RoomHeader{Room: r, Title: r.Name, Members: people}
	for _, p := range people {
		if !p.Bot && a.Hub.PresenceOf(p.ID) != live.Offline {
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
			name := live.Text(views.AppendPartial(nil, views.RoomLinkTarget(room), "textContent", views.Escaped("#"+h.Name)))
			a.Hub.SendMembers(name)
			for _, p := range h.Members {
				if p.Guest { // others are not told what it is called
					a.Hub.Send(p.ID, name)
				}
			}
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
