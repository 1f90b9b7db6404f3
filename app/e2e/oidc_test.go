package e2e

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/oauth2-proxy/mockoidc"

	"parley/app"
	"parley/app/apptest"
	"parley/app/chat"
	"parley/app/oidc"
)

// provided starts a provider, and a server whose people log in by it.
func provided(t *testing.T, rules oidc.Rules) (*mockoidc.MockOIDC, *apptest.Server) {
	t.Helper()
	m, err := mockoidc.Run()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Shutdown() })
	return m, apptest.Start(t, func(c *app.Config) {
		c.Providers = []*oidc.Provider{{Name: "Lighthouse ID", Issuer: m.Issuer(), ClientID: m.Config().ClientID,
			ClientSecret: m.Config().ClientSecret, Rules: rules},
			{Name: "Down", Issuer: "http://127.0.0.1:1", ClientID: "x", Rules: rules}}
	})
}

var onTo = regexp.MustCompile(`id="on" href="([^"]+)"`)

// atProvider lets a browser log in there, and answers with where it is sent back to.
func atProvider(t *testing.T, b *apptest.Browser, path string, fields ...string) (back string, asked url.Values) {
	t.Helper()
	page := b.Post(path, fields...).Want(t, http.StatusOK).Body
	to := onTo.FindStringSubmatch(page)
	if to == nil || !strings.Contains(page, `http-equiv="refresh"`) {
		t.Fatal(page)
	}
	at, err := url.Parse(html.UnescapeString(to[1]))
	if err != nil {
		t.Fatal(err)
	}
	r, err := b.HTTP.Get(at.String())
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	sent, err := r.Location()
	if err != nil {
		t.Fatal(r.Status, err)
	}
	return sent.RequestURI(), at.Query()
}

func person(subject, mail string, groups ...string) *mockoidc.MockUser {
	return &mockoidc.MockUser{Subject: subject, Email: mail, EmailVerified: true, PreferredUsername: subject, Groups: groups}
}

func TestAProviderLogsInWhomItVouchesFor(t *testing.T) {
	t.Parallel()
	m, s := provided(t, oidc.Rules{})
	ada := s.Signup("ada")
	if page := s.Visitor().Get("/login").Body; !strings.Contains(page, `aria-label="Log in with"`) ||
		!strings.Contains(page, "Lighthouse ID") {
		t.Error("no button:", page)
	}
	// Somebody new chooses a username, and has an account by it.
	m.QueueUser(person("mei", "mei@example.org"))
	b := s.Visitor()
	back, asked := atProvider(t, b, "/login/provider/1", "next", "/mentions")
	if asked.Get("code_challenge_method") != "S256" || asked.Get("nonce") == "" || len(asked.Get("state")) < 40 ||
		asked.Get("redirect_uri") != s.Base+"/login/provider/1/callback" {
		t.Error(asked)
	}
	if to := b.Get(back).Want(t, http.StatusSeeOther).Location(); to != "/login/provider/new" || b.Cookie != "" {
		t.Fatal(to, b.Cookie)
	}
	if page := b.Get("/login/provider/new").Want(t, http.StatusOK).Body; !strings.Contains(page, "mei@example.org of Lighthouse ID") ||
		!strings.Contains(page, `value="mei"`) {
		t.Error(page)
	}
	b.Post("/login/provider/new", "username", "ada").Want(t, http.StatusUnprocessableEntity)
	b.Post("/login/provider/new", "username", "mei", "name", "Mei Tanaka").Want(t, http.StatusSeeOther)
	b.Get("/rooms/1").Want(t, http.StatusOK)
	b.Post("/login/provider/new", "username", "mei2").Want(t, http.StatusNotFound) // once

	m.QueueUser(person("mei", "other@example.org")) // the mail may change, the subject does not
	b = s.Visitor()
	back, _ = atProvider(t, b, "/login/provider/1", "next", "/mentions")
	if to := b.Get(back).Want(t, http.StatusSeeOther).Location(); to != "/mentions" {
		t.Error("it leads to", to)
	}
	b.Get("/rooms/1").Want(t, http.StatusOK)
	b.Get(back).Want(t, http.StatusBadRequest) // the same answer once more

	// A mail address that is somebody's here proves nothing: the account of ada is not taken.
	m.QueueUser(person("mallory", "ada@example.org"))
	b = s.Visitor()
	back, _ = atProvider(t, b, "/login/provider/1")
	b.Get(back).Want(t, http.StatusSeeOther)
	b.Get("/rooms/1").Want(t, http.StatusSeeOther)

	// Ada links hers, after she proved both.
	m.QueueUser(person("ada-at-work", "ada@example.org"))
	back, _ = atProvider(t, ada, "/me/identities/1")
	ada.Get(back).Want(t, http.StatusSeeOther)
	m.QueueUser(person("ada-at-work", "ada@example.org"))
	b = s.Visitor()
	back, _ = atProvider(t, b, "/login/provider/1")
	b.Get(back).Want(t, http.StatusSeeOther)
	if page := b.Get("/me").Want(t, http.StatusOK).Body; !strings.Contains(page, "@ada") {
		t.Error("it is another account")
	}
	// Nobody else links it, too; and who is deactivated does not come in by it.
	mei := s.Visitor()
	m.QueueUser(person("mei", "mei@example.org"))
	back, _ = atProvider(t, mei, "/login/provider/1")
	mei.Get(back).Want(t, http.StatusSeeOther)
	m.QueueUser(person("ada-at-work", "ada@example.org"))
	back, _ = atProvider(t, mei, "/me/identities/1")
	mei.Get(back).Want(t, http.StatusConflict)
	ada.Post("/admin/people/2/disable").Want(t, http.StatusSeeOther)
	m.QueueUser(person("mei", "mei@example.org"))
	b = s.Visitor()
	back, _ = atProvider(t, b, "/login/provider/1")
	b.Get(back)
	b.Get("/rooms/1").Want(t, http.StatusSeeOther)

	// Unlinked is unlinked.
	ada.Post("/me/identities/remove", "issuer", m.Issuer(), "subject", "ada-at-work").Want(t, http.StatusSeeOther)
	m.QueueUser(person("ada-at-work", "ada@example.org"))
	b = s.Visitor()
	back, _ = atProvider(t, b, "/login/provider/1")
	if to := b.Get(back).Location(); to != "/login/provider/new" {
		t.Error("it is still linked:", to)
	}
}

func TestAnswersOfProvidersThatAreNotForThisLogInAreRefused(t *testing.T) {
	t.Parallel()
	m, s := provided(t, oidc.Rules{})
	s.Signup("ada")
	m.QueueUser(person("mei", "mei@example.org"))
	b := s.Visitor()
	back, _ := atProvider(t, b, "/login/provider/1")

	// In another browser, which did not begin it: nobody is logged in as somebody else without knowing.
	s.Visitor().Get(back).Want(t, http.StatusBadRequest)
	other := s.Visitor()
	other.State = "__Host-parley-state=" + strings.Repeat("x", 43)
	other.Get(back).Want(t, http.StatusBadRequest)
	// Another state, another provider, and one that says that it is another (mix-up).
	b2 := *b
	b2.Get(back+"x").Want(t, http.StatusBadRequest)
	b2 = *b
	b2.Get(strings.Replace(back, "/provider/1/", "/provider/2/", 1)).Want(t, http.StatusBadRequest)
	b = s.Visitor()
	m.QueueUser(person("mei", "mei@example.org"))
	back, _ = atProvider(t, b, "/login/provider/1")
	b.Get(back+"&iss="+url.QueryEscape("https://evil.example.com")).Want(t, http.StatusBadRequest)
	b.Get("/rooms/1").Want(t, http.StatusSeeOther)
	// A code of another log-in: it was made for another verifier and nonce.
	m.QueueUser(person("victim", "v@example.org"))
	theirs, _ := atProvider(t, s.Visitor(), "/login/provider/1")
	m.QueueUser(person("mei", "mei@example.org"))
	b = s.Visitor()
	back, _ = atProvider(t, b, "/login/provider/1")
	code := regexp.MustCompile(`code=[^&]+`)
	b.Get(code.ReplaceAllString(back, code.FindString(theirs))).Want(t, http.StatusBadRequest)

	// One that is down stops neither the start nor the others.
	if a := s.Visitor().Post("/login/provider/2"); a.Status != http.StatusServiceUnavailable ||
		!strings.Contains(a.Body, "Down does not answer") {
		t.Error(a.Status, a.Body)
	}
	s.Visitor().Post("/login/provider/3").Want(t, http.StatusNotFound)
	s.Visitor().Post("/login/provider/0").Want(t, http.StatusNotFound)
}

func TestAProviderSaysWhoComesAndWhoAdministers(t *testing.T) {
	t.Parallel()
	m, s := provided(t, oidc.Rules{Domains: []string{"example.org"}, Groups: []string{"chat", "ops"}, Admins: []string{"ops"}, Signup: true})
	s.Signup("ada")
	if err := s.App.Chat.SetSetting(t.Context(), chat.SettingSignup, chat.SignupInvites); err != nil {
		t.Fatal(err)
	}
	if err := s.App.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	unverified := person("eve", "eve@example.org", "chat")
	unverified.EmailVerified = false
	for _, u := range []*mockoidc.MockUser{person("eve", "eve@example.com", "chat"), person("eve", "eve@example.org", "others"),
		person("eve", "eve@example.org.example.com", "chat"), unverified} {
		m.QueueUser(u)
		b := s.Visitor()
		back, _ := atProvider(t, b, "/login/provider/1")
		b.Get(back).Want(t, http.StatusForbidden)
	}
	come := func(groups ...string) {
		t.Helper()
		m.QueueUser(person("mei", "Mei@Example.org", groups...))
		b := s.Visitor()
		back, _ := atProvider(t, b, "/login/provider/1")
		if b.Get(back).Want(t, http.StatusSeeOther).Location() == "/login/provider/new" {
			b.Post("/login/provider/new", "username", "mei").Want(t, http.StatusSeeOther)
		}
		b.Get("/rooms/1").Want(t, http.StatusOK)
	}
	come("chat")
	if s.Account("mei").Admin() {
		t.Error("everybody administers")
	}
	come("chat", "ops")
	if !s.Account("mei").Admin() {
		t.Error("the group of administrators is not one")
	}
	come("chat")
	if s.Account("mei").Admin() {
		t.Error("who left the group administers")
	}
}
