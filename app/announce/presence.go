package announce

import (
	"encoding/json"
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
	return presenceWords[a.Hub.PresenceOf(id)]
}

// Online implements chat.Presence: who appears offline is not.
func (a *Announcer) Online(id chat.AccountID) bool { return a.Hub.PresenceOf(id) != live.Offline }

// TypingChanged implements live.Events.
func (a *Announcer) TypingChanged(room chat.RoomID, people []chat.Person) {
	a.Hub.Broadcast(room, live.Text(views.Partial(a.ctx, views.TypingTarget(room), "outerHTML", views.Typing(room, people))))
}

// PresenceChanged implements live.Events: every dot of these people, the counts of
// the rooms that are shown, and a quiet line in those where they are.
func (a *Announcer) PresenceChanged(moved map[chat.AccountID]live.Presence) {
	if a.chat == nil {
		return
	}
	a.mu.Lock()
	for id, p := range moved {
		if p == live.Offline {
			delete(a.shown, id)
		}
	}
	a.mu.Unlock()
	a.Hub.SendAll(live.Text(a.presenceDots(moved)))
	for _, room := range a.Hub.OpenRooms() {
		live.InBackground("presence", func() { a.announcePresence(room, moved) })
	}
}

// maxDots is for how many people markup is sent: every page is told of everybody,
// and when a server starts again, all come at once.
const maxDots = 24

func (a *Announcer) presenceDots(moved map[chat.AccountID]live.Presence) (b []byte) {
	if len(moved) <= maxDots {
		for id, p := range moved {
			b = append(b, views.Partial(a.ctx, views.DotTarget(id), "outerHTML", views.Dot(id, presenceWords[p]))...)
		}
		return b
	}
	by := map[string][]chat.AccountID{}
	for id, p := range moved {
		by[presenceWords[p]] = append(by[presenceWords[p]], id)
	}
	b, err := json.Marshal(map[string]any{"dots": by})
	if err != nil {
		return nil
	}
	return b
}

func (a *Announcer) announcePresence(room chat.RoomID, moved map[chat.AccountID]live.Presence) {
	head, err := a.roomHeader(room)
	if err != nil {
		logUnlessGone("presence", room, err)
		return
	}
	var came, left []chat.Person
	for _, p := range head.Members {
		now, ok := moved[p.ID]
		switch {
		case ok && now == live.Offline:
			left = append(left, p.Person)
		case ok && now == live.Online && a.cameJustNow(p.ID):
			came = append(came, p.Person)
		}
	}
	count := views.Partial(a.ctx, views.CountTarget(room), "outerHTML", views.RoomCount(room, head.People, head.Online))
	a.Hub.Broadcast(room, live.Text(count))
	if len(came)+len(left) == 0 || len(a.Hub.TypingIn(room)) > 0 {
		return
	}
	line := views.Partial(a.ctx, views.TypingTarget(room), "outerHTML", views.Arrival(room, came, left))
	a.Hub.Broadcast(room, live.Text(line))
	time.AfterFunc(arrivalFor, func() { a.TypingChanged(room, a.Hub.TypingIn(room)) })
}

// cameJustNow says whether somebody came just now, and did not only turn back to a
// page that was open all the time.
func (a *Announcer) cameJustNow(id chat.AccountID) bool { return a.Hub.OnlineFor(id) < 2*arrivalFor }
