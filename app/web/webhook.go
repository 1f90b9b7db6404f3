package web

import (
	"crypto/rand"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"parley/app/chat"
	"parley/app/hooks"
	"parley/views"
)

// MessageHTML is what a message says, for programs that show HTML.
func MessageHTML(m chat.Message) string { return views.BodyHTML(m) }

// addWebhook has an address told what is said in a room; the secret with which bodies are
// signed is shown this once.
func (s *Server) addWebhook(c *fiber.Ctx) error {
	f := views.Integrations{OutName: formValue(c, "name"), OutURL: formValue(c, "url"), OutWord: formValue(c, "word")}
	secret := rand.Text()
	_, err := s.chat.AddWebhook(c.UserContext(), sessionOf(c).Account, roomParam(c),
		chat.Webhook{Name: f.OutName, URL: f.OutURL, Word: f.OutWord, Secret: secret})
	if err != nil {
		if f.Errors, err = s.formErrors(c, err); err != nil {
			return err
		}
		return s.integrationsPage(c, f)
	}
	return s.integrationsPage(c, views.Integrations{Secret: secret})
}

func webhookParam(c *fiber.Ctx) chat.WebhookID { return id[chat.WebhookID](c.Params("webhook")) }

// deliveries is the page of what a webhook was told last.
func (s *Server) deliveries(c *fiber.Ctx) error {
	v, err := s.viewer(c)
	if err != nil {
		return err
	}
	f := views.Deliveries{Viewer: v, Notice: notices[c.Query("done")]}
	if f.RoomAccess, err = s.chat.ReadableRoom(c.UserContext(), v.Me, roomParam(c)); err != nil {
		return err
	}
	if f.Webhook, f.List, err = s.chat.Deliveries(c.UserContext(), v.Me, roomParam(c), webhookParam(c)); err != nil {
		return err
	}
	return s.page(c, v, views.PageShell{Title: f.Webhook.Name, View: "page"}, views.DeliveriesPage(f), nil)
}

func (s *Server) removeWebhook(c *fiber.Ctx) error {
	me := sessionOf(c).Account
	w, err := s.chat.Webhook(c.UserContext(), me, roomParam(c), webhookParam(c))
	if err == nil {
		err = s.chat.RemoveWebhook(c.UserContext(), me, roomParam(c), w.ID)
	}
	if err != nil {
		return err
	}
	bot, err := s.chat.Bot(c.UserContext(), me, w.Bot)
	if err != nil {
		return err
	}
	keys, err := s.auth.Keys(c.UserContext(), me, bot)
	if err == nil {
		err = s.chat.RemoveIdleBot(c.UserContext(), me, bot.ID, w.Room, len(keys))
	}
	if err != nil {
		return err
	}
	return c.Redirect(views.RoomURL(roomParam(c))+"/integrations?done=untold", fiber.StatusSeeOther)
}

func (s *Server) sendAgain(c *fiber.Ctx) error {
	delivery, _ := strconv.ParseInt(c.Params("delivery"), 10, 64)
	if err := s.chat.SendAgain(c.UserContext(), sessionOf(c).Account, roomParam(c), webhookParam(c), delivery); err != nil {
		return err
	}
	s.Told()
	return c.Redirect(views.WebhookURL(roomParam(c), webhookParam(c))+"?done=again", fiber.StatusSeeOther)
}

// answerCommand takes what a program answers to a command at the address that it got with
// it. It answers as hooks do, but says in words why it does not go.
func (s *Server) answerCommand(c *fiber.Ctx) error {
	in, err := hooks.Parse(c.Get(fiber.HeaderContentType), c.Body(), chat.DialectSlack)
	if err != nil {
		return hookWords(c, fiber.StatusBadRequest, err.Error())
	}
	in.Body = cutBody(in.Body)
	delivery, _ := strconv.ParseInt(c.Params("delivery"), 10, 64)
	if err := s.chat.AnswerCommand(c.UserContext(), delivery, c.Params("code"), in.Answer()); err != nil {
		status, sentence := s.errorPage(c, err)
		if status == fiber.StatusNotFound {
			sentence = "There is no such address: the command, or its bot, is gone."
		}
		return hookWords(c, status, sentence)
	}
	return hookWords(c, fiber.StatusOK, "ok")
}
