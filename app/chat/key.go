package chat

import "time"

// MaxKeyName is how many characters the name of a key has.
const MaxKeyName = 64

// Key lets a program act for an account: for a bot, or for the person who made it.
type Key struct {
	ID      int64
	Account AccountID
	Name    string
	Begins  string // its first signs
	Writes  bool   // else it may only read
	Made    time.Time
	Expires time.Time // zero: never
	Used    time.Time // zero: never
	Room    RoomID    // of an incoming hook, which says things there and does nothing else; 0: it is none
	Dialect Dialect   // of a hook
	Feed    bool      // it stands in the addresses of feeds, and opens nothing else
}

// Dialect is how the text is written that comes to a hook; they are stored, so only ever append.
type Dialect uint8

// The dialects.
const (
	DialectByLooks  Dialect = iota // Slack's, unless something that only Markdown has occurs
	DialectSlack                   // *bold*, _italic_, <https://…|link>
	DialectMarkdown                // **bold**, *italic*, [link](https://…), as here
)

// DialectWords are the dialects as people choose them.
var DialectWords = []string{"auto", "slack", "markdown"}

// Over says whether a key has run out.
func (k Key) Over(now time.Time) bool { return !k.Expires.IsZero() && !k.Expires.After(now) }
