package slack

import (
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"parley/app/archive"
	"parley/app/chat"
)

// addSaid adds what somebody said: one row, or more where it is longer than a
// message may be here.
func (h *history) addSaid(m *message, at time.Time, who chat.Account) error {
	first := archive.Row{Author: who.ID, At: at}
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
		h.put(&first, 0, reply)
		return nil
	}
	text, files := h.says(m, who)
	parts := split(h.convert(text), 0)
	if len(parts) == 0 {
		delete(h.threads, m.TS)
		h.report.Skip("message in which there is nothing", h.example(m))
		return nil
	}
	if len(parts) > 1 {
		h.report.Note("Messages that are longer than one may be here came as several.")
	}
	first.Reactions = h.reactions(m)
	for i, p := range parts {
		r := first
		if i > 0 {
			r = archive.Row{Author: first.Author, At: first.At, Edited: first.Edited, Answers: first.Answers}
		}
		r.CID = h.cid(m, i)
		h.resolve(&r, p)
		h.put(&r, files, reply)
		files = 0
	}
	return nil
}

// says puts together what a message says in Slack's markup: its text, what apps
// attached to it, and links to its files.
func (h *history) says(m *message, who chat.Account) (text string, files int) {
	text = m.Text
	switch {
	case m.Subtype == "file_comment" && m.Comment != nil:
		text = m.Comment.Text
	case m.Subtype == "me_message" && text != "" && !strings.ContainsAny(text, "_\n"):
		text = "_" + text + "_"
	case strings.TrimSpace(text) == "" && len(m.Blocks) > 0:
		text = words(m.Blocks)
	}
	if m.Username != "" && m.User == "" && !strings.EqualFold(m.Username, who.Name) && text != "" {
		text = "*" + strings.Trim(m.Username, "*") + "*: " + text
	}
	for _, raw := range m.Attachments {
		var a attachment
		_ = json.Unmarshal(raw, &a) // it fills in what it can
		if s := a.told(text != ""); s != "" {
			text += "\n" + s
		}
	}
	if m.File != nil && len(m.Files) == 0 && m.Subtype != "file_comment" {
		m.Files = []file{*m.File}
	}
	for _, f := range m.Files {
		text += "\n" + f.reference()
		if f.link() != "" {
			files++
		}
	}
	return strings.TrimPrefix(text, "\n"), files
}

// reference is a file's name and where it is. The addresses for downloading hold a
// key to every file of the workspace, which is no one's to know.
func (f file) reference() string {
	name := f.Name
	if name == "" {
		name = f.Title
	}
	switch {
	case f.Mode == "tombstone" || name == "" && f.link() == "":
		return "📎 a file that was deleted"
	case name == "":
		name = "file"
	}
	name = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "`", "'").Replace(name)
	if f.link() == "" {
		return "📎 `" + name + "`"
	}
	return "📎 `" + name + "` <" + f.link() + ">"
}

func (f file) link() string {
	for _, s := range []string{f.Permalink, f.Private} {
		s, _, _ = strings.Cut(s, "?")
		if strings.HasPrefix(s, "https://") && !strings.ContainsAny(s, "<>|\n") {
			return s
		}
	}
	return ""
}

// split parses a text; one that breaks a bound of messages is cut in two, at the
// end of a line or a word.
func split(c converted, depth int) []converted {
	_, err := chat.ParseText(c.body)
	if err == nil {
		return []converted{c}
	}
	if depth > 12 || utf8.RuneCountInString(c.body) < 2 || strings.TrimSpace(c.body) == "" {
		return nil
	}
	half := len(c.body) / 2
	at := -1
	for _, end := range []string{"\n", " "} {
		if i := strings.LastIndex(c.body[:half], end); i > len(c.body)/8 && at < 0 {
			at = i
		}
	}
	if at < 0 {
		for at = half; !utf8.RuneStart(c.body[at]); at-- {
		}
	}
	return append(split(converted{c.body[:at], c.names}, depth+1), split(converted{c.body[at:], c.names}, depth+1)...)
}

// resolve parses a part of a message, and finds out whom it is for.
func (h *history) resolve(r *archive.Row, p converted) {
	r.Body = chat.TidyBody(p.body)
	r.Text, _ = chat.ParseText(p.body) // split did it before
	named := map[string]chat.AccountID{}
	for _, name := range r.Text.Names() {
		id := p.names[name]
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
			emoji = emojiOf(x.Name)
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
		if len(r.By) > 0 && len(all) < chat.MaxReactions {
			all = append(all, r)
		}
	}
	return all
}
