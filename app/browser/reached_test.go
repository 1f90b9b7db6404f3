package browser

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"parley/app"
	"parley/app/apptest"
	"parley/app/chat"
	"parley/app/directory"
	"parley/app/oidc"
)

// reached are the pages of how people are reached, and known.
func reached(t *testing.T, s *apptest.Server) []sight {
	t.Helper()
	dora := s.Signup("dora")
	dora.Post("/me/status", "emoji", ":headphones:", "text", "Deep work", "end", "4h", "quiet", "1").Want(t, http.StatusSeeOther)
	page := dora.Get("/me/security/factor").Want(t, http.StatusOK).Body
	secret := page[strings.Index(page, "<code>")+6:]
	secret = strings.ReplaceAll(secret[:strings.Index(secret, "</code>")], " ", "")
	code, err := totp.GenerateCode(secret, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	wrong := dora.Post("/me/security/factor", "code", "1").Want(t, http.StatusUnprocessableEntity).Body
	codes := dora.Post("/me/security/factor", "code", code).Want(t, http.StatusOK).Body
	kim := s.Signup("kim")
	for _, err := range []error{s.App.Chat.SetRole(t.Context(), chat.Operator, s.Account("kim").ID, chat.RoleGuest),
		s.App.Chat.SetRole(t.Context(), chat.Operator, s.Account("dora").ID, chat.RoleAdmin)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	pier := dora.Found("pier", "open")
	at := fmt.Sprintf("/rooms/%d", pier)
	dora.Post(at+"/members", "people", fmt.Sprint(s.Account("kim").ID)).Want(t, http.StatusSeeOther)
	kim.Says(pier, "I am the guest here")
	dora.Post(fmt.Sprintf("/people/%d/block", s.Account("kim").ID)).Want(t, http.StatusSeeOther)
	noRooms := dora.Post("/admin/invites", "role", "guest", "uses", "1", "expires", "7d").Want(t, http.StatusUnprocessableEntity).Body
	step := s.Visitor()
	step.Post("/login", "username", "dora", "password", apptest.Password).Want(t, http.StatusSeeOther)
	if err := s.App.Chat.SetSetting(t.Context(), chat.SettingSignup, chat.SignupAsks); err != nil {
		t.Fatal(err)
	}
	if err := s.App.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	other := apptest.Start(t, func(c *app.Config) {
		c.Providers = []*oidc.Provider{{Name: "Lighthouse ID", Issuer: "https://id.example.org", ClientID: "parley",
			Rules: oidc.Rules{Groups: []string{"chat"}, Signup: true}, Logout: true}}
		var err error
		if c.Directory, err = directory.New(directory.Config{Name: "Harbour Directory", URL: "ldaps://ldap.example.org",
			Base: "dc=example,dc=org", Rules: oidc.Rules{Admins: []string{"ops"}}}); err != nil {
			t.Fatal(err)
		}
	})
	house := other.Signup("ada")
	provided := other.Visitor().Get("/login").Want(t, http.StatusOK).Body
	asks := s.Visitor().Get("/signup").Body
	asked := s.Visitor().Post("/signup", "username", "elin", "name", "Elin", "password", apptest.Password, "reason",
		"I keep the ferries").Want(t, http.StatusOK).Body
	return []sight{{name: "status", path: "/me/status", who: dora}, {name: "own data", path: "/me/data", who: dora},
		{name: "security with a second factor", path: "/me/security", who: dora},
		{name: "refused code", who: dora, html: wrong}, {name: "recovery codes", who: dora, html: codes},
		{name: "share", path: "/share?text=The+timetable", who: dora},
		{name: "second step", who: step, html: step.Get("/login/second").Want(t, http.StatusOK).Body},
		{name: "refused second step", who: step, html: step.Post("/login/second", "code", "000000").Want(t, http.StatusUnprocessableEntity).Body},
		{name: "second step by recovery code", who: step, html: step.Get("/login/second?recovery=1").Body},
		{name: "asking for an account", who: s.Visitor(), html: asks}, {name: "asked for an account", who: s.Visitor(), html: asked},
		{name: "people with a status", path: "/people", who: dora}, {name: "people of a room", path: at + "/people", who: dora},
		{name: "a guest's room", path: at, who: kim}, {name: "a guest's people", path: "/people", who: kim},
		{name: "a guest's rooms", path: "/rooms", who: kim},
		{name: "a guest's profile", path: fmt.Sprintf("/people/%d", s.Account("kim").ID), who: dora},
		{name: "who is blocked", path: "/me/notifications", who: dora},
		{name: "refused invite of guests", who: dora, html: noRooms}, {name: "log-in by providers", who: s.Visitor(), html: provided},
		{name: "linking the directory", who: dora, html: house.Get("/me/identities/directory").Want(t, http.StatusOK).Body},
		{name: "security with a directory", who: dora, html: house.Get("/me/security").Body}, {name: "settings with a directory", who: dora,
			html: house.Get("/admin/settings").Body}}
}
