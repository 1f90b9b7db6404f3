package archive

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

// lines reads lines that are all there is beside the header, which counts them.
func lines(t *testing.T, header string, more ...string) ([]Record, error) {
	t.Helper()
	var all []Record
	err := Read(strings.NewReader(`{"type":"parley","format":1`+header+"}\n"+strings.Join(more, "\n")), func(r Record) error {
		all = append(all, r)
		return nil
	})
	return all, err
}

const said = `{"type":"message","id":2,"room":1,"rev":1,"born":1,"posts":1,"kind":"said","author":1,"at":"2026-03-01T13:00:00+01:00","body":"a **b**"}`

func TestALineOfAnotherProgramIsRead(t *testing.T) {
	all, err := lines(t, `,"messages":1`, said)
	if err != nil || len(all) != 2 {
		t.Fatal(all, err)
	}
	m := all[1].(*Message)
	if at, err := json.Marshal(m.At); err != nil || string(at) != `"2026-03-01T12:00:00.000Z"` {
		t.Errorf("the time is %s, %v", at, err)
	}
	if !strings.Contains(string(m.Text), `"k":1`) {
		t.Errorf("the text was not parsed: %s", m.Text)
	}
}

func link(shown, target string) string {
	return strings.Replace(said, `"body"`, `"text":{"b":[{"r":[{"k":1,"r":[{"k":5,"t":"`+shown+`","u":"`+target+`"}]}]}]},"body"`, 1)
}

func TestWhatParleyWroteIsRead(t *testing.T) {
	for _, line := range []string{"\ufeff", ""} {
		export := line + `{"type":"parley","format":1,"accounts":1,"messages":1}` + "\n" +
			`{"type":"account","id":1,"username":"admin","name":"A","role":"member","created":"2026-03-01T12:00:00Z"}` + "\n" +
			link("https://Example.org/x", "https://example.org/x")
		if err := Read(strings.NewReader(export), func(Record) error { return nil }); err != nil {
			t.Errorf("%q: %v", line, err)
		}
	}
}

func TestASettingComesAsItIsStored(t *testing.T) {
	all, err := lines(t, `,"settings":1`, `{"type":"setting","key":"retention.days","value":"1w"}`)
	if err != nil || len(all) != 2 || all[1].(*Setting).Value != "7" {
		t.Error(all, err)
	}
}

func TestWhatIsNotAnExportIsNamedByItsLine(t *testing.T) {
	for _, bad := range []struct {
		header, line, want string
	}{
		{"", said, "line 2: the file ends here with 1 lines of type message, its first line announces 0"},
		{`,"messages":2`, said, "line 2: the file ends here"},
		{"", `{"type":"parley","format":1}`, "line 2: a line of type parley comes after"},
		{"", `{"type":"wish"}`, `line 2: there is no type "wish"`},
		{"", `[]`, "line 2: it is not a JSON object"},
		{"", `{"type":"setting","key":"vapid.private","value":"x"}`, "line 2: there is no setting"},
		{"", strings.Replace(said, "said", "sung", 1), `line 2: "sung" is none of said`},
		{"", strings.Replace(said, `"id":2`, `"id":0`, 1), "line 2: the id must be"},
		{"", strings.Replace(said, "a **b**", "", 1), "line 2: Write something first."},
		{"", strings.Replace(said, "2026-03-01T13", "yesterday", 1), "line 2: "},
		{"", strings.Replace(said, `"body":"a **b**"`, `"text":`+strings.Repeat(`{"b":[`, 200)+strings.Repeat(`]}`, 200), 1),
			"line 2: the text is nested too deep"},
		{"", `{"type":"room","id":1,"kind":"direct","rev":0,"posts":0,"created":"2026-03-01T12:00:00Z"}`, "line 2: a direct conversation"},
		{"", `{"type":"account","id":1,"username":"a\nb","name":"A","role":"member","created":"2026-03-01T12:00:00Z"}`,
			"line 2: an account has a username"},
		{"", `{"type":"setting","key":"signup","value":"anybody"}`, "line 2: Sign-up is"},
		{"", strings.Replace(said, `"id":2`, `"id":9223372036854775807`, 1), "line 2: the id must be"},
		{"", strings.Replace(said, `"posts":1`, `"posts":-1`, 1), "line 2: -1 counts nothing"},
		{"", strings.Replace(said, "a **b**", strings.Repeat("a", 10_001), 1), "line 2: a message has at most 10000 characters"},
		{"", strings.Replace(said, `"body"`, `"cid":"`+strings.Repeat("c", 600)+`","body"`, 1), "line 2: a cid has at most"},
		{"", `{"type":"account","id":1,"username":"` + strings.Repeat("a", 33) + `","name":"A","role":"member","created":"2026-03-01T12:00:00Z"}`,
			"line 2: a username has at most 32"},
		{"", `{"type":"account","id":1,"username":"ada","name":"A\u202eb","role":"member","created":"2026-03-01T12:00:00Z"}`,
			"line 2: an account has a name"},
		{"", `{"type":"account","id":1,"username":"ada","name":"A","bio":"` + strings.Repeat("b", 301) +
			`","role":"member","created":"2026-03-01T12:00:00Z"}`, "line 2: what somebody says"},
		{"", `{"type":"room","id":1,"kind":"open","name":"` + strings.Repeat("r", 65) + `","rev":0,"posts":0,"created":"2026-03-01T12:00:00Z"}`,
			"line 2: the name of a room has"},
		{`,"rooms":-1`, "", "the file ends here"},
		{"", strings.Replace(said, `"body"`, `"text":{"x":"`+strings.Repeat("x", 5<<10)+`"},"body"`, 1), "line 2: the text has more than"},
		{"", link("https://example.org", "https://evil.example"), "line 2: the text has a link to"},
		{"", link("https://example.org", "https://example.org@evil.example/"), "line 2: the text has a link to"},
		{"", link("https://example.org@evil.example/", "https://example.org@evil.example/"), "line 2: the text has a link to"},
		{"", link("javascript:alert(1)", "javascript:alert(1)"), "line 2: the text has a link to"},
		{"", link("example.org/login", "https://evil.example"), "line 2: the text has a link to"},
		{"", `{"type":"account","id":1,"username":"a b","name":"A","role":"member","created":"2026-03-01T12:00:00Z"}`, "line 2: A username"},
		{"", `{"type":"account","id":1,"username":"a","name":"A","role":"member","created":"2026-03-01T12:00:00Z"}`, "line 2: A username"},
	} {
		if _, err := lines(t, bad.header, bad.line); err == nil || !strings.HasPrefix(err.Error(), "line ") ||
			!strings.Contains(err.Error(), bad.want) {
			t.Errorf("%.80s with %s: %v", bad.line, bad.header, err)
		}
	}
	if err := Read(strings.NewReader(""), nil); err == nil || err.Error() != "the file is empty" {
		t.Error(err)
	}
}

func TestALineMayBeLongAndAnErrorOfTheStoreNamesIt(t *testing.T) {
	long := strings.Replace(said, `"body"`, `"reactions":[`+strings.Repeat(" ", 1<<20)+`],"body"`, 1)
	wrong, seen := errors.New("it does not fit"), 0
	err := Read(strings.NewReader(`{"type":"parley","format":1,"messages":2}`+"\n"+long+"\r\n"+said), func(r Record) error {
		if seen++; seen == 3 {
			return wrong
		}
		return nil
	})
	if !errors.Is(err, wrong) || err.Error() != "line 3: it does not fit" {
		t.Error(err)
	}
}

func TestAComparisonFindsTheFirstDifference(t *testing.T) {
	a := &Account{Type: "account", ID: 1, Username: "ada", Name: "Ada <&>", Role: "member"}
	b := &Account{Type: "account", ID: 2, Username: "bea", Name: "Bea", Role: "member"}
	export := func(accounts ...*Account) Export {
		return func(put func(Record) error) error {
			err := put(&Header{Type: "parley", Format: 1, Accounts: 2})
			for _, a := range accounts {
				if err == nil {
					err = put(a)
				}
			}
			return err
		}
	}
	var file bytes.Buffer
	if err := Write(&file, export(a, b)); err != nil {
		t.Fatal(err)
	}
	other := *b
	other.Title = "Keeper"
	for _, c := range []struct {
		with Export
		line int64
		same bool
	}{{export(a, b), 4, true}, {export(a, &other), 3, false}, {export(a), 3, false}, {export(a, b, &other), 4, false}} {
		line, same, err := Compare(bytes.NewReader(file.Bytes()), c.with)
		if err != nil || line != c.line || same != c.same {
			t.Errorf("line %d, same %t, %v; want line %d, same %t", line, same, err, c.line, c.same)
		}
	}
}
