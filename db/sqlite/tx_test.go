package sqlite

import (
	"errors"
	"testing"

	"parley/app/auth"
	"parley/app/chat"
	"parley/db"
)

// lost is a statement that fails as one does on a full disk: SQLite rolls the whole
// transaction back by itself.
const lost = "INSERT OR ROLLBACK INTO settings (key, value) VALUES ('lost', NULL)"

func TestAfterAStatementThatFailedATransactionRunsNoOther(t *testing.T) {
	loose := func(x *db.Tx) error { return x.Exec("INSERT INTO settings (key, value) VALUES ('loose', 'x')") }
	none := func(db.Scanner) (int, error) { return 0, errors.New("no number") }
	for name, first := range map[string]func(*db.Tx) error{
		"exec":    func(x *db.Tx) error { return x.Exec(lost) },
		"one":     func(x *db.Tx) error { var s string; return x.One(lost+" RETURNING key", nil, &s) },
		"insert":  func(x *db.Tx) error { _, err := x.Insert(lost); return err },
		"list":    func(x *db.Tx) error { _, err := db.List(x, none, lost+" RETURNING key"); return err },
		"scan":    func(x *db.Tx) error { _, err := db.List(x, none, "SELECT 1"); return err },
		"prepare": func(x *db.Tx) error { return x.Exec("no statement") },
	} {
		t.Run(name, func(t *testing.T) {
			f := create(t, 1)
			for what, do := range map[string]func(*db.Tx) error{
				"joined":    func(x *db.Tx) error { return errors.Join(first(x), loose(x)) },
				"swallowed": func(x *db.Tx) error { first(x); return loose(x) },
				"last":      func(x *db.Tx) error { first(x); return nil },
			} {
				if err := f.change(t.Context(), do); err == nil {
					t.Errorf("%s: it succeeded", what)
				}
				s, err := f.Settings(t.Context())
				if f.ok(err); s["loose"] != "" {
					t.Fatalf("%s: what followed was stored by itself", what)
				}
				f.ok(f.SetSetting(t.Context(), "next", what))
			}
		})
	}
}

func TestAmongOthersAChangeThatLostItsTransactionIsNotHalfStored(t *testing.T) {
	f := create(t, 1)
	release := f.hold()
	defer release()
	got := make(chan error, 3)
	for n := range 3 {
		go func() {
			got <- f.change(t.Context(), func(x *db.Tx) error {
				if n == 1 {
					return errors.Join(x.Exec(lost), x.Exec("INSERT INTO settings (key, value) VALUES ('loose', 'x')"))
				}
				return db.SetSetting(x, "kept", "x")
			})
		}()
	}
	within(t, "all wait for one commit", func() bool { return len(f.writer.queue) == 3 })
	release()
	for range 3 {
		<-got
	}
	s, err := f.Settings(t.Context())
	if f.ok(err); s["loose"] != "" {
		t.Error("what followed was stored by itself")
	}
}

func TestADisablingThatIsNotStoredLeavesEverything(t *testing.T) {
	f := create(t, 2)
	_, err := f.AddSession(t.Context(), auth.Session{Hash: []byte("a hash"), Account: chat.Account{Person: chat.Person{ID: 2}}, Created: noon,
		Seen: noon}, 9)
	f.ok(err)
	f.ok(script(f.path, "CREATE TRIGGER full BEFORE UPDATE ON accounts BEGIN SELECT RAISE(ROLLBACK, 'as on a full disk'); END"))
	if err := f.DisableAccount(t.Context(), 2, noon, true, false, chat.NoAudit); err == nil {
		t.Fatal("it was stored")
	}
	r, err := f.AccountRecord(t.Context(), 2)
	if f.ok(err); r.Disabled || r.Sessions != 1 {
		t.Errorf("half of it was stored: %+v", r)
	}
}

func TestADeletionThatIsNotStoredLeavesEverything(t *testing.T) {
	for name, trigger := range map[string]string{
		"count": "CREATE TRIGGER full BEFORE UPDATE OF erased ON memberships BEGIN SELECT RAISE(ROLLBACK, 'as on a full disk'); END",
		"reply": "CREATE TRIGGER full BEFORE UPDATE OF replies ON messages BEGIN SELECT RAISE(ROLLBACK, 'as on a full disk'); END",
	} {
		t.Run(name, func(t *testing.T) {
			f := lived(t)
			q := f.says(1, 1, "a question for @person2", 2)
			a := f.answers(q, 1, "an answer @person2")
			_, before := f.marks(1, 2)
			f.ok(script(f.path, trigger))
			if _, err := f.DeleteMessage(t.Context(), a.ID, 1, noon, chat.NoAudit); err == nil {
				t.Fatal("it was stored")
			}
			m, err := f.Message(t.Context(), a.ID)
			if f.ok(err); m.Deleted {
				t.Error("half of it was stored")
			}
			if _, after := f.marks(1, 2); after != before {
				t.Errorf("%d mentions became %d", before, after)
			}
			f.ok(script(f.path, "DROP TRIGGER full"))
			if p := f.check(); len(p) > 0 {
				t.Error(p)
			}
		})
	}
}
