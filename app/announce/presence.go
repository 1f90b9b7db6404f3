package announce

import (
	"encoding/json"
	"maps"
	"slices"
	"time"

	"parley/app/chat"
	"parley/app/live"
	"parley/views"
)

// arrivalFor is how long the line under the composer says who came or went.
const arrivalFor = 6 * time.Second

// presenceWords are the ways of being here, as views spell them.
var presenceWords = map[live.Presence]string{live.Offline: "", live.Away: "away", live.Online: "on"}

// PresenceWord is how much somebody is here, as views spell it.
func (a *Announcer) PresenceWord(id chat.AccountID) string {
	return a.presenceWord(id, a.Hub.PresenceOf(id))
}

// Online implements chat.Presence: who appears offline is not.
func (a *Announcer) Online(id chat.AccountID) bool { return a.Hub.PresenceOf(id) != live.Offline }

// Watching implements chat.Presence.
func (a *Announcer) Watching(id chat.AccountID) bool { return a.Hub.Watching(id) }

// TypingChanged implements live.Events.
func (a *Announcer) TypingChanged(room chat.RoomID) {
	a.Hub.Broadcast(room, func() live.Frame {
		return live.Text(views.Partial(a.ctx, views.TypingTarget(room), "outerHTML", views.Typing(room, a.Hub.TypingIn(room))))
	})
}

// PresenceChanged implements live.Events: every dot of these people at once, and soon
// what it means in the rooms that are shown.
func (a *Announcer) PresenceChanged(changed map[chat.AccountID]live.Presence) {
	if a.chat == nil {
		return
	}
	a.mu.Lock()
	for id, p := range changed {
		if p == live.Offline {
			delete(a.shown, id)
		}
	}
	a.mu.Unlock()
	if a.OnPresence != nil {
		a.OnPresence()
	}
	a.Hub.SendMembers(live.Text(a.presenceDots(changed)))
	a.tellGuests(changed)
	a.arrivals.add(slices.Collect(maps.Keys(changed))...)
}

// tellGuests sends guests the dots of those who are in a room with them.
func (a *Announcer) tellGuests(changed map[chat.AccountID]live.Presence) {
	people := slices.Collect(maps.Keys(changed))
	for _, id := range a.Hub.Guests() {
		theirs := map[chat.AccountID]live.Presence{}
		for _, id := range a.knownTo(id, people) {
			theirs[id] = changed[id]
		}
		a.Hub.Send(id, live.Text(a.presenceDots(theirs)))
	}
}

// maxDots is for how many people markup is sent: every page is told of everybody,
// and when a server starts again, all come at once.
const maxDots = 24

func (a *Announcer) presenceDots(changed map[chat.AccountID]live.Presence) (b []byte) {
	if len(changed) <= maxDots {
		for id, p := range changed {
			b = append(b, views.Partial(a.ctx, views.DotTarget(id), "outerHTML", views.Dot(id, a.presenceWord(id, p)))...)
		}
		return b
	}
	by := map[string][]chat.AccountID{}
	for id, p := range changed {
		word := a.presenceWord(id, p)
		by[word] = append(by[word], id)
	}
	b, err := json.Marshal(map[string]any{"dots": by})
	if err != nil {
		return nil
	}
	return b
}

// announceArrivals renews how many are here in the rooms that are shown and that some of
// these people are in, and says in a quiet line who came or went.
func (a *Announcer) announceArrivals(people []chat.AccountID) {
	changed := map[chat.AccountID]bool{}
	for _, id := range people {
		changed[id] = true
	}
	for _, room := range a.Hub.OpenRooms() {
		a.announceArrival(room, changed)
	}
}

func (a *Announcer) announceArrival(room chat.RoomID, changed map[chat.AccountID]bool) {
	header, err := a.roomHeader(room)
	if err != nil {
		logUnlessGone("presence", room, err)
		return
	}
	concerned := false
	var came, left []chat.Person
	for _, p := range header.Members {
		if !changed[p.ID] {
			continue
		}
		concerned = true
		switch a.Hub.PresenceOf(p.ID) {
		case live.Offline:
			left = append(left, p.Person)
		case live.Online:
			if a.cameJustNow(p.ID) {
				came = append(came, p.Person)
			}
		}
	}
	if !concerned {
		return
	}
	count := live.Text(views.Partial(a.ctx, views.CountTarget(room), "outerHTML", views.RoomCount(room, header.Humans(), header.Online)))
	a.Hub.Broadcast(room, func() live.Frame { return count })
	if len(came)+len(left) == 0 {
		return
	}
	line := live.Text(views.Partial(a.ctx, views.TypingTarget(room), "outerHTML", views.Arrival(room, came, left)))
	a.Hub.Broadcast(room, func() live.Frame {
		if len(a.Hub.TypingIn(room)) > 0 {
			return live.Frame{}
		}
		return line
	})
	time.AfterFunc(arrivalFor, func() { live.InBackground("typing", func() { a.TypingChanged(room) }) })
}

// cameJustNow says whether somebody came just now, and did not only turn back to a
// page that was open all the time.
func (a *Announcer) cameJustNow(id chat.AccountID) bool { return a.Hub.OnlineFor(id) < 2*arrivalFor }
