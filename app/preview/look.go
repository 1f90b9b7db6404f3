package preview

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"time"

	"parley/app/chat"
	"parley/app/hooks"
)

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
