package web

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"rsc.io/qr"

	"parley/app/auth"
	"parley/app/chat"
	"parley/views"
)

// invites is the page of them; one that was made just now, or asked for, is shown
// with its picture.
func (s *Server) invites(c *fiber.Ctx) error {
	show, _ := strconv.ParseInt(c.Query("show"), 10, 64)
	return s.invitePage(c, views.InviteList{Role: "member", Uses: "1", Expires: "7d"}, show, nil)
}

func (s *Server) invitePage(c *fiber.Ctx, f views.InviteList, show int64, errs views.Errors) error {
	list, err := s.auth.Invites(c.UserContext(), sessionOf(c).Account)
	if err != nil {
		return err
	}
	f.Closed, f.Mails = s.workspace().Signup() == chat.SignupClosed, s.Mailer != nil
	for _, i := range list {
		shown := s.invite(c, i)
		if i.ID == show && shown.Valid {
			if shown.QR, err = picture(shown.URL); err != nil {
				return err
			}
			f.New = &shown
		}
		f.Invites = append(f.Invites, shown)
	}
	if f.Admin, err = s.admin(c, errs); err != nil {
		return err
	}
	if f.Rooms, _, err = s.chat.BrowseRooms(c.UserContext(), f.Me, "", 0); err != nil {
		return err
	}
	return s.page(c, f.Viewer, adminView("Invites"), views.AdminInvites(f), nil)
}

func (s *Server) invite(c *fiber.Ctx, i auth.Invite) views.Invite {
	by := "the command line"
	if i.By.ID != 0 {
		by = i.By.Name
	}
	return views.Invite{ID: i.ID, URL: s.public(c) + "/join/" + i.Code, Role: i.Role, Rooms: i.Rooms, Uses: i.Uses, Used: i.Used, By: by,
		Made: i.Made, Expires: i.Expires, Valid: i.Valid(time.Now()), Revoked: i.Revoked}
}

// picture draws a link for cameras: each run of dark modules is a rectangle.
func picture(link string) (views.QR, error) {
	code, err := qr.Encode(link, qr.M)
	if err != nil {
		return views.QR{}, err
	}
	var path strings.Builder
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			from := x
			for x < code.Size && code.Black(x, y) {
				x++
			}
			if x > from {
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", from, y, x-from, x-from)
			}
		}
	}
	return views.QR{Path: path.String(), Size: code.Size}, nil
}

func (s *Server) makeInvite(c *fiber.Ctx) error {
	f := views.InviteList{Role: formValue(c, "role"), Uses: strings.TrimSpace(formValue(c, "uses")), Expires: formValue(c, "expires"),
		Address: formValue(c, "address"), Chosen: map[chat.RoomID]bool{}}
	for _, v := range c.Request().PostArgs().PeekMulti("rooms") {
		if n := id[chat.RoomID](string(v)); n > 0 {
			f.Chosen[n] = true
		}
	}
	var err error
	if f.Address != "" && s.Mailer != nil {
		_, err = auth.ParseAddress(f.Address)
	}
	n := wanted(f)
	if err == nil && n.Role == chat.RoleGuest {
		n.Rooms, err = s.chat.GuestRooms(c.UserContext(), sessionOf(c).Account, slices.Sorted(maps.Keys(f.Chosen)))
	}
	var i auth.Invite
	if err == nil {
		i, err = s.auth.CreateInvite(c.UserContext(), sessionOf(c).Account, n)
	}
	if err == nil {
		err = s.mailInvite(c, i)
	}
	if err != nil {
		errs, err := s.formErrors(c, err)
		if err != nil {
			return err
		}
		return s.invitePage(c, f, 0, errs)
	}
	return c.Redirect(fmt.Sprintf("/admin/invites?show=%d", i.ID), fiber.StatusSeeOther)
}

// wanted reads the form; what it does not understand is out of bounds, which is
// told with the field.
func wanted(f views.InviteList) auth.NewInvite {
	n := auth.NewInvite{Role: chat.RoleGuest - 1, Life: -1}
	if role, ok := chat.Roles[f.Role]; ok {
		n.Role = role
	}
	if life, ok := lives[f.Expires]; ok {
		n.Life = life
	}
	var err error
	if f.Uses != "" {
		n.Uses, err = strconv.Atoi(f.Uses)
	}
	if err != nil {
		n.Uses = -1
	}
	return n
}

// lives are how long an invite can be asked to work.
var lives = map[string]time.Duration{"": 0, "1d": 24 * time.Hour, "7d": 7 * 24 * time.Hour, "30d": 30 * 24 * time.Hour}

func (s *Server) revokeInvite(c *fiber.Ctx) error {
	n, _ := strconv.ParseInt(c.Params("invite"), 10, 64)
	if err := s.auth.RevokeInvite(c.UserContext(), sessionOf(c).Account, n); err != nil {
		return err
	}
	return c.Redirect("/admin/invites?done=revoked", fiber.StatusSeeOther)
}

// joinPage is where an invite leads.
func (s *Server) joinPage(c *fiber.Ctx) error {
	session, err := s.cookieSession(c)
	if err != nil {
		return err
	}
	f, err := s.invited(c)
	if session != nil && (err == nil || errors.Is(err, auth.ErrInviteOver)) {
		return s.html(c, views.Welcome(s.workspace().Workspace(), session.Account.Person))
	}
	if err != nil {
		return err
	}
	return s.html(c, views.SignUp(f))
}

// invited is the form of a newcomer who has an invite.
func (s *Server) invited(c *fiber.Ctx) (views.AuthForm, error) {
	i, err := s.auth.InviteFor(c.UserContext(), c.Params("code"))
	if errors.Is(err, chat.ErrNotFound) {
		err = fiber.NewError(fiber.StatusNotFound, "There is no such invite. Look whether the link is whole, or ask for a new one.")
	}
	if err != nil && !errors.Is(err, auth.ErrInviteOver) {
		return views.AuthForm{}, err
	}
	f, other := s.authPage(c)
	f.Invite, f.InvitedBy = i.Code, i.By.Name
	return f, errors.Join(err, other)
}

func (s *Server) joinByInvite(c *fiber.Ctx) error {
	f, err := s.invited(c)
	if err != nil {
		return err
	}
	return s.signUp(c, f)
}

// resetPage is where a link for a new password leads.
func (s *Server) resetPage(c *fiber.Ctx) error { return s.resetForm(c, nil) }

func (s *Server) resetForm(c *fiber.Ctx, errs views.Errors) error {
	a, err := s.auth.ResetAccount(c.UserContext(), c.Params("token"))
	if errors.Is(err, chat.ErrNotFound) {
		if s.Mailer != nil {
			return chat.Gone("This link was used, or has run out. " +
				"At the login, “Forgot it?” sends a new one by mail; an administrator can make one, too.")
		}
		return chat.Gone("This link was used, or has run out. Ask an administrator for a new one.")
	}
	if err != nil {
		return err
	}
	return s.html(c, views.Reset(c.Params("token"), a.Username, errs))
}

func (s *Server) resetPassword(c *fiber.Ctx) error {
	id, err := s.auth.ResetPassword(c.UserContext(), c.Params("token"), formValue(c, "password"))
	if errors.Is(err, chat.ErrNotFound) {
		return s.resetForm(c, nil)
	}
	if err != nil {
		errs, err := s.formErrors(c, err)
		if err != nil {
			return err
		}
		return s.resetForm(c, errs)
	}
	if second, err := s.needsSecond(c, id); err != nil || second { // a mailbox is not two factors
		if err == nil {
			err = s.beginSecond(c, id, "/")
		}
		return err
	}
	return s.enter(c, id, "/")
}
