package web

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"parley/app/auth"
	"parley/app/chat"
	"parley/views"
)

// firstDays is how long the founder of a workspace is helped with the first steps.
const firstDays = 14 * 24 * time.Hour

// founder is the account of who made the workspace.
const founder chat.AccountID = 1

// firstSteps are the first steps of who made the workspace, until they are hidden; nil:
// there are none for the viewer.
func (s *Server) firstSteps(c *fiber.Ctx, v views.RoomView) (*views.FirstSteps, error) {
	if !v.Everyone || v.Me.ID != founder || v.Me.Prefs.Begun || !v.Me.Has(chat.ManageInvites) || v.Now.Sub(v.Me.Created) > firstDays {
		return nil, nil
	}
	f := &views.FirstSteps{Workspace: v.Workspace, Named: v.Workspace != "Parley", Others: v.People - 1}
	rooms, err := s.chat.Sidebar(c.UserContext(), v.Me.ID)
	if err != nil {
		return nil, err
	}
	for _, r := range rooms {
		if r.Kind != chat.Direct && !r.Everyone {
			f.Rooms++
		}
	}
	list, err := s.auth.Invites(c.UserContext(), v.Me)
	if err != nil {
		return nil, err
	}
	for _, i := range list {
		if i.By.ID == v.Me.ID && i.Role == chat.RoleMember && i.Uses == 0 && i.Valid(v.Now) {
			f.Link = s.public(c) + "/join/" + i.Code
			f.QR, err = picture(f.Link)
			return f, err
		}
	}
	return f, nil
}

// firstInvite makes the link that the founder passes on.
func (s *Server) firstInvite(c *fiber.Ctx) error {
	if _, err := s.auth.CreateInvite(c.UserContext(), sessionOf(c).Account, auth.NewInvite{Role: chat.RoleMember,
		Life: lives["7d"]}); err != nil {
		return err
	}
	return s.toFirst(c)
}

// hideFirst takes the first steps away for good.
func (s *Server) hideFirst(c *fiber.Ctx) error {
	if err := s.chat.ChangePrefs(c.UserContext(), sessionOf(c).Account, func(p *chat.Prefs) error { p.Begun = true; return nil }); err != nil {
		return err
	}
	return s.toFirst(c)
}

// toFirst goes back to the room of everybody.
func (s *Server) toFirst(c *fiber.Ctx) error {
	rooms, err := s.chat.Sidebar(c.UserContext(), sessionOf(c).Account.ID)
	for _, r := range rooms {
		if err == nil && r.Everyone {
			return c.Redirect(views.RoomURL(r.ID), fiber.StatusSeeOther)
		}
	}
	if err != nil {
		return err
	}
	return c.Redirect("/", fiber.StatusSeeOther)
}

// maxSuggested is how many rooms an empty home offers.
const maxSuggested = 5

// suggestedRooms are open rooms that somebody is not in.
func (s *Server) suggestedRooms(c *fiber.Ctx, me chat.Account) ([]chat.RoomListing, error) {
	open, err := s.chat.OpenRooms(c.UserContext(), me, "")
	var list []chat.RoomListing
	for _, r := range open {
		if !r.In && len(list) < maxSuggested {
			list = append(list, r)
		}
	}
	return list, err
}
