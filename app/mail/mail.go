// Package mail writes mails and sends them by the server that the operator names. Whom, and
// of what, is decided in packages chat and auth; it knows nothing of SQL or pages.
package mail

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	netmail "net/mail"
	"net/url"
	"strconv"
	"sync"
	"time"

	gomail "github.com/wneessen/go-mail"

	"parley/app/auth"
	"parley/app/chat"
	"parley/app/job"
	"parley/views"
)

const (
	lookAgain   = 5 * time.Second
	digestEvery = time.Minute
	maxTries    = 8
	timeout     = 20 * time.Second
	atOnce      = 20 // mails of one look
	keyName     = "mail"
)

// Server is where mails are given to, and from whom they are.
type Server struct {
	host     string
	port     int
	user     string
	password string
	tls      gomail.TLSPolicy
	ssl      bool
	from     netmail.Address
}

// ParseServer reads smtp://user:password@host:587, which is encrypted after it begins
// (with ?tls=off, or on this machine, it need not be), or smtps://host:465; from is an
// address with or without a name.
func ParseServer(address, from string) (*Server, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "smtp" && u.Scheme != "smtps" || u.Hostname() == "" || u.Path != "" && u.Path != "/" {
		// Without what was written: it has a password.
		return nil, errors.New("a mail server looks like smtp://user:password@mail.example.org:587 or smtps://mail.example.org:465")
	}
	s := &Server{host: u.Hostname(), user: u.User.Username(), ssl: u.Scheme == "smtps", port: 587, tls: gomail.TLSMandatory}
	s.password, _ = u.User.Password()
	if s.ssl {
		s.port = 465
	}
	if p := u.Port(); p != "" {
		if s.port, err = strconv.Atoi(p); err != nil {
			return nil, errors.New("the port of a mail server is a number, like 587")
		}
	}
	switch u.Query().Get("tls") {
	case "":
		if ip := net.ParseIP(s.host); s.host == "localhost" || ip != nil && ip.IsLoopback() {
			s.tls = gomail.TLSOpportunistic
		}
	case "off":
		s.tls = gomail.NoTLS
	default:
		return nil, errors.New("what is behind ? of a mail server is tls=off, or nothing")
	}
	a, err := netmail.ParseAddress(from)
	if err != nil {
		return nil, errors.New("mails are from an address, like Parley <chat@example.org>")
	}
	s.from = *a
	return s, nil
}

// Store is where the queue and the key are.
type Store interface {
	auth.AddressStore
	// KeepCertificate answers with what is kept under a name, and keeps fresh there first
	// when there is nothing.
	KeepCertificate(ctx context.Context, name string, fresh []byte) ([]byte, error)
}

// Sender sends mails. The queue is in the store: it goes on where it was after a crash. A
// mail may come twice, when the process ends between the sending and the noting of it; of
// what a mail told, no other tells.
type Sender struct {
	Server    *Server
	Rules     *chat.Chat
	Auth      *auth.Auth
	Store     Store
	Log       *slog.Logger
	Host      func() string // public address, without a slash at its end
	Workspace func() string
	Turn      func(context.Context) bool // whether this node is the one that sends; nil: it is

	loop *job.Loop
	mu   *sync.Mutex // of the key
	key  []byte
}

// NewSender makes one.
func NewSender(s Sender) *Sender {
	s.loop, s.mu = job.New(lookAgain, 0), &sync.Mutex{}
	return &s
}

// Wake has it look at once whether there is something to send.
func (s *Sender) Wake() { s.loop.Wake() }

// Run sends until ctx ends.
func (s *Sender) Run(ctx context.Context) {
	digested := time.Time{}
	s.loop.Run(ctx, s.Turn, func(ctx context.Context) {
		var err error
		if time.Since(digested) >= digestEvery {
			digested = time.Now()
			err = s.QueueDigests(ctx)
		}
		if err = errors.Join(err, s.round(ctx)); err != nil && ctx.Err() == nil {
			s.Log.Warn("mails were not sent", "error", err)
		}
	})
}

// QueueDigests queues a mail for each whom something waits for long enough.
func (s *Sender) QueueDigests(ctx context.Context) error {
	list, err := s.Store.AddressesToMail(ctx)
	for _, a := range list {
		if err != nil {
			return err
		}
		missed, fault := s.Rules.Missed(ctx, a.Account, a.Mailed)
		if err = fault; err != nil || len(missed) == 0 {
			continue
		}
		var ids []chat.MessageID
		for _, m := range missed {
			ids = append(ids, m.ID)
		}
		now := time.Now()
		err = s.Store.QueueMail(ctx, auth.Mail{Kind: auth.MailDigest, Account: a.Account, Data: joined(ids), Next: now, Made: now},
			ids[len(ids)-1])
	}
	return err
}

// round sends what is due.
func (s *Sender) round(ctx context.Context) error {
	for {
		due, err := s.Store.DueMails(ctx, time.Now(), atOnce)
		if err != nil || len(due) == 0 {
			return err
		}
		for _, m := range due {
			if err := s.deliver(ctx, m); err != nil {
				return err
			}
		}
	}
}

// deliver writes and sends one mail, and notes what became of it.
func (s *Sender) deliver(ctx context.Context, m auth.Mail) error {
	to, written, err := s.write(ctx, m)
	var refused *chat.Error
	if err != nil && (!errors.As(err, &refused) || refused.Kind == chat.KindBusy) {
		return err
	}
	if err != nil || written == nil { // there is nobody, or nothing to tell any more
		m.Next = time.Time{}
		return s.Store.SetMail(ctx, m)
	}
	err = s.send(ctx, to, *written)
	if ctx.Err() != nil {
		return nil // it is sent again
	}
	m.Tries++
	var answer *gomail.SendError
	switch {
	case err == nil:
		m.Next = time.Time{}
	case errors.As(err, &answer) && !answer.IsTemp() && answer.ErrorCode() >= 500, m.Tries >= maxTries:
		s.Log.Warn("a mail was not taken", "kind", int(m.Kind), "account", m.Account, "error", reason(err))
		m.Next = time.Time{}
	default:
		s.Log.Info("a mail is sent again later", "kind", int(m.Kind), "account", m.Account, "error", reason(err))
		m.Next = time.Now().Add(time.Duration(1<<m.Tries) * 15 * time.Second)
	}
	return s.Store.SetMail(ctx, m)
}

// reason says why a mail did not go, without addresses.
func reason(err error) string {
	var answer *gomail.SendError
	if errors.As(err, &answer) && answer.ErrorCode() != 0 {
		return fmt.Sprintf("the mail server answered %d", answer.ErrorCode())
	}
	var at *net.OpError
	if errors.As(err, &at) {
		return "the mail server was not reached: " + at.Op
	}
	return "the mail server did not take it"
}

// send gives one mail to the server.
func (s *Sender) send(ctx context.Context, to string, w views.Mail) error {
	m := gomail.NewMsg()
	name := s.Server.from.Name
	if name == "" {
		name = s.Workspace()
	}
	if err := errors.Join(m.FromFormat(name, s.Server.from.Address), m.To(to)); err != nil {
		return err
	}
	m.Subject(w.Title)
	m.SetMessageID()
	m.SetDate()
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	if w.Off != "" {
		m.SetGenHeader("List-Unsubscribe", "<"+w.Off+">")
		m.SetGenHeader("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
	}
	var html bytes.Buffer
	if err := views.MailHTML(w).Render(ctx, &html); err != nil {
		return err
	}
	m.SetBodyString(gomail.TypeTextPlain, w.Text())
	m.AddAlternativeString(gomail.TypeTextHTML, html.String())
	options := []gomail.Option{gomail.WithPort(s.Server.port), gomail.WithTimeout(timeout)}
	if s.Server.ssl {
		options = append(options, gomail.WithSSL())
	} else {
		options = append(options, gomail.WithTLSPolicy(s.Server.tls))
	}
	if s.Server.user != "" {
		kind := gomail.SMTPAuthAutoDiscover
		if s.Server.tls != gomail.TLSMandatory && !s.Server.ssl {
			kind = gomail.SMTPAuthPlainNoEnc // asked for by the operator, or on this machine
		}
		options = append(options, gomail.WithSMTPAuth(kind), gomail.WithUsername(s.Server.user), gomail.WithPassword(s.Server.password))
	}
	client, err := gomail.NewClient(s.Server.host, options...)
	if err != nil {
		return err
	}
	return client.DialAndSendWithContext(ctx, m)
}

// secret is the key of links that end mails, which is made when it is first needed.
func (s *Sender) secret(ctx context.Context) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.key != nil {
		return s.key, nil
	}
	fresh := make([]byte, 32)
	rand.Read(fresh)
	key, err := s.Store.KeepCertificate(ctx, keyName, fresh)
	if err == nil {
		s.key = key
	}
	return key, err
}
