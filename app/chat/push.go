package chat

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"time"
)

// PushState says how far a push is; they are stored, so only ever append.
type PushState uint8

// States of pushes.
const (
	PushWaits    PushState = iota
	PushShown              // the device shows it, as far as anybody knows
	PushWithdraw           // it was read elsewhere: the device is to take it back
)

// Push is what one device is told of one room: of its newest message.
type Push struct {
	Device  DeviceID
	Room    RoomID
	Message MessageID
	State   PushState
	Tries   int
	Next    time.Time // of one that waits
	Made    time.Time // when the message was said
}

const (
	// pushWithin is how old a message may be of which a device is told.
	pushWithin = 24 * time.Hour
	// PushAgain is how long a room is quiet on a device that shows it already.
	PushAgain = 30 * time.Second
	// pushHere is when somebody is asked for again who is here and does not read it.
	pushHere = time.Minute
)

// pushDelays are how long somebody may be away before a device tells, by Prefs.Push.
var pushDelays = map[string]time.Duration{"": 2 * time.Minute, "now": 0, "5m": 5 * time.Minute, "15m": 15 * time.Minute}

// lookedAt is how many messages of a room are looked at in one change.
const lookedAt = 100

// QueuePushes looks at what was said since it looked last, and queues for whom it is: those
// whom NotifiedOf names. It says whether there is more to look at.
func (c *Chat) QueuePushes(ctx context.Context) (more bool, err error) {
	after := c.now().Add(-pushWithin)
	rooms, err := c.store.RoomsToPush(ctx, after)
	for _, room := range rooms {
		if err != nil {
			return more, err
		}
		var again bool
		again, err = c.queueRoom(ctx, room, after)
		more = more || again
	}
	return more, err
}

func (c *Chat) queueRoom(ctx context.Context, room RoomID, after time.Time) (more bool, err error) {
	said, err := c.store.ToPush(ctx, room, after, lookedAt)
	if err != nil || len(said) == 0 {
		return false, err
	}
	devices, err := c.store.DevicesIn(ctx, room)
	if err != nil {
		return false, err
	}
	of := map[AccountID][]Device{}
	for _, d := range devices {
		of[d.Account] = append(of[d.Account], d)
	}
	people := slices.Collect(maps.Keys(of))
	prefs, err := c.store.PrefsOf(ctx, people)
	if err != nil {
		return false, err
	}
	r, marks, err := c.ReadMarks(ctx, room, people)
	if err != nil {
		return false, err
	}
	var list []Push
	for _, m := range said {
		for _, id := range NotifiedOf(r, &m, marks) {
			delay, on := pushDelays[prefs[id].Push]
			for _, d := range of[id] {
				if on && !m.At.Before(d.Made) {
					list = append(list, Push{Device: d.ID, Room: room, Message: m.ID, Next: m.At.Add(delay), Made: m.At})
				}
			}
		}
	}
	return len(said) == lookedAt, c.store.QueuePushes(ctx, room, said[len(said)-1].ID, list)
}

// PushContent is what a device is told.
type PushContent struct {
	Message MessageID
	Room    RoomID
	Title   string
	Body    string
	Unread  int64 // messages in the room
	Waiting int   // what waits for the person in all rooms, for the badge of the app
}

// pushBody is how many characters of a message a device shows.
const pushBody = 240

// PushNow is asked right before a push is sent: what the device is told, as the person may
// see it now; or when to ask again (later); or nothing, where there is nothing to tell.
func (c *Chat) PushNow(ctx context.Context, p Push, d Device) (content *PushContent, later time.Time, err error) {
	who, err := c.store.Account(ctx, d.Account)
	if err != nil || who.Disabled || p.Made.Before(c.now().Add(-pushWithin)) {
		return nil, later, unlessGone(err)
	}
	m, access, err := c.Message(ctx, who, p.Message)
	if err != nil || access.Membership == nil {
		return nil, later, unlessGone(err)
	}
	r, marks, err := c.ReadMarks(ctx, p.Room, []AccountID{who.ID})
	mark, in := marks[who.ID]
	if err != nil || !in || mark.Read >= m.Posts || len(NotifiedOf(r, &m, marks)) == 0 || who.Prefs.Push == "off" {
		return nil, later, unlessGone(err)
	}
	if later = c.quietUntil(who, d); !later.IsZero() {
		return nil, later, nil
	}
	rooms, err := c.store.Sidebar(ctx, who.ID)
	if err != nil {
		return nil, later, err
	}
	content = &PushContent{Message: m.ID, Room: r.ID, Unread: mark.Unread(r), Waiting: waiting(rooms)}
	content.word(m, r, rooms, who.Prefs.PushWords == "room")
	return content, later, nil
}

// quietUntil is when a device may be told something: after the quiet hours of its person, and
// later while that person is here and may still read it. The zero time: now.
func (c *Chat) quietUntil(who Account, d Device) time.Time {
	zone, err := time.LoadLocation(d.Zone)
	if err != nil {
		zone = time.UTC
	}
	quiet := who.Prefs.QuietUntil(c.now(), zone)
	if quiet.IsZero() && c.Presence != nil && c.Presence.Watching(who.ID) {
		return c.now().Add(pushHere)
	}
	return quiet
}

// waiting counts what waits for a person in rooms: what was said directly, and mentions.
func waiting(rooms []SidebarRoom) (n int) {
	for _, s := range rooms {
		if s.Muted {
			continue
		}
		if s.Kind == Direct {
			n += int(s.Unread(s.Room))
		} else {
			n += s.Mentions
		}
	}
	return n
}

// word puts a message into words; rooms are those of the person, by which a conversation has
// its title. private leaves out who said what.
func (p *PushContent) word(m Message, r Room, rooms []SidebarRoom, private bool) {
	title := r.Label()
	at := slices.IndexFunc(rooms, func(s SidebarRoom) bool { return s.ID == r.ID })
	if at >= 0 && r.Kind == Direct {
		title = rooms[at].Title()
	}
	if private {
		p.Title = "A message in " + title
		if r.Kind == Direct {
			p.Title = "A message from " + title
		}
		return
	}
	p.Title, p.Body = m.Author.Name, Truncate(m.Line(), pushBody)
	if p.Unread > 1 && r.Kind == Direct {
		p.Title += " · " + strconv.FormatInt(p.Unread, 10) + " messages"
	}
	if r.Kind != Direct || at >= 0 && len(rooms[at].With) > 1 {
		p.Body = title + "\n" + p.Body
	}
}

// unlessGone is an error, but for those that say that there is nothing to tell any more.
func unlessGone(err error) error {
	if e, refused := AsError(err); refused && (e.Kind == KindNotFound || e.Kind == KindGone || e.Kind == KindForbidden) {
		return nil
	}
	return err
}
