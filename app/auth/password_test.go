package auth

import (
	"bufio"
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"

	"parley/app/chat"
)

func TestARightPasswordPassesAndAWrongOneDoesNot(t *testing.T) {
	p, ctx := NewPasswords(), t.Context()
	hash, err := p.Hash(ctx, "four brown owls")
	if err != nil || !strings.HasPrefix(hash, "$argon2id$v=19$m=47104,t=1,p=1$") {
		t.Fatalf("hash %q, %v", hash, err)
	}
	if ok, rehash, err := p.Check(ctx, "four brown owls", hash); !ok || rehash || err != nil {
		t.Errorf("right: %v %v %v", ok, rehash, err)
	}
	if ok, _, err := p.Check(ctx, "four brown owl", hash); ok || err != nil {
		t.Errorf("wrong: %v %v", ok, err)
	}
	if again, _ := p.Hash(ctx, "four brown owls"); again == hash {
		t.Error("two hashes share a salt")
	}
}

func TestAnUnknownUserIsComparedAndNeverRight(t *testing.T) {
	p := NewPasswords()
	var with string
	check := p.check
	p.check = func(password, hash string) (bool, *argon2id.Params, error) {
		with = hash
		if _, made, err := check(password, hash); err != nil || made.Memory != params.Memory {
			t.Errorf("dummy hash: %v %v", made, err)
		}
		return true, params, nil
	}
	if ok, rehash, err := p.Check(t.Context(), "whatever it is", ""); ok || rehash || err != nil || with == "" {
		t.Errorf("%v %v %v with %q", ok, rehash, err, with)
	}
}

func TestAWeakerHashAsksToBeMadeAgain(t *testing.T) {
	weak := *params
	weak.Memory /= 2
	hash, err := argon2id.CreateHash("four brown owls", &weak)
	if err != nil {
		t.Fatal(err)
	}
	if ok, rehash, err := NewPasswords().Check(t.Context(), "four brown owls", hash); !ok || !rehash || err != nil {
		t.Errorf("%v %v %v", ok, rehash, err)
	}
}

func TestAHashThatIsNoneIsAnError(t *testing.T) {
	if ok, _, err := NewPasswords().Check(t.Context(), "four brown owls", "plain"); ok || err == nil {
		t.Errorf("%v %v", ok, err)
	}
}

// slow is a Passwords whose hashes end when release is closed and whose waits
// end when late is.
func slow() (p *Passwords, begun, release chan struct{}, late chan time.Time, most *atomic.Int32) {
	p = NewPasswords()
	begun, release, late, most = make(chan struct{}, 100), make(chan struct{}), make(chan time.Time), &atomic.Int32{}
	var now atomic.Int32
	p.hash = func(string) (string, error) {
		n := now.Add(1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		begun <- struct{}{}
		<-release
		now.Add(-1)
		return "hash", nil
	}
	p.timeout = func() (<-chan time.Time, func() bool) { return late, func() bool { return true } }
	return p, begun, release, late, most
}

// fill starts two hashes and fifty that wait.
func fill(t *testing.T, p *Passwords, begun chan struct{}) (errs chan error) {
	errs = make(chan error, 100)
	for range hashesAtOnce + hashesQueued {
		go func() {
			_, err := p.Hash(context.Background(), "x")
			errs <- err
		}()
	}
	for range hashesAtOnce {
		<-begun
	}
	for len(p.queue) < hashesQueued {
		time.Sleep(time.Millisecond)
	}
	return errs
}

func TestTwoHashAtOnceFiftyWaitAndTheNextIsRefused(t *testing.T) {
	p, begun, release, _, most := slow()
	errs := fill(t, p, begun)
	if _, err := p.Hash(t.Context(), "x"); !errors.Is(err, ErrBusy) {
		t.Errorf("the 53rd: %v", err)
	}
	close(release)
	for range hashesAtOnce + hashesQueued {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if most.Load() != hashesAtOnce || len(p.slots) != 0 || len(p.queue) != 0 {
		t.Errorf("%d at once; %d slots, %d places still taken", most.Load(), len(p.slots), len(p.queue))
	}
}

func TestWhoWaitsTooLongIsRefused(t *testing.T) {
	p, begun, release, late, _ := slow()
	errs := fill(t, p, begun)
	close(late)
	for range hashesQueued {
		if err := <-errs; !errors.Is(err, ErrBusy) {
			t.Error(err)
		}
	}
	close(release)
	for range hashesAtOnce {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

func TestWhoGoesAwayStopsWaiting(t *testing.T) {
	p, begun, release, _, _ := slow()
	var wg sync.WaitGroup
	for range hashesAtOnce {
		wg.Go(func() { p.Hash(context.Background(), "x") })
		<-begun
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Hash(ctx, "x"); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	close(release)
	wg.Wait()
}

func TestNewPasswordsMustBeLongAndNotCommon(t *testing.T) {
	for _, good := range []string{"four brown owls", "żółwżółw", strings.Repeat("éa", 128), "parley-2026", "lena marie and otto",
		"lighthouse keepers", "password of the day", "the a studio b"} {
		if err := ParsePassword(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []string{"", "1234567", "żółw", strings.Repeat("a", 257), "password", "PassWord", "12345678", "qwertyuiop",
		"abcdefg\xff", "        ", "zzzzzzzzzz", "......................", "11111111 ", " a       ", "aAaAaAaA", "a\u200ba\u200ba\u200ba\u200ba",
		"studio lighthouse", "Lighthouse2026", "2026Lighthouse!", "L1ghthous3!!", "lena-lighthouse", "Studio.Marie7", "password1234", "P@ssw0rd!",
		" Passw0rd ", "\u200bpassword\u200b", "$unshine99!", "Footba11",
		"Lighthouse Studio", "lighthousestudio1!", "lena marie", "LenaMarie2026", "lenamarielenamarie",
		"\u3000\u3000\u3000\u3000\u3000\u3000\u3000\u3000"} {
		if err := ParsePassword(bad, "lena", "Lena Marie", "Lighthouse Studio"); !errors.Is(err, chat.ErrInvalid) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestTheCommonListIs3000DistinctLowerCaseLines(t *testing.T) {
	if n := len(commonPasswords()); n != 3000 {
		t.Errorf("%d passwords", n)
	}
	for s := bufio.NewScanner(strings.NewReader(common)); s.Scan(); {
		if line := s.Text(); line != strings.ToLower(line) || len([]rune(line)) < minPassword {
			t.Errorf("%q", line)
		}
	}
}

func TestAPasswordIsTheSameOnEveryKeyboard(t *testing.T) {
	p := NewPasswords()
	composed, decomposed := "caf\u00e9 \u00fcber alles", "cafe\u0301 u\u0308ber alles"
	hash, err := p.Hash(t.Context(), decomposed)
	if err != nil {
		t.Fatal(err)
	}
	for _, typed := range []string{composed, decomposed} {
		if ok, rehash, err := p.Check(t.Context(), typed, hash); !ok || rehash || err != nil {
			t.Errorf("%q: %v, rehash %v, %v", typed, ok, rehash, err)
		}
	}
	older, err := p.hash(decomposed) // as it was hashed before passwords were normalized
	if err != nil {
		t.Fatal(err)
	}
	if ok, rehash, err := p.Check(t.Context(), decomposed, older); !ok || !rehash || err != nil {
		t.Errorf("an older hash: %v, rehash %v, %v", ok, rehash, err)
	}
	if ok, _, _ := p.Check(t.Context(), decomposed+"x", older); ok {
		t.Error("another password is right, too")
	}
}
