package web

import (
	"context"
	"errors"
	"time"

	"github.com/gofiber/fiber/v2"

	"parley/app/auth"
	"parley/app/chat"
	"parley/app/directory"
	"parley/app/oidc"
	"parley/views"
)

// ofDirectory says whether the directory of the house vouched for somebody.
func (s *Server) ofDirectory(issuer string) bool {
	return s.Directory != nil && issuer == s.Directory.Issuer()
}

func (s *Server) directoryName() string {
	if s.Directory == nil {
		return ""
	}
	return s.Directory.Name
}

// directoryFault says in words why the directory did not help; nil for no error.
func (s *Server) directoryFault(err error) error {
	switch {
	case errors.Is(err, directory.ErrAway):
		s.log.Warn("a log-in by the directory did not go", "error", err)
		return chat.Busy(s.Directory.Name+" does not answer. Try again in a while, or log in in another way.", 5*time.Second)
	case errors.Is(err, directory.ErrNotIn):
		return chat.Forbidden("This account of " + s.Directory.Name + " may not log in here. Ask an administrator.")
	}
	return err
}

// inDirectory has the directory asked for a name and the password of a form, and notes whose
// they are; nil: there is no directory.
func (s *Server) inDirectory(c *fiber.Ctx, name string, who *oidc.Identity) func() (bool, error) {
	if s.Directory == nil {
		return nil
	}
	password := formValue(c, "password")
	return func() (right bool, err error) {
		*who, right, err = s.Directory.Check(c.UserContext(), chat.TypedName(name), password)
		return right, s.directoryFault(err)
	}
}

// linkedInDirectory is whom of the directory an account is linked to, or "".
func (s *Server) linkedInDirectory(c *fiber.Ctx, who chat.Account) (subject string, err error) {
	if s.Directory == nil {
		return "", nil
	}
	linked, err := s.auth.Identities(c.UserContext(), who)
	for _, l := range linked {
		if s.ofDirectory(l.Issuer) {
			subject = l.Subject
		}
	}
	return subject, err
}

// proofInDirectory has the directory asked whether a password is that of whom the caller is
// linked to; nil: he is linked to nobody there.
func (s *Server) proofInDirectory(c *fiber.Ctx, me auth.Session, password string) (func() (bool, error), error) {
	subject, err := s.linkedInDirectory(c, me.Account)
	if err != nil || subject == "" {
		return nil, err
	}
	return func() (bool, error) {
		right, err := s.Directory.CheckAgain(c.UserContext(), subject, password)
		return right, s.directoryFault(err)
	}, nil
}

// directoryPage asks for the name and the password that somebody has in the directory, to link
// them to his account.
func (s *Server) directoryPage(c *fiber.Ctx) error { return s.directoryForm(c, nil) }

func (s *Server) directoryForm(c *fiber.Ctx, errs views.Errors) error {
	if s.Directory == nil {
		return chat.NotFound()
	}
	return s.settingsOf(c, "Security", views.LinkDirectory, views.MeForm{Directory: s.Directory.Name,
		DirectoryUser: formValue(c, "user", sessionOf(c).Account.Username), Errors: errs})
}

// linkDirectory links them: both are proved. Failures count as those of log-ins do.
func (s *Server) linkDirectory(c *fiber.Ctx) error {
	if s.Directory == nil {
		return chat.NotFound()
	}
	me, name := sessionOf(c).Account, formValue(c, "user")
	who := oidc.Identity{}
	err := s.auth.CheckElsewhere(name, s.address(c), s.inDirectory(c, name, &who))
	if err == nil {
		err = s.auth.LinkIdentity(c.UserContext(), me, who.Issuer, who.Subject, who.Label())
	}
	if err != nil {
		errs, err := s.formErrors(c, err)
		if err != nil {
			return err
		}
		return s.directoryForm(c, errs)
	}
	return c.Redirect("/me/security?done=linked", fiber.StatusSeeOther)
}

// followSize is how many people of the directory are listed in one step.
const followSize = 200

// FollowDirectory gives the roles that the directory says, and deactivates those who are not in
// it any more, or not among those that may come, if they came by it or have no other way in. Where
// that would be most of them, it was set up differently, and nobody is.
func (s *Server) FollowDirectory(ctx context.Context) error {
	if s.Directory == nil {
		return nil
	}
	found, last := 0, auth.Identity{}
	var gone []chat.Account
	for {
		list, err := s.auth.IdentitiesAt(ctx, s.Directory.Issuer(), last, followSize)
		if err != nil {
			return err
		}
		var subjects []string
		for _, i := range list {
			subjects = append(subjects, i.Subject)
		}
		there, err := s.Directory.Look(ctx, subjects...)
		if err != nil {
			return err
		}
		found += len(there)
		for _, i := range list {
			lost, err := s.followIdentity(ctx, i, there)
			if err != nil {
				return err
			}
			if lost != nil {
				gone = append(gone, *lost)
			}
		}
		if len(list) < followSize {
			break
		}
		last = list[len(list)-1]
	}
	if len(gone) > max(3, found) {
		s.log.Warn("the directory knows few of those who came by it: none of the others is deactivated", "known", found, "others", len(gone))
		return nil
	}
	var failed error // of one, such as the last administrator, who holds up nobody else
	for _, a := range gone {
		s.log.Info("an account is deactivated: the directory does not know it any more", "account", a.Username)
		failed = errors.Join(failed, s.chat.DisableAccount(ctx, chat.Operator, a.ID))
	}
	return failed
}

// followIdentity gives somebody the role that the directory says, which knows those who are
// there. lost is the account that goes with an identity which it does not know.
func (s *Server) followIdentity(ctx context.Context, i auth.Identity, there map[string]oidc.Identity) (lost *chat.Account, err error) {
	account, err := s.auth.IdentityAccount(ctx, i.Issuer, i.Subject)
	if errors.Is(err, chat.ErrForbidden) || errors.Is(err, chat.ErrNotFound) {
		return nil, nil // deactivated, or unlinked meanwhile
	}
	if err != nil {
		return nil, err
	}
	if who, known := there[i.Subject]; known {
		s.followRole(ctx, account, who)
		return nil, nil
	}
	only, err := s.auth.IsOnlyWay(ctx, account)
	if err == nil && (only || i.Made.Equal(account.Created)) { // he came by it, whatever other ways in he made himself
		lost = &account
	}
	return lost, err
}
