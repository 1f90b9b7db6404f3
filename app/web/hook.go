package web

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"parley/app/chat"
	"parley/app/hooks"
	"parley/views"
)

// hook says in its room what another program sends. It answers as Slack does, in the
// words that clients compare.
func (s *Server) hook(c *fiber.Ctx) error {
	session, k, err := s.auth.ResumeHook(c.UserContext(), c.Params("key"))
	if err != nil {
		return s.hookAnswer(c, err, "no_service")
	}
	if err := s.chat.CheckHook(c.UserContext(), session.Account, k.Room); err != nil {
		return s.hookAnswer(c, err, "no_service")
	}
	in, err := hooks.Parse(c.Get(fiber.HeaderContentType), c.Body(), k.Dialect)
	if err != nil {
		return hookWords(c, fiber.StatusBadRequest, err.Error())
	}
	if in.Program.Name == "" {
		in.Program.Name = k.Name
	}
	_, err = s.postIncoming(c, session.Account, k.Room, in)
	return s.hookAnswer(c, err, "channel_not_found")
}

// postIncoming says something for a bot. What it answers, where that is not to be had, it
// says all the same.
func (s *Server) postIncoming(c *fiber.Ctx, bot chat.Account, room chat.RoomID, in hooks.Incoming) (chat.Message, error) {
	d := chat.Draft{Body: cutBody(in.Body), CID: c.Query("cid", idempotencyKey(c)), Confirm: everybody, Program: in.Program}
	seconds, _, _ := strings.Cut(in.Thread, ".")
	d.ReplyTo = id[chat.MessageID](seconds)
	m, err := s.chat.PostMessage(c.UserContext(), bot, room, d)
	if e, refused := chat.AsError(err); refused && d.ReplyTo != 0 && e.Kind != chat.KindTooOften && e.Kind != chat.KindBusy {
		d.ReplyTo = 0
		m, err = s.chat.PostMessage(c.UserContext(), bot, room, d)
	}
	return m, err
}

// everybody is more people than any room has: a program agrees to notify them.
const everybody = 1 << 30

// cutBody shortens what is too long for a message; the boxes below it have bounds of their own.
func cutBody(body string) string {
	runes := []rune(strings.ToValidUTF8(body, "\uFFFD"))
	if len(runes) <= chat.MaxBody {
		return string(runes)
	}
	return string(runes[:chat.MaxBody-1]) + "…"
}

// hookAnswer answers a hook; notFound is what is missing where something is.
func (s *Server) hookAnswer(c *fiber.Ctx, err error, notFound string) error {
	if err == nil {
		return hookWords(c, fiber.StatusOK, "ok")
	}
	status, word := s.slackError(c, err, notFound)
	return hookWords(c, status, word)
}

func hookWords(c *fiber.Ctx, status int, word string) error {
	c.Set(fiber.HeaderContentType, fiber.MIMETextPlainCharsetUTF8)
	return c.Status(status).SendString(word)
}

// slackError is what Slack would say of an error.
func (s *Server) slackError(c *fiber.Ctx, err error, notFound string) (status int, word string) {
	status, sentence := s.errorPage(c, err)
	switch status {
	case fiber.StatusNotFound:
		return status, notFound
	case fiber.StatusForbidden:
		return status, "action_prohibited"
	case fiber.StatusGone:
		return status, "channel_is_archived"
	case fiber.StatusTooManyRequests:
		return status, "rate_limited"
	case fiber.StatusUnprocessableEntity:
		return fiber.StatusBadRequest, "invalid_payload: " + sentence
	}
	return status, sentence
}

// postAsSlack is chat.postMessage of Slack's API, for programs that speak it: with the
// key of a bot.
func (s *Server) postAsSlack(c *fiber.Ctx) error {
	body := c.Body()
	if args := c.Request().PostArgs(); args.Has("channel") && !json.Valid(body) {
		body = slackForm(c)
	}
	in, err := hooks.Parse(fiber.MIMEApplicationJSON, body, chat.DialectSlack)
	if err != nil {
		return slackRefusal(c, err.Error())
	}
	me := sessionOf(c).Account
	var asked struct{ Channel any }
	_ = json.Unmarshal(body, &asked) // Parse has read it
	room, err := s.chat.RoomOfBot(c.UserContext(), me, fmt.Sprint(asked.Channel))
	var m chat.Message
	if err == nil {
		m, err = s.postIncoming(c, me, room, in)
	}
	if err != nil {
		status, word := s.slackError(c, err, "channel_not_found")
		if status == fiber.StatusTooManyRequests || status >= 500 {
			c.Status(status)
		}
		return slackRefusal(c, word)
	}
	return writeJSON(c, fiber.MIMEApplicationJSON, jsonSlack{OK: true, Channel: strconv.FormatInt(int64(m.Room), 10),
		TS: strconv.FormatInt(int64(m.ID), 10) + ".000000"})
}

func slackRefusal(c *fiber.Ctx, word string) error {
	return writeJSON(c, fiber.MIMEApplicationJSON, jsonSlack{Error: word})
}

// slackForm makes of a form the JSON that it stands for.
func slackForm(c *fiber.Ctx) []byte {
	all := object{}
	for name, value := range c.Request().PostArgs().All() {
		key := string(name)
		if key == "blocks" || key == "attachments" {
			all[key] = json.RawMessage(value)
			continue
		}
		all[key] = string(value)
	}
	b, err := json.Marshal(all)
	if err != nil { // blocks that are no JSON
		return []byte("{")
	}
	return b
}

// integrations is the page of a room's incoming hooks.
func (s *Server) integrations(c *fiber.Ctx) error { return s.integrationsPage(c, views.Integrations{}) }

func (s *Server) integrationsPage(c *fiber.Ctx, f views.Integrations) error {
	v, err := s.viewer(c)
	if err != nil {
		return err
	}
	f.Viewer, f.Host = v, s.public(c)
	if f.RoomAccess, err = s.chat.ReadableRoom(c.UserContext(), v.Me, roomParam(c)); err != nil {
		return err
	}
	if f.Kind == chat.Direct {
		return chat.NotFound()
	}
	if f.May, err = s.chat.MayHook(c.UserContext(), v.Me, f.ID); err != nil {
		return err
	}
	if f.IsMember() || v.Me.Has(chat.ManagePeople) {
		if f.Hooks, err = s.auth.Hooks(c.UserContext(), f.ID); err != nil {
			return err
		}
	}
	if f.Webhooks, err = s.chat.Webhooks(c.UserContext(), v.Me, f.ID); err != nil {
		return err
	}
	if f.IsMember() {
		if f.Bots, err = s.botsHere(c, f); err != nil {
			return err
		}
	}
	f.Mine = map[int64]bool{}
	f.MineOut = map[chat.WebhookID]bool{}
	for _, w := range f.Webhooks {
		_, err := s.chat.Bot(c.UserContext(), v.Me, w.Bot)
		f.MineOut[w.ID] = err == nil
	}
	for _, k := range f.Hooks {
		_, err := s.chat.Bot(c.UserContext(), v.Me, k.Account)
		f.Mine[k.ID] = err == nil
	}
	if f.Errors == nil {
		f.Notice = notices[c.Query("done")]
	}
	return s.page(c, v, views.PageShell{Title: f.Label(), View: "page"}, views.IntegrationsPage(f), nil)
}

// botsHere lists the bots of a room that are of none of its hooks and webhooks.
func (s *Server) botsHere(c *fiber.Ctx, f views.Integrations) (bots []chat.Person, err error) {
	members, err := s.chat.Members(c.UserContext(), f.Me, f.ID)
	of := map[chat.AccountID]bool{}
	for _, k := range f.Hooks {
		of[k.Account] = true
	}
	for _, w := range f.Webhooks {
		of[w.Bot] = true
	}
	for _, m := range members {
		if m.Bot && !of[m.ID] {
			bots = append(bots, m.Person)
		}
	}
	return bots, err
}

// makeHook makes the address of an incoming hook, which is shown this once.
func (s *Server) makeHook(c *fiber.Ctx) error {
	f := views.Integrations{Name: formValue(c, "name"), Dialect: formValue(c, "dialect")}
	me := sessionOf(c).Account
	dialect, ok := dialects[f.Dialect]
	var err error
	if !ok {
		err = chat.Invalid("dialect", "Choose one of the values in the list.")
	}
	var bot chat.Account
	if err == nil {
		bot, err = s.chat.CreateHookBot(c.UserContext(), me, roomParam(c), f.Name)
	}
	if err == nil {
		f.Fresh, _, err = s.auth.CreateHook(c.UserContext(), me, bot, roomParam(c), f.Name, dialect)
	}
	if err != nil {
		if f.Errors, err = s.formErrors(c, err); err != nil {
			return err
		}
		return s.integrationsPage(c, f)
	}
	f.Name = ""
	return s.integrationsPage(c, f)
}

var dialects = map[string]chat.Dialect{"": chat.DialectByLooks, "auto": chat.DialectByLooks, "slack": chat.DialectSlack,
	"markdown": chat.DialectMarkdown}

// hookOf finds a hook of a request's room and its bot, for who looks after that.
func (s *Server) hookOf(c *fiber.Ctx) (k chat.Key, bot chat.Account, err error) {
	me, room := sessionOf(c).Account, roomParam(c)
	if _, err := s.chat.ReadableRoom(c.UserContext(), me, room); err != nil {
		return k, bot, err
	}
	list, err := s.auth.Hooks(c.UserContext(), room)
	if err != nil {
		return k, bot, err
	}
	for _, k := range list {
		if k.ID == keyParam(c) {
			bot, err := s.chat.Bot(c.UserContext(), me, k.Account)
			return k, bot, err
		}
	}
	return k, bot, chat.NotFound()
}

// rotateHook makes another address of a hook; the old one works for a day more.
func (s *Server) rotateHook(c *fiber.Ctx) error {
	var f views.Integrations
	k, bot, err := s.hookOf(c)
	if err == nil {
		f.Fresh, _, err = s.auth.RotateKey(c.UserContext(), sessionOf(c).Account, bot, k.ID)
	}
	if err != nil {
		return err
	}
	return s.integrationsPage(c, f)
}

// revokeHook ends a hook, and the bot that was made for it.
func (s *Server) revokeHook(c *fiber.Ctx) error {
	k, bot, err := s.hookOf(c)
	if err == nil {
		err = s.auth.RevokeHook(c.UserContext(), sessionOf(c).Account, bot, k, s.chat)
	}
	if err != nil {
		return err
	}
	return c.Redirect(views.RoomURL(roomParam(c))+"/integrations?done=hook", fiber.StatusSeeOther)
}
