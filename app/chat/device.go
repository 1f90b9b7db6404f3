package chat

import (
	"context"
	"crypto/ecdh"
	"net/url"
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
