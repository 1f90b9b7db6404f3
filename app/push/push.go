// Package push tells devices of messages when nobody looks at a page, by the push services
// of their browsers. Whom and of what is decided in package chat; it knows nothing of SQL
// or pages.
package push

import (
	"context"
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"sync"
	"time"

	"parley/app/chat"
	"parley/app/hooks"
	"parley/app/job"
)

const (
	atOnce     = 8 // pushes that are under way
	lookAgain  = 2 * time.Second
	rest       = 300 * time.Millisecond // between two looks, however much is said
	maxTries   = 6
	life       = 24 * time.Hour       // of a push that its service holds
	withdrawal = time.Hour            // of one that takes another back
	step       = 512                  // lengths are padded to a multiple of it
	overhead   = 16 + 4 + 1 + 65 + 16 // salt, size, length and key before a record, tag behind it
	keyName    = "vapid"              // under which the key is kept, among certificates
	answerSize = 4 << 10
)

// Store is where the key and the queue are.
type Store interface {
	chat.DeviceStore
	// KeepCertificate answers with what is kept under a name, and keeps fresh there first
	// when there is nothing.
	KeepCertificate(ctx context.Context, name string, fresh []byte) ([]byte, error)
}

// Sender tells devices. The queue is in the store: it goes on where it was after a crash. A
// push may come twice, when the process ends between the sending and the noting of it: that
// is better than never, and the device shows it once, because the second takes the place of
// the first without a sound.
type Sender struct {
	Rules *chat.Chat
	Store Store
	Log   *slog.Logger
	Host  func() string              // public address, which push services want to know, without a slash at its end
	Turn  func(context.Context) bool // whether this node is the one that sends; nil: it is

	allowed []netip.Prefix
	client  *http.Client
	loop    *job.Loop
	mu      *sync.Mutex // of the keys
	private string
	public  string
}

// NewSender makes one that sends through an egress.
func NewSender(s Sender, e hooks.Egress) *Sender {
	s.allowed, s.client, s.loop, s.mu = e.Allowed, e.Client(), job.New(lookAgain, rest), &sync.Mutex{}
	s.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse } // a push service leads nowhere
	return &s
}

// Inside says whether the operator lets requests go to a host that is not of the internet.
func (s *Sender) Inside(host string) bool {
	a, err := netip.ParseAddr(host)
	return err == nil && slices.ContainsFunc(s.allowed, func(p netip.Prefix) bool { return p.Contains(a.Unmap()) })
}

// Wake has it look at once whether there is something to tell.
func (s *Sender) Wake() { s.loop.Wake() }

// keys are those with which push services know this server. They are made when they are
// first asked for, and never changed: devices are bound to them.
func (s *Sender) keys(ctx context.Context) (private, public string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.private != "" {
		return s.private, s.public, nil
	}
	fresh, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return "", "", err
	}
	raw, err := s.Store.KeepCertificate(ctx, keyName, fresh.Bytes())
	if err != nil {
		return "", "", err
	}
	k, err := ecdh.P256().NewPrivateKey(raw)
	if err != nil {
		return "", "", fmt.Errorf("the key for pushes is damaged: %w", err)
	}
	s.private, s.public = base64.RawURLEncoding.EncodeToString(raw), base64.RawURLEncoding.EncodeToString(k.PublicKey().Bytes())
	return s.private, s.public, nil
}

// PublicKey is what browsers are told, to take pushes of this server alone.
func (s *Sender) PublicKey(ctx context.Context) (string, error) {
	_, public, err := s.keys(ctx)
	return public, err
}

// Run sends until ctx ends.
func (s *Sender) Run(ctx context.Context) {
	s.loop.Run(ctx, s.Turn, func(ctx context.Context) {
		if err := s.round(ctx); err != nil && ctx.Err() == nil {
			s.Log.Warn("devices were not told", "error", err)
		}
	})
}

// round queues what there is to tell, and sends what is due.
func (s *Sender) round(ctx context.Context) error {
	for more := true; more; {
		var err error
		if more, err = s.Rules.QueuePushes(ctx); err != nil {
			return err
		}
	}
	if err := s.Store.WithdrawRead(ctx, time.Now()); err != nil {
		return err
	}
	for {
		due, err := s.Store.DuePushes(ctx, time.Now(), 4*atOnce)
		if err != nil || len(due) == 0 {
			return err
		}
		var all sync.WaitGroup
		var mu sync.Mutex
		var failed error
		slots := make(chan struct{}, atOnce)
		for _, p := range due {
			slots <- struct{}{}
			all.Go(func() {
				defer func() { <-slots }()
				if err := s.deliver(ctx, p); err != nil {
					mu.Lock()
					failed = err
					mu.Unlock()
				}
			})
		}
		all.Wait()
		if failed != nil || ctx.Err() != nil {
			return errors.Join(failed, ctx.Err())
		}
	}
}

// deliver sends one push, if there is still something to tell, and notes what became of it.
func (s *Sender) deliver(ctx context.Context, p chat.Push) error {
	d, err := s.Store.Device(ctx, p.Device)
	if errors.Is(err, chat.ErrNotFound) {
		return s.Store.DropPush(ctx, p)
	}
	if err != nil {
		return err
	}
	var payload []byte
	ttl := life
	switch {
	case p.State == chat.PushWithdraw && !d.Withdraws():
		return s.Store.DropPush(ctx, p)
	case p.State == chat.PushWithdraw:
		payload, ttl = withdraw(p.Room), withdrawal
	default:
		c, later, err := s.Rules.PushNow(ctx, p, d)
		if err != nil {
			return err
		}
		if !later.IsZero() {
			p.Next = later
			return s.Store.SetPush(ctx, p)
		}
		if c == nil {
			return s.Store.DropPush(ctx, p)
		}
		payload = notification(*c, s.Host())
	}
	p.Tries++
	err = s.send(ctx, d, payload, ttl, "room-"+strconv.FormatInt(int64(p.Room), 10))
	if ctx.Err() != nil {
		return nil // it is sent again
	}
	return s.note(ctx, d, p, err)
}

// note stores what became of a push.
func (s *Sender) note(ctx context.Context, d chat.Device, p chat.Push, err error) error {
	var answer answerError
	switch {
	case err == nil && p.State == chat.PushWithdraw:
		return s.Store.DropPush(ctx, p)
	case err == nil:
		p.State, p.Tries = chat.PushShown, 0
		return errors.Join(s.Store.SetPush(ctx, p), s.Store.DeviceReached(ctx, d.ID, time.Now(), ""))
	case errors.As(err, &answer) && answer.gone():
		s.Log.Info("a device takes no pushes any more", "device", d.ID, "status", answer.status)
		return s.Store.RemoveDevice(ctx, d.Account, d.ID)
	case errors.As(err, &answer) && answer.refused(), p.Tries >= maxTries:
		s.Log.Warn("a device was not told", "device", d.ID, "error", words(err))
		return errors.Join(s.Store.DropPush(ctx, p), s.Store.DeviceReached(ctx, d.ID, time.Now(), words(err)))
	}
	p.Next = time.Now().Add(max(answer.retry, time.Duration(1<<p.Tries)*5*time.Second))
	return s.Store.SetPush(ctx, p)
}
