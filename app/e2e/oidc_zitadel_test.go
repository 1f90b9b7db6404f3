package e2e

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"parley/app"
	"parley/app/apptest"
	"parley/app/oidc"
)

var formOfLogin = regexp.MustCompile(`name="id" value="([^"]+)"`)

// The example server of zitadel/oidc, which nobody wrote here: OIDC_SERVER is its program. It
// comes after Parley has started, which so proves that nothing waits for it.
func TestAProviderThatNobodyWroteHereLogsIn(t *testing.T) {
	t.Parallel()
	program := os.Getenv("OIDC_SERVER")
	if program == "" {
		t.Skip("OIDC_SERVER names no program")
	}
	at, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := at.Addr().(*net.TCPAddr).Port
	at.Close()
	issuer := fmt.Sprintf("http://localhost:%d/", port)
	s := apptest.Start(t, func(c *app.Config) {
		c.Providers = []*oidc.Provider{{Name: "Zitadel", Issuer: issuer, ClientID: "web", ClientSecret: "secret", Logout: true}}
	})
	s.Signup("ada")
	s.Visitor().Post("/login/provider/1").Want(t, http.StatusServiceUnavailable)
	run := exec.Command(program)
	run.Env = append(os.Environ(), fmt.Sprint("PORT=", port), "REDIRECT_URI="+s.Base+"/login/provider/1/callback")
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { run.Process.Kill(); run.Wait() })
	b := s.Visitor()
	var on []string
	apptest.Within(t, "it answers", func() bool {
		on = onTo.FindStringSubmatch(b.Post("/login/provider/1").Body)
		return on != nil
	})
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	var back *url.URL
	there := http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(r.URL.String(), s.Base) {
			back = r.URL
			return http.ErrUseLastResponse
		}
		return nil
	}}
	page := func(r *http.Response, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		text, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	form := page(there.Get(strings.ReplaceAll(on[1], "&amp;", "&")))
	id := formOfLogin.FindStringSubmatch(form)
	if id == nil {
		t.Fatal("there is no form to log in by:", form)
	}
	page(there.PostForm(issuer+"login/username", url.Values{"id": {id[1]}, "username": {"test-user@localhost"}, "password": {"verysecure"}}))
	if back == nil {
		t.Fatal("it leads back nowhere")
	}
	b.Get(back.RequestURI()).Want(t, http.StatusSeeOther)
	if page := b.Get("/login/provider/new").Want(t, http.StatusOK).Body; !strings.Contains(page, "test-user@zitadel.ch of Zitadel") {
		t.Error(page)
	}
	made := b.Post("/login/provider/new", "username", "tess", "name", "Tess").Want(t, http.StatusSeeOther)
	for _, c := range made.Header.Values("Set-Cookie") {
		if name, _, _ := strings.Cut(c, "="); strings.HasSuffix(name, "parley-via") {
			b.State, _, _ = strings.Cut(c, ";")
		}
	}
	b.Get("/rooms/1").Want(t, http.StatusOK)
	if to := onTo.FindStringSubmatch(b.Post("/logout").Want(t, http.StatusOK).Body); to == nil ||
		!strings.HasPrefix(to[1], issuer+"end_session?") {
		t.Error("the end of it is not there:", to)
	}
}
