package web

import (
	"bytes"
	"context"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"parley/app/chat"
	"parley/views"
)

// viewer gathers what a page needs to know of who looks at it. A stage has no
// sidebar, and does not ask for one.
func (s *Server) viewer(c *fiber.Ctx) (views.Viewer, error) {
	me := sessionOf(c)
	v := s.viewerOf(me.Account)
	v.Mark = me.ID()
	if !fragment(c) && c.Get("HX-History-Restore-Request") == "" { // the page of a script has its style, and parsing another breaks its policy
		v.Nonce, _ = c.Locals("nonce").(string)
	}
	v.Zone, v.ZoneKnown = zone(me.Account.Prefs.Zone)
	if !v.ZoneKnown {
		v.Zone, v.ZoneKnown = zone(c.Cookies("tz"))
	}
	us := readsLikeAmericans(c.Get(fiber.HeaderAcceptLanguage))
	v.Twelve = me.Account.Prefs.Clock == "12" || me.Account.Prefs.Clock == "" && twelveHours(c.Get(fiber.HeaderAcceptLanguage))
	v.MonthFirst = us
	v.Folded = folded(c.Cookies("fold"))
	if target(c, "div#stage") || target(c, "aside#panel") {
		return v, nil
	}
	s.readNow(c)
	var err error
	if v.Rooms, err = s.chat.Sidebar(c.UserContext(), me.Account.ID); err == nil && chat.MayDecideReports(me.Account, v.Rooms) {
		v.Reports, err = s.chat.CountReports(c.UserContext(), me.Account)
	}
	return v, err
}

// countReports is how many reports wait for a viewer; a whole page has counted them.
func (s *Server) countReports(c *fiber.Ctx, v views.Viewer) (int, error) {
	if v.Rooms != nil {
		return v.Reports, nil
	}
	return s.chat.CountReports(c.UserContext(), v.Me)
}

func (s *Server) viewerOf(me chat.Account) views.Viewer {
	return views.Viewer{Me: me, Workspace: s.workspace().Workspace(), Logo: s.workspace().Logo(), Zone: time.UTC, Now: time.Now(),
		Presence: s.announcer.PresenceWord, Status: s.announcer.Status, Uploads: s.uploads(),
		Timing: views.Timing{Ping: beatEvery, Poll: pollWait, Rooms: maxPolled}}
}

// folded are the sections of the sidebar that a browser keeps folded.
func folded(cookie string) string {
	var list []string
	for _, name := range []string{"starred", "rooms", "dms"} {
		if slices.Contains(strings.Split(cookie, "."), name) {
			list = append(list, name)
		}
	}
	return strings.Join(list, " ")
}

// zones keeps time zones that browsers named; there are a few hundred.
var zones sync.Map

func zone(cookie string) (*time.Location, bool) {
	name, err := url.QueryUnescape(cookie)
	if err != nil || name == "" || len(name) > 64 || name == "Local" {
		return time.UTC, false
	}
	if z, ok := zones.Load(name); ok {
		return z.(*time.Location), true
	}
	z, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC, false
	}
	zones.Store(name, z)
	return z, true
}

func (s *Server) context(c *fiber.Ctx) context.Context {
	return views.WithBuild(c.UserContext(), s.assets.Build)
}

// page answers with a page that is for people alone.
func (s *Server) page(c *fiber.Ctx, v views.Viewer, shell views.PageShell, main, panel templ.Component) error {
	shell.Of = roomParam(c)
	return s.respond(c, page{viewer: v, shell: shell, main: main, panel: panel})
}

var buffers = sync.Pool{New: func() any { return bytes.NewBuffer(make([]byte, 0, 48<<10)) }}

func (s *Server) html(c *fiber.Ctx, component templ.Component) error {
	b := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(b)
	b.Reset()
	var parts [][]byte
	if err := component.Render(views.WithParts(s.context(c), &parts), b); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	text := saidWhy(c, b.Bytes())
	if mark := markedBy(c); mark != "" {
		text = markForms(text, mark)
	}
	if !gzipped(c, text, parts) {
		c.Response().SetBody(text) // copied: what it is copied to is used again, too
	}
	return nil
}

// send answers with b, which must not be changed afterwards.
func send(c *fiber.Ctx, b []byte) error {
	if gzipped(c, b, nil) {
		return nil
	}
	return c.Send(b)
}

// static serves an embedded file under a URL that changes with its content.
func (s *Server) static(c *fiber.Ctx) error {
	return s.asset(c, c.Params("name"), c.Params("build"))
}

// emoji serves the table that the picker is made of, for ever under /emoji?BUILD.
func (s *Server) emoji(c *fiber.Ctx) error {
	return s.asset(c, emojiFile, string(c.Context().QueryArgs().QueryString()))
}

func (s *Server) asset(c *fiber.Ctx, name, build string) error {
	a := s.assets.Find(name)
	if a == nil {
		return fiber.ErrNotFound
	}
	c.Set(fiber.HeaderContentType, a.Type)
	c.Set(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	if build == s.assets.Build {
		c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	} else {
		c.Set(fiber.HeaderCacheControl, "public, max-age=60") // of a page that is older or newer than we are
	}
	takes := c.Get(fiber.HeaderAcceptEncoding)
	if strings.Contains(takes, "br") {
		c.Set(fiber.HeaderContentEncoding, "br")
		return c.Send(a.Brotli())
	}
	if strings.Contains(takes, "gzip") {
		c.Set(fiber.HeaderContentEncoding, "gzip")
		return c.Send(a.Gzip)
	}
	return c.Send(a.Plain)
}

// favicon is asked for by browsers that read no page.
func (s *Server) favicon(c *fiber.Ctx) error {
	return c.Redirect("/static/"+s.assets.Build+"/icon.svg", fiber.StatusFound)
}

func (s *Server) healthz(c *fiber.Ctx) error { return c.SendString("ok\n") }

// readyz says whether requests make sense: the store takes changes and the
// server does not stop.
func (s *Server) readyz(c *fiber.Ctx) error {
	if s.draining.Load() {
		return chat.Busy("The server is restarting.", time.Second)
	}
	if err := s.ready(c.UserContext()); err != nil {
		return err
	}
	ready := "ready\n"
	if s.Detail != nil {
		ready += s.Detail()
	}
	return c.SendString(ready)
}
