// Package preview looks at what messages link to: titles, descriptions and pictures of
// pages, and the pictures of attachments of programs. No page of ours ever has a reader's
// browser ask another server.
package preview

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"parley/app/chat"
	"parley/app/hooks"
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
	wake   chan struct{}
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
	return &Fetcher{Rules: rules, Store: store, Pictures: pictures, Log: log, client: e.Client(), wake: make(chan struct{}, 1), known: map[string]*answer{}}
}

// Wake has it look at once whether there is something to do.
func (f *Fetcher) Wake() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// Run works until ctx ends.
func (f *Fetcher) Run(ctx context.Context) {
	tick := time.NewTicker(lookAgain)
	defer tick.Stop()
	for {
		if f.Turn == nil || f.Turn(ctx) {
			if err := f.round(ctx); err != nil && ctx.Err() == nil {
				f.Log.Warn("links were not looked at", "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-f.wake:
		}
	}
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

func (f *Fetcher) fetchFor(ctx context.Context, id chat.MessageID) error {
	m, err := f.Store.Message(ctx, id)
	if err != nil {
		return err
	}
	author, err := f.Store.Account(ctx, m.Author.ID)
	if err != nil {
		return err
	}
	found, pictures := map[string]chat.Preview{}, map[string]*chat.File{}
	if !m.Deleted {
		for _, p := range m.Previews {
			if p.State == chat.PreviewWaits && p.Message == 0 && p.Removed.IsZero() {
				found[p.URL] = f.preview(ctx, author, p.URL)
			}
		}
		if m.Program != nil {
			f.face(ctx, author, m.Program.Face)
			for _, a := range m.Program.Attachments {
				if _, asked := pictures[a.Picture.URL]; !asked && a.Picture.URL != "" && a.Shown == nil && !a.Missing {
					pictures[a.Picture.URL] = f.picture(ctx, author, a.Picture.URL)
				}
			}
		}
	}
	if ctx.Err() != nil {
		return ctx.Err() // it is done again
	}
	forget := time.Now().Add(-chat.PreviewUndo)
	return f.Rules.Fetched(ctx, id, func(m *chat.Message) error {
		m.ForgetRemoved(forget)
		for i, p := range m.Previews {
			if now, ok := found[p.URL]; ok && p.State == chat.PreviewWaits {
				now.Removed = p.Removed
				m.Previews[i] = now
			}
		}
		if m.Program != nil {
			m.Program.Face = ""
			for i := range m.Program.Attachments {
				a := &m.Program.Attachments[i]
				if shown, ok := pictures[a.Picture.URL]; ok && a.Shown == nil {
					a.Shown, a.Missing = shown, shown == nil
				}
			}
		}
		return nil
	})
}

// preview looks at one address.
func (f *Fetcher) preview(ctx context.Context, author chat.Account, link string) chat.Preview {
	none := chat.Preview{URL: link, State: chat.PreviewNone}
	p, ok := f.pageOf(ctx, link)
	if !ok {
		return none
	}
	shown := chat.Preview{URL: link, Site: p.site, Title: p.title, Text: p.text}
	if u, err := url.Parse(link); err == nil && shown.Site == "" {
		shown.Site = strings.TrimPrefix(u.Hostname(), "www.")
	}
	if shown.Tidy(); shown.State == chat.PreviewThere && p.picture != "" {
		shown.Picture = f.picture(ctx, author, p.picture)
	}
	return shown
}

// pageOf is what a page says of itself; of several who ask for it at once one looks.
func (f *Fetcher) pageOf(ctx context.Context, link string) (page, bool) {
	f.mu.Lock()
	for at, a := range f.known { // in no order: which ones go matters little
		if len(f.known) >= maxKnown || time.Since(a.at) > rememberFor {
			delete(f.known, at)
		}
	}
	a := f.known[link]
	if a == nil {
		a = &answer{at: time.Now()}
		f.known[link] = a
	}
	f.mu.Unlock()
	a.once.Do(func() {
		var err error
		a.page, err = f.look(ctx, link) // why not may have the address in it, which is nothing for a log
		a.ok = err == nil
	})
	return a.page, a.ok
}

// look asks for a page, and where it leads to oEmbed (https://oembed.com) for more, for that.
func (f *Fetcher) look(ctx context.Context, link string) (p page, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("reading it failed: %v\n%s", fault, debug.Stack())
		}
	}()
	err = f.get(ctx, link, "text/html, application/xhtml+xml", func(r *http.Response, kind string, body io.Reader) error {
		if kind != "text/html" && kind != "application/xhtml+xml" {
			return errors.New("it is no page")
		}
		p = parsePage(body, r.Header.Get("Content-Type"), r.Request.URL)
		return nil
	})
	if err != nil || p.oEmbed == "" || p.title != "" && p.picture != "" {
		return p, err
	}
	var more struct {
		Title     string `json:"title"`
		Site      string `json:"provider_name"`
		Thumbnail string `json:"thumbnail_url"`
	}
	if f.get(ctx, p.oEmbed, "application/json", func(_ *http.Response, _ string, body io.Reader) error {
		return json.NewDecoder(io.LimitReader(body, maxOEmbed)).Decode(&more)
	}) != nil {
		return p, nil // it is as good as without
	}
	if p.title == "" {
		p.title = more.Title
	}
	if p.site == "" {
		p.site = more.Site
	}
	if base, err := url.Parse(p.oEmbed); err == nil && p.picture == "" {
		p.picture = resolved(base, more.Thumbnail)
	}
	return p, nil
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

var errTooLarge = errors.New("the answer is too large")

// get asks for an address, and has read take the answer, of which it gets at most maxAnswer
// bytes.
func (f *Fetcher) get(ctx context.Context, link, accept string, read func(r *http.Response, kind string, body io.Reader) error) error {
	u, err := url.Parse(link)
	if err != nil || u.User != nil || u.Scheme != "https" && u.Scheme != "http" {
		return hooks.ErrInside
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return err
	}
	r.Header.Set("User-Agent", agent)
	r.Header.Set("Accept", accept)
	res, err := f.client.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("it answers with status %d", res.StatusCode)
	}
	if res.ContentLength > maxAnswer && !strings.HasPrefix(accept, "text/") {
		return errTooLarge
	}
	kind, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
	return read(res, kind, &bounded{res.Body, maxAnswer})
}

// bounded fails where there is more than fits: what was cut would be shown as if it were whole.
type bounded struct {
	io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errTooLarge
	}
	n, err := b.Reader.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}
