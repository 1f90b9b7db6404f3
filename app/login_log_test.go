package app_test

import (
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"parley/app"
	"parley/app/apptest"
	"parley/app/chat"
)

// filter is the expression that the help tells operators to give to fail2ban, which
// puts the address in the place of <HOST>.
func filter(t *testing.T) *regexp.Regexp {
	t.Helper()
	help := apptest.Command(t, 0, "", "serve", "--help")
	_, line, ok := strings.Cut(help, "failregex = ")
	line, _, _ = strings.Cut(line, "\n")
	if !ok {
		t.Fatal("the help has no filter:", help)
	}
	return regexp.MustCompile(strings.ReplaceAll(line, "<HOST>", `(?P<host>[0-9a-fA-F:.]+)`))
}

func TestEveryLogInIsOneLineThatFail2banReads(t *testing.T) {
	log := &apptest.Written{}
	logger, err := app.NewLog(log, "info", "text")
	if err != nil {
		t.Fatal(err)
	}
	was := slog.Default()
	t.Cleanup(func() { slog.SetDefault(was) })
	s := apptest.Start(t, func(c *app.Config) {
		c.Log = logger
		c.Trusted = []*net.IPNet{{IP: net.IPv4(127, 0, 0, 1).To4(), Mask: net.CIDRMask(32, 32)}}
	})
	s.Signup("Ada")
	if err := s.App.Chat.SetSetting(t.Context(), chat.LimitLoginAccount.Key, "2"); err != nil {
		t.Fatal(err)
	}
	if err := s.App.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	const firefox, curl = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "curl/8.5.0"
	fails := filter(t)
	for _, try := range []struct{ name, secret, agent, want string }{
		{"ada", "a wrong guess", firefox, `msg="login failed" account=Ada address=192.0.2.7 agent=firefox result=wrong next=open`},
		{"ADA", apptest.Password, firefox, `msg="logged in" account=Ada address=192.0.2.7 agent=firefox result=ok next=open`},
		{"ada", "a wrong guess", curl, `msg="login failed" account=Ada address=192.0.2.7 agent=curl result=wrong next=open`},
		{"ada", "a wrong guess", "", `msg="login failed" account=Ada address=192.0.2.7 agent=none result=wrong next=throttled`},
		{"@ada ", apptest.Password, firefox, `msg="login failed" account=Ada address=192.0.2.7 agent=firefox result=throttled next=throttled`},
		{"my secret passphrase", "", firefox, `msg="login failed" account=(unknown) address=192.0.2.7 agent=firefox result=wrong next=open`},
		{"x\nmsg=\"logged in\"", "a wrong guess", "evil\x1b[2J\" result=ok",
			`msg="login failed" account=(unknown) address=192.0.2.7 agent=other result=wrong next=open`},
		{"eve address=203.0.113.1", "a wrong guess", "bingbot/2.0",
			`msg="login failed" account=(unknown) address=192.0.2.7 agent=bot result=wrong next=open`},
	} {
		before := log.String()
		form := "username=" + url.QueryEscape(try.name) + "&password=" + url.QueryEscape(try.secret)
		headers := []string{"Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-origin", "X-Forwarded-For", "192.0.2.7"}
		if strings.Contains(try.agent, "\x1b") {
			try.agent = strings.ReplaceAll(try.agent, "\x1b", "") // no client sends it; see hostile
		}
		s.Visitor().Do(http.MethodPost, "/login", form, append(headers, "User-Agent", try.agent)...)
		line := strings.TrimPrefix(log.String(), before)
		if strings.Count(line, "\n") != 1 || !strings.Contains(line, " level=INFO "+try.want+"\n") {
			t.Errorf("%q: the log says %s, not %s", try.name, line, try.want)
		}
		m := fails.FindStringSubmatch(line)
		if failed := strings.Contains(try.want, "failed"); failed != (m != nil) || failed && m[fails.SubexpIndex("host")] != "192.0.2.7" {
			t.Errorf("the filter finds %q in %s", m, line)
		}
	}
	for _, secret := range []string{"passphrase", "wrong guess", apptest.Password, "evil", "203.0.113"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("%q is in the log:\n%s", secret, log.String())
		}
	}
}

func TestALogInThatIsNotStoredIsLoggedAsFailed(t *testing.T) {
	s, log := logging(t, "text")
	s.Signup("ada")
	apptest.Query(t, s.Data, "CREATE TRIGGER full BEFORE INSERT ON sessions BEGIN SELECT RAISE(ABORT, 'no room'); END")
	before := log.String()
	if status := s.Visitor().Post("/login", "username", "ada", "password", apptest.Password).Status; status < 500 {
		t.Fatal("it answers", status)
	}
	line := strings.TrimPrefix(log.String(), before)
	if strings.Contains(line, `msg="logged in"`) || strings.Count(line, `msg="login failed" account=ada`) != 1 ||
		!strings.Contains(line, "result=error") {
		t.Error("the log says", line)
	}
	apptest.Query(t, s.Data, "DROP TRIGGER full")
	before = log.String()
	s.Visitor().Post("/login", "username", "ada", "password", apptest.Password).Want(t, http.StatusSeeOther)
	if line := strings.TrimPrefix(log.String(), before); strings.Count(line, `msg="logged in" account=ada`) != 1 {
		t.Error("the log says", line)
	}
}

func TestAnAddressThatAProxyNamesWithItsPortCountsWithoutIt(t *testing.T) {
	log := &apptest.Written{}
	s := apptest.Start(t, func(c *app.Config) {
		c.Log = slog.New(slog.NewTextHandler(log, nil))
		c.Trusted = []*net.IPNet{{IP: net.IPv4(127, 0, 0, 1).To4(), Mask: net.CIDRMask(32, 32)}}
	})
	for header, want := range map[string]string{"5.5.5.5:1234": "5.5.5.5", "[2001:db8::1]:443": "2001:db8::1",
		"[2001:db8::1]": "2001:db8::1", "2001:db8::1": "2001:db8::1", " 5.5.5.5 ": "5.5.5.5",
		"[::ffff:5.5.5.5]:80": "5.5.5.5", "9.9.9.9, 5.5.5.5:1": "5.5.5.5", "5.5.5.5:x": "127.0.0.1", "unknown": "127.0.0.1"} {
		before := log.String()
		s.Visitor().Do(http.MethodPost, "/login", "username=ada&password=x", "Content-Type", "application/x-www-form-urlencoded",
			"Sec-Fetch-Site", "same-origin", "X-Forwarded-For", header)
		if line := strings.TrimPrefix(log.String(), before); !strings.Contains(line, " address="+want+" ") {
			t.Errorf("%s: the log says %s", header, line)
		}
	}
}

func TestHTTPSInFrontIsNoticedOnce(t *testing.T) {
	const warning = "a proxy in front speaks https"
	for _, public := range []string{"", "https://chat.example.org"} {
		log := &apptest.Written{}
		s := apptest.Start(t, func(c *app.Config) { c.Log, c.URL = slog.New(slog.NewTextHandler(log, nil)), public })
		s.Visitor().Get("/healthz")
		if strings.Contains(log.String(), warning) {
			t.Error("it warns without a reason")
		}
		for range 3 {
			s.Visitor().Get("/healthz", "X-Forwarded-Proto", "https")
		}
		want := 0
		if public == "" {
			want = 1
		}
		if n := strings.Count(log.String(), warning); n != want {
			t.Errorf("with --url %q it warns %d times", public, n)
		}
	}
}
