package e2e

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"parley/app/apptest"
	"parley/app/auth"
	"parley/app/chat"
)

// linkIn finds an address of the server in a mail.
func linkIn(t *testing.T, s *apptest.Server, m apptest.Mail, path string) string {
	t.Helper()
	found := regexp.MustCompile(regexp.QuoteMeta(s.Base) + "(" + path + `[A-Za-z0-9_.@/-]+)`).FindStringSubmatch(m.Text)
	if found == nil || !strings.Contains(m.HTML, found[0]) {
		t.Fatalf("no link to %s in both parts of\n%s", path, m.Text)
	}
	return found[1]
}

// addressed gives somebody a confirmed address.
func addressed(t *testing.T, s *apptest.Server, box *apptest.MailServer, b *apptest.Browser, address string) {
	t.Helper()
	n := len(box.Got())
	b.Post("/me/mail", "address", address).Want(t, http.StatusSeeOther)
	m := box.Waits(n + 1)[n]
	if m.To != address || m.From != "chat@example.org" || m.Subject != "Confirm your address" {
		t.Fatalf("%+v", m)
	}
	s.Visitor().Post(linkIn(t, s, m, "/mail/confirm/")).Want(t, http.StatusOK)
}

func TestAnAddressIsConfirmedBeforeItIsUsed(t *testing.T) {
	t.Parallel()
	box := apptest.NewMailServer(t)
	s := apptest.Start(t, box.Config)
	ada, mei := s.Signup("ada"), s.Signup("mei")
	ada.Post("/me/mail", "address", "no address").Want(t, http.StatusUnprocessableEntity)
	ada.Post("/me/mail", "address", "ada@example.org\r\nBcc: all@example.org").Want(t, http.StatusUnprocessableEntity)
	ada.Post("/me/mail", "address", "ada@example.org").Want(t, http.StatusSeeOther)
	link := linkIn(t, s, box.Waits(1)[0], "/mail/confirm/")
	s.Visitor().Post("/forgot", "name", "ada").Want(t, http.StatusOK) // goes nowhere yet
	apptest.Within(t, "that was looked at", func() bool {
		due, err := s.Stored().DueMails(t.Context(), time.Now().Add(time.Hour), 10)
		return err == nil && len(due) == 0
	})
	s.Visitor().Get(link).Want(t, http.StatusOK) // a mail server that looks confirms nothing
	if body := ada.Get("/me/notifications").Body; strings.Contains(body, "Confirmed.") {
		t.Error("confirmed by looking")
	}
	s.Visitor().Post(link).Want(t, http.StatusOK)
	s.Visitor().Post(link).Want(t, http.StatusNotFound) // once
	if body := ada.Get("/me/notifications").Body; !strings.Contains(body, "Confirmed.") {
		t.Error("not confirmed")
	}
	// Nobody else sees it, nor has it.
	for _, path := range []string{"/people", "/people/1", "/people/1/card", "/people.json", "/admin/people/1"} {
		if strings.Contains(mei.Get(path).Body, "ada@example.org") {
			t.Error(path, "shows the address")
		}
	}
	mei.Post("/me/mail", "address", "ADA@example.org").Want(t, http.StatusSeeOther)
	taken := linkIn(t, s, box.Waits(2)[1], "/mail/confirm/")
	s.Visitor().Post(taken).Want(t, http.StatusUnprocessableEntity)
}

func TestAPasswordIsSetByMailAndNothingIsToldOfWhoIsHere(t *testing.T) {
	t.Parallel()
	box := apptest.NewMailServer(t)
	s := apptest.Start(t, box.Config)
	ada := s.Signup("ada")
	s.Signup("mei")
	addressed(t, s, box, ada, "ada@example.org")
	known := s.Visitor().Post("/forgot", "name", "ada").Want(t, http.StatusOK).Body
	for _, name := range []string{"nobody", "mei", "nobody@example.org", "ADA@example.org"} {
		if body := s.Visitor().Post("/forgot", "name", name).Want(t, http.StatusOK).Body; body != known {
			t.Errorf("%s: another answer:\n%s", name, body)
		}
	}
	got := box.Waits(3)
	if len(got) != 3 || got[1].To != "ada@example.org" || got[2].To != "ada@example.org" {
		t.Fatalf("%+v", got)
	}
	first, second := linkIn(t, s, got[1], "/reset/"), linkIn(t, s, got[2], "/reset/")
	if old := s.Visitor().Get(first).Want(t, http.StatusGone).Body; !strings.Contains(old, "sends a new one by mail") { // the newer one took its place
		t.Error("a used link does not say how to get a new one:", old)
	}
	b := s.Visitor()
	b.Post(second, "password", "a quite different one 7").Want(t, http.StatusSeeOther)
	ada.Get("/rooms/1").Want(t, http.StatusSeeOther) // logged out everywhere
	s.Visitor().Post(second, "password", "a quite different one 8").Want(t, http.StatusGone)
}

func TestWhatWaitsIsMailedOnce(t *testing.T) {
	t.Parallel()
	box := apptest.NewMailServer(t)
	s := apptest.Start(t, box.Config)
	ada, mei := s.Signup("ada"), s.Signup("mei")
	mei.Says(1, "@ada before there was an address")
	addressed(t, s, box, ada, "ada@example.org")
	first := mei.Says(1, "@ada the <b>lens</b> is here")
	mei.Says(1, "not for ada")
	mei.Post("/dm", "to", "1", "body", "And I kept the old one.").Want(t, http.StatusSeeOther)
	missed := func(after time.Duration, upto chat.MessageID) (ids []chat.MessageID) {
		t.Helper()
		rules := chat.New(s.Stored(), discard{}, chat.NewLimits(nil), func() time.Time { return time.Now().Add(after) })
		list, err := rules.Missed(t.Context(), 1, upto)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range list {
			ids = append(ids, m.ID)
		}
		return ids
	}
	if early := missed(29*time.Minute, 1); len(early) != 0 {
		t.Error("mailed at once:", early)
	}
	at := missed(31*time.Minute, 2)
	if len(at) != 2 || int(at[0]) != first {
		t.Fatal("missed:", at)
	}
	m := int(at[1])
	queue := func() {
		t.Helper()
		now := time.Now()
		if err := s.Stored().QueueMail(t.Context(), auth.Mail{Kind: auth.MailDigest, Account: 1, Data: fmt.Sprint(first, " ", m), Next: now,
			Made: now}, chat.MessageID(m)); err != nil {
			t.Fatal(err)
		}
	}
	queue()
	got := box.Waits(2)[1]
	if got.Subject != "2 messages wait for you" || strings.Contains(got.Text, "lens") || !strings.Contains(got.Text, "mei in #general") ||
		!strings.Contains(got.Text, "mei to you") {
		t.Errorf("%s\n%s", got.Subject, got.Text)
	}
	linkIn(t, s, got, fmt.Sprintf("/rooms/1/@%d", first)[:8])
	if strings.Contains(got.HTML, "<img") || strings.Contains(got.HTML, "<b>lens") || strings.Contains(got.HTML, "url(") ||
		strings.Contains(got.HTML, "@import") || strings.Contains(got.HTML, "<script") {
		t.Error("the mail fetches or runs something:", got.HTML)
	}
	queue() // a second look, or another node: nothing is queued of what was mailed

	// One click ends it, without a session and from anywhere (RFC 8058).
	if got.Header.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" {
		t.Error(got.Header)
	}
	off := linkIn(t, s, got, "/mail/off/")
	if header := got.Header.Get("List-Unsubscribe"); header != "<"+s.Base+off+">" {
		t.Error(header)
	}
	s.Visitor().Get(off).Want(t, http.StatusOK)
	s.Visitor().Do(http.MethodPost, off[:len(off)-1]+"x", "List-Unsubscribe=One-Click", "Content-Type",
		"application/x-www-form-urlencoded").Want(t, http.StatusNotFound)
	s.Visitor().Do(http.MethodPost, off, "List-Unsubscribe=One-Click", "Content-Type", "application/x-www-form-urlencoded", "Origin",
		"https://mail.example.com").Want(t, http.StatusOK)
	if list := missed(31*time.Minute, 2); len(list) != 0 || len(box.Got()) != 2 {
		t.Error("mailed after that:", list, box.Got())
	}
	// With the words, by choice; what was read is not told of.
	ada.Post("/me/notifications", "mail", "", "mail_words", "words").Want(t, http.StatusSeeOther)
	ada.Post("/rooms/1/read", "upto", fmt.Sprint(first+1)).Want(t, http.StatusSeeOther)
	mei.Post("/dm", "to", "1", "body", "And one more.").Want(t, http.StatusSeeOther)
	list := missed(31*time.Minute, chat.MessageID(m))
	if len(list) != 1 {
		t.Fatal("missed:", list)
	}
	third := int(list[0])
	now := time.Now()
	if err := s.Stored().QueueMail(t.Context(), auth.Mail{Kind: auth.MailDigest, Account: 1, Data: fmt.Sprint(first, " ", third), Next: now,
		Made: now}, chat.MessageID(third)); err != nil {
		t.Fatal(err)
	}
	if got := box.Waits(3)[2]; got.Subject != "mei wrote to you" || !strings.Contains(got.Text, "And one more.") ||
		strings.Contains(got.Text, "lens") {
		t.Errorf("%s\n%s", got.Subject, got.Text)
	}
}

type discard struct{}

func (discard) Publish(chat.Event) {}

func TestInvitesAndNewBrowsersAreMailedAbout(t *testing.T) {
	t.Parallel()
	box := apptest.NewMailServer(t)
	s := apptest.Start(t, box.Config)
	ada := s.Signup("ada")
	addressed(t, s, box, ada, "ada@example.org")
	ada.Post("/admin/invites", "uses", "1", "expires", "7d", "role", "member", "address", "nonsense").Want(t, http.StatusUnprocessableEntity)
	ada.Post("/admin/invites", "uses", "1", "expires", "7d", "role", "member", "address", "mei@example.org").Want(t, http.StatusSeeOther)
	m := box.Waits(2)[1]
	if m.To != "mei@example.org" || m.Subject != "ada invites you to Lighthouse Studio" {
		t.Errorf("%+v", m)
	}
	s.Visitor().Post(linkIn(t, s, m, "/join/"), "username", "mei", "password", apptest.Password).Want(t, http.StatusSeeOther)

	login := func(agent string) {
		s.Visitor().Do(http.MethodPost, "/login", "username=ada&password="+strings.ReplaceAll(apptest.Password, " ", "+"), "Content-Type",
			"application/x-www-form-urlencoded",
			"Sec-Fetch-Site", "same-origin", "User-Agent", agent).Want(t, http.StatusSeeOther)
	}
	login("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
	if m := box.Waits(3)[2]; m.To != "ada@example.org" || m.Subject != "You logged in with Firefox on Linux" {
		t.Errorf("%+v", m)
	}
	login("Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0") // the same, a little newer
	ada.Post("/admin/invites", "uses", "1", "expires", "7d", "role", "member", "address", "jonas@example.org").Want(t, http.StatusSeeOther)
	if m := box.Waits(4)[3]; m.To != "jonas@example.org" {
		t.Errorf("mailed about what is known: %+v", m)
	}
}

func TestAMailServerThatIsAwayOrRefusesLosesNothingAndStopsNothing(t *testing.T) {
	t.Parallel()
	box := apptest.NewMailServer(t)
	s := apptest.Start(t, box.Config)
	ada := s.Signup("ada")
	box.Refuses(&smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "later"})
	ada.Post("/me/mail", "address", "ada@example.org").Want(t, http.StatusSeeOther)
	tried := func(want func([]auth.Mail) bool) {
		t.Helper()
		for deadline := time.Now().Add(40 * time.Second); ; time.Sleep(20 * time.Millisecond) {
			list, err := s.Stored().DueMails(context.Background(), time.Now().Add(24*time.Hour), 10)
			if err != nil {
				t.Fatal(err)
			}
			if want(list) {
				return
			}
			if time.Now().After(deadline) {
				t.Fatalf("%+v", list)
			}
		}
	}
	tried(func(list []auth.Mail) bool { return len(list) == 1 && list[0].Tries == 1 }) // it waits
	box.Refuses(&smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such person"})
	list, err := s.Stored().DueMails(t.Context(), time.Now().Add(24*time.Hour), 10)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	list[0].Next = time.Now()
	if err := s.Stored().SetMail(t.Context(), list[0]); err != nil {
		t.Fatal(err)
	}
	tried(func(list []auth.Mail) bool { return len(list) == 0 }) // it is given up
	if len(box.Got()) != 0 {
		t.Error(box.Got())
	}
}

// A confirmed address stands for the username of its account, and says no more than one.
func TestWhoHasAnAddressLogsInByIt(t *testing.T) {
	t.Parallel()
	box := apptest.NewMailServer(t)
	s := apptest.Start(t, box.Config)
	ada, mei := s.Signup("ada"), s.Signup("mei")
	addressed(t, s, box, ada, "ada@example.org")
	mei.Post("/me/mail", "address", "mei@example.org").Want(t, http.StatusSeeOther) // not confirmed
	if page := s.Visitor().Get("/login").Body; !strings.Contains(page, "Username or mail address") {
		t.Error("the page does not say that it can be one")
	}
	b := s.Visitor()
	b.Post("/login", "username", " Ada@Example.ORG ", "password", apptest.Password).Want(t, http.StatusSeeOther)
	if page := b.Get("/me").Want(t, http.StatusOK).Body; !strings.Contains(page, "@ada") {
		t.Error("it is another account")
	}
	refusals := map[string]bool{}
	for _, name := range []string{"ada@example.org", "mei@example.org", "nobody@example.org", "ada", "nobody"} {
		a := s.Visitor().Post("/login", "username", name, "password", "wrong horse battery 9")
		refusals[fmt.Sprint(a.Status, strings.ReplaceAll(nonces.ReplaceAllString(a.Body, ""), `value="`+name+`"`, ""))] = true
	}
	if len(refusals) != 1 {
		t.Errorf("the answers differ: %d of them", len(refusals))
	}
	s.Visitor().Post("/login", "username", "mei@example.org", "password", apptest.Password).Want(t, http.StatusUnprocessableEntity)
	ada.Post("/me/mail", "address", "").Want(t, http.StatusSeeOther)
	s.Visitor().Post("/login", "username", "ada@example.org", "password", apptest.Password).Want(t, http.StatusUnprocessableEntity)
}
