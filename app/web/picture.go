package web

import (
	"errors"
	"io"

	"github.com/gofiber/fiber/v2"

	"parley/app/chat"
	"parley/views"
)

// receivePicture stores the one picture of a form, and waits until it can be shown.
func (s *Server) receivePicture(c *fiber.Ctx, use chat.FileUse) (chat.File, error) {
	u := uploadOf(c)
	if u == nil || u.next == nil {
		return chat.File{}, chat.Invalid("picture", "Choose a picture first.")
	}
	who := sessionOf(c).Account
	leave, err := s.uploading.enter(who.ID)
	if err != nil {
		return chat.File{}, err
	}
	defer leave()
	f, err := s.files.SavePicture(c.UserContext(), who, use, fileName(u.next), u.next)
	if u.cut != nil || errors.Is(err, io.ErrUnexpectedEOF) {
		err = u.broken(err)
	}
	if err == nil {
		err = u.advance(c)
	}
	if err == nil {
		err = u.drain(c)
	}
	if err != nil {
		c.Context().SetConnectionClose()
	}
	s.renewTime(c)
	return f, err
}

// setPicture has a picture show the caller.
func (s *Server) setPicture(c *fiber.Ctx) error {
	f, err := s.receivePicture(c, chat.UseFace)
	if err == nil {
		err = s.chat.SetPicture(c.UserContext(), sessionOf(c).Account, f)
	}
	return s.pictureChanged(c, err)
}

func (s *Server) removePicture(c *fiber.Ctx) error {
	me := sessionOf(c).Account
	return s.pictureChanged(c, s.chat.RemovePicture(c.UserContext(), me, me.ID))
}

func (s *Server) pictureChanged(c *fiber.Ctx, err error) error {
	if err != nil {
		return s.profileForm(c, err)
	}
	return c.Redirect("/me?done=saved", fiber.StatusSeeOther)
}

func (s *Server) removePictureOf(c *fiber.Ctx) error {
	return s.recordChanged(c, "saved", s.chat.RemovePicture(c.UserContext(), sessionOf(c).Account, personParam(c)))
}

// face is the picture of a person: small, or with ?large as a profile shows it. It is of
// one address only as long as it is of that person.
func (s *Server) face(c *fiber.Ctx) error {
	f, err := s.chat.PictureOf(c.UserContext(), sessionOf(c).Account, personParam(c))
	if err != nil {
		return err
	}
	return s.sendPicture(c, f)
}

// roomPicture is the picture of a room, for who may read the room.
func (s *Server) roomPicture(c *fiber.Ctx) error {
	f, err := s.chat.PictureOfRoom(c.UserContext(), sessionOf(c).Account, roomParam(c))
	if err != nil {
		return err
	}
	return s.sendPicture(c, f)
}

// setRoomPicture has a picture show a room.
func (s *Server) setRoomPicture(c *fiber.Ctx) error {
	who, room := sessionOf(c).Account, roomParam(c)
	if err := s.chat.MayPictureRoom(c.UserContext(), who, room); err != nil {
		c.Context().SetConnectionClose()
		return err
	}
	f, err := s.receivePicture(c, chat.UseRoom)
	if err == nil {
		err = s.chat.SetRoomPicture(c.UserContext(), who, room, f)
	}
	return s.roomPictureChanged(c, err)
}

func (s *Server) removeRoomPicture(c *fiber.Ctx) error {
	return s.roomPictureChanged(c, s.chat.SetRoomPicture(c.UserContext(), sessionOf(c).Account, roomParam(c), chat.File{}))
}

func (s *Server) roomPictureChanged(c *fiber.Ctx, err error) error {
	if err != nil {
		errs, err := s.formErrors(c, err)
		if err != nil {
			return err
		}
		return s.settingsPage(c, errs)
	}
	return c.Redirect(views.RoomURL(roomParam(c))+"/settings?done=saved", fiber.StatusSeeOther)
}

// logo is the picture of the workspace, for visitors, too.
func (s *Server) logo(c *fiber.Ctx) error {
	f, err := s.chat.PictureInUse(c.UserContext(), s.workspace().Logo())
	if err != nil {
		return err
	}
	return s.sendPicture(c, f)
}

func (s *Server) sendPicture(c *fiber.Ctx, f chat.File) error {
	form := chat.FormSmall
	if c.Context().QueryArgs().Has("large") {
		form = chat.FormLarge
	}
	b, err := s.files.Open(c.UserContext(), f, form)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "private, max-age=31536000, immutable")
	return s.sendBlob(c, b, b.Type)
}

// setLogo has a picture show the workspace.
func (s *Server) setLogo(c *fiber.Ctx) error {
	if err := sessionOf(c).Account.May(chat.ManageSettings); err != nil {
		c.Context().SetConnectionClose()
		return err
	}
	f, err := s.receivePicture(c, chat.UseLogo)
	if err == nil {
		err = s.chat.SetLogo(c.UserContext(), sessionOf(c).Account, f)
	}
	return s.logoChanged(c, err)
}

func (s *Server) removeLogo(c *fiber.Ctx) error {
	return s.logoChanged(c, s.chat.SetLogo(c.UserContext(), sessionOf(c).Account, chat.File{}))
}

func (s *Server) logoChanged(c *fiber.Ctx, err error) error {
	if err != nil {
		errs, err := s.formErrors(c, err)
		if err != nil {
			return err
		}
		return s.workspacePage(c, errs)
	}
	if err := s.Reload(c.UserContext()); err != nil {
		return err
	}
	return c.Redirect("/admin/settings?done=saved", fiber.StatusSeeOther)
}
