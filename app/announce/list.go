package announce

import (
	"bytes"
	"log/slog"
	"maps"
	"slices"
	"time"

	"parley/app/chat"
	"parley/app/live"
	"parley/views"
)

// shownBadges are what the pages of one person show. Of who is in many rooms they list
// some: the badges of others have no place until their room is listed.
type shownBadges struct {
	badges map[chat.RoomID]views.Badge
	some   bool
}

// announceLists sends people their lists of rooms anew, on all their pages.
func (a *Announcer) announceLists(people []chat.AccountID) {
	for _, id := range people {
		if a.Hub.Count(id) == 0 {
			continue
		}
		ctx, cancel := a.timeout()
		rooms, err := a.chat.Sidebar(ctx, id)
		cancel()
		if err != nil {
			slog.Error("a list of rooms was not sent", "account", id, "error", err)
			continue
		}
		now := shownIn(rooms)
		a.mu.Lock()
		a.shown[id] = now
		a.mu.Unlock()
		a.Hub.Send(id, a.drawLists(id, rooms))
	}
}

// Sidebar draws what the sidebar says by now, for one page of a person that is known to the
// hub: the lists of rooms, and how many reports wait for who decides them. Nothing: that
// cannot be read now.
func (a *Announcer) Sidebar(me chat.Account) (frames []live.Frame) {
	ctx, cancel := a.timeout()
	defer cancel()
	rooms, err := a.chat.Sidebar(ctx, me.ID)
	if err != nil {
		return nil
	}
	a.pageShows(me.ID, shownIn(rooms))
	frames = append(frames, a.drawLists(me.ID, rooms))
	if chat.MayDecideReports(me, rooms) {
		if n, err := a.chat.CountReports(ctx, me); err == nil {
			frames = append(frames, a.reportBadge(n))
		}
	}
	return frames
}

func (a *Announcer) drawLists(id chat.AccountID, rooms []chat.SidebarRoom) live.Frame {
	v := views.Viewer{Rooms: rooms, Presence: a.PresenceWord, Status: a.Status, Zone: time.UTC}
	if a.Hub.IsGuest(id) {
		v.Me.Role = chat.RoleGuest
	}
	return live.Text(views.Partial(a.ctx, views.ListsTarget, "outerMorph", views.Lists(v, 0)))
}

func shownIn(rooms []chat.SidebarRoom) shownBadges {
	listed := chat.Foremost(rooms, chat.MaxSidebar)
	badges := make(map[chat.RoomID]views.Badge, len(listed))
	for _, r := range listed {
		badges[r.ID] = views.BadgeOf(r)
	}
	return shownBadges{badges, len(listed) < len(rooms)}
}

// pageShows notes what a person's one page lists from now on. Where there are others, they
// show what they showed: what is new there is still to be told, and soon if they list other
// rooms.
func (a *Announcer) pageShows(id chat.AccountID, now shownBadges) {
	alone := a.Hub.Count(id) <= 1
	a.mu.Lock()
	defer a.mu.Unlock()
	was, known := a.shown[id]
	switch {
	case !known || alone:
		a.shown[id] = now
	case was.some && now.some && !sameRooms(was.badges, now.badges):
		a.surfaced.add(id)
	}
}

func sameRooms(a, b map[chat.RoomID]views.Badge) bool {
	for id := range a {
		if _, ok := b[id]; !ok {
			return false
		}
	}
	return len(a) == len(b)
}

// badgeChanged notes what badge a person's pages show and says whether it is new. A room
// that they do not list is listed soon if it has something new.
func (a *Announcer) badgeChanged(id chat.AccountID, room chat.RoomID, b views.Badge) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	mine := a.shown[id]
	was, known := mine.badges[room]
	if !known && mine.some {
		if b.N > 0 {
			a.surfaced.add(id)
		}
		return false
	}
	if mine.badges == nil {
		mine.badges = map[chat.RoomID]views.Badge{}
		a.shown[id] = mine
	}
	mine.badges[room] = b
	return !known || was != b
}

// badgesAtOnce is how many badges one frame has at most.
const badgesAtOnce = 100

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
		for part := range slices.Chunk(mine, badgesAtOnce) {
			parts = append(parts, bytes.Join(part, nil))
		}
		a.Hub.Send(id, live.Texts(parts))
	}
}

// fewHere is up to how many people the store is asked for their badges alone, and not
// for those of everybody in a room, who may be thousands.
const fewHere = 200

// collectBadges adds what changed in one room to the partials of those who are here.
func (a *Announcer) collectBadges(room chat.RoomID, asked []chat.AccountID, here map[chat.AccountID]bool,
	partials map[chat.AccountID][][]byte) {
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
