package e2e

import (
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/oauth2-proxy/mockoidc"

	"parley/app"
	"parley/app/apptest"
	"parley/app/oidc"
)

// ending starts a provider that ends log-ins, and a server whose people log in by it.
func ending(t *testing.T, claims oidc.Claims, rules oidc.Rules, rest map[string]any) (*mockoidc.MockOIDC, *apptest.Server) {
	t.Helper()
	m, err := mockoidc.NewServer(nil)
	if err != nil {
		t.Fatal(err)
	}
	also := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			more := map[string]any{}
			switch r.URL.Path {
			case mockoidc.DiscoveryEndpoint:
				more["end_session_endpoint"] = m.Addr() + "/oidc/end?kind=all"
			case mockoidc.UserinfoEndpoint:
				more = rest
			}
			if len(more) == 0 {
				next.ServeHTTP(w, r)
				return
			}
			got := httptest.NewRecorder()
			next.ServeHTTP(got, r)
			said := map[string]any{}
			if err := json.Unmarshal(got.Body.Bytes(), &said); err != nil {
				t.Error(err)
			}
			for k, v := range more {
				said[k] = v
			}
			w.Header().Set("Content-Type", "application/json")
			json.NewEncoder(w).Encode(said)
		})
	}
	if err := m.AddMiddleware(also); err != nil {
		t.Fatal(err)
	}
	at, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Start(at, nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Shutdown() })
	return m, apptest.Start(t, func(c *app.Config) {
		c.Providers = []*oidc.Provider{{Name: "Lighthouse ID", Issuer: m.Issuer(), ClientID: m.Config().ClientID,
			ClientSecret: m.Config().ClientSecret,
			Claims:       claims, Rules: rules, Logout: true}}
	})
}

func TestWhoCameByAProviderIsLoggedOutThere(t *testing.T) {
	t.Parallel()
	m, s := ending(t, oidc.Claims{}, oidc.Rules{}, nil)
	ada := s.Signup("ada")
	m.QueueUser(person("mei", "mei@example.org"))
	b := s.Visitor()
	back, _ := atProvider(t, b, "/login/provider/1")
	b.Get(back).Want(t, http.StatusSeeOther)
	made := b.Post("/login/provider/new", "username", "mei", "name", "Mei").Want(t, http.StatusSeeOther)
	via := made.Header.Values("Set-Cookie")
	var cookie string
	for _, c := range via {
		if name, _, _ := strings.Cut(c, "="); strings.HasSuffix(name, "parley-via") {
			cookie, _, _ = strings.Cut(c, ";")
			if !strings.Contains(c, "HttpOnly") {
				t.Error("scripts read it:", c)
			}
		}
	}
	if cookie == "" {
		t.Fatal("nothing notes by whom mei came:", via)
	}
	b.State = cookie
	page := b.Post("/logout").Want(t, http.StatusOK)
	to := onTo.FindStringSubmatch(page.Body)
	if to == nil || !strings.Contains(page.Body, "/logout.js") {
		t.Fatal(page.Body)
	}
	at, err := url.Parse(strings.ReplaceAll(to[1], "&amp;", "&"))
	if err != nil || at.Query().Get("kind") != "all" || at.Query().Get("client_id") != m.Config().ClientID ||
		at.Query().Get("post_logout_redirect_uri") != s.Base+"/login" || !strings.HasPrefix(at.String(), m.Addr()+"/oidc/end?") {
		t.Error("it leads to", at, err)
	}
	b.Get("/rooms/1").Want(t, http.StatusSeeOther) // here it is over
	// Who came by a password is not led there.
	if to := ada.Post("/logout").Want(t, http.StatusSeeOther).Location(); to != "/login" {
		t.Error("it leads to", to)
	}
	forged := s.Signup("bob")
	forged.State = strings.Replace(cookie, "=1", "=7", 1)
	forged.Post("/logout").Want(t, http.StatusSeeOther)
}

// Names and groups are read from the claims that the operator names, and asked for where the
// token lacks them.
func TestClaimsAreReadWhereTheyAre(t *testing.T) {
	t.Parallel()
	rest := map[string]any{"display_name": "Mei of the harbour", "realm_access": map[string]any{"roles": []string{"chat", "ops"}}}
	m, s := ending(t, oidc.Claims{Name: "display_name", Groups: "realm_access.roles"}, oidc.Rules{Groups: []string{"chat"},
		Admins: []string{"ops"}}, rest)
	ada := s.Signup("ada")
	b := s.Visitor()
	m.QueueUser(person("mei", "mei@example.org", "neither"))
	back, _ := atProvider(t, b, "/login/provider/1")
	b.Get(back).Want(t, http.StatusSeeOther)
	if page := b.Get("/login/provider/new").Want(t, http.StatusOK).Body; !strings.Contains(page, `value="Mei of the harbour"`) {
		t.Error("the name is another:", page)
	}
	b.Post("/login/provider/new", "username", "mei", "name", "Mei").Want(t, http.StatusSeeOther)
	if !s.Account("mei").Admin() {
		t.Error("the group of administrators is not read")
	}
	// Administrators see what was set, without the secret.
	page := ada.Get("/admin/settings").Want(t, http.StatusOK).Body
	for _, words := range []string{"Lighthouse ID", m.Issuer(), "/login/provider/1/callback", "Only the groups chat",
		"Administrators are the groups ops", "It answers"} {
		if !strings.Contains(page, words) {
			t.Errorf("the settings do not say %q", words)
		}
	}
	if strings.Contains(page, m.Config().ClientSecret) {
		t.Error("the settings tell the secret")
	}
}

func TestWhatAProviderSaysOfSomebodyElseIsRefused(t *testing.T) {
	t.Parallel()
	m, s := ending(t, oidc.Claims{Name: "display_name"}, oidc.Rules{}, map[string]any{"sub": "somebody else", "display_name": "Eve"})
	s.Signup("ada")
	u := person("mei", "mei@example.org")
	u.PreferredUsername = ""
	m.QueueUser(u)
	b := s.Visitor()
	back, _ := atProvider(t, b, "/login/provider/1")
	b.Get(back).Want(t, http.StatusBadRequest)
	b.Get("/login/provider/new").Want(t, http.StatusNotFound)
}

// Each of what ties an answer to a log-in is altered alone, with all else as it should be.
func TestAnAnswerWithAnotherNonceOrStateIsRefused(t *testing.T) {
	t.Parallel()
	m, s := provided(t, oidc.Rules{})
	s.Signup("ada")
	for _, alter := range []string{"nonce", "state", "code_challenge", ""} {
		m.QueueUser(person("mei", "mei@example.org"))
		b := s.Visitor()
		page := b.Post("/login/provider/1").Want(t, http.StatusOK).Body
		at, err := url.Parse(strings.ReplaceAll(onTo.FindStringSubmatch(page)[1], "&amp;", "&"))
		if err != nil {
			t.Fatal(err)
		}
		q := at.Query()
		if alter != "" {
			was := q.Get(alter)
			q.Set(alter, was[:len(was)-1]+map[bool]string{true: "B", false: "A"}[strings.HasSuffix(was, "A")])
		}
		at.RawQuery = q.Encode()
		r, err := b.HTTP.Get(at.String())
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		sent, err := r.Location()
		if err != nil {
			t.Fatal(err)
		}
		want := http.StatusBadRequest
		if alter == "" {
			want = http.StatusSeeOther
		}
		b.Get(sent.RequestURI()).Want(t, want)
		if alter != "" {
			b.Get("/login/provider/new").Want(t, http.StatusNotFound)
		}
	}
}
