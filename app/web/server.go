// Package web speaks HTTP and WebSocket: routes, forms, frames, and errors turned
// into status codes. It knows nothing of SQL.
package web

import (
	"context"
	"log/slog"
	"net"
	"net/url"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"

	"parley/app/announce"
	"parley/app/assistant"
	"parley/app/auth"
	"parley/app/chat"
	"parley/app/directory"
	"parley/app/files"
	"parley/app/live"
	"parley/app/oidc"
	"parley/static"
	"parley/views"
)

// Config is what the server must be told.
type Config struct {
	URL     string       // public address; "" for whatever the browser used
	Trusted []*net.IPNet // proxies whose X-Forwarded-For is believed
	Version string
	// Backups is how those do that the server makes by itself.
	Backups func(context.Context) chat.Backups
	// RetentionChanged is called when it was set how long messages are kept; it must not wait.
	Told             func() // there may be something to tell webhooks
	RetentionChanged func()
	Pusher           Pusher               // tells devices; nil: none are
	AuthHeader       string               // in which trusted proxies say who is logged in; "": they do not
	Providers        []*oidc.Provider     // by which people log in
	Directory        *directory.Directory // whose passwords count here, too; nil: there is none
	Mailer           Mailer               // sends mails; nil: none are
	// Detail is told behind "ready" to who asks for /readyz; nil: nothing.
	Detail func() string
	// Answered is called with every request, if it is set; it must not wait.
	Answered func(RequestMetric)
}

// writeTimeout is how long an answer may take to be read from when its request was worked on;
// files have as long for each piece.
const writeTimeout = 30 * time.Second

// emojiFile is the name of the table of emoji among the static files.
const emojiFile = "emoji.txt"

// Ready says whether the store takes changes.
type Ready func(context.Context) error

// Server answers requests.
type Server struct {
	Config
	App        *fiber.App
	chat       *chat.Chat
	auth       *auth.Auth
	hub        *live.Hub
	files      *files.Files
	assistant  *assistant.Assistant
	upgrade    fiber.Handler // to a socket
	reconnects reconnectGC
	announcer  *announce.Announcer
	assets     *static.Assets
	ready      Ready
	log        *slog.Logger

	since     time.Time
	origin    *url.URL // parsed Config.URL, or nil
	begun     string   // tells the requests of this process from others
	draining  atomic.Bool
	reloading sync.Mutex
	loading   sync.Mutex // of emoji
	settings  atomic.Pointer[chat.Settings]
	uploading uploadsUnderWay
	rendered  *announce.RenderCache
	addresses addresses
	full      atomic.Int64 // when the log said last that the disk is full, in nanoseconds
	noticed   atomic.Bool  // the log has told of https in front
	later     sync.Map     // session hash → seen, see readLater
}

// New makes a server; Listen on its App.
func New(c Config, ch *chat.Chat, au *auth.Auth, announcer *announce.Announcer, fs *files.Files, ready Ready,
	log *slog.Logger) (*Server, error) {
	s := &Server{Config: c, chat: ch, auth: au, hub: announcer.Hub, announcer: announcer, files: fs,
		assets: static.Load(static.File{Name: emojiFile, Text: chat.EmojiTable}), ready: ready, log: log, rendered: announcer.Rendered,
		since: time.Now(), begun: strconv.FormatInt(time.Now().Unix(), 36)}
	if c.URL != "" {
		u, err := ParseOrigin(c.URL)
		if err != nil {
			return nil, chat.Invalid("url", "The public address must look like https://chat.example.org.")
		}
		s.origin = u
	}
	s.assistant = assistant.New(ch, c.Version, log)
	s.App = fiber.New(fiber.Config{
		DisableStartupMessage: true,
		Immutable:             true, // fasthttp reuses its buffers; what we keep must stay
		ReduceMemoryUsage:     true,
		CaseSensitive:         true,
		StrictRouting:         true, // one address a page: /login/ is none
		ReadBufferSize:        16 << 10,
		BodyLimit:             maxForm, // of what is read before a handler asks; see readBody
		StreamRequestBody:     true,

		DisablePreParseMultipartForm: true,

		ReadTimeout:  10 * time.Second,
		WriteTimeout: writeTimeout, // from when a request was worked on: who reads slowly is cut
		IdleTimeout:  60 * time.Second,
		ErrorHandler: s.writeError,
		ProxyHeader:  "", // addresses: see address

		EnableTrustedProxyCheck: true, // nobody's X-Forwarded-Host is believed; the public address is Config.URL
	})
	s.App.Server().Handler = s.knownMethods(s.App.Server().Handler)
	s.App.Server().HeaderReceived = s.refuseSize
	s.App.Server().KeepHijackedConns = true // else closing a socket does nothing, and its memory goes to the next user
	s.App.Server().NoDefaultServerHeader = true
	s.App.Server().Name = ""
	s.upgrade = s.upgrader()
	views.SetRowBuild(s.assets.Build)
	announcer.Attach(ch, views.WithBuild(context.Background(), s.assets.Build))
	s.routes()
	return s, s.Reload(context.Background())
}

// Reload takes over settings that were changed, here or by the command line, and
// silences sessions that ended elsewhere.
func (s *Server) Reload(ctx context.Context) error {
	s.reloading.Lock() // else what was read first may be stored last
	defer s.reloading.Unlock()
	settings, err := s.chat.Settings(ctx)
	if err != nil {
		return err
	}
	s.settings.Store(&settings)
	if err := s.loadEmoji(ctx); err != nil {
		return err
	}
	s.chat.Limits.Adopt(settings)
	if err := s.silenceEnded(ctx); err != nil {
		return err
	}
	s.later.Range(func(session, _ any) bool {
		if _, err := s.auth.ResumeSession(ctx, []byte(session.(string))); sessionEnded(err) {
			s.later.Delete(session)
		}
		return true
	})
	return nil
}

// silenceEnded silences the pages of sessions that have ended elsewhere.
func (s *Server) silenceEnded(ctx context.Context) error {
	open := s.hub.Sessions()
	if len(open) == 0 {
		return nil
	}
	hashes := make([][]byte, 0, len(open))
	for session := range open {
		hashes = append(hashes, []byte(session))
	}
	ended, err := s.auth.Ended(ctx, hashes)
	for _, hash := range ended {
		s.hub.EndSessions(open[string(hash)], [][]byte{hash})
	}
	return err
}

// Drain stops taking pages in, asks open ones to come back, and lets requests
// that run finish, for at most d.
func (s *Server) Drain(d time.Duration) error {
	s.draining.Store(true)
	ended := make(chan error, 1)
	go func() { ended <- s.App.ShutdownWithTimeout(d) }()
	s.hub.Drain(d)
	return <-ended
}

// Pages counts the pages that are open now.
func (s *Server) Pages() int { return s.hub.Pages() }

// Workspace is the name of the place.
func (s *Server) Workspace() string { return s.workspace().Workspace() }

func (s *Server) workspace() chat.Settings { return *s.settings.Load() }
