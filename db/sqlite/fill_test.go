package sqlite

import (
	"bufio"
	"compress/gzip"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/app/auth"
	"parley/app/chat"
	"parley/db"
)

// fillSize is how much a filled file has.
type fillSize struct {
	messages, rooms, people int
	unsearched              bool // without the index of search, which takes twice as long as the rest
}

// filled is a file with a history of that size, as years of use would leave it:
// a few rooms have most of it, a few people say most, every message is another.
// Each test gets a copy of its own. With FILLED=directory the file is made once
// and kept there, and with IRC=file.jsonl.gz people say what was said there.
//
// Room 1 is everybody's. Of the others one in three is open, one in three private
// and one in three a conversation of two; the lower the number, the busier.
func filled(t testing.TB, size fillSize) *file {
	t.Helper()
	f := &file{TB: t, path: filepath.Join(t.TempDir(), "parley.db")}
	kept := filepath.Join(os.Getenv("FILLED"), fmt.Sprintf("filled-%d-%d-%d-%t.v%d.db", size.messages, size.rooms,
		size.people, !size.unsearched, Version()))
	if os.Getenv("FILLED") == "" {
		fill(f, f.path, size)
	} else {
		if _, err := os.Stat(kept); err != nil {
			fill(f, kept+".part", size)
			f.ok(os.Rename(kept+".part", kept))
		}
		from, err := os.Open(kept)
		f.ok(err)
		defer from.Close()
		to, err := os.Create(f.path)
		f.ok(err)
		_, err = io.Copy(to, from)
		f.ok(err)
		f.ok(to.Close())
	}
	f.DB = f.open()
	return f
}

// filling writes one file on one connection, without a care for power cuts.
type filling struct {
	*file
	fillSize
	random *rand.Rand
	voices *voices
	rooms  []*filledRoom
	conn   *sql.Conn
	stmts  []*sql.Stmt
	at     time.Time
}

// filledRoom is a room while it grows.
type filledRoom struct {
	id         int
	kind       chat.RoomKind
	people     []int // account ids; the first owns it
	share      float64
	rev, posts int
	last, by   int
	at         int64
}

func fill(f *file, path string, size fillSize) {
	f.Helper()
	f.ok(os.RemoveAll(path))
	g := &filling{file: f, fillSize: size, random: rand.New(rand.NewPCG(1, 2)), voices: hear(f), at: noon.AddDate(-3, 0, 0)}
	d, err := Open(f.Context(), path)
	f.ok(err)
	_, err = d.AddAccount(f.Context(), auth.NewAccount{Username: "person1", Name: "Person 1", Hash: "-",
		Workspace: "Filled", At: g.at}, chat.NoAudit)
	f.ok(err)
	f.ok(d.Close())
	g.write(path)
	if !size.unsearched {
		g.index(path)
	}
}

// index builds the index of search.
func (g *filling) index(path string) {
	d, err := Open(g.Context(), path)
	g.ok(err)
	g.ok(d.change(g.Context(), func(t *db.Tx) error { return t.Exec("INSERT INTO words (words, rank) VALUES ('hashsize', ?)", 64<<20) }))
	for n := chat.MessageID(1); n > 0; {
		n, err = d.indexNext(g.Context(), 50_000)
		g.ok(err)
	}
	g.ok(d.change(g.Context(), func(t *db.Tx) error {
		if err := t.Exec("INSERT INTO words (words) VALUES ('optimize')"); err != nil {
			return err
		}
		return t.Exec("INSERT INTO words (words, rank) VALUES ('hashsize', ?)", 1<<20)
	}))
	g.ok(d.Close())
}

func (g *filling) write(path string) {
	pool, err := sql.Open("sqlite", dsn(path, true, true))
	g.ok(err)
	defer pool.Close()
	g.conn, err = pool.Conn(g.Context())
	g.ok(err)
	defer g.conn.Close()
	for _, q := range []string{"PRAGMA synchronous = OFF", "PRAGMA cache_size = -400000", "PRAGMA journal_mode = OFF",
		"PRAGMA foreign_keys = 0",
		"BEGIN"} {
		g.exec(q)
	}
	// What would be kept up to date with every row is made at the end.
	again := g.dropIndexes("messages_by_room", "messages_changed", "messages_by_reply", "messages_to_erase")
	g.people()
	g.found()
	g.talk()
	g.settle()
	for _, q := range append(again, "COMMIT") {
		g.exec(q)
	}
	for _, s := range g.stmts {
		g.ok(s.Close())
	}
	g.exec("PRAGMA journal_mode = WAL")
}

// drop removes parts of the schema, and answers with what makes them again.
func (g *filling) dropIndexes(names ...string) (again []string) {
	g.Helper()
	for _, name := range names {
		var made string
		g.ok(g.conn.QueryRowContext(g.Context(), "SELECT sql FROM sqlite_schema WHERE name = ?", name).Scan(&made))
		g.exec("DROP INDEX " + name)
		again = append(again, made)
	}
	return again
}

func (g *filling) exec(query string, args ...any) {
	g.Helper()
	if _, err := g.conn.ExecContext(g.Context(), query, args...); err != nil {
		g.Fatal(err, query)
	}
}

func (g *filling) prepare(query string) *sql.Stmt {
	g.Helper()
	s, err := g.conn.PrepareContext(g.Context(), query)
	g.ok(err)
	g.stmts = append(g.stmts, s)
	return s
}

func (g *filling) run(s *sql.Stmt, args ...any) {
	g.Helper()
	_, err := s.ExecContext(context.Background(), args...)
	g.ok(err)
}

func (g *filling) people() {
	add := g.prepare(`INSERT INTO accounts (id, username, folded, skeleton, name, name_folded, role, password, created_at)
			VALUES (?1, ?2, ?2, ?3, ?4, ?5, 0, '-', ?6)`)
	for id := 2; id <= g.fillSize.people; id++ {
		username, name := fmt.Sprint("person", id), fmt.Sprint("Person ", id)
		g.run(add, id, username, chat.Skeleton(username), name, chat.FoldName(name), db.ToMillis(g.at))
	}
}

// found makes the rooms, each with its people.
func (g *filling) found() {
	add := g.prepare("INSERT INTO rooms (id, kind, name, skeleton, direct, people, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)")
	pairs := map[[2]int]bool{}
	for id := 1; id <= g.fillSize.rooms; id++ {
		r := &filledRoom{id: id, kind: chat.RoomKind((id - 1) % 3), share: 1 / float64(id)}
		size := min(g.fillSize.people, max(6, 3*g.fillSize.people/id))
		if id == 1 {
			size = g.fillSize.people
		}
		if r.kind == chat.Direct {
			size = 2
		}
		r.people = g.some(size)
		if pair := [2]int{min(r.people[0], r.people[1]), max(r.people[0], r.people[1])}; r.kind == chat.Direct && pairs[pair] {
			r.kind = chat.Private
		} else if r.kind == chat.Direct {
			pairs[pair] = true
		}
		g.rooms = append(g.rooms, r)
		if id == 1 {
			continue // it is there already
		}
		name, skeleton, direct := fmt.Sprint("room ", id), any(chat.Skeleton(fmt.Sprint("room ", id))), any(nil)
		if r.kind == chat.Direct {
			name, skeleton, direct = "", nil, chat.DirectKey([]chat.AccountID{chat.AccountID(r.people[0]), chat.AccountID(r.people[1])})
		}
		g.run(add, id, r.kind, name, skeleton, direct, size, db.ToMillis(g.at))
	}
}

// some are people without repetition; small numbers are in more rooms.
func (g *filling) some(n int) (ids []int) {
	if n >= g.fillSize.people {
		for id := 1; id <= g.fillSize.people; id++ {
			ids = append(ids, id)
		}
		return ids
	}
	seen := map[int]bool{}
	for len(ids) < n {
		if id := 1 + g.random.IntN(g.fillSize.people); !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	return ids
}

// talk writes the messages in the order of their ids.
func (g *filling) talk() {
	add := g.prepare(`INSERT INTO messages (id, room_id, rev, born, posts, kind, author_id, at, cont, body, text, addressed, cid,
		reactions, deleted_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
	mention := g.prepare("INSERT INTO mentions (account_id, room_id, message_id) VALUES (?, ?, ?)")
	sum, upto := 0.0, make([]float64, len(g.rooms))
	for i, r := range g.rooms {
		sum += r.share
		upto[i] = sum
	}
	id, pause := 0, 3*365*24*time.Hour/time.Duration(g.messages)
	for _, r := range g.rooms { // each begins with the arrival of its people
		if r.kind == chat.Direct || r.id == 1 {
			continue
		}
		id++
		event, _ := json.Marshal(chat.SystemMessage{Count: len(r.people) - 1,
			People: []chat.Person{{ID: chat.AccountID(r.people[1]), Username: fmt.Sprint("person", r.people[1]),
				Name: fmt.Sprint("Person ", r.people[1])}}})
		r.rev, r.last = 1, id
		r.at = db.ToMillis(g.at)
		g.run(add, id, r.id, r.rev, r.rev, 0, chat.MessageJoined, r.people[1], r.at, false, "", event, "", nil, nil, nil)
	}
	for range g.messages {
		id++
		g.at = g.at.Add(time.Duration(g.random.Int64N(int64(2*pause) + 1)))
		i, _ := slices.BinarySearch(upto, g.random.Float64()*sum)
		r := g.rooms[min(i, len(g.rooms)-1)]
		by := r.people[int(float64(len(r.people))*g.random.Float64()*g.random.Float64()*g.random.Float64())] // a few say most
		body, text := g.voices.line(g.random)
		var reactions, deleted any
		addressed, at := "", db.ToMillis(g.at)
		r.rev++
		r.posts++
		born := r.rev
		switch x := g.random.IntN(1000); {
		case x < 10:
			r.rev++
			reactions, _ = json.Marshal([]chat.Reaction{{Emoji: "👍",
				By: []chat.Person{{ID: chat.AccountID(r.people[0]), Name: fmt.Sprint("Person ", r.people[0])}}}})
		case x < 15:
			r.rev++
			body, text, deleted = "", []byte("{}"), at+1000
		case x < 20 && r.people[0] != by:
			addressed = fmt.Sprint(r.people[0])
			g.run(mention, r.people[0], r.id, id)
		}
		cont := r.by == by && at-r.at <= chat.ContinuedWithin.Milliseconds()
		g.run(add, id, r.id, r.rev, born, r.posts, chat.MessagePosted, by, at, cont, body, text, addressed,
			fmt.Sprintf("%012d", id), reactions, deleted)
		r.last, r.by, r.at = id, by, at
	}
}

// settle makes rooms and memberships agree with what was said.
func (g *filling) settle() {
	set := g.prepare("UPDATE rooms SET rev = ?, posts = ?, last_id = ?, last_author = ?, last_at = ?, people = ? WHERE id = ?")
	enter := g.prepare("INSERT OR REPLACE INTO memberships (room_id, account_id, owner, rev, posts_read, joined_at) VALUES (?, ?, ?, ?, ?, ?)")
	joined := db.ToMillis(noon.AddDate(-3, 0, 0))
	for _, r := range g.rooms {
		g.run(set, r.rev, r.posts, r.last, r.by, r.at, len(r.people), r.id)
		for i, id := range r.people {
			unread := g.random.IntN(r.posts + 1)
			if g.random.IntN(3) > 0 {
				unread = min(r.posts, g.random.IntN(20))
			}
			g.run(enter, r.id, id, i == 0 && r.kind != chat.Direct, 0, r.posts-unread, joined)
		}
	}
	g.exec(`UPDATE memberships SET mentions = (SELECT count(*) FROM mentions n JOIN messages m ON m.id = n.message_id
		WHERE n.account_id = memberships.account_id AND n.room_id = memberships.room_id AND m.posts > posts_read)
		WHERE (account_id, room_id) IN (SELECT account_id, room_id FROM mentions)`)
	g.exec("UPDATE sqlite_sequence SET seq = (SELECT max(id) FROM messages) WHERE name = 'messages'")
	for _, table := range []string{"messages", "accounts", "rooms"} {
		g.exec("INSERT INTO sqlite_sequence (name, seq) SELECT ?1, max(id) FROM "+table+
			" WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = ?1)", table)
	}
}

// voices say what was said elsewhere, never twice the same.
type voices struct{ begin, end []string }

// phrases are said where there is no conversation to repeat.
var phrases = []string{"has anybody tried to deploy the harbour map",
	"the café by the bridge has soup and larger tables",
	"I moved the release notes to https://handbook.example.org/notes and nobody complained",
	"we should look at the second picture on a smaller screen",
	"running `make tiles` asked for the same file twice",
	"東京の天気は今日もいい and tomorrow as well",
	"서울에서 만나요 when the train is late",
	"明天我们在上海开会 about the new budget",
	"Ünal asked whether the beam can fade in",
	"who has the tablet and the other charger",
	"that was a very common word in a very small room"}

func hear(f *file) *voices {
	lines := phrases
	if path := os.Getenv("IRC"); path != "" {
		lines = nil
		file, err := os.Open(path)
		f.ok(err)
		defer file.Close()
		unzipped, err := gzip.NewReader(file)
		f.ok(err)
		for scan := bufio.NewScanner(unzipped); scan.Scan(); {
			var l struct{ Body string }
			f.ok(json.Unmarshal(scan.Bytes(), &l))
			lines = append(lines, l.Body)
		}
		for range len(lines) / 50 / len(phrases) { // scripts that were not spoken there
			lines = append(lines, phrases...)
		}
	}
	v := &voices{}
	for _, l := range lines {
		words := strings.Fields(l)
		if len(words) == 0 {
			continue
		}
		half := (len(words) + 1) / 2
		v.begin = append(v.begin, strings.Join(words[:half], " "))
		v.end = append(v.end, strings.Join(words[half:], " "))
	}
	return v
}

// line is something new: the beginning of one line and the end of another.
func (v *voices) line(r *rand.Rand) (body string, text []byte) {
	for {
		body = chat.TidyBody(v.begin[r.IntN(len(v.begin))] + " " + v.end[r.IntN(len(v.end))])
		parsed, err := chat.ParseText(body)
		if err != nil {
			continue
		}
		parsed.Resolve(nil)
		if text, err = json.Marshal(parsed); err == nil {
			return body, text
		}
	}
}

func TestAFilledFileIsWhatUseWouldHaveLeft(t *testing.T) {
	f := filled(t, fillSize{messages: 5000, rooms: 40, people: 30})
	for what, query := range map[string]string{
		"a room's posts are its messages": `SELECT count(*) FROM rooms
			WHERE posts <> (SELECT count(*) FROM messages m WHERE m.room_id = rooms.id AND m.kind = 0)`,
		"posts have no gap": `SELECT count(*)
			FROM (SELECT posts - lag(posts, 1, 0) OVER (PARTITION BY room_id ORDER BY id) AS step, kind FROM messages)
			WHERE kind = 0 AND step <> 1`,
		"revs rise with ids": `SELECT count(*)
			FROM (SELECT rev - lag(rev, 1, 0) OVER (PARTITION BY room_id ORDER BY id) AS step FROM messages)
			WHERE step NOT IN (1, 2)`,
		"a room's rev is that of its newest row": `SELECT count(*) FROM rooms
			WHERE (rev, last_id) <> (SELECT rev, id FROM messages m WHERE m.room_id = rooms.id ORDER BY id DESC LIMIT 1)`,
		"people are counted": `SELECT count(*) FROM rooms
			WHERE people <> (SELECT count(*) FROM memberships m WHERE m.room_id = rooms.id AND left_at IS NULL)`,
		"who speaks is in the room": `SELECT count(*) FROM messages m WHERE kind = 0
			AND NOT EXISTS (SELECT 1 FROM memberships p WHERE p.room_id = m.room_id AND p.account_id = m.author_id)`,
		"nobody has read more than there is": `SELECT count(*) FROM memberships p JOIN rooms r ON r.id = room_id
			WHERE posts_read > posts OR posts_read < 0`,
		"mentions are counted": `SELECT count(*) FROM memberships p
			WHERE mentions <> (SELECT count(*) FROM mentions n JOIN messages m ON m.id = n.message_id
			WHERE n.account_id = p.account_id AND n.room_id = p.room_id AND m.posts > p.posts_read)`,
		"the index has what was said": `SELECT (SELECT count(*) FROM messages WHERE kind = 0 AND deleted_at IS NULL)
			- (SELECT count(*) FROM words_docsize)`,
	} {
		var n int
		f.ok(f.One(t.Context(), query, nil, &n))
		if n != 0 {
			t.Errorf("not so: %s (%d)", what, n)
		}
	}
	f.says(1, 1, "and it goes on")
	if names, _ := f.Sidebar(t.Context(), 1); len(names) < 2 {
		t.Error("person 1 is in", len(names), "rooms")
	}
}
