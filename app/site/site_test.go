package site

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/app/chat"
	"parley/views"
)

// memory is a source of one open room.
type memory struct {
	said  []chat.Message
	fails error // in the middle of the log
}

func (m *memory) Workspace() (string, error) { return "Lighthouse", nil }

func (m *memory) Rooms(kinds []chat.RoomKind) ([]chat.Room, error) {
	if !slices.Contains(kinds, chat.Open) {
		return nil, nil
	}
	return []chat.Room{{ID: 7, Name: "quay", Posts: int64(len(m.said))}}, nil
}

func (m *memory) With(chat.RoomID) ([]chat.Person, error) { return nil, nil }

func (m *memory) Accounts(put func(chat.Account) error) error {
	for id, name := range []string{"", "Ada", "Bea", "Cid"} {
		if err := put(chat.Account{Person: chat.Person{ID: chat.AccountID(id), Username: strings.ToLower(name), Name: name}}); id > 0 &&
			err != nil {
			return err
		}
	}
	return nil
}

func (m *memory) Log(_ chat.RoomID, put func(chat.Message) error) error {
	for i, s := range m.said {
		if m.fails != nil && i == len(m.said)/2 {
			return m.fails
		}
		if err := put(s); err != nil {
			return err
		}
	}
	return nil
}

func (m *memory) Said(_ []chat.RoomKind, put func(chat.Message) error) error { return m.Log(7, put) }

func (m *memory) File(id chat.FileID, form chat.Form, to io.Writer) (bool, error) {
	_, err := fmt.Fprintf(to, "file %d, form %d", id, form)
	return true, err
}

func TestFilesLieBesideThePages(t *testing.T) {
	m := &memory{}
	m.say(t, "2026-03-01", "with files")
	m.said[0].Files = []chat.File{
		{ID: 3, Name: "pier & co.jpg", Kind: chat.FilePicture, Width: 720, Height: 450, Alt: `The "pier"`},
		{ID: 4, Name: "page.html", Kind: chat.FileText},
		{ID: 5, Name: "gone.txt", State: chat.FileRemoved},
		{ID: 6, Name: "only large.jpg", Kind: chat.FilePicture, Width: 9, Height: 9, Gone: true},
	}
	dir, _ := write(t, m)
	for name, want := range map[string]string{"files/3/pier & co.jpg": "file 3, form 0", "files/3.jpg": "file 3, form 1",
		"files/4/page.html.txt":  "file 4, form 0",
		"files/6/only large.jpg": "file 6, form 2"} {
		if have := read(t, dir, name); have != want {
			t.Errorf("%s is %q", name, have)
		}
	}
	page := read(t, dir, "rooms/7/2026-03.html")
	for _, want := range []string{`<a href="../../files/3/pier%20&amp;%20co.jpg"><img src="../../files/3.jpg" width="360" height="225" alt="The &#34;pier&#34;"`, `href="../../files/4/page.html.txt"`, "File removed"} {
		if !strings.Contains(page, want) {
			t.Errorf("%s is not in %s", want, page)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "files/5")); err == nil {
		t.Error("what was removed is there")
	}
}

// say adds a message of Ada.
func (m *memory) say(t *testing.T, at, body string) {
	t.Helper()
	when, err := time.Parse(time.DateOnly, at)
	if err != nil {
		t.Fatal(err)
	}
	text, err := chat.ParseText(body)
	if err != nil {
		t.Fatal(err)
	}
	text.Resolve(map[string]chat.AccountID{"bea": 2})
	m.said = append(m.said, chat.Message{ID: chat.MessageID(len(m.said) + 10), Room: 7, Author: chat.Person{ID: 1, Name: "Ada"}, At: when,
		Body: body, Text: text})
}

func write(t *testing.T, m *memory) (dir string, total Total) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "site")
	total, err := Write(t.Context(), m, Options{Dir: dir, Kinds: []chat.RoomKind{chat.Open}})
	if err != nil {
		t.Fatal(err)
	}
	return dir, total
}

func read(t *testing.T, dir, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestAPageOfMessagesKeepsItsNameWhenMoreIsSaid(t *testing.T) {
	m := &memory{}
	for n := range perPage + 1 {
		m.say(t, "2026-03-01", fmt.Sprint("march ", n))
	}
	m.say(t, "2026-04-01", "april @bea")
	m.say(t, "2024-01-01", "came later from elsewhere")
	m.say(t, "2026-04-02", "april again")
	dir, total := write(t, m)
	if total != (Total{Rooms: 1, Messages: perPage + 4, Pages: 5}) {
		t.Errorf("%+v", total)
	}
	for name, words := range map[string]string{"2026-03.html": "march 0", "2026-03-2.html": fmt.Sprint("march ", perPage),
		"2026-04.html": "april <a", "2024-01.html": "elsewhere", "2026-04-2.html": "april again"} {
		if page := read(t, dir, "rooms/7/"+name); !strings.Contains(page, words) {
			t.Errorf("%s is not in %s", words, name)
		}
	}
	people := read(t, dir, "people.html")
	if !strings.Contains(people, "@ada") || !strings.Contains(people, "@bea") || strings.Contains(people, "@cid") {
		t.Error("people:", people)
	}
	before := read(t, dir, "rooms/7/2026-03-2.html")
	m.say(t, "2026-05-01", "may")
	again, _ := write(t, m)
	if read(t, again, "rooms/7/2026-03-2.html") != before {
		t.Error("an old page changed")
	}
}

func TestEveryWordIsInTheIndexUntilThereAreVeryMany(t *testing.T) {
	m := &memory{}
	for n := range maxPlaces + 500 {
		m.say(t, "2026-03-01", fmt.Sprintf("common word%d 日本語 </script>", n))
	}
	dir, _ := write(t, m)
	var about struct{ Docs, Per, Shards, Most int }
	script := func(name, before, after string, into any) {
		t.Helper()
		s := read(t, dir, name)
		s, ok := strings.CutPrefix(strings.TrimSuffix(s, after), before)
		if err := json.Unmarshal([]byte(s), into); err != nil || !ok || strings.Contains(s, "</") {
			t.Fatal(name, err, ok)
		}
	}
	script("search/index.js", "var PARLEY = ", ";\n", &about)
	if about.Docs != len(m.said) || about.Per != perShard || about.Most != maxPlaces {
		t.Errorf("%+v", about)
	}
	places := func(token string) (total int, docs []int) {
		t.Helper()
		n := shardOf(token, about.Shards)
		words := map[string][]int{}
		script(fmt.Sprintf("search/w%d.js", n), fmt.Sprintf("PARLEY.got('w%d',", n), ");\n", &words)
		for i, d := range words[token] {
			switch i {
			case 0:
				total = d
			case 1:
				docs = append(docs, d)
			default:
				docs = append(docs, docs[i-2]-d)
			}
		}
		return total, docs
	}
	for _, n := range []int{0, 1, 399, 400, 3000} {
		if total, docs := places(fmt.Sprint("word", n)); total != 1 || !slices.Equal(docs, []int{n}) {
			t.Errorf("word%d is in %d: %v", n, total, docs)
		}
	}
	for _, token := range []string{"common", "日本", "本語"} {
		total, docs := places(token)
		if total != len(m.said) || len(docs) != maxPlaces || docs[0] != len(m.said)-1 || docs[maxPlaces-1] != 500 {
			t.Errorf("%s is in %d, %d are told", token, total, len(docs))
		}
	}
	var shard [][]any
	script("search/d1.js", "PARLEY.got('d1',", ");\n", &shard)
	if len(shard) != perShard || shard[0][5] != "common word400 日本語 </script>" ||
		shard[0][1] != pageOf([]views.SitePart{{File: "2026-03-2.html", First: 410}}, 410) {
		t.Error("a message of the second file:", shard[0])
	}
}

func TestASiteThatFailsLeavesTheOlderOne(t *testing.T) {
	m := &memory{}
	m.say(t, "2026-03-01", "first")
	m.say(t, "2026-03-01", "second")
	dir, _ := write(t, m)
	o := Options{Dir: dir, Kinds: []chat.RoomKind{chat.Open}}
	m.say(t, "2026-03-01", "third")
	m.fails = errors.New("the disk is gone")
	if _, err := Write(t.Context(), m, o); !errors.Is(err, m.fails) {
		t.Error(err)
	}
	m.fails = nil
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Write(ended, m, o); err == nil {
		t.Error("it was written after its end")
	}
	if page := read(t, dir, "rooms/7/2026-03.html"); strings.Contains(page, "third") || !strings.Contains(page, "second") {
		t.Error("the older site is not there any more")
	}
	if _, err := Write(t.Context(), m, o); err != nil {
		t.Fatal(err)
	}
	if page := read(t, dir, "rooms/7/2026-03.html"); !strings.Contains(page, "third") {
		t.Error("the older site is still there")
	}
	if left, _ := filepath.Glob(dir + "*"); len(left) != 1 {
		t.Error("left:", left)
	}
}
