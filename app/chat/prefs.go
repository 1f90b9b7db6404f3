package chat

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Prefs are what a person has chosen for every page. The zero value is what
// everybody begins with; in each choice "" is the first.
type Prefs struct {
	Theme      string      `json:"theme,omitempty"`    // "" as the system, light, dark
	Density    string      `json:"density,omitempty"`  // "" cozy, compact
	Enter      string      `json:"enter,omitempty"`    // "" sends on a keyboard and not on a phone, send, newline
	Zone       string      `json:"zone,omitempty"`     // IANA; "" as the browser
	Clock      string      `json:"clock,omitempty"`    // "" as the language, 12, 24
	Announce   string      `json:"announce,omitempty"` // "" all, mentions, off: what a screen reader is told
	Sound      string      `json:"sound,omitempty"`    // "" off, mentions, all
	Keys       string      `json:"keys,omitempty"`     // "" on, off: single letters on a message
	Invisible  bool        `json:"invisible,omitempty"`
	NoTyping   bool        `json:"no_typing,omitempty"`
	Begun      bool        `json:"begun,omitempty"`       // needs no help with the first steps any more
	Still      bool        `json:"still,omitempty"`       // pictures that move stand still until they are asked
	NoArrivals bool        `json:"no_arrivals,omitempty"` // who comes and goes is not shown
	Until      time.Time   `json:"until,omitzero"`        // do not disturb before
	Previews   string      `json:"previews,omitempty"`    // "" on, off: what links lead to is shown
	QuietFrom  string      `json:"quiet_from,omitempty"`  // 22:00; do not disturb every day from here
	QuietTo    string      `json:"quiet_to,omitempty"`    // to here, in Zone
	Push       string      `json:"push,omitempty"`        // "" devices tell after 2 minutes away, now, 5m, 15m, off
	Blocked    []AccountID `json:"blocked,omitempty"`     // who does not reach the person
	Status     *Status     `json:"status,omitempty"`
	Keywords   string      `json:"keywords,omitempty"`   // words by commas of which one is told as of a mention
	Mail       string      `json:"mail,omitempty"`       // "" a mail tells after 30 minutes, 4h, 24h, off
	MailWords  string      `json:"mail_words,omitempty"` // "" who and where, words: what, too
	PushWords  string      `json:"push_words,omitempty"` // "" who and the words, room: only that there is something
}

// choices are the values that a preference can have.
var choices = map[string][]string{
	"theme": {"", "light", "dark"}, "density": {"", "compact"}, "enter": {"", "send", "newline"}, "clock": {"", "12", "24"},
	"announce": {"", "mentions", "off"}, "sound": {"", "mentions", "all"}, "keys": {"", "off"}, "previews": {"", "off"},
	"push": {"", "now", "5m", "15m", "off"}, "push_words": {"", "room"},
	"mail": {"", "4h", "24h", "off"}, "mail_words": {"", "words"},
}

// validate says which preference has a value that there is not.
func (p Prefs) validate() error {
	for field, value := range map[string]string{"theme": p.Theme, "density": p.Density, "enter": p.Enter, "clock": p.Clock,
		"announce": p.Announce, "sound": p.Sound, "keys": p.Keys, "previews": p.Previews, "push": p.Push, "push_words": p.PushWords,
		"mail": p.Mail, "mail_words": p.MailWords} {
		if !slices.Contains(choices[field], value) {
			return Invalid(field, "Choose one of the values in the list.")
		}
	}
	if p.Zone != "" {
		if _, err := time.LoadLocation(p.Zone); err != nil || len(p.Zone) > 64 || p.Zone == "Local" {
			return Invalid("zone", "There is no time zone of this name. They look like Europe/Lisbon.")
		}
	}
	if len(p.words()) > MaxKeywords || utf8.RuneCountInString(p.Keywords) > MaxKeywordText {
		return Invalid("keywords", "These are up to 20 words, with 400 characters in all.")
	}
	if (p.QuietFrom == "") != (p.QuietTo == "") {
		return Invalid("quiet_from", "Quiet hours have a beginning and an end, or neither.")
	}
	for field, value := range map[string]string{"quiet_from": p.QuietFrom, "quiet_to": p.QuietTo} {
		if _, err := time.Parse("15:04", value); value != "" && err != nil {
			return Invalid(field, "A time looks like 22:00.")
		}
	}
	return nil
}

// Bounds of the words of which somebody is told.
const (
	MaxKeywords    = 20
	MaxKeywordText = 400 // characters in all
)

// words are the keywords, folded.
func (p Prefs) words() []string { return keywords(p.Keywords) }

// QuietUntil is when somebody may be disturbed again who is not to be disturbed now; zero:
// he may. Zone is where he is, unless he chose one.
func (p Prefs) QuietUntil(now time.Time, zone *time.Location) time.Time {
	if chosen, err := time.LoadLocation(p.Zone); err == nil && p.Zone != "" {
		zone = chosen
	}
	until := time.Time{}
	if p.QuietFrom != "" {
		local := now.In(zone)
		at, from, to := local.Format("15:04"), p.QuietFrom, p.QuietTo
		if from <= to && at >= from && at < to || from > to && (at >= from || at < to) {
			end, _ := time.Parse("15:04", to) // it was validated
			y, m, d := local.Date()
			until = time.Date(y, m, d, end.Hour(), end.Minute(), 0, 0, zone)
			if !until.After(now) {
				until = time.Date(y, m, d+1, end.Hour(), end.Minute(), 0, 0, zone)
			}
		}
	}
	if p.Until.After(now) && p.Until.After(until) {
		return p.Until
	}
	return until
}

// ChangePrefs changes the caller's preferences as they are, also where another of his
// changes is under way. Change may be called more than once; its error ends all.
func (c *Chat) ChangePrefs(ctx context.Context, who Account, change func(*Prefs) error) error {
	p, err := c.store.ChangePrefs(ctx, who.ID, func(p *Prefs) error {
		if err := change(p); err != nil {
			return err
		}
		return p.validate()
	})
	if err != nil {
		return err
	}
	c.bus.Publish(PrefsChanged{Account: who.ID, Prefs: p})
	return nil
}

// Profile is what a person says of himself.
type Profile struct {
	Name, Title, Bio string
}

// Bounds of a profile, in characters.
const (
	MaxTitle = 64
	MaxBio   = 300
)

// ChangeProfile changes the caller's own profile as it is, also where another of his
// changes is under way; change may be called more than once. A name that looks like another
// person's, or like one in charge, gets the username behind it.
func (c *Chat) ChangeProfile(ctx context.Context, who Account, change func(*Profile)) error {
	err := c.store.ChangeProfile(ctx, who.Person, func(p *Profile) error {
		change(p)
		return p.tidy(who.Username)
	})
	if err != nil {
		return err
	}
	c.bus.Publish(RoomListChanged{People: []AccountID{who.ID}})
	return nil
}

// tidy makes a profile what is stored of it, or says what is wrong with it.
func (p *Profile) tidy(username string) (err error) {
	if p.Name, err = ParseDisplayName(UnmarkName(p.Name, username)); err != nil {
		return err
	}
	title, ok := oneLine(p.Title)
	if !ok || utf8.RuneCountInString(title) > MaxTitle || stackedMarks(title) {
		return Invalid("title", "A title has at most 64 characters.")
	}
	p.Title = title
	if p.Bio, ok = lines(p.Bio); !ok || utf8.RuneCountInString(p.Bio) > MaxBio || stackedMarks(p.Bio) {
		return Invalid("bio", "This has at most 300 characters.")
	}
	return nil
}

// lines tidies text of several lines, each as oneLine does.
func lines(s string) (string, bool) {
	if !utf8.ValidString(s) {
		return "", false
	}
	all := strings.Split(strings.ReplaceAll(norm.NFC.String(s), "\r\n", "\n"), "\n")
	for i := range all {
		all[i], _ = oneLine(all[i])
	}
	return strings.TrimSpace(strings.Join(all, "\n")), true
}
