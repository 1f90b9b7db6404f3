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

func (s *Server) people(c *fiber.Ctx) (page, error) {
	v, err := s.viewer(c)
	if err != nil {
		return page{}, err
	}
	n, err := pageParam(c)
	if err != nil {
		return page{}, err
	}
	d := views.Directory{Viewer: v, Query: c.Query("q"), Page: n}
	if d.People, d.More, err = s.chat.People(c.UserContext(), v.Me, d.Query, n); err != nil {
		return page{}, err
	}
	return page{viewer: v, shell: views.PageShell{Title: "People", View: "page"}, main: views.People(d), data: func() any {
		next := url.Values{"q": {d.Query}, "page": {strconv.Itoa(d.Page + 1)}}
		return jsonPeoplePage{People: each(d.People, s.profileJSON), More: addressOf(d.More, "/people.json?"+next.Encode())}
	}}, nil
}

// pageParam is which page of a list is asked for, from 0 on.
func pageParam(c *fiber.Ctx) (int, error) {
	n, err := strconv.Atoi(c.Query("page", "0"))
	if err != nil || n < 0 || n > 1_000_000 {
		return 0, fiber.ErrBadRequest
	}
	return n, nil
}

func (s *Server) profile(c *fiber.Ctx) (page, error) {
	p, err := s.personView(c)
	if err == nil && p.IsBot() {
		p.Abilities, err = s.abilities(c, p)
	}
	if err != nil {
		return page{}, err
	}
	return page{viewer: p.Viewer, shell: views.PageShell{Title: p.Name, View: "page"}, main: views.Profile(p),
		data: func() any { return s.profileJSON(p.Account) }}, nil
}

// card is the same in short, for a script.
func (s *Server) card(c *fiber.Ctx) error {
	p, err := s.personView(c)
	if err != nil {
		return err
	}
	if p.IsBot() {
		if p.Abilities, err = s.abilities(c, p); err != nil {
			return err
		}
	}
	if room := id[chat.RoomID](c.Query("in")); room != 0 && p.Account.ID != p.Me.ID {
		if access, err := s.chat.ReadableRoom(c.UserContext(), p.Me, room); err == nil && access.Allows(chat.ActionRemoveMember) &&
			slices.ContainsFunc(p.Common, func(r chat.SidebarRoom) bool { return r.ID == room && !r.Everyone }) {
			p.Room = room
		}
	}
	c.Set(fiber.HeaderVary, "HX-Request, HX-Target")
	return s.html(c, views.Card(p))
}

// personView is the person whom an address names, as the caller sees him.
func (s *Server) personView(c *fiber.Ctx) (p views.PersonView, err error) {
	if p.Viewer, err = s.viewer(c); err != nil {
		return p, err
	}
	ctx := c.UserContext()
	if p.Account, err = s.chat.Profile(ctx, p.Me, personParam(c)); err != nil {
		return p, err
	}
	if p.Common, err = s.chat.RoomsInCommon(ctx, p.Me, p.Account.ID); err != nil {
		return p, err
	}
	p.Seen, err = s.chat.LastSeen(ctx, p.Account)
	return p, err
}

// peeks is how many messages home shows of a room.
const peeks = 3

// home shows what is new, what asks for oneself first.
func (s *Server) home(c *fiber.Ctx) error {
	v, err := s.viewer(c)
	if err != nil {
		return err
	}
	unread, err := s.chat.Unread(c.UserContext(), v.Me, peeks)
	if err != nil {
		return err
	}
	rooms := make([]views.Unread, len(unread))
	for i, u := range unread {
		rooms[i] = views.Unread{SidebarRoom: u.SidebarRoom, Peek: u.Last}
	}
	reports, err := s.countReports(c, v)
	if err != nil {
		return err
	}
	slices.SortStableFunc(rooms, func(a, b views.Unread) int { return b.Newest().Compare(a.Newest()) })
	var open []chat.RoomListing
	if len(rooms) == 0 && v.Rooms == nil { // a stage has not asked for them
		if v.Rooms, err = s.chat.Sidebar(c.UserContext(), v.Me.ID); err != nil {
			return err
		}
	}
	if len(rooms) == 0 {
		if open, err = s.suggestedRooms(c, v.Me); err != nil {
			return err
		}
	}
	return s.page(c, v, views.PageShell{Title: "Catch up", View: "home"}, views.Home(v, rooms, open, reports, s.homeNotice(c)), nil)
}

// homeNotice is what home says first: of a room that one is not in any more, its name, and
// the way in if one is back meanwhile.
func (s *Server) homeNotice(c *fiber.Ctx) views.HomeNotice {
	if c.Query("done") == "gone" {
		me, room := sessionOf(c).Account, id[chat.RoomID](c.Query("room"))
		if name, err := s.chat.LeftRoom(c.UserContext(), me, room); err == nil {
			return views.HomeNotice{Words: "You were removed from " + name + "."}
		}
		if access, err := s.chat.ReadableRoom(c.UserContext(), me, room); err == nil && access.IsMember() {
			return views.HomeNotice{Back: access.Room}
		}
	}
	return views.HomeNotice{Words: notices[c.Query("done")]}
}

func (s *Server) markAllRead(c *fiber.Ctx) error {
	if err := s.chat.MarkAllRead(c.UserContext(), sessionOf(c).Account); err != nil {
		return err
	}
	if fragment(c) {
		return c.SendStatus(fiber.StatusNoContent)
	}
	return c.Redirect("/", fiber.StatusSeeOther)
}

// How many rooms the switcher finds at most, of one's own and of others.
const (
	maxJumpMine = 100
	maxJumpOpen = 50
)

// jump is the switcher as a page: rooms one is in, then others, then people.
func (s *Server) jump(c *fiber.Ctx) error {
	v, err := s.viewer(c)
	if err != nil {
		return err
	}
	query := strings.TrimSpace(c.Query("q"))
	mine, err := s.chat.Sidebar(c.UserContext(), v.Me.ID)
	if err != nil {
		return err
	}
	var f views.JumpView
	for _, r := range mine {
		if strings.Contains(chat.FoldName(r.Title()), chat.FoldName(strings.TrimPrefix(query, "#"))) {
			f.Mine = append(f.Mine, r)
		}
	}
	f.More = len(f.Mine) > maxJumpMine
	f.Mine = chat.Foremost(f.Mine, maxJumpMine)
	if query != "" {
		open, err := s.chat.OpenRooms(c.UserContext(), v.Me, query)
		if err != nil {
			return err
		}
		for _, r := range open {
			if !r.In {
				f.Open = append(f.Open, r)
			}
		}
		f.More = f.More || len(f.Open) > maxJumpOpen
		f.Open = f.Open[:min(len(f.Open), maxJumpOpen)]
		if f.People, _, err = s.chat.People(c.UserContext(), v.Me, strings.TrimPrefix(query, "@"), 0); err != nil {
			return err
		}
	}
	return s.page(c, v, views.PageShell{Title: "Jump to", View: "page"}, views.Jump(v, query, f), nil)
}

func (s *Server) shortcuts(c *fiber.Ctx) error {
	v, err := s.viewer(c)
	if err != nil {
		return err
	}
	return s.page(c, v, views.PageShell{Title: "Keys and formatting", View: "page"}, views.Shortcuts(), nil)
}
