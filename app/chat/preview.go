package chat

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Bounds of what is shown of links.
const (
	// MaxPreviews is how many links of a message are shown with what they lead to.
	MaxPreviews = 2
	// MaxRemovedPreviews is how many removed ones a message remembers.
	MaxRemovedPreviews = 10
	// PreviewUndo is how long a removed one can be brought back; then its words and its
	// picture are removed for good.
	PreviewUndo = 10 * time.Second

	maxPreviewSite  = 80 // characters
	maxPreviewTitle = 200
	maxPreviewText  = 300
)

// PreviewState says what a preview has come to; they are stored, so only ever append.
type PreviewState uint8

// The states of a preview.
const (
	PreviewWaits PreviewState = iota // it is looked at soon
	PreviewThere
	PreviewNone // there is nothing to show
)

// Preview is what a link of a message leads to. It is stored with the message as JSON, so
// that its tags never change.
type Preview struct {
	URL     string       `json:"u"`
	State   PreviewState `json:"s,omitempty"`
	Message MessageID    `json:"m,omitempty"` // of this server: each reader sees what he may read of it
	Site    string       `json:"n,omitempty"`
	Title   string       `json:"t,omitempty"`
	Text    string       `json:"d,omitempty"`
	Picture *File        `json:"p,omitempty"`
	Removed time.Time    `json:"r,omitzero"` // by its author or a moderator; zero: it was not
}

// Shown says whether there is something to show.
func (p Preview) Shown() bool {
	return p.Removed.IsZero() && (p.Message != 0 || p.State == PreviewThere)
}

// Tidy makes words of others fit to be shown: one line, not too long, nothing that is not
// seen. Without a title there is nothing to show.
func (p *Preview) Tidy() {
	for words, most := range map[*string]int{&p.Site: maxPreviewSite, &p.Title: maxPreviewTitle, &p.Text: maxPreviewText} {
		line, ok := oneLine(strings.ToValidUTF8(*words, "\uFFFD"))
		if !ok || stackedMarks(line) {
			line = ""
		}
		*words = cutRunes(line, most)
	}
	if p.State = PreviewThere; p.Title == "" {
		*p = Preview{URL: p.URL, State: PreviewNone}
	}
}

// PreviewStore keeps what links lead to, and the queue of what is to be fetched for messages.
type PreviewStore interface {
	// DueFetches lists messages of which something is to be fetched or forgotten at a time,
	// the longest due first.
	DueFetches(ctx context.Context, at time.Time, limit int) ([]MessageID, error)
	// TakeFetch counts that a message is tried once more, and has it due again at a time, if
	// nothing is stored of it until then; it answers with how often it was tried.
	TakeFetch(ctx context.Context, id MessageID, next time.Time) (tries int, err error)
	// ForgetFetch takes a message from the queue.
	ForgetFetch(ctx context.Context, id MessageID) error
	// SetFetched has change say what a message shows of its links, and which pictures its
	// attachments have; nothing else of it is stored. Pictures that change names belong to
	// the message from then on, those that it names no more are removed; and Message.FetchDue
	// says when the message is to be looked at next. One that is deleted stays as it is.
	SetFetched(ctx context.Context, id MessageID, change func(*Message) error, audit AuditEntry) (Message, error)
}

// links are the addresses that a text shows, in order, each once: not those in code, and
// none that its author put into angle brackets.
func (t Text) links() (all []string) {
	var walk func(runs []Run)
	walk = func(runs []Run) {
		for i, r := range runs {
			walk(r.Runs)
			if r.Kind != RunLink || slices.Contains(all, r.URL) || schemeLen(r.URL) == 0 {
				continue
			}
			if i > 0 && strings.HasSuffix(runs[i-1].Text, "<") && i+1 < len(runs) && strings.HasPrefix(runs[i+1].Text, ">") {
				continue
			}
			all = append(all, r.URL)
		}
	}
	eachBlock(t.Blocks, func(b *Block) { walk(b.Runs) })
	return all
}

// previews are what a new text has to show, given what the message showed before: what was
// looked at is not looked at again, and what was removed stays so. Host is the public
// address of this server; "": not known.
func previews(t Text, before []Preview, host string) (list []Preview) {
	for _, link := range t.links() {
		if len(list) == MaxPreviews {
			break
		}
		i := slices.IndexFunc(before, func(p Preview) bool { return p.URL == link })
		if i >= 0 {
			list = append(list, before[i])
			continue
		}
		list = append(list, Preview{URL: link, Message: messageOf(link, host)})
	}
	removed := 0
	for _, p := range before {
		if !p.Removed.IsZero() && removed < MaxRemovedPreviews && !slices.ContainsFunc(list, func(q Preview) bool { return q.URL == p.URL }) {
			list = append(list, p)
			removed++
		}
	}
	return list
}

// messageOf is the message of this server that an address leads to; 0: it leads elsewhere.
func messageOf(link, host string) MessageID {
	u, err := url.Parse(link)
	own, wrong := url.Parse(host)
	if err != nil || wrong != nil || host == "" || !strings.EqualFold(u.Host, own.Host) || u.User != nil {
		return 0
	}
	rest, ok := strings.CutPrefix(u.Path, "/messages/")
	if !ok {
		if rest, ok = strings.CutPrefix(u.Path, "/rooms/"); ok {
			_, rest, ok = strings.Cut(rest, "/@")
		}
	}
	n, err := strconv.ParseInt(rest, 10, 64)
	if !ok || err != nil || n <= 0 {
		return 0
	}
	return MessageID(n)
}

// Fetches says whether something of a message is to be fetched.
func (m *Message) Fetches() bool {
	waits := slices.ContainsFunc(m.Previews, func(p Preview) bool { return p.State == PreviewWaits && p.Message == 0 && p.Removed.IsZero() })
	return waits || m.Program != nil && m.Program.Face != "" || slices.ContainsFunc(m.Program.Pictures(), PictureSlot.waits)
}

// FetchDue is when something of a message is to be fetched or forgotten; zero: never.
func (m *Message) FetchDue(now time.Time) (due time.Time) {
	if m.Fetches() {
		return now
	}
	for _, p := range m.Previews {
		if at := p.Removed.Add(PreviewUndo); !p.Removed.IsZero() && p.State == PreviewThere && (due.IsZero() || at.Before(due)) {
			due = at
		}
	}
	return due
}

// setPreviews says what of a new message's links is to be shown, where the workspace wants
// that. What programs say in boxes of their own shows no other ones.
func (c *Chat) setPreviews(ctx context.Context, who Account, n *NewMessage, before []Preview, host string) error {
	if n.Program == nil {
		n.Previews = previews(n.Text, before, host)
	} else if who.Picture != 0 {
		n.Program.Face = ""
	}
	if m := (Message{Previews: n.Previews, Program: n.Program}); !m.Fetches() {
		return nil
	}
	set, err := c.store.Settings(ctx)
	if err != nil {
		return err
	}
	if !set.ShowsPreviews() || c.Limits.Take(LimitPreviews, who.ID.key()) != nil {
		n.Previews = slices.DeleteFunc(n.Previews, func(p Preview) bool {
			return p.State == PreviewWaits && p.Message == 0 &&
				p.Removed.IsZero()
		})
		if n.Program != nil {
			n.Program.Face = ""
			for _, slot := range n.Program.Pictures() {
				*slot.Missing = true
			}
		}
	}
	return nil
}

// authorizePreview finds a preview of a message, by its place from 1 on, for who may remove
// it: the author of the message and who moderates the room.
func (c *Chat) authorizePreview(ctx context.Context, who Account, id MessageID, n int) (Message, RoomAccess, error) {
	m, p, err := c.authorizeMessage(ctx, who, id, ActionDelete)
	switch {
	case err != nil:
		return m, p, err
	case m.Author.ID != who.ID && !p.Allows(ActionModerate):
		return m, p, Forbidden("Only who wrote the message, and who moderates the room, can remove what it shows of a link.")
	case n < 1 || n > len(m.Previews):
		return m, p, NotFound()
	}
	return m, p, nil
}

// RemovePreview has a message show a link alone, for everybody and for good but for
// PreviewUndo.
func (c *Chat) RemovePreview(ctx context.Context, who Account, id MessageID, n int) (Message, error) {
	m, p, err := c.authorizePreview(ctx, who, id, n)
	if err != nil || !m.Previews[n-1].Removed.IsZero() {
		return m, err
	}
	audit := NoAudit
	if m.Author.ID != who.ID {
		audit = c.audit(who, AuditRemovePreview, "@"+m.Author.Username, auditLabel(p.Room))
	}
	now := c.now()
	return c.changePreview(ctx, m, n, audit, func(p *Preview) { p.Removed = now })
}

// RestorePreview undoes what RemovePreview did lately.
func (c *Chat) RestorePreview(ctx context.Context, who Account, id MessageID, n int) (Message, error) {
	m, _, err := c.authorizePreview(ctx, who, id, n)
	if err != nil || m.Previews[n-1].Removed.IsZero() {
		return m, err
	}
	if c.now().Sub(m.Previews[n-1].Removed) > PreviewUndo {
		return m, gone(m.Room, "It was removed for good.")
	}
	return c.changePreview(ctx, m, n, NoAudit, func(p *Preview) { p.Removed = time.Time{} })
}

func (c *Chat) changePreview(ctx context.Context, m Message, n int, audit AuditEntry, change func(*Preview)) (Message, error) {
	link := m.Previews[n-1].URL
	m, err := c.store.SetFetched(ctx, m.ID, func(m *Message) error {
		for i := range m.Previews {
			if m.Previews[i].URL == link {
				change(&m.Previews[i])
			}
		}
		return nil
	}, audit)
	if err == nil {
		c.bus.Publish(RoomChanged{Room: m.Room, Rev: m.Rev})
	}
	return m, err
}

// ForgetRemoved takes from previews that were removed before what they said.
func (m *Message) ForgetRemoved(before time.Time) {
	for i, p := range m.Previews {
		if !p.Removed.IsZero() && !p.Removed.After(before) {
			m.Previews[i] = Preview{URL: p.URL, State: PreviewNone, Message: p.Message, Removed: p.Removed}
		}
	}
}

// Fetched stores what was fetched for a message, and publishes it; who fetches calls it.
func (c *Chat) Fetched(ctx context.Context, id MessageID, change func(*Message) error) error {
	was, err := c.store.Message(ctx, id)
	if err != nil {
		return err
	}
	m, err := c.store.SetFetched(ctx, id, change, NoAudit)
	if err == nil && m.Rev != was.Rev {
		c.bus.Publish(RoomChanged{Room: m.Room, Rev: m.Rev})
	}
	return err
}
