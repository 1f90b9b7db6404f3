package web

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"parley/app/chat"
	"parley/views"
)

// statuses of the kinds of refusal.
var statuses = map[chat.Kind]int{
	chat.KindInvalid:   fiber.StatusUnprocessableEntity,
	chat.KindConflict:  fiber.StatusUnprocessableEntity,
	chat.KindTooLarge:  fiber.StatusRequestEntityTooLarge,
	chat.KindNotFound:  fiber.StatusNotFound,
	chat.KindForbidden: fiber.StatusForbidden,
	chat.KindGone:      fiber.StatusGone,
	chat.KindTooOften:  fiber.StatusTooManyRequests,
	chat.KindBusy:      fiber.StatusServiceUnavailable,
}

// sentences for errors that have no words of their own.
var sentences = map[int]string{
	fiber.StatusBadRequest:            "The request could not be read.",
	fiber.StatusForbidden:             "That is not allowed here.",
	fiber.StatusNotFound:              "There is nothing here, or it is not for you.",
	fiber.StatusMethodNotAllowed:      "That is not how this address is used.",
	fiber.StatusRequestTimeout:        "The request took too long.",
	fiber.StatusRequestEntityTooLarge: "That is more than Parley takes at once. Go back and make it shorter.",
	fiber.StatusRequestURITooLong:     "This address is too long.",
	fiber.StatusUpgradeRequired:       "This address is for live connections only.",
	fiber.StatusServiceUnavailable:    "The server has too much to do. Try again in a moment.",

	fiber.StatusRequestHeaderFieldsTooLarge: "The request has too many headers.",
}

// errorAnswer is what an error says to who asked.
type errorAnswer struct {
	status   int
	sentence string
	after    int // seconds to wait before it is tried again; 0: it says nothing of that
	confirm  int // how many people are to be confirmed
}

// answerTo turns any error into an answer. What is not a refusal is told to nobody.
func answerTo(ctx context.Context, err error) errorAnswer {
	if e, ok := chat.AsError(err); ok {
		a := errorAnswer{status: statuses[e.Kind], sentence: e.Sentence, confirm: e.Confirm}
		if e.RetryAfter > 0 {
			a.after = int(e.RetryAfter.Seconds()) + 1
		}
		return a
	}
	var f *fiber.Error
	if errors.As(err, &f) && f.Code < 500 {
		if words, ok := sentences[f.Code]; ok && f.Message == fiber.NewError(f.Code).Message {
			return errorAnswer{status: f.Code, sentence: words}
		}
		return errorAnswer{status: f.Code, sentence: f.Message}
	}
	if errors.Is(err, context.DeadlineExceeded) || ctx.Err() != nil {
		return errorAnswer{status: fiber.StatusServiceUnavailable, sentence: sentences[fiber.StatusServiceUnavailable], after: 5}
	}
	return errorAnswer{status: fiber.StatusInternalServerError, sentence: "Something went wrong here. It was noted; try again."}
}

// errorPage answers with the status and the sentence of an error, sets its headers, and
// logs what is not a refusal.
func (s *Server) errorPage(c *fiber.Ctx, err error) (status int, sentence string) {
	a := answerTo(c.UserContext(), err)
	if a.confirm > 0 {
		c.Set("Parley-Confirm", strconv.Itoa(a.confirm))
	}
	if a.after > 0 {
		c.Set(fiber.HeaderRetryAfter, strconv.Itoa(a.after))
	}
	e, refused := chat.AsError(err)
	switch {
	case refused && e.Kind == chat.KindBusy:
		s.logBusy(err, e.Error(), func(level slog.Level, what string, args ...any) { s.logRequest(c, level, what, args...) })
	case !refused && a.status == fiber.StatusServiceUnavailable:
		s.logRequest(c, slog.LevelWarn, "took too long", "error", err)
	case a.status == fiber.StatusInternalServerError:
		s.logRequest(c, slog.LevelError, "fault", "error", err)
	}
	return a.status, a.sentence
}

// fullAgain is how often the log says at most that the disk is full.
const fullAgain = time.Minute

// logBusy logs why something could not be done now, without the words for visitors.
func (s *Server) logBusy(err error, words string, log func(level slog.Level, what string, args ...any)) {
	why := strings.TrimPrefix(err.Error(), words+": ")
	if !errors.Is(err, chat.ErrDiskFull) {
		log(slog.LevelWarn, "busy", "error", why)
		return
	}
	now, last := time.Now().UnixNano(), s.full.Load()
	if now-last > int64(fullAgain) && s.full.CompareAndSwap(last, now) {
		log(slog.LevelError, "disk is full", "error", why)
	}
}

// failWithin bounds what the page of an error may wait for.
const failWithin = 2 * time.Second

// writeError answers every error: as one line to a script, as a page to a person.
func (s *Server) writeError(c *fiber.Ctx, err error) error {
	if c.Locals("nonce") == nil { // refused before any route: there is none in c, and no header
		err = malformed(err)
		s.securityHeaders(c)
		defer func() { s.countRequest(c, routeNone, 0) }()
	}
	status, sentence := s.errorPage(c, err)
	c.Status(status)
	if c.UserContext().Err() != nil { // the time is up: the page of the error gets its own
		ctx, cancel := context.WithTimeout(context.Background(), failWithin)
		defer cancel()
		c.SetUserContext(ctx)
	}
	if wantsJSON(c) {
		return writeJSON(c, "application/problem+json", problem{http.StatusText(status), status, sentence})
	}
	if fragment(c) && !target(c, "div#stage") {
		c.Set(fiber.HeaderContentType, fiber.MIMETextPlainCharsetUTF8)
		return c.SendString(sentence)
	}
	o := views.ErrorPage{Status: status, Sentence: sentence, Action: "Back to Parley", ActionTo: "/", Unsent: refusedWords(c)}
	if status == fiber.StatusGone {
		o.Action, o.ActionTo = "Open the room", views.RoomURL(roomParam(c))
		if e, ok := chat.AsError(err); ok && e.Room != 0 {
			o.ActionTo = views.RoomURL(e.Room)
		}
		if m := messageParam(c); c.Locals("session") != nil && s.chat.CanRestore(c.UserContext(), sessionOf(c).Account, m) {
			o.Restore = m
		}
	}
	if c.Locals("session") == nil && status == fiber.StatusGone {
		o.Action, o.ActionTo = "Log in", "/login"
	}
	if c.Locals("session") != nil && status != fiber.StatusInternalServerError {
		v, err := s.viewer(c)
		if err == nil {
			return s.page(c, v, views.PageShell{Title: "That did not work", View: "page"}, views.ProblemStage(o), nil)
		}
	}
	return s.html(c, views.Problem(o))
}

// malformed keeps the status of what HTTP itself refused, and not its words.
func malformed(err error) error {
	var f *fiber.Error
	if errors.As(err, &f) {
		return fiber.NewError(f.Code)
	}
	return err
}

// formErrors turns a refusal into what a form shows beside its fields; other
// errors are returned as they are.
func (s *Server) formErrors(c *fiber.Ctx, err error) (views.Errors, error) {
	e, ok := chat.AsError(err)
	if !ok || wantsJSON(c) {
		return nil, err
	}
	switch e.Kind {
	case chat.KindInvalid, chat.KindConflict, chat.KindTooLarge:
		c.Status(statuses[e.Kind])
		c.Locals(localWhy, e.Sentence)
		return views.Errors{e.Field: e.Sentence}, nil
	case chat.KindTooOften, chat.KindBusy:
		status, sentence := s.errorPage(c, err)
		c.Status(status)
		return views.Errors{"": sentence}, nil
	}
	return nil, err
}

// localWhy is where the request keeps why its form was refused.
const localWhy = "why"

// saidWhy puts why a form was refused above the first form of a page that says it nowhere:
// what was refused has no field there, because no page asks for it so.
func saidWhy(c *fiber.Ctx, page []byte) []byte {
	words, _ := c.Locals(localWhy).(string)
	if words == "" {
		return page
	}
	why := []byte(templ.EscapeString(words))
	if bytes.Contains(page, why) {
		return page
	}
	at := max(0, bytes.Index(page, []byte(`id="stage"`)))
	if form := bytes.Index(page[at:], []byte("<form")); form >= 0 {
		at += form
	} else {
		at = len(page)
	}
	return slices.Concat(page[:at], []byte(`<p class="alert" role="alert">`), why, []byte("</p>"), page[at:])
}
