package web

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"parley/app/chat"
	"parley/app/files"
	"parley/views"
)

// maxShownText is how many bytes of a text its page shows.
const maxShownText = 128 << 10

// textFile is the page of a text; what is none is a download.
func (s *Server) textFile(c *fiber.Ctx) (page, error) {
	f, err := s.openFile(c)
	if err != nil {
		return page{}, err
	}
	if f.Kind != chat.FileText || f.Message == 0 {
		return page{to: views.FileURL(f.File)}, nil
	}
	b, err := s.files.Open(c.UserContext(), f.File, chat.FormOriginal)
	if err != nil {
		return page{}, err
	}
	shown := min(b.Size, maxShownText)
	text, err := io.ReadAll(s.files.Reader(b.ID, 0, shown))
	if err != nil {
		return page{}, err
	}
	v := views.TextFile{StoredFile: f, Cut: shown < b.Size}
	for len(text) > 0 && v.Cut { // not in the middle of a letter
		if r, _ := utf8.DecodeLastRune(text); r != utf8.RuneError {
			break
		}
		text = text[:len(text)-1]
	}
	v.Text = strings.ToValidUTF8(string(text), "\uFFFD")
	if v.Viewer, err = s.viewer(c); err != nil {
		return page{}, err
	}
	return page{viewer: v.Viewer, shell: views.PageShell{Title: f.Name, View: "page"}, main: views.Text(v)}, nil
}

// openFile finds the file of an address for who may have it now: asked at every request.
func (s *Server) openFile(c *fiber.Ctx) (chat.StoredFile, error) {
	if f, ok := c.Locals(localWorldFile).(chat.StoredFile); ok {
		return f, nil
	}
	return s.chat.OpenFile(c.UserContext(), sessionOf(c).Account, c.Params("token"))
}

// smallForm and largeForm are pictures as they are shown: made anew from pixels alone.
func (s *Server) smallForm(c *fiber.Ctx) error { return s.form(c, chat.FormSmall) }

func (s *Server) largeForm(c *fiber.Ctx) error { return s.form(c, chat.FormLarge) }

func (s *Server) form(c *fiber.Ctx, form chat.Form) error {
	f, err := s.openFile(c)
	if err != nil {
		return err
	}
	b, err := s.files.Open(c.UserContext(), f.File, form)
	if err != nil {
		return err
	}
	// A form never changes. Who has it in his browser may read it there for ever: that he
	// was let in once no later answer could take back.
	c.Set(fiber.HeaderCacheControl, "private, max-age=31536000, immutable")
	return s.sendBlob(c, b, b.Type)
}

// original is a file as it was uploaded, a picture without what it told of its maker. Only
// what is played is shown in its place; all else is a download, whatever it says it is.
func (s *Server) original(c *fiber.Ctx) error {
	f, err := s.openFile(c)
	if err != nil {
		return err
	}
	b, err := s.files.Open(c.UserContext(), f.File, chat.FormOriginal)
	if err != nil {
		return err
	}
	how := "attachment"
	if f.Kind == chat.FileSound || f.Kind == chat.FileFilm {
		how = "inline"
	}
	c.Set(fiber.HeaderContentDisposition, disposition(how, f.Name))
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	kind := b.Type
	if kind == "text/plain" {
		kind += "; charset=utf-8"
	}
	return s.sendBlob(c, b, kind)
}

// disposition names a file in a header: RFC 6266, for old browsers in ASCII, too.
func disposition(how, name string) string {
	plain := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || strings.ContainsRune(`"\%`, r) {
			return '_'
		}
		return r
	}, name)
	value := how + `; filename="` + plain + `"`
	if plain != name {
		value += "; filename*=UTF-8''" + strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
	}
	return value
}

// sendBlob sends bytes, or a range of them, while they are read from the store.
func (s *Server) sendBlob(c *fiber.Ctx, b files.Blob, kind string) error {
	tag := `"` + base64.RawURLEncoding.EncodeToString(b.Sum) + `"`
	h := &c.Response().Header
	h.Set(fiber.HeaderContentSecurityPolicy, "sandbox; default-src 'none'")
	h.Set(fiber.HeaderETag, tag)
	h.Set(fiber.HeaderAcceptRanges, "bytes")
	if matches(c.Get(fiber.HeaderIfNoneMatch), tag) {
		return c.SendStatus(fiber.StatusNotModified)
	}
	from, to := int64(0), b.Size
	c.Status(fiber.StatusOK)
	if asked := c.Get(fiber.HeaderRange); asked != "" && (c.Get(fiber.HeaderIfRange) == "" || c.Get(fiber.HeaderIfRange) == tag) &&
		strings.Count(asked, ",") == 0 {
		first, last, err := fasthttp.ParseByteRange([]byte(asked), int(b.Size))
		switch {
		case err != nil && strings.HasPrefix(asked, "bytes="):
			h.Set(fiber.HeaderContentRange, fmt.Sprintf("bytes */%d", b.Size))
			return fiber.NewError(fiber.StatusRequestedRangeNotSatisfiable, "The file has no such bytes.")
		case err == nil:
			from, to = int64(first), int64(last)+1
			h.Set(fiber.HeaderContentRange, fmt.Sprintf("bytes %d-%d/%d", from, to-1, b.Size))
			c.Status(fiber.StatusPartialContent)
		}
	}
	h.Set(fiber.HeaderContentType, kind)
	if c.Method() == fiber.MethodHead {
		c.Response().SkipBody = true
		h.Set(fiber.HeaderContentLength, strconv.FormatInt(to-from, 10))
		return nil
	}
	c.Response().SetBodyStream(&patient{c.Context(), s.files.Reader(b.ID, from, to), time.Time{}}, int(to-from))
	return nil
}

// matches says whether a list of tags, as in If-None-Match, has one.
func matches(list, tag string) bool {
	for one := range strings.SplitSeq(list, ",") {
		if one = strings.TrimPrefix(strings.TrimSpace(one), "W/"); one == tag || one == "*" {
			return true
		}
	}
	return false
}

// patient gives who reads some time for each piece, and not for the whole.
type patient struct {
	ctx *fasthttp.RequestCtx
	io.Reader
	set time.Time
}

func (p *patient) Read(b []byte) (int, error) {
	if now := time.Now(); now.Sub(p.set) > time.Second {
		p.set = now
		p.ctx.SetWriteDeadline(now.Add(writeTimeout))
	}
	return p.Reader.Read(b)
}

// roomFiles is the list of a room's files: beside the room, as a page, or what a filter
// finds.
func (s *Server) roomFiles(c *fiber.Ctx) (page, error) {
	q := chat.FileQuery{Room: roomParam(c), Text: c.Query("q"), Kind: c.Query("kind"), From: id[chat.AccountID](c.Query("from")),
		Before: id[chat.FileID](c.Query("before"))}
	me := sessionOf(c).Account
	access, list, more, err := s.chat.RoomFiles(c.UserContext(), me, q)
	if err != nil {
		return page{}, err
	}
	f := views.RoomFiles{RoomAccess: access, Title: access.Label(), Query: q, Typed: q.Text, Files: list, More: more,
		Whole: c.Query("view") == "page"}
	if f.Viewer, err = s.viewer(c); err != nil {
		return page{}, err
	}
	data := func() any { return filesJSON(c, f) }
	if target(c, "section#files-list") {
		return page{fragment: views.FileList(f), data: data}, nil
	}
	if f.Whole {
		if f.From, err = s.chat.Members(c.UserContext(), me, q.Room); err != nil {
			return page{}, err
		}
		return page{viewer: f.Viewer, shell: views.PageShell{Title: "Files", View: "page"}, main: views.FilesPage(f), data: data}, nil
	}
	if target(c, "aside#panel") {
		return page{fragment: views.FilesPanel(f), data: data}, nil
	}
	v, err := s.roomView(c, chat.RoomQuery{})
	if err != nil {
		return page{}, err
	}
	f.Title = v.Title
	p := roomPage(v, v.PageShell("panel"))
	p.panel, p.data = views.FilesPanel(f), data
	return p, nil
}

func filesJSON(c *fiber.Ctx, f views.RoomFiles) jsonFilesPage {
	one := func(r chat.RoomFile) jsonRoomFile {
		return jsonRoomFile{fileJSON(r.File), r.Message, personJSON(r.By), timeOf(r.At)}
	}
	older := url.Values{}
	for name, value := range c.Context().QueryArgs().All() {
		older.Set(string(name), string(value))
	}
	if n := len(f.Files); n > 0 {
		older.Set("before", strconv.FormatInt(int64(f.Files[n-1].ID), 10))
	}
	return jsonFilesPage{Files: each(f.Files, one), Older: addressOf(f.More, views.FilesURL(f.ID)+".json?"+older.Encode())}
}

// removeFile takes a file out of its message.
func (s *Server) removeFile(c *fiber.Ctx) error {
	f, err := s.chat.RemoveFile(c.UserContext(), sessionOf(c).Account, c.Params("token"))
	if err != nil {
		return err
	}
	if fragment(c) {
		return c.SendStatus(fiber.StatusNoContent)
	}
	return c.Redirect(views.FilesURL(f.Room), fiber.StatusSeeOther)
}
