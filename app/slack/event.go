package slack

import (
	"slices"
	"time"

	"parley/app/archive"
	"parley/app/chat"
	"parley/app/slack/mrkdwn"
)

// skipped are kinds of message that say nothing that a room here could tell.
var skipped = map[string]string{
	"channel_purpose": "change of a purpose", "group_purpose": "change of a purpose",
	"channel_archive": "archiving of a channel", "channel_unarchive": "archiving of a channel",
	"group_archive": "archiving of a channel", "group_unarchive": "archiving of a channel",
	"channel_convert_to_private": "change of who sees a channel", "channel_convert_to_public": "change of who sees a channel",
	"channel_posting_permissions": "change of who may post", "pinned_item": "note that something was pinned",
	"unpinned_item": "note that something was pinned",
	"bot_add":       "note that an app was added or removed", "bot_remove": "note that an app was added or removed",
	"bot_enable": "note that an app was added or removed", "bot_disable": "note that an app was added or removed",
	"app_conversation_join": "note that an app was added or removed", "joiner_notification": "note of Slack to somebody who is new",
	"joiner_notification_for_inviter": "note of Slack to somebody who is new", "reminder_add": "note that a reminder was set",
	"huddle_thread": "huddle", "sh_room_created": "huddle", "ekm_access_denied": "message that is locked by a key of its organisation",
	"message_deleted": "note that a message was deleted", "message_changed": "note that a message was changed",
	"tabbed_canvas_updated": "change of a canvas", "channel_canvas_updated": "change of a canvas", "file_mention": "mention of a file",
}

// event is what a row says that nobody wrote.
func (h *history) event(m *message, who chat.Account) (kind chat.MessageKind, e chat.SystemMessage, is bool) {
	person := chat.SystemMessage{People: []chat.Person{who.Person}, Count: 1}
	switch m.Subtype {
	case "channel_join", "group_join", "mpim_join":
		return chat.MessageJoined, person, true
	case "channel_leave", "group_leave":
		return chat.MessageLeft, person, true
	case "channel_name", "group_name", "mpim_name":
		name, err := chat.ParseRoomName(mrkdwn.Unescape(m.NewName))
		if err != nil {
			name = h.c.Name
		}
		return chat.MessageRenamed, chat.SystemMessage{Arg: name}, true
	case "channel_topic", "group_topic", "mpim_topic":
		return chat.MessageTopic, chat.SystemMessage{Arg: h.topic(m.Topic, h.c)}, true
	}
	return 0, e, false
}

// addEvent adds a row that nobody wrote; who comes soon after another stands in his row.
func (h *history) addEvent(m *message, at time.Time, who chat.Account, kind chat.MessageKind, e chat.SystemMessage) {
	if h.c.kind == chat.Direct {
		h.report.Skip("coming or going in a direct conversation", h.example(m))
		return
	}
	if kind == chat.MessageJoined && h.joined != nil && at.Sub(h.joined.At) < chat.JoinGroupWindow {
		if into := &h.joined.Event; !slices.Contains(into.People, who.Person) {
			if into.Count++; len(into.People) < chat.MaxEventPeople {
				into.People = append(into.People, who.Person)
			}
		}
		return
	}
	r := &archive.HistoryRow{Kind: kind, Author: who.ID, At: at, CID: h.cid(m, 0), Event: e}
	h.put(r, rowCounts{})
	if h.joined = nil; kind == chat.MessageJoined {
		h.joined = r
	}
}
