package announce

import (
	"slices"
	"strconv"

	"parley/app/chat"
	"parley/app/live"
	"parley/views"
)

// maxFrame is how much a page is told at once; where there is more, loading the
// room anew is less.
const maxFrame = 192 << 10

// rowSize is about what the markup of a message weighs without its text.
const rowSize = 700

// Updates works out the updates of a room since the rev that was delivered.
func (a *Announcer) Updates(room chat.RoomID) live.Fetch {
	return func(since chat.Rev, events []chat.RoomChanged) (n live.Updates, err error) {
		if rows, more, whole := a.rowsOf(since, events); whole {
			n.Rev, n.More = since+chat.Rev(len(rows)), more
			if len(rows) > 0 {
				n.Frame = live.Text(rowsFrame(room, rows, n.Rev))
			}
			return n, nil
		}
		ctx, cancel := a.timeout()
		defer cancel()
		c, err := a.chat.ChangesSince(ctx, room, since)
		if err != nil {
			return n, err
		}
		n.Rev, n.Gone = c.Rev, c.Gone
		switch {
		case c.Reset:
			n.Frame = live.Text(resetFrame(room))
		case c.Rev > since:
			n.Frame = live.Text(rowsFrame(room, a.Rendered.Rows(c.Messages), c.Rev))
		}
		return n, nil
	}
}

// PageUpdates are the same for a page that comes back: the room may be called otherwise by
// now. One that is ahead of the room was open before an older backup took the place of the
// data: it loads anew, else it would be told nothing until the room has come to where the
// page is.
func (a *Announcer) PageUpdates(room chat.RoomID) live.Fetch {
	updates := a.Updates(room)
	return func(since chat.Rev, events []chat.RoomChanged) (live.Updates, error) {
		n, err := updates(since, events)
		switch {
		case err != nil || since == chat.Latest:
		case since > n.Rev:
			n.Frame = live.Text(resetFrame(room))
		case since < n.Rev:
			n.Frame = live.Texts(slices.DeleteFunc([][]byte{n.Frame.Payload(), a.header(room)}, func(p []byte) bool { return len(p) == 0 }))
		}
		return n, err
	}
}

// rowsOf draws the changes that events carry, as many as one frame should hold;
// more: there are more. Not whole: one is missing, or was not one message, or there
// was no event.
func (a *Announcer) rowsOf(since chat.Rev, events []chat.RoomChanged) (rows []views.Row, more, whole bool) {
	rows = make([]views.Row, 0, len(events))
	size := 0
	for _, e := range events {
		next := since + chat.Rev(len(rows)) + 1
		if e.Rev < next {
			continue
		}
		if e.Message == nil || e.Rev > next {
			return nil, false, false
		}
		if size += rowSize + 2*len(e.Message.Body); size > maxFrame && len(rows) > 0 {
			return rows, true, true
		}
		rows = append(rows, a.Rendered.Row(e.Message))
	}
	return rows, false, len(events) > 0
}

// rowsFrame is what pages get for changed rows, live and when they catch up.
func rowsFrame(room chat.RoomID, rows []views.Row, rev chat.Rev) []byte {
	f := views.ChangedRowsFor(room, rows, rev)
	if len(f) > maxFrame {
		return resetFrame(room)
	}
	return f
}

// resetFrame has a page load its room anew.
func resetFrame(room chat.RoomID) []byte {
	return []byte(`{"reset":` + strconv.FormatInt(int64(room), 10) + `}`)
}
