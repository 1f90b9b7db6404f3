package e2e

import (
	"crypto/sha256"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"parley/app/apptest"
	"parley/app/auth"
	"parley/app/chat"
)

// codeAt is what an app shows at a time.
func codeAt(t *testing.T, secret string, at time.Time) string {
	t.Helper()
	code, err := totp.GenerateCode(secret, at)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// factored turns the second factor of somebody on; it answers with the secret, the recovery
// codes, and the code that is used up by that.
func factored(t *testing.T, b *apptest.Browser) (secret string, codes []string, used string) {
	t.Helper()
	page := b.Get("/me/security/factor").Want(t, http.StatusOK).Body
	m := regexp.MustCompile(`<code>([A-Z2-7 ]{39})</code>`).FindStringSubmatch(page)
	if m == nil || !strings.Contains(page, `class="qr"`) {
		t.Fatal(page)
	}
	secret = strings.ReplaceAll(m[1], " ", "")
	b.Post("/me/security/factor", "code", "000000x").Want(t, http.StatusUnprocessableEntity)
	used = codeAt(t, secret, time.Now())
	shown := b.Post("/me/security/factor", "code", used).Want(t, http.StatusOK)
	if shown.Header.Get("Cache-Control") != "private, no-store" {
		t.Error("codes may be kept:", shown.Header)
	}
	list := regexp.MustCompile(`(?s)<pre class="code"[^>]*>(.*?)</pre>`).FindStringSubmatch(shown.Body)
	if list == nil {
		t.Fatal(shown.Body)
	}
	return secret, strings.Fields(list[1]), used
}

// passwordStep is the first step of a log-in that has a second.
func passwordStep(t *testing.T, s *apptest.Server, name string) *apptest.Browser {
	t.Helper()
	b := s.Visitor()
	if to := b.Post("/login", "username", name, "password", apptest.Password).Want(t, http.StatusSeeOther).Location(); to != "/login/second" {
		t.Fatal("it leads to", to)
	}
	if b.Cookie != "" || b.Step == "" {
		t.Fatal("cookies after the password:", b.Cookie, b.Step)
	}
	return b
}

func TestASecondFactorStandsBetweenThePasswordAndTheSession(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	secret, recovery, used := factored(t, ada)
	if len(recovery) != auth.RecoveryCodes || strings.Contains(ada.Get("/me/security").Body, recovery[0]) ||
		strings.Contains(ada.Get("/me/security").Body, secret) {
		t.Fatal("codes:", recovery)
	}
	b := passwordStep(t, s, "ada")
	b.Get("/rooms/1").Want(t, http.StatusSeeOther) // no session before the second step
	b.Get("/login/second").Want(t, http.StatusOK)
	wrong := b.Post("/login/second", "code", "000000").Want(t, http.StatusUnprocessableEntity).Body
	if again := b.Post("/login/second", "code", used).Want(t, http.StatusUnprocessableEntity).Body; again != wrong {
		t.Error("a code that was used and one that is wrong are told apart")
	}
	was := b.Step
	fresh := codeAt(t, secret, time.Now().Add(30*time.Second)) // the next one, for a clock that is ahead
	b.Post("/login/second", "code", fresh).Want(t, http.StatusSeeOther)
	b.Get("/rooms/1").Want(t, http.StatusOK)

	// The ticket is used up, and so is the code.
	late := s.Visitor()
	late.Step = was
	if to := late.Post("/login/second", "code", fresh).Want(t, http.StatusSeeOther).Location(); to != "/login" || late.Cookie != "" {
		t.Error("a ticket works twice:", to, late.Cookie)
	}
	replay := passwordStep(t, s, "ada")
	replay.Post("/login/second", "code", fresh).Want(t, http.StatusUnprocessableEntity)

	// A recovery code works once, however it is typed.
	replay.Get("/login/second?recovery=1").Want(t, http.StatusOK)
	replay.Post("/login/second", "recovery", "1", "code", " "+strings.ToUpper(strings.ReplaceAll(recovery[3], "-", " "))).Want(t,
		http.StatusSeeOther)
	replay.Get("/rooms/1").Want(t, http.StatusOK)
	passwordStep(t, s, "ada").Post("/login/second", "code", recovery[3]).Want(t, http.StatusUnprocessableEntity)
	if body := ada.Get("/me/security").Body; !strings.Contains(body, "9 are left") {
		t.Error("it is not said how many are left")
	}

	// One code at many doors opens one of them.
	var doors []*apptest.Browser
	for range 8 {
		doors = append(doors, passwordStep(t, s, "ada"))
	}
	var opened atomic.Int32
	var all sync.WaitGroup
	for _, b := range doors {
		all.Go(func() {
			if b.Post("/login/second", "code", recovery[4]).Status == http.StatusSeeOther {
				opened.Add(1)
			}
		})
	}
	all.Wait()
	if n := opened.Load(); n != 1 {
		t.Error("one code opened", n, "doors")
	}

	// A new password by a link is not two factors.
	reset := apptest.ResetLink.FindStringSubmatch(ada.Post("/admin/people/1/reset").Want(t, http.StatusOK).Body)[1]
	b = s.Visitor()
	if to := b.Post(reset, "password", "quite another one 5").Want(t, http.StatusSeeOther).Location(); to != "/login/second" ||
		b.Cookie != "" {
		t.Error("a link for a new password leads to", to, b.Cookie)
	}
	b.Post("/login/second", "code", recovery[5]).Want(t, http.StatusSeeOther)
	b.Post("/me/security/factor/codes").Want(t, http.StatusOK)
	b.Post("/me/security/factor/remove").Want(t, http.StatusSeeOther)
	s.Visitor().Post("/login", "username", "ada", "password", "quite another one 5").Want(t, http.StatusSeeOther)
}

func TestTriesOfTheSecondStepAreCounted(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	factored(t, ada)
	b := passwordStep(t, s, "ada")
	if err := s.App.Chat.SetSetting(t.Context(), chat.LimitLoginAccount.Key, "5"); err != nil {
		t.Fatal(err)
	}
	if err := s.App.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		b.Post("/login/second", "code", "000000").Want(t, http.StatusUnprocessableEntity)
	}
	b.Post("/login/second", "code", "000000").Want(t, http.StatusTooManyRequests)
	passwordStep(t, s, "ada").Post("/login/second", "code", "000000").Want(t, http.StatusTooManyRequests) // another ticket changes nothing
}

func TestTheDialogThatLogsInAgainAsksForTheCode(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	_, recovery, _ := factored(t, ada)
	login := func(fields string) apptest.Answer {
		return s.Visitor().Do(http.MethodPost, "/login", "username=ada&password="+strings.ReplaceAll(apptest.Password, " ", "+")+fields,
			"Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-origin", "HX-Request", "true")
	}
	if a := login("").Want(t, http.StatusUnprocessableEntity); a.Header.Get("Parley-Second") == "" || a.Header.Get("Set-Cookie") != "" {
		t.Error(a.Header)
	}
	login("&code=000000").Want(t, http.StatusUnprocessableEntity)
	login("&code="+recovery[0]).Want(t, http.StatusNoContent)
}

func TestASecondFactorCanBeAskedOfEverybodyAndIsUndoneByTheAdministrator(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, mei := s.Signup("ada"), s.Signup("mei")
	apptest.Command(t, 0, "", "set", "login.factor", "everybody", "--data", s.Data)
	if err := s.App.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	if to := mei.Get("/rooms/1").Want(t, http.StatusSeeOther).Location(); to != "/me/security/factor" {
		t.Error("it leads to", to)
	}
	mei.Post("/rooms/1/messages", "body", "x").Want(t, http.StatusForbidden)
	if _, r, err := mei.Dial(); err == nil || r == nil || r.StatusCode != http.StatusForbidden {
		t.Error("a socket opens:", err)
	}
	mei.Get("/me/security").Want(t, http.StatusOK)
	_, codes, _ := factored(t, mei)
	mei.Get("/rooms/1").Want(t, http.StatusOK)
	factored(t, ada)
	jonas := s.Signup("jonas")
	factored(t, jonas)
	jonas.Post("/admin/people/2/factor").Want(t, http.StatusForbidden)
	ada.Post("/admin/people/2/factor").Want(t, http.StatusSeeOther)
	mei.Get("/rooms/1").Want(t, http.StatusSeeOther) // logged out
	b := s.Visitor()
	if to := b.Post("/login", "username", "mei", "password", apptest.Password).Want(t, http.StatusSeeOther).Location(); to == "/login/second" {
		t.Error("it is still asked for")
	}
	if to := b.Get("/rooms/1").Location(); to != "/me/security/factor" {
		t.Error("a new one is not asked for:", to)
	}
	if body := ada.Get("/admin/log").Body; !strings.Contains(body, "turned the second factor of @mei off") ||
		strings.Contains(body, codes[0]) {
		t.Error("the log does not tell of it")
	}
	apptest.Command(t, 0, "", "user", "reset-factor", "jonas", "--data", s.Data)
	if to := s.Visitor().Post("/login", "username", "jonas", "password", apptest.Password).Want(t,
		http.StatusSeeOther).Location(); to == "/login/second" {
		t.Error("the command undoes nothing")
	}
}

// aged is a browser of somebody whose session is so old.
func aged(t *testing.T, s *apptest.Server, who chat.AccountID, age time.Duration) *apptest.Browser {
	t.Helper()
	token := strings.Repeat("x", 42) + string(rune('a'+int(who)))
	hash := sha256.Sum256([]byte(token))
	session := auth.Session{Hash: hash[:], Agent: "test", Created: time.Now().Add(-age), Seen: time.Now()}
	session.Account.ID = who
	if _, err := s.Stored().AddSession(t.Context(), session, 20); err != nil {
		t.Fatal(err)
	}
	b := s.Visitor()
	b.Cookie = "__Host-parley=" + token
	return b
}

func TestWhatMattersAsksAnOldSessionForAProof(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	s.Signup("mei")
	b := aged(t, s, 1, 11*time.Minute)
	b.Get("/rooms/1").Want(t, http.StatusOK)
	b.Says(1, "what does not matter needs no proof")
	for _, path := range []string{"/me/tokens", "/me/feeds", "/me/security/factor", "/me/security/factor/remove", "/me/security/factor/codes",
		"/me/passkeys/begin", "/me/passkeys/1/remove",
		"/admin/people/2/role", "/admin/people/2/disable", "/admin/people/2/enable", "/admin/people/2/ban", "/admin/people/2/logout",
		"/admin/people/2/reset", "/admin/people/2/factor", "/admin/invites"} {
		if body := b.Post(path, "name", "Backup <script>").Want(t, http.StatusForbidden).Body; !strings.Contains(body, `id="proof"`) ||
			!strings.Contains(body, `value="Backup &lt;script&gt;"`) {
			t.Error(path, "does not ask for a proof, or loses what was typed")
		}
	}
	if body := b.Post("/me/tokens", "name", "Backup", "prove", "wrong").Want(t, http.StatusUnprocessableEntity).Body; strings.Contains(body,
		"parley_") || strings.Contains(body, `value="wrong"`) {
		t.Error(body)
	}
	if list, err := s.App.Auth.Keys(t.Context(), s.Account("ada"), s.Account("ada")); err != nil || len(list) != 0 {
		t.Error(list, err)
	}
	if body := b.Post("/me/tokens", "name", "Backup", "life", "90d", "may", "read", "prove", apptest.Password).Body; !strings.Contains(body,
		"parley_") {
		t.Error("it does not go on after the proof:", body)
	}
	b.Post("/admin/people/2/logout").Want(t, http.StatusSeeOther) // for ten minutes
	ada.Post("/admin/people/2/logout").Want(t, http.StatusSeeOther)
}
