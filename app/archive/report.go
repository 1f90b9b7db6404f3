package archive

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"parley/app/chat"
)

// Report says what an import brought, and what it did not bring and why.
type Report struct {
	Source      string           `json:"source"`
	Came        Counts           `json:"came"`
	Already     Counts           `json:"already"` // it came before
	Adapted     []Adapted        `json:"adapted"`
	Deactivated []Deactivated    `json:"deactivated"`
	Skipped     []Skipped        `json:"skipped"`
	Notes       []string         `json:"notes"`
	People      []ImportedPerson `json:"-"` // who came now or before, by its list of people, and may log in
	bySkipped   map[string]int
}

// Counts are how many of each there are.
type Counts struct {
	Accounts      int `json:"accounts"`
	Rooms         int `json:"rooms"`
	Conversations int `json:"conversations"`
	Messages      int `json:"messages"`
	Events        int `json:"events"` // who came and went, names and topics of rooms
	Replies       int `json:"replies"`
	Reactions     int `json:"reactions"`
	Files         int `json:"files"`
	Links         int `json:"links"` // to files that did not come
}

// Adapted is something that is called otherwise here.
type Adapted struct {
	What string `json:"what"`
	From string `json:"from"`
	To   string `json:"to"`
}

// Deactivated is somebody who came and cannot log in, and why.
type Deactivated struct {
	Username string `json:"username"`
	Name     string `json:"name"`
	Why      string `json:"why"`
}

// ImportedPerson is somebody with his address for mail there, if that was told.
type ImportedPerson struct {
	Account chat.Account
	Mail    string
}

// Skipped is one reason why something did not come, with how often and where.
type Skipped struct {
	Why      string   `json:"why"`
	Count    int      `json:"count"`
	Examples []string `json:"examples"`
}

// maxExamples of each reason are told.
const maxExamples = 3

// Skip counts something that did not come.
func (r *Report) Skip(why, example string) {
	if r.bySkipped == nil {
		r.bySkipped = map[string]int{}
	}
	i, ok := r.bySkipped[why]
	if !ok {
		i = len(r.Skipped)
		r.bySkipped[why] = i
		r.Skipped = append(r.Skipped, Skipped{Why: why, Examples: []string{}})
	}
	s := &r.Skipped[i]
	if s.Count++; len(s.Examples) < maxExamples && !slices.Contains(s.Examples, example) {
		s.Examples = append(s.Examples, example)
	}
}

// Adapt notes that something has another name here.
func (r *Report) Adapt(what, from, to string) {
	if from != to {
		r.Adapted = append(r.Adapted, Adapted{what, from, to})
	}
}

// AddNote adds a sentence, once.
func (r *Report) AddNote(format string, args ...any) {
	if s := fmt.Sprintf(format, args...); !slices.Contains(r.Notes, s) {
		r.Notes = append(r.Notes, s)
	}
}

// maxListed is how many of a list are printed.
const maxListed = 40

// printList prints one list under its heading, or as much of it as a person reads.
func printList[T any](w io.Writer, heading string, all []T, line func(T) string) {
	if len(all) > 0 {
		fmt.Fprintf(w, "\n%s\n", heading)
	}
	for i, v := range all {
		if i == maxListed {
			fmt.Fprintf(w, "  and %d more; --json lists all\n", len(all)-i)
			return
		}
		fmt.Fprintf(w, "  %s\n", line(v))
	}
}

// Print writes the report for a person.
func (r *Report) Print(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(t, "\tcame\twas there\t\n")
	for _, row := range []struct {
		what      string
		came, was int
	}{{"accounts", r.Came.Accounts, r.Already.Accounts}, {"rooms", r.Came.Rooms, r.Already.Rooms},
		{"conversations", r.Came.Conversations, r.Already.Conversations}, {"messages", r.Came.Messages, r.Already.Messages},
		{"of them replies", r.Came.Replies, r.Already.Replies}, {"reactions", r.Came.Reactions, r.Already.Reactions},
		{"files", r.Came.Files, r.Already.Files}, {"links to files", r.Came.Links, r.Already.Links},
		{"comings, goings, names", r.Came.Events, r.Already.Events}} {
		fmt.Fprintf(t, "%s\t%d\t%d\t\n", row.what, row.came, row.was)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	printList(w, "It is called otherwise here:", r.Adapted, func(a Adapted) string { return fmt.Sprintf("%s %q: %q", a.What, a.From, a.To) })
	printList(w, "They came deactivated, as they are neither members nor guests there; parley user enable NAME lets one in:", r.Deactivated,
		func(d Deactivated) string { return fmt.Sprintf("%s (%s): %s", d.Username, d.Name, d.Why) })
	if len(r.Skipped) > 0 {
		fmt.Fprintln(w, "\nIt did not come:")
	}
	for _, s := range r.Skipped {
		fmt.Fprintf(w, "  %d × %s (%s)\n", s.Count, s.Why, strings.Join(s.Examples, ", "))
	}
	if len(r.Notes) > 0 {
		fmt.Fprintln(w)
	}
	for _, n := range r.Notes {
		fmt.Fprintln(w, n)
	}
	return nil
}
