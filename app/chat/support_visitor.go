package chat

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"log/slog"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Visitor is somebody on a web site. Token is what the cookie holds.
type Visitor struct {
	Token   string
	Address string
}

func (v Visitor) hash() []byte {
	sum := sha256.Sum256([]byte(v.Token))
	return sum[:]
}

func isNotFound(err error) bool { return errors.Is(err, ErrNotFound) }

// VisitorDraft is what a visitor says.
type VisitorDraft struct {
	Body, Name, Mail, Page string
}

// tidy makes what a visitor says fit to be stored.
func (d *VisitorDraft) tidy(w Widget) error {
	d.Body = strings.TrimSpace(TidyBody(d.Body))
	switch {
	case d.Body == "":
		return Invalid("body", "Write something first.")
	case utf8.RuneCountInString(d.Body) > MaxVisitorBody:
		return Invalid("body", "A message has at most 2,000 characters.")
	}
	if _, err := ParseText(d.Body); err != nil {
		return err
	}
	name, ok := oneLine(d.Name)
	if !ok || utf8.RuneCountInString(name) > MaxVisitorName || stackedMarks(name) {
		return Invalid("name", "A name has at most 64 characters.")
	}
	mail := strings.TrimSpace(d.Mail)
	odd := strings.ContainsFunc(mail, func(r rune) bool { return r <= ' ' || r == '<' || r == '>' || r == 0x7f })
	if at := strings.LastIndexByte(mail, '@'); mail != "" && (at < 1 || at == len(mail)-1 || len(mail) > 254 || odd) {
		return Invalid("mail", "An address looks like you@example.org.")
	}
	d.Name, d.Mail, d.Page = name, mail, w.page(d.Page)
	return nil
}

// page is the address of a page as it may be told; "": none.
func (w Widget) page(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || len(s) > 1000 {
		return ""
	}
	u.User, u.Fragment = nil, ""
	if !w.WholePage {
		u.RawQuery = ""
	}
	return u.String()
}

// VisitorCase is the newest case of a visitor; ID 0: there is none.
func (c *Chat) VisitorCase(ctx context.Context, w Widget, v Visitor) (Case, []CaseLine, error) {
	if v.Token == "" {
		return Case{}, nil, nil
	}
	one, err := c.store.CaseOfVisitor(ctx, w.Room, v.hash())
	if isNotFound(err) {
		return Case{}, nil, nil
	}
	if err != nil {
		return one, nil, err
	}
	lines, err := c.store.CaseLines(ctx, one.ID, MaxCaseLines)
	return one, lines, err
}

// VisitorRev is the newest case of a visitor without what was said; ID 0: there is none.
func (c *Chat) VisitorRev(ctx context.Context, w Widget, v Visitor) (Case, error) {
	one, err := c.store.CaseOfVisitor(ctx, w.Room, v.hash())
	if isNotFound(err) {
		return Case{}, nil
	}
	return one, err
}

// VisitorSays says something for a visitor: the first opens a case, of which the room is
// told. Host is the public address of this server.
func (c *Chat) VisitorSays(ctx context.Context, w Widget, v Visitor, d VisitorDraft, host string) (Case, error) {
	if err := d.tidy(w); err != nil {
		return Case{}, err
	}
	if err := c.Limits.Take(LimitVisitor, string(v.hash())); err != nil {
		return Case{}, err
	}
	now := c.now()
	said := CaseLine{Kind: LineVisitor, At: now, Body: d.Body}
	one, err := c.store.CaseOfVisitor(ctx, w.Room, v.hash())
	if err == nil && one.State != CaseClosed {
		return c.addToCase(ctx, one.ID, d, said)
	}
	if err != nil && !isNotFound(err) {
		return one, err
	}
	if err := c.Limits.Take(LimitVisitorAddress, v.Address); err != nil {
		return Case{}, err
	}
	one, err = c.store.AddCase(ctx, Case{Room: w.Room, Visitor: v.hash(), Name: d.Name, Mail: d.Mail, Page: d.Page,
		Opened: now, Changed: now, Waits: now, Last: excerpt(d.Body)},
		[]CaseLine{{Kind: LineOpened, At: now, Body: d.Page}, said})
	if err != nil {
		return one, err
	}
	c.supportChanged()
	c.announceCase(ctx, w, one, host)
	return one, nil
}

// addToCase adds to an open case what its visitor says: said is the line of d.
func (c *Chat) addToCase(ctx context.Context, id CaseID, d VisitorDraft, said CaseLine) (Case, error) {
	one, err := c.store.SetCase(ctx, id, func(k *Case) ([]CaseLine, error) {
		if k.State == CaseClosed {
			return nil, Gone("This conversation was closed. Start anew.")
		}
		if k.Waits.IsZero() {
			k.Waits = said.At
		}
		k.Last = excerpt(d.Body)
		k.Name, k.Mail, k.Page = cmp.Or(d.Name, k.Name), cmp.Or(d.Mail, k.Mail), cmp.Or(d.Page, k.Page)
		return []CaseLine{said}, nil
	})
	if err == nil {
		c.endTyping(one.ID, true)
		c.supportChanged()
	}
	return one, err
}

// excerpt is the beginning of what was said as it is read, in one line.
func excerpt(body string) string {
	if t, err := ParseText(body); err == nil {
		body = t.Plain()
	}
	return cutRunes(strings.Join(strings.Fields(body), " "), maxCaseExcerpt)
}

// announceCase has the room's bot say that somebody waits, so that people are notified as
// of any message. The case is stored: where that fails, it waits in the queue all the same.
func (c *Chat) announceCase(ctx context.Context, w Widget, one Case, host string) {
	bot, err := c.store.Account(ctx, w.Bot)
	if err == nil {
		_, err = c.PostMessage(ctx, bot, w.Room, Draft{Body: one.announcement() + "\n" +
			host + "/rooms/" + strconv.FormatInt(int64(w.Room), 10) + "/cases/" + strconv.FormatInt(int64(one.ID), 10)})
	}
	if err != nil {
		slog.Info("a room was not told that a visitor waits", "room", w.Room, "error", err)
	}
}

// announcement says that a visitor waits. Nothing that a visitor writes calls anybody, or stands
// over a link, also where the name and the words mean something only together.
func (k Case) announcement() string {
	for _, write := range []func(string) string{EscapeMarkup, literalCode} {
		body := "**" + write(k.Who()) + "** waits: " + write(k.Last)
		if t, err := ParseText(body); err == nil && t.harmless() {
			return body
		}
	}
	return "A visitor waits."
}

// Who is how the team calls a visitor.
func (k Case) Who() string {
	if k.Name != "" {
		return k.Name
	}
	if u, err := url.Parse(k.Page); err == nil && k.Page != "" {
		return "Visitor on " + cutRunes(u.Path, 40)
	}
	return "Visitor"
}

// VisitorPage notes where a visitor is now.
func (c *Chat) VisitorPage(ctx context.Context, w Widget, v Visitor, page string) error {
	if page = w.page(page); page == "" || v.Token == "" {
		return nil
	}
	one, err := c.store.CaseOfVisitor(ctx, w.Room, v.hash())
	if err != nil || one.State == CaseClosed || one.Page == page {
		if isNotFound(err) {
			err = nil
		}
		return err
	}
	if err := c.Limits.Take(LimitVisitor, string(v.hash())); err != nil {
		return err
	}
	_, err = c.store.SetCase(ctx, one.ID, func(k *Case) ([]CaseLine, error) { k.Page = page; return nil, nil })
	c.supportChanged()
	return err
}

// ForgetVisitor removes who a visitor was.
func (c *Chat) ForgetVisitor(ctx context.Context, v Visitor) error {
	if v.Token == "" {
		return nil
	}
	err := c.store.ForgetVisitor(ctx, v.hash())
	c.supportChanged()
	return err
}
