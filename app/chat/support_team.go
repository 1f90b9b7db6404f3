package chat

import (
	"context"
	"log/slog"
	"strings"
	"time"
)

// Queue is what the people of a room have to answer.
type Queue struct {
	RoomAccess
	Widget
	Cases []Case
}

// OpenQueue lists the cases of a room for who is in it.
func (c *Chat) OpenQueue(ctx context.Context, who Account, room RoomID) (q Queue, err error) {
	if q.Widget, q.RoomAccess, err = c.WidgetOf(ctx, who, room); err != nil {
		return q, err
	}
	q.Cases, err = c.store.Cases(ctx, room, MaxCases)
	return q, err
}

// OpenCase is a case with its lines, for who is in its room.
func (c *Chat) OpenCase(ctx context.Context, who Account, room RoomID, id CaseID) (Case, []CaseLine, error) {
	if _, _, err := c.WidgetOf(ctx, who, room); err != nil {
		return Case{}, nil, err
	}
	one, err := c.store.Case(ctx, id)
	if err == nil && one.Room != room {
		err = NotFound()
	}
	if err != nil {
		return Case{}, nil, err
	}
	lines, err := c.store.CaseLines(ctx, id, MaxCaseLines)
	return one, lines, err
}

// changeCase changes a case for somebody who is in its room.
func (c *Chat) changeCase(ctx context.Context, who Account, room RoomID, id CaseID, change func(*Case) ([]CaseLine, error)) (Case, error) {
	p, err := c.authorize(ctx, who, room, ActionPost)
	if err != nil {
		return Case{}, err
	}
	one, err := c.store.SetCase(ctx, id, func(k *Case) ([]CaseLine, error) {
		if k.Room != p.ID {
			return nil, NotFound()
		}
		return change(k)
	})
	if err == nil {
		c.supportChanged()
	}
	return one, err
}

// TakeCase has somebody answer a visitor; who comes second is told who was first.
func (c *Chat) TakeCase(ctx context.Context, who Account, room RoomID, id CaseID) (Case, error) {
	now := c.now()
	return c.changeCase(ctx, who, room, id, func(k *Case) ([]CaseLine, error) {
		switch {
		case k.TakenBy.ID == who.ID && k.State == CaseTaken:
			return nil, nil
		case k.State == CaseTaken:
			return nil, Conflict("", k.TakenBy.Name+" has it.")
		case k.State == CaseClosed:
			return nil, Gone("This conversation is closed.")
		}
		k.State, k.TakenBy = CaseTaken, who.Person
		return []CaseLine{{Kind: LineTaken, Author: who.Person, At: now}}, nil
	})
}

// TransferCase hands a case to another one of the room.
func (c *Chat) TransferCase(ctx context.Context, who Account, room RoomID, id CaseID, to AccountID) (Case, error) {
	a, err := c.store.Account(ctx, to)
	if err != nil {
		return Case{}, Invalid("to", "Choose somebody who is in this room.")
	}
	if _, m, err := c.store.RoomAccess(ctx, room, to); err != nil || m == nil || a.Disabled || a.IsBot() {
		return Case{}, Invalid("to", "Choose somebody who is in this room.")
	}
	now := c.now()
	return c.changeCase(ctx, who, room, id, func(k *Case) ([]CaseLine, error) {
		if k.State == CaseClosed {
			return nil, Gone("This conversation is closed.")
		}
		if k.State == CaseTaken && k.TakenBy.ID == to {
			return nil, nil
		}
		k.State, k.TakenBy = CaseTaken, a.Person
		return []CaseLine{{Kind: LineHandedOn, Author: who.Person, At: now, Body: a.Name}}, nil
	})
}

// AnswerCase says something to a visitor, for who has the case.
func (c *Chat) AnswerCase(ctx context.Context, who Account, room RoomID, id CaseID, body string) (Case, error) {
	body = strings.TrimSpace(TidyBody(body))
	if body == "" {
		return Case{}, Invalid("body", "Write something first.")
	}
	if _, err := ParseText(body); err != nil {
		return Case{}, err
	}
	if err := c.Limits.Take(LimitMessages, who.ID.key()); err != nil {
		return Case{}, err
	}
	now := c.now()
	one, err := c.changeCase(ctx, who, room, id, func(k *Case) ([]CaseLine, error) {
		switch {
		case k.State == CaseClosed:
			return nil, Gone("This conversation is closed.")
		case k.State != CaseTaken || k.TakenBy.ID != who.ID:
			return nil, Forbidden("Take the conversation first.")
		}
		k.Waits, k.Last = time.Time{}, cutRunes(FirstName(who.Name)+": "+excerpt(body), maxCaseExcerpt)
		return []CaseLine{{Kind: LineTeam, Author: who.Person, At: now, Body: body}}, nil
	})
	if err == nil {
		c.endTyping(id, false)
	}
	if err == nil && c.VisitorMail != nil && one.Mail != "" {
		lines, err := c.store.CaseLines(ctx, id, 1)
		if err == nil && len(lines) == 1 && lines[0].Kind == LineTeam {
			err = c.VisitorMail(ctx, one, lines[0].ID)
		}
		if err != nil { // it is said, and read where it was asked
			slog.Error("an answer is not mailed to its visitor", "case", one.ID, "error", err)
		}
	}
	return one, err
}

// CaseToMail is what a visitor is to be mailed of whose case the last answer is a line: the
// answers since he wrote last. Nothing, when he has written since, or more was answered.
func (c *Chat) CaseToMail(ctx context.Context, id CaseID, last int64) (one Case, w Widget, answers []CaseLine, err error) {
	if one, err = c.store.Case(ctx, id); err != nil || one.Mail == "" || one.Visitor == nil {
		return one, w, nil, err
	}
	if w, err = c.store.Widget(ctx, one.Room); err != nil {
		return one, w, nil, err
	}
	lines, err := c.store.CaseLines(ctx, id, MaxCaseLines)
	for _, l := range lines {
		switch l.Kind {
		case LineVisitor:
			answers = nil
		case LineTeam:
			answers = append(answers, l)
		}
	}
	if n := len(answers); n > 0 && answers[n-1].ID != last {
		answers = nil
	}
	return one, w, answers, err
}

// CloseCase ends a conversation; ReopenCase undoes it.
func (c *Chat) CloseCase(ctx context.Context, who Account, room RoomID, id CaseID) (Case, error) {
	now := c.now()
	return c.changeCase(ctx, who, room, id, func(k *Case) ([]CaseLine, error) {
		if k.State == CaseClosed {
			return nil, nil
		}
		k.State, k.Waits = CaseClosed, time.Time{}
		return []CaseLine{{Kind: LineClosed, Author: who.Person, At: now}}, nil
	})
}

// ReopenCase opens a case again that was closed, for who does.
func (c *Chat) ReopenCase(ctx context.Context, who Account, room RoomID, id CaseID) (Case, error) {
	now := c.now()
	return c.changeCase(ctx, who, room, id, func(k *Case) ([]CaseLine, error) {
		if k.State != CaseClosed {
			return nil, nil
		}
		k.State, k.TakenBy = CaseTaken, who.Person
		return []CaseLine{{Kind: LineTaken, Author: who.Person, At: now}}, nil
	})
}

// FirstName is the first word of a name: what visitors read of the team.
func FirstName(name string) string {
	first, _, _ := strings.Cut(name, " ")
	return first
}
