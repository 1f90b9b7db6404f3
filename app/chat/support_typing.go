package chat

import (
	"context"
	"time"
)

// caseTypingLife is how long somebody writes after having said so last.
const caseTypingLife = 6 * time.Second

// typist is one side of a case.
type typist struct {
	id      CaseID
	visitor bool
}

type typingUntil struct {
	name string
	end  time.Time
}

// NoteCaseTyping takes what CaseTyping says, of this node or of another one.
func (c *Chat) NoteCaseTyping(e CaseTyping) {
	now, side := c.now(), typist{e.Case, e.Visitor}
	c.supportMu.Lock()
	for other, until := range c.caseTyping { // few write at once
		if !until.end.After(now) {
			delete(c.caseTyping, other)
		}
	}
	before, was := c.caseTyping[side]
	if e.Ended {
		delete(c.caseTyping, side)
	} else {
		if c.caseTyping == nil {
			c.caseTyping = map[typist]typingUntil{}
		}
		c.caseTyping[side] = typingUntil{e.Name, now.Add(caseTypingLife)}
	}
	c.supportMu.Unlock()
	if was == e.Ended || before.name != e.Name && !e.Ended {
		c.supportChanged()
	}
}

// WhoTypes says who writes in a case now: the visitor, and by name who has it ("": nobody).
func (c *Chat) WhoTypes(id CaseID) (visitor bool, team string) {
	now := c.now()
	c.supportMu.Lock()
	defer c.supportMu.Unlock()
	visitor = c.caseTyping[typist{id, true}].end.After(now)
	if t := c.caseTyping[typist{id, false}]; t.end.After(now) {
		team = t.name
	}
	return visitor, team
}

// endTyping says that a side of a case wrote what it was writing.
func (c *Chat) endTyping(id CaseID, visitor bool) {
	c.supportMu.Lock()
	_, was := c.caseTyping[typist{id, visitor}]
	c.supportMu.Unlock()
	if was {
		c.bus.Publish(CaseTyping{Case: id, Visitor: visitor, Ended: true})
	}
}

// VisitorTypes says that a visitor is writing; who has no conversation writes unseen.
func (c *Chat) VisitorTypes(ctx context.Context, w Widget, v Visitor) error {
	if v.Token == "" {
		return nil
	}
	if err := c.Limits.Take(LimitTyping, string(v.hash())); err != nil {
		return err
	}
	one, err := c.store.CaseOfVisitor(ctx, w.Room, v.hash())
	if isNotFound(err) || err == nil && one.State == CaseClosed {
		return nil
	}
	if err == nil {
		c.bus.Publish(CaseTyping{Case: one.ID, Visitor: true})
	}
	return err
}

// TypeInCase says that who has a case is writing.
func (c *Chat) TypeInCase(ctx context.Context, who Account, room RoomID, id CaseID) error {
	if err := c.Limits.Take(LimitTyping, who.ID.key()); err != nil {
		return err
	}
	if _, err := c.authorize(ctx, who, room, ActionPost); err != nil {
		return err
	}
	one, err := c.store.Case(ctx, id)
	switch {
	case err != nil:
		return err
	case one.Room != room:
		return NotFound()
	case one.State != CaseTaken || one.TakenBy.ID != who.ID:
		return Forbidden("Take the conversation first.")
	}
	c.bus.Publish(CaseTyping{Case: id, Name: FirstName(who.Name)})
	return nil
}

// SeeCase notes that the team has seen what the visitor wrote, or the visitor what the team
// did; lines are those that were shown.
func (c *Chat) SeeCase(ctx context.Context, k *Case, lines []CaseLine, visitor bool) error {
	from, seen := LineVisitor, &k.SeenTeam
	if visitor {
		from, seen = LineTeam, &k.SeenVisitor
	}
	last := int64(0)
	for _, l := range lines {
		if l.Kind == from {
			last = l.ID
		}
	}
	if last <= *seen {
		return nil
	}
	if err := c.store.SetCaseSeen(ctx, k.ID, visitor, last); err != nil {
		return err
	}
	*seen = last
	c.supportChanged()
	return nil
}
