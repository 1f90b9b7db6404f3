package chat

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"time"
)

// MaxSlow is the longest pause of slow mode, in seconds.
const MaxSlow = 3600

// Appoint makes somebody in a room its owner, a moderator, or a member again. The
// last owner stays one.
func (c *Chat) Appoint(ctx context.Context, who Account, room RoomID, whom AccountID, rank Rank) error {
	p, err := c.may(ctx, who, room, Appoint)
	if err != nil {
		return err
	}
	if rank < RankMember || rank > RankModerator {
		return Invalid("rank", "Choose one of the values in the list.")
	}
	a, err := c.store.Account(ctx, whom)
	if err != nil {
		return err
	}
	ctx = c.noted(ctx, who, ActAppoint, "@"+a.Username, rank.String()+" of "+publicly(p.Room))
	if err := c.store.SetRank(ctx, room, whom, rank); err != nil {
		return err
	}
	c.bus.Tell(RosterChanged{People: []AccountID{whom}})
	return nil
}

// SetSlow sets how many seconds are between two messages of one person; 0 ends
// slow mode.
func (c *Chat) SetSlow(ctx context.Context, who Account, room RoomID, seconds int) error {
	p, err := c.may(ctx, who, room, Slow)
	if err != nil {
		return err
	}
	if seconds < 0 || seconds > MaxSlow {
		return Invalid("slow", "A pause has at most an hour.")
	}
	if seconds == p.Slow {
		return nil
	}
	if err := c.store.SetSlow(c.noted(ctx, who, ActSlow, publicly(p.Room), strconv.Itoa(seconds)+" seconds"), room, seconds); err != nil {
		return err
	}
	c.bus.Tell(HeadChanged{Room: room})
	return nil
}

// Expel puts somebody out of a room: pages that show it fall silent at once. He
// may come back, where everybody may come in.
func (c *Chat) Expel(ctx context.Context, who Account, room RoomID, whom AccountID) error {
	p, a, err := c.below(ctx, who, room, Expel, whom)
	if err != nil {
		return err
	}
	return c.put(c.noted(ctx, who, ActExpel, "@"+a.Username, publicly(p.Room)), room, whom)
}

// Ban puts somebody out of a room and keeps him out: for him it does not exist.
func (c *Chat) Ban(ctx context.Context, who Account, room RoomID, whom AccountID) error {
	p, a, err := c.below(ctx, who, room, Ban, whom)
	if err != nil {
		return err
	}
	rev, err := c.store.BanOccupant(c.noted(ctx, who, ActRoomBan, "@"+a.Username, publicly(p.Room)), room, whom, c.now())
	if err != nil {
		return err
	}
	return c.gone(room, whom, rev)
}

// below finds somebody whom the caller may put out of a room; see Place.Above.
// Administrators stand above moderators wherever they are.
func (c *Chat) below(ctx context.Context, who Account, room RoomID, a Action, whom AccountID) (Place, Account, error) {
	p, err := c.may(ctx, who, room, a)
	if err != nil {
		return p, Account{}, err
	}
	other, err := c.store.Account(ctx, whom)
	if err != nil {
		return p, other, err
	}
	_, m, err := c.store.Standing(ctx, room, whom)
	if errors.Is(err, ErrNotFound) { // banned already
		return p, other, nil
	}
	rank := RankMember
	if m != nil {
		rank = m.Rank
	}
	if other.Admin() {
		rank = RankOwner
	}
	if err == nil && whom != who.ID && !p.Above(rank) {
		err = Forbidden("A moderator cannot put an owner, another moderator or an administrator out.")
	}
	return p, other, err
}

// LiftBan lets somebody into a room again.
func (c *Chat) LiftBan(ctx context.Context, who Account, room RoomID, whom AccountID) error {
	p, err := c.may(ctx, who, room, Ban)
	if err != nil {
		return err
	}
	a, err := c.store.Account(ctx, whom)
	if err != nil {
		return err
	}
	return c.store.LiftBan(c.noted(ctx, who, ActLiftBan, "@"+a.Username, publicly(p.Room)), room, whom)
}

// Banned lists who is kept out of a room, for who may change that.
func (c *Chat) Banned(ctx context.Context, who Account, room RoomID) ([]Person, error) {
	if _, err := c.may(ctx, who, room, Ban); err != nil {
		return nil, err
	}
	return c.store.Banned(ctx, room)
}

// paces remembers when somebody said something in a room with slow mode. A restart
// forgets it, and lets through one message more.
type paces struct {
	mu   sync.Mutex
	last map[pace]time.Time
}

type pace struct {
	room RoomID
	who  AccountID
}

// take begins a person's pause in a room, or says how long it lasts; back undoes it.
func (s *paces) take(who Account, p Place, now time.Time) (back func(), err error) {
	if p.Slow == 0 || p.Allows(Slow) {
		return func() {}, nil
	}
	key, pause := pace{p.ID, who.ID}, time.Duration(p.Slow)*time.Second
	s.mu.Lock()
	defer s.mu.Unlock()
	last := s.last[key]
	if wait := last.Add(pause).Sub(now); wait > 0 {
		return nil, TooOften("Slow mode: wait "+inWords(wait)+" and send it then.", wait)
	}
	if len(s.last) >= maxKeys {
		for k, t := range s.last {
			if now.Sub(t) > MaxSlow*time.Second {
				delete(s.last, k)
			}
		}
	}
	if s.last == nil {
		s.last = map[pace]time.Time{}
	}
	s.last[key] = now
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.last[key] = last
	}, nil
}
