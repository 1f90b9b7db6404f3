package live

import (
	"slices"
	"time"

	"parley/app/chat"
)

// typingLife is how long after the last signal somebody is still shown typing.
const typingLife = 6 * time.Second

type typist struct {
	chat.Person
	since time.Time
	stop  *time.Timer
}

// StartTyping notes that somebody writes in a room.
func (h *Hub) StartTyping(id chat.RoomID, who chat.Person) {
	h.mu.Lock()
	if h.rooms[id] == nil { // nobody would see it
		h.mu.Unlock()
		return
	}
	if t := h.typing[id][who.ID]; t != nil {
		t.stop.Reset(typingLife)
		h.mu.Unlock()
		return
	}
	if h.typing[id] == nil {
		h.typing[id] = map[chat.AccountID]*typist{}
	}
	h.typing[id][who.ID] = &typist{Person: who, since: time.Now(),
		stop: time.AfterFunc(typingLife, func() { InBackground("typing", func() { h.StopTyping(id, who.ID) }) })}
	h.mu.Unlock()
	h.events.TypingChanged(id)
}

// StopTyping notes that somebody does not write any more.
func (h *Hub) StopTyping(id chat.RoomID, who chat.AccountID) {
	h.mu.RLock()
	typed := h.typing[id][who] != nil
	h.mu.RUnlock()
	if !typed { // as after most posts
		return
	}
	h.mu.Lock()
	t := h.typing[id][who]
	if t != nil {
		t.stop.Stop()
		delete(h.typing[id], who)
		if len(h.typing[id]) == 0 {
			delete(h.typing, id)
		}
	}
	h.mu.Unlock()
	if t != nil {
		h.events.TypingChanged(id)
	}
}

// TypingIn lists who writes in a room, the first first.
func (h *Hub) TypingIn(id chat.RoomID) []chat.Person {
	h.mu.RLock()
	defer h.mu.RUnlock()
	all := make([]*typist, 0, len(h.typing[id]))
	for _, t := range h.typing[id] {
		all = append(all, t)
	}
	slices.SortFunc(all, func(a, b *typist) int { return a.since.Compare(b.since) })
	people := make([]chat.Person, len(all))
	for i, t := range all {
		people[i] = t.Person
	}
	return people
}
