package apptest

import (
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"parley/app"
	"parley/app/mail"
)

// MailServer is one that takes mails of tests, from who knows its password.
type MailServer struct {
	t      testing.TB
	server *smtp.Server
	at     string
	mu     sync.Mutex
	got    []Mail
	refuse *smtp.SMTPError
}

// Mail is one that it took.
type Mail struct {
	From, To   string // of the envelope
	Header     netmail.Header
	Subject    string
	Text, HTML string
}

// NewMailServer starts one.
func NewMailServer(t testing.TB) *MailServer {
	m := &MailServer{t: t}
	m.server = smtp.NewServer(m)
	m.server.Domain, m.server.AllowInsecureAuth = "mail.example.org", true
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m.at = l.Addr().String()
	go m.server.Serve(l)
	t.Cleanup(func() { m.server.Close() })
	return m
}

// Config has a server send its mails there.
func (m *MailServer) Config(c *app.Config) {
	s, err := mail.ParseServer("smtp://parley:s3cret@"+m.at, "Lighthouse <chat@example.org>")
	if err != nil {
		m.t.Fatal(err)
	}
	c.Mail = s
}

// Flags are those of a process that sends its mails there.
func (m *MailServer) Flags() []string {
	return []string{"--smtp-url", "smtp://parley:s3cret@" + m.at, "--mail-from", "Lighthouse <chat@example.org>"}
}

// Refuses has it answer so; nil: it takes mails again.
func (m *MailServer) Refuses(with *smtp.SMTPError) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.refuse = with
}

// Got are the mails that it took so far.
func (m *MailServer) Got() []Mail {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]Mail(nil), m.got...)
}

// Waits waits until it took so many.
func (m *MailServer) Waits(n int) []Mail {
	m.t.Helper()
	for deadline := time.Now().Add(40 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if got := m.Got(); len(got) >= n {
			return got
		}
	}
	m.t.Fatalf("%d mails came, want %d", len(m.Got()), n)
	return nil
}

// NewSession implements smtp.Backend.
func (m *MailServer) NewSession(*smtp.Conn) (smtp.Session, error) { return &mailSession{m: m}, nil }

type mailSession struct {
	m    *MailServer
	in   bool
	mail Mail
}

func (s *mailSession) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *mailSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if s.in = user == "parley" && password == "s3cret"; !s.in {
			return smtp.ErrAuthFailed
		}
		return nil
	}), nil
}

func (s *mailSession) Mail(from string, _ *smtp.MailOptions) error {
	if !s.in {
		return smtp.ErrAuthRequired
	}
	s.mail.From = from
	return nil
}

func (s *mailSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.m.mu.Lock()
	defer s.m.mu.Unlock()
	if s.m.refuse != nil {
		return s.m.refuse
	}
	s.mail.To = to
	return nil
}

func (s *mailSession) Data(r io.Reader) error {
	msg, err := netmail.ReadMessage(r)
	if err != nil {
		s.m.t.Error(err)
		return err
	}
	s.mail.Header = msg.Header
	s.mail.Subject, _ = new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject"))
	_, params, err := mime.ParseMediaType(msg.Header.Get("Content-Type"))
	if err != nil {
		s.m.t.Error(err)
		return err
	}
	for parts := multipart.NewReader(msg.Body, params["boundary"]); ; {
		p, err := parts.NextRawPart()
		if err != nil {
			break
		}
		text, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			s.m.t.Error(err)
		}
		if strings.HasPrefix(p.Header.Get("Content-Type"), "text/html") {
			s.mail.HTML = string(text)
		} else {
			s.mail.Text = strings.ReplaceAll(string(text), "\r\n", "\n")
		}
	}
	s.m.mu.Lock()
	defer s.m.mu.Unlock()
	s.m.got = append(s.m.got, s.mail)
	return nil
}

func (s *mailSession) Reset()        { s.mail = Mail{} }
func (s *mailSession) Logout() error { return nil }
