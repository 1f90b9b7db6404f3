package db

import (
	"slices"

	"parley/app/auth"
	"parley/app/chat"
)

// facts are what a group of changes made untrue of what somebody may remember. Each
// change declares its own, in the change; TestWhatIsKeptIsWhatTheFileSays finds one that
// does not. Facts of a change that failed do no harm.
type facts struct {
	counts   []chat.RoomID    // whose rev, posts, newest row or marks moved
	rooms    []chat.RoomID    // whose name, topic, kind, slow mode, number of people or existence
	members  []roomAccount    // who came, went, or has another rank
	prefs    []roomAccount    // who chose anew in which room
	sidebars []chat.AccountID // whose read marks moved
	accounts []chat.AccountID // whose role, choices or sessions are others
	sessions []string         // by hash: ended, or seen later
	names    bool             // of accounts
	links    bool             // names of open rooms
	reports  bool
	all      bool // everything
}

// countsChanged declares that a room's counts are not what they were. Every change
// that moves its newest row must, too.
func (t *tx) countsChanged(room chat.RoomID) {
	t.facts.counts = append(t.facts.counts, room)
	delete(t.w.roomStates, room)
}

// roomChanged declares that a room is not what it was, but for its counts and members.
func (t *tx) roomChanged(room chat.RoomID) {
	t.facts.rooms = append(t.facts.rooms, room)
	delete(t.w.roomStates, room) // it may be no more
}

// linksChanged declares that open rooms have other names: links to them say so.
func (t *tx) linksChanged() { t.facts.links = true }

// memberChanged declares that somebody came into a room, went, or has another rank.
func (t *tx) memberChanged(room chat.RoomID, who chat.AccountID) {
	t.facts.members = append(t.facts.members, roomAccount{room, who})
}

// prefsChanged declares that somebody mutes a room, gave it a star, or the like.
func (t *tx) prefsChanged(room chat.RoomID, who chat.AccountID) {
	t.facts.prefs = append(t.facts.prefs, roomAccount{room, who})
}

// readMarkMoved declares that somebody's unread counts are not what they were.
func (t *tx) readMarkMoved(who chat.AccountID) { t.facts.sidebars = append(t.facts.sidebars, who) }

// accountChanged declares that somebody has another role or other choices, or that his
// sessions ended.
func (t *tx) accountChanged(who chat.AccountID) { t.facts.accounts = append(t.facts.accounts, who) }

// namesChanged declares that people are called otherwise, or that one is there or not.
func (t *tx) namesChanged() { t.facts.names = true }

// sessionChanged declares that a session ended, or was seen later.
func (t *tx) sessionChanged(hash []byte) { t.facts.sessions = append(t.facts.sessions, string(hash)) }

// reportsChanged declares that a report waits, or does not any more.
func (t *tx) reportsChanged() { t.facts.reports = true }

// everythingChanged is for changes that are rare and large.
func (t *tx) everythingChanged() {
	t.facts.all = true
	clear(t.w.roomStates)
}

// invalidate forgets what is untrue by now.
func (c *caches) invalidate(f facts) {
	if f.all {
		c.clear()
		return
	}
	c.countChanges.mark(slices.Concat(f.counts, f.rooms))
	c.memberChanges.mark(f.rooms)
	for _, room := range f.rooms {
		c.openNames.forget(room)
	}
	for _, m := range f.members {
		c.memberChanges.mark([]chat.RoomID{m.room})
		c.sidebars.forget(m.who)
	}
	for _, p := range f.prefs {
		c.access.forget(p)
		c.sidebars.forget(p.who)
	}
	for _, who := range f.sidebars {
		c.sidebars.forget(who)
	}
	for _, hash := range f.sessions {
		c.sessions.forget(hash)
	}
	for _, who := range f.accounts {
		c.sessions.forgetWhere(func(s auth.Session) bool { return s.Account.ID == who })
	}
	if f.reports {
		c.reports.clear()
	}
	if f.names {
		c.members.clear()
		c.sidebars.clear()
	}
	if f.names || f.links {
		c.newest.clear()
	}
}
