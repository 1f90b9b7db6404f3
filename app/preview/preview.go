// Package preview looks at what messages link to: titles, descriptions and pictures of
// pages, and the pictures of attachments of programs. No page of ours ever has a reader's
// browser ask another server.
package preview

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"parley/app/chat"
	"parley/app/hooks"
	"parley/app/job"
)

const (
	lookAgain = 5 * time.Second // for what another node queued, and what is to be forgotten
	atOnce    = 4               // messages that are worked on
	maxAnswer = 1 << 20         // bytes that are read of one answer
	maxOEmbed = 64 << 10
	// maxTries is how often a message is tried that the store fails at, tryApart how long
	// after a try, the next one is.
	maxTries = 5
	tryApart = 30 * time.Second
	// rememberFor is how long what was found at an address is not asked for again.
	rememberFor = 10 * time.Minute
	maxKnown    = 256
	agent       = "Parley/1.0 (+link preview)"
)

// Pictures stores pictures.
type Pictures interface {
	SavePicture(ctx context.Context, who chat.Account, use chat.FileUse, name string, content io.Reader) (chat.File, error)
}

// Fetcher looks at links. The queue is in the store, so that a crash loses nothing.
type Fetcher struct {
	Rules    *chat.Chat
	Store    chat.Store
	Pictures Pictures
	Log      *slog.Logger
	Turn     func(context.Context) bool // whether this node is the one that looks; nil: it is

	client *http.Client
	loop   *job.Loop
	mu     sync.Mutex
	known  map[string]*answer // by address
}

// answer is what was found at an address.
type answer struct {
	once sync.Once
	at   time.Time
	page page
	ok   bool
}

// New makes one that asks through an egress.
func New(rules *chat.Chat, store chat.Store, pictures Pictures, log *slog.Logger, e hooks.Egress) *Fetcher {
	return &Fetcher{Rules: rules, Store: store, Pictures: pictures, Log: log, client: e.Client(), loop: job.New(lookAgain, 0),
		known: map[string]*answer{}}
}

// Wake has it look at once whether there is something to do.
func (f *Fetcher) Wake() { f.loop.Wake() }

// Run works until ctx ends.
func (f *Fetcher) Run(ctx context.Context) {
	f.loop.Run(ctx, f.Turn, func(ctx context.Context) {
		if err := f.round(ctx); err != nil && ctx.Err() == nil {
			f.Log.Warn("links were not looked at", "error", err)
		}
	})
}

// round works on what is due; the error is of what will be tried again.
func (f *Fetcher) round(ctx context.Context) (failed error) {
	for stuck := false; ctx.Err() == nil && !stuck; {
		due, err := f.Store.DueFetches(ctx, time.Now(), 4*atOnce)
		if err != nil || len(due) == 0 {
			return errors.Join(failed, err)
		}
		var all sync.WaitGroup
		var mu sync.Mutex
		slots := make(chan struct{}, atOnce)
		for _, id := range due {
			slots <- struct{}{}
			all.Go(func() {
				defer func() { <-slots }()
				taken, err := f.fetch(ctx, id)
				if err != nil {
					mu.Lock()
					failed, stuck = errors.Join(failed, err), stuck || !taken
					mu.Unlock()
				}
			})
		}
		all.Wait()
	}
	return errors.Join(failed, ctx.Err())
}

// fetch gets what a message waits for, and stores it. A fault of what reads pages is an
// answer like any other: the next round would meet it again. What the store fails at is
// tried again later, and not for ever; nothing waits for it. taken says whether that much
// was stored.
func (f *Fetcher) fetch(ctx context.Context, id chat.MessageID) (taken bool, err error) {
	tries, err := f.Store.TakeFetch(ctx, id, time.Now().Add(tryApart))
	if errors.Is(err, chat.ErrNotFound) {
		return true, nil // it was done meanwhile
	}
	if err != nil {
		return false, err
	}
	if tries > maxTries {
		f.Log.Warn("links of a message are not looked at any more", "message", id, "tries", maxTries)
		return true, f.Store.ForgetFetch(ctx, id)
	}
	err = f.fetchFor(ctx, id)
	if errors.Is(err, chat.ErrNotFound) { // the message is no more, or its room is being deleted
		err = f.Store.ForgetFetch(ctx, id)
	}
	return true, err
}

// fetchFor gets what a message waits for, and has it shown.
func (f *Fetcher) fetchFor(ctx context.Context, id chat.MessageID) error {
	m, err := f.Store.Message(ctx, id)
	if err != nil {
		return err
	}
	author, err := f.Store.Account(ctx, m.Author.ID)
	if err != nil {
		return err
	}
	var found answers
	if !m.Deleted {
		found = f.ask(ctx, author, m)
	}
	if ctx.Err() != nil {
		return ctx.Err() // it is done again
	}
	forget := time.Now().Add(-chat.PreviewUndo)
	return f.Rules.Fetched(ctx, id, func(m *chat.Message) error {
		m.ForgetRemoved(forget)
		found.show(m)
		return nil
	})
}

// answers are what the addresses that a message names answered.
type answers struct {
	previews map[string]chat.Preview
	pictures map[string]*chat.File // nil: there is none that can be shown
}

// ask asks the addresses of a message for what it waits for.
func (f *Fetcher) ask(ctx context.Context, author chat.Account, m chat.Message) answers {
	found := answers{map[string]chat.Preview{}, map[string]*chat.File{}}
	for _, p := range m.Previews {
		if p.State == chat.PreviewWaits && p.Message == 0 && p.Removed.IsZero() {
			found.previews[p.URL] = f.preview(ctx, author, p.URL)
		}
	}
	if m.Program == nil {
		return found
	}
	f.face(ctx, author, m.Program.Face)
	for _, slot := range m.Program.Pictures() {
		if _, asked := found.pictures[slot.URL]; !asked && *slot.Shown == nil && !*slot.Missing {
			found.pictures[slot.URL] = f.picture(ctx, author, slot.URL)
		}
	}
	return found
}

// show puts the answers where a message, as it is by now, still waits for them.
func (a answers) show(m *chat.Message) {
	for i, p := range m.Previews {
		if now, ok := a.previews[p.URL]; ok && p.State == chat.PreviewWaits {
			now.Removed = p.Removed
			m.Previews[i] = now
		}
	}
	if m.Program == nil {
		return
	}
	m.Program.Face = ""
	for _, slot := range m.Program.Pictures() {
		if shown, ok := a.pictures[slot.URL]; ok && *slot.Shown == nil && !*slot.Missing {
			*slot.Shown, *slot.Missing = shown, shown == nil
		}
	}
}

// face has a picture show a bot that has none.
func (f *Fetcher) face(ctx context.Context, bot chat.Account, link string) {
	if link == "" || !bot.IsBot() || bot.Picture != 0 {
		return
	}
	if picture := f.pictureFor(ctx, bot, chat.UseFace, link); picture != nil {
		if err := f.Rules.SetPicture(ctx, bot, *picture); err != nil && ctx.Err() == nil {
			f.Log.Warn("a bot did not get its picture", "account", bot.ID, "error", err)
		}
	}
}

// picture gets a picture that a message shows.
func (f *Fetcher) picture(ctx context.Context, author chat.Account, link string) *chat.File {
	return f.pictureFor(ctx, author, chat.UsePreview, link)
}

// pictureFor gets a picture and makes its forms from its pixels; nil: there is none that can be shown.
func (f *Fetcher) pictureFor(ctx context.Context, author chat.Account, use chat.FileUse, link string) (shown *chat.File) {
	_ = f.get(ctx, link, "image/*", func(_ *http.Response, kind string, body io.Reader) error {
		if !strings.HasPrefix(kind, "image/") && kind != "application/octet-stream" {
			return errors.New("it is no picture")
		}
		file, err := f.Pictures.SavePicture(ctx, author, use, "picture", body)
		if err == nil {
			shown = &file
		}
		return err
	})
	return shown
}
