package app

import (
	"context"
	"maps"
	"slices"
	"time"

	"parley/app/chat"
	"parley/db"
)

// follow asks the store what is new in rooms whenever an event may be missing.
func (n *nodes) follow(ctx context.Context) {
	for tick := time.NewTicker(followEvery); ; {
		select {
		case <-ctx.Done():
			tick.Stop()
			return
		case <-n.wake:
			n.followShown(ctx)
		case <-tick.C:
			if n.away() {
				n.followShown(ctx)
				n.followOthers(ctx)
			}
		}
		n.mu.Lock()
		stale := n.stale
		n.stale = false
		n.mu.Unlock()
		if stale {
			n.followOthers(ctx)
			n.app.announcer.Resync()
		}
	}
}

// followShown looks at the rooms that pages show.
func (n *nodes) followShown(ctx context.Context) {
	told := n.app.announcer.Hub.DeliveredRevs()
	if len(told) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, followTimeout)
	defer cancel()
	revs, err := n.app.store.RoomRevs(ctx, slices.Collect(maps.Keys(told)))
	if err != nil {
		return // the next look is soon
	}
	for _, r := range revs {
		if r.Rev > told[r.Room] && !r.Gone {
			n.events.Publish(chat.RoomChanged{Room: r.Room, Rev: r.Rev})
		}
		delete(told, r.Room)
		if r.Gone {
			n.events.Publish(chat.RoomDeleted{Room: r.Room})
		}
	}
	for room := range told { // not even a row is left
		n.events.Publish(chat.RoomDeleted{Room: room})
	}
}

// followTimeout bounds one look at the store.
const followTimeout = 5 * time.Second

// maxKnown bounds the rooms that are remembered.
const maxKnown = 100_000

// maxFollowed bounds for how many people the store is asked in one look.
const maxFollowed = 2_000

// followOthers looks at the rooms that people here are in, for their badges.
func (n *nodes) followOthers(ctx context.Context) {
	people := slices.Collect(maps.Keys(n.app.announcer.Hub.ConnectedAccounts()))
	if len(people) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, followTimeout)
	defer cancel()
	var revs []db.RoomRev
	for some := range slices.Chunk(people, maxFollowed) {
		more, err := n.app.store.RoomRevsOf(ctx, some)
		if err != nil {
			return
		}
		revs = append(revs, more...)
	}
	for _, r := range revs {
		n.mu.Lock()
		known := n.known[r.Room]
		n.mu.Unlock()
		if r.Rev > known {
			n.events.Publish(chat.RoomChanged{Room: r.Room, Rev: r.Rev})
		}
	}
}

// here is what a node says of who is here: in parts, so that no message is too large.
type here struct {
	Round    int64
	Part, Of int
	Away     []chat.AccountID `json:",omitempty"`
	Online   []chat.AccountID `json:",omitempty"`
}
