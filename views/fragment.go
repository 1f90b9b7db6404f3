package views

import (
	"bytes"
	"context"
	"time"

	"github.com/a-h/templ"

	"parley/app/chat"
)

// Fragment is a row of a timeline as it was drawn once for everybody.
type Fragment struct {
	html  []byte
	clock int // where the five bytes of the time of day are; 0: there are none
	head  int // where the client id goes in

	moments []moment // in what programs sent, in their order
}

// moment is where another time than that of the row is written, in UTC.
type moment struct {
	at       time.Time
	from, to int // in html
}

// Row is a message with its fragment.
type Row struct {
	*chat.Message
	Fragment
}

// Size is how many bytes the fragment has.
func (f Fragment) Size() int { return len(f.html) }

// AppendPage appends the row for somebody's page: said at is written as v reads it.
func (f Fragment) AppendPage(b []byte, at time.Time, v Viewer) []byte {
	if f.clock == 0 || v.Zone == time.UTC && !v.Twelve && len(f.moments) == 0 {
		return append(b, f.html...)
	}
	b = append(b, f.html[:f.clock]...)
	b = at.In(v.Zone).AppendFormat(b, v.clockLayout())
	end := f.clock + len(clock24)
	for _, m := range f.moments {
		b = append(b, f.html[end:m.from]...)
		b = append(b, v.moment(m.at)...)
		end = m.to
	}
	return append(b, f.html[end:]...)
}

// findMoments finds the times that boxes of programs have. Their texts are escaped: nothing
// that was said looks like one.
func findMoments(html []byte) (list []moment) {
	const begin, end = `<time data-at datetime="`, "</time>"
	for from := 0; ; {
		i := bytes.Index(html[from:], []byte(begin))
		if i < 0 {
			return list
		}
		from += i + len(begin)
		length := bytes.Index(html[from:], []byte(end))
		stamp, words, _ := bytes.Cut(html[from:from+length], []byte(`">`))
		at, err := time.Parse(time.RFC3339, string(stamp))
		from += length
		if err == nil {
			list = append(list, moment{at, from - len(words), from})
		}
	}
}

// AppendLive appends the row as pages are told of it: with the client id, by
// which its author's page knows it.
func (f Fragment) AppendLive(b []byte, cid string) []byte {
	if cid == "" {
		return append(b, f.html...)
	}
	b = append(b, f.html[:f.head]...)
	b = append(b, ` data-cid="`...)
	b = append(b, cid...) // letters and digits only: chat.Draft saw to it
	b = append(b, '"')
	return append(b, f.html[f.head:]...)
}

// Bytes draws a component that cannot fail.
func Bytes(ctx context.Context, c templ.Component) []byte {
	var b bytes.Buffer
	if err := c.Render(ctx, &b); err != nil {
		panic(err) // a bytes.Buffer takes everything
	}
	return b.Bytes()
}

// AppendPartial appends a fragment with the instruction where it goes.
func AppendPartial(b []byte, target, swap string, content []byte) []byte {
	b = append(openPartial(b, target, swap), content...)
	return append(b, partialEnd...)
}

const partialEnd = "</hx-partial>"

func openPartial(b []byte, target, swap string) []byte {
	b = append(b, `<hx-partial hx-target="`...)
	b = append(b, target...)
	b = append(b, `" hx-swap="`...)
	b = append(b, swap...)
	return append(b, `">`...)
}

// Partial draws a component with the instruction where it goes.
func Partial(ctx context.Context, target, swap string, c templ.Component) []byte {
	return AppendPartial(nil, target, swap, Bytes(ctx, c))
}

// ChangedRows is what pages are told of rows that are new or changed. The answer to a
// post is the same.
func ChangedRows(room chat.RoomID, rows []Row) []byte {
	if len(rows) == 0 {
		return nil
	}
	size := 256 // of the instructions, and of the rev that may follow
	for _, r := range rows {
		size += r.Size() + len(r.CID) + len(` data-cid=""`)
	}
	b := openPartial(make([]byte, 0, size), "#"+timelineID(room), "msg")
	for _, r := range rows {
		b = r.AppendLive(b, r.CID)
	}
	return append(b, partialEnd...)
}

// ChangedRowsFor is the same together with the rev at which a page then stands, and with
// the lines of changed messages above the replies to them.
func ChangedRowsFor(room chat.RoomID, rows []Row, rev chat.Rev) []byte {
	b := ChangedRows(room, rows)
	var lines []byte
	for _, r := range rows {
		if r.Replies > 0 {
			lines = append(lines, Bytes(context.Background(), replyLine(room, chat.QuoteOf(*r.Message)))...)
		}
	}
	if len(lines) > 0 {
		b = AppendPartial(b, "#"+timelineID(room), "re", lines)
	}
	return AppendPartial(b, "#"+revID(room), "textContent", []byte(num(rev)))
}

// HeaderPartial is what the pages of a room are told of its name, topic, people and slow
// mode. A title in a frame becomes that of the document.
func HeaderPartial(ctx context.Context, h RoomHeader) []byte {
	b := Partial(ctx, RoomHeaderTarget(h.ID), "outerMorph", RoomHeaderBar(h))
	b = AppendPartial(b, "#"+slowID(h.ID), "outerHTML", Bytes(ctx, slowLine(h.Room)))
	return append(b, "<title>"+templ.EscapeString(h.Label()+" · Parley")+"</title>"...)
}

// Targets of partials that the hub sends.

// TypingTarget is the line of who types.
func TypingTarget(id chat.RoomID) string { return "#" + typingID(id) }

// BadgeTarget is a room's count.
func BadgeTarget(id chat.RoomID) string { return "#" + badgeID(id) }

// RoomHeaderTarget is a room's header.
func RoomHeaderTarget(id chat.RoomID) string { return "#" + roomHeaderID(id) }

// CountTarget is how many people are in a room and here.
func CountTarget(id chat.RoomID) string { return "#" + countID(id) }

// SidebarNameTarget is a room's name in the sidebar.
func SidebarNameTarget(id chat.RoomID) string { return "#" + sidebarNameID(id) }

// RoomLinkTarget is every link to a room in what was said.
func RoomLinkTarget(id chat.RoomID) string { return "a.rm[href='" + RoomURL(id) + "']" }

// ReportsTarget is the link to what waits for a decision.
const ReportsTarget = "#reports"

// DotTarget is every dot of a person.
func DotTarget(id chat.AccountID) string { return "[data-p='" + num(id) + "']" }

// StatusTarget is the status beside every name of a person that has room for one.
func StatusTarget(id chat.AccountID) string { return "[data-s='" + num(id) + "']" }

// ListsTarget is a person's lists of rooms.
const ListsTarget = "#lists"
