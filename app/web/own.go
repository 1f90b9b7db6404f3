package web

import (
	"archive/zip"
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"parley/app/auth"
	"parley/app/chat"
	"parley/views"
)

func (s *Server) dataPage(c *fiber.Ctx) error { return s.dataForm(c, nil) }

func (s *Server) dataForm(c *fiber.Ctx, errs views.Errors) error {
	return s.settingsOf(c, "Your data", views.OwnData, views.MeForm{Errors: errs, Deletion: s.workspace().Deletion()})
}

// ownAccount is what an export tells of an account.
type ownAccount struct {
	Username string        `json:"username"`
	Name     string        `json:"name"`
	Title    string        `json:"title,omitempty"`
	Bio      string        `json:"bio,omitempty"`
	Role     string        `json:"role"`
	Created  time.Time     `json:"created"`
	Prefs    chat.Prefs    `json:"preferences"`
	Mail     string        `json:"mail,omitempty"`
	Rooms    []ownRoom     `json:"rooms"`
	Sessions []ownSession  `json:"sessions"`
	Devices  []ownThing    `json:"devices,omitempty"`
	Tokens   []ownThing    `json:"tokens,omitempty"`
	Passkeys []ownThing    `json:"passkeys,omitempty"`
	Linked   []ownIdentity `json:"linked,omitempty"`
}

type ownRoom struct {
	ID      chat.RoomID `json:"id"`
	Name    string      `json:"name"`
	Starred bool        `json:"starred,omitempty"`
	Muted   bool        `json:"muted,omitempty"`
}

type ownSession struct {
	Browser string    `json:"browser"`
	Since   time.Time `json:"since"`
	Seen    time.Time `json:"seen"`
}

type ownThing struct {
	Name string    `json:"name"`
	Made time.Time `json:"made"`
}

type ownIdentity struct {
	Issuer string `json:"issuer"`
	Label  string `json:"label"`
}

// ownMessage is a message in an export.
type ownMessage struct {
	ID      chat.MessageID `json:"id"`
	Room    chat.RoomID    `json:"room"`
	Name    string         `json:"room_name,omitempty"`
	At      time.Time      `json:"at"`
	Edited  time.Time      `json:"edited,omitzero"`
	ReplyTo chat.MessageID `json:"reply_to,omitempty"`
	Body    string         `json:"body"`
	Files   []string       `json:"files,omitempty"`
}

// exportOwn sends all that is the caller's own as a zip, while it is read: account.json,
// messages.jsonl, and the files that went with the messages.
func (s *Server) exportOwn(c *fiber.Ctx) error {
	me := sessionOf(c).Account
	if err := s.chat.Limits.Take(chat.LimitExport, me.Username); err != nil {
		return err
	}
	account, err := s.ownAccount(c.UserContext(), me)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/zip")
	c.Set(fiber.HeaderContentDisposition, disposition("attachment", me.Username+".zip"))
	ctx := context.WithoutCancel(c.UserContext())
	stream := fasthttp.NewStreamReader(func(w *bufio.Writer) {
		if err := s.writeOwn(ctx, w, me, account); err != nil {
			s.log.Info("an account was not exported whole", "account", me.Username, "error", err)
		}
	})
	c.Context().SetBodyStream(&patientStream{stream, c.Context()}, -1)
	return nil
}

// patientStream gives each piece of an answer as long as a whole one has.
type patientStream struct {
	io.ReadCloser
	request *fasthttp.RequestCtx
}

// Read implements io.Reader.
func (p *patientStream) Read(b []byte) (int, error) {
	p.request.SetWriteDeadline(time.Now().Add(writeTimeout))
	return p.ReadCloser.Read(b)
}

func (s *Server) ownAccount(ctx context.Context, me chat.Account) (a ownAccount, err error) {
	a = ownAccount{Username: me.Username, Name: me.Name, Title: me.Title, Bio: me.Bio, Role: me.Role.String(), Created: me.Created,
		Prefs: me.Prefs}
	rooms, err := s.chat.Sidebar(ctx, me.ID)
	if err != nil {
		return a, err
	}
	a.Rooms = each(rooms, func(r chat.SidebarRoom) ownRoom { return ownRoom{r.ID, r.Title(), r.Star != 0, r.Muted} })
	sessions, err := s.auth.Sessions(ctx, me.ID)
	if err != nil {
		return a, err
	}
	a.Sessions = each(sessions, func(o auth.Session) ownSession { return ownSession{views.BrowserName(o.Agent), o.Created, o.Seen} })
	devices, err := s.chat.Devices(ctx, me)
	if err != nil {
		return a, err
	}
	a.Devices = each(devices, func(d chat.Device) ownThing { return ownThing{d.Name, d.Made} })
	keys, err := s.auth.Keys(ctx, me, me)
	if err != nil {
		return a, err
	}
	a.Tokens = each(keys, func(k auth.Key) ownThing { return ownThing{k.Name, k.Made} })
	passkeys, err := s.auth.Passkeys(ctx, me)
	if err != nil {
		return a, err
	}
	a.Passkeys = each(passkeys, func(k auth.Passkey) ownThing { return ownThing{k.Name, k.Made} })
	linked, err := s.auth.Identities(ctx, me)
	if err != nil {
		return a, err
	}
	a.Linked = each(linked, func(l auth.Identity) ownIdentity { return ownIdentity{l.Issuer, l.Label} })
	address, err := s.auth.Address(ctx, me)
	a.Mail = address.Address
	return a, err
}

// writeOwn writes the zip. Files are written after the messages that name them.
func (s *Server) writeOwn(ctx context.Context, w io.Writer, me chat.Account, account ownAccount) error {
	z := zip.NewWriter(w)
	out, err := z.Create("account.json")
	if err != nil {
		return err
	}
	pretty := json.NewEncoder(out)
	pretty.SetIndent("", "  ")
	if err := pretty.Encode(account); err != nil {
		return err
	}
	if out, err = z.Create("messages.jsonl"); err != nil {
		return err
	}
	lines, files := json.NewEncoder(out), []chat.File{}
	err = s.chat.OwnMessages(ctx, me, func(m chat.OwnMessage) error {
		line := ownMessage{ID: m.ID, Room: m.Room, Name: m.RoomName, At: m.At, Edited: m.Edited, ReplyTo: m.Quote.ID, Body: m.Body}
		for _, f := range m.Files {
			line.Files, files = append(line.Files, ownName(f)), append(files, f)
		}
		return lines.Encode(line)
	})
	for _, f := range files {
		if err == nil {
			err = s.writeOwnFile(ctx, z, f)
		}
	}
	if err != nil {
		return err // without its end the zip is not taken for whole
	}
	return z.Close()
}

func (s *Server) writeOwnFile(ctx context.Context, z *zip.Writer, f chat.File) error {
	b, err := s.files.Open(ctx, f, chat.FormOriginal)
	if e, refused := chat.AsError(err); refused && e.Kind != chat.KindBusy {
		return nil // the original was not kept
	}
	if err != nil {
		return err
	}
	out, err := z.CreateHeader(&zip.FileHeader{Name: ownName(f), Method: zip.Store, Modified: time.Now()})
	if err == nil {
		_, err = io.Copy(out, s.files.Reader(b.ID, 0, b.Size))
	}
	return err
}

// ownName is what a file is called in an export: nothing in it leads out of its folder.
func ownName(f chat.File) string {
	name := strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`/\:*?"<>|`, r) {
			return '_'
		}
		return r
	}, f.Name)
	return fmt.Sprintf("files/%d-%s", f.ID, name)
}

// deleteOwn ends the caller's account for good.
func (s *Server) deleteOwn(c *fiber.Ctx) error {
	if err := s.chat.DeleteOwnAccount(c.UserContext(), sessionOf(c).Account, formValue(c, "username")); err != nil {
		errs, err := s.formErrors(c, err)
		if err != nil {
			return err
		}
		return s.dataForm(c, errs)
	}
	s.setCookie(c, "")
	return s.html(c, views.MailDone("Your account is gone", "You can not be found here any more, and nobody can log in as you."))
}
