package chat

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// SearchInput is a search as a person writes it: in one line with operators, or with the
// fields of a form, which say the same. Days are those of Zone.
type SearchInput struct {
	Text, In, From, Has, Before, After string
	Zone                               *time.Location
	Older                              MessageID // a further page: what is older than this
}

// Empty says that nothing is asked yet.
func (a SearchInput) Empty() bool {
	return strings.TrimSpace(a.Text+a.In+a.From+a.Has+a.Before+a.After) == ""
}

const (
	maxQuery = 500 // characters
	maxTerms = 20
	// maxTokens is how many words there are in them: each pair of neighbouring
	// characters is one in scripts without spaces. A phrase of 80 that stand in every message
	// took 0.6 s of CPU.
	maxTokens = 30
)

// parsedSearch is a search before people and rooms are known.
type parsedSearch struct {
	Search
	names  []namedTerm
	tokens int
	zone   *time.Location
	now    time.Time
}

type namedTerm struct {
	key, name string // from or in
	not       bool
}

func (p parsedSearch) asks(key string) bool {
	return slices.ContainsFunc(p.names, func(n namedTerm) bool { return n.key == key && !n.not })
}

// term is one piece of what was typed.
type term struct {
	not    bool
	key    string // an operator, or ""
	value  string
	quoted bool
	starts bool // it is only the beginning of a word
}

// parse checks what needs no store; an error names the field and what to write
// instead.
func (a SearchInput) parse(now time.Time) (parsedSearch, error) {
	p := parsedSearch{zone: a.Zone, now: now}
	if p.zone == nil {
		p.zone = time.UTC
	}
	if utf8.RuneCountInString(a.Text) > maxQuery {
		return p, Invalid("q", "A search has at most 500 characters.")
	}
	terms := split(a.Text)
	if len(terms) > maxTerms {
		return p, Invalid("q", "Search for at most 20 words at once.")
	}
	for _, t := range terms {
		if err := p.add(t, "q"); err != nil {
			return p, err
		}
	}
	for _, f := range []term{{key: "in", value: a.In}, {key: "from", value: a.From}, {key: "has", value: a.Has},
		{key: "before", value: a.Before}, {key: "after", value: a.After}} {
		f.value = strings.TrimSpace(f.value)
		if f.value == "" {
			continue
		}
		if err := p.add(f, f.key); err != nil {
			return p, err
		}
		terms = append(terms, f)
	}
	if len(terms) > 0 && p.Search.nothing() && len(p.names) == 0 {
		return p, Invalid("q", "Write a word to search for, with letters or digits.")
	}
	return p, nil
}

func (s Search) nothing() bool {
	return len(s.All)+len(s.None)+len(s.Literals)+len(s.Has)+len(s.Lacks) == 0 && s.Since.IsZero() && s.Until.IsZero()
}

var operators = []string{"from", "in", "has", "before", "after", "on"}

// straightened makes the quotes of phones those of keyboards.
var straightened = strings.NewReplacer("“", `"`, "”", `"`, "„", `"`)

// split cuts a line into terms: at spaces, but not within quotes.
func split(s string) (terms []term) {
	s = straightened.Replace(s)
	for s = strings.TrimLeftFunc(s, unicode.IsSpace); s != ""; s = strings.TrimLeftFunc(s, unicode.IsSpace) {
		var t term
		if rest, ok := strings.CutPrefix(s, "-"); ok && excludes(rest) {
			t.not, s = true, rest
		}
		if key, rest, ok := strings.Cut(s, ":"); ok && slices.Contains(operators, strings.ToLower(key)) {
			t.key, s = strings.ToLower(key), rest
		}
		if rest, ok := strings.CutPrefix(s, `"`); ok {
			t.quoted = true
			t.value, s, _ = strings.Cut(rest, `"`)
		} else {
			end := strings.IndexFunc(s, func(r rune) bool { return unicode.IsSpace(r) || r == '"' && t.key == "" })
			if end < 0 {
				end = len(s)
			}
			t.value, s = s[:end], s[end:]
			if t.key == "" {
				t.value, t.starts = strings.CutSuffix(t.value, "*")
			}
		}
		if star, ok := strings.CutPrefix(s, "*"); ok && t.quoted { // "like th"*
			t.starts, s = true, star
		}
		if t.value != "" || t.key != "" {
			terms = append(terms, t)
		}
	}
	return terms
}

// excludes says whether a minus before s leaves something out: not before a space or
// another minus, as in --force.
func excludes(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return s != "" && r != '-' && !unicode.IsSpace(r)
}

// add takes one term; field is where it was typed.
func (p *parsedSearch) add(t term, field string) error {
	switch t.key {
	case "":
		return p.word(t)
	case "from", "in":
		if strings.Trim(t.value, "@# ") == "" {
			return Invalid(field, map[string]string{"from": "Write who after from:, like from:mei or from:me.",
				"in": "Write where after in:, like in:#general or in:@mei."}[t.key])
		}
		p.names = append(p.names, namedTerm{t.key, t.value, t.not})
		return nil
	case "has":
		return p.has(t, field)
	}
	return p.date(t, field)
}

func (p *parsedSearch) word(t term) error {
	m := matching(t.value, t.starts)
	if p.tokens += len(m.Tokens); p.tokens > maxTokens {
		return Invalid("q", "This is too much to search for at once. Try fewer words.")
	}
	picture := len(m.Tokens) == 0 && emojiLen(t.value+string(emojiStyle)) > 0 // ❤ without its style is in no index
	if text := foldLiteral(t.value); hasSigns(text) && (t.quoted || picture || t.not && len(m.Tokens) > 0 && endsInSigns(t.value)) {
		p.Literals = append(p.Literals, Literal{text, t.not})
		if !t.not {
			p.All = append(p.All, candidates(t)...)
		}
		return nil
	}
	p.signs(t)
	switch {
	case len(m.Tokens) == 0:
		return nil
	case m.Prefix && len(m.Tokens[len(m.Tokens)-1]) < 2:
		return Invalid("q", "Write at least two letters before the *.")
	case t.not:
		p.None = append(p.None, m)
	default:
		p.All = append(p.All, m)
	}
	return nil
}

// matching is what a term finds: its words one after another, of the last only the
// beginning if starts.
func matching(s string, starts bool) (m Match) {
	m.Prefix = starts
	all := Words(s)
	if len(all) == 2 && all[0].Alone { // one character of a script without spaces
		return Match{Tokens: []string{all[0].Token}}
	}
	for _, w := range all {
		if !w.Alone {
			m.Tokens = append(m.Tokens, w.Token)
		}
	}
	if n := len(all); n > 0 {
		// Two neighbouring characters are a beginning anyway; one at the end of
		// something goes on.
		last, size := utf8.DecodeRuneInString(all[n-1].Token)
		m.Prefix = m.Prefix && all[n-1].End == len(s) && !all[n-1].Alone || unspaced(last) && size == len(all[n-1].Token)
	}
	return m
}

func (p *parsedSearch) has(t term, field string) error {
	f, ok := facts[strings.ToLower(t.value)]
	switch {
	case !ok:
		return Invalid(field, "After has: comes link, code or reaction.")
	case t.not:
		p.Lacks = append(p.Lacks, f)
	default:
		p.Has = append(p.Has, f)
	}
	return nil
}

// date takes a day of the viewer's calendar. Of several bounds the narrowest holds.
func (p *parsedSearch) date(t term, field string) error {
	day, err := p.day(t.value)
	if err != nil || t.not {
		return Invalid(field, "After "+t.key+": comes a day, like 2026-11-23, today or yesterday.")
	}
	next := time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, p.zone)
	since, until := map[string]time.Time{"after": next, "on": day}[t.key], map[string]time.Time{"before": day, "on": next}[t.key]
	if since.After(p.Since) {
		p.Since = since
	}
	if !until.IsZero() && (p.Until.IsZero() || until.Before(p.Until)) {
		p.Until = until
	}
	return nil
}

func (p *parsedSearch) day(s string) (time.Time, error) {
	now := p.now.In(p.zone)
	switch strings.ToLower(s) {
	case "today":
		return time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, p.zone), nil
	case "yesterday":
		return time.Date(now.Year(), now.Month(), now.Day()-1, 0, 0, 0, 0, p.zone), nil
	}
	return time.ParseInLocation(time.DateOnly, s, p.zone)
}
