package browser

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"parley/app/apptest"
	"parley/app/chat"
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
	step := s.Visitor()
	step.Post("/login", "username", "dora", "password", apptest.Password).Want(t, http.StatusSeeOther)
	if err := s.App.Chat.SetSetting(t.Context(), chat.SettingSignup, chat.SignupAsks); err != nil {
		t.Fatal(err)
	}
	if err := s.App.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	asks := s.Visitor().Get("/signup").Body
	asked := s.Visitor().Post("/signup", "username", "elin", "name", "Elin", "password", apptest.Password, "reason", "I keep the ferries").Want(t, http.StatusOK).Body
	return []sight{{name: "status", path: "/me/status", who: dora}, {name: "own data", path: "/me/data", who: dora}, {name: "security with a second factor", path: "/me/security", who: dora},
		{name: "refused code", who: dora, html: wrong}, {name: "recovery codes", who: dora, html: codes}, {name: "share", path: "/share?text=The+timetable", who: dora},
		{name: "second step", who: step, html: step.Get("/login/second").Want(t, http.StatusOK).Body},
		{name: "refused second step", who: step, html: step.Post("/login/second", "code", "000000").Want(t, http.StatusUnprocessableEntity).Body},
		{name: "second step by recovery code", who: step, html: step.Get("/login/second?recovery=1").Body},
		{name: "asking for an account", who: s.Visitor(), html: asks}, {name: "asked for an account", who: s.Visitor(), html: asked},
		{name: "people with a status", path: "/people", who: dora}}
}
