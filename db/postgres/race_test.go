package postgres

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"parley/app/apptest/pgtest"
	"parley/app/auth"
	"parley/app/chat"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func draft(t testing.TB, room chat.RoomID, author chat.AccountID, body, cid string) chat.NewMessage {
	t.Helper()
	text, err := chat.ParseText(body)
	if err != nil {
		t.Fatal(err)
	}
	return chat.NewMessage{Room: room, Author: chat.Person{ID: author}, At: noon, Body: body, Text: text, CID: cid}
}

// workspace makes people 1 to n, all in the rooms 1 to n.
func workspace(t testing.TB, d *DB, people, rooms int) {
	t.Helper()
	var all []chat.AccountID
	for n := range people {
		name := fmt.Sprint("person", n+1)
		a, err := d.AddAccount(t.Context(), auth.NewAccount{Username: name, Name: name, Hash: "-", Workspace: "Test", At: noon}, chat.NoAudit)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, a.Account.ID)
	}
	for n := 1; n < rooms; n++ {
		if _, err := d.CreateRoom(t.Context(), chat.NewRoom{Name: fmt.Sprint("room", n), By: 1, People: all[1:]}, noon); err != nil {
			t.Fatal(err)
		}
	}
}

// Two nodes do everything at once that people do; then everything that is counted is as it
// should be, and each page has the order of the ids.
func TestWhatTwoNodesDoAtOnceAddsUp(t *testing.T) {
	t.Parallel()
	const people, rooms, each = 8, 3, 120
	address := pgtest.Schema(t)
	nodes := []*DB{openAt(t, address), openAt(t, address)}
	workspace(t, nodes[0], people, rooms)
	seed := uint64(time.Now().UnixNano())
	t.Log("seed", seed)
	var mu sync.Mutex
	var said []chat.MessageID
	pick := func(r *rand.Rand) chat.MessageID {
		mu.Lock()
		defer mu.Unlock()
		if len(said) == 0 {
			return 0
		}
		return said[r.IntN(len(said))]
	}
	var wg sync.WaitGroup
	for who := chat.AccountID(1); who <= people; who++ {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(seed, uint64(who)))
			for n := range each {
				d := nodes[r.IntN(2)]
				room := chat.RoomID(1 + r.IntN(rooms))
				id := pick(r)
				var err error
				switch what := r.IntN(12); {
				case what < 6 || id == 0:
					m := draft(t, room, who, fmt.Sprint("words of ", who, " ", n), fmt.Sprint(who, "-", n))
					switch r.IntN(4) {
					case 0:
						m.For = []chat.AccountID{1 + chat.AccountID(r.IntN(people))}
					case 1:
						if q, e := d.Message(t.Context(), id); e == nil && q.Room == room {
							m.Quote = chat.QuoteOf(q)
						}
					}
					var a chat.Added
					if a, err = d.AddMessage(t.Context(), m); err == nil {
						mu.Lock()
						said = append(said, a.ID)
						mu.Unlock()
					}
				case what == 6:
					_, err = d.SetRead(t.Context(), room, who, id)
				case what == 7:
					_, err = d.SetBody(t.Context(), id, draft(t, room, who, fmt.Sprint("changed ", n), ""))
				case what == 8:
					_, err = d.DeleteMessage(t.Context(), id, who, noon, chat.NoAudit)
				case what == 9:
					_, err = d.RestoreMessage(t.Context(), id, who, noon.Add(-time.Minute))
				case what == 10:
					_, err = d.SetReactions(t.Context(), id, func(was []chat.Reaction) ([]chat.Reaction, error) {
						return []chat.Reaction{{Emoji: "👍", By: []chat.Person{{ID: who}}}}, nil
					})
				default:
					_, err = d.SetAllRead(t.Context(), who)
				}
				if err != nil && !errors.Is(err, chat.ErrGone) && !errors.Is(err, chat.ErrNotFound) && !errors.Is(err, chat.ErrConflict) {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	r, err := Check(t.Context(), address, nil)
	if err != nil || len(r.Problems) > 0 {
		t.Error(r.Problems, err)
	}
	for room := chat.RoomID(1); room <= rooms; room++ {
		p, err := nodes[1].History(t.Context(), room, chat.Span{}, 1<<20)
		if err != nil || len(p.Messages) == 0 {
			t.Fatal(err)
		}
		if !slices.IsSortedFunc(p.Messages, func(a, b chat.Message) int { return int(a.ID - b.ID) }) {
			t.Error("the rows of room", room, "are not in order")
		}
	}
}

// Fifty at once on two nodes send the same message: it is stored once, and all get it.
func TestOneClientIDIsOneMessageOnAllNodes(t *testing.T) {
	t.Parallel()
	address := pgtest.Schema(t)
	nodes := []*DB{openAt(t, address), openAt(t, address)}
	workspace(t, nodes[0], 2, 2)
	ids := make([]chat.MessageID, 50)
	var wg sync.WaitGroup
	for i := range ids {
		wg.Go(func() {
			m := draft(t, chat.RoomID(1+i%2), 1, "once", "same")
			a, err := nodes[i/2%2].AddMessage(t.Context(), m)
			if err != nil {
				t.Error(err)
			}
			ids[i] = a.ID
		})
	}
	wg.Wait()
	if len(slices.Compact(ids)) != 1 {
		t.Error("it is", ids)
	}
}

func TestOnlyOneOfTwoNodesIsTheFirstAdministratorAndTheLastOneStays(t *testing.T) {
	t.Parallel()
	address := pgtest.Schema(t)
	nodes := []*DB{openAt(t, address), openAt(t, address)}
	var wg sync.WaitGroup
	var mu sync.Mutex
	admins := 0
	for i := range 10 {
		wg.Go(func() {
			name := fmt.Sprint("person", i)
			a, err := nodes[i%2].AddAccount(t.Context(), auth.NewAccount{Username: name, Name: name, Hash: "-", Workspace: "Test", At: noon},
				chat.NoAudit)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			} else if a.Account.Role == chat.RoleAdmin {
				admins++
			}
		})
	}
	wg.Wait()
	if admins != 1 {
		t.Error(admins, "became administrator")
	}
	for id := chat.AccountID(1); id <= 10; id++ {
		if err := nodes[0].SetRole(t.Context(), id, chat.RoleAdmin, chat.NoAudit); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 10 {
		wg.Go(func() { _ = nodes[i%2].SetRole(t.Context(), chat.AccountID(i+1), chat.RoleMember, chat.NoAudit) }) // one of them is refused
	}
	wg.Wait()
	var left int
	if err := nodes[0].One(t.Context(), "SELECT count(*) FROM accounts WHERE role = 1", nil, &left); err != nil || left != 1 {
		t.Error(left, "administrators are left", err)
	}
}

// BenchmarkPosts says how many posts one node stores in a second, by so many at once, where
// commits wait for the disk.
func BenchmarkPosts(b *testing.B) {
	s := pgtest.New(b)
	for _, rooms := range []int{1, 16} {
		b.Run(fmt.Sprint("rooms=", rooms), func(b *testing.B) {
			d := openAt(b, s.Schema(b))
			workspace(b, d, 8, rooms)
			m := draft(b, 1, 1, "The harbour map loads in half the time now, and the labels stay put.", "")
			var n sync.Mutex
			count := 0
			b.SetParallelism(16)
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					n.Lock()
					count++
					one := m
					one.CID, one.Room, one.Author.ID = fmt.Sprint("c", count), chat.RoomID(1+count%rooms), chat.AccountID(1+count%8)
					n.Unlock()
					if _, err := d.AddMessage(b.Context(), one); err != nil {
						b.Error(err)
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "posts/s")
		})
	}
}

// What is said while a room is renamed on another node is found by its last name.
func TestLinksThatComeWhileARoomIsRenamedAreFoundByItsName(t *testing.T) {
	t.Parallel()
	const people, each = 4, 40
	address := pgtest.Schema(t)
	nodes := []*DB{openAt(t, address), openAt(t, address)}
	workspace(t, nodes[0], people, 2)
	const room = 2
	var wg sync.WaitGroup
	for who := chat.AccountID(1); who <= people; who++ {
		wg.Go(func() {
			for n := range each {
				m := draft(t, 1, who, "see #room1 now", fmt.Sprint(who, "-", n))
				m.Text.LinkRooms(map[string]chat.RoomLink{"room1": {ID: room, Name: "room1"}})
				if _, err := nodes[n%2].AddMessage(t.Context(), m); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Go(func() {
		for n := range each {
			if _, err := nodes[n%2].SetRoomName(t.Context(), room, 1, fmt.Sprint("quay", n), noon); err != nil {
				t.Error(err)
			}
			if _, err := nodes[n%2].indexSome(t.Context()); err != nil {
				t.Error(err)
			}
		}
	})
	wg.Wait()
	if err := nodes[0].BuildIndex(t.Context()); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]int{fmt.Sprint("quay", each-1): people * each, "room1": people * each, fmt.Sprint("quay", each-2): 0} {
		hits, _, _, err := nodes[1].Search(t.Context(), 2, chat.Search{All: []chat.Match{{Tokens: []string{"see", name, "now"}}}, Limit: 1000})
		if err != nil || len(hits) != want {
			t.Errorf("by %s are found %d, want %d (%v)", name, len(hits), want, err)
		}
	}
	r, err := Check(t.Context(), address, nil)
	if err != nil || len(r.Problems) > 0 {
		t.Error(r.Problems, err)
	}
}
