package slack

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"parley/app/chat"
)

// attach stores those files of a message whose bytes are there, for the row that it
// becomes. One that came before has what it has.
func (h *history) attach(ctx context.Context, m *message, who chat.Account) (stored []chat.File, err error) {
	if m.File != nil && len(m.Files) == 0 && m.Subtype != "file_comment" {
		m.Files = []file{*m.File}
	}
	if len(m.Files) == 0 {
		return nil, nil
	}
	switch before, err := h.to.MessageByCID(ctx, who.ID, h.cid(m, 0)); {
	case err == nil:
		h.compare(m, before)
		return nil, nil
	case !errors.Is(err, chat.ErrNotFound):
		return nil, err
	case !h.hasUploads():
		return nil, nil
	}
	for i := range m.Files {
		f := &m.Files[i]
		if f.lost() {
			h.used(f.ID)
			continue
		}
		saved, err := h.save(ctx, f, len(stored), m, who)
		if err != nil {
			return nil, errors.Join(err, h.drop(ctx, who.ID, stored))
		}
		if f.came {
			stored = append(stored, saved)
		}
	}
	return stored, nil
}

// compare finds out which files a message has that came before.
func (h *history) compare(m *message, before chat.Message) {
	missed := false
	for i := range m.Files {
		f := &m.Files[i]
		u, there := h.upload(f.ID)
		name := f.fileName(u)
		f.came = slices.ContainsFunc(before.Files, func(g chat.File) bool { return g.Name == name })
		missed = missed || there && !f.came && !f.lost() && !before.Deleted
		h.used(f.ID)
	}
	if missed {
		h.missed++
	}
}

// save stores a file if it is there and within the limits; f.came says so. Errors are of
// ours, not of the file.
func (h *history) save(ctx context.Context, f *file, nth int, m *message, who chat.Account) (saved chat.File, err error) {
	u, there := h.upload(f.ID)
	if !there {
		if f.Mode != "external" && f.missing() == "" {
			h.skipFile(f, "file that is not there", m, f.Name)
		}
		return saved, nil
	}
	defer h.used(f.ID)
	if most := h.limits.Value(chat.LimitFiles); most > 0 && nth >= most {
		h.beyond(f, chat.LimitFiles, m)
		return saved, nil
	}
	if most := h.limits.Value(chat.LimitFileSize); most > 0 && u.size > int64(most)<<20 {
		h.beyond(f, chat.LimitFileSize, m)
		return saved, nil
	}
	from, err := u.open()
	if err != nil {
		h.skipFile(f, "file that cannot be read", m, fmt.Sprintf("%s: %v", u.path, err))
		return saved, nil
	}
	defer from.Close()
	in := &content{Reader: from, ctx: ctx}
	saved, err = h.saver.Save(ctx, who, f.fileName(u), in)
	refused, _ := chat.AsError(err)
	switch {
	case err == nil:
		f.came, saved.Alt = true, f.alt()
	case ctx.Err() != nil:
		return saved, errors.Join(ctx.Err(), err)
	case in.err != nil:
		h.skipFile(f, "file that cannot be read", m, fmt.Sprintf("%s: %v", u.path, in.err))
	case refused != nil && refused.Limit != nil:
		h.beyond(f, refused.Limit, m)
	default:
		return saved, err
	}
	return saved, nil
}

// beyond reports a file that a limit refuses.
func (h *history) beyond(f *file, l *chat.Limit, m *message) {
	h.skipFile(f, "file beyond "+l.Key, m, f.Name)
	h.report.AddNote("What is beyond a limit can come if \"parley set\" raises the limit before the import: " +
		"a message that came keeps its links.")
}

// skipFile reports a file that does not come.
func (h *history) skipFile(f *file, why string, m *message, what string) {
	if f.link() != "" {
		why += " (a link to it came)"
	}
	f.refused = true
	h.report.Skip(why, strings.TrimSpace(h.example(m)+" "+what))
}

// used notes that a message names a file, of which nothing more is to be read.
func (in *Import) used(id string) {
	u, there := in.upload(id)
	if !there || in.named[id] {
		return
	}
	in.named[id] = true
	in.zip.advance(progressOf(u.size))
}

// drop removes uploads that no message has.
func (in *Import) drop(ctx context.Context, by chat.AccountID, files []chat.File) error {
	if len(files) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	ids := make([]chat.FileID, len(files))
	for i, f := range files {
		ids[i] = f.ID
	}
	return in.to.DropFiles(ctx, by, ids)
}

// unusedFiles reports what no message of the archive names, and who missed something.
func (in *Import) unusedFiles() {
	if in.saver == nil {
		return
	}
	var unused []string
	for id, u := range in.zip.uploads {
		if !in.named[id] {
			unused = append(unused, u.path)
		}
	}
	slices.Sort(unused)
	for _, path := range unused {
		in.report.Skip("file that no message has", path)
	}
	if in.missed > 0 {
		in.report.AddNote("%d × a message that came before, with links to files that are there now: it keeps the links.", in.missed)
	}
}
