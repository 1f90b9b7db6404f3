package mail

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"parley/app/auth"
	"parley/app/chat"
	"parley/views"
)

// write writes a mail as it is to be sent now, and says to whom; nil: there is nothing to
// say any more.
func (s *Sender) write(ctx context.Context, m auth.Mail) (to string, w *views.Mail, err error) {
	w = &views.Mail{Workspace: s.Workspace()}
	switch m.Kind {
	case auth.MailConfirm:
		return s.writeConfirm(ctx, m, w)
	case auth.MailPassword:
		return s.writePassword(ctx, m, w)
	case auth.MailInvite:
		return s.writeInvite(ctx, m, w)
	case auth.MailDevice:
		return s.writeDevice(ctx, m, w)
	case auth.MailDigest:
		return s.writeDigest(ctx, m, w)
	case auth.MailVisitor:
		return s.writeVisitor(ctx, m, w)
	}
	return "", nil, nil
}

func (s *Sender) writeConfirm(ctx context.Context, m auth.Mail, w *views.Mail) (string, *views.Mail, error) {
	a, err := s.Store.Address(ctx, m.Account)
	if err != nil || !a.Confirmed.IsZero() {
		return "", nil, err
	}
	code, err := s.Auth.NewAddressCode(ctx, a)
	if err != nil {
		return "", nil, err
	}
	who, err := s.Rules.Person(ctx, m.Account)
	w.Title, w.Lead, w.Button = "Confirm your address", "@"+who.Username+" of "+w.Workspace+
		" wants to be reached here. The link works for a day and once.", "Confirm this address"
	w.URL, w.Copy = s.Host()+"/mail/confirm/"+code, true
	w.Foot = []string{"It was not you? Then throw this away: nothing else comes here."}
	return a.Address, w, err
}

func (s *Sender) writePassword(ctx context.Context, m auth.Mail, w *views.Mail) (string, *views.Mail, error) {
	who, a, token, err := s.Auth.MailReset(ctx, m.Data)
	if err != nil {
		return "", nil, err
	}
	w.Title, w.Lead = "Set a new password", "Somebody, probably you, asked for this for @"+who.Username+
		". The link works for one hour and once."
	w.Button, w.URL, w.Copy = "Choose a password", s.Host()+"/reset/"+token, true
	w.Foot = []string{"It was not you? Then nothing has changed, and you may throw this away.",
		"Asked for at " + m.Made.UTC().Format("15:04") + " UTC."}
	return a.Address, w, nil
}

func (s *Sender) writeInvite(ctx context.Context, m auth.Mail, w *views.Mail) (string, *views.Mail, error) {
	by, err := s.Rules.Person(ctx, m.Account)
	if err != nil {
		return "", nil, err
	}
	number, to, _ := strings.Cut(m.Data, " ")
	list, err := s.Auth.Invites(ctx, by) // whoever may not invite any more, does not
	if err != nil {
		return "", nil, err
	}
	for _, i := range list {
		if strconv.FormatInt(i.ID, 10) != number || !i.Valid(time.Now()) {
			continue
		}
		w.Title, w.Lead = by.Name+" invites you to "+w.Workspace, w.Workspace+" talks in Parley. The link makes an account for you."
		w.Button, w.URL, w.Copy = "Join", s.Host()+"/join/"+i.Code, true
		w.Foot = []string{"You do not know " + by.Name + "? Then throw this away: nothing else comes here."}
		return to, w, nil
	}
	return "", nil, nil
}

func (s *Sender) writeDevice(ctx context.Context, m auth.Mail, w *views.Mail) (string, *views.Mail, error) {
	a, err := s.Store.Address(ctx, m.Account)
	if err != nil || a.Confirmed.IsZero() {
		return "", nil, err
	}
	who, err := s.Rules.Person(ctx, m.Account)
	w.Title = "You logged in with " + views.BrowserName(m.Data)
	w.Lead = "@" + who.Username + " was logged in to at " + m.Made.UTC().Format("15:04 UTC on 2 January 2006") +
		" with a browser that was not known here."
	w.Button, w.URL = "Look where you are logged in", s.Host()+"/me/security"
	w.Foot = []string{"It was not you? Log it out there, and change your password."}
	return a.Address, w, err
}

func (s *Sender) writeDigest(ctx context.Context, m auth.Mail, w *views.Mail) (string, *views.Mail, error) {
	a, err := s.Store.Address(ctx, m.Account)
	if err != nil || a.Confirmed.IsZero() {
		return "", nil, err
	}
	var ids []chat.MessageID
	for one := range strings.FieldsSeq(m.Data) {
		id, _ := strconv.ParseInt(one, 10, 64) // we wrote it
		ids = append(ids, chat.MessageID(id))
	}
	who, list, err := s.Rules.StillMissed(ctx, m.Account, ids)
	if err != nil || len(list) == 0 {
		return "", nil, err
	}
	zone, err := time.LoadLocation(who.Prefs.Zone)
	if err != nil {
		zone = time.UTC
	}
	for _, one := range list {
		e := views.MailEntry{Name: one.Author.Name, Where: where(one) + " · " + one.At.In(zone).Format("15:04"),
			URL: s.Host() + views.MessageURL(one.Room, one.ID)}
		if who.Prefs.MailWords == "words" {
			e.Text = chat.Truncate(one.Line(), 500)
		}
		w.Entries = append(w.Entries, e)
	}
	w.Title = fmt.Sprintf("%d messages wait for you", len(list))
	if len(list) == 1 {
		w.Title = list[0].Author.Name + " mentioned you in " + list[0].Place.Label()
		if list[0].Place.Kind == chat.Direct {
			w.Title = list[0].Author.Name + " wrote to you"
		}
	}
	w.Button, w.URL = "Open Parley", s.Host()+"/"
	w.Foot = []string{"You get this because something was for you while you were not here. Answers to this mail are not read."}
	w.Less = s.Host() + "/me/notifications"
	off, err := s.OffToken(ctx, a)
	w.Off = s.Host() + "/mail/off/" + off
	return a.Address, w, err
}

// visitorDelay is how long a mail to a visitor waits for more that is answered.
const visitorDelay = time.Minute

// QueueVisitor queues the mail to a visitor who was answered.
func (s *Sender) QueueVisitor(ctx context.Context, k chat.Case, line int64) error {
	now := time.Now()
	if err := s.Store.QueueMail(ctx, auth.Mail{Kind: auth.MailVisitor, Data: fmt.Sprint(k.ID, " ", line), Next: now.Add(visitorDelay),
		Made: now}, 0); err != nil {
		return err
	}
	s.Wake()
	return nil
}

func (s *Sender) writeVisitor(ctx context.Context, m auth.Mail, w *views.Mail) (string, *views.Mail, error) {
	var id chat.CaseID
	var line int64
	if _, err := fmt.Sscan(m.Data, &id, &line); err != nil {
		return "", nil, nil // we did not write it
	}
	k, widget, answers, err := s.Rules.CaseToMail(ctx, id, line)
	if err != nil || len(answers) == 0 {
		return "", nil, err
	}
	w.Workspace, w.Title = widget.Title, widget.Title+" answered you"
	for _, l := range answers {
		w.Entries = append(w.Entries, views.MailEntry{Name: chat.FirstName(l.Author.Name), Where: l.At.UTC().Format("15:04 UTC"),
			Text: chat.Truncate(l.Body, 2000), URL: s.Host() + "/widget/" + widget.Slug})
	}
	w.Button, w.URL = "Go on where you asked", s.Host()+"/widget/"+widget.Slug
	if k.Page != "" {
		w.URL = k.Page
	}
	w.Foot = []string{"You get this because you left your address when you asked. Answers to this mail are not read.",
		"“Forget me” below the chat ends it."}
	return k.Mail, w, nil
}

func where(m chat.MissedMessage) string {
	if m.Place.Kind != chat.Direct {
		return "in " + m.Place.Label()
	}
	if len(m.Place.With) > 1 {
		return "to you and others"
	}
	return "to you"
}

// OffToken is what a link has that ends the digests of an address, and can do nothing else.
// It ends with the address.
func (s *Sender) OffToken(ctx context.Context, a auth.Address) (string, error) {
	key, err := s.secret(ctx)
	if err != nil {
		return "", err
	}
	id := strconv.FormatInt(int64(a.Account), 10)
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("off " + id + " " + a.Address))
	return id + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil)), nil
}

// OffAccount finds whose mails a token ends: chat.ErrNotFound for one of nobody.
func (s *Sender) OffAccount(ctx context.Context, token string) (chat.Account, error) {
	number, _, _ := strings.Cut(token, ".")
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return chat.Account{}, chat.NotFound()
	}
	a, err := s.Store.Address(ctx, chat.AccountID(id))
	if err != nil {
		return chat.Account{}, err
	}
	want, err := s.OffToken(ctx, a)
	if err != nil {
		return chat.Account{}, err
	}
	if !hmac.Equal([]byte(want), []byte(token)) {
		return chat.Account{}, chat.NotFound()
	}
	return s.Rules.Person(ctx, a.Account)
}

func joined(ids []chat.MessageID) string {
	var b strings.Builder
	for i, id := range ids {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(strconv.FormatInt(int64(id), 10))
	}
	return b.String()
}
