package chat_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/app/chat"
)

// finds are the bodies of what somebody's search finds, by their first word, in
// the order in which they were said.
func (w *world) finds(who, text string) string {
	w.Helper()
	return w.asks(who, chat.SearchInput{Text: text})
}

func (w *world) asks(who string, a chat.SearchInput) string {
	w.Helper()
	f, err := w.chat.Search(w.ctx, w.people[who], a)
	for ; f.Behind; f, err = w.chat.Search(w.ctx, w.people[who], a) { // on a machine that is busy
	}
	if err != nil {
		w.Fatalf("%+v: %v", a, err)
	}
	var names []string
	for _, h := range f.Hits {
		name, _, _ := strings.Cut(h.Body, " ")
		names = append(names, name)
	}
	slices.Reverse(names)
	return strings.Join(names, " ")
}

func TestSignsAreFoundInQuotationMarks(t *testing.T) {
	w := begin(t, "ada")
	for _, body := range []string{"one I like C++ and C", "two c is not c#", "three git push --force now",
		"four the force is strong", "five **C++17** and std::move", "six f(x) => y", "seven `ls -v`", "eight naïve C#-like", "nine a => b"} {
		w.says("ada", 1, body)
	}
	for ask, want := range map[string]string{
		`"C++"`:            "one five",
		`"c#"`:             "two eight",
		"c":                "one two five eight",
		"C++":              "one two five eight",
		"git push --force": "three",
		"--force":          "three four",
		`"--force"`:        "three",
		`"push --force"`:   "three",
		`-"--force" force`: "four",
		`"=>"`:             "six nine",
		`"=>" -y`:          "nine",
		"ls -v":            "",
		`ls "-v"`:          "seven",
		`"std::move"`:      "five", `"f(x)"`: "six", `"naive c#"`: "eight", `"c++"*`: "one five", `"C++" -std`: "one", "force -strong": "three",
	} {
		if got := w.finds("ada", ask); got != want {
			t.Errorf("%s finds %q, want %q", ask, got, want)
		}
	}
	f, err := w.chat.Search(w.ctx, w.people["ada"], chat.SearchInput{Text: `C++ -v "C#" isn't (really)`})
	if err != nil || !slices.Equal(f.Search.Signs, []string{"C++"}) || !slices.Equal(f.Search.Without, []string{"v"}) {
		t.Errorf("says that it looked without %q and leaves out %q: %v", f.Search.Signs, f.Search.Without, err)
	}
}

func TestWhatIsShownIsFoundInQuotationMarks(t *testing.T) {
	w := begin(t, "ada")
	w.room("design", chat.Open, "ada")
	for _, body := range []string{"one :rocket: launch", `two \*star\* text`, "three is\n1. first\n1. second",
		"four I don’t «know»", "five don't", "six ❤️ and \u2764 too", "seven \u2764",
		"eight `:rocket:` code", "nine see #design now", "ten 2. first"} {
		w.says("ada", 1, body)
	}
	w.ok(w.chat.UpdateRoom(w.ctx, w.people["ada"], 2, chat.RoomText{Name: new("c++ lab"), Topic: new("")}))
	for ask, want := range map[string]string{
		`"🚀"`: "one", `":rocket:"`: "one eight", `":rocket: launch"`: "one", `"🚀 launch"`: "one", `"*star*"`: "two", `"\*star\*"`: "two",
		`"1. first"`:           "three",
		`"2. second"`:          "three",
		`"1. first 2. second"`: "three",
		`"2. first"`:           "ten",
		`"don't"`:              "four five",
		`"don’t"`:              "four five",
		`"❤"`:                  "six seven",
		`"❤️"`:                 "six seven",
		"❤":                    "six seven",
		`-":rocket:" rocket`:   "",
		`-"🚀" launch`:          "",
		`-"*star*" text`:       "",
		`"#c++"`:               "nine",
		`"#c++ la"`:            "",
	} {
		if got := w.finds("ada", ask); got != want {
			t.Errorf("%s finds %q, want %q", ask, got, want)
		}
	}
}

func TestALinkToARenamedRoomIsFoundAsItIsShownAndAsItWasTyped(t *testing.T) {
	w := begin(t, "ada", "bea")
	room := w.room("design", chat.Open, "ada")
	cellar := w.room("cellar", chat.Private, "ada")
	w.says("ada", 1, "one see **#design**, please")
	w.says("ada", cellar, "two #design is open")
	w.says("ada", 1, "three shape and form")
	w.says("ada", 1, "four see #cellar") // a private one: no link
	rename := func(room chat.RoomID, name string) {
		w.ok(w.chat.UpdateRoom(w.ctx, w.people["ada"], room, chat.RoomText{Name: &name, Topic: new("")}))
	}
	rename(room, "Shape & form")
	rename(cellar, "vault")
	for who, asks := range map[string]map[string]string{
		"ada": {"shape": "one two three", "#shape": "one two three", "#design": "one two", "design": "one two", `"#design"`: "one two",
			`"#shape & form"`: "one two", `"see #shape & form, please"`: "one", `"see #design, please"`: "", `"shape form please"`: "one",
			`"design please"`: "one", "form please": "one", `"shape form" -please`: "two", "see -shape": "four", "see -design": "four", "for*": "one two three",
			"vault": "", `"#vault"`: "", "cellar": "four"},
		"bea": {"shape": "one three", "#design": "one", `"#shape & form"`: "one", "vault": "", "cellar": "four"},
	} {
		for ask, want := range asks {
			if got := w.finds(who, ask); got != want {
				t.Errorf("%s asks for %s and finds %q, want %q", who, ask, got, want)
			}
		}
	}
	f, err := w.chat.Search(w.ctx, w.people["bea"], chat.SearchInput{Text: `"shape form" please`})
	if w.ok(err); len(f.Hits) != 1 {
		t.Fatalf("found %d", len(f.Hits))
	}
	if got := fmt.Sprint(f.Search.Snippet(f.Hits[0].Message)); got != "[{one see # false} {Shape & form true} {,  false} {please true}]" {
		t.Error("it shows", got)
	}
}

func TestASearchForSignsLooksAtSoManyMessagesAtOnce(t *testing.T) {
	w := begin(t, "ada")
	w.says("ada", 1, "first a => b")
	for range 120 {
		w.says("ada", 1, strings.Repeat("a - ", 2499))
	}
	f, err := w.chat.Search(w.ctx, w.people["ada"], chat.SearchInput{Text: `"=>"`})
	if err != nil || len(f.Hits) != 0 || f.Older == 0 {
		t.Fatalf("found %d, older %d: %v", len(f.Hits), f.Older, err)
	}
	if f, err = w.chat.Search(w.ctx, w.people["ada"], chat.SearchInput{Text: `"=>"`, Older: f.Older}); err != nil || len(f.Hits) != 1 {
		t.Errorf("the next page has %d: %v", len(f.Hits), err)
	}
}

func TestSearchFindsWhatIsAskedFor(t *testing.T) {
	w := begin(t, "ada", "mei", "jonas")
	harbour := w.room("harbour app", chat.Open, "ada", "mei")
	w.says("ada", 1, "one The Café deploys on Friday")
	w.says("mei", 1, "two we deploy the release notes to https://example.org")
	w.says("mei", harbour, "three deploy `make tiles` after release of the notes")
	w.says("ada", harbour, "four 东京都的天气很好")
	w.says("ada", 1, "five 서울에서 만나요")
	w.direct("ada", "mei")
	w.says("mei", 4-1, "six secret deployment for you")
	thumb := w.says("jonas", 1, "seven brown fox")
	_, err := w.chat.React(w.ctx, w.people["mei"], thumb.ID, "👍", nil)
	w.ok(err)
	for ask, want := range map[string]string{
		"cafe":                     "one",
		"CAFÉ friday":              "one",
		"deploy":                   "two three",
		"deploy*":                  "one two three six",
		"dep* -release":            "one six",
		`"release notes"`:          "two",
		`“release notes”`:          "two",
		"release notes":            "two three",
		`deploy -"release notes"`:  "three",
		"东京":                       "four",
		"京都":                       "four",
		"东京都":                      "four",
		"天":                        "four",
		"北京":                       "",
		"서울":                       "five",
		"만나":                       "five",
		"from:mei deploy*":         "two three six",
		"from:@mei in:#general":    "two",
		"from:\u200e@mei deploy":   "two three",
		`in:"harbour app"`:         "three four",
		"in:#general deploy*":      "one two",
		"in:@mei":                  "hello six",
		"in:@mei from:me":          "hello",
		"-from:mei deploy*":        "one",
		"from:mei from:jonas":      "two three six seven",
		"has:link":                 "two",
		"has:code":                 "three",
		"has:reaction":             "seven",
		"-has:code -has:link dep*": "one six",
		"-deploy* from:ada":        "four five hello",
		"-in:general dep*":         "three six",
		"in:nowhere":               "",
		"from:nobody":              "",
		"in:@nobody":               "",
		"in:@jonas":                "",
		"brown fox in:#general from:jonas has:reaction on:today": "seven",
		"https://example.org": "two",
		"example.org":         "two",
		"note:this":           "",
	} {
		if got := w.finds("ada", ask); got != want {
			t.Errorf("%s: found %q, want %q", ask, got, want)
		}
	}
	if got := w.finds("jonas", "dep*"); got != "one two three" {
		t.Errorf("who is in none of it but the open rooms finds %q", got)
	}
	if got := w.asks("ada", chat.SearchInput{Text: "dep*", In: "#general", From: "mei", Has: "link"}); got != "two" {
		t.Errorf("the fields of the form: %q", got)
	}
}

func TestSearchKnowsDaysOfTheViewersZone(t *testing.T) {
	w := begin(t, "ada")
	tokyo := time.FixedZone("Tokyo", 9*60*60)
	for name, at := range map[string]time.Time{
		"early": time.Date(2026, 11, 22, 14, 59, 0, 0, time.UTC), // 23:59 of the 22nd in Tokyo
		"first": time.Date(2026, 11, 22, 15, 0, 0, 0, time.UTC),
		"last":  time.Date(2026, 11, 23, 14, 59, 0, 0, time.UTC),
		"late":  time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC),
	} {
		w.now = at // the clock goes forth and back: ids do not follow it
		w.says("ada", 1, name+" word")
	}
	w.now = time.Date(2026, 11, 24, 3, 0, 0, 0, tokyo)
	sorted := func(s string) string {
		f := strings.Fields(s)
		slices.Sort(f)
		return strings.Join(f, " ")
	}
	for ask, want := range map[string]string{
		"word on:2026-11-23":                "first last",
		"on:yesterday":                      "first last",
		"on:today":                          "late",
		"before:2026-11-23":                 "early",
		"after:2026-11-23":                  "late",
		"word after:2026-11-22":             "first last late",
		"after:2026-11-22 before:yesterday": "", "after:2026-11-22 before:today": "first last", "before:1999-01-01": "", "after:2100-01-01": "",
	} {
		if got := sorted(w.asks("ada", chat.SearchInput{Text: ask, Zone: tokyo})); got != want {
			t.Errorf("%s: found %q, want %q", ask, got, want)
		}
	}
	if got := sorted(w.asks("ada", chat.SearchInput{After: "2026-11-22", Before: "2026-11-24", Zone: tokyo})); got != "first last" {
		t.Errorf("the fields of the form: %q", got)
	}
}

func TestABadSearchIsToldWhatToWrite(t *testing.T) {
	w := begin(t, "ada")
	for ask, want := range map[chat.SearchInput]string{
		{Text: "before:soon"}:                        "After before: comes a day, like 2026-11-23, today or yesterday.",
		{Text: "x -on:today"}:                        "After on: comes a day, like 2026-11-23, today or yesterday.",
		{Text: "has:elephant"}:                       "After has: comes link, code or reaction.",
		{Text: "from: x"}:                            "Write who after from:, like from:mei or from:me.",
		{Text: "in:#"}:                               "Write where after in:, like in:#general or in:@mei.",
		{Text: "?!"}:                                 "Write a word to search for, with letters or digits.",
		{Text: "d*"}:                                 "Write at least two letters before the *.",
		{Text: strings.Repeat("x ", 21)}:             "Search for at most 20 words at once.",
		{Text: `"` + strings.Repeat("a ", 31) + `"`}: "This is too much to search for at once. Try fewer words.",
		{Text: strings.Repeat("x", 501)}:             "A search has at most 500 characters.",
		{Text: "x", Before: "31.12.2026"}:            "After before: comes a day, like 2026-11-23, today or yesterday.",
	} {
		_, err := w.chat.Search(w.ctx, w.people["ada"], ask)
		if e, ok := chat.AsError(err); !ok || e.Kind != chat.KindInvalid || e.Sentence != want {
			t.Errorf("%+v: %v", ask, err)
		} else if field := map[bool]string{true: "q", false: "before"}[ask.Before == ""]; e.Field != field {
			t.Errorf("%+v: the field is %q", ask, e.Field)
		}
	}
}

func TestSearchesAreCounted(t *testing.T) {
	w := begin(t, "ada")
	w.chat.Limits.Adopt(nil)
	for n := range 31 {
		_, err := w.chat.Search(w.ctx, w.people["ada"], chat.SearchInput{Text: "x"})
		if got := errors.Is(err, chat.ErrTooOften); got != (n == 30) {
			t.Fatalf("search %d: %v", n+1, err)
		}
	}
}

func TestWhatWasTakenBackIsNotFound(t *testing.T) {
	w := begin(t, "ada", "mei")
	m := w.says("ada", 1, "first words")
	was := w.finds("mei", "first") // brings the index up
	_, err := w.chat.EditMessage(w.ctx, w.people["ada"], m.ID, "second words")
	w.ok(err)
	if got := was + w.finds("mei", "first") + w.finds("mei", "second"); got != "firstsecond" {
		t.Errorf("before and after the edit: %q", got)
	}
	late := w.says("ada", 1, "third words")
	_, err = w.chat.EditMessage(w.ctx, w.people["ada"], late.ID, "fourth words")
	w.ok(err)
	if got := w.finds("mei", "third") + w.finds("mei", "fourth"); got != "fourth" {
		t.Errorf("edited before it was indexed: %q", got)
	}
	for _, id := range []chat.MessageID{m.ID, late.ID} {
		_, err = w.chat.DeleteMessage(w.ctx, w.people["ada"], id)
		w.ok(err)
	}
	if got := w.finds("mei", "words") + w.finds("mei", "from:ada"); got != "" {
		t.Errorf("after the deletion: %q", got)
	}
	room := w.room("passing", chat.Open, "ada")
	w.says("ada", room, "last words")
	if got := w.finds("mei", "words"); got != "last" {
		t.Errorf("found %q", got)
	}
	w.ok(w.chat.DeleteRoom(w.ctx, w.people["ada"], room))
	if got := w.finds("mei", "words") + w.finds("ada", "in:passing"); got != "" {
		t.Errorf("of a deleted room: %q", got)
	}
}

func TestReactionsComeAndGoInSearch(t *testing.T) {
	w := begin(t, "ada")
	m := w.says("ada", 1, "nice")
	react := func() {
		_, err := w.chat.React(w.ctx, w.people["ada"], m.ID, "👍", nil)
		w.ok(err)
	}
	got := w.finds("ada", "has:reaction")
	react()
	got += "," + w.finds("ada", "has:reaction")
	react()
	got += "," + w.finds("ada", "has:reaction")
	if got != ",nice," {
		t.Errorf("before, with and after a reaction: %q", got)
	}
}

func TestPagesOfResultsHaveNoGapAndNoDouble(t *testing.T) {
	w := begin(t, "ada")
	for n := range 120 {
		w.says("ada", 1, fmt.Sprint("m", n, " word"))
	}
	var all []string
	for a := (chat.SearchInput{Text: "word"}); ; {
		f, err := w.chat.Search(w.ctx, w.people["ada"], a)
		w.ok(err)
		for _, h := range f.Hits {
			all = append(all, strings.Fields(h.Body)[0])
		}
		if f.Older == 0 {
			break
		}
		if len(f.Hits) != chat.HitsPerPage {
			t.Errorf("a page of %d", len(f.Hits))
		}
		w.says("ada", 1, "new word") // what comes meanwhile moves no page
		a.Older = f.Older
	}
	if len(all) != 120 || all[0] != "m119" || all[119] != "m0" {
		t.Errorf("%d results: %v", len(all), all)
	}
}

// What one finds is what one may read: for everybody in every sort of room, asked
// of the policy table through the service.
func TestSearchFindsNothingThatOneMayNotRead(t *testing.T) {
	for _, r := range permitted {
		w := begin(t, "admin", "owner", "member", "third", "former", "outsider", "newcomer", "moderator", "banned")
		w.guest("guest")
		room := w.place(r.room, "search")
		w.says("third", room, "needle in here")
		_, err := w.chat.ReadableRoom(w.ctx, w.people[r.who], room)
		may := err == nil
		name := "@third"
		if got, _, _ := w.store.RoomFor(w.ctx, room, 0); got.Name != "" {
			name = `"` + got.Name + `"`
		}
		for _, ask := range []string{"needle", "need*", `"needle in"`, "from:third needle", "-nothing needle", "in:" + name,
			"in:" + name + " from:third", "needle on:today"} {
			if found := w.finds(r.who, ask) != ""; found != may {
				t.Errorf("%s in %s: %s found: %t, may read: %t", r.who, r.room, ask, found, may)
			}
		}
	}
}

// A thousand random searches find what a look at every message finds.
func TestSearchFindsWhatALookAtEverythingFinds(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	names := []string{"ada", "mei", "jonas", "priya", "tomas"}
	w := begin(t, names...)
	rooms := []chat.RoomID{1, w.room("a", chat.Open, "ada", "mei"), w.room("b", chat.Private, "mei", "jonas"),
		w.room("c", chat.Private, "ada", "priya", "mei"),
		w.room("d", chat.Open, "tomas"), w.direct("ada", "mei"), w.direct("mei", "jonas", "priya")}
	words := []string{"red", "green", "greenish", "blue", "Über", "uber", "x1", "东京", "京都塔", "서울에서", "`code`",
		"https://a.example", "don't", "🎉"}
	some := func() string { return words[r.IntN(len(words))] }
	for range 400 {
		room := rooms[r.IntN(len(rooms))]
		who := names[r.IntN(len(names))]
		body := some()
		for range r.IntN(6) {
			body += " " + some()
		}
		w.now = w.now.Add(time.Duration(r.IntN(7200)) * time.Second)
		m, err := w.chat.PostMessage(w.ctx, w.people[who], room, chat.Draft{Body: body})
		if err != nil {
			continue
		}
		switch r.IntN(12) {
		case 0:
			_, err = w.chat.DeleteMessage(w.ctx, w.people[who], m.ID)
		case 1:
			_, err = w.chat.EditMessage(w.ctx, w.people[who], m.ID, some()+" "+some())
		case 2:
			_, err = w.chat.React(w.ctx, w.people[who], m.ID, "👍", nil)
		case 3:
			w.finds("ada", "red") // the index moves on
		}
		w.ok(err)
	}
	w.ok(w.chat.LeaveRoom(w.ctx, w.people["priya"], rooms[3], false))
	w.ok(w.chat.DeleteRoom(w.ctx, w.people["tomas"], rooms[4]))
	ops := []string{"from:ada", "from:mei", "from:me", "-from:jonas", "in:general", "in:a", "in:b", "in:@mei", "-in:a",
		"has:link", "has:code", "-has:link", "has:reaction",
		"on:2026-03-02", "after:2026-03-03", "before:2026-03-04", "from:nobody", "in:nowhere"}
	found, views := 0, map[string][]view{}
	for _, name := range names {
		views[name] = w.view(name, rooms)
	}
	w.finds("ada", "red")
	searches, enough := 1000, 3000
	if b, _ := debug.ReadBuildInfo(); slices.Contains(b.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		searches, enough = 200, 600 // each takes ten times as long
	}
	for range searches {
		var terms []string
		for range 1 + r.IntN(3) {
			term := some()
			switch r.IntN(7) {
			case 0:
				term = "-" + term
			case 1:
				term = `"` + term + " " + some() + `"`
			case 2:
				term = string([]rune(term + "x")[:2]) + "*"
			case 3, 4:
				term = ops[r.IntN(len(ops))]
			}
			terms = append(terms, term)
		}
		ask, who := strings.Join(terms, " "), names[r.IntN(len(names))]
		f, err := w.chat.Search(w.ctx, w.people[who], chat.SearchInput{Text: ask})
		if err != nil {
			if !errors.Is(err, chat.ErrInvalid) {
				t.Fatal(ask, err)
			}
			continue
		}
		var got []chat.MessageID
		for _, h := range f.Hits {
			got = append(got, h.ID)
		}
		want := look(who, terms, views[who])
		found += len(want)
		if more := len(want) > chat.HitsPerPage; more != (f.Older != 0) {
			t.Errorf("%s searches %s: %d are there; older ones: %d", who, ask, len(want), f.Older)
		}
		if want = want[:min(len(want), chat.HitsPerPage)]; !slices.Equal(got, want) {
			t.Errorf("%s searches %s: found %v, there are %v", who, ask, got, want)
		}
	}
	if found < enough {
		t.Errorf("only %d messages were found in all", found)
	}
}

// view is a room with everything that was said in it.
type view struct {
	chat.RoomAccess
	said []chat.Message
}

// view is what somebody may read, room by room, as the policy table has it.
func (w *world) view(who string, rooms []chat.RoomID) (list []view) {
	w.Helper()
	for _, room := range rooms {
		place, err := w.chat.ReadableRoom(w.ctx, w.people[who], room)
		if err != nil {
			continue
		}
		page, err := w.store.History(w.ctx, room, chat.Span{}, 10_000)
		w.ok(err)
		list = append(list, view{place, page.Messages})
	}
	return list
}

// look searches without an index.
func look(who string, terms []string, views []view) (ids []chat.MessageID) {
	for _, v := range views {
		for _, m := range v.said {
			if m.Kind == chat.MessagePosted && !m.Deleted && suits(who, v.RoomAccess, m, terms) {
				ids = append(ids, m.ID)
			}
		}
	}
	slices.Sort(ids)
	slices.Reverse(ids)
	return ids
}

// suits says whether a message is what the terms ask for. Of one operator any will do.
func suits(who string, place chat.RoomAccess, m chat.Message, terms []string) bool {
	any := map[string]bool{}
	for _, term := range terms {
		rest, not := strings.CutPrefix(term, "-")
		key, value, _ := strings.Cut(rest, ":")
		var is bool
		switch {
		case key == "from":
			is = m.Author.Username == strings.Replace(value, "me", who, 1) && value != "mei" || m.Author.Username == value
		case key == "in" && value == "@mei":
			is = place.Kind == chat.Direct && place.People == 2 && who != "mei"
		case key == "in":
			is = place.Name == value
		case rest == "has:link":
			is = strings.Contains(m.Body, "https:")
		case rest == "has:code":
			is = strings.Contains(m.Body, "`")
		case rest == "has:reaction":
			is = len(m.Reactions) > 0
		case key == "on":
			is = m.At.Format(time.DateOnly) == value
		case key == "after":
			is = m.At.Format(time.DateOnly) > value
		case key == "before":
			is = m.At.Format(time.DateOnly) < value
		default:
			is = says(m.Body, rest)
		}
		if !not && (key == "from" || key == "in") {
			any[key] = any[key] || is
		} else if is == not {
			return false
		}
	}
	for _, is := range any {
		if !is {
			return false
		}
	}
	return true
}

var atoms = regexp.MustCompile(`[a-z0-9]+|[\p{Han}\p{Hangul}]+|🎉`)

var (
	sayings = map[string]*regexp.Regexp{}
	plain   = strings.NewReplacer("ü", "u")
)

// says looks for words with an expression made of them.
func says(body, term string) bool {
	if sayings[term] == nil {
		words, beginning := strings.CutSuffix(plain.Replace(strings.ToLower(strings.Trim(term, `"`))), "*")
		expression := strings.Join(atoms.FindAllString(words, -1), `[^a-z0-9\p{Han}\p{Hangul}🎉]+`)
		if expression[0] < 0x80 {
			expression = `(?:^|[^a-z0-9])` + expression
		}
		if last := expression[len(expression)-1]; last < 0x80 && !beginning {
			expression += `(?:$|[^a-z0-9])`
		}
		sayings[term] = regexp.MustCompile(expression)
	}
	return sayings[term].MatchString(plain.Replace(strings.ToLower(body)))
}
