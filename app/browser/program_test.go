package browser

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"parley/app/apptest"
)

var hookInPage = regexp.MustCompile(`/hooks/parley_[A-Z2-7]{26}`)

// What programs send, as their own documentation and captures have it.
const (
	buildDone = `{"username":"Buildbot","icon_emoji":":building_construction:","blocks":[{"type":"header","text":{"type":"plain_text","text":"Nightly build 214 is ready to try"}},
		{"type":"section","text":{"type":"mrkdwn","text":"*Harbour 2.0.0-rc.3* for both stores. One was slow: ` + "`SplashBeamTest`" +
		`."},"accessory":{"type":"image","image_url":"https://ci.example.org/boat.png","alt_text":"the lighthouse"}},
		{"type":"section","fields":[{"type":"mrkdwn","text":"*iOS*\nTestFlight 2.0 (214)"},{"type":"mrkdwn","text":"*Android*\nharbour-214.apk"}]},{"type":"divider"},
		{"type":"image","title":{"type":"plain_text","text":"Free disk"},"image_url":"https://ci.example.org/chart.png","alt_text":"disk falls"},
		{"type":"context","elements":[{"type":"image","image_url":"https://ci.example.org/face.png","alt_text":"Tomás"},{"type":"mrkdwn","text":"Started by Tomás"},{"type":"plain_text","text":"12 min"}]},
		{"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"Open the build"},"url":"https://ci.example.org/214"}]}]}`
	pipelineFailed = `{"attachments":[{"color":"warning","author_name":"Pipelines","title":"Pipeline failed","text":"%s","thumb_url":"https://ci.example.org/t.png","image_url":"https://ci.example.org/i.png","footer":"ci","ts":1764385200,
		"fields":[{"title":"a","value":"1","short":true},{"title":"b","value":"2","short":true},{"title":"c","value":"3"},{"title":"d","value":"4"},{"title":"e","value":"5"},{"title":"f","value":"6"},{"title":"g","value":"7"},{"title":"h","value":"8"},{"title":"i","value":"9"}],
		"actions":[{"type":"button","text":"Open","url":"https://ci.example.org"}]},{"color":"#f2994a","text":"a colour of its own"}]}`
	alert = `{"version":"4","status":"%[1]s","groupLabels":{"alertname":"DiskWillFillIn4Hours"},"commonLabels":{},"alerts":[{"status":"%[1]s","labels":{"alertname":"DiskWillFillIn4Hours","severity":"critical","instance":"harbour-db-2"},
		"annotations":{"summary":"The data volume is full about 13:10","runbook_url":"https://runbooks.example.org/disk"},"startsAt":"2026-11-29T03:00:00Z","endsAt":"2026-11-29T04:00:00Z","generatorURL":"https://prometheus.example.org/graph"}]}`
)

// newHook makes a hook for a room, and answers with its path and the page that shows it.
func newHook(by *apptest.Browser, room int, name string) (path, page string) {
	by.Server.T.Helper()
	page = by.Post(fmt.Sprintf("/rooms/%d/integrations", room), "name", name).Want(by.Server.T, http.StatusOK).Body
	return hookInPage.FindString(page), page
}

func sends(s *apptest.Server, hook, payload string) {
	s.T.Helper()
	s.Visitor().Do("POST", hook, payload, "Content-Type", "application/json").Want(s.T, http.StatusOK)
}

// programs are pages of what programs say, and of what they may.
func programs(t *testing.T, s *apptest.Server, ada *apptest.Browser) []sight {
	t.Helper()
	room := ada.Found("releases", "open")
	hook, made := newHook(ada, room, "Buildbot")
	lines := ""
	for range 20 {
		lines += `at a line of a program\n`
	}
	for _, payload := range []string{buildDone, fmt.Sprintf(pipelineFailed, lines), fmt.Sprintf(alert, "firing"),
		fmt.Sprintf(alert, "resolved")} {
		sends(s, hook, payload)
	}
	at := fmt.Sprintf("/rooms/%d", room)
	secret := ada.Post(at+"/outgoing", "name", "CI", "url", "https://ci.example.org/told", "word", "/deploy").Want(t, http.StatusOK).Body
	return []sight{{name: "what programs say", path: at, who: ada}, {name: "address of a hook", who: ada, html: made},
		{name: "secret of a webhook", who: ada, html: secret},
		{name: "profile of a bot", path: fmt.Sprintf("/people/%d", s.Account("buildbot").ID), who: ada},
		{name: "bot", path: fmt.Sprintf("/bots/%d", s.Account("buildbot").ID), who: ada},
		{name: "log of a webhook", path: at + "/outgoing/1", who: ada}}
}

// What is folded on a screen cannot be unfolded on paper.
func TestPaperShowsWhatIsFolded(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	hook, _ := newHook(ada, 1, "Pipelines")
	long, lines := strings.Repeat("a long line ", 70)+"ENDOFLINE", strings.Repeat(`one of many\n`, 20)+"ENDOFLINES"
	sends(s, hook, fmt.Sprintf(pipelineFailed, long))
	sends(s, hook, fmt.Sprintf(pipelineFailed, lines))
	p := openChromium(t).person("ada", s.Base)
	p.enter(ada)
	p.open("/rooms/1")
	p.sees(".att-long .all", "Show all")
	p.sees(".att-long .all", "All 21 lines")
	p.sees(".att-more summary", "1 more field")
	text, _ := p.printed()
	for _, want := range []string{"ENDOFLINE", "ENDOFLINES"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not printed", want)
		}
	}
	for _, not := range []string{"Show all", "All 21 lines", "more field"} {
		if strings.Contains(text, not) {
			t.Errorf("%q is printed", not)
		}
	}
	if n := strings.Count(text, "9"); n < 2 {
		t.Error("the last field is not printed:", text)
	}
}
