package web

import (
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"parley/app/chat"
	"parley/views"
)

// id reads a number that a route has checked to be one; too large a one is 0,
// which nothing has.
func id[T ~int64](s string) T {
	if s == "" || s[0] < '1' || s[0] > '9' { // 01 and +1 are other addresses; an error costs more than all else here
		return 0
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0
	}
	return T(n)
}

func roomParam(c *fiber.Ctx) chat.RoomID { return id[chat.RoomID](c.Params("room")) }

// room shows the newest page of a room, or an older or newer one.
func (s *Server) room(c *fiber.Ctx) (p page, err error) {
	span := chat.Span{Before: id[chat.MessageID](c.Query("before")), After: id[chat.MessageID](c.Query("after"))}
	if target(c, "aside#panel") {
		_, err := s.chat.ReadableRoom(c.UserContext(), sessionOf(c).Account, roomParam(c))
		return page{fragment: views.NoPanel()}, err
	}
	v, err := s.roomView(c, chat.RoomQuery{Span: span})
	if err != nil {
		return p, err
	}
	// What was told of visitors is read there, too; what the people say to each other is one press away.
	if v.Queue && v.IsMember() && len(c.Context().URI().QueryString()) == 0 && !wantsJSON(c) {
		return page{to: views.CaseURL(v.ID, 0)}, nil
	}
	if fragment(c) && (span.Before != 0 || span.After != 0) {
		v.Older, v.Newer = v.Older && span.Before != 0, v.Newer && span.After != 0 // at the other edge stand the page's own rows
		return page{fragment: views.MoreRows(v, span.Before != 0 && !v.Older)}, nil
	}
	if deleted := id[chat.MessageID](c.Query("deleted")); deleted != 0 && s.chat.CanRestore(c.UserContext(), v.Me, deleted) {
		v.Deleted = deleted
	}
	if posted := id[chat.MessageID](c.Query("said")); posted != 0 {
		if m, _, err := s.chat.Message(c.UserContext(), v.Me, posted); err == nil && m.Room == v.ID {
			v.UnreachedMentions = s.unreachedMentions(c.UserContext(), sessionOf(c).Account, m)
		}
	}
	p = roomPage(v, v.PageShell("room"))
	p.shell.Again = c.Query("refresh") == "60"
	p.shell.Scripted = v.Membership != nil && v.Membership.Unread(v.Room) > 0 && runsScript(c)
	return p, nil
}

// roomPage is a room for people and for programs.
func roomPage(v views.RoomView, shell views.PageShell) page {
	return page{viewer: v.Viewer, shell: shell, main: views.Room(v), data: func() any { return roomPageJSON(v) }}
}

func roomPageJSON(v views.RoomView) jsonRoomPage {
	data := jsonRoomPage{Room: roomJSON(v.Room, v.Title, v.Membership),
		Members:  each(v.Members, func(m chat.RoomMember) jsonMember { return jsonMember{personJSON(m.Person), m.Rank.String()} }),
		Messages: each(v.Rows, func(r views.Row) jsonMessage { return messageJSON(*r.Message) })}
	if n := len(v.Rows); n > 0 {
		at := views.RoomURL(v.ID) + ".json?"
		data.Older = addressOf(v.Older, at+"before="+strconv.FormatInt(int64(v.Rows[0].ID), 10))
		data.Newer = addressOf(v.Newer, at+"after="+strconv.FormatInt(int64(v.Rows[n-1].ID), 10))
	}
	return data
}

// permalink shows a message among those around it.
func (s *Server) permalink(c *fiber.Ctx) (page, error) {
	at := id[chat.MessageID](c.Params("message"))
	if at == 0 {
		return page{}, chat.NotFound()
	}
	v, err := s.roomView(c, chat.RoomQuery{Message: at})
	if err != nil {
		return page{}, err
	}
	v.Target, v.Notice = at, notices[c.Query("done")]
	return roomPage(v, v.PageShell("room")), nil
}

// roomView is a room for the person who asks.
func (s *Server) roomView(c *fiber.Ctx, q chat.RoomQuery) (v views.RoomView, err error) {
	me, room := sessionOf(c), roomParam(c)
	if at := id[chat.MessageID](c.Query("around")); at != 0 && q.Span == (chat.Span{}) {
		q.Span = chat.Span{Around: at} // where somebody read before
	}
	// Without a script, the newest would be a page away.
	q.Unread = runsScript(c) && opens(c) && !c.Context().QueryArgs().Has("latest")
	p, err := s.chat.OpenRoom(c.UserContext(), me.Account, room, q)
	if err != nil {
		return v, err
	}
	if v.Viewer, err = s.viewer(c); err != nil {
		return v, err
	}
	v.RoomAccess, v.Members, v.Title, v.Unread = p.RoomAccess, p.Members, p.Name, p.AtUnread
	if v.Kind == chat.Direct {
		v.Title = titleOf(v.Members, me.Account.ID)
	}
	if other := otherOf(v.Members, me.Account.ID); v.Kind == chat.Direct && other != 0 {
		a, err := s.chat.Person(c.UserContext(), other)
		if err != nil {
			return v, err
		}
		v.Peer = views.NewPeer(v.Viewer, a)
	}
	v.Rows = s.rendered.Rows(p.Messages)
	v.Older, v.Newer = p.Older && len(v.Rows) > 0, p.Newer && len(v.Rows) > 0
	if !v.Older {
		if v.First, err = s.firstSteps(c, v); err != nil {
			return v, err
		}
	}
	v.CID = chat.NewCID()
	v.Read = v.Posts
	if v.Membership != nil {
		v.Read = v.Membership.Read
	}
	if n := len(v.Rows); !v.Newer && n > 0 && v.IsMember() && v.Rows[n-1].Posts > v.Read {
		s.readLater(c, room, v.Rows[n-1].ID)
	}
	return v, nil
}

// otherOf is the other one of a conversation of two; 0: it is none.
func otherOf(people []chat.RoomMember, me chat.AccountID) chat.AccountID {
	if len(people) != 2 || people[0].ID != me && people[1].ID != me {
		return 0
	}
	if people[0].ID == me {
		return people[1].ID
	}
	return people[0].ID
}

// titleOf names a direct conversation after the others in it.
func titleOf(people []chat.RoomMember, me chat.AccountID) string {
	var others []chat.Person
	for _, p := range people {
		if p.ID != me {
			others = append(others, p.Person)
		}
	}
	return chat.SidebarRoom{Room: chat.Room{Kind: chat.Direct}, With: others}.Title()
}

// peoplePanel shows who is in a room, beside it.
func (s *Server) peoplePanel(c *fiber.Ctx) (page, error) {
	v, err := s.roomView(c, chat.RoomQuery{})
	if err != nil {
		return page{}, err
	}
	number, err := pageParam(c)
	if err != nil {
		return page{}, err
	}
	v.Listed = views.NewMemberPage(v.Viewer, v.Members, views.RoomURL(v.ID)+"/people", strings.TrimSpace(c.Query("q")), number, true)
	if target(c, "aside#panel") {
		return page{fragment: views.PeoplePanel(v)}, nil
	}
	p := roomPage(v, v.PageShell("panel"))
	p.panel = views.PeoplePanel(v)
	return p, nil
}

// seen is a room that a browser without a script was shown.
type seen struct {
	room chat.RoomID
	upto chat.MessageID
}

// readLater notes what a browser was shown. It is marked read by the next page
// view, so that a crash in between loses no mark. Where a script runs, that knows
// better.
func (s *Server) readLater(c *fiber.Ctx, room chat.RoomID, upto chat.MessageID) {
	if !runsScript(c) && !wantsJSON(c) {
		s.later.Store(string(sessionOf(c).Hash), seen{room, upto})
	}
}

// runsScript says whether a script runs in the browser: it sets the time zone. Where
// it once did, the page itself says that it does not any more.
func runsScript(c *fiber.Ctx) bool {
	return c.Cookies("tz") != "" && c.Query("latest") != "plain"
}

// opens says whether somebody goes to the page, and not only a script reads it.
func opens(c *fiber.Ctx) bool {
	return target(c, "div#stage") || c.Get("Sec-Fetch-Mode") == "navigate"
}

func (s *Server) readNow(c *fiber.Ctx) {
	was, ok := s.later.LoadAndDelete(string(sessionOf(c).Hash))
	if !ok {
		return
	}
	v := was.(seen)
	if err := s.chat.MarkRead(c.UserContext(), sessionOf(c).Account, v.room, v.upto); err != nil {
		s.log.Info("a room was not marked read", "room", v.room, "error", err)
	}
}

func (s *Server) joinRoom(c *fiber.Ctx) error {
	if err := s.chat.JoinRoom(c.UserContext(), sessionOf(c).Account, roomParam(c)); err != nil {
		return err
	}
	return c.Redirect(views.RoomURL(roomParam(c)), fiber.StatusSeeOther)
}

func (s *Server) leaveRoom(c *fiber.Ctx) error {
	if err := s.chat.LeaveRoom(c.UserContext(), sessionOf(c).Account, roomParam(c), formValue(c, "alone") != ""); err != nil {
		errs, err := s.formErrors(c, err)
		if err != nil {
			return err
		}
		return s.settingsPage(c, errs)
	}
	return c.Redirect("/", fiber.StatusSeeOther)
}

func (s *Server) markRead(c *fiber.Ctx) error {
	if err := requireIDs(c, "upto"); err != nil {
		return err
	}
	if err := s.chat.MarkRead(c.UserContext(), sessionOf(c).Account, roomParam(c), id[chat.MessageID](formValue(c, "upto"))); err != nil {
		return err
	}
	if fragment(c) {
		return c.SendStatus(fiber.StatusNoContent)
	}
	return c.Redirect(views.RoomURL(roomParam(c)), fiber.StatusSeeOther)
}

func (s *Server) startTyping(c *fiber.Ctx) error {
	if err := s.chat.StartTyping(c.UserContext(), sessionOf(c).Account, roomParam(c)); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}
