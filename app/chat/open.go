package chat

import (
	"context"
	"errors"
)

// RoomQuery chooses what OpenRoom shows of a room's log.
type RoomQuery struct {
	Span Span // the zero Span is the newest page
	// Unread begins at the first message that the person has not read, where the newest
	// page does not reach back to it; for the zero Span alone.
	Unread bool
	// Message is one of the room: ErrGone when it was deleted, NotFound when it is of
	// another room. The page stands around it, unless Span says where.
	Message MessageID
}

// RoomPage is a room with a page of its log, as one person finds it.
type RoomPage struct {
	RoomAccess
	Members []RoomMember // shared: it must not be changed
	HistoryPage
	AtUnread bool // the page begins at the first message that was not read
}

// OpenRoom answers with all that a page of a room shows: NotFound for who may not
// read it. The room's rev is not newer than its messages, so that what happens while
// they are read is sent again and not missed.
func (c *Chat) OpenRoom(ctx context.Context, who Account, room RoomID, q RoomQuery) (p RoomPage, err error) {
	if p.RoomAccess, err = c.ReadableRoom(ctx, who, room); err != nil {
		return p, err
	}
	if p.Members, err = c.store.Members(ctx, room); err != nil {
		return p, err
	}
	if q.Message != 0 {
		around, err := c.spanAround(ctx, room, q.Message)
		if err != nil {
			return p, err
		}
		if q.Span == (Span{}) {
			q.Span = around
		}
	}
	if q.Unread && q.Span == (Span{}) {
		if q.Span, err = c.openingSpan(ctx, p.RoomAccess); err != nil {
			return p, err
		}
		p.AtUnread = q.Span.Around != 0
	}
	p.HistoryPage, err = c.store.History(ctx, room, q.Span, PageSize)
	if known := p.AsOf; known > 0 { // the page may be remembered, and the room read a moment later
		p.Room.Rev = min(p.Room.Rev, known)
	}
	return p, err
}

// spanAround is the page of history around a message of a room.
func (c *Chat) spanAround(ctx context.Context, room RoomID, id MessageID) (Span, error) {
	m, err := c.store.Message(ctx, id)
	switch {
	case errors.Is(err, ErrNotFound) || err == nil && m.Room != room:
		return Span{}, NotFound()
	case err != nil:
		return Span{}, err
	case m.Deleted:
		return Span{}, gone(room, "This message was deleted.")
	}
	return Span{Around: id}, nil
}

// MessagePage is a message with what it answers, what answers it, and what it said
// before.
type MessagePage struct {
	RoomAccess
	Message  Message
	Members  []RoomMember // of a direct conversation alone
	Thread   []Message    // in order, the message among them
	More     bool         // there are more replies
	Versions []Version
	Older    Rev // where the next page of versions begins; 0: there is none
}

// OpenMessage answers with all that the page of a message shows; its versions are
// those before a rev, 0 for the newest. Of a deleted message it says ErrGone and the
// room.
func (c *Chat) OpenMessage(ctx context.Context, who Account, id MessageID, before Rev, after MessageID) (p MessagePage, err error) {
	if p.Message, p.RoomAccess, err = c.Message(ctx, who, id); err != nil {
		return p, err
	}
	if p.Kind == Direct {
		if p.Members, err = c.store.Members(ctx, p.ID); err != nil {
			return p, err
		}
	}
	span := ThreadSpan{After: after, Up: MaxAncestors, Down: MaxReplies, Bytes: MaxThreadBytes}
	if after > id {
		span.Up = 0
	}
	if p.Thread, p.More, err = c.store.Thread(ctx, id, span); err != nil {
		return p, err
	}
	p.Versions, p.Older, err = c.versions(ctx, id, before)
	return p, err
}
