package slack

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"parley/app/archive"
	"parley/app/chat"
)

// chunk is how many messages are sorted at once; Slack has them in order already, or
// nearly.
const chunk = 10_000

// chunkSize is how many bytes of them are in memory at once, or what one of them has.
const chunkSize = 32 << 20

// batch is how many rows are stored at once: few enough that nobody who writes
// meanwhile notices.
const batch = 200

// history is one conversation while it comes.
type history struct {
	*Import
	c       *conversation
	threads map[string]*archive.Thread // by the time of their first message
	rows    []*archive.HistoryRow
	counts  []rowCounts         // of each row
	joined  *archive.HistoryRow // the last row, while it collects who comes
}

// rowCounts is what the report counts of a row.
type rowCounts struct {
	files, links int
	reply        bool
}

// addHistories adds what was said, day by day in all conversations: ids grow with the days, and
// what people find of all rooms, such as their mentions, follows the ids.
func (in *Import) addHistories(ctx context.Context, conversations []*conversation) (err error) {
	type day struct {
		of   *history
		file *zip.File
	}
	var days []day
	for _, c := range conversations {
		if c.room == 0 {
			continue
		}
		h := &history{Import: in, c: c, threads: map[string]*archive.Thread{}}
		defer func() { err = errors.Join(err, h.dropUnsent(ctx)) }()
		for _, f := range in.zip.days[c.folder] {
			days = append(days, day{h, f})
		}
	}
	slices.SortStableFunc(days, func(a, b day) int { return strings.Compare(entryBase(a.file), entryBase(b.file)) })
	for _, d := range days {
		if err := d.of.addDay(ctx, d.file); err != nil {
			return fmt.Errorf("%s: %w", d.of.c.title(), err)
		}
	}
	return nil
}

// addDay adds what was said on a day.
func (h *history) addDay(ctx context.Context, day *zip.File) error {
	var messages []*message
	size := 0
	var failed error // of ours, not of the archive
	err := each(h.zip, day, func(m message) error {
		size += len(m.Text) + len(m.Blocks) + len(m.Attachments)
		if messages = append(messages, &m); len(messages) < chunk && size < chunkSize {
			return nil
		}
		failed = h.addAll(ctx, messages)
		messages, size = nil, 0
		return failed
	})
	if failed != nil {
		return failed
	}
	if err != nil {
		h.report.Skip("file that cannot be read to its end", fmt.Sprintf("%s (%v)", day.Name, err))
	}
	if err := h.addAll(ctx, messages); err != nil {
		return err
	}
	return h.flush(ctx)
}

// addAll adds messages in the order of their times.
func (h *history) addAll(ctx context.Context, messages []*message) error {
	slices.SortStableFunc(messages, func(a, b *message) int { return strings.Compare(a.TS, b.TS) })
	for _, m := range messages {
		if err := h.add(ctx, m); err != nil {
			return err
		}
		if len(h.rows) >= batch && h.joined == nil {
			if err := h.flush(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// flush stores what has come together, and counts it.
func (h *history) flush(ctx context.Context) error {
	h.joined = nil
	if len(h.rows) == 0 {
		return nil
	}
	if err := h.to.AddHistory(ctx, h.c.room, h.rows); err != nil {
		for _, r := range h.rows {
			r.Fresh = false
		}
		return err
	}
	for i, r := range h.rows {
		h.count(r, h.counts[i])
	}
	err := h.dropUnsent(ctx)
	h.rows, h.counts = h.rows[:0], h.counts[:0]
	return err
}

// count counts a row that is stored.
func (h *history) count(r *archive.HistoryRow, n rowCounts) {
	count := &h.report.Came
	if !r.Fresh {
		count = &h.report.Already
	}
	if r.Kind != chat.MessagePosted {
		count.Events++
		return
	}
	count.Messages++
	count.Files += n.files
	count.Links += n.links
	if n.reply {
		count.Replies++
	}
	for _, x := range r.Reactions {
		count.Reactions += len(x.By)
	}
}

// dropUnsent removes the uploads of rows that did not come, or had come before.
func (h *history) dropUnsent(ctx context.Context) (err error) {
	for _, r := range h.rows {
		if !r.Fresh {
			err = errors.Join(err, h.drop(ctx, r.Author, r.Files))
		}
	}
	return err
}

func (h *history) put(r *archive.HistoryRow, n rowCounts) {
	h.rows, h.counts = append(h.rows, r), append(h.counts, n)
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
	return h.addSaid(ctx, m, at, who)
}
