package web

import (
	"bytes"

	"github.com/gofiber/fiber/v2"

	"parley/app/auth"
	"parley/app/chat"
	"parley/views"
)

// A page acts for whoever the cookie belongs to, and cookies are shared by all tabs:
// when somebody else logs in in another tab, an open page would send what its reader
// wrote under another name. So every page carries the mark of the session that it
// was drawn for (auth.Session.ID, with which nobody can log in), and says it with
// everything that it asks:
//
//   - its script in the header Parley-Session, with every fetch, polls included;
//   - its socket as /ws?session=MARK;
//   - its forms, which work without a script, as the field session; see markForms.
//
// A request whose mark is not that of its cookie's session is refused with 409 before
// anything is read or changed. A request without a mark (a program, curl) is of the
// cookie alone.
const (
	headerMark = "Parley-Session"
	fieldMark  = "session"
)

const staleSentence = "Somebody has logged in anew in this browser since this page was opened. Nothing was sent."

// markOf is the mark that a request carries, "" for none.
func markOf(c *fiber.Ctx) string {
	if mark := c.Get(headerMark); mark != "" {
		return mark
	}
	if c.Path() == "/ws" {
		return c.Query(fieldMark)
	}
	if c.Method() != fiber.MethodPost {
		return ""
	}
	return string(c.Context().PostArgs().Peek(fieldMark))
}

// belongsToAnother says whether a request comes from a page that was drawn for another
// session than the one of its cookie.
func belongsToAnother(c *fiber.Ctx, mark string) bool {
	given := markOf(c)
	return given != "" && given != mark
}

// refuseStale answers a request of another session's page: to a script in a line,
// to a person with a page that shows the words that were not sent.
func (s *Server) refuseStale(c *fiber.Ctx) error {
	c.Status(fiber.StatusConflict)
	if fragment(c) || c.Get(fiber.HeaderUpgrade) != "" {
		c.Set(fiber.HeaderContentType, fiber.MIMETextPlainCharsetUTF8)
		return c.SendString(staleSentence)
	}
	return s.html(c, views.Problem(views.ErrorPage{Status: fiber.StatusConflict, Sentence: staleSentence,
		Action: "Go on as who is logged in now", ActionTo: "/", Unsent: refusedWords(c)}))
}

// refuseEnded answers a form that was posted after its session had ended, and says
// what was not sent.
func (s *Server) refuseEnded(c *fiber.Ctx, words []string) error {
	c.Status(fiber.StatusUnauthorized)
	return s.html(c, views.Problem(views.ErrorPage{Status: fiber.StatusUnauthorized, Sentence: "Your session has ended. Nothing was sent.",
		Action: "Log in", ActionTo: "/login", Unsent: words}))
}

// refusedWords are the words of a plain form that was posted, which would be lost with it.
func refusedWords(c *fiber.Ctx) (words []string) {
	if c.Method() != fiber.MethodPost || fragment(c) {
		return nil
	}
	for _, name := range []string{"body", "name", "topic", "title", "bio", "reason"} {
		if text := c.Context().PostArgs().Peek(name); len(text) > 0 {
			words = append(words, string(text))
		}
	}
	return words
}

// currentSession answers a page that asks whether it is still of the session it was drawn
// for: with the mark of the cookie's, or with nothing.
func (s *Server) currentSession(c *fiber.Ctx) error {
	session, err := s.cookieSession(c)
	if err != nil || session == nil {
		return err
	}
	return c.SendString(session.ID())
}

var (
	formOfPost   = []byte(`method="post"`)
	formOfShared = []byte(`/reactions"`)
)

// markForms puts a session's mark into every form of a page that changes something,
// so that none can be forgotten. Rows of messages are left alone: their bytes are
// the same for all, wherever they come from.
func markForms(page []byte, mark string) []byte {
	field := `<input type="hidden" name="` + fieldMark + `" value="` + mark + `"/>`
	out := make([]byte, 0, len(page)+len(field)*16)
	for {
		at := bytes.Index(page, formOfPost)
		if at < 0 {
			return append(out, page...)
		}
		end := at + bytes.IndexByte(page[at:], '>') + 1 // templ escapes it in values
		tag := page[bytes.LastIndexByte(page[:at], '<'):end]
		out = append(out, page[:end]...)
		if !bytes.Contains(tag, formOfShared) {
			out = append(out, field...)
		}
		page = page[end:]
	}
}

// markedBy is the mark of the session that a page is drawn for, "" for nobody's.
func markedBy(c *fiber.Ctx) string {
	if c.Locals("session") == nil {
		return ""
	}
	return sessionOf(c).ID()
}

// cookieSession is the session of a request's cookie, nil for none that lives.
func (s *Server) cookieSession(c *fiber.Ctx) (*auth.Session, error) {
	session, err := s.auth.SessionByToken(c.UserContext(), c.Cookies(s.cookieName(c)))
	if e, refused := chat.AsError(err); refused && e.Kind == chat.KindNotFound {
		return nil, nil
	}
	return &session, err
}
