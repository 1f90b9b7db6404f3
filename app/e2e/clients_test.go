package e2e

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/app/apptest"
)

// client finds a program that nobody here wrote: by the variable that names it, else by its
// name. In CI each must be there.
func client(t *testing.T, variable string, names ...string) string {
	t.Helper()
	if at := os.Getenv(variable); at != "" {
		return at
	}
	for _, name := range names {
		if at, err := exec.LookPath(name); err == nil {
			return at
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatal(variable, "names nothing, and there is none of", names)
	}
	t.Skip(variable, "names nothing, and there is none of", names)
	return ""
}

// works runs a program, which must end well.
func works(t *testing.T, env []string, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Env = append(os.Environ(), env...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out.String())
	}
	return out.String()
}

// hooked starts a server with a room that has a hook.
func hooked(t *testing.T) (s *apptest.Server, ada *apptest.Browser, key string) {
	t.Helper()
	s = apptest.Start(t)
	ada = s.Signup("ada")
	key = keyOnPage.FindString(ada.Post("/rooms/1/integrations", "name", "A program").Want(t, http.StatusOK).Body)
	return s, ada, key
}

// shows waits until the room of everybody shows all of some parts.
func shows(t *testing.T, b *apptest.Browser, parts ...string) {
	t.Helper()
	for _, part := range parts {
		apptest.Within(t, "the room shows "+part, func() bool { return strings.Contains(b.Get("/rooms/1").Body, part) })
	}
}

func TestCurlNeedsOneLine(t *testing.T) {
	t.Parallel()
	curl := client(t, "CURL", "curl")
	s, ada, key := hooked(t)
	if out := works(t, nil, curl, "-sS", "-H", "Content-Type: application/json", "-d", `{"text":"from *curl*"}`,
		s.Base+"/hooks/"+key); out != "ok" {
		t.Errorf("the hook answers %q", out)
	}
	works(t, nil, curl, "-sSf", "-d", "only words & more", s.Base+"/hooks/"+key)
	works(t, nil, curl, "-sSf", "--data-urlencode", `payload={"text":"a form & more"}`, s.Base+"/hooks/"+key)
	p := newProgram(ada, "/me/tokens", "write")
	file := filepath.Join(t.TempDir(), "notes.txt")
	if err := os.WriteFile(file, []byte("what was noted"), 0o600); err != nil {
		t.Fatal(err)
	}
	works(t, nil, curl, "-sSf", "-H", "Authorization: Bearer "+p.key, "-d", "by a token", s.Base+"/rooms/1/messages")
	works(t, nil, curl, "-sSf", "-H", "Authorization: Bearer "+p.key, "-F", "body=with a file", "-F", "file=@"+file,
		s.Base+"/rooms/1/messages")
	shows(t, ada, "from <strong>curl</strong>", "only words &amp; more", "a form &amp; more", "by a token", "with a file", "notes.txt")
}

// Slack's own client for webhooks, from npm: SLACK_WEBHOOK_JS is a directory node_modules.
func TestSlacksClientPosts(t *testing.T) {
	t.Parallel()
	modules := client(t, "SLACK_WEBHOOK_JS")
	node := client(t, "NODE", "node")
	s, ada, key := hooked(t)
	script := `const { IncomingWebhook } = require('@slack/webhook');
const hook = new IncomingWebhook(process.argv[1], { username: 'deploys', icon_emoji: ':rocket:' });
(async () => {
  const said = await hook.send({ text: 'plain *bold* <https://example.org/x|a link>' });
  if (said.text !== 'ok') throw new Error(said.text);
  await hook.send({ text: 'short', blocks: [{ type: 'header', text: { type: 'plain_text', text: 'Build 7' } },
    { type: 'section', text: { type: 'mrkdwn', text: 'is *live*' }, fields: [{ type: 'mrkdwn', text: '*Took*\n5 s' }] }, { type: 'divider' },
    { type: 'context', elements: [{ type: 'mrkdwn', text: 'by ci' }] }] });
  await hook.send({ attachments: [{ color: 'danger', title: 'Down', title_link: 'https://example.org/down', text: 'the *api*', fields: [{ title: 'Region', value: 'north', short: true }] }] });
  try { await hook.send({}); throw new Error('nothing was taken'); } catch (e) { if (!/400/.test(e.message)) throw e; }
})().catch(e => { console.error(e); process.exit(1); });`
	works(t, []string{"NODE_PATH=" + modules}, node, "-e", script, s.Base+"/hooks/"+key)
	shows(t, ada, "plain <strong>bold</strong>", ">a link</a>", ">deploys</a>", "Build 7", "is <strong>live</strong>", "5 s",
		`data-tone="danger"`, ">Down</a>", "north")
}

// slack-notifier, a library of Ruby with which GitLab and others post: forms, in which it
// escapes little.
func TestRubysNotifierPosts(t *testing.T) {
	t.Parallel()
	ruby := client(t, "RUBY", "ruby")
	if err := exec.Command(ruby, "-e", "require 'slack-notifier'").Run(); err != nil {
		client(t, "RUBY_SLACK_NOTIFIER") // which names nothing: skipped, but not in CI
	}
	s, ada, key := hooked(t)
	const script = `require 'slack-notifier'
n = Slack::Notifier.new ARGV[0], channel: '#ops', username: 'pipeline', icon_emoji: ':rocket:'
r = n.ping 'a & b *bold* [a link](https://example.org/?a=1&b=2)', attachments: [{ color: 'good', title: 'Build 7 & 8', text: '*passed*', fallback: 'x', fields: [{ title: 'Branch', value: 'main', short: true }] }]
raise r.body unless r.body == 'ok'`
	works(t, nil, ruby, "-e", script, s.Base+"/hooks/"+key)
	shows(t, ada, "a &amp; b <strong>bold</strong>", `href="https://example.org/?a=1&amp;b=2"`, ">pipeline</a>", "🚀", "Build 7 &amp; 8",
		"<strong>passed</strong>", "<dt>Branch</dt>")
}

func TestAppriseNotifies(t *testing.T) {
	t.Parallel()
	apprise := client(t, "APPRISE", "apprise")
	s, ada, key := hooked(t)
	at := strings.TrimPrefix(s.Base, "http://")
	works(t, nil, apprise, "-t", "Disk", "-b", "is full", "json://"+at+"/hooks/"+key)
	works(t, nil, apprise, "-t", "Mattermost", "-b", "says **so**", "mmost://"+at+"/"+key)
	shows(t, ada, "<strong>Disk</strong>", "is full", "Mattermost", "says <strong>so</strong>")
}

// shoutrrr, which watchtower and others send by.
func TestShoutrrrSends(t *testing.T) {
	t.Parallel()
	shoutrrr := client(t, "SHOUTRRR", "shoutrrr")
	s, ada, key := hooked(t)
	at := strings.TrimPrefix(s.Base, "http://")
	works(t, nil, shoutrrr, "send", "-u", "mattermost://tower@"+at+"/"+key+"?disabletls=yes", "-m", "as to **Mattermost**")
	works(t, nil, shoutrrr, "send", "-u", "generic://"+at+"/hooks/"+key+"?disabletls=yes&template=json", "-m", "as to anybody")
	shows(t, ada, "as to <strong>Mattermost</strong>", "as to anybody", ">tower</a>")
}

// Alertmanager tells by its receiver for Slack and by its own webhook, when alerts fire and
// when they resolve.
func TestAlertmanagerTells(t *testing.T) {
	t.Parallel()
	alertmanager := client(t, "ALERTMANAGER", "prometheus-alertmanager", "alertmanager")
	s, ada, key := hooked(t)
	dir := t.TempDir()
	config := fmt.Sprintf(`
route: {receiver: both, group_wait: 10ms, group_interval: 1s, repeat_interval: 1h}
receivers:
- name: both
  slack_configs: [{api_url: '%[1]s/hooks/%[2]s', channel: '#general', send_resolved: true, title: '{{ .Status }} by Slack: {{ .CommonLabels.alertname }}', text: '{{ .CommonAnnotations.summary }}'}]
  webhook_configs: [{url: '%[1]s/hooks/%[2]s', send_resolved: true}]
`, s.Base, key)
	file := filepath.Join(dir, "alertmanager.yml")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := l.Addr().String()
	l.Close()
	var out apptest.Written
	cmd := exec.CommandContext(t.Context(), alertmanager, "--config.file="+file, "--storage.path="+filepath.Join(dir, "data"),
		"--web.listen-address="+at, "--cluster.listen-address=")
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
		if t.Failed() {
			t.Log(out.String())
		}
	})
	fire := func(ends string) bool {
		alert := `[{"labels":{"alertname":"DiskWillFill","severity":"critical","instance":"db_1"},"annotations":{"summary":"*5 %* is left"},"generatorURL":"https://prometheus.example/g"` + ends + `}]`
		r, err := http.Post("http://"+at+"/api/v2/alerts", "application/json", strings.NewReader(alert))
		if err != nil {
			return false
		}
		r.Body.Close()
		return r.StatusCode == http.StatusOK
	}
	apptest.Within(t, "Alertmanager takes an alert", func() bool { return fire("") })
	shows(t, ada, "firing by Slack: DiskWillFill", "[FIRING] DiskWillFill", `data-tone="danger"`, "db_1", "*5 %* is left")
	if !fire(`,"endsAt":"` + time.Now().Add(-time.Second).UTC().Format(time.RFC3339) + `"`) {
		t.Error("the end of an alert is not taken")
	}
	shows(t, ada, "resolved by Slack: DiskWillFill", "[RESOLVED] DiskWillFill", `data-tone="good"`)
}

// A checker of OpenAPI finds nothing in the description of the API.
func TestTheDescriptionOfTheAPIHasNoFaults(t *testing.T) {
	t.Parallel()
	checker := client(t, "REDOCLY_JS")
	node := client(t, "NODE", "node")
	s := apptest.Start(t)
	file := filepath.Join(t.TempDir(), "openapi.json")
	if err := os.WriteFile(file, []byte(s.Visitor().Get("/api/openapi.json").Want(t, http.StatusOK).Body), 0o600); err != nil {
		t.Fatal(err)
	}
	said := works(t, []string{"REDOCLY_TELEMETRY=off", "REDOCLY_SUPPRESS_UPDATE_NOTICE=true"}, node, checker, "lint", file)
	if strings.Contains(said, "You have") || !strings.Contains(said, "is valid") {
		t.Error("the checker says", said)
	}
}
