package views

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/a-h/templ"

	"parley/app/chat"
)

// SearchView is a search with what it found, as one person sees it.
type SearchView struct {
	Viewer
	chat.SearchInput
	chat.SearchPage
	Rooms  []chat.SidebarRoom // to choose from
	Errors Errors
}

// SearchURL is the page of a search: everything that is asked stands in it.
func SearchURL(a chat.SearchInput) string {
	v := url.Values{}
	for name, value := range map[string]string{"q": a.Text, "in": a.In, "from": a.From, "has": a.Has, "before": a.Before, "after": a.After} {
		if value != "" {
			v.Set(name, value)
		}
	}
	if a.Older != 0 {
		v.Set("older", num(a.Older))
	}
	if len(v) == 0 {
		return "/search"
	}
	return "/search?" + v.Encode()
}

// older is the page after this one.
func (v SearchView) older() string {
	a := v.SearchInput
	a.Older = v.SearchPage.Older
	return SearchURL(a)
}

// newest is the first page.
func (v SearchView) newest() string {
	a := v.SearchInput
	a.Older = 0
	return SearchURL(a)
}

// everywhere is the same search in all rooms.
func (v SearchView) everywhere() string {
	a := v.SearchInput
	a.In, a.Older = "", 0
	return SearchURL(a)
}

// with is the same search for other words.
func (v SearchView) with(text string) string {
	a := v.SearchInput
	a.Text, a.Older = text, 0
	return SearchURL(a)
}

// literally is the same search with one term in quotation marks.
func (v SearchView) literally(term string) string {
	return v.with(strings.Replace(v.Text, term, `"`+term+`"`, 1))
}

// beginning is the one word that was not found, with which others may begin; empty
// for a search of another shape.
func (v SearchView) beginning() string {
	word := strings.TrimSpace(v.Text)
	if word == "" || len(v.Search.UnknownPeople)+len(v.Search.UnknownRooms) > 0 ||
		strings.ContainsFunc(word, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		return ""
	}
	return word
}

// inRoom is how a search names a room: by its name, or by the people of a
// conversation, whoever of them asks.
func inRoom(r chat.Room, people []string) string {
	if r.Kind != chat.Direct {
		return r.Label()
	}
	slices.Sort(people)
	return "@" + strings.Join(people, ",@")
}

// SearchIn is the page that searches in a room.
func SearchIn(r chat.Room, people []chat.RoomMember) string {
	var names []string
	if r.Kind == chat.Direct {
		for _, p := range people {
			names = append(names, p.Username)
		}
	}
	return SearchURL(chat.SearchInput{In: inRoom(r, names)})
}

// choice is one value of a select.
type choice struct{ value, words string }

// optionName is a room in a select, which shows no pictures.
func optionName(r chat.SidebarRoom) string {
	switch r.Kind {
	case chat.Open:
		return r.Label()
	case chat.Private:
		return "\U0001F512\uFE0E " + r.Name
	}
	return r.Title()
}

// places are the rooms to choose from; one that was asked for and is none of
// them stays as it was typed.
func (v SearchView) places() []choice {
	list := []choice{{"", "All rooms"}}
	for _, r := range chat.Foremost(v.Rooms, chat.MaxSidebar) {
		names := []string{v.Me.Username}
		for _, p := range r.With {
			names = append(names, p.Username)
		}
		list = append(list, choice{inRoom(r.Room, names), optionName(r)})
	}
	return withChoice(list, v.In)
}

func (v SearchView) facts() []choice {
	return withChoice([]choice{{"", "Anything"}, {"link", "A link"}, {"image", "A picture"}, {"file", "A file"}, {"code", "Code"},
		{"reaction", "A reaction"}}, v.Has)
}

func withChoice(list []choice, value string) []choice {
	if slices.ContainsFunc(list, func(c choice) bool { return c.value == value }) {
		return list
	}
	return append(list, choice{value, value})
}

// dateKind is the kind of field for a day: words such as "today" need a text field.
func dateKind(value string) string {
	if _, err := time.Parse(time.DateOnly, value); err != nil && value != "" {
		return "text"
	}
	return "date"
}

// examples of what can be asked.
var examples = [][2]string{
	{"harbour map", "both words, in any order"},
	{`"harbour map"`, "these words in this order"},
	{`"C++" "--force"`, "with these signs; elsewhere only letters and digits count"},
	{"deploy*", "words that begin like this"},
	{"tablet -charger", "one word without the other"},
	{"from:mei", "by one person; from:me are your own"},
	{"in:#general", "in one room; in:@mei in your conversation with Mei"},
	{"has:link", "with a link; also code, file, image or reaction"},
	{"after:2026-11-23", "later than a day; also before: and on:, and today or yesterday"},
}

// chips are the filters of a search in words, each with the search without it.
func (v SearchView) chips() (list []choice) {
	add := func(words string, without func(*chat.SearchInput)) {
		a := v.SearchInput
		a.Older = 0
		without(&a)
		list = append(list, choice{SearchURL(a), words})
	}
	if v.In != "" {
		add("In "+v.In, func(a *chat.SearchInput) { a.In = "" })
	}
	if v.From != "" {
		add("From "+strings.TrimPrefix(v.From, "@"), func(a *chat.SearchInput) { a.From = "" })
	}
	if v.Has != "" {
		add("With "+v.Has, func(a *chat.SearchInput) { a.Has = "" })
	}
	if v.After != "" {
		add("After "+v.After, func(a *chat.SearchInput) { a.After = "" })
	}
	if v.Before != "" {
		add("Before "+v.Before, func(a *chat.SearchInput) { a.Before = "" })
	}
	return list
}

// found says how much was found.
func (v SearchView) found() string {
	n := len(v.Hits)
	if v.SearchInput.Older != 0 || v.SearchPage.Older != 0 {
		return count(n, "message", "messages") + " on this page"
	}
	return count(n, "message", "messages")
}

// operator is one of what can be asked within the words, where it needs no quotation marks.
var operator = regexp.MustCompile(`(?i)(?:^|\s)(from|in|has|after|before):([^\s"]+)`)

// Mirrored is a search with those of its operators as filters that stand once among the
// words, and of which no filter says anything else: it asks for the same.
func Mirrored(a chat.SearchInput) chat.SearchInput {
	fields := map[string]*string{"from": &a.From, "in": &a.In, "has": &a.Has, "after": &a.After, "before": &a.Before}
	if strings.Contains(a.Text, `"`) || strings.Contains(a.Text, "-from:") || strings.Contains(a.Text, "-in:") ||
		strings.Contains(a.Text, "-has:") {
		return a
	}
	seen := map[string]int{}
	for _, m := range operator.FindAllStringSubmatch(a.Text, -1) {
		seen[strings.ToLower(m[1])]++
	}
	a.Text = strings.TrimSpace(operator.ReplaceAllStringFunc(a.Text, func(found string) string {
		m := operator.FindStringSubmatch(found)
		name := strings.ToLower(m[1])
		if to := fields[name]; seen[name] == 1 && *to == "" && !strings.ContainsAny(m[2], ",*") {
			*to = m[2]
			return ""
		}
		return found
	}))
	return a
}

// invalid marks the field that was refused.
func (v SearchView) invalid(field string) templ.Attributes {
	if v.Errors[field] == "" {
		return nil
	}
	return templ.Attributes{"aria-invalid": "true", "aria-describedby": "s-why"}
}
