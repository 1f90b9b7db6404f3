package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"parley/app/chat"
	"parley/views"
)

// search finds messages. Everything that is asked stands in the address.
func (s *Server) search(c *fiber.Ctx) (page, error) {
	v, err := s.viewer(c)
	if err != nil {
		return page{}, err
	}
	f := views.SearchView{Viewer: v, SearchInput: chat.SearchInput{Text: c.Query("q"), In: c.Query("in"), From: c.Query("from"),
		Has:    c.Query("has"),
		Before: c.Query("before"), After: c.Query("after"), Zone: v.Zone, Older: id[chat.MessageID](c.Query("older"))}}
	if f.Rooms, err = s.chat.Sidebar(c.UserContext(), v.Me.ID); err != nil {
		return page{}, err
	}
	if !f.Empty() {
		if f.SearchPage, err = s.chat.Search(c.UserContext(), v.Me, f.SearchInput); err != nil {
			if wantsJSON(c) {
				return page{}, err
			}
			if f.Errors, err = s.formErrors(c, err); err != nil {
				return page{}, err
			}
		}
	}
	if len(f.Errors) == 0 && !wantsJSON(c) {
		f.SearchInput = views.Mirrored(f.SearchInput)
	}
	return page{viewer: v, shell: views.PageShell{Title: "Search", View: "page"}, main: views.Search(f),
		data: func() any { return searchJSON(c, f) }}, nil
}

func searchJSON(c *fiber.Ctx, f views.SearchView) jsonSearchPage {
	hit := func(h chat.Hit) jsonHit {
		var snippet strings.Builder
		for _, piece := range f.Search.Snippet(h.Message) {
			snippet.WriteString(piece.Text)
		}
		var m *chat.Membership
		if slices.ContainsFunc(f.Rooms, func(r chat.SidebarRoom) bool { return r.ID == h.Place.ID }) {
			m = &h.Place.Membership
		}
		return jsonHit{messageJSON(h.Message), roomJSON(h.Place.Room, h.Place.Title(), m), snippet.String()}
	}
	older := url.Values{}
	for name, value := range c.Context().QueryArgs().All() {
		older.Set(string(name), string(value))
	}
	older.Set("older", strconv.FormatInt(int64(f.SearchPage.Older), 10))
	return jsonSearchPage{Query: f.Text, Hits: each(f.Hits, hit), Older: addressOf(f.SearchPage.Older != 0, "/search.json?"+older.Encode()),
		Behind: f.Behind}
}
