package browser

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"parley/app"
	"parley/app/apptest"
)

// A day of a team whose programs speak to it: an alert fires and resolves, somebody is on
// it, a command is answered, a build is there, and a visitor is helped. On a desk and on a
// phone; nothing is wider than the screen.
func TestATeamAndItsProgramsSpendADay(t *testing.T) {
	for name, size := range map[string][2]int64{"desk": {1280, 800}, "phone": {390, 844}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ci := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				io.WriteString(w, `{"response_type":"in_channel","text":"*harbour* goes out","attachments":[{"color":"good","title":"Deploy 42"}]}`)
			}))
			t.Cleanup(ci.Close)
			s := apptest.Start(t, func(c *app.Config) { c.EgressAllowed = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} })
			c := openChromium(t)
			ada, bea := c.member(s, "ada", "/rooms/1"), c.member(s, "bea", "/rooms/1")
			boss := s.Visitor()
			boss.Post("/login", "username", "ada", "password", apptest.Password).Want(t, http.StatusSeeOther)
			hook, _ := newHook(boss, 1, "Alertmanager")
			boss.Post("/rooms/1/outgoing", "name", "CI", "url", ci.URL, "word", "/deploy").Want(t, http.StatusOK)
			for _, p := range []*tab{ada, bea} {
				p.size(size[0], size[1])
				p.live()
			}
			fits := func(p *tab) {
				t.Helper()
				p.until("that nothing is wider than the screen", "document.documentElement.scrollWidth <= innerWidth")
				for _, scheme := range []string{"dark", "light"} {
					p.scheme(scheme)
					p.shot(fmt.Sprintf("day-%s-%s-%d-%s", p.name, name, size[0], scheme))
				}
			}

			sends(s, hook, fmt.Sprintf(alert, "firing"))
			ada.sees(".att[data-tone=danger]", "[FIRING] DiskWillFillIn4Hours")
			ada.sees(".att .b-acts a", "Runbook")
			bea.sees(".att .fields", "harbour-db-2")
			bea.say("I am on it.")
			ada.sees(".body", "I am on it.")
			fits(ada)
			sends(s, hook, fmt.Sprintf(alert, "resolved"))
			bea.sees(".att[data-tone=good]", "[RESOLVED] DiskWillFillIn4Hours")

			bea.say("/deploy harbour")
			ada.sees(".body", "harbour goes out")
			ada.sees(".att-title", "Deploy 42")
			sends(s, hook, buildDone)
			ada.sees(".b-head", "Nightly build 214 is ready to try")
			ada.sees(".b-acts a", "Open the build")
			fits(ada)

			desk := boss.Found("support", "private")
			at := fmt.Sprintf("/rooms/%d", desk)
			boss.Post(at+"/members", "people", "2").Want(t, http.StatusSeeOther)
			boss.Post(at+"/widget", "on", "1", "slug", "help", "title", "Tidewater Ferries", "zone", "UTC").Want(t, http.StatusSeeOther)
			v := c.person("visitor", s.Base)
			v.size(size[0], size[1])
			v.open("/widget/help")
			v.fill("#name", "Marta Weiss")
			v.fill("#body", "Does the 06:10 run on Saturday?")
			v.click(".wg-btn", "Send")
			v.sees("#log", "06:10")
			bea.open(at)
			bea.click(".case", "Marta Weiss")
			bea.click("#q-foot button", "Take it")
			bea.fill("#q-body", "No, the first boat is 08:40.")
			bea.click(".q-answer button", "Send")
			v.sees("#log", "the first boat is 08:40")
			fits(v)
			fits(bea)
			v.fill("#body", "Thank you")
			v.click(".wg-send", "")
			bea.sees("#q-lines", "Thank you")
			bea.click("#q-head button", "Close")
			v.sees("#log", "was closed")
		})
	}
}
