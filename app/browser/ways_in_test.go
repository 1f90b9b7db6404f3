package browser

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/oauth2-proxy/mockoidc"
	"github.com/pquerna/otp/totp"

	"parley/app"
	"parley/app/apptest"
	"parley/app/oidc"
)

// Every way in that needs no script is gone without one, in a browser that keeps to the policy
// of the pages: password, code of an app, recovery code, provider, and out again.
func TestEveryWayInIsGoneWithoutAScript(t *testing.T) {
	t.Parallel()
	m, err := mockoidc.Run()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Shutdown() })
	s := apptest.Start(t, func(c *app.Config) {
		c.Providers = []*oidc.Provider{{Name: "Lighthouse ID", Issuer: m.Issuer(), ClientID: m.Config().ClientID,
			ClientSecret: m.Config().ClientSecret}}
	})
	s.Signup("founder")
	ada := s.Signup("ada")
	page := ada.Get("/me/security/factor").Body
	secret := page[strings.Index(page, "<code>")+6:]
	secret = strings.ReplaceAll(secret[:strings.Index(secret, "</code>")], " ", "")
	code, err := totp.GenerateCode(secret, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	shown := ada.Post("/me/security/factor", "code", code).Want(t, 200).Body
	recovery := strings.Fields(regexp.MustCompile(`(?s)<pre class="code"[^>]*>(.*?)</pre>`).FindStringSubmatch(shown)[1])[0]

	c := openChromium(t)
	p := c.bare("ada", s)
	first := func(path string) {
		p.open(path)
		p.fill("[name=username]", "ada")
		p.fill("[name=password]", apptest.Password)
		p.click(".authcard button.primary", "")
		p.sees("h1", "One more step")
	}
	first("/login?next=/mentions")
	if code, err = totp.GenerateCode(secret, time.Now().Add(30*time.Second)); err != nil {
		t.Fatal(err)
	}
	p.fill("[name=code]", code)
	p.click(".authcard button.primary", "")
	p.at("/mentions")
	p.open("/me?list=1")
	p.narrow()

	p = c.bare("ada again", s)
	first("/login")
	p.click("a", "The app is not at hand?")
	p.sees("h1", "Use a recovery code")
	p.narrow()
	p.fill("[name=code]", recovery)
	p.click(".authcard button.primary", "")
	p.at("/")

	m.QueueUser(&mockoidc.MockUser{Subject: "mei", Email: "mei@example.org", EmailVerified: true, PreferredUsername: "mei"})
	p = c.bare("mei", s)
	p.open("/login")
	p.click(".providers button", "Lighthouse ID")
	p.at("/login/provider/new") // there and back, by no script
	p.narrow()
	p.fill("[name=name]", "Mei Tanaka")
	p.click(".authcard button.primary", "Join")
	p.at("/")
	p.open("/me/security")
	p.sees("main", "You have none, and log in without.")
}
