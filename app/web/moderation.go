package web

import (
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"parley/app/chat"
)

func (s *Server) banMember(c *fiber.Ctx) error {
	return s.roomChanged(c, "saved", s.chat.BanMember(c.UserContext(), sessionOf(c).Account, roomParam(c), personParam(c)))
}

func (s *Server) unbanMember(c *fiber.Ctx) error {
	return s.roomChanged(c, "saved", s.chat.UnbanMember(c.UserContext(), sessionOf(c).Account, roomParam(c), personParam(c)))
}

var ranks = map[string]chat.Rank{"member": chat.RankMember, "owner": chat.RankOwner, "moderator": chat.RankModerator}

func (s *Server) setRank(c *fiber.Ctx) error {
	rank, ok := ranks[formValue(c, "rank")]
	if !ok {
		rank = -1
	}
	return s.roomChanged(c, "saved", s.chat.SetRank(c.UserContext(), sessionOf(c).Account, roomParam(c), personParam(c), rank))
}

func (s *Server) setSlowMode(c *fiber.Ctx) error {
	n, err := strconv.Atoi(formValue(c, "slow"))
	if err != nil {
		n = -1
	}
	return s.roomChanged(c, "saved", s.chat.SetSlowMode(c.UserContext(), sessionOf(c).Account, roomParam(c), n))
}

// setVisibility makes an open room private, or a private one open.
func (s *Server) setVisibility(c *fiber.Ctx) error {
	kind := chat.RoomKind(slices.Index(chat.KindWords, formValue(c, "kind"))) // what is no word is no kind
	return s.roomChanged(c, "saved", s.chat.SetVisibility(c.UserContext(), sessionOf(c).Account, roomParam(c), kind))
}
