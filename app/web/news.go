package web

import (
	"parley/app/chat"
	"parley/app/live"
	"parley/views"
)

// maxFrame is how much a page is told at once; where there is more, loading the
// room anew is less.
const maxFrame = 192 << 10

// rowSize is about what the markup of a message weighs without its text.
const rowSize = 700

// news works out what a room has to tell from where it was told.
func (t *Teller) news(room chat.RoomID) live.Ask {
	return func(since chat.Rev, hints []chat.RoomChanged) (live.News, error) {
		changes, whole, more := gathered(since, hints)
		if !whole {
			ctx, cancel := t.asking()
			defer cancel()
			var err error
			if changes, err = t.chat.ChangesSince(ctx, room, since); err != nil {
				return live.News{}, err
			}
		}
		return live.News{Rev: changes.Rev, Frame: live.Text(t.frame(room, since, changes)), Gone: changes.Gone, More: more}, nil
	}
}

// gathered puts the changes together that hints carry, as many as one frame should
// hold; more: there are more. Not whole: one is missing, or was not one message, or
// there was no hint.
func gathered(since chat.Rev, hints []chat.RoomChanged) (c chat.Changes, whole, more bool) {
	c.Rev, c.Messages = since, make([]chat.Message, 0, len(hints))
	size := 0
	for _, h := range hints {
		if h.Rev <= c.Rev {
			continue
		}
		if h.Message == nil || h.Rev != c.Rev+1 {
			return c, false, false
		}
		if size += rowSize + 2*len(h.Message.Body); size > maxFrame && len(c.Messages) > 0 {
			return c, true, true
		}
		c.Rev = h.Rev
		c.Messages = append(c.Messages, *h.Message)
	}
	return c, len(hints) > 0, false
}

// frame draws changes as pages are told of them, live and when they catch up.
func (t *Teller) frame(room chat.RoomID, since chat.Rev, c chat.Changes) []byte {
	if c.Reset {
		return resetFrame(room)
	}
	if since >= c.Rev {
		return nil
	}
	f := views.ToldTo(room, t.fragments.rows(c.Messages), c.Rev)
	if len(f) > maxFrame {
		return resetFrame(room)
	}
	return f
}
