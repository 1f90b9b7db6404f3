package db

import (
	"time"

	"parley/app/chat"
)

// RoomAccount is one person in one room.
type RoomAccount struct {
	Room chat.RoomID
	Who  chat.AccountID
}

// SessionSeen is a session, by its hash, and when it was used last: that is true whether or
// not it could be stored.
type SessionSeen struct {
	Hash string
	At   time.Time
}

// Facts are what a group of changes made untrue of what somebody may remember. Each
// change declares its own, in the change; a random test of package cached finds one that
// does not. Facts of a change that failed do no harm.
type Facts struct {
	Counts    []chat.RoomID    // whose rev, posts, newest row or marks moved
	Rooms     []chat.RoomID    // whose name, topic, kind, slow mode, number of people or existence
	Members   []RoomAccount    // who came, went, or has another rank
	Prefs     []RoomAccount    // who chose anew in which room
	ReadMarks []chat.AccountID // whose read marks moved
	Accounts  []chat.AccountID // whose role, choices or sessions are others
	Sessions  []string         // by hash: ended
	Seen      []SessionSeen    // sessions that are what they were but for that
	Names     bool             // of accounts
	Links     bool             // names of open rooms
	Reports   bool
	All       bool // everything
}

// OnFacts has do called after each commit, before its changes are answered. It must not
// wait. There is one such do.
func (d *Store) OnFacts(do func(Facts)) { d.facts.Store(&do) }

func (d *Store) PublishFacts(f Facts) {
	if do := d.facts.Load(); do != nil {
		(*do)(f)
	}
}

// CountsChanged declares that a room's counts, or its newest row, are not what they were.
// The writer forgets what it knows of them, too.
func (t *Tx) CountsChanged(room chat.RoomID) {
	t.facts.Counts = append(t.facts.Counts, room)
	delete(t.under.States(), room)
}

// roomChanged declares that a room is not what it was, but for its counts and members.
func (t *Tx) roomChanged(room chat.RoomID) {
	t.facts.Rooms = append(t.facts.Rooms, room)
	delete(t.under.States(), room) // it may be no more
}

// linksChanged declares that an open room has another name, or is open no more: links to
// it say so, and are found by it.
func (t *Tx) linksChanged(room chat.RoomID) error {
	t.facts.Links = true
	return noteLinks(t, room)
}

// memberChanged declares that somebody came into a room, went, or has another rank.
func (t *Tx) memberChanged(room chat.RoomID, who chat.AccountID) {
	t.facts.Members = append(t.facts.Members, RoomAccount{room, who})
}

// prefsChanged declares that somebody mutes a room, gave it a star, or the like.
func (t *Tx) prefsChanged(room chat.RoomID, who chat.AccountID) {
	t.facts.Prefs = append(t.facts.Prefs, RoomAccount{room, who})
}

// readMarkMoved declares that somebody's unread counts are not what they were.
func (t *Tx) readMarkMoved(who chat.AccountID) { t.facts.ReadMarks = append(t.facts.ReadMarks, who) }

// accountChanged declares that somebody has another role or other choices, or that his
// sessions ended.
func (t *Tx) accountChanged(who chat.AccountID) { t.facts.Accounts = append(t.facts.Accounts, who) }

// namesChanged declares that people are called otherwise, or that one is there or not.
func (t *Tx) namesChanged() { t.facts.Names = true }

// sessionChanged declares that a session ended.
func (t *Tx) sessionChanged(hash []byte) { t.facts.Sessions = append(t.facts.Sessions, string(hash)) }

// sessionSeen declares that a session was used.
func (t *Tx) sessionSeen(hash string, at time.Time) {
	t.facts.Seen = append(t.facts.Seen, SessionSeen{hash, at})
}

// ReportsChanged declares that a report waits, or does not any more.
func (t *Tx) ReportsChanged() { t.facts.Reports = true }

// EverythingChanged is for changes that are rare and large.
func (t *Tx) EverythingChanged() {
	t.facts.All = true
	clear(t.under.States())
}
