package slack

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"

	"parley/app/archive"
	"parley/app/chat"
	"parley/app/slack/mrkdwn"
)

// addSaid adds what somebody said: one row, or more where it is longer than a
// message may be here.
func (h *history) addSaid(ctx context.Context, m *message, at time.Time, who chat.Account) error {
	first := archive.HistoryRow{Author: who.ID, At: at}
	reply := m.ThreadTS != "" && m.ThreadTS != m.TS
	if reply {
		if first.Answers = h.threads[m.ThreadTS]; first.Answers == nil {
			h.report.Skip("first message of a thread, so that its replies answer nothing", h.c.title()+" "+m.ThreadTS)
		}
	} else if m.ThreadTS != "" || m.ReplyCount > 0 {
		first.Begins = &archive.Thread{}
		h.threads[m.TS] = first.Begins
	}
	if m.Edited != nil {
		first.Edited, _ = moment(m.Edited.TS)
	}
	if m.Subtype == "tombstone" {
		first.Deleted, first.CID = true, h.cid(m, 0)
		h.report.Skip("message that was deleted at Slack, of which the place came", h.example(m))
		h.put(&first, rowCounts{reply: reply})
		return nil
	}
	return h.addParts(ctx, m, who, first, reply)
}

// addParts adds the rows of a message; its files go with the last of them.
func (h *history) addParts(ctx context.Context, m *message, who chat.Account, first archive.HistoryRow, reply bool) error {
	files, err := h.attach(ctx, m, who)
	if err != nil {
		return err
	}
	said, n := h.says(m, who)
	parts := h.parts(m, said.Body)
	if len(parts) == 0 && n.files > 0 {
		parts = []string{""}
	}
	if len(parts) == 0 {
		delete(h.threads, m.TS)
		h.report.Skip("message in which there is nothing", h.example(m))
		return nil
	}
	first.Reactions = h.reactions(m)
	for i, body := range parts {
		r, counts := first, rowCounts{reply: reply}
		if i > 0 {
			r = archive.HistoryRow{Author: first.Author, At: first.At, Edited: first.Edited, Answers: first.Answers}
		}
		if i == len(parts)-1 {
			r.Files, counts.files, counts.links = files, n.files, n.links
		}
		r.CID = h.cid(m, i)
		h.resolve(&r, body, said)
		h.put(&r, counts)
	}
	return nil
}

// says puts together what a message says: its text or blocks, what apps attached to
// it, and links to those of its files that do not come.
func (h *history) says(m *message, who chat.Account) (said mrkdwn.Result, n rowCounts) {
	p := mrkdwn.Payload{Text: m.Text, Blocks: m.Blocks, Attachments: m.Attachments}
	switch {
	case m.Subtype == "file_comment" && m.Comment != nil:
		p = mrkdwn.Payload{Text: m.Comment.Text}
	case m.Subtype == "me_message" && m.Text != "" && !strings.ContainsAny(m.Text, "_\n"):
		p.Text, p.Blocks = "_"+m.Text+"_", nil
	}
	said = mrkdwn.Convert(p, h.names(h.c))
	for _, why := range slices.Sorted(maps.Keys(said.Lost)) {
		for range said.Lost[why] {
			h.report.Skip(why, h.example(m))
		}
	}
	if m.Username != "" && m.User == "" && !strings.EqualFold(m.Username, who.Name) && said.Body != "" {
		between := " "
		if begins, _, _ := strings.Cut(said.Body, " "); !strings.ContainsFunc(begins, unicode.IsLetter) {
			between = "\n" // a quote, a list or a listing begins its line
		}
		said.Body = "**" + strings.Trim(m.Username, "*") + "**:" + between + said.Body
	}
	for _, f := range m.Files {
		if f.came {
			n.files++
			continue
		}
		said.Body += "\n" + f.reference()
		if why := f.missing(); why != "" && !f.refused {
			h.report.Skip(why, h.example(m))
		}
		if f.link() != "" {
			n.links++
		}
	}
	said.Body = strings.TrimPrefix(said.Body, "\n")
	return said, n
}

// resolve parses a part of a message, and finds out whom it is for.
func (h *history) resolve(r *archive.HistoryRow, body string, said mrkdwn.Result) {
	r.Body = chat.TidyBody(body)
	r.Text, _ = chat.ParseLinked(body, said.Rooms) // split did it before
	named := map[string]chat.AccountID{}
	for _, name := range r.Text.Names() {
		id := said.People[name]
		if id == 0 || h.c.kind != chat.Open && !h.c.members[id] {
			continue // who cannot read it is not named
		}
		named[name] = id
	}
	r.Text.Resolve(named, chat.AtRoom, chat.AtHere)
	for _, id := range r.Text.Addressed() {
		if id != r.Author && h.c.kind != chat.Direct && h.c.members[id] {
			r.For = append(r.For, id)
		}
	}
}

// reactions are those whose emoji there are here.
func (h *history) reactions(m *message) (all []chat.Reaction) {
	for _, x := range m.Reactions {
		emoji, known := h.emoji[x.Name]
		if !known {
			emoji = mrkdwn.Emoji(x.Name)
			h.emoji[x.Name] = emoji
		}
		if emoji == "" {
			h.report.Skip("reaction with an emoji of the workspace's own", ":"+x.Name+":")
			continue
		}
		r := chat.Reaction{Emoji: emoji}
		for _, id := range x.Users {
			if a := h.people[id]; a.ID != 0 {
				r.By = append(r.By, chat.Person{ID: a.ID, Name: a.Name})
			}
		}
		if len(r.By) < x.Count {
			h.report.Skip("reaction of somebody whom the archive does not name", h.example(m))
		}
		switch {
		case len(r.By) == 0:
		case len(all) == chat.MaxReactions:
			h.report.Skip(fmt.Sprint("reaction beyond the ", chat.MaxReactions, " that a message may have"), h.example(m))
		default:
			all = append(all, r)
		}
	}
	return all
}
