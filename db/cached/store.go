// Package cached remembers what nearly every request asks a store for, until a change
// declares that it is untrue. It knows nothing of SQL.
package cached

import (
	"context"
	"slices"

	"parley/app/auth"
	"parley/app/chat"
	"parley/db"
)

// Store is a store that remembers. It is safe for concurrent use. What it answers with
// is shared and must not be changed.
type Store struct {
	Source
	sessions      cache[string, auth.Session] // by hash
	access        cache[db.RoomAccount, dated[access]]
	members       cache[chat.RoomID, dated[[]chat.RoomMember]]
	newest        cache[chat.RoomID, dated[chat.HistoryPage]]
	sidebars      cache[chat.AccountID, dated[[]chat.SidebarRoom]]
	reports       cache[struct{}, bool] // whether one waits for a decision
	filters       cache[chat.RoomID, dated[map[chat.AccountID]chat.Prefs]]
	countChanges  changeClock // of rooms whose counts moved
	memberChanges changeClock // of rooms whose people, ranks or kind changed
}

var (
	_ chat.Store = (*Store)(nil)
	_ auth.Store = (*Store)(nil)
)

// Source is a store that does not remember.
type Source interface {
	chat.Store
	auth.Store
	// HasReports says whether any report waits for a decision.
	HasReports(context.Context) (bool, error)
	// OnFacts has do called after each commit with what it made untrue.
	OnFacts(do func(db.Facts))
}

// access is what RoomAccess answers with.
type access struct {
	room chat.Room
	in   *chat.Membership
}

// New makes a store that remembers of one that does not. What a change made untrue is
// forgotten before the change is answered.
func New(d Source) *Store {
	s := &Store{Source: d, sessions: newCache[string, auth.Session](50_000), access: newCache[db.RoomAccount, dated[access]](50_000),
		members: newCache[chat.RoomID, dated[[]chat.RoomMember]](256), newest: newCache[chat.RoomID, dated[chat.HistoryPage]](256),
		sidebars: newCache[chat.AccountID, dated[[]chat.SidebarRoom]](2_000), reports: newCache[struct{}, bool](1),
		filters:      newCache[chat.RoomID, dated[map[chat.AccountID]chat.Prefs]](256),
		countChanges: changeClock{last: map[chat.RoomID]uint64{}}, memberChanges: changeClock{last: map[chat.RoomID]uint64{}}}
	d.OnFacts(s.forget)
	return s
}

// SessionOf implements auth.Store.
func (s *Store) SessionOf(ctx context.Context, hash []byte) (auth.Session, error) {
	return s.sessions.load(string(hash), func() (auth.Session, error) { return s.Source.SessionOf(ctx, hash) })
}

// RoomFor implements chat.RoomStore.
func (s *Store) RoomFor(ctx context.Context, room chat.RoomID, who chat.AccountID) (chat.Room, *chat.Membership, error) {
	rooms, _ := s.keptSidebar(who)
	for _, r := range rooms {
		if r.ID == room {
			return r.Room, &r.Membership, nil
		}
	}
	return s.Source.RoomFor(ctx, room, who)
}

// RoomAccess implements chat.RoomStore.
func (s *Store) RoomAccess(ctx context.Context, room chat.RoomID, who chat.AccountID) (chat.Room, *chat.Membership, error) {
	a, err := loadDated(&s.access, &s.memberChanges, room, db.RoomAccount{Room: room, Who: who}, func() (access, error) {
		r, m, err := s.Source.RoomFor(ctx, room, who)
		return access{r, m}, err
	})
	return a.room, a.in, err
}

// Members implements chat.RoomStore.
func (s *Store) Members(ctx context.Context, room chat.RoomID) ([]chat.RoomMember, error) {
	return loadDated(&s.members, &s.memberChanges, room, room, func() ([]chat.RoomMember, error) { return s.Source.Members(ctx, room) })
}

// Sidebar implements chat.RoomStore.
func (s *Store) Sidebar(ctx context.Context, who chat.AccountID) ([]chat.SidebarRoom, error) {
	rooms, generation := s.keptSidebar(who)
	if rooms != nil {
		return rooms, nil
	}
	at := s.countChanges.now() // before the rows: what moves later makes them untrue
	rooms, err := s.Source.Sidebar(ctx, who)
	if err == nil {
		s.sidebars.keep(generation, who, dated[[]chat.SidebarRoom]{at, rooms})
	}
	return rooms, err
}

// keptSidebar is nil when nothing is kept, or not what is stored any more.
func (s *Store) keptSidebar(who chat.AccountID) ([]chat.SidebarRoom, uint64) {
	kept, _, generation := s.sidebars.get(who)
	for i := range kept.is {
		if s.countChanges.changedSince(kept.at, kept.is[i].ID) {
			return nil, generation
		}
	}
	return kept.is, generation
}

// maxNewest bounds the text of a page that is kept.
const maxNewest = 64 << 10

// History implements chat.MessageStore. The newest page is what nearly every visit of a
// room asks for.
func (s *Store) History(ctx context.Context, room chat.RoomID, span chat.Span, size int) (chat.HistoryPage, error) {
	if span != (chat.Span{}) || size != chat.PageSize {
		return s.Source.History(ctx, room, span, size)
	}
	kept, ok, generation := s.newest.get(room)
	if ok && !s.countChanges.changedSince(kept.at, room) {
		return kept.is, nil
	}
	at := s.countChanges.now() // before the rows: they may be newer, never older
	r, _, err := s.Source.RoomFor(ctx, room, 0)
	if err != nil {
		return chat.HistoryPage{}, err
	}
	p, err := s.Source.History(ctx, room, span, size)
	p.AsOf = r.Rev // what is kept may be a moment older than what another question answers
	text := 0
	for _, m := range p.Messages {
		text += len(m.Body)
	}
	if err == nil && text <= maxNewest && len(p.Messages) > 0 {
		s.newest.keep(generation, room, dated[chat.HistoryPage]{at, p})
	}
	return p, err
}

// CountReports implements chat.ReportStore. Most of the time there are none.
func (s *Store) CountReports(ctx context.Context, who chat.AccountID, all bool) (int, error) {
	some, err := s.reports.load(struct{}{}, func() (bool, error) { return s.Source.HasReports(ctx) })
	if err != nil || !some {
		return 0, err
	}
	return s.Source.CountReports(ctx, who, all)
}

// FilterPrefs implements chat.OwnStore. It is asked at every message.
func (s *Store) FilterPrefs(ctx context.Context, room chat.RoomID) (map[chat.AccountID]chat.Prefs, error) {
	return loadDated(&s.filters, &s.memberChanges, room, room,
		func() (map[chat.AccountID]chat.Prefs, error) { return s.Source.FilterPrefs(ctx, room) })
}

// forget drops what is untrue by now.
func (s *Store) forget(f db.Facts) {
	if f.All {
		s.clear()
		return
	}
	s.countChanges.mark(slices.Concat(f.Counts, f.Rooms))
	s.memberChanges.mark(f.Rooms)
	for _, m := range f.Members {
		s.memberChanges.mark([]chat.RoomID{m.Room})
		s.sidebars.forget(m.Who)
	}
	for _, p := range f.Prefs {
		s.access.forget(p)
		s.sidebars.forget(p.Who)
	}
	for _, who := range f.ReadMarks {
		s.sidebars.forget(who)
	}
	for _, hash := range f.Sessions {
		s.sessions.forget(hash)
	}
	for _, seen := range f.Seen {
		s.sessions.amend(seen.Hash, func(session *auth.Session) { session.Seen = seen.At })
	}
	if len(f.Accounts) > 0 {
		s.filters.clear()
		changed := map[chat.AccountID]bool{}
		for _, who := range f.Accounts {
			changed[who] = true
		}
		s.sessions.forgetWhere(func(session auth.Session) bool { return changed[session.Account.ID] }) // looks at all
	}
	if f.Reports {
		s.reports.clear()
	}
	if f.Names {
		s.members.clear()
		s.sidebars.clear()
	}
	if f.Names || f.Links {
		s.newest.clear()
	}
}

func (s *Store) clear() {
	s.sessions.clear()
	s.access.clear()
	s.members.clear()
	s.newest.clear()
	s.sidebars.clear()
	s.reports.clear()
	s.filters.clear()
}
