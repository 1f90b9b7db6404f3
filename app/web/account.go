package web

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"parley/app/auth"
	"parley/app/chat"
	"parley/app/oidc"
	"parley/views"
)

func (s *Server) authPage(c *fiber.Ctx) (views.AuthForm, error) {
	has, err := s.auth.HasAccounts(c.UserContext())
	set := s.workspace()
	return views.AuthForm{Providers: s.providers(), Directory: s.directoryName(), Mails: s.Mailer != nil, Workspace: set.Workspace(),
		Logo: set.Logo(), First: !has, Closed: has && set.Signup() == chat.SignupClosed,
		Asks: has && set.Signup() == chat.SignupAsks, Reason: formValue(c, "reason"),
		InvitesOnly:   has && set.Signup() == chat.SignupInvites,
		WorkspaceName: formValue(c, "workspace"), Name: formValue(c, "name"), Username: formValue(c, "username"),
		Next: next(formValue(c, "next", c.Query("next")))}, err
}

// next is where to go after a login: a page of ours, or nowhere.
func next(path string) string {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t") {
		return ""
	}
	return path
}

func (s *Server) signupPage(c *fiber.Ctx) error {
	f, err := s.authPage(c)
	if err != nil {
		return err
	}
	return s.html(c, views.SignUp(f))
}

// nameFree tells the form of a newcomer about usernames: with name, which one would fit;
// with u, whether it can be had. It answers those who may sign up, and at a bounded rate.
func (s *Server) nameFree(c *fiber.Ctx) error {
	f, err := s.authPage(c)
	if err != nil {
		return err
	}
	if f.Closed || f.InvitesOnly {
		if _, err := s.auth.InviteFor(c.UserContext(), c.Query("invite")); err != nil {
			return chat.NotFound()
		}
	}
	if err := s.chat.Limits.Take(chat.LimitNames, s.address(c)); err != nil {
		return err
	}
	if name := c.Query("name"); name != "" {
		suggested, err := s.chat.SuggestUsername(c.UserContext(), name)
		if err != nil {
			return err
		}
		return c.SendString(suggested)
	}
	name, err := chat.ParseUsername(c.Query("u"))
	if e, refused := chat.AsError(err); refused {
		return c.SendString(e.Sentence)
	}
	free, err := s.chat.UsernameFree(c.UserContext(), name)
	if err != nil {
		return err
	}
	if !free {
		return c.SendString("@" + name + " is taken.")
	}
	c.Set("Parley-Free", "yes")
	return c.SendString("@" + name + " is free")
}

// forgot says who can help somebody who does not know the password any more.
func (s *Server) forgot(c *fiber.Ctx) error {
	f, err := s.authPage(c)
	if err != nil {
		return err
	}
	admins, err := s.chat.Admins(c.UserContext())
	if err != nil {
		return err
	}
	return s.html(c, views.Forgot(f, admins))
}

func (s *Server) signup(c *fiber.Ctx) error {
	f, err := s.authPage(c)
	if err != nil {
		return err
	}
	return s.signUp(c, f)
}

func (s *Server) signUp(c *fiber.Ctx, f views.AuthForm) error {
	if f.Asks && f.Invite == "" {
		return s.apply(c, f)
	}
	j, err := s.auth.SignUp(c.UserContext(), auth.SignUp{Workspace: f.WorkspaceName, Name: strings.TrimSpace(f.Name), Username: f.Username,
		Password: formValue(c, "password"), Address: s.address(c), Invite: f.Invite})
	if err != nil {
		if f.Errors, err = s.formErrors(c, err); err != nil {
			return err
		}
		return s.html(c, views.SignUp(f))
	}
	if f.First {
		if err := s.Reload(c.UserContext()); err != nil {
			return err
		}
	}
	to := "/"
	if len(j.Rooms) > 0 {
		to = views.RoomURL(j.Rooms[0].Room)
	}
	return s.enter(c, j.Account.ID, to)
}

// apply asks an administrator for an account.
func (s *Server) apply(c *fiber.Ctx, f views.AuthForm) error {
	err := s.auth.Apply(c.UserContext(), auth.SignUp{Name: strings.TrimSpace(f.Name), Username: f.Username, Password: formValue(c, "password"),
		Address: s.address(c)}, f.Reason)
	if err != nil {
		if f.Errors, err = s.formErrors(c, err); err != nil {
			return err
		}
		return s.html(c, views.SignUp(f))
	}
	return s.html(c, views.MailDone("You have asked for an account",
		"An administrator looks at it. Once he has said yes, you log in with the password that you chose."))
}

func (s *Server) loginPage(c *fiber.Ctx) error {
	f, err := s.authPage(c)
	if err != nil {
		return err
	}
	if f.First {
		return c.Redirect("/signup", fiber.StatusSeeOther)
	}
	session, err := s.cookieSession(c)
	if err != nil {
		return err
	}
	f.Left, f.Passkeys = session == nil, s.site(c).HasPasskeys()
	return s.html(c, views.LogIn(f))
}

func (s *Server) login(c *fiber.Ctx) error {
	f, err := s.authPage(c)
	if err != nil {
		return err
	}
	who := oidc.Identity{}
	id, err := s.auth.LogInOr(c.UserContext(), f.Username, formValue(c, "password"), s.address(c), s.inDirectory(c, f.Username, &who))
	if err == nil && id == 0 {
		return s.endProvider(c, who, f.Next)
	}
	if err != nil {
		s.logLogin(c, f.Username, err)
		if fragment(c) {
			return err
		}
		f.Passkeys = s.site(c).HasPasskeys()
		if f.Errors, err = s.formErrors(c, err); err != nil {
			return err
		}
		return s.html(c, views.LogIn(f))
	}
	to := f.Next
	if to == "" {
		to = "/"
	}
	if second, err := s.needsSecond(c, id); err != nil || second {
		if err == nil {
			err = s.beginSecond(c, id, to)
		}
		return err
	}
	err = s.enter(c, id, to)
	s.logLogin(c, f.Username, err)
	return err
}

// enter begins a session and sends its browser on.
func (s *Server) enter(c *fiber.Ctx, id chat.AccountID, to string) error {
	agent := c.Get(fiber.HeaderUserAgent)
	agent = strings.ToValidUTF8(agent[:min(len(agent), 256)], "")
	s.noticeDevice(c, id, agent)
	token, err := s.auth.StartSession(c.UserContext(), id, agent)
	if err != nil {
		return err
	}
	s.setCookie(c, token)
	if fragment(c) {
		c.Set(headerMark, auth.MarkOf(token))
		c.Set("HX-Trigger", "parley:signed-in")
		return c.SendStatus(fiber.StatusNoContent)
	}
	return c.Redirect(to, fiber.StatusSeeOther)
}

func (s *Server) logout(c *fiber.Ctx) error {
	if err := s.auth.EndSession(c.UserContext(), *sessionOf(c)); err != nil {
		return err
	}
	s.setCookie(c, "")
	if led, err := s.endAtProvider(c); led || err != nil {
		return err
	}
	return c.Redirect("/login", fiber.StatusSeeOther)
}
