package browser

import (
	"fmt"
	"testing"

	"parley/app"
	"parley/app/apptest"
)

// lanName leads to this machine, and no browser takes it for one of this machine: over plain
// HTTP it says less of where a request comes from (https://www.w3.org/TR/secure-contexts/).
const lanName = "chat.parley.example"

// People sign up, write and log in by forms and by the script, whatever the address is by
// which they open Parley, and whether or not the operator said it.
func TestFormsWorkAtEveryAddress(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		host, url string // %d is the port; "": the operator said none
	}{
		"this machine":              {"http://127.0.0.1:%d", ""},
		"this machine, said":        {"http://localhost:%d", "http://localhost:%d"},
		"a name of the house":       {"http://" + lanName + ":%d", ""},
		"a name of the house, said": {"http://" + lanName + ":%d", "http://" + lanName + ":%d"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			port := freePort(t)
			apptest.Start(t, func(a *app.Config) {
				if a.Listen = fmt.Sprint("127.0.0.1:", port); c.url != "" {
					a.URL = fmt.Sprintf(c.url, port)
				}
			})
			for _, scripts := range []bool{true, false} {
				who := map[bool]string{true: "ada", false: "bea"}[scripts]
				p := openChromium(t).person(who, fmt.Sprintf(c.host, port))
				p.expect("Cross-Origin-Opener-Policy") // means nothing there
				p.scripts(scripts)
				p.open("/signup")
				if scripts { // the first one
					p.fill("[name=workspace]", "Lighthouse")
				}
				p.fill("[name=username]", who)
				p.fill("[name=password]", apptest.Password)
				p.click(".form .btn.primary", "")
				p.at("/rooms/1")
				p.fill("#box", "I am "+who)
				p.click("#send, .send", "")
				p.sees(".msg", "I am "+who)
				if scripts {
					p.live()
					ask[any](p, `document.addEventListener('copy', () => { window.copied = document.activeElement.value }), 1`)
					p.click(".bar [aria-haspopup=menu]", "")
					p.click("#menu .opt", "Copy link")
					p.until("the address is copied", `window.copied === location.origin + '/rooms/1' || (document.querySelector('.toast')?.textContent.includes('Link copied') && !!navigator.clipboard)`)
				}
				p.logOut()
				p.logIn(who)
				p.open("/rooms/1")
				p.sees(".msg", "I am "+who)
			}
		})
	}
}
