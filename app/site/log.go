package site

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"time"

	"parley/app/chat"
	"parley/views"
)

// perPage is how many rows a page of messages has at most.
const perPage = 400

// log is a room while its pages are written.
type log struct {
	*writer
	room   *views.SiteRoom
	months map[string]int // how many pages a month has so far
	rows   []views.SiteRow
	month  string
	before string // the file of the page before
}

// logs writes the pages of all rooms.
func (w *writer) logs() error {
	for i := range w.rooms {
		r := &w.rooms[i]
		if err := os.MkdirAll(filepath.Join(w.to, filepath.FromSlash(r.Dir())), 0o755); err != nil {
			return err
		}
		l := &log{writer: w, room: r, months: map[string]int{}}
		if err := w.source.Log(r.ID, l.add); err != nil {
			return err
		}
		if err := l.flush(""); err != nil {
			return err
		}
		err := w.file(r.Dir()+"/index.html", func(to io.Writer) error {
			return views.SiteRoomIndex(w.page(r.Label(), "../../"), *r).Render(w.ctx, to)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// add puts a row on the page that it belongs to.
func (l *log) add(m chat.Message) error {
	month := m.At.UTC().Format("2006-01")
	if month != l.month || len(l.rows) >= perPage {
		if err := l.begin(m, month); err != nil {
			return err
		}
	}
	row := views.SiteRow{Message: m, Day: len(l.rows) == 0 || !sameDay(l.rows[len(l.rows)-1].At, m.At)}
	if row.Day {
		row.Cont = false
	}
	if m.Quote.ID != 0 && !m.Quote.Deleted {
		row.Answered = pageOf(l.room.Pages, m.Quote.ID)
	}
	for _, f := range m.Files {
		if err := l.files(f); err != nil {
			return err
		}
	}
	l.rows = append(l.rows, row)
	if m.Kind != chat.MessagePosted {
		return nil
	}
	l.step()
	l.room.Messages++
	l.room.Pages[len(l.room.Pages)-1].Messages++
	l.seen[m.Author.ID]++
	eachMention(m.Text.Blocks, func(id chat.AccountID) { l.seen[id] += 0 })
	return nil
}

// begin ends the page before and begins one with a message.
func (l *log) begin(first chat.Message, month string) error {
	l.months[month]++
	part := views.SitePart{File: month + ".html", Title: first.At.UTC().Format("January 2006"), First: first.ID}
	if n := l.months[month]; n > 1 {
		part.File, part.Title = fmt.Sprintf("%s-%d.html", month, n), fmt.Sprintf("%s, %d", part.Title, n)
	}
	if err := l.flush(part.File); err != nil {
		return err
	}
	l.month = month
	l.room.Pages = append(l.room.Pages, part)
	return nil
}

// flush writes the page that came together; after is the file of the next.
func (l *log) flush(after string) error {
	if len(l.rows) == 0 {
		return nil
	}
	part := l.room.Pages[len(l.room.Pages)-1]
	err := l.file(l.room.Dir()+"/"+part.File, func(to io.Writer) error {
		return views.SiteMessages(l.page(l.room.Label()+", "+part.Title, "../../"), *l.room, part, l.rows, l.before, after).Render(l.ctx, to)
	})
	l.rows, l.before = l.rows[:0], part.File
	return err
}

// pageOf is the file with a message; "" when none has it. Ids grow within a room.
func pageOf(pages []views.SitePart, id chat.MessageID) string {
	i := sort.Search(len(pages), func(i int) bool { return pages[i].First > id })
	if i == 0 {
		return ""
	}
	return pages[i-1].File
}

func sameDay(a, b time.Time) bool {
	return a.UTC().Format(time.DateOnly) == b.UTC().Format(time.DateOnly)
}

// eachMention finds the people whom a text names.
func eachMention(blocks []chat.Block, found func(chat.AccountID)) {
	for i := range blocks {
		eachMentionOf(blocks[i].Runs, found)
		eachMention(blocks[i].Blocks, found)
		for _, item := range blocks[i].Items {
			eachMention(item, found)
		}
	}
}

func eachMentionOf(runs []chat.Run, found func(chat.AccountID)) {
	for i := range runs {
		if runs[i].Kind == chat.RunMention && runs[i].Account != 0 {
			found(runs[i].Account)
		}
		eachMentionOf(runs[i].Runs, found)
	}
}
