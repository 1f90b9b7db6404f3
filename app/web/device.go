package web

import (
	"context"
	"encoding/base64"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"parley/app/chat"
	"parley/views"
)

// Pusher tells devices of messages.
type Pusher interface {
	// PublicKey is with what a browser knows that a push is of this server.
	PublicKey(context.Context) (string, error)
	// Test tells a device that it can be told; its errors are for the person.
	Test(context.Context, chat.Device) error
	// Inside says whether requests may go to a host that is not of the internet.
	Inside(host string) bool
	Wake()
}

// devices are what the page of notifications shows of them; nil: no device can be told here.
func (s *Server) devices(c *fiber.Ctx) (*views.Devices, error) {
	if s.Pusher == nil || !s.secure(c) && !loopback(c.Hostname()) {
		return nil, nil // browsers have no push there
	}
	key, err := s.Pusher.PublicKey(c.UserContext())
	if err != nil {
		return nil, err
	}
	me := sessionOf(c)
	d := &views.Devices{Key: key, Tested: id[chat.DeviceID](c.Query("tested"))}
	d.List, err = s.chat.Devices(c.UserContext(), me.Account)
	for _, one := range d.List {
		if string(one.Session) == string(me.Hash) {
			d.This = one.ID
		}
	}
	return d, err
}

// addDevice lets the browser that asks be told.
func (s *Server) addDevice(c *fiber.Ctx) error {
	if s.Pusher == nil {
		return chat.NotFound()
	}
	me := sessionOf(c)
	zone, _ := url.QueryUnescape(c.Cookies("tz")) // else it is not known
	d := chat.Device{Account: me.Account.ID, Session: me.Hash, Endpoint: formValue(c, "endpoint"),
		Name: views.BrowserName(c.Get(fiber.HeaderUserAgent)), Zone: zone}
	var err error
	if d.P256DH, err = decoded(formValue(c, "p256dh")); err != nil {
		return fiber.ErrBadRequest
	}
	if d.Auth, err = decoded(formValue(c, "auth")); err != nil {
		return fiber.ErrBadRequest
	}
	if _, err := s.chat.AddDevice(c.UserContext(), d, s.Pusher.Inside); err != nil {
		return err
	}
	return saved(c, "/me/notifications")
}

func decoded(s string) ([]byte, error) {
	return base64.RawURLEncoding.DecodeString(strings.TrimRight(s, "="))
}

// testDevice tells one of one's own devices that it can be told.
func (s *Server) testDevice(c *fiber.Ctx) error {
	if s.Pusher == nil {
		return chat.NotFound()
	}
	d, err := s.chat.DeviceOf(c.UserContext(), sessionOf(c).Account, id[chat.DeviceID](c.Params("device")))
	if err != nil {
		return err
	}
	if err := s.chat.Limits.Take(chat.LimitTests, d.Name+string(d.Session)); err != nil {
		return err
	}
	if err := s.Pusher.Test(c.UserContext(), d); err != nil {
		if fragment(c) {
			return err
		}
		errs, err := s.formErrors(c, err)
		if err != nil {
			return err
		}
		return s.settingsOf(c, notificationsTitle, views.Notifications, views.MeForm{Prefs: sessionOf(c).Account.Prefs, Errors: errs})
	}
	if fragment(c) {
		return c.SendStatus(fiber.StatusNoContent)
	}
	return c.Redirect("/me/notifications?tested="+c.Params("device"), fiber.StatusSeeOther)
}

// deviceArrived is said by the device that showed a test.
func (s *Server) deviceArrived(c *fiber.Ctx) error {
	if err := s.chat.DeviceArrived(c.UserContext(), sessionOf(c).Account, id[chat.DeviceID](c.Params("device"))); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}

func (s *Server) removeDevice(c *fiber.Ctx) error {
	if err := s.chat.RemoveDevice(c.UserContext(), sessionOf(c).Account, id[chat.DeviceID](c.Params("device"))); err != nil {
		return err
	}
	return c.Redirect("/me/notifications?done=device", fiber.StatusSeeOther)
}
