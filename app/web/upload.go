package web

import (
	"bytes"
	"errors"
	"io"
	"mime/multipart"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"parley/app/chat"
	"parley/views"
)

const (
	// uploadPause is how long an upload may stand still.
	uploadPause = 10 * time.Second
	// uploadsEach is how many uploads one person may have under way.
	uploadsEach = 4
	// maxParts is how many parts a form with files has at most.
	maxParts = 200
)

// fileName is that of a part, as its sender has it: browsers write three characters of a
// name as HTML has it (multipart form data encoding algorithm), and no others.
func fileName(p *multipart.Part) string {
	return strings.NewReplacer("%22", `"`, "%0D", "\r", "%0A", "\n").Replace(p.FileName())
}

// takesFiles says whether files are expected at an address.
func takesFiles(h *fasthttp.RequestHeader) bool {
	path, _, _ := bytes.Cut(h.RequestURI(), []byte("?"))
	if !h.IsPost() {
		return false
	}
	switch string(path) {
	case "/dm", "/me/picture", "/admin/logo", "/emoji/own":
		return true
	}
	return bytes.HasPrefix(path, []byte("/rooms/")) && (bytes.HasSuffix(path, []byte("/messages")) ||
		bytes.HasSuffix(path, []byte("/picture")))
}

// upload is a form with files whose body still comes.
type upload struct {
	form   *multipart.Reader
	next   *multipart.Part // the file that comes next; nil: there is none any more
	parts  int
	fields int // bytes of fields so far
	cut    error
	ctx    *fasthttp.RequestCtx
	body   io.Reader
	read   time.Time // when the deadline was set last
}

// Read reads the body; whoever sends has some time for each piece, and not for the whole.
func (u *upload) Read(p []byte) (int, error) {
	if now := time.Now(); now.Sub(u.read) > time.Second {
		u.read = now
		u.ctx.SetReadDeadline(now.Add(uploadPause))
	}
	n, err := u.body.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		u.cut = err
	}
	return n, err
}

// beginUpload reads the fields that come before the first file.
func (s *Server) beginUpload(c *fiber.Ctx, body io.Reader, boundary string) error {
	u := &upload{ctx: c.Context(), body: body}
	u.form = multipart.NewReader(u, boundary)
	c.Locals("upload", u)
	return u.advance(c)
}

// uploadOf is the form with files of a request; nil: it has none.
func uploadOf(c *fiber.Ctx) *upload {
	u, _ := c.Locals("upload").(*upload)
	return u
}

// advance takes fields up to the next file. They are those of any form from then on.
func (u *upload) advance(c *fiber.Ctx) error {
	for {
		part, err := u.form.NextRawPart()
		if err == io.EOF { // wrapped, it is a form that breaks off
			u.next = nil
			return nil
		}
		if err != nil {
			return u.broken(err)
		}
		if u.parts++; u.parts > maxParts {
			return fiber.NewError(fiber.StatusRequestEntityTooLarge, "This form has too many parts.")
		}
		if part.FileName() != "" {
			u.next = part
			return nil
		}
		if part.FormName() == "file" || part.FormName() == "picture" { // nothing was chosen
			continue
		}
		value, err := io.ReadAll(io.LimitReader(part, maxForm+1))
		if err != nil {
			return u.broken(err)
		}
		if u.fields += len(value); u.fields > maxForm {
			return fiber.NewError(fiber.StatusRequestEntityTooLarge, "This is too long: a message has at most 10,000 characters. Nothing was sent.")
		}
		c.Request().PostArgs().AddBytesV(part.FormName(), value)
	}
}

// broken says why a form did not come in whole.
func (u *upload) broken(err error) error {
	if timeout, ok := errors.AsType[net.Error](u.cut); ok && timeout.Timeout() {
		return fiber.NewError(fiber.StatusRequestTimeout, "The upload stood still for too long. Nothing was sent.")
	}
	if u.cut != nil || errors.Is(err, io.ErrUnexpectedEOF) {
		return fiber.NewError(fiber.StatusBadRequest, "The upload was cut off. Nothing was sent.")
	}
	return fiber.ErrBadRequest
}

// receive stores the files of a form, and takes its other fields. What was stored before
// an error comes back with it.
func (s *Server) receive(c *fiber.Ctx, u *upload) (stored []chat.File, err error) {
	who := sessionOf(c).Account
	leave, err := s.uploading.enter(who.ID)
	if err != nil {
		return nil, err
	}
	defer leave()
	most := s.chat.Limits.Value(chat.LimitFiles)
	for u.next != nil {
		if most > 0 && len(stored) >= most {
			return stored, chat.Invalid("file", "A message takes "+s.uploadLimits()+".")
		}
		f, err := s.files.Save(c.UserContext(), who, fileName(u.next), u.next)
		if u.cut != nil || errors.Is(err, io.ErrUnexpectedEOF) {
			return stored, u.broken(err)
		}
		if err != nil {
			return stored, err
		}
		stored = append(stored, f)
		if err := u.advance(c); err != nil {
			return stored, err
		}
	}
	return stored, requireUTF8(c)
}

// drain reads what is left of a form whose files are not wanted.
func (u *upload) drain(c *fiber.Ctx) error {
	for u.next != nil {
		if _, err := io.Copy(io.Discard, u.next); err != nil {
			return u.broken(err)
		}
		if err := u.advance(c); err != nil {
			return err
		}
	}
	return nil
}

// maxUpload is how many bytes a form with files has at most; 1 << 40 where there is no limit.
func (s *Server) maxUpload() int64 {
	size, count := s.chat.Limits.Value(chat.LimitFileSize), s.chat.Limits.Value(chat.LimitFiles)
	if size == 0 || count == 0 {
		return 1 << 40
	}
	return int64(size)*int64(count)<<20 + 2*maxForm
}

func (s *Server) uploads() views.Uploads {
	return views.Uploads{Files: s.chat.Limits.Value(chat.LimitFiles), Megabytes: s.chat.Limits.Value(chat.LimitFileSize)}
}

// uploadLimits says how much goes with one message.
func (s *Server) uploadLimits() string {
	return s.uploads().String()
}

// draftFiles takes the files of a form: those that it brings, and before them those that
// came with it when it was refused.
func (s *Server) draftFiles(c *fiber.Ctx, d *chat.Draft, may func() error) (stored []chat.File, err error) {
	u := uploadOf(c)
	if u != nil && u.next != nil {
		if err := may(); err != nil {
			c.Context().SetConnectionClose()
			return nil, err
		}
		if _, first := s.chat.PostedBefore(c.UserContext(), sessionOf(c).Account, d.CID); first == nil {
			err = u.drain(c) // sent again by who has not heard of it
		} else {
			stored, err = s.receive(c, u)
		}
		if err != nil {
			c.Context().SetConnectionClose()
		}
		s.renewTime(c)
	}
	*d = s.draft(c) // fields may stand behind the files
	if err == nil {
		err = requireIDs(c, "reply_to", "of", "to")
	}
	alts := c.Request().PostArgs().PeekMulti("alt")
	for _, token := range c.Request().PostArgs().PeekMulti("upload") {
		d.Files = append(d.Files, chat.DraftFile{Token: string(token)})
	}
	for _, f := range stored {
		d.Files = append(d.Files, chat.DraftFile{Token: f.Token})
	}
	for i := range d.Files {
		if i < len(alts) {
			d.Files[i].Alt = string(alts[i])
		}
	}
	return stored, err
}

// dropUnused removes uploads that did not become part of a message: it was sent before, or
// was refused to a script, which has its files still.
func (s *Server) dropUnused(c *fiber.Ctx, stored []chat.File, m chat.Message) {
	stored = slices.DeleteFunc(stored, func(f chat.File) bool {
		return slices.ContainsFunc(m.Files, func(g chat.File) bool { return g.ID == f.ID })
	})
	if err := s.chat.DropFiles(c.UserContext(), sessionOf(c).Account, stored); err != nil {
		s.log.Info("uploads were not removed; they are after a day", "error", err)
	}
}

// uploadsUnderWay counts them by person.
type uploadsUnderWay struct {
	mu  sync.Mutex
	now map[chat.AccountID]int
}

func (u *uploadsUnderWay) enter(who chat.AccountID) (leave func(), err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.now == nil {
		u.now = map[chat.AccountID]int{}
	}
	if u.now[who] >= uploadsEach {
		return nil, chat.TooOften("You are sending several files already. Wait some seconds, until some of them are there.", 5*time.Second)
	}
	u.now[who]++
	return func() {
		u.mu.Lock()
		defer u.mu.Unlock()
		if u.now[who]--; u.now[who] == 0 {
			delete(u.now, who)
		}
	}, nil
}
