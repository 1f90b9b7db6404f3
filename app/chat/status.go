package chat

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"
)

// MaxStatus is how many characters a status has beside its emoji.
const MaxStatus = 80

// Status is what somebody is at: an emoji, words, or both, until a time.
type Status struct {
	Emoji string    `json:"e,omitempty"`
	Text  string    `json:"t,omitempty"`
	Until time.Time `json:"u,omitzero"` // zero: until it is taken away
}

// StatusNow is somebody's status, the zero Status where there is none any more.
func (p Prefs) StatusNow(now time.Time) Status {
	if p.Status == nil || !p.Status.Until.IsZero() && !p.Status.Until.After(now) {
		return Status{}
	}
	return *p.Status
}

// IsSet says whether there is one.
func (s Status) IsSet() bool { return s.Emoji != "" || s.Text != "" }

// ParseStatus answers with a status as it is stored; nil: none.
func ParseStatus(emoji, text string, until, now time.Time) (*Status, error) {
	s := Status{Until: until.UTC().Truncate(time.Second)}
	if until.IsZero() {
		s.Until = time.Time{}
	} else if !until.After(now) {
		return nil, Invalid("until", "That is over already. Choose a later end.")
	}
	if emoji = strings.TrimSpace(emoji); emoji != "" {
		e, err := ParseReaction(emoji)
		if err != nil || strings.HasPrefix(e, ":") {
			return nil, Invalid("emoji", "One emoji, or its name as in :palm_tree:.")
		}
		s.Emoji = e
	}
	text, ok := oneLine(text)
	if !ok || utf8.RuneCountInString(text) > MaxStatus || stackedMarks(text) {
		return nil, Invalid("text", "A status has at most 80 characters.")
	}
	if s.Text = text; !s.IsSet() {
		return nil, nil
	}
	return &s, nil
}

// StatusPrefs are the preferences of all who say something of themselves beside their names.
func (c *Chat) StatusPrefs(ctx context.Context) (map[AccountID]Prefs, error) {
	return c.store.StatusPrefs(ctx)
}

// SetStatus sets the caller's; quiet: he is not to be disturbed as long. That ends with the
// status that it came with.
func (c *Chat) SetStatus(ctx context.Context, who Account, emoji, text string, until time.Time, quiet bool) error {
	s, err := ParseStatus(emoji, text, until, c.now())
	if err != nil {
		return err
	}
	if quiet && until.IsZero() {
		return Invalid("until", "Choose when you may be disturbed again.")
	}
	return c.ChangePrefs(ctx, who, func(p *Prefs) error {
		if p.Status != nil && p.Until.Equal(p.Status.Until) { // it was part of the status before
			p.Until = time.Time{}
		}
		p.Status = s
		if quiet {
			p.Until = until.UTC().Truncate(time.Second)
		}
		return nil
	})
}
