package auth_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"parley/app/auth"
	"parley/app/chat"
	"parley/db"
	"parley/db/sqlite"
)

const secret = "correct horse battery 9"

// gate is the service over a real data file with a clock of the test's own.
type gate struct {
	*testing.T
	*auth.Auth
	store *sqlite.DB
	now   time.Time
	mu    sync.Mutex
	ended []chat.SessionEnded
}

func (g *gate) Publish(h chat.Event) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if e, ok := h.(chat.SessionEnded); ok {
		g.ended = append(g.ended, e)
	}
}

func open(t *testing.T) *gate {
	t.Helper()
	g := &gate{T: t, now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	var err error
	if g.store, err = sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "parley.db")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { g.store.Close() })
	clock := func() time.Time { return g.now }
	g.Auth = auth.New(g.store, g, chat.NewLimits(clock), clock)
	return g
}

func (g *gate) ok(err error) {
	g.Helper()
	if err != nil {
		g.Fatal(err)
	}
}

// storeUses stores what was used, as at the end of the server.
func (g *gate) storeUses() {
	ctx, end := context.WithCancel(g.Context())
	end()
	g.StoreUses(ctx)
}

// signup makes an account and answers with the token of its session.
func (g *gate) signup(name string) string {
	g.Helper()
	j, err := g.SignUp(g.Context(), auth.SignUp{Username: name, Password: secret})
	g.ok(err)
	token, err := g.StartSession(g.Context(), j.Account.ID, "test")
	g.ok(err)
	return token
}

func TestTheFirstAccountIsAdministratorExactlyOnce(t *testing.T) {
	g := open(t)
	var wg sync.WaitGroup
	var mu sync.Mutex
	admins := 0
	for i := range 20 {
		wg.Go(func() {
			var j auth.SignedUp
			err := chat.Busy("", 0)
			for errors.Is(err, chat.ErrBusy) { // a slow machine asks to come back
				j, err = g.SignUp(t.Context(), auth.SignUp{Username: fmt.Sprint("person", i), Password: secret, Workspace: fmt.Sprint("Place ", i)})
			}
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			if j.Account.Admin() {
				admins++
			}
		})
	}
	wg.Wait()
	rooms, err := g.store.OpenRooms(t.Context(), 1, "", 10)
	if admins != 1 || err != nil || len(rooms) != 1 || rooms[0].People != 20 {
		t.Errorf("%d administrators, rooms %+v, %v", admins, rooms, err)
	}
}

func TestClosedSignUpLetsOnlyTheCommandLineIn(t *testing.T) {
	g := open(t)
	g.signup("ada")
	g.ok(g.store.SetSetting(t.Context(), chat.SettingSignup, "closed"))
	_, err := g.SignUp(t.Context(), auth.SignUp{Username: "bea", Password: secret, Address: "192.0.2.1"})
	if !errors.Is(err, chat.ErrForbidden) {
		t.Error("from a browser:", err)
	}
	_, err = g.SignUp(t.Context(), auth.SignUp{Username: "bea", Password: secret})
	g.ok(err)
}

func TestAnInviteHoldsUnderManyAtOnce(t *testing.T) {
	g := open(t)
	g.signup("ada")
	i, err := g.CreateInvite(t.Context(), chat.Operator, auth.NewInvite{Role: chat.RoleAdmin, Uses: 7, Life: time.Hour})
	g.ok(err)
	var all sync.WaitGroup
	var mu sync.Mutex
	var came, refused int
	for n := range 50 {
		all.Go(func() {
			name := "guest" + strconv.Itoa(n)
			j, err := g.store.AddAccount(t.Context(), auth.NewAccount{Username: name, Name: name, Hash: "-", Invite: i.Code, At: g.now},
				chat.NoAudit)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil && j.Account.Admin():
				came++
			case errors.Is(err, chat.ErrGone):
				refused++
			default:
				t.Error(j.Account.Role, err)
			}
		})
	}
	all.Wait()
	if came != 7 || refused != 43 {
		t.Errorf("%d came, %d were refused", came, refused)
	}
	late, err := g.CreateInvite(t.Context(), chat.Operator, auth.NewInvite{Life: time.Hour})
	g.ok(err)
	_, err = g.InviteFor(t.Context(), late.Code)
	g.ok(err)
	g.now = g.now.Add(time.Hour)
	if _, err := g.InviteFor(t.Context(), late.Code); !errors.Is(err, chat.ErrGone) {
		t.Error("an hour later:", err)
	}
	if _, err := g.SignUp(t.Context(), auth.SignUp{Username: "late", Password: secret, Address: "192.0.2.1",
		Invite: late.Code}); !errors.Is(err, chat.ErrGone) {
		t.Error("somebody comes an hour later:", err)
	}
}

func TestALinkForAPasswordRunsOut(t *testing.T) {
	g := open(t)
	g.signup("ada")
	ada, err := g.store.AccountNamed(t.Context(), "ada")
	g.ok(err)
	token, err := g.CreateReset(t.Context(), chat.Operator, ada)
	g.ok(err)
	g.now = g.now.Add(auth.ResetLife)
	if _, err := g.ResetPassword(t.Context(), token, secret+"2"); !errors.Is(err, chat.ErrNotFound) {
		t.Error("a day later:", err)
	}
	if _, err := g.CreateReset(t.Context(), ada, ada); err != nil { // the first one administers
		t.Error(err)
	}
	if _, err := g.CreateReset(t.Context(), chat.Account{}, ada); !errors.Is(err, chat.ErrForbidden) {
		t.Error("anybody makes a link:", err)
	}
}

func TestASessionEndsWhenItIsIdleOrOld(t *testing.T) {
	g := open(t)
	token := g.signup("ada")
	for range 2 { // used every ten days it lives on, but not beyond thirty
		g.now = g.now.Add(10 * 24 * time.Hour)
		_, err := g.SessionByToken(t.Context(), token)
		g.ok(err)
		g.storeUses()
	}
	g.now = g.now.Add(10*24*time.Hour + time.Second)
	if _, err := g.SessionByToken(t.Context(), token); !errors.Is(err, chat.ErrNotFound) {
		t.Error("after thirty days:", err)
	}
	j, err := g.store.AccountNamed(t.Context(), "ada")
	g.ok(err)
	idle, err := g.StartSession(t.Context(), j.ID, "test")
	g.ok(err)
	g.now = g.now.Add(auth.SessionIdle + time.Second)
	if _, err := g.SessionByToken(t.Context(), idle); !errors.Is(err, chat.ErrNotFound) {
		t.Error("idle for fourteen days:", err)
	}
	for _, bad := range []string{"", "x", idle + "x", idle[:42]} {
		if _, err := g.SessionByToken(t.Context(), bad); !errors.Is(err, chat.ErrNotFound) {
			t.Errorf("token %q: %v", bad, err)
		}
	}
}

func TestUsesAreStoredTogetherAndNobodyWaits(t *testing.T) {
	g := open(t)
	tokens := []string{g.signup("ada"), g.signup("bob"), g.signup("eve")}
	seen := func() (list []time.Time) {
		for _, token := range tokens {
			s, err := g.SessionByToken(t.Context(), token)
			g.ok(err)
			list = append(list, s.Seen)
		}
		return list
	}
	before := seen()
	g.now = g.now.Add(time.Hour)
	commits := 0
	g.store.OnCommit(func(db.Commit) { commits++ })
	if got := seen(); !slices.EqualFunc(got, before, time.Time.Equal) {
		t.Errorf("a request has waited for its use to be stored: %v", got)
	}
	g.storeUses()
	if commits != 1 {
		t.Errorf("the uses of three sessions took %d transactions", commits)
	}
	for _, at := range seen() {
		if !at.Equal(g.now) {
			t.Errorf("seen at %v, want %v", at, g.now)
		}
	}
	g.storeUses()
	if commits != 1 {
		t.Error("a minute has not passed, and their use was stored again")
	}
}

func TestTheTwentyFirstSessionEndsTheOldest(t *testing.T) {
	g := open(t)
	tokens := []string{g.signup("ada")}
	for range auth.MaxSessions {
		g.now = g.now.Add(time.Minute)
		token, err := g.StartSession(t.Context(), 1, "test")
		g.ok(err)
		tokens = append(tokens, token)
	}
	if _, err := g.SessionByToken(t.Context(), tokens[0]); !errors.Is(err, chat.ErrNotFound) {
		t.Error("the oldest:", err)
	}
	for _, token := range tokens[1:] {
		_, err := g.SessionByToken(t.Context(), token)
		g.ok(err)
	}
	if len(g.ended) != 1 || len(g.ended[0].Sessions) != 1 {
		t.Errorf("told of %+v", g.ended)
	}
}

func TestANewPasswordEndsEverySessionButTheNewOne(t *testing.T) {
	g := open(t)
	token := g.signup("ada")
	s, err := g.SessionByToken(t.Context(), token)
	g.ok(err)
	if _, err := g.ChangePassword(t.Context(), s, "wrong", "another horse 10", "192.0.2.1"); !errors.Is(err, chat.ErrInvalid) {
		t.Error("without the current one:", err)
	}
	fresh, err := g.ChangePassword(t.Context(), s, secret, "another horse 10", "192.0.2.1")
	g.ok(err)
	if _, err := g.SessionByToken(t.Context(), token); !errors.Is(err, chat.ErrNotFound) {
		t.Error("the old session:", err)
	}
	_, err = g.SessionByToken(t.Context(), fresh)
	g.ok(err)
	if _, err := g.LogIn(t.Context(), "ada", secret, "192.0.2.1"); !errors.Is(err, chat.ErrInvalid) {
		t.Error("the old password:", err)
	}
}

func TestFailedLoginsAreCountedByAccountAndAddress(t *testing.T) {
	g := open(t)
	g.signup("ada")
	g.signup("bea")
	try := func(name, password, address string) error {
		_, err := g.LogIn(t.Context(), name, password, address)
		return err
	}
	for i := range 5 {
		if err := try("ada", "wrong", fmt.Sprint("192.0.2.", i)); !errors.Is(err, chat.ErrInvalid) {
			t.Fatal(err)
		}
	}
	if err := try("ADA", secret, "192.0.2.99"); !errors.Is(err, chat.ErrTooOften) {
		t.Error("the account, under another spelling:", err)
	}
	g.ok(try("bea", secret, "192.0.2.1"))
	g.now = g.now.Add(6 * time.Minute) // one more try, and the right one forgives the others
	g.ok(try("ada", secret, "192.0.2.1"))
	g.ok(try("ada", secret, "192.0.2.1"))
	for i := range 20 {
		try(fmt.Sprint("nobody", i), "wrong", "198.51.100.1")
	}
	if err := try("bea", secret, "198.51.100.1"); !errors.Is(err, chat.ErrTooOften) {
		t.Error("the address:", err)
	}
	g.ok(try("bea", secret, "198.51.100.2"))
}

func TestManyGuessesAtOnceAreNoMoreThanOneAfterTheOther(t *testing.T) {
	g := open(t)
	g.signup("ada")
	var wg sync.WaitGroup
	var tried atomic.Int32
	for range 40 {
		wg.Go(func() {
			// Only an answer to the guess helps who guesses.
			if _, err := g.LogIn(t.Context(), "ada", "wrong", "192.0.2.1"); errors.Is(err, chat.ErrInvalid) {
				tried.Add(1)
			}
		})
	}
	wg.Wait()
	if n := tried.Load(); n > 7 { // five, and two that were compared at the same moment
		t.Errorf("%d guesses were answered", n)
	}
}
