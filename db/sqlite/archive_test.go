package sqlite

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"parley/app/archive"
	"parley/app/chat"
	"parley/db"
)

// exported is the whole file as an export has it.
func (f *file) exported() []byte {
	f.Helper()
	var b bytes.Buffer
	f.ok(archive.Write(&b, func(put func(archive.Record) error) error { return f.Export(f.Context(), true, put) }))
	return b.Bytes()
}

func (f *file) imports(lines []byte) error {
	return f.Import(f.Context(), func(put func(archive.Record) error) error { return archive.Read(bytes.NewReader(lines), put) })
}

// vacant is a file that nobody has used.
func vacant(t testing.TB) *file {
	f := &file{TB: t, path: filepath.Join(t.TempDir(), "parley.db")}
	f.DB = f.open()
	return f
}

// full is a file with something of everything that an export carries.
func full(t testing.TB) *file {
	f := frozen(t)
	f.ok(f.Writable(t.Context())) // a setting that is nobody's
	f.ok(f.SetSetting(t.Context(), "secret.key", "not to be carried"))
	d := draft(1, 1, "@room come", "all")
	d.All = true
	_, err := f.AddMessage(t.Context(), d)
	f.ok(err)
	d = draft(1, 1, "with files", "files")
	d.Files = []chat.File{f.uploads(1, "pier.jpg", chat.FilePicture, bytes.Repeat([]byte("a picture"), 9000)),
		f.uploads(1, "empty.txt", chat.FileText, nil)}
	d.Files[0].Alt = "The pier"
	_, err = f.AddMessage(t.Context(), d)
	f.ok(err)
	f.uploads(2, "not sent.txt", chat.FileText, []byte("not to be carried"))
	dropped := f.room("dropped", 1)
	f.says(dropped, 1, "not to be carried")
	_, err = f.DeleteMessage(t.Context(), f.says(1, 2, "not to be carried @person1", 1).ID, 2, noon, chat.NoAudit)
	f.ok(err)
	f.ok(f.change(t.Context(), func(tx *db.Tx) error {
		tx.EverythingChanged()
		for _, q := range []string{
			"UPDATE rooms SET deleted_at = 1, skeleton = NULL WHERE name = 'dropped'",
			"UPDATE rooms SET slow = 30 WHERE id = 2",
			"UPDATE memberships SET muted = 1 WHERE room_id = 1 AND account_id = 3",
			"UPDATE memberships SET owner = 2, banned = 1 WHERE room_id = 2 AND account_id = 3",
			"UPDATE accounts SET disabled_at = 5000, banned_at = 6000 WHERE id = 4",
			"INSERT INTO invites (code, role, uses, used, made_by, made_at, expires_at) VALUES ('welcome', 0, 5, 2, 1, 7000, 8000), ('admins', 1, 0, 0, NULL, 9000, NULL)",
			"UPDATE invites SET revoked_at = 7500 WHERE id = 1",
			"INSERT INTO imports (source, key, id) VALUES ('slack T1', 'user U1', 2)",
			"UPDATE accounts SET bot_by = 1 WHERE id = 4",
			`INSERT INTO widgets (room_id, slug, bot_id, data, rev) VALUES (2, 'help', 4, CAST('{"on":true,"title":"Tidewater Ferries","greeting":"Ahoy!","zone":"UTC","colour":"#10667e","late":5}' AS BLOB), 9)`,
			"UPDATE rooms SET queue = 1 WHERE id = 2",
			`INSERT INTO cases (id, room_id, visitor, name, mail, page, state, taken_by, rev, opened_at, changed_at, waits_at, last) VALUES
				(3, 2, x'` + strings.Repeat("0a", 32) +
				`', 'Marta', 'marta@tidewater.example', 'https://tidewater.example/winter', 1, 2, 8, 1000, 3000, 0, 'No'),
				(4, 2, NULL, '', '', '', 0, NULL, 9, 4000, 4000, 4000, 'Hello?')`,
			"INSERT INTO case_lines (id, case_id, kind, author, at, body) VALUES (5, 3, 2, NULL, 1000, ''), (6, 3, 0, NULL, 1000, 'Does *it* run?'), (7, 3, 3, 2, 2000, ''), (8, 3, 1, 2, 3000, 'No'), (9, 4, 0, NULL, 4000, 'Hello?')",
		} {
			if err := tx.Exec(q); err != nil {
				return err
			}
		}
		for _, c := range db.Counts {
			if err := c.Repair(tx); err != nil {
				return err
			}
		}
		return nil
	}))
	return f
}

// uploads stores a file as package files does.
func (f *file) uploads(by chat.AccountID, name string, kind chat.FileKind, data []byte) chat.File {
	f.TB.Helper()
	ctx := f.TB.Context()
	id, blob, err := f.NewFile(ctx, by, strings.ToUpper(strings.Map(func(r rune) rune {
		if r < 'a' || r > 'z' {
			return -1
		}
		return r
	}, name)), chat.UseMessage, noon)
	f.ok(err)
	for at := 0; at < len(data); at += 64 << 10 {
		f.ok(f.Append(ctx, blob, int64(at), data[at:min(len(data), at+64<<10)]))
	}
	sum := sha256.Sum256(data)
	one := chat.File{ID: id, Name: name, Kind: kind, Type: "text/plain", Size: int64(len(data))}
	if kind == chat.FilePicture {
		one.Type, one.Width, one.Height, one.State = "image/jpeg", 40, 30, chat.FileWaiting
	}
	f.ok(f.FinishFile(ctx, blob, one, sum[:]))
	if kind == chat.FilePicture {
		small, err := f.NewForm(ctx, id, chat.FormSmall, "image/jpeg")
		f.ok(err)
		f.ok(f.Append(ctx, small, 0, []byte("small")))
		sum := sha256.Sum256([]byte("small"))
		f.ok(f.FinishForm(ctx, small, 5, sum[:]))
		one.State = chat.FileReady
		_, err = f.SetPicture(ctx, one)
		f.ok(err)
	}
	return one
}

func TestAnImportHasTheSameChecksAsThePages(t *testing.T) {
	f := full(t)
	lines := f.exported()
	spoil := func(kind, has, from, to string) []byte {
		t.Helper()
		var b bytes.Buffer
		done := false
		for line := range bytes.Lines(lines) {
			if !done && bytes.HasPrefix(line, []byte(`{"type":"`+kind+`"`)) && bytes.Contains(line, []byte(has)) &&
				bytes.Contains(line, []byte(from)) {
				line, done = bytes.Replace(line, []byte(from), []byte(to), 1), true
			}
			b.Write(line)
		}
		if !done {
			t.Fatalf("no %s has %s and %s in\n%s", kind, has, from, lines)
		}
		return b.Bytes()
	}
	for name, c := range map[string]struct {
		lines []byte
		want  string
	}{
		"a username that calls": {spoil("account", `"person2"`, `"username":"person2"`, `"username":"here"`),
			"would call everybody"},
		"one that looks like it": {spoil("account", `"person2"`, `"username":"person2"`, `"username":"r00m"`),
			"would call everybody"},
		"rooms that look alike": {bytes.Replace(lines, []byte(`{"type":"membership"`),
			[]byte(`{"type":"room","id":900,"kind":"open","name":"generaI","rev":0,"posts":0,"created":"2026-01-01T00:00:00Z"}`+"\n"+
				`{"type":"membership"`), 1), "looks the same"},
		"a reaction of a word": {spoil("message", `"reactions":[{"e":"`, `"reactions":[{"e":"`, `"reactions":[{"e":"x`),
			"is no emoji"},
		"a reaction of nobody's": {spoil("message", `"by":[{"id":`, `"by":[{"id":`, `"by":[{"id":99`), "names person 99"},
		"a message for nobody":   {spoil("message", `"for":[`, `"for":[`, `"for":[77`), "names person 77"},
		"a mention of nobody":    {spoil("message", `"k":6,"t":"@`, `,"a":`, `,"a":88`), "names person 88"},
		"an event of nobody":     {spoil("message", `"kind":"joined"`, `"p":[{"id":`, `"p":[{"id":55`), "names person 55"},
		"a page that is a script": {spoil("case", `"page":`, `https://tidewater.example/winter`, `javascript:alert(1)`),
			"begins with https"},
		"a person who is no bot":             {spoil("widget", `"bot":4`, `"bot":4`, `"bot":2`), "it names a person"},
		"a widget without a title":           {spoil("widget", `Tidewater`, `Tidewater Ferries`, ``), "title"},
		"a line of a case that is not there": {spoil("case_line", `"case":4`, `"case":4`, `"case":77`), "it names a person"},
		"a conversation of nobody":           {spoil("room", `"direct":[`, `"direct":[`, `"direct":[4444,`), "names person 4444"},
	} {
		t.Run(name, func(t *testing.T) {
			if err := vacant(t).imports(c.lines); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "line ") {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

func TestWhatIsExportedAndImportedIsExportedTheSame(t *testing.T) {
	f, g := full(t), vacant(t)
	lines := f.exported()
	if err := g.imports(lines); err != nil {
		t.Fatal(err)
	}
	if again := g.exported(); sha256.Sum256(lines) != sha256.Sum256(again) {
		t.Errorf("exported\n%s\nimported and exported again\n%s", lines, again)
	}
	if bytes.Contains(lines, []byte("not to be carried")) || !bytes.Contains(lines, []byte("日本語")) {
		t.Errorf("exported\n%s", lines)
	}
	for _, kind := range []string{"setting", "account", "room", "membership", "message", "widget", "case", "case_line", "invite", "origin"} {
		if !bytes.Contains(lines, []byte(`{"type":"`+kind+`"`)) {
			t.Error("nothing of type", kind)
		}
	}
	f.ok(g.BuildIndex(t.Context()))
	f.ok(f.BuildIndex(t.Context()))
	if p := g.check(); len(p) > 0 {
		t.Error("the imported file is not as it should be:", p)
	}
	if a, b := strings.Split(f.listing(), "\n"), strings.Split(g.listing(), "\n"); len(a) < 20 {
		t.Error("the file holds nearly nothing")
	} else {
		a = slices.DeleteFunc(a, func(s string) bool { // stays where it is
			kind, _, _ := strings.Cut(s, " ")
			return slices.Contains([]string{"session", "report", "deed", "reset", "certificate"}, kind)
		})
		if !slices.Equal(a, b) {
			t.Errorf("it was\n%s\nand is\n%s", strings.Join(a, "\n"), strings.Join(b, "\n"))
		}
	}
	m, err := g.Message(t.Context(), 1)
	f.ok(err)
	if g.says(1, 1, "goes on").ID <= m.ID {
		t.Error("the log does not go on")
	}
}

func TestAnImportOfWhatACheckWouldFindIsRefused(t *testing.T) {
	message := func(id, rev, posts int) string {
		return fmt.Sprintf(`{"type":"message","id":%d,"room":1,"rev":%d,"born":%[2]d,"posts":%d,"kind":"said","author":1,"at":"2026-03-01T12:00:00Z","body":"hi"}`+"\n", id, rev, posts)
	}
	for _, c := range []struct{ messages, want string }{
		{message(1, 1, 1) + message(2, 2, 2), ""},
		{message(1, 1, 1) + message(2, 1, 2), "line 5: messages 1 and 2 of room 1 have the same change 1"},
		{message(1, 2, 1) + message(2, 1, 2), "line 5: messages 1 and 2 of room 1 have the same change"},
		{message(1, 1, 1) + message(2, 2, 1), "line 5: messages 1 and 2 of room 1 have the same number 1"},
		{message(1, 1, 1) + message(2, 2, 3), "line 5: room 1 misses 1 posts before message 2"},
	} {
		g := vacant(t)
		err := g.imports([]byte(`{"type":"parley","format":1,"accounts":1,"rooms":1,"messages":2}` + "\n" +
			`{"type":"account","id":1,"username":"ada","name":"Ada","role":"administrator","created":"2026-03-01T12:00:00Z"}` + "\n" +
			`{"type":"room","id":1,"kind":"open","name":"general","rev":2,"posts":2,"created":"2026-03-01T12:00:00Z"}` + "\n" + c.messages))
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %q", c.messages, err, c.want)
		}
		if err == nil {
			g.ok(g.BuildIndex(t.Context()))
			if p := g.check(); len(p) > 0 {
				t.Error(p)
			}
		}
	}
}

func TestAnImportIsComparedWithWhatIsThere(t *testing.T) {
	f := full(t)
	lines := f.exported()
	compare := func(with []byte) (int64, bool) {
		t.Helper()
		line, same, err := archive.Compare(bytes.NewReader(with),
			func(put func(archive.Record) error) error { return f.Export(t.Context(), true, put) })
		f.ok(err)
		return line, same
	}
	if line, same := compare(lines); !same {
		t.Error("the same differs in line", line)
	}
	f.says(1, 1, "and on")
	if line, same := compare(lines); same || line != 1 {
		t.Error("with a message more:", line, same)
	}
	if err := f.imports(lines); err == nil {
		t.Error("it was imported into a file that is used")
	}
}

func TestAnExportIsOneStateOfTheFile(t *testing.T) {
	f := full(t)
	want, first := f.exported(), true
	var b bytes.Buffer
	f.ok(archive.Write(&b, func(put func(archive.Record) error) error {
		return f.Export(context.Background(), true, func(r archive.Record) error {
			if first {
				first = false
				f.says(1, 1, "said meanwhile")
				_, err := f.SetTopic(f.Context(), 1, 1, "another", noon)
				f.ok(err)
			}
			return put(r)
		})
	}))
	if !bytes.Equal(b.Bytes(), want) {
		t.Error("what was said meanwhile is in it")
	}
}

func TestABadLineIsNamedAndNothingIsImported(t *testing.T) {
	lines := strings.SplitAfter(string(full(t).exported()), "\n")
	at := func(kind string) int {
		for i, l := range lines {
			if strings.HasPrefix(l, `{"type":"`+kind+`"`) {
				return i
			}
		}
		t.Fatal("there is no", kind)
		return 0
	}
	last := len(lines) - 2
	for _, bad := range []struct {
		line      int
		from, to  string
		complaint string
	}{
		{0, "parley", "wechat", "line 1: this is not an export"},
		{0, `"format":2`, `"format":3`, "line 1: the file has format 3"},
		{at("account"), `"username"`, `"user"`, "unknown field"},
		{at("account"), `"administrator"`, `"boss"`, "is none of member, administrator"},
		{at("account") + 1, `"person2"`, `"PERS0N1"`, "the same id, or the same name, or one that looks like it"},
		{at("account") + 1, `"id":2`, `"id":1`, "the same id"},
		{at("membership"), `"account":1`, `"account":77`, "it names a person, a room or a message"},
		{at("message") + 2, `"text":{"b":`, `"text":{"b":7,"x":`, "not a JSON object as chat.Text has it"},
		{at("message"), `{"type":"message"`, `{"type":"message`, "it is not a JSON object"},
		{at("message") + 3, `"reply_to":3`, `"reply_to":99`, "lower id"},
		{last, `"origin"`, `"account"`, "comes after one of type"},
		{last, lines[last], "", "the file ends here"},
	} {
		all := append([]string(nil), lines...)
		if all[bad.line] = strings.Replace(all[bad.line], bad.from, bad.to, 1); all[bad.line] == lines[bad.line] {
			t.Fatalf("line %d is not bad: %s", bad.line+1, all[bad.line])
		}
		g := vacant(t)
		before := g.exported()
		err := g.imports([]byte(strings.Join(all, "")))
		if err == nil || !strings.Contains(err.Error(), bad.complaint) || !strings.HasPrefix(err.Error(), "line ") {
			t.Errorf("line %d with %s says: %v", bad.line+1, bad.to, err)
		}
		if !bytes.Equal(g.exported(), before) {
			t.Error("something was imported of", bad.to)
		}
		g.ok(g.imports([]byte(strings.Join(lines, "")))) // and the right file is
	}
}

func TestADataFileOfEveryReleasedFormatMovesByExport(t *testing.T) {
	names, err := filepath.Glob("testdata/format*.db.gz")
	if err != nil || len(names) == 0 {
		t.Fatal("there are none:", err)
	}
	for _, name := range names {
		f := &file{TB: t, path: filepath.Join(t.TempDir(), "parley.db")}
		f.unpack(name)
		f.DB = f.open()
		lines, g := f.exported(), vacant(t)
		g.ok(g.imports(lines))
		g.ok(g.BuildIndex(t.Context()))
		if again := g.exported(); !bytes.Equal(lines, again) {
			t.Errorf("%s exported\n%s\nimported and exported again\n%s", name, lines, again)
		}
		if p := g.check(); len(p) > 0 {
			t.Errorf("%s, imported, is not as it should be: %v", name, p)
		}
	}
}

func TestAnExportOfEveryFormatIsReadForEver(t *testing.T) {
	for format := 1; format <= archive.Format; format++ {
		name := fmt.Sprintf("testdata/export%d.jsonl", format)
		if *freeze && format == archive.Format {
			f := full(t)
			f.ok(os.WriteFile(name, f.exported(), 0o644))
		}
		lines, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		g := vacant(t)
		g.ok(g.imports(lines))
		now := bytes.Replace(lines, fmt.Appendf(nil, `"format":%d`, format), fmt.Appendf(nil, `"format":%d`, archive.Format), 1)
		if again := g.exported(); !bytes.Equal(now, again) {
			t.Errorf("%s imported and exported again is\n%s", name, again)
		}
		if p := g.check(); len(p) > 0 {
			t.Errorf("%s, imported, is not as it should be: %v", name, p)
		}
	}
}

func TestAnImportOfFilesIsWholeOrRefused(t *testing.T) {
	f := full(t)
	lines := string(f.exported())
	if strings.Contains(lines, "not sent") || strings.Count(lines, `{"type":"bytes"`) != 3 {
		t.Fatalf("the export is %.3000s", lines)
	}
	at := strings.Index(lines, `{"type":"bytes"`)
	line := lines[at : at+strings.IndexByte(lines[at:], '\n')+1]
	for name, spoilt := range map[string]string{
		"a line is missing":      strings.Replace(strings.Replace(lines, line, "", 1), `"bytes":3`, `"bytes":2`, 1),
		"a line comes twice":     strings.Replace(strings.Replace(lines, line, line+line, 1), `"bytes":3`, `"bytes":4`, 1),
		"bytes of another file":  strings.Replace(lines, `{"type":"bytes","file":1`, `{"type":"bytes","file":99`, 1),
		"a file of no message":   strings.Replace(lines, `"token":"PIERJPG","message":`, `"token":"PIERJPG","message":99`, 1),
		"a page in its place":    strings.ReplaceAll(lines, `"media":"image/jpeg"`, `"media":"text/html"`),
		"a picture that is none": strings.Replace(lines, `"form":"small","media":"image/jpeg"`, `"form":"small","media":"text/plain"`, 1),
		"a name with a way":      strings.Replace(lines, `"name":"pier.jpg"`, `"name":"../pier.jpg"`, 1),
		"a token that is markup": strings.Replace(lines, `"token":"PIERJPG"`, `"token":"A/B\"><b>"`, 1),
	} {
		if spoilt == lines {
			t.Fatal("nothing is spoilt:", name)
		}
		if err := vacant(t).imports([]byte(spoilt)); err == nil {
			t.Error("it is taken:", name)
		}
	}
}

// recording is the engine of a file that notes what is asked of one state of it.
type recording struct {
	*engine
	queries []string
}

func (r *recording) View(ctx context.Context, do func(db.Queryer) error) error {
	return r.engine.View(ctx, func(view db.Queryer) error { return do(noting{view, r}) })
}

type noting struct {
	db.Queryer
	by *recording
}

func (n noting) QueryContext(ctx context.Context, query string, args ...any) (db.Rows, error) {
	n.by.queries = append(n.by.queries, query)
	return n.Queryer.QueryContext(ctx, query, args...)
}

// A sort keeps all of a history in memory, or what is left of the memory.
func TestAnExportSortsNothing(t *testing.T) {
	f := create(t, 1)
	asked := &recording{engine: (*engine)(f.DB)}
	store := db.New(asked)
	f.ok(store.Export(t.Context(), false, func(archive.Record) error { return nil }))
	f.ok(store.Snapshot(t.Context(), func(s *db.Snapshot) error {
		return s.Said([]chat.RoomKind{chat.Open}, func(chat.Message) error { return nil })
	}))
	if len(asked.queries) < 12 {
		t.Fatalf("only %d questions were asked", len(asked.queries))
	}
	for _, q := range asked.queries {
		steps, err := db.All(t.Context(), f.Store, func(r db.Scanner) (s string, err error) {
			var id, parent, unused int
			return s, r.Scan(&id, &parent, &unused, &s)
		}, "EXPLAIN QUERY PLAN "+q, make([]any, parameters(q))...)
		if f.ok(err); strings.Contains(fmt.Sprint(steps), "TEMP B-TREE") {
			t.Errorf("%s sorts: %q", q, steps)
		}
	}
}
