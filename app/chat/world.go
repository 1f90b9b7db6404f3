package chat

import (
	"context"
	"slices"
)

// WorldAccess says what people without an account may do with an open room; they are
// stored, so only ever append.
type WorldAccess uint8

// What people without an account may do.
const (
	WorldNone     WorldAccess = iota
	WorldReads                // they may read it, and search engines are asked not to list it
	WorldSearches             // and search engines may list it
	worldAccesses
)

// WorldRoom is a page of a room as people without an account read it.
type WorldRoom struct {
	Room
	HistoryPage
}

// worldRoom finds a room that the world may read: NotFound for all others, whether they are
// there or not.
func (c *Chat) worldRoom(ctx context.Context, id RoomID) (Room, error) {
	set, err := c.store.Settings(ctx)
	if err != nil {
		return Room{}, err
	}
	if !set.WorldMayRead() {
		return Room{}, NotFound()
	}
	r, _, err := c.store.RoomAccess(ctx, id, 0)
	if err == nil && (r.Kind != Open || r.World == WorldNone) {
		err = NotFound()
	}
	return r, err
}

// ReadWorldRoom answers with a page of a room that the world may read: what was said, and
// nothing of who is in it, who is here, or who mentions whom.
func (c *Chat) ReadWorldRoom(ctx context.Context, id RoomID, span Span, address string) (w WorldRoom, err error) {
	if w.Room, err = c.worldRoom(ctx, id); err != nil {
		return w, err
	}
	if err = c.Limits.Take(LimitWorld, address); err != nil {
		return w, err
	}
	if span.Around != 0 { // an id of another room is nothing here
		m, err := c.store.Message(ctx, span.Around)
		if err == nil && (m.Room != id || m.Deleted) {
			err = NotFound()
		}
		if err != nil {
			return w, err
		}
	}
	p, err := c.store.History(ctx, id, span, PageSize)
	w.HistoryPage = HistoryPage{Older: p.Older, Newer: p.Newer}
	for _, m := range p.Messages {
		if m.Kind == MessagePosted && !m.Deleted {
			w.Messages = append(w.Messages, m.ForWorld())
		}
	}
	return w, err
}

// OpenWorldFile finds a file of a message that the world may read.
func (c *Chat) OpenWorldFile(ctx context.Context, token string) (StoredFile, error) {
	f, err := c.store.FileByToken(ctx, token)
	if err != nil {
		return f, err
	}
	if _, err := c.worldRoom(ctx, f.Room); err != nil || f.Message == 0 || f.Deleted || f.State == FileRemoved {
		return StoredFile{}, NotFound()
	}
	return f, nil
}

// SetWorldAccess says what people without an account may do with a room, for who may open
// it to everybody, where the workspace lets that be.
func (c *Chat) SetWorldAccess(ctx context.Context, who Account, room RoomID, access WorldAccess) error {
	p, err := c.authorize(ctx, who, room, ActionSetWorldAccess)
	if err != nil || p.World == access {
		return err
	}
	if access >= worldAccesses || p.Kind != Open {
		return Invalid("world", "Only an open room can be read without an account.")
	}
	set, err := c.store.Settings(ctx)
	if err != nil {
		return err
	}
	if access != WorldNone && !set.WorldMayRead() {
		return Forbidden("This workspace has no rooms that everybody may read.")
	}
	words := [...]string{"for members alone", "readable without an account", "readable without an account, and for search engines"}[access]
	if err := c.store.SetWorldAccess(ctx, room, access, c.audit(who, AuditSetWorldAccess, p.Label(), words)); err != nil {
		return err
	}
	c.bus.Publish(RoomHeaderChanged{Room: room})
	return nil
}

// ForWorld is a message for people without an account: nobody's face, username or id is in
// it, and names of people and rooms lead nowhere.
func (m Message) ForWorld() Message {
	m.Author = Person{ID: m.Author.ID, Name: m.Author.Name, Bot: m.Author.Bot}
	m.For, m.All, m.CID, m.Cont, m.Labels = nil, false, "", false, ""
	m.Text = m.Text.forWorld()
	m.Files = slices.DeleteFunc(slices.Clone(m.Files), func(f File) bool { return f.State == FileRemoved })
	m.Reactions = slices.Clone(m.Reactions)
	for i := range m.Reactions {
		m.Reactions[i].By = make([]Person, len(m.Reactions[i].By))
	}
	m.Previews = slices.DeleteFunc(slices.Clone(m.Previews), func(p Preview) bool { return !p.Shown() || p.Message != 0 })
	if m.Program != nil {
		p := *m.Program
		p.Text = p.Text.forWorld()
		p.Parts, p.Attachments = worldParts(p.Parts), slices.Clone(p.Attachments)
		for i := range p.Attachments {
			a := &p.Attachments[i]
			a.Pretext, a.Text, a.Fields, a.Parts = a.Pretext.forWorld(), a.Text.forWorld(), worldFields(a.Fields), worldParts(a.Parts)
		}
		m.Program = &p
	}
	return m
}

func worldFields(fields []Field) []Field {
	fields = slices.Clone(fields)
	for i := range fields {
		fields[i].Value = fields[i].Value.forWorld()
	}
	return fields
}

func worldParts(parts []Part) []Part {
	parts = slices.Clone(parts)
	for i := range parts {
		p := &parts[i]
		p.Text, p.Fields, p.Row = p.Text.forWorld(), worldFields(p.Fields), slices.Clone(p.Row)
		for j := range p.Row {
			p.Row[j].Text = p.Row[j].Text.forWorld()
		}
	}
	return parts
}

func (t Text) forWorld() Text { return Text{Blocks: worldBlocks(t.Blocks), Jumbo: t.Jumbo} }

func worldBlocks(blocks []Block) []Block {
	blocks = slices.Clone(blocks)
	for i := range blocks {
		b := &blocks[i]
		b.Runs, b.Blocks, b.Items = worldRuns(b.Runs), worldBlocks(b.Blocks), slices.Clone(b.Items)
		for j := range b.Items {
			b.Items[j] = worldBlocks(b.Items[j])
		}
	}
	return blocks
}

func worldRuns(runs []Run) []Run {
	runs = slices.Clone(runs)
	for i := range runs {
		r := &runs[i]
		switch r.Kind {
		case RunMention:
			if r.Account != 0 && r.Name != "" {
				r.Text = r.Name
			}
			*r = Run{Text: r.Text}
		case RunRoom, RunMentionAll, RunEmoji:
			*r = Run{Text: r.Text}
		}
		r.Runs = worldRuns(r.Runs)
	}
	return runs
}
