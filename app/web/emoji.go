package web

import (
	"context"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"parley/app/chat"
	"parley/views"
)

// loadEmoji takes over the workspace's own emoji.
func (s *Server) loadEmoji(ctx context.Context) error {
	s.loading.Lock() // else what was read first may be taken over last
	defer s.loading.Unlock()
	list, err := s.chat.Emoji(ctx)
	if err != nil {
		return err
	}
	pictures := make(map[string]chat.FileID, len(list))
	for _, e := range list {
		pictures[e.Name] = e.File
	}
	views.SetEmoji(pictures)
	s.rendered.Clear()
	return nil
}

// ownEmoji is the page of them; a script gets a line for each.
func (s *Server) ownEmoji(c *fiber.Ctx) error { return s.emojiForm(c, nil) }

func (s *Server) emojiForm(c *fiber.Ctx, errs views.Errors) error {
	v, err := s.viewer(c)
	if err != nil {
		return err
	}
	f := views.EmojiForm{Viewer: v, Errors: errs, Notice: notices[c.Query("done")], Name: formValue(c, "name")}
	if f.List, err = s.chat.EmojiFor(c.UserContext(), v.Me); err != nil {
		return err
	}
	if c.Get(fiber.HeaderAccept) == fiber.MIMETextPlain {
		var lines strings.Builder
		for _, e := range f.List {
			lines.WriteString(e.Name + " " + strconv.FormatInt(int64(e.File), 10) + "\n")
		}
		return c.SendString(lines.String())
	}
	if f.May, err = s.chat.MayAddEmoji(c.UserContext(), v.Me); err != nil {
		return err
	}
	return s.page(c, v, views.PageShell{Title: "Emoji", View: "page"}, views.OwnEmoji(f), nil)
}

func (s *Server) addEmoji(c *fiber.Ctx) error {
	me := sessionOf(c).Account
	may, err := s.chat.MayAddEmoji(c.UserContext(), me)
	if err == nil && !may {
		err = chat.Forbidden("Only an administrator adds emoji here.")
	}
	if err != nil {
		c.Context().SetConnectionClose()
		return err
	}
	f, err := s.receivePicture(c, chat.UseEmoji)
	if err == nil {
		if err = s.chat.AddEmoji(c.UserContext(), me, formValue(c, "name"), f); err != nil {
			s.dropUnused(c, []chat.File{f}, chat.Message{})
		}
	}
	return s.emojiChanged(c, err)
}

func (s *Server) removeEmoji(c *fiber.Ctx) error {
	return s.emojiChanged(c, s.chat.RemoveEmoji(c.UserContext(), sessionOf(c).Account, c.Params("name")))
}

func (s *Server) emojiChanged(c *fiber.Ctx, err error) error {
	if err != nil {
		errs, err := s.formErrors(c, err)
		if err != nil {
			return err
		}
		return s.emojiForm(c, errs)
	}
	if err := s.loadEmoji(c.UserContext()); err != nil {
		return err
	}
	return c.Redirect("/emoji/own?done=saved", fiber.StatusSeeOther)
}

// emojiPicture is the picture of one of them.
func (s *Server) emojiPicture(c *fiber.Ctx) error {
	list, err := s.chat.Emoji(c.UserContext())
	if err != nil {
		return err
	}
	for _, e := range list {
		if e.Name == c.Params("name") {
			f, err := s.chat.PictureInUse(c.UserContext(), e.File)
			if err != nil {
				return err
			}
			return s.sendPicture(c, f)
		}
	}
	return chat.NotFound()
}
