package slack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/app/archive"
	"parley/app/bus"
	"parley/app/chat"
	uploaded "parley/app/files"
)

// saver stores files, as many as it is told, then fails.
type saver struct {
	Saver
	saved, most int
}

var errStopped = errors.New("the test stops here")

func (s *saver) Save(ctx context.Context, who chat.Account, name string, content io.Reader) (chat.File, error) {
	if s.saved++; s.most > 0 && s.saved > s.most {
		return chat.File{}, errStopped
	}
	return s.Saver.Save(ctx, who, name, content)
}

// options are those of an import that stores files.
func (d *target) options(dir string, set chat.Settings) (Options, *saver) {
	limits := chat.NewLimits(nil)
	limits.Adopt(set)
	s := &saver{Saver: uploaded.New(d.DB, chat.New(d.DB, bus.NewLocal(), limits, nil), slog.New(slog.DiscardHandler))}
	return Options{Files: s, Dir: dir, Limits: limits}, s
}

func (d *target) runWith(f files, o Options) *archive.Report {
	d.Helper()
	r, err := Run(d.Context(), pack(d.T, f), d, o)
	if err != nil {
		d.Fatal(err)
	}
	return r
}

// with are the messages of a room and their files as lines.
func (d *target) with(room chat.RoomID) string {
	d.Helper()
	p, err := d.History(d.Context(), room, chat.Span{}, 100)
	if err != nil {
		d.Fatal(err)
	}
	var b strings.Builder
	for _, m := range p.Messages {
		fmt.Fprintf(&b, "%s: %q", m.Author.Username, m.Body)
		for _, f := range m.Files {
			fmt.Fprintf(&b, " [%s: %s %q]", f.Name, d.contentOf(f), f.Alt)
			stored, err := d.FileByToken(d.Context(), f.Token)
			if err != nil || stored.By != m.Author.ID || stored.Message != m.ID || !stored.At.Equal(m.At) {
				d.Errorf("the file is stored as %+v, %v", stored, err)
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func (d *target) contentOf(f chat.File) string {
	d.Helper()
	blob, err := d.Blob(d.Context(), f.ID, chat.FormOriginal)
	if err != nil {
		d.Fatal(err)
	}
	b, err := io.ReadAll(uploaded.New(d.DB, nil, nil).Reader(blob.ID, 0, blob.Size))
	if err != nil || int64(len(b)) != f.Size {
		d.Error("of", f.Size, "bytes of a file came", len(b), err)
	}
	return string(b)
}

// unsent is how many uploads of somebody no message has, after those that were dropped went.
func (d *target) unsent(by chat.AccountID) int64 {
	d.Helper()
	err := d.Sweep(d.Context(), time.Time{})
	all, err1 := d.FileUsage(d.Context(), by)
	sent, err2 := d.FileUsage(d.Context(), 0)
	if err := errors.Join(err, err1, err2); err != nil {
		d.Fatal(err)
	}
	return all.Files - sent.Files
}

// shared is an export of one channel in which ada says what day is.
func shared(day string, more files) files {
	more["general/2024-01-01.json"] = day
	return small(`[{"id":"C1","name":"general","is_general":true,"members":["U1","U2"]}]`, `[]`, more)
}

// said is a message of ada with files, each as "id name more".
func said(n int, text string, all ...string) string {
	var list []string
	for _, f := range all {
		id, name, _ := strings.Cut(f, " ")
		name, more, _ := strings.Cut(name, " ")
		list = append(list, fmt.Sprintf(`{"id":%q,"name":%q,"permalink":"https://a.slack.com/files/%s"%s}`, id, name, id, more))
	}
	return fmt.Sprintf(`{"type":"message","user":"U1","text":%q,"ts":"1704100%03d.000100","files":[%s]}`, text, n, strings.Join(list, ","))
}

func day(messages ...string) string { return "[" + strings.Join(messages, ",") + "]" }

const (
	chart, plan, notes = "F024CHART", "F024PLANS", "F024NOTES"

	threeFiles = "ada: \"see\" [chart.png: a chart \"What it shows\"] [plan.json: {} \"\"]\nada: \"\" [notes.txt: words \"\"]\n"
	linked     = "https://a.slack.com/files/"
)

func threeMessages() string {
	return day(said(1, "see", chart+` chart.png ,"alt_txt":"What it\nshows"`, plan+" plan.json"), said(2, "", notes+" notes.txt"))
}

func TestFilesComeFromWhereOtherProgramsPutThem(t *testing.T) {
	for what, at := range map[string]func(id, name string) string{
		"__uploads":               func(id, name string) string { return "__uploads/" + id + "/" + name },
		"files":                   func(id, name string) string { return "files/" + id + "-" + name },
		"attachments":             func(id, name string) string { return "attachments/" + id + "-" + name },
		"the channel's folder":    func(id, name string) string { return "general/" + id + "-" + name },
		"a folder of the channel": func(id, name string) string { return "general/attachments/" + id + "-" + name },
		"uploads of the channel":  func(id, name string) string { return "general/__uploads/" + id + "/" + name },
		"nothing but the id":      func(id, _ string) string { return "files/" + id },
		"at the top":              func(id, name string) string { return id + "-" + name },
		"a day's name":            func(id, _ string) string { return "__uploads/" + id + "/2024-01-01.JSON" },
	} {
		bytes := files{at(chart, "chart.png"): "a chart", at(plan, "plan.JSON"): "{}", at(notes, "notes.txt"): "words"}
		t.Run(what+" of the archive", func(t *testing.T) {
			d := open(t)
			o, _ := d.options("", nil)
			r := d.runWith(shared(threeMessages(), bytes), o)
			if got := d.with(1); got != threeFiles {
				t.Errorf("it tells\n%s", got)
			}
			if r.Came.Files != 3 || r.Came.Links != 0 || r.Came.Messages != 2 || len(r.Skipped) > 0 {
				t.Error("the report counts", r.Came, r.Skipped)
			}
		})
		t.Run(what+" of a directory", func(t *testing.T) {
			dir := t.TempDir()
			for name, content := range bytes {
				name = filepath.Join(dir, name)
				if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o700), os.WriteFile(name, []byte(content.(string)), 0o600)); err != nil {
					t.Fatal(err)
				}
			}
			d := open(t)
			o, _ := d.options(dir, nil)
			if r := d.runWith(shared(threeMessages(), files{}), o); r.Came.Files != 3 || d.with(1) != threeFiles {
				t.Errorf("%+v came: it tells\n%s", r.Came, d.with(1))
			}
		})
	}
}

func TestFilesThatAreNotThereStayLinks(t *testing.T) {
	d := open(t)
	o, _ := d.options("", nil)
	r := d.runWith(shared(day(said(1, "see", chart+" chart.png", plan+" plan.txt",
		"F024GONES gone.txt ,\"mode\":\"tombstone\"",
		"F024HIDES hid.txt ,\"mode\":\"hidden_by_limit\"", "F024DRIVE far.txt ,\"mode\":\"external\"")),
		files{"__uploads/" + chart + "/chart.png": "a chart", "__uploads/F024GONES/gone.txt": "gone",
			"__uploads/F024HIDES/hid.txt": "hid", "files/F024OTHER-x.txt": "x"}), o)
	want := `ada: "see\n📎 ` + "`plan.txt`" + ` ` + linked + plan + `\n📎 a file that was deleted` +
		`\n📎 a file that Slack hides\n📎 ` + "`far.txt`" + ` ` +
		linked + `F024DRIVE" [chart.png: a chart ""]` + "\n"
	if got := d.with(1); got != want {
		t.Errorf("it tells\n%s, not\n%s", got, want)
	}
	if r.Came.Files != 1 || r.Came.Links != 2 {
		t.Error("the report counts", r.Came)
	}
	var out strings.Builder
	if err := r.Print(&out); err != nil {
		t.Fatal(err)
	}
	for _, words := range []string{"1 × file that is not there (a link to it came) (#general 1704100001.000100 plan.txt)",
		"1 × file that was deleted (", "1 × file that Slack hides behind a limit of its plan (",
		"1 × file that no message has (files/F024OTHER-x.txt)", "  files     1 ", "links to files     2 "} {
		if !strings.Contains(out.String(), words) {
			t.Errorf("%q is not reported in\n%s", words, out.String())
		}
	}
}

func TestFilesBeyondALimitStayLinks(t *testing.T) {
	big := strings.Repeat("x", 1<<20+1)
	for what, c := range map[string]struct {
		set  chat.Settings
		came int
	}{
		"limit.files.size": {chat.Settings{"limit.files.size": "1"}, 2}, "limit.files.message": {chat.Settings{"limit.files.message": "1"}, 1},
		"limit.files.person": {chat.Settings{"limit.files.person": "1"}, 2}, "limit.files.total": {chat.Settings{"limit.files.total": "1"}, 2},
		"none": {chat.Settings{"limit.files.size": "0"}, 3},
	} {
		t.Run(what, func(t *testing.T) {
			d := open(t)
			o, _ := d.options("", c.set)
			r := d.runWith(shared(day(said(1, "see", chart+" chart.png", plan+" big.txt", notes+" notes.txt")),
				files{"files/" + chart + "-chart.png": "a chart", "files/" + plan + "-big.txt": big, "files/" + notes + "-notes.txt": "words"}), o)
			if r.Came.Files != c.came || r.Came.Links != 3-c.came {
				t.Error("the report counts", r.Came)
			}
			i := slices.IndexFunc(r.Skipped, func(s archive.Skipped) bool { return s.Why == "file beyond "+what+" (a link to it came)" })
			if (i < 0) != (c.came == 3) || i >= 0 && r.Skipped[i].Count != 3-c.came {
				t.Error("skipped:", r.Skipped)
			}
			if n := strings.Count(d.with(1), linked); n != 3-c.came {
				t.Error("there are", n, "links in", d.with(1)[:200])
			}
			if n := d.unsent(1); n != 0 {
				t.Error(n, "uploads are left")
			}
		})
	}
}

// A program that packs may say what it likes of a file's size.
func TestAFileThatUnpacksToMoreThanItSaysIsRefused(t *testing.T) {
	d := open(t)
	o, _ := d.options("", chat.Settings{"limit.files.size": "1"})
	path := pack(t, shared(day(said(1, "see", chart+" chart.png"), said(2, "", plan+" plan.txt")),
		files{"files/" + chart + "-chart.png": strings.Repeat("\x00", 3_000_000), "files/" + plan + "-plan.txt": "words"}))
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	size := string([]byte{0xC0, 0xC6, 0x2D, 0}) // 3,000,000, as the archive writes it
	if strings.Count(string(b), size) < 1 {
		t.Fatal("the size is nowhere")
	}
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(string(b), size, "\x07\x00\x00\x00")), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := Run(t.Context(), path, d, o)
	if err != nil || r.Came.Files != 1 || r.Came.Links != 1 || len(r.Skipped) != 1 {
		t.Fatal("came", r.Came, r.Skipped, err)
	}
	if n := d.unsent(1); n != 0 {
		t.Error(n, "uploads are left")
	}
}

func TestADirectoryWithoutFilesOfSlackIsRefused(t *testing.T) {
	d := open(t)
	dir := t.TempDir()
	outside := filepath.Join(t.TempDir(), "secret")
	err := errors.Join(os.WriteFile(filepath.Join(dir, "map.png"), nil, 0o600), os.WriteFile(outside, []byte("secret"), 0o600),
		os.Symlink(outside, filepath.Join(dir, chart+"-chart.png")))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{dir, filepath.Join(dir, "none"), outside} {
		o, _ := d.options(path, nil)
		if _, err := Run(t.Context(), pack(t, shared(threeMessages(), files{})), d, o); err == nil {
			t.Error(path, "is taken")
		}
		if vacant, err := d.IsEmpty(t.Context()); err != nil || !vacant {
			t.Error("something came:", err)
		}
	}
}
