package slack

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"parley/app/archive"
	"parley/app/chat"
)

// batch is how many rows are stored at once: few enough that nobody who writes
// meanwhile notices.
const batch = 200

// history is one conversation while it comes.
type history struct {
	*Import
	c       *conversation
	threads map[string]*archive.Thread // by the time of their first message
	rows    []*archive.Row
	files   []int // of each row: how many links to files it has
	replies []bool
	joined  *archive.Row // the last row, while it collects who comes
}

func (in *Import) addHistory(ctx context.Context, c *conversation) error {
	h := &history{Import: in, c: c, threads: map[string]*archive.Thread{}}
	for _, day := range in.zip.days[c.folder] {
		var said []*message
		err := each(in.zip, day, func(m message) error {
			if m.Text != "" {
				m.Blocks = nil // they say the same
			}
			said = append(said, &m)
			return nil
		})
		if err != nil {
			in.report.Skip("file that cannot be read to its end", fmt.Sprintf("%s (%v)", day.Name, err))
		}
		slices.SortStableFunc(said, func(a, b *message) int { return strings.Compare(a.TS, b.TS) })
		for _, m := range said {
			if err := h.add(ctx, m); err != nil {
				return err
			}
			if len(h.rows) >= batch && h.joined == nil {
				if err := h.flush(ctx); err != nil {
					return err
				}
			}
		}
	}
	return h.flush(ctx)
}

// flush stores what has come together, and counts it.
func (h *history) flush(ctx context.Context) error {
	h.joined = nil
	if len(h.rows) == 0 {
		return nil
	}
	if err := h.to.AddHistory(ctx, h.c.room, h.rows); err != nil {
		return err
	}
	for i, r := range h.rows {
		count := &h.report.Came
		if !r.Fresh {
			count = &h.report.Already
		}
		if r.Kind != chat.Said {
			count.Events++
			continue
		}
		count.Messages++
		count.Files += h.files[i]
		if h.replies[i] {
			count.Replies++
		}
		for _, x := range r.Reactions {
			count.Reactions += len(x.By)
		}
	}
	h.rows, h.files, h.replies = h.rows[:0], h.files[:0], h.replies[:0]
	return nil
}

func (h *history) put(r *archive.Row, files int, reply bool) {
	h.rows, h.files, h.replies = append(h.rows, r), append(h.files, files), append(h.replies, reply)
}

// example is where something stands in the archive.
func (h *history) example(m *message) string { return h.c.title() + " " + m.TS }

// cid makes the client id of a message: it comes once, however often it is sent.
func (h *history) cid(m *message, part int) string {
	id := "slack-" + h.c.ID + "-" + strings.ReplaceAll(m.TS, ".", "-")
	if part > 0 {
		id += fmt.Sprint("-", part)
	}
	return id[:min(len(id), 64)]
}

// skipped are kinds of message that say nothing that a room here could tell.
var skipped = map[string]string{
	"channel_purpose": "change of a purpose", "group_purpose": "change of a purpose",
	"channel_archive": "archiving of a channel", "channel_unarchive": "archiving of a channel",
	"group_archive": "archiving of a channel", "group_unarchive": "archiving of a channel",
	"channel_convert_to_private": "change of who sees a channel", "channel_convert_to_public": "change of who sees a channel",
	"channel_posting_permissions": "change of who may post", "pinned_item": "pin", "unpinned_item": "pin",
	"bot_add": "note that an app was added or removed", "bot_remove": "note that an app was added or removed",
	"bot_enable": "note that an app was added or removed", "bot_disable": "note that an app was added or removed",
	"app_conversation_join": "note that an app was added or removed", "joiner_notification": "note of Slack to somebody who is new",
	"joiner_notification_for_inviter": "note of Slack to somebody who is new", "reminder_add": "note that a reminder was set",
	"huddle_thread": "huddle", "sh_room_created": "huddle", "ekm_access_denied": "message that is locked by a key of its organisation",
	"message_deleted": "note that a message was deleted", "message_changed": "note that a message was changed",
	"tabbed_canvas_updated": "change of a canvas", "channel_canvas_updated": "change of a canvas", "file_mention": "mention of a file",
}

// add turns one message into rows, or reports why it is none.
func (h *history) add(ctx context.Context, m *message) error {
	at, ok := moment(m.TS)
	why := skipped[m.Subtype]
	switch {
	case !ok:
		h.report.Skip("message without a time", h.c.title())
		return nil
	case m.Type != "" && m.Type != "message":
		h.report.Skip("entry of type "+m.Type, h.example(m))
		return nil
	case why != "":
		h.report.Skip(why, h.example(m))
		return nil
	}
	if m.Subtype == "tombstone" && m.User == "" {
		m.User = slackbot
	}
	id, err := h.author(ctx, m)
	if err != nil {
		return err
	}
	if id == "" {
		h.report.Skip("message that names nobody who said it", h.example(m))
		return nil
	}
	who := h.people[id]
	if kind, event, is := h.event(m, who); is {
		h.addEvent(m, at, who, kind, event)
		return nil
	}
	h.joined = nil
	return h.addSaid(m, at, who)
}

// event is what a row says that nobody wrote.
func (h *history) event(m *message, who chat.Account) (kind chat.MessageKind, e chat.Event, is bool) {
	person := chat.Event{People: []chat.Person{who.Person}, Count: 1}
	switch m.Subtype {
	case "channel_join", "group_join", "mpim_join":
		return chat.Joined, person, true
	case "channel_leave", "group_leave":
		return chat.Left, person, true
	case "channel_name", "group_name", "mpim_name":
		name, err := chat.ParseRoomName(unescape(m.NewName))
		if err != nil {
			name = h.c.Name
		}
		return chat.Renamed, chat.Event{Arg: name}, true
	case "channel_topic", "group_topic", "mpim_topic":
		return chat.Retopic, chat.Event{Arg: h.topic(m.Topic)}, true
	}
	return 0, e, false
}

// addEvent adds a row that nobody wrote; who comes soon after another stands in his row.
func (h *history) addEvent(m *message, at time.Time, who chat.Account, kind chat.MessageKind, e chat.Event) {
	if h.c.kind == chat.Direct {
		h.report.Skip("coming or going in a direct conversation", h.example(m))
		return
	}
	if kind == chat.Joined && h.joined != nil && at.Sub(h.joined.At) < chat.JoinRun {
		if into := &h.joined.Event; !slices.Contains(into.People, who.Person) {
			if into.Count++; len(into.People) < chat.MaxEventPeople {
				into.People = append(into.People, who.Person)
			}
		}
		return
	}
	r := &archive.Row{Kind: kind, Author: who.ID, At: at, CID: h.cid(m, 0), Event: e}
	h.put(r, 0, false)
	if h.joined = nil; kind == chat.Joined {
		h.joined = r
	}
}
