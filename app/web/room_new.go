package web

import (
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"parley/app/chat"
	"parley/views"
)

func (s *Server) openRooms(c *fiber.Ctx) (page, error) {
	v, err := s.viewer(c)
	if err != nil {
		return page{}, err
	}
	n, err := pageParam(c)
	if err != nil {
		return page{}, err
	}
	l := views.RoomsView{Viewer: v, Query: c.Query("q"), Page: n}
	if l.Rooms, l.More, err = s.chat.BrowseRooms(c.UserContext(), v.Me, l.Query, n); err != nil {
		return page{}, err
	}
	return page{viewer: v, shell: views.PageShell{Title: "Rooms", View: "page"}, main: views.Rooms(l),
		data: func() any { return roomsJSON(c, l) }}, nil
}

func roomsJSON(c *fiber.Ctx, l views.RoomsView) jsonRoomsPage {
	in := map[chat.RoomID]*chat.Membership{}
	for _, r := range l.Viewer.Rooms {
		in[r.ID] = &r.Membership
	}
	next := url.Values{"q": {l.Query}, "page": {strconv.Itoa(l.Page + 1)}}
	return jsonRoomsPage{Rooms: each(l.Rooms, func(r chat.RoomListing) jsonRoom { return roomJSON(r.Room, r.Label(), in[r.ID]) }),
		More: addressOf(l.More, "/rooms.json?"+next.Encode())}
}

func (s *Server) newRoom(c *fiber.Ctx) error { return s.newRoomPage(c, views.RoomForm{}) }

// pickable is how many people a form offers to tick.
const pickable = 200

func (s *Server) newRoomPage(c *fiber.Ctx, f views.RoomForm) error {
	v, err := s.viewer(c)
	if err != nil {
		return err
	}
	if v.Me.IsGuest() {
		return chat.Forbidden("A guest makes no rooms; others take guests into theirs.")
	}
	if f.People, err = s.others(c, ""); err != nil {
		return err
	}
	return s.page(c, v, views.PageShell{Title: "New room", View: "page"}, views.NewRoom(v, f), nil)
}

// choices lists whom one can choose among: who is chosen already, and others who
// fit what is looked for.
func (s *Server) choices(c *fiber.Ctx, chosen []chat.AccountID) (views.RoomOptions, error) {
	f := views.RoomOptions{Query: c.Query("q"), Chosen: map[chat.AccountID]bool{}}
	for _, id := range chosen {
		a, err := s.chat.Profile(c.UserContext(), sessionOf(c).Account, id)
		if err == nil && !a.Disabled && id != sessionOf(c).Account.ID && !f.Chosen[id] {
			f.Chosen[id], f.People = true, append(f.People, a)
		}
	}
	found, err := s.others(c, f.Query)
	for _, a := range found {
		if !f.Chosen[a.ID] {
			f.People = append(f.People, a)
		}
	}
	return f, err
}

// others lists people to choose from, without the one who chooses.
func (s *Server) others(c *fiber.Ctx, query string) ([]chat.Account, error) {
	all, _, err := s.chat.People(c.UserContext(), sessionOf(c).Account, query, 0)
	people := make([]chat.Account, 0, len(all))
	for _, a := range all {
		if a.ID != sessionOf(c).Account.ID && len(people) < pickable {
			people = append(people, a)
		}
	}
	return people, err
}

// checkedPeople reads the people of a form.
func checkedPeople(c *fiber.Ctx, name string) []chat.AccountID {
	return idsIn(c.Request().PostArgs(), name)
}

func idsIn(args *fasthttp.Args, name string) (ids []chat.AccountID) {
	for _, v := range args.PeekMulti(name) {
		if n := id[chat.AccountID](string(v)); n > 0 && len(ids) < pickable {
			ids = append(ids, n)
		}
	}
	return ids
}

var kinds = map[string]chat.RoomKind{"open": chat.Open, "private": chat.Private, "": chat.Open}

func (s *Server) createRoom(c *fiber.Ctx) error {
	f := views.RoomForm{Name: formValue(c, "name"), Topic: formValue(c, "topic"), Kind: formValue(c, "kind"),
		Chosen: map[chat.AccountID]bool{}}
	people := checkedPeople(c, "people")
	for _, p := range people {
		f.Chosen[p] = true
	}
	kind, ok := kinds[f.Kind]
	if !ok {
		kind = -1
	}
	room, err := s.chat.CreateRoom(c.UserContext(), sessionOf(c).Account, chat.NewRoom{Name: f.Name, Topic: f.Topic,
		Kind: kind, People: people})
	if err != nil {
		if f.Errors, err = s.formErrors(c, err); err != nil {
			return err
		}
		return s.newRoomPage(c, f)
	}
	if wantsJSON(c) {
		return made(c, views.RoomURL(room.ID), roomJSON(room, room.Label(), nil))
	}
	return c.Redirect(views.RoomURL(room.ID), fiber.StatusSeeOther)
}
