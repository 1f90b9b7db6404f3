package chat

import (
	"context"
	"crypto/ecdh"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// DeviceID names a device that is told of messages when nobody looks at a page.
type DeviceID int64

// Device is a browser that its person lets Parley reach through its push service.
type Device struct {
	ID      DeviceID
	Account AccountID
	Session []byte // hash of the session that it came by, with which it ends
	// Endpoint is where its push service takes messages for it.
	Endpoint string
	P256DH   []byte // its public key
	Auth     []byte // 16 bytes that only it and the server know
	Name     string
	Zone     string // IANA, where it was when it was added; "": not known
	Made     time.Time
	Reached  time.Time // zero: never
	Note     string    // why it was not reached the last time; "": it was
}

// Withdraws says whether the device may be told to take a notification back. Apple's take the
// permission away from who sends something that shows nothing.
func (d Device) Withdraws() bool {
	u, err := url.Parse(d.Endpoint)
	return err == nil && !strings.HasSuffix(u.Hostname(), ".apple.com")
}

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

// DeviceStore keeps devices, and the queue of what they are told.
type DeviceStore interface {
	// AddDevice keeps one, or the one with its endpoint anew, of whoever has it now.
	AddDevice(ctx context.Context, d Device, limit int) (DeviceID, error)
	// Devices lists those of an account, the newest first.
	Devices(ctx context.Context, who AccountID) ([]Device, error)
	// Device finds one; ErrNotFound also where its account is disabled.
	Device(ctx context.Context, id DeviceID) (Device, error)
	RemoveDevice(ctx context.Context, who AccountID, id DeviceID) error
	// DeviceReached notes that one was reached, or why not.
	DeviceReached(ctx context.Context, id DeviceID, at time.Time, note string) error
	// DevicesIn lists those of the people of a room.
	DevicesIn(ctx context.Context, room RoomID) ([]Device, error)
	// RoomsToPush lists rooms of people with devices in which something was said after a
	// time that nobody has looked at yet.
	RoomsToPush(ctx context.Context, after time.Time) ([]RoomID, error)
	// ToPush lists in order what was said in a room after a time and was not looked at yet.
	ToPush(ctx context.Context, room RoomID, after time.Time, limit int) ([]Message, error)
	// QueuePushes queues pushes of a room, whose messages were looked at up to one. A push
	// that waits already is of the newer message from then on, and not later.
	QueuePushes(ctx context.Context, room RoomID, upto MessageID, list []Push) error
	// DuePushes lists what is to be sent at a time, the longest due first.
	DuePushes(ctx context.Context, at time.Time, limit int) ([]Push, error)
	// SetPush stores what became of a push, unless a newer message took its place.
	SetPush(ctx context.Context, p Push) error
	// DropPush forgets a push, unless a newer message took its place.
	DropPush(ctx context.Context, p Push) error
	// WithdrawRead has devices take back what was read meanwhile, or is in a room that the
	// person is not in any more.
	WithdrawRead(ctx context.Context, at time.Time) error
}

const (
	// MaxDevices is how many devices of a person are told.
	MaxDevices = 20
	// pushWithin is how old a message may be of which a device is told.
	pushWithin = 24 * time.Hour
	// PushAgain is how long a room is quiet on a device that shows it already.
	PushAgain = 30 * time.Second
	// pushHere is when somebody is asked for again who is here and does not read it.
	pushHere = time.Minute
	// maxEndpoint bounds the address of a push service, in bytes.
	maxEndpoint = 1000
)

// AddDevice lets a browser of the caller be told. inside says whether an address may lead
// inside, over plain HTTP; the push services of browsers never do.
func (c *Chat) AddDevice(ctx context.Context, d Device, inside func(host string) bool) (DeviceID, error) {
	u, err := url.Parse(d.Endpoint)
	if err != nil || len(d.Endpoint) > maxEndpoint || u.Host == "" || u.User != nil || u.Scheme != "https" &&
		(u.Scheme != "http" || !inside(u.Hostname())) {
		return 0, Invalid("endpoint", "This is no address of a push service.")
	}
	if _, err := ecdh.P256().NewPublicKey(d.P256DH); err != nil || len(d.Auth) != 16 {
		return 0, Invalid("p256dh", "These are no keys of a browser.")
	}
	if name, ok := oneLine(d.Name); ok {
		d.Name = cutRunes(name, MaxKeyName)
	} else {
		d.Name = "A browser"
	}
	if _, err := time.LoadLocation(d.Zone); err != nil || len(d.Zone) > 64 || d.Zone == "Local" {
		d.Zone = ""
	}
	d.Made = c.now()
	return c.store.AddDevice(ctx, d, MaxDevices)
}

// Devices lists the caller's own.
func (c *Chat) Devices(ctx context.Context, who Account) ([]Device, error) {
	return c.store.Devices(ctx, who.ID)
}

// DeviceOf finds one of the caller's own.
func (c *Chat) DeviceOf(ctx context.Context, who Account, id DeviceID) (Device, error) {
	d, err := c.store.Device(ctx, id)
	if err == nil && d.Account != who.ID {
		err = NotFound()
	}
	return d, err
}

// RemoveDevice has one of the caller's own not be told any more.
func (c *Chat) RemoveDevice(ctx context.Context, who Account, id DeviceID) error {
	if _, err := c.DeviceOf(ctx, who, id); err != nil {
		return err
	}
	return c.store.RemoveDevice(ctx, who.ID, id)
}

// DeviceArrived notes that one of the caller's own showed a test.
func (c *Chat) DeviceArrived(ctx context.Context, who Account, id DeviceID) error {
	if _, err := c.DeviceOf(ctx, who, id); err != nil {
		return err
	}
	return c.store.DeviceReached(ctx, id, c.now(), "")
}

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
	zone, err := time.LoadLocation(d.Zone)
	if err != nil {
		zone = time.UTC
	}
	if quiet := who.Prefs.QuietUntil(c.now(), zone); !quiet.IsZero() {
		return nil, quiet, nil
	}
	if c.Presence != nil && c.Presence.Watching(who.ID) {
		return nil, c.now().Add(pushHere), nil
	}
	rooms, err := c.store.Sidebar(ctx, who.ID)
	if err != nil {
		return nil, later, err
	}
	content = &PushContent{Message: m.ID, Room: r.ID, Unread: mark.Unread(r)}
	at := slices.IndexFunc(rooms, func(s SidebarRoom) bool { return s.ID == r.ID })
	for _, s := range rooms {
		if s.Muted {
			continue
		}
		if s.Kind == Direct {
			content.Waiting += int(s.Unread(s.Room))
		} else {
			content.Waiting += s.Mentions
		}
	}
	title := r.Label()
	if at >= 0 && r.Kind == Direct {
		title = rooms[at].Title()
	}
	if who.Prefs.PushWords == "room" {
		content.Title = "A message in " + title
		if r.Kind == Direct {
			content.Title = "A message from " + title
		}
		return content, later, nil
	}
	content.Title, content.Body = m.Author.Name, Truncate(m.Line(), pushBody)
	if content.Unread > 1 && r.Kind == Direct {
		content.Title += " · " + strconv.FormatInt(content.Unread, 10) + " messages"
	}
	if r.Kind != Direct || at >= 0 && len(rooms[at].With) > 1 {
		content.Body = title + "\n" + content.Body
	}
	return content, later, nil
}

// unlessGone is an error, but for those that say that there is nothing to tell any more.
func unlessGone(err error) error {
	if e, refused := AsError(err); refused && (e.Kind == KindNotFound || e.Kind == KindGone || e.Kind == KindForbidden) {
		return nil
	}
	return err
}
