package web

import (
	"github.com/gofiber/fiber/v2"

	"parley/app/chat"
	"parley/views"
)

// search finds messages. Everything that is asked stands in the address.
func (s *Server) search(c *fiber.Ctx) error {
	v, err := s.viewer(c)
	if err != nil {
		return err
	}
	f := views.SearchView{Viewer: v, SearchInput: chat.SearchInput{Text: c.Query("q"), In: c.Query("in"), From: c.Query("from"), Has: c.Query("has"),
		Before: c.Query("before"), After: c.Query("after"), Zone: v.Zone, Older: id[chat.MessageID](c.Query("older"))}}
	if f.Rooms, err = s.chat.Sidebar(c.UserContext(), v.Me.ID); err != nil {
		return err
	}
	if !f.Empty() {
		if f.SearchPage, err = s.chat.Search(c.UserContext(), v.Me, f.SearchInput); err != nil {
			if f.Errors, err = s.formErrors(c, err); err != nil {
				return err
			}
		}
	}
	return s.page(c, v, views.PageShell{Title: "Search", View: "page"}, views.Search(f), nil)
}
