package e2e

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"parley/app"
	"parley/app/apptest"
)

func TestAPublicAddressIsASchemeAHostAndAPort(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "parley.db")
	apptest.Command(t, 0, apptest.Password+"\n", "user", "add", "ada", "--data", data)
	for given, want := range map[string]string{"https://chat.example.org": "https://chat.example.org",
		"https://Chat.Example.org/": "https://chat.example.org",
		"http://127.0.0.1:8080":     "http://127.0.0.1:8080", "https://[::1]:8443/": "https://[::1]:8443",
		"https://chat.example.org:443": "https://chat.example.org", "http://chat.example.org:80/": "http://chat.example.org",
		"https://chat.example.org:0443":  "https://chat.example.org",
		"HTTPS://chat.example.org:08443": "https://chat.example.org:8443", "http://chat.example.org:443": "http://chat.example.org:443",
		"https://chat.example.org.": "https://chat.example.org",
		"https://müller.example":    "https://xn--mller-kva.example", "https://例え.jp:443": "https://xn--r8jz45g.jp",
		"https://M%C3%BCller.example": "https://xn--mller-kva.example",
		"https://chat。example.org":    "https://chat.example.org", "https://[2001:DB8:0::1]:443": "https://[2001:db8::1]",
		"https://[::ffff:1.2.3.4]": "https://[::ffff:102:304]", "http://my_chat:80": "http://my_chat"} {
		if out := apptest.Command(t, 0, "", "invite", "--url", given, "--data", data); !strings.HasPrefix(out, want+"/join/") {
			t.Errorf("%s gives %s", given, out)
		}
	}
	for _, given := range []string{"https://example.org/chat", "https://example.org/chat/", "https://example.org//", "https://example.org?x",
		"https://example.org?", "https://example.org#top",
		"https://example.org/#", "https://mei@example.org", "https://mei:secret@example.org", "https://@example.org", "ftp://example.org",
		"example.org", "//example.org", "https://", "https:example.org",
		"https://example.org:", "https://example.org:x", "https://example.org:0", "https://exa mple.org", "https://example.org/%2e", "nowhere",
		"https://*.example.org", "https://a..example.org", "https://.example.org", "https://chat,example.org", "https://ex;ample.org",
		"https://256.1.1.1", "https://1.2.3", "https://0x7f.1", "https://[::1%25eth0]",
		"https://" + strings.Repeat("a", 64) + ".org", "https://xn--a.example", "https://chat example.org", "https://::1",
		"https://chat.example.org:65536", "https://mei:secret@exa mple.org"} {
		for _, args := range [][]string{{"serve", "--print-systemd-unit"}, {"invite"}, {"user", "reset", "ada"}} {
			out := apptest.Command(t, 2, "", append(args, "--url", given, "--data", data)...)
			if !strings.Contains(out, "--url") || !strings.Contains(out, "https://chat.example.org") || strings.Contains(out, "secret") {
				t.Errorf("%q with %s says %s", args, given, out)
			}
			if args[0] == "serve" {
				break
			}
		}
	}
}

func TestABrowserIsHeardWhateverTheSpellingOfThePublicAddress(t *testing.T) {
	t.Parallel()
	for public, origin := range map[string]string{"https://chat.example.org:443": "https://chat.example.org",
		"http://chat.example.org:80": "http://chat.example.org",
		"https://Müller.example":     "https://xn--mller-kva.example", "https://例え.jp:0443/": "https://xn--r8jz45g.jp"} {
		s := apptest.Start(t, func(c *app.Config) { c.URL = public })
		post := func(from string) int {
			return s.Visitor().Do("POST", "/login", "username=ada&password=x", "Content-Type", "application/x-www-form-urlencoded", "Origin",
				from).Status
		}
		if status := post(origin); status == http.StatusForbidden {
			t.Errorf("%s: %s is refused", public, origin)
		}
		for _, other := range []string{origin + ":8443", "https://evil.example", strings.Replace(origin, "://", "://x.", 1), "null"} {
			if status := post(other); status != http.StatusForbidden {
				t.Errorf("%s: %s gets %d", public, other, status)
			}
		}
		s.Stop()
	}
}

func TestAHostWithTheUsualPortIsTheSameHost(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	for host, want := range map[string]bool{"chat.example.org": true, "chat.example.org:443": true,
		"chat.example.org:8443": false, "evil.example": false} {
		status := rawStatus(s, "POST /login HTTP/1.1", "Host: "+host, "Origin: https://chat.example.org",
			"Content-Length: 0", "Connection: close\r\n\r\n")
		if (status != http.StatusForbidden) != want {
			t.Errorf("%s gets %d", host, status)
		}
	}
}

func TestThePublicAddressIsOneOfACertificate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, url := range []string{"https://other.example.org", "http://chat.example.org", "https://chat.example.org.evil.example"} {
		out := apptest.Command(t, 2, "", "serve", "--print-systemd-unit", "--tls-domain", "chat.example.org,müller.example", "--url", url,
			"--data", filepath.Join(dir, "parley.db"))
		if !strings.Contains(out, "--url") || !strings.Contains(out, "--tls-domain") {
			t.Errorf("%s: %s", url, out)
		}
	}
	for _, url := range []string{"https://chat.example.org:8443", "https://Müller.example"} {
		apptest.Command(t, 0, "", "serve", "--print-systemd-unit", "--tls-domain", "chat.example.org,müller.example", "--url", url)
	}
}
