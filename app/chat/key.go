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
}

// Over says whether a key has run out.
func (k Key) Over(now time.Time) bool { return !k.Expires.IsZero() && !k.Expires.After(now) }
