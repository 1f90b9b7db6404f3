package web

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"parley/app/chat"
	"parley/views"
)

func (s *Server) roomSettings(c *fiber.Ctx) error { return s.settingsPage(c, nil) }

// settingsPage shows a room's settings; errs are of a form that was refused, whose
// values are shown again.
func (s *Server) settingsPage(c *fiber.Ctx, errs views.Errors) error {
	f, err := s.settingsForm(c, errs)
	if err != nil {
		return err
	}
	return s.page(c, f.Viewer, views.PageShell{Title: f.Title, View: "page"}, views.Settings(f), nil)
}

// member is what can be done with one member: a page, or a menu for a script.
func (s *Server) member(c *fiber.Ctx) error {
	f, p, err := s.memberForm(c)
	if err != nil {
		return err
	}
	if target(c, "div#menu") {
		c.Set(fiber.HeaderVary, "HX-Request, HX-Target")
		return s.html(c, views.MemberMenu(f, p))
	}
	return s.page(c, f.Viewer, views.PageShell{Title: p.Name, View: "page"}, views.MemberActions(f, p), nil)
}

// banPage asks before a member is banned.
func (s *Server) banPage(c *fiber.Ctx) error {
	f, p, err := s.memberForm(c)
	if err != nil {
		return err
	}
	if !f.MayPutOut(chat.ActionBanMember, p.Person) {
		return chat.Forbidden("Only who keeps the peace here can do that.")
	}
	return s.page(c, f.Viewer, views.PageShell{Title: p.Name, View: "page"}, views.BanPage(f, p), nil)
}

func (s *Server) memberForm(c *fiber.Ctx) (f views.RoomSettings, p chat.RoomMember, err error) {
	if f, err = s.settingsForm(c, nil); err != nil {
		return f, p, err
	}
	for _, p := range f.Members {
		if p.ID == personParam(c) {
			return f, p, nil
		}
	}
	return f, p, chat.NotFound()
}

func (s *Server) settingsForm(c *fiber.Ctx, errs views.Errors) (f views.RoomSettings, err error) {
	v, err := s.viewer(c)
	if err != nil {
		return f, err
	}
	f = views.RoomSettings{Viewer: v, Errors: errs, WorldMayRead: s.workspace().WorldMayRead(), Notice: notices[c.Query("done")]}
	if f.RoomAccess, err = s.chat.ReadableRoom(c.UserContext(), v.Me, roomParam(c)); err != nil {
		return f, err
	}
	if f.Members, err = s.chat.Members(c.UserContext(), v.Me, f.ID); err != nil {
		return f, err
	}
	if f.IsLast, err = s.chat.IsLast(c.UserContext(), f.RoomAccess); err != nil {
		return f, err
	}
	page, err := pageParam(c)
	if err != nil {
		return f, err
	}
	f.Listed = views.NewMemberPage(v, f.Members, views.RoomURL(f.ID)+"/settings", strings.TrimSpace(c.Query("q")), page, false)
	if f.Allows(chat.ActionBanMember) {
		if f.Banned, err = s.chat.BannedMembers(c.UserContext(), v.Me, f.ID); err != nil {
			return f, err
		}
	}
	f.Title = f.Label()
	if f.Kind == chat.Direct {
		f.Title = titleOf(f.Members, v.Me.ID)
	}
	f.Name, f.Topic = f.RoomAccess.Name, f.RoomAccess.Topic
	if errs != nil && c.Request().PostArgs().Has("name") { // of another form of the page otherwise
		f.Name, f.Topic = formValue(c, "name"), formValue(c, "topic")
	}
	return f, nil
}

func (s *Server) updateRoom(c *fiber.Ctx) error {
	ctx, me, room := c.UserContext(), sessionOf(c).Account, roomParam(c)
	err := s.chat.UpdateRoom(ctx, me, room, chat.RoomText{Name: meant(c, "name"), Topic: meant(c, "topic")})
	if err == nil && fragment(c) {
		return c.SendStatus(fiber.StatusNoContent)
	}
	if err != nil && fragment(c) {
		return err
	}
	if err != nil {
		errs, err := s.formErrors(c, err)
		if err != nil {
			return err
		}
		return s.settingsPage(c, errs)
	}
	return c.Redirect(views.RoomURL(roomParam(c))+"/settings?done=saved", fiber.StatusSeeOther)
}

// meant is what a field of a form asks for. Who left it as it was drawn wants nothing
// of it: what somebody else has made of it meanwhile stays.
func meant(c *fiber.Ctx, field string) *string {
	form := c.Request().PostArgs()
	given := formValue(c, field)
	if !form.Has(field) || form.Has("was_"+field) && given == formValue(c, "was_"+field) {
		return nil
	}
	return &given
}

func (s *Server) addPage(c *fiber.Ctx) error { return s.addPeople(c, nil) }

func (s *Server) addPeople(c *fiber.Ctx, errs views.Errors) error {
	v, err := s.viewer(c)
	if err != nil {
		return err
	}
	ctx, room := c.UserContext(), roomParam(c)
	access, err := s.chat.ReadableRoom(ctx, v.Me, room)
	if err != nil {
		return err
	}
	if !access.Allows(chat.ActionAddMembers) {
		return chat.Forbidden("Join the room first.")
	}
	in, err := s.chat.Members(ctx, v.Me, room)
	if err != nil {
		return err
	}
	inside := map[chat.AccountID]bool{}
	for _, p := range in {
		inside[p.ID] = true
	}
	f, err := s.choices(c, append(checkedPeople(c, "people"), idsIn(c.Context().QueryArgs(), "people")...))
	if err != nil {
		return err
	}
	f.People = slices.DeleteFunc(f.People, func(a chat.Account) bool { return inside[a.ID] })
	return s.page(c, v, views.PageShell{Title: "Add people", View: "page"}, views.AddPeople(v, access.Room, f, errs), nil)
}

func (s *Server) addMembers(c *fiber.Ctx) error {
	if err := s.chat.AddMembers(c.UserContext(), sessionOf(c).Account, roomParam(c), checkedPeople(c, "people")); err != nil {
		errs, err := s.formErrors(c, err)
		if err != nil {
			return err
		}
		return s.addPeople(c, errs)
	}
	return c.Redirect(views.RoomURL(roomParam(c)), fiber.StatusSeeOther)
}

func (s *Server) removeMember(c *fiber.Ctx) error {
	return s.roomChanged(c, "removed", s.chat.RemoveMember(c.UserContext(), sessionOf(c).Account, roomParam(c), personParam(c)))
}

// roomChanged answers a form of a room's settings; done is the notice.
func (s *Server) roomChanged(c *fiber.Ctx, done string, err error) error {
	if fragment(c) {
		if err != nil {
			return err
		}
		return c.SendStatus(fiber.StatusNoContent)
	}
	if err != nil {
		errs, err := s.formErrors(c, err)
		if err != nil {
			return err
		}
		return s.settingsPage(c, errs)
	}
	return c.Redirect(views.RoomURL(roomParam(c))+"/settings?done="+done, fiber.StatusSeeOther)
}

func (s *Server) deleteRoom(c *fiber.Ctx) error {
	access, err := s.chat.ReadableRoom(c.UserContext(), sessionOf(c).Account, roomParam(c))
	if err != nil {
		return err
	}
	if access.Allows(chat.ActionDeleteRoom) && formValue(c, "confirm") != access.Name {
		c.Status(fiber.StatusUnprocessableEntity)
		return s.settingsPage(c, views.Errors{"confirm": "Type the name exactly: " + access.Name})
	}
	if err := s.chat.DeleteRoom(c.UserContext(), sessionOf(c).Account, access.ID); err != nil {
		return err
	}
	return c.Redirect("/rooms", fiber.StatusSeeOther)
}
