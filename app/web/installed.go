package web

import (
	"encoding/json"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"parley/app/chat"
	"parley/views"
)

// manifest tells a browser how Parley is installed as an app.
func (s *Server) manifest(c *fiber.Ctx) error {
	type icon struct {
		Src     string `json:"src"`
		Sizes   string `json:"sizes"`
		Type    string `json:"type"`
		Purpose string `json:"purpose,omitempty"`
	}
	type shortcut struct {
		Name string `json:"name"`
		URL  string `json:"url"`
		Icon []icon `json:"icons"`
	}
	at := "/static/" + s.assets.Build + "/"
	mark := []icon{{at + "app-192.png", "192x192", "image/png", ""}}
	b, err := json.Marshal(map[string]any{
		"id": "/", "name": s.workspace().Workspace(), "short_name": s.workspace().Workspace(),
		"description": "Chat of " + s.workspace().Workspace(),
		"start_url":   "/", "scope": "/", "display": "standalone", "theme_color": "#10667e", "background_color": "#ffffff",
		"icons": []icon{mark[0], {at + "app-512.png", "512x512", "image/png", ""}, {at + "app-maskable.png", "512x512", "image/png", "maskable"},
			{at + "app-icon.svg", "any", "image/svg+xml", ""}, {at + "app-badge.png", "96x96", "image/png", "monochrome"}},
		"shortcuts": []shortcut{{"New message", "/dm/new", mark}, {"Mentions", "/mentions", mark}, {"Search", "/search", mark}},
		"share_target": map[string]any{"action": "/share", "method": "POST", "enctype": "multipart/form-data", "params": map[string]any{
			"title": "title", "text": "text", "url": "url", "files": []map[string]any{{"name": "files", "accept": []string{"*/*"}}}}},
	})
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/manifest+json; charset=utf-8")
	c.Set(fiber.HeaderCacheControl, "no-cache")
	return c.Send(b)
}

// worker serves the service worker. Each build has another one, which a browser asks for
// anew at each visit: an old one cannot stay.
func (s *Server) worker(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentType, "text/javascript; charset=utf-8")
	c.Set(fiber.HeaderCacheControl, "no-cache")
	return send(c, append([]byte("self.build='"+s.assets.Build+"';"), s.assets.Find("sw.js").Plain...))
}

// shared takes what another app shares where no service worker took it: the words of it.
func (s *Server) shared(c *fiber.Ctx) error {
	q := url.Values{}
	form, err := c.MultipartForm()
	if err != nil {
		return fiber.ErrBadRequest
	}
	defer c.Request().RemoveMultipartFormFiles()
	for _, name := range []string{"title", "text", "url"} {
		if v := form.Value[name]; len(v) > 0 && v[0] != "" && utf8.ValidString(v[0]) {
			q.Set(name, cut(v[0], 1<<10/3))
		}
	}
	return c.Redirect("/share?"+q.Encode(), fiber.StatusSeeOther)
}

// cut is the beginning of a text.
func cut(s string, runes int) string {
	if utf8.RuneCountInString(s) <= runes {
		return s
	}
	return string([]rune(s)[:runes])
}

// sharePage asks to which room something goes that another app shared.
func (s *Server) sharePage(c *fiber.Ctx) error {
	var parts []string
	for _, name := range []string{"title", "text", "url"} {
		v := strings.TrimSpace(c.Query(name))
		if v != "" && !strings.Contains(strings.Join(parts, "\n"), v) {
			parts = append(parts, v)
		}
	}
	return s.share(c, views.ShareForm{Body: strings.Join(parts, "\n"), CID: chat.NewCID()})
}

func (s *Server) share(c *fiber.Ctx, f views.ShareForm) error {
	v, err := s.viewer(c)
	if err != nil {
		return err
	}
	if v.Rooms == nil {
		if v.Rooms, err = s.chat.Sidebar(c.UserContext(), v.Me.ID); err != nil {
			return err
		}
	}
	return s.page(c, v, views.PageShell{Title: "Share", View: "page"}, views.Share(v, f), nil)
}

// sendShared says it in the room that was chosen.
func (s *Server) sendShared(c *fiber.Ctx) error {
	me, d, room := sessionOf(c).Account, s.draft(c), id[chat.RoomID](formValue(c, "room"))
	m, err := s.chat.PostMessage(c.UserContext(), me, room, d)
	if err != nil {
		errs, err := s.formErrors(c, err)
		if err != nil {
			return err
		}
		return s.share(c, views.ShareForm{Body: d.Body, CID: d.CID, Room: room, Errors: errs})
	}
	return s.messageAnswer(c, m, s.unreachedMentions(c.UserContext(), me, m))
}
