package sqlite

import (
	"slices"
	"testing"
	"time"

	"parley/app/chat"
)

// asked is a question whose cost must not grow with the history.
type asked struct {
	name string
	ask  func(s *scaled) error
}

// readsThatMustNotGrow leave out what is kept in memory: each asks the file.
var readsThatMustNotGrow = []asked{
	{"newest page", func(s *scaled) error {
		_, err := s.History(s.Context(), s.anyRoom(), chat.Span{}, chat.PageSize)
		return err
	}},
	{"page in the middle", func(s *scaled) error {
		room := chat.RoomID(1 + s.random.IntN(30)) // has whole pages in the small file, too
		_, err := s.History(s.Context(), room, chat.Span{Before: chat.MessageID(s.last/4 + s.random.Int64N(s.last*3/4))}, chat.PageSize)
		return err
	}},
	{"permalink", func(s *scaled) error {
		m, err := s.Message(s.Context(), chat.MessageID(1+s.random.Int64N(s.last)))
		if err != nil {
			return err
		}
		_, err = s.History(s.Context(), m.Room, chat.Span{Around: m.ID}, chat.PageSize)
		return err
	}},
	{"unread counts", func(s *scaled) error {
		_, err := s.Sidebar(s.Context(), chat.AccountID(1+s.random.IntN(1000)))
		return err
	}},
	{"catch-up of 50", func(s *scaled) error {
		r, _, err := s.RoomFor(s.Context(), s.anyRoom(), 0)
		if err != nil {
			return err
		}
		_, err = s.ChangesSince(s.Context(), r.ID, r.Rev-50, chat.MaxChanges)
		return err
	}},
	{"search of a word", func(s *scaled) error {
		_, err := s.chat.Search(s.Context(), chat.Account{Person: chat.Person{ID: chat.AccountID(1 + s.random.IntN(1000))}},
			chat.SearchInput{Text: s.words(1), Zone: time.UTC})
		return err
	}},
}

// anyRoom is a busy room as often as people open one.
func (s *scaled) anyRoom() chat.RoomID {
	if s.random.IntN(2) == 0 {
		return chat.RoomID(1 + s.random.IntN(20))
	}
	return chat.RoomID(1 + s.random.IntN(2000))
}

// TestReadsDoNotGrowWithTheHistory reports what reads cost on a large file against
// a small one, in turns: go test ./db/sqlite -run Grow -messages 10000000.
func TestReadsDoNotGrowWithTheHistory(t *testing.T) {
	large := scaledFile(t)
	small := scale(t, 100_000)
	for _, q := range readsThatMustNotGrow {
		var took [2][]time.Duration
		for range 300 {
			for i, s := range []*scaled{small, large} {
				start := time.Now()
				s.ok(q.ask(s))
				took[i] = append(took[i], time.Since(start))
			}
		}
		median := func(d []time.Duration) time.Duration { slices.Sort(d); return d[len(d)/2] }
		a, b := median(took[0]), median(took[1])
		t.Logf("%-20s %8s at 100,000, %8s at %d: ×%.2f", q.name, a.Round(time.Microsecond), b.Round(time.Microsecond), *messages,
			float64(b)/float64(a))
	}
}

func unlimited() *chat.Limits {
	off := chat.Settings{}
	for _, l := range chat.AllLimits {
		off[l.Key] = "0"
	}
	limits := chat.NewLimits(nil)
	limits.Adopt(off)
	return limits
}
