// Package views holds every byte of HTML: pages, fragments, and the instructions
// that tell a page where a fragment goes. It knows only chat's nouns.
package views

import (
	"strconv"

	"parley/app/chat"
)

// DOM ids are a contract between fragments, pages and the script.

func num[T ~int64](n T) string { return strconv.FormatInt(int64(n), 10) }

func messageID(id chat.MessageID) string   { return "m-" + num(id) }
func bodyID(id chat.MessageID) string      { return "mb-" + num(id) }
func reactionsID(id chat.MessageID) string { return "rx-" + num(id) }
func repliesID(id chat.MessageID) string   { return "rp-" + num(id) }
func beginningID(r chat.RoomID) string     { return "bg-" + num(r) }

func timelineID(id chat.RoomID) string    { return "tl-" + num(id) }
func outID(id chat.RoomID) string         { return "out-" + num(id) }
func revID(id chat.RoomID) string         { return "rev-" + num(id) }
func roomHeaderID(id chat.RoomID) string  { return "rh-" + num(id) }
func countID(id chat.RoomID) string       { return "n-" + num(id) }
func typingID(id chat.RoomID) string      { return "ty-" + num(id) }
func slowID(id chat.RoomID) string        { return "sl-" + num(id) }
func newID(id chat.RoomID) string         { return "new-" + num(id) }
func sidebarID(id chat.RoomID) string     { return "r-" + num(id) }
func sidebarNameID(id chat.RoomID) string { return "rn-" + num(id) }
func badgeID(id chat.RoomID) string       { return "b-" + num(id) }

// RoomURL is the page of a room.
func RoomURL(id chat.RoomID) string { return "/rooms/" + num(id) }

// MessageURL is the permalink of a message.
func MessageURL(room chat.RoomID, id chat.MessageID) string {
	return RoomURL(room) + "/@" + num(id)
}

// ActionURL is where things are done to a message.
func ActionURL(id chat.MessageID) string { return "/messages/" + num(id) }

// DeletedURL is the page of a room that offers to bring a message back.
func DeletedURL(room chat.RoomID, id chat.MessageID) string {
	return RoomURL(room) + "?deleted=" + num(id)
}

// PostedURL is the page of a room after a message was said that not everybody hears.
func PostedURL(room chat.RoomID, id chat.MessageID) string {
	return RoomURL(room) + "?said=" + num(id) + "#" + messageID(id)
}

// PersonURL is somebody's profile.
func PersonURL(id chat.AccountID) string { return "/people/" + num(id) }

// DirectURL begins a conversation with somebody, or goes on with it.
func DirectURL(id chat.AccountID) string { return "/dm/new?to=" + num(id) }

// MessageAnchor is a message's row in a page.
func MessageAnchor(id chat.MessageID) string { return messageID(id) }
