package web

import (
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"parley/app/chat"
	"parley/views"
)

// tokens is the page of one's own keys.
func (s *Server) tokens(c *fiber.Ctx) error { return s.tokenPage(c, views.KeyList{}) }

func (s *Server) tokenPage(c *fiber.Ctx, f views.KeyList) error {
	if err := s.keyList(c, &f, sessionOf(c).Account); err != nil {
		return err
	}
	return s.page(c, f.Viewer, views.PageShell{Title: "Access tokens", View: "page"}, views.Tokens(f), nil)
}

// keyList gathers the keys that act for an account.
func (s *Server) keyList(c *fiber.Ctx, f *views.KeyList, of chat.Account) (err error) {
	if f.Viewer, err = s.viewer(c); err != nil {
		return err
	}
	if f.Notice == "" && f.Errors == nil {
		f.Notice = notices[c.Query("done")]
	}
	f.Host = s.public(c)
	f.Keys, err = s.auth.Keys(c.UserContext(), f.Me, of)
	return err
}

func (s *Server) makeToken(c *fiber.Ctx) error {
	var f views.KeyList
	err := s.newKey(c, &f, sessionOf(c).Account)
	if err != nil {
		return err
	}
	return s.tokenPage(c, f)
}

// keyLives are the lives of keys that forms offer.
var keyLives = map[string]time.Duration{"7d": 7 * 24 * time.Hour, "90d": 90 * 24 * time.Hour, "365d": 365 * 24 * time.Hour, "never": 0}

// newKey makes a key as a form asks for it; what is wrong with that goes to f.
func (s *Server) newKey(c *fiber.Ctx, f *views.KeyList, of chat.Account) (err error) {
	f.Name = formValue(c, "name")
	life, ok := keyLives[formValue(c, "life")]
	if may := formValue(c, "may"); !ok || may != "read" && may != "write" {
		err = chat.Invalid("life", "Choose one of the values in the list.")
	} else {
		f.Fresh, _, err = s.auth.CreateKey(c.UserContext(), sessionOf(c).Account, of, f.Name, may == "write", life)
	}
	if err != nil {
		f.Errors, err = s.formErrors(c, err)
		return err
	}
	f.Name = ""
	return nil
}

func keyParam(c *fiber.Ctx) int64 {
	n, _ := strconv.ParseInt(c.Params("key"), 10, 64)
	return n
}

func (s *Server) revokeToken(c *fiber.Ctx) error {
	me := sessionOf(c).Account
	if err := s.auth.RevokeKey(c.UserContext(), me, me, keyParam(c)); err != nil {
		return err
	}
	return c.Redirect("/me/tokens?done=key", fiber.StatusSeeOther)
}

func (s *Server) rotateToken(c *fiber.Ctx) (err error) {
	var f views.KeyList
	me := sessionOf(c).Account
	if f.Fresh, _, err = s.auth.RotateKey(c.UserContext(), me, me, keyParam(c)); err != nil {
		return err
	}
	return s.tokenPage(c, f)
}

// bots is the page of the bots that one looks after.
func (s *Server) bots(c *fiber.Ctx) error { return s.botsPage(c, views.Bots{}) }

func (s *Server) botsPage(c *fiber.Ctx, f views.Bots) (err error) {
	if f.Viewer, err = s.viewer(c); err != nil {
		return err
	}
	if f.May, err = s.chat.MayMakeBots(c.UserContext(), f.Me); err != nil {
		return err
	}
	if f.List, err = s.chat.Bots(c.UserContext(), f.Me); err != nil {
		return err
	}
	f.Notice = notices[c.Query("done")]
	return s.page(c, f.Viewer, views.PageShell{Title: "Bots", View: "page"}, views.BotList(f), nil)
}

func (s *Server) makeBot(c *fiber.Ctx) error {
	f := views.Bots{Username: formValue(c, "username"), Name: formValue(c, "name")}
	bot, err := s.chat.CreateBot(c.UserContext(), sessionOf(c).Account, f.Username, f.Name)
	if err != nil {
		if f.Errors, err = s.formErrors(c, err); err != nil {
			return err
		}
		return s.botsPage(c, f)
	}
	return c.Redirect(views.BotURL(bot.ID), fiber.StatusSeeOther)
}

// botOf is the bot of a request, for who looks after it.
func (s *Server) botOf(c *fiber.Ctx) (chat.Account, error) {
	return s.chat.Bot(c.UserContext(), sessionOf(c).Account, id[chat.AccountID](c.Params("bot")))
}

func (s *Server) bot(c *fiber.Ctx) error { return s.botPage(c, views.KeyList{}) }

func (s *Server) botPage(c *fiber.Ctx, keys views.KeyList) error {
	bot, err := s.botOf(c)
	if err != nil {
		return err
	}
	if err := s.keyList(c, &keys, bot); err != nil {
		return err
	}
	f := views.BotPage{KeyList: keys, Bot: bot}
	maker, err := s.chat.Person(c.UserContext(), bot.Maker)
	if err != nil {
		return err
	}
	f.Maker, f.Asleep = maker.Person, bot.Disabled || !chat.MayHaveBots(maker, s.workspace())
	if f.Rooms, err = s.chat.RoomsInCommon(c.UserContext(), f.Me, bot.ID); err != nil {
		return err
	}
	return s.page(c, f.Viewer, views.PageShell{Title: bot.Name, View: "page"}, views.Bot(f), nil)
}

func (s *Server) makeBotKey(c *fiber.Ctx) error {
	bot, err := s.botOf(c)
	if err != nil {
		return err
	}
	var f views.KeyList
	if err := s.newKey(c, &f, bot); err != nil {
		return err
	}
	return s.botPage(c, f)
}

func (s *Server) revokeBotKey(c *fiber.Ctx) error {
	bot, err := s.botOf(c)
	if err == nil {
		err = s.auth.RevokeKey(c.UserContext(), sessionOf(c).Account, bot, keyParam(c))
	}
	if err != nil {
		return err
	}
	return c.Redirect(views.BotURL(bot.ID)+"?done=key", fiber.StatusSeeOther)
}

func (s *Server) rotateBotKey(c *fiber.Ctx) error {
	var f views.KeyList
	bot, err := s.botOf(c)
	if err == nil {
		f.Fresh, _, err = s.auth.RotateKey(c.UserContext(), sessionOf(c).Account, bot, keyParam(c))
	}
	if err != nil {
		return err
	}
	return s.botPage(c, f)
}

func (s *Server) removeBot(c *fiber.Ctx) error {
	bot, err := s.botOf(c)
	if err == nil {
		err = s.chat.RemoveBot(c.UserContext(), sessionOf(c).Account, bot.ID)
	}
	if err != nil {
		return err
	}
	return c.Redirect("/bots?done=bot", fiber.StatusSeeOther)
}

func (s *Server) adoptBot(c *fiber.Ctx) error {
	bot, err := s.botOf(c)
	if err == nil {
		err = s.chat.AdoptBot(c.UserContext(), sessionOf(c).Account, bot.ID)
	}
	if err != nil {
		return err
	}
	return c.Redirect(views.BotURL(bot.ID)+"?done=saved", fiber.StatusSeeOther)
}

// abilities are what a bot may do, as everybody may know; of rooms only those that the
// viewer is in.
func (s *Server) abilities(c *fiber.Ctx, p views.PersonView) (a views.BotAbilities, err error) {
	ctx := c.UserContext()
	maker, err := s.chat.Person(ctx, p.Maker)
	if err != nil {
		return a, err
	}
	kinds, err := s.auth.KeyKinds(ctx, p.Account)
	if err != nil {
		return a, err
	}
	if a.Told, err = s.chat.WebhooksOf(ctx, p.Me, p.Account.ID); err != nil {
		return a, err
	}
	known, err := s.chat.Known(ctx, p.Me, []chat.AccountID{maker.ID})
	if err != nil {
		return a, err
	}
	if len(known) > 0 {
		a.Maker = maker.Person
	}
	a.Asleep = p.Disabled || !chat.MayHaveBots(maker, s.workspace())
	a.Reads, a.Writes, a.Hooks = kinds.Reads, kinds.Writes, kinds.Hooks
	a.Rate = s.chat.Limits.Value(chat.LimitBots)
	return a, nil
}
