package web

import (
	"context"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"parley/app/auth"
	"parley/app/chat"
	"parley/views"
)

// Mailer sends what is queued, and knows whose mails a link ends.
type Mailer interface {
	Wake()
	// OffAccount finds whose mails a token ends: chat.ErrNotFound for one of nobody.
	OffAccount(ctx context.Context, token string) (chat.Account, error)
}

// mailbox is what the page of notifications shows of the viewer's address; nil: this server
// sends no mails.
func (s *Server) mailbox(c *fiber.Ctx) (*views.Mailbox, error) {
	if s.Mailer == nil {
		return nil, nil
	}
	a, err := s.auth.Address(c.UserContext(), sessionOf(c).Account)
	return &views.Mailbox{Address: a.Address, Confirmed: !a.Confirmed.IsZero()}, err
}

// setAddress has a mail sent that confirms an address, or takes it away.
func (s *Server) setAddress(c *fiber.Ctx) error {
	if s.Mailer == nil {
		return chat.NotFound()
	}
	me, address := sessionOf(c).Account, strings.TrimSpace(formValue(c, "address"))
	if err := s.auth.SetAddress(c.UserContext(), me, address); err != nil {
		errs, err := s.formErrors(c, err)
		if err != nil {
			return err
		}
		return s.settingsOf(c, notificationsTitle, views.Notifications, views.MeForm{Prefs: me.Prefs, Errors: errs, Typed: address})
	}
	s.Mailer.Wake()
	if address == "" {
		return c.Redirect("/me/notifications?done=unmailed#mail", fiber.StatusSeeOther)
	}
	return c.Redirect("/me/notifications?done=confirm#mail", fiber.StatusSeeOther)
}

// confirmPage is where the mail leads that confirms an address. Programs of mail servers look
// at it, too, so that it takes a button.
func (s *Server) confirmPage(c *fiber.Ctx) error {
	if s.Mailer == nil {
		return chat.NotFound()
	}
	a, err := s.auth.AddressOfCode(c.UserContext(), c.Params("code"))
	if err != nil {
		return overLink(err, "This link does not work any more. Have a new one sent from the page of notifications.")
	}
	return s.html(c, views.ConfirmAddress(s.workspace().Workspace(), c.Params("code"), a.Address))
}

// overLink is an error of a link that came by mail, in words.
func overLink(err error, sentence string) error {
	if e, refused := chat.AsError(err); refused && e.Kind == chat.KindNotFound {
		return fiber.NewError(fiber.StatusNotFound, sentence)
	}
	return err
}

func (s *Server) confirmAddress(c *fiber.Ctx) error {
	a, err := s.auth.ConfirmAddress(c.UserContext(), c.Params("code"))
	if err != nil {
		return overLink(err, "This link does not work any more. Have a new one sent from the page of notifications.")
	}
	return s.html(c, views.MailDone("The address is confirmed", a.Address+" is told of what waits for you."))
}

// mailOffPage is where the link in a mail leads that ends such mails.
func (s *Server) mailOffPage(c *fiber.Ctx) error {
	who, err := s.mailOffAccount(c)
	if err != nil {
		return err
	}
	return s.html(c, views.MailOff(c.Params("token"), who.Username))
}

func (s *Server) mailOffAccount(c *fiber.Ctx) (chat.Account, error) {
	if s.Mailer == nil {
		return chat.Account{}, chat.NotFound()
	}
	who, err := s.Mailer.OffAccount(c.UserContext(), c.Params("token"))
	return who, overLink(err, "This link does not work any more: the address is another one.")
}

// mailOff ends the mails, for who pressed the button and for programs that press it for
// somebody (RFC 8058), which have no session.
func (s *Server) mailOff(c *fiber.Ctx) error {
	who, err := s.mailOffAccount(c)
	if err != nil {
		return err
	}
	if err := s.chat.ChangePrefs(c.UserContext(), who, func(p *chat.Prefs) error { p.Mail = "off"; return nil }); err != nil {
		return err
	}
	return s.html(c, views.MailDone("No such mails any more",
		"@"+who.Username+" is mailed nothing of what waits. The page of notifications turns it on again."))
}

// askReset has a link for a new password sent. Its answer is the same for whom nobody knows.
func (s *Server) askReset(c *fiber.Ctx) error {
	if s.Mailer == nil {
		return chat.NotFound()
	}
	f, err := s.authPage(c)
	if err != nil {
		return err
	}
	if err := s.auth.AskReset(c.UserContext(), formValue(c, "name"), s.address(c)); err != nil {
		if f.Errors, err = s.formErrors(c, err); err != nil {
			return err
		}
		f.Mails = true
		return s.html(c, views.Forgot(f, nil))
	}
	s.Mailer.Wake()
	return s.html(c, views.MailDone("Look at your mails",
		"If that is an account with a confirmed address, a link is on its way to it. It works for an hour."))
}

// mailInvite has an invite that was made sent to an address, where one was given.
func (s *Server) mailInvite(c *fiber.Ctx, i auth.Invite) error {
	address := strings.TrimSpace(formValue(c, "address"))
	if address == "" || s.Mailer == nil {
		return nil
	}
	if err := s.auth.MailInvite(c.UserContext(), sessionOf(c).Account, i, address); err != nil {
		return err
	}
	s.Mailer.Wake()
	return nil
}

// noticeDevice mails about a log-in by a program that was not known; where that fails, the
// log-in goes on.
func (s *Server) noticeDevice(c *fiber.Ctx, id chat.AccountID, agent string) {
	if s.Mailer == nil {
		return
	}
	err := s.auth.NoticeDevice(c.UserContext(), id, agent, func(a, b string) bool { return views.BrowserName(a) == views.BrowserName(b) })
	if err != nil {
		s.log.Warn("a log-in was not mailed about", "account", strconv.FormatInt(int64(id), 10), "error", err)
	}
	s.Mailer.Wake()
}
