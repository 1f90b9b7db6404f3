// Package archive carries what was said from one server to another: the format
// of "parley export", and what other servers export. It knows nothing of SQL,
// pages or sockets.
//
// The format is JSON Lines in UTF-8: one object a line, its kind in "type". The
// lines of a kind stand together, in this order, and each kind in the order that
// is given; a field that is empty, zero or false may be left out, and an export
// leaves it out wherever it says so. Times are RFC 3339 in UTC with milliseconds.
// The same content makes the same bytes.
//
//	parley      the first line: format (1), and how many lines of each kind follow
//	setting     by key. key, value. Not those of backups, which belong to the machine
//	account     by id. username; name as shown; role: member, administrator;
//	            password: the argon2id hash in PHC format, left out: none that works;
//	            created; disabled and banned: since when; title; bio; prefs; bot: whose it is
//	room        by id. kind: open, private, direct; name; topic; everyone: whoever
//	            signs up is in it; direct: ids of the people of a direct conversation;
//	            rev, posts: counts of changes and of posts; last_author, last_at: whom
//	            and when the next message may go on from; created; slow: seconds
//	            between two messages of one person; world: 1 when people without an account may
//	            read it, 2 when search engines may list it, too
//	membership  by room and account. role: member, owner, moderator; rev: of the room
//	            at its last change; read: how many of the room's posts; erased:
//	            how many after them were deleted; joined; left:
//	            when, kept so that it can be told; level: usual, all, mentions, off;
//	            muted; starred: its place among the rooms with a star; banned
//	message     by id, which is the order in its room. room; rev, born: of the room at
//	            its latest change and at its first; posts: the room's count with it;
//	            kind: said, joined, left, renamed, topic; author; at; cont: it goes on
//	            from the row before; body as typed; text as parsed (chat.Text; left out, it
//	            is parsed at import), or the event (chat.SystemMessage); for, all: whom it is for; mentions: who finds it
//	            among his mentions; cid: its author's own id for it; reactions; edited;
//	            reply_to; versions: what it said before, each with until, rev and text;
//	            program: how a program says it (chat.Program); previews: what
//	            its links lead to (list of chat.Preview); deleted: when. What was deleted says nothing any more
//	file        by id: one that came with a message, which is not deleted, or shows
//	            something. token: of its address; message, or use: person, room, workspace,
//	            emoji, preview (of what message links to), and of: the id of the person or the room; emoji: its name; by; place among those of the message; name; kind: other,
//	            picture, sound, film, text; media: its type; size; width, height; alt;
//	            moves; waiting: its forms are to be made; gone: the original was not kept;
//	            removed: it was taken out of its message; made; forms: what of it follows,
//	            each with form (original, small, large), media, size and sum (SHA-256)
//	bytes       by file and form, in order. file; form; data: in base64, 64 KiB of it at
//	            most, all but the last of a form exactly as much
//	widget      by room: how visitors of web sites talk to its people. slug: of its address; bot:
//	            who tells the room of them; rev: of the room's cases; settings (chat.Widget)
//	case        by id: a conversation with a visitor. room; visitor: SHA-256 of the cookie, left out
//	            with the passwords; name; mail; page; state: waits, taken, closed; taken_by; rev;
//	            opened; changed; waits: since when for an answer; last: what was said, the beginning;
//	            seen_team, seen_visitor: the lines up to which it was seen
//	case_line   by id. case; kind: visitor, team, opened, taken, handed, closed; author: of the team;
//	            at; body
//	invite      by id. code: what the link carries; role; uses: 0 is any number; used;
//	            made_by; made; expires; revoked
//	origin      by source and key: which account or room came from another server, and
//	            what it is called there, so that a later import goes on from it
//
// Sessions, keys, webhooks, links to reset a password, reports, the audit log, certificates and
// the index of search are not in it.
package archive

import (
	"bytes"
	"encoding/json"
	"strconv"
	"time"

	"parley/app/chat"
)

// Format is the version of the format: a file with a higher one is refused, and so
// is one with a field that this version does not know.
const Format = 2

// Kinds of line, in their order.
const (
	kindHeader     = "parley"
	kindSetting    = "setting"
	kindAccount    = "account"
	kindRoom       = "room"
	kindMembership = "membership"
	kindMessage    = "message"
	kindFile       = "file"
	kindBytes      = "bytes"
	kindWidget     = "widget"
	kindCase       = "case"
	kindCaseLine   = "case_line"
	kindInvite     = "invite"
	kindOrigin     = "origin"
)

var kinds = []string{kindHeader, kindSetting, kindAccount, kindRoom, kindMembership, kindMessage, kindFile, kindBytes,
	kindWidget, kindCase, kindCaseLine, kindInvite, kindOrigin}

// Record is one line: a pointer to one of the types of this package.
type Record interface {
	// kind is the value of the record's field "type".
	kind() string
	// valid says in words what is wrong with a record that was read.
	valid() error
}

// Export tells all that a data file holds, in the order of the format, in one
// consistent state.
type Export func(put func(Record) error) error

// Time is in milliseconds since 1970.
type Time int64

const timeLayout = "2006-01-02T15:04:05.000Z"

// MarshalJSON writes the time in UTC.
func (t Time) MarshalJSON() ([]byte, error) {
	return []byte(`"` + time.UnixMilli(int64(t)).UTC().Format(timeLayout) + `"`), nil
}

// UnmarshalJSON reads any time of RFC 3339.
func (t *Time) UnmarshalJSON(b []byte) error {
	var s time.Time
	err := json.Unmarshal(b, &s)
	*t = Time(s.UnixMilli())
	return err
}

// Words for the numbers that are stored; each is a number's word by its place.
var (
	RoleWords       = []string{"member", "administrator", guestWord}
	RoomWords       = chat.KindWords
	MembershipWords = []string{"member", "owner", "moderator"}
	LevelWords      = []string{"usual", "all", "mentions", "off"}
	FileWords       = []string{"other", "picture", "sound", "film", "text"}
	FormWords       = []string{"original", "small", "large"}
	UseWords        = []string{"", "person", "room", "workspace", "emoji", "preview"}
	MessageWords    = []string{"said", "joined", "left", "renamed", "topic", "converted"}
)

// guestWord is of the one role below 0.
const guestWord = "guest"

// RoleWord is the word of a role.
func RoleWord(r chat.Role) string {
	if r == chat.RoleGuest {
		return guestWord
	}
	return Word(RoleWords, r)
}

// RoleNumber is the role of a word that was found valid; "" is a member's.
func RoleNumber(word string) chat.Role {
	if word == guestWord {
		return chat.RoleGuest
	}
	n, _ := Number(RoleWords, word)
	return chat.Role(n)
}

// Word is the word for a number; one that has none stands for itself.
func Word[N ~int | ~int64](words []string, n N) string {
	if n >= 0 && int(n) < len(words) {
		return words[n]
	}
	return strconv.Itoa(int(n))
}

// Number is the number of a word; false for a word that is none.
func Number(words []string, word string) (int, bool) {
	for i, w := range words {
		if w == word {
			return i, true
		}
	}
	n, err := strconv.Atoi(word)
	return n, err == nil && n >= len(words)
}

// Begins says whether a file begins as an export does.
func Begins(begin []byte) bool { return bytes.HasPrefix(begin, []byte(`{"type":"parley",`)) }

// Exported says whether a setting is carried along: no secret is, nor what belongs
// to the machine.
func Exported(key string) bool {
	if key == chat.SettingWorkspace || key == chat.SettingSignup || key == chat.SettingRetention || key == chat.SettingOriginals ||
		key == chat.SettingEmoji || key == chat.SettingBots || key == chat.SettingFactor || key == chat.SettingDeletion ||
		key == chat.SettingPreviews || key == chat.SettingWorld {
		return true
	}
	for _, l := range chat.AllLimits {
		if l.Key == key {
			return true
		}
	}
	return false
}
