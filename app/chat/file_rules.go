package chat

import (
	"context"
	"slices"
	"strconv"
	"strings"
)

// MayUpload says whether somebody may send files to a room now, before the first byte of
// one is read.
func (c *Chat) MayUpload(ctx context.Context, who Account, room RoomID) error {
	p, err := c.authorize(ctx, who, room, ActionPost)
	if err != nil {
		return err
	}
	return c.checkReachable(ctx, who, p)
}

// OpenFile finds a file for who may read the message that it came with; an upload that
// was not sent yet is for who uploaded it.
func (c *Chat) OpenFile(ctx context.Context, who Account, token string) (StoredFile, error) {
	f, err := c.store.FileByToken(ctx, token)
	switch {
	case err != nil:
		return f, err
	case f.Room == 0 && f.By == who.ID:
		return f, nil
	case f.Room == 0:
		return StoredFile{}, NotFound()
	}
	if _, err := c.authorize(ctx, who, f.Room, ActionRead); err != nil {
		return StoredFile{}, NotFound()
	}
	if f.Message == 0 || f.Deleted || f.State == FileRemoved {
		return StoredFile{}, gone(f.Room, "This file was deleted.")
	}
	return f, nil
}

// attach finds the uploads of a draft and gives them their descriptions, in its order.
func (c *Chat) attach(ctx context.Context, who Account, d Draft) ([]File, error) {
	if len(d.Files) == 0 {
		return nil, nil
	}
	if most := c.Limits.Value(LimitFiles); most > 0 && len(d.Files) > most {
		return nil, Invalid("file", "A message has at most "+strconv.Itoa(most)+" files.")
	}
	tokens := make([]string, len(d.Files))
	for i, f := range d.Files {
		tokens[i] = f.Token
	}
	found, err := c.store.UnsentFiles(ctx, who.ID, tokens)
	if err != nil {
		return nil, err
	}
	files := make([]File, 0, len(d.Files))
	for _, one := range d.Files {
		f, ok := found[one.Token]
		if !ok || slices.ContainsFunc(files, func(g File) bool { return g.ID == f.ID }) {
			return nil, Invalid("file", "One of the files is not here any more. Choose it again.")
		}
		if f.Alt, err = parseAlt(one.Alt); err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}

// KeptFiles finds those of a draft's uploads that are here and were not sent.
func (c *Chat) KeptFiles(ctx context.Context, who Account, d Draft) (kept []File, err error) {
	tokens := make([]string, len(d.Files))
	for i, f := range d.Files {
		tokens[i] = f.Token
	}
	if len(tokens) == 0 {
		return nil, nil
	}
	found, err := c.store.UnsentFiles(ctx, who.ID, tokens)
	for _, token := range tokens {
		if f, ok := found[token]; ok {
			kept = append(kept, f)
		}
	}
	return kept, err
}

// filesPage is how many files a page of those of a room has.
const filesPage = 60

// RoomFiles lists files of a room, the newest first; more says that there are older ones.
func (c *Chat) RoomFiles(ctx context.Context, who Account, q FileQuery) (p RoomAccess, list []RoomFile, more bool, err error) {
	if p, err = c.authorize(ctx, who, q.Room, ActionRead); err != nil {
		return p, nil, false, err
	}
	q.Text = FoldName(strings.TrimSpace(q.Text))
	list, err = c.store.RoomFiles(ctx, q, filesPage+1)
	if len(list) > filesPage {
		list, more = list[:filesPage], true
	}
	return p, list, more, err
}

// RemoveFile takes a file out of its message: its author may, and who moderates. A
// message that has neither words nor other files is deleted with it.
func (c *Chat) RemoveFile(ctx context.Context, who Account, token string) (StoredFile, error) {
	f, err := c.OpenFile(ctx, who, token)
	if err != nil {
		return f, err
	}
	if f.Room == 0 {
		return f, c.store.DropFiles(ctx, who.ID, []FileID{f.ID})
	}
	m, p, err := c.authorizeMessage(ctx, who, f.Message, ActionDelete)
	if err != nil {
		return f, err
	}
	if !slices.ContainsFunc(m.Files, func(g File) bool { return g.ID == f.ID }) { // a link leads to it
		return f, NotFound()
	}
	if m.Author.ID != who.ID && !p.Allows(ActionModerate) {
		return f, Forbidden("Only who sent a file, and who moderates the room, can delete it.")
	}
	rest := slices.DeleteFunc(slices.Clone(m.Files), func(g File) bool { return g.ID == f.ID || g.State == FileRemoved })
	if m.Body == "" && len(rest) == 0 {
		_, err := c.DeleteMessage(ctx, who, m.ID)
		return f, err
	}
	audit := NoAudit
	if m.Author.ID != who.ID {
		audit = c.audit(who, AuditDeleteFile, "@"+m.Author.Username, auditLabel(p.Room))
	}
	changed, err := c.store.RemoveFile(ctx, f.ID, audit)
	if err == nil {
		c.bus.Publish(RoomChanged{Room: changed.Room, Rev: changed.Rev})
	}
	return f, err
}

// FileChanged publishes that a file of a message has become what it is to be; who makes
// the forms of pictures calls it.
func (c *Chat) FileChanged(m Message) {
	if m.ID != 0 {
		c.bus.Publish(RoomChanged{Room: m.Room, Rev: m.Rev})
	}
}

// FileUsage counts what somebody has uploaded.
func (c *Chat) FileUsage(ctx context.Context, who Account) (FileUsage, error) {
	return c.store.FileUsage(ctx, who.ID)
}

// DropFiles removes uploads of a draft that was not sent.
func (c *Chat) DropFiles(ctx context.Context, who Account, files []File) error {
	if len(files) == 0 {
		return nil
	}
	ids := make([]FileID, len(files))
	for i, f := range files {
		ids[i] = f.ID
	}
	return c.store.DropFiles(ctx, who.ID, ids)
}
