package views

import (
	"bytes"
	"context"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"parley/app/chat"
)

// A row of a timeline is what every message costs, so it is written here and not by
// a template: that takes a third of the time. What stands in few rows is still drawn
// by templates.

// rowBuild is the build of the sheets that rows name.
var rowBuild atomic.Pointer[string]

func init() { SetRowBuild("") }

// SetRowBuild says which build of the sheets rows name that are drawn from now on.
func SetRowBuild(build string) { rowBuild.Store(&build) }

var drawing = sync.Pool{New: func() any { return new([]byte) }}

// RenderMessage draws a row. Its bytes are the same for everybody and never change.
func RenderMessage(m *chat.Message) (f Fragment) {
	scratch := drawing.Get().(*[]byte)
	b := (*scratch)[:0]
	b = append(append(b, `<li class="`...), rowClass(m)...)
	b = appendNum(append(b, `" id="m-`...), m.ID)
	b = appendNum(append(b, `" data-seq="`...), m.ID)
	b = appendNum(append(b, `" data-v="`...), m.Rev)
	b = append(b, '"')
	f.head = len(b)
	switch {
	case m.Deleted:
		b = append(b, ` hidden>`...)
	case m.Kind != chat.MessagePosted:
		b = append(b, "><span>"...)
		b = append(b, Bytes(context.Background(), systemText(*m))...)
		b = append(b, "</span>"...)
		b, f.clock = appendStamp(b, m)
	default:
		b, f.clock = appendMessage(b, m)
	}
	b = append(b, "</li>"...)
	f.html = bytes.Clone(b) // what is kept for long has no room to spare
	if m.Program.Boxes() {
		f.moments = findMoments(f.html)
	}
	*scratch = b
	drawing.Put(scratch)
	return f
}

// rowClass tells the kinds of rows apart. What was deleted keeps its place, so that
// no late frame can bring it back.
func rowClass(m *chat.Message) string {
	switch {
	case m.Deleted:
		return "gone"
	case m.Kind != chat.MessagePosted:
		return "sys"
	}
	return "msg"
}

// appendMessage appends the rest of a row that somebody wrote, and tells where in it
// the time of day is.
func appendMessage(b []byte, m *chat.Message) (_ []byte, clock int) {
	b = appendNum(append(b, ` data-u="`...), m.Author.ID)
	b = append(b, '"')
	if m.All || len(m.For) > 0 {
		b = append(append(b, ` data-m="`...), mentionedIDs(*m)...)
		b = append(b, '"')
	}
	if m.Cont {
		b = append(b, " data-cont"...)
	}
	b = append(b, '>')
	if m.Quote.ID != 0 {
		b = append(b, Bytes(context.Background(), replyLine(m.Room, m.Quote))...)
	}
	b = appendFace(b, m.Author, m.Program)
	b, clock = appendHead(b, m)
	text, boxes := m.Text, m.Program.Boxes()
	if boxes {
		text = m.Program.Text
	}
	if len(text.Blocks) > 0 || len(m.Files) == 0 && !boxes || !m.Edited.IsZero() {
		b = appendNum(append(b, `<div class="body" id="mb-`...), m.ID)
		b = appendBody(append(b, `" dir="auto">`...), text, m.Edited)
		b = append(b, "</div>"...)
	}
	if boxes {
		b = append(b, Bytes(WithBuild(context.Background(), *rowBuild.Load()), programBoxes(m))...)
	}
	b = appendFiles(b, m)
	if shows(m) {
		b = append(b, Bytes(WithBuild(context.Background(), *rowBuild.Load()), previews(m, true))...)
	}
	if len(m.Reactions) > 0 || m.Replies > 0 {
		b = append(append(b, Bytes(context.Background(), answers(*m))...), ' ')
	}
	b = appendNum(append(b, `<a class="more" href="/messages/`...), m.ID)
	return append(b, `"><span class="vh">Actions for this message</span></a>`...), clock
}

func appendFace(b []byte, p chat.Person, program *chat.Program) []byte {
	if program != nil && program.Icon != "" {
		b = appendEscaped(append(b, `<span class="av" aria-hidden="true">`...), program.Icon)
		return append(b, "</span>"...)
	}
	if p.Picture != 0 {
		b = append(append(b, `<img class="av" src="`...), faceURL(p, false)...)
		return append(b, `" alt="" width="36" height="36" loading="lazy" decoding="async">`...)
	}
	b = append(append(b, `<span class="av" data-h="`...), avatarHue(p.ID)...)
	b = appendEscaped(append(b, `" aria-hidden="true">`...), chat.Initials(p.Name))
	return append(b, "</span>"...)
}

// appendHead appends who said something and when, and tells where in b the time of day is.
func appendHead(b []byte, m *chat.Message) (_ []byte, clock int) {
	name := m.Author.Name
	if m.Program != nil && m.Program.Name != "" {
		name = m.Program.Name
	}
	b = appendNum(append(b, `<div class="hd"><h3 class="who"><a href="/people/`...), m.Author.ID)
	b = appendEscaped(append(b, `">`...), name)
	b = append(b, "</a></h3>"...)
	if m.Author.Bot {
		b = append(b, `<span class="tag">bot</span>`...)
	} else if m.Author.Guest {
		b = append(b, `<span class="tag">guest</span>`...)
	}
	b, clock = appendStamp(b, m)
	return append(b, "</div>"...), clock
}

// appendStamp appends when something was said, and tells where in b the time of day
// is.
func appendStamp(b []byte, m *chat.Message) (_ []byte, clock int) {
	at := m.At.UTC()
	b = appendNum(append(b, `<a class="ts" href="/rooms/`...), m.Room)
	b = appendNum(append(b, "/@"...), m.ID)
	b = appendNum(append(b, "#m-"...), m.ID)
	b = at.AppendFormat(append(b, `"><time datetime="`...), "2006-01-02T15:04:05Z")
	b = append(b, `">`...)
	clock = len(b)
	b = at.AppendFormat(b, clock24)
	return append(b, "</time></a>"...), clock
}

// appendBody ends with a note when the message was edited, within its last paragraph
// where it has one.
func appendBody(b []byte, text chat.Text, edited time.Time) []byte {
	b = appendText(b, text)
	if edited.IsZero() {
		return b
	}
	rest, within := bytes.CutSuffix(b, []byte("</p>"))
	b = edited.UTC().AppendFormat(append(rest, `<span class="edited" title="`...), time.RFC3339)
	b = append(b, `">(edited)</span>`...)
	if within {
		b = append(b, "</p>"...)
	}
	return b
}

// BodyHTML is what a message says, for programs that show HTML.
func BodyHTML(m chat.Message) string { return string(appendText(nil, m.Text)) }

func appendNum[T ~int64](b []byte, n T) []byte { return strconv.AppendInt(b, int64(n), 10) }
