package browser

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
	"github.com/pquerna/otp/totp"

	"parley/app/apptest"
)

// authenticator gives a page a device that has passkeys, and knows whose finger it is.
func (p *tab) authenticator() webauthn.AuthenticatorID {
	p.t.Helper()
	var id webauthn.AuthenticatorID
	p.do(func(ctx context.Context) error {
		if _, err := chromedp.Call(ctx, webauthn.Enable, webauthn.EnableParams{}); err != nil {
			return err
		}
		r, err := chromedp.Call(ctx, webauthn.AddVirtualAuthenticator,
			webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
				Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal, HasResidentKey: true,
				HasUserVerification: true,
				IsUserVerified:      true, AutomaticPresenceSimulation: true}})
		id = r.AuthenticatorID
		return err
	})
	return id
}

// named is a server under a name: addresses have no passkeys.
func named(s *apptest.Server) { s.Base = strings.Replace(s.Base, "127.0.0.1", "localhost", 1) }

// byPasskey logs in with one, by the button if the browser does not offer it by itself.
func (p *tab) byPasskey() {
	p.t.Helper()
	p.open("/login")
	p.until("a page that is logged in",
		`location.pathname.startsWith('/rooms') || location.pathname === '/' || (document.getElementById('passkey') && !document.getElementById('passkey').hidden && !window.pressed && ((window.pressed = 1), document.getElementById('passkey').click(), 0))`)
}

func TestAPasskeyLogsInAndProvesAndACopyOfItDoesNot(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	named(s)
	p := openChromium(t).person("ada", s.Base)
	p.authenticator()
	p.open("/signup")
	p.fill("[name=workspace]", "Lighthouse Studio")
	p.fill("[name=username]", "ada")
	p.fill("[name=password]", apptest.Password)
	p.click(".authcard button.primary", "")
	p.live()
	p.open("/me/security")
	p.loaded("over")
	p.until("the button that works", `document.getElementById('addPasskey')?.onclick`)
	p.shot("security")
	p.click("#addPasskey", "")
	p.until("the passkey", `document.querySelectorAll('#passkeys .rename').length === 1`)
	p.shot("security-passkey")

	p.open("/me")
	p.click("button", "Log out")
	p.until("the login page", `document.getElementById('passkey')`)
	p.byPasskey()
	p.open("/me/security")
	p.sees("#passkeys small", "used")

	// Somebody has a copy of the key, and has used it more often: the counter of this one does not go on from there.
	keys, err := s.App.Auth.Passkeys(t.Context(), s.Account("ada"))
	if err != nil || len(keys) != 1 {
		t.Fatal(keys, err)
	}
	var data map[string]any
	if err := json.Unmarshal(keys[0].Data, &data); err != nil {
		t.Fatal(err)
	}
	counted := data["authenticator"].(map[string]any)
	if n, _ := counted["signCount"].(float64); n < 2 {
		t.Error("the device does not count:", counted)
	}
	counted["signCount"] = 1000
	ahead, err := json.Marshal(data)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Stored().UsePasskey(t.Context(), keys[0].ID, ahead, time.Now()); err != nil {
		t.Fatal(err)
	}
	p.open("/me")
	p.expect("status of 422")
	p.click("button", "Log out")
	p.until("the refusal", `location.pathname === '/login' && document.getElementById('passkey') && (document.getElementById('passkeyState').textContent.includes('was not taken') ||
		(Date.now() - (window.pressedAt ?? 0) > 3000 && ((window.pressedAt = Date.now()), document.getElementById('passkey').click(), 0)))`)
	if strings.Contains(ask[string](p, `location.pathname`), "/rooms") {
		t.Error("the copy logs in")
	}
}

func TestTheSecondStepSendsItself(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	page := ada.Get("/me/security/factor").Body
	secret := page[strings.Index(page, "<code>")+6:]
	secret = strings.ReplaceAll(secret[:strings.Index(secret, "</code>")], " ", "")
	code, err := totp.GenerateCode(secret, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	ada.Post("/me/security/factor", "code", code).Want(t, 200)
	p := openChromium(t).person("ada", s.Base)
	p.open("/login?next=/mentions")
	p.fill("[name=username]", "ada")
	p.fill("[name=password]", apptest.Password)
	p.click(".authcard button.primary", "")
	p.sees("h1", "One more step")
	p.shot("second")
	p.expect("status of 422")
	p.fill("[name=code]", "000000")
	p.sees("[role=alert]", "This code does not work")
	p.shot("second-wrong")
	if code, err = totp.GenerateCode(secret, time.Now().Add(30*time.Second)); err != nil {
		t.Fatal(err)
	}
	p.fill("[name=code]", code)
	p.at("/mentions")
}
