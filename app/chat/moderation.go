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

// SetRank makes somebody in a room its owner, a moderator, or a member again. The
// last owner stays one.
func (c *Chat) SetRank(ctx context.Context, who Account, room RoomID, whom AccountID, rank Rank) error {
	p, err := c.authorize(ctx, who, room, ActionSetRank)
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
	if a.IsGuest() && rank != RankMember {
		return Invalid("rank", "A guest has no power over a room. Ask an administrator to make a member of the guest first.")
	}
	audit := c.audit(who, AuditSetRank, "@"+a.Username, rank.String()+" of "+auditLabel(p.Room))
	if err := c.store.SetRank(ctx, room, whom, rank, audit); err != nil {
		return err
	}
	c.bus.Publish(RoomListChanged{People: []AccountID{whom}})
	return nil
}

// SetSlowMode sets how many seconds are between two messages of one person; 0 ends
// slow mode.
func (c *Chat) SetSlowMode(ctx context.Context, who Account, room RoomID, seconds int) error {
	p, err := c.authorize(ctx, who, room, ActionSetSlowMode)
	if err != nil {
		return err
	}
	if seconds < 0 || seconds > MaxSlow {
		return Invalid("slow", "A pause has at most an hour.")
	}
	if seconds == p.Slow {
		return nil
	}
	if err := c.store.SetSlowMode(ctx, room, seconds, c.audit(who, AuditSetSlowMode, auditLabel(p.Room),
		strconv.Itoa(seconds)+" seconds")); err != nil {
		return err
	}
	c.bus.Publish(RoomHeaderChanged{Room: room})
	return nil
}

// RemoveMember removes somebody from a room: pages that show it fall silent at once. He
// may come back, where everybody may come in.
func (c *Chat) RemoveMember(ctx context.Context, who Account, room RoomID, whom AccountID) error {
	p, a, err := c.authorizeOver(ctx, who, room, ActionRemoveMember, whom)
	if err != nil {
		return err
	}
	return c.removeMember(ctx, room, whom, c.audit(who, AuditRemoveMember, "@"+a.Username, auditLabel(p.Room)))
}

// BanMember removes somebody from a room and keeps him out: for him it does not exist.
func (c *Chat) BanMember(ctx context.Context, who Account, room RoomID, whom AccountID) error {
	p, a, err := c.authorizeOver(ctx, who, room, ActionBanMember, whom)
	if err != nil {
		return err
	}
	rev, err := c.store.BanMember(ctx, room, whom, c.now(), c.audit(who, AuditBanMember, "@"+a.Username, auditLabel(p.Room)))
	if err != nil {
		return err
	}
	return c.publishDeparture(room, whom, rev)
}

// authorizeOver finds somebody whom the caller may remove from a room; see RoomAccess.MayActOn.
// Administrators stand above moderators wherever they are.
func (c *Chat) authorizeOver(ctx context.Context, who Account, room RoomID, a Action, whom AccountID) (RoomAccess, Account, error) {
	p, err := c.authorize(ctx, who, room, ActionSee)
	if err != nil {
		return p, Account{}, err
	}
	other, err := c.store.Account(ctx, whom)
	if !p.MayPutOut(a, other.Person) {
		return p, other, p.require(a)
	}
	if err != nil {
		return p, other, err
	}
	_, m, err := c.store.RoomAccess(ctx, room, whom)
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
	if err == nil && whom != who.ID && !p.MayActOn(rank) {
		err = Forbidden("A moderator cannot put an owner, another moderator or an administrator out.")
	}
	return p, other, err
}

// UnbanMember lets somebody into a room again.
func (c *Chat) UnbanMember(ctx context.Context, who Account, room RoomID, whom AccountID) error {
	p, err := c.authorize(ctx, who, room, ActionBanMember)
	if err != nil {
		return err
	}
	a, err := c.store.Account(ctx, whom)
	if err != nil {
		return err
	}
	return c.store.UnbanMember(ctx, room, whom, c.audit(who, AuditUnbanMember, "@"+a.Username, auditLabel(p.Room)))
}

// BannedMembers lists who is kept out of a room, for who may change that.
func (c *Chat) BannedMembers(ctx context.Context, who Account, room RoomID) ([]Person, error) {
	if _, err := c.authorize(ctx, who, room, ActionBanMember); err != nil {
		return nil, err
	}
	return c.store.BannedMembers(ctx, room)
}

// slowModePauses remembers when somebody said something in a room with slow mode. A restart
// forgets it, and lets through one message more.
type slowModePauses struct {
	mu   sync.Mutex
	last map[slowModeKey]time.Time
}

type slowModeKey struct {
	room RoomID
	who  AccountID
}

// takePause begins a person's pause in a room, or says how long it lasts; back undoes it.
// Where nodes count together, no other one lets the person through.
func (c *Chat) takePause(ctx context.Context, who Account, p RoomAccess, now time.Time) (back func(), err error) {
	if p.Slow == 0 || p.Allows(ActionSetSlowMode) {
		return func() {}, nil
	}
	shared := c.Limits.shared
	if shared == nil {
		return c.slowMode.take(who, p, now)
	}
	key := countedKey(p.ID.key() + " " + who.ID.key())
	wait, err := shared.Count(ctx, "slow", key, time.Duration(p.Slow)*time.Second, 1)
	if err == nil && wait > 0 {
		err = TooOften("Slow mode: wait "+inWords(wait)+" and send it then.", wait)
	}
	return func() { _ = shared.Forget(context.WithoutCancel(ctx), "slow", key) }, err // else the pause stays
}

// take begins a person's pause in a room, or says how long it lasts; back undoes it.
func (s *slowModePauses) take(who Account, p RoomAccess, now time.Time) (back func(), err error) {
	key, pause := slowModeKey{p.ID, who.ID}, time.Duration(p.Slow)*time.Second
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
		s.last = map[slowModeKey]time.Time{}
	}
	s.last[key] = now
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.last[key] = last
	}, nil
}
