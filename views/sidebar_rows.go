package views

import (
	"context"
	"io"
	"strconv"

	"github.com/a-h/templ"

	"parley/app/chat"
)

// The rows of the sidebar are written by hand: each page has dozens, and they were half of
// what drawing a page cost.

// sidebarRooms are rows of the sidebar; the one of current is marked.
func sidebarRooms(v Viewer, rooms []chat.SidebarRoom, current chat.RoomID) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		b := make([]byte, 0, 512*len(rooms))
		for _, r := range rooms {
			id := num(r.ID)
			b = append(append(append(b, `<li id="`...), sidebarID(r.ID)...), `"><a class="room" href="/rooms/`...)
			b = append(append(append(b, id...), `" hx-get="/rooms/`...), id...)
			b = append(b, `" hx-target="#stage" hx-swap="outerHTML" hx-push-url="true"`...)
			if r.ID == current {
				b = append(b, ` aria-current="page"`...)
			}
			if r.Muted {
				b = append(b, ` data-muted`...)
			}
			b = append(b, '>')
			if r.Kind != chat.Direct && r.Picture == 0 {
				b = append(appendIcon(append(b, `<span class="glyph">`...), ctx, "icons.svg", glyph(r.Room)), `</span>`...)
			} else {
				if _, err := w.Write(b); err != nil {
					return err
				}
				b = b[:0]
				if err := roomMark(v, r, "xs").Render(ctx, w); err != nil {
					return err
				}
			}
			b = appendSidebarName(b, r)
			if len(r.With) == 1 {
				b = appendStatus(b, v.statusOf(r.With[0].ID))
			}
			b = append(appendBadge(b, r.ID, BadgeOf(r)), `</a></li>`...)
		}
		notePart(ctx, b)
		_, err := w.Write(b)
		return err
	})
}

// appendStatus appends the emoji of who a conversation is with.
func appendStatus(b []byte, s chat.Status) []byte {
	if !s.IsSet() {
		return b
	}
	b = appendEscaped(append(b, `<span class="status-e" role="img" aria-label="`...), statusLabel(s))
	b = append(append(b, `">`...), statusSign(s)...)
	return append(b, `</span>`...)
}

// SidebarName is a room's name in the lists of its people.
func SidebarName(r chat.SidebarRoom) templ.Component { return written(appendSidebarName(nil, r)) }

func appendSidebarName(b []byte, r chat.SidebarRoom) []byte {
	b = append(append(append(b, `<span class="nm" id="`...), sidebarNameID(r.ID)...), `">`...)
	return append(appendEscaped(b, r.Title()), `</span>`...)
}

// RoomBadge counts what is unread in a room, where it stands in the lists.
func RoomBadge(id chat.RoomID, n Badge) templ.Component { return written(appendBadge(nil, id, n)) }

func appendBadge(b []byte, id chat.RoomID, n Badge) []byte {
	b = append(append(append(b, `<span class="badge" id="`...), badgeID(id)...), '"')
	if n.N > 0 {
		kind := ` data-n="`
		if n.For {
			kind = ` data-at="`
		}
		b = append(strconv.AppendInt(append(b, kind...), n.N, 10), `">`...)
		b = append(append(append(b, badgeText(n.N)...), `<span class="vh">`...), n.words()...)
		return append(b, `</span></span>`...)
	}
	return append(b, `></span>`...)
}

// written is a component that is there already.
func written(b []byte) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := w.Write(b)
		return err
	})
}
