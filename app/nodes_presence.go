package app

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"parley/app/chat"
	"parley/app/live"
)

// node is another one, as it was heard last.
type node struct {
	at    time.Time
	round int64 // that is being told
	parts int   // of it that came
	here  map[chat.AccountID]live.Presence
}

// tellPresence says who is here, now and then, and when that changed; it forgets nodes that
// say nothing any more.
func (n *nodes) tellPresence(ctx context.Context) {
	n.told.Run(ctx, nil, func(context.Context) {
		for _, part := range presenceParts(n.app.announcer.Hub.Here(), time.Now().UnixNano()) {
			n.nats.Tell("here", part)
		}
		n.forgetSilent(time.Now())
	})
}

func presenceParts(people map[chat.AccountID]live.Presence, round int64) (parts []here) {
	all := slices.Sorted(maps.Keys(people))
	of := max(1, (len(all)+presencePart-1)/presencePart)
	for i := range of {
		p := here{Round: round, Part: i, Of: of}
		for _, id := range all[i*presencePart : min(len(all), (i+1)*presencePart)] {
			if people[id] == live.Online {
				p.Online = append(p.Online, id)
			} else {
				p.Away = append(p.Away, id)
			}
		}
		parts = append(parts, p)
	}
	return parts
}

// hear takes over who is here by another node.
func (n *nodes) hear(name string, body []byte) {
	var h here
	if err := json.Unmarshal(body, &h); err != nil {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	other := n.heard[name]
	if other == nil {
		other = &node{}
		n.heard[name] = other
	}
	other.at = time.Now()
	if other.round != h.Round {
		other.round, other.parts, other.here = h.Round, 0, map[chat.AccountID]live.Presence{}
	}
	other.parts++
	for _, id := range h.Away {
		other.here[id] = live.Away
	}
	for _, id := range h.Online {
		other.here[id] = live.Online
	}
	if other.parts == h.Of {
		n.app.announcer.Hub.SetElsewhere(name, other.here)
	}
}

// forgetSilent forgets the people of nodes that are gone. While the bus is away nobody is
// heard, and all are believed to be as they were.
func (n *nodes) forgetSilent(now time.Time) {
	if n.away() {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if now.Sub(n.back) < presenceLife {
		return
	}
	for name, other := range n.heard {
		if now.Sub(other.at) > presenceLife {
			delete(n.heard, name)
			n.app.announcer.Hub.SetElsewhere(name, nil)
		}
	}
}
