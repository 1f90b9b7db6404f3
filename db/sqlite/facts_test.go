package sqlite

import (
	"slices"
	"sync"
	"testing"
	"time"

	"parley/app/chat"
	"parley/db"
)

// watchFacts answers with what was declared since it was asked last.
func (f *file) watchFacts() func() db.Facts {
	var mu sync.Mutex
	var all db.Facts
	f.OnFacts(func(g db.Facts) {
		mu.Lock()
		defer mu.Unlock()
		all.Counts, all.Rooms, all.Members = append(all.Counts, g.Counts...), append(all.Rooms, g.Rooms...), append(all.Members, g.Members...)
		all.Accounts = append(all.Accounts, g.Accounts...)
		all.Reports, all.All = all.Reports || g.Reports, all.All || g.All
	})
	return func() db.Facts {
		mu.Lock()
		defer mu.Unlock()
		was := all
		all = db.Facts{}
		return was
	}
}

func TestOldMessagesThatGoConcernTheirRoomsOnly(t *testing.T) {
	f := create(t, 2)
	room := f.room("quay", 1, 2)
	old := draft(room, 1, "old", "old")
	old.At = noon.Add(-48 * time.Hour)
	_, err := f.AddMessage(t.Context(), old)
	f.ok(err)
	f.says(1, 1, "young")
	f.ok(f.BuildIndex(t.Context()))
	declared := f.watchFacts()
	n, err := f.DeleteBefore(t.Context(), noon.Add(-24*time.Hour))
	f.ok(err)
	if facts := declared(); n != 1 || facts.All || !slices.Equal(facts.Counts, []chat.RoomID{room}) || !facts.Reports {
		t.Errorf("%d went: %+v", n, facts)
	}
}

func TestWhatChangesNothingDeclaresNothing(t *testing.T) {
	f := create(t, 3)
	room := f.room("quay", 1, 2)
	m := f.says(room, 1, "words")
	_, err := f.BanMember(t.Context(), room, 3, noon, chat.NoAudit)
	f.ok(err)
	declared := f.watchFacts()
	for what, do := range map[string]func() error{
		"the same rank":     func() error { return f.SetRank(t.Context(), room, 2, chat.RankMember, chat.NoAudit) },
		"banned already":    func() error { _, err := f.BanMember(t.Context(), room, 3, noon, chat.NoAudit); return err },
		"not banned":        func() error { return f.UnbanMember(t.Context(), room, 2, chat.NoAudit) },
		"nothing to decide": func() error { return f.CloseReports(t.Context(), m.ID, 1, noon, chat.NoAudit) },
	} {
		f.ok(do())
		if facts := declared(); len(facts.Rooms)+len(facts.Members)+len(facts.Accounts) > 0 || facts.Reports || facts.All {
			t.Errorf("%s: %+v", what, facts)
		}
	}
}
