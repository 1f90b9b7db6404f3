package chat

import (
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Bounds of names, in characters after normalisation.
const (
	MinUsername = 2
	MaxUsername = 32
	MaxName     = 64 // display names and rooms
	MaxTopic    = 250

	maxMarks = 4 // accents on one letter: more climb into the lines around
)

var (
	reservedUsernames = []string{"admin", "admins", "administrator", "root", "system", "sysadmin", "server", "support", "help",
		"security", "moderator", "moderators", "mod", "mods", "owner", "staff", "official", "here", "everyone", "everybody",
		"room", "channel", "all", "parley", "bot", "bots", "nobody", "anonymous", "guest", "deleted", "null", "undefined", "you", "me"}
	reservedRooms = []string{"here", "everyone", "all", "room"}

	reservedSkeletons = sync.OnceValue(func() map[string]bool {
		m := map[string]bool{}
		for _, name := range reservedUsernames {
			m[Skeleton(name)] = true
		}
		return m
	})
)

// ParseUsername answers with the name in NFKC as it was cased, or says what is
// wrong with it. Whether its Skeleton is taken is the store's question.
func ParseUsername(s string) (string, error) {
	s = norm.NFKC.String(strings.TrimSpace(s))
	if n := utf8.RuneCountInString(s); !utf8.ValidString(s) || n < MinUsername || n > MaxUsername {
		return "", Invalid("username", "A username has 2 to 32 characters.")
	}
	if strings.ContainsFunc(s, func(r rune) bool { return !nameRune(r) }) || stackedMarks(s) {
		return "", Invalid("username", "A username is made of letters, digits, dots, dashes and underscores.")
	}
	first, _ := utf8.DecodeRuneInString(s)
	last, _ := utf8.DecodeLastRuneInString(s)
	if !unicode.IsLetter(first) && !unicode.IsDigit(first) || !isWord(last) {
		return "", Invalid("username", "A username begins and ends with a letter or a digit.")
	}
	if reserved(s) {
		return "", Invalid("username", "This username is reserved. Choose another.")
	}
	return s, nil
}

// CheckUsername says what is wrong with a username that an account of another server has.
// One that came to be reserved later may stay, unless it calls many people at once.
func CheckUsername(s string) error {
	if Alike(s, AtRoom) || Alike(s, AtHere) {
		return Invalid("username", "The username "+s+
			" is reserved: it would call everybody. Rename the account on the server that it comes from.")
	}
	if name, err := ParseUsername(s); err == nil && name != s || err != nil && !reserved(s) {
		if err == nil {
			err = Invalid("username", "A username has no space around it, and is spelt in NFKC.")
		}
		return err
	}
	return nil
}

// nameRune says whether r may stand in a username. Marks are part of the letters
// of many scripts.
func nameRune(r rune) bool {
	return r == '.' || r == '_' || r == '-' || (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)) && !invisible(r)
}

// TypedName is a username as somebody typed it in a field: phones put a space behind
// it and people an @ before it, and what is copied brings along what cannot be seen.
func TypedName(s string) string { return trimUnseen(strings.TrimPrefix(trimUnseen(s), "@")) }

func trimUnseen(s string) string {
	return strings.TrimFunc(s, func(r rune) bool { return !visible(r) || bidiControl(r) })
}

// FoldName is how names are looked up: NFKC and case folded. Folding again
// changes nothing.
func FoldName(s string) string {
	if ascii(s) {
		return strings.ToLower(s)
	}
	return norm.NFKC.String(cases.Fold().String(norm.NFKC.String(s)))
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// ParseDisplayName answers with the name trimmed and its inner space collapsed,
// or says what is wrong with it.
func ParseDisplayName(s string) (string, error) {
	s, ok := oneLine(s)
	if n := utf8.RuneCountInString(s); !ok || n > MaxName || !strings.ContainsFunc(s, visible) {
		return "", Invalid("name", "A name has 1 to 64 characters.")
	}
	if stackedMarks(s) {
		return "", Invalid("name", "This name has too many accents on one letter.")
	}
	return s, nil
}

// reserved says whether a name looks like one that people could take for the
// server, for everybody, or for somebody in charge.
func reserved(name string) bool {
	known := reservedSkeletons()
	return known[Skeleton(name)] || known[Drawn(name)] || known[Skeleton(strings.ReplaceAll(name, "1", "i"))]
}

// reservedOffices are words that make a display name one in charge.
var reservedOffices = []string{"admin", "admins", "administrator", "administrators", "moderator", "moderators", "system", "official",
	"staff", "support", "security", "root", "owner", "parley", "everyone", "here"}

// Claims says whether a display name could be taken for the server's, for somebody
// in charge, or for the mark behind a name.
func Claims(name string) bool {
	if strings.Contains(name, "(@") || reserved(strings.TrimFunc(name, func(r rune) bool { return !isWord(r) })) {
		return true
	}
	for word := range strings.FieldsFuncSeq(name, func(r rune) bool { return !isWord(r) }) {
		if slices.ContainsFunc(reservedOffices, func(office string) bool { return Alike(word, office) }) {
			return true
		}
	}
	return false
}

// MarkName puts the username behind a display name that is not its owner's alone.
func MarkName(name, username string) string {
	mark := " (@" + username + ")"
	r := []rune(UnmarkName(name, username))
	return strings.TrimSpace(string(r[:min(len(r), MaxName-utf8.RuneCountInString(mark))])) + mark
}

// UnmarkName takes it away.
func UnmarkName(name, username string) string { return strings.TrimSuffix(name, " (@"+username+")") }

// ParseRoomName does the same for a room; a leading # is dropped.
func ParseRoomName(s string) (string, error) {
	s, ok := oneLine(s)
	for strings.HasPrefix(s, "#") && emojiLen(s) == 0 {
		s = strings.TrimLeft(s[1:], " ")
	}
	if n := utf8.RuneCountInString(s); !ok || n > MaxName || !strings.ContainsFunc(s, visible) {
		return "", Invalid("name", "A room's name has 1 to 64 characters.")
	}
	if stackedMarks(s) {
		return "", Invalid("name", "This name has too many accents on one letter.")
	}
	for _, word := range reservedRooms {
		if Alike(s, word) {
			return "", Invalid("name", "This name is reserved. Choose another.")
		}
	}
	return s, nil
}

// ParseTopic does the same for a topic, which may be empty.
func ParseTopic(s string) (string, error) {
	s, ok := oneLine(s)
	if !ok || utf8.RuneCountInString(s) > MaxTopic {
		return "", Invalid("topic", "A topic has at most 250 characters.")
	}
	return s, nil
}

// oneLine normalises to NFC, makes one space of each stretch of space and drops
// what cannot be seen, except what holds an emoji together.
func oneLine(s string) (string, bool) {
	if !utf8.ValidString(s) {
		return "", false
	}
	var b strings.Builder
	rest := strings.Join(strings.Fields(norm.NFC.String(s)), " ")
	for rest != "" {
		if n := emojiLen(rest); n > 0 {
			b.WriteString(rest[:n])
			rest = rest[n:]
			continue
		}
		r, n := utf8.DecodeRuneInString(rest)
		if !unicode.IsControl(r) && !invisible(r) && !unicode.Is(unicode.Noncharacter_Code_Point, r) {
			b.WriteRune(r)
		}
		rest = rest[n:]
	}
	// What was dropped may have stood between two spaces or two halves of a letter.
	return strings.Join(strings.Fields(norm.NFC.String(b.String())), " "), true
}

func stackedMarks(s string) bool {
	n := 0
	for _, r := range norm.NFD.String(s) {
		if !unicode.Is(unicode.Mn, r) && !unicode.Is(unicode.Me, r) {
			n = 0
		} else if n++; n > maxMarks {
			return true
		}
	}
	return false
}

// Initials are the one or two letters of an avatar, in upper case: of the first
// word and of the last one of its script, else the first two of the only one. An emoji
// or a character of a script without capitals stands alone.
func Initials(name string) string {
	words := strings.Fields(name)
	words = deleteUnlettered(words)
	if len(words) == 0 {
		return cluster(strings.TrimSpace(name))
	}
	first := cluster(words[0])
	if !cased(first) {
		return first
	}
	words = slices.DeleteFunc(words, func(w string) bool { return !sameCase(first, w) })
	second := ""
	if len(words) > 1 {
		second = cluster(words[len(words)-1])
	} else {
		second = cluster(words[0][len(first):])
	}
	if !cased(second) {
		second = ""
	}
	return strings.ToUpper(first + second)
}

// deleteUnlettered leaves words that begin with a letter, a digit or an emoji,
// after their brackets and quotes.
func deleteUnlettered(words []string) []string {
	var out []string
	for _, w := range words {
		for w != "" && emojiLen(w) == 0 {
			r, n := utf8.DecodeRuneInString(w)
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				break
			}
			w = w[n:]
		}
		if w != "" {
			out = append(out, w)
		}
	}
	return out
}

// cluster is what a reader takes for the first character of s.
func cluster(s string) string {
	if n := emojiLen(s); n > 0 {
		return s[:n]
	}
	_, n := utf8.DecodeRuneInString(s)
	return s[:n+skip(s[n:], unicode.IsMark)]
}

// sameCase says whether two words begin with capitals of one script, or with digits.
func sameCase(a, b string) bool {
	if !cased(b) {
		return false
	}
	x, _ := utf8.DecodeRuneInString(a)
	y, _ := utf8.DecodeRuneInString(b)
	for _, script := range []*unicode.RangeTable{unicode.Latin, unicode.Cyrillic, unicode.Greek, unicode.Armenian, unicode.Georgian} {
		if unicode.Is(script, x) {
			return unicode.Is(script, y) || unicode.IsDigit(y)
		}
	}
	return true
}

func cased(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsUpper(r) || unicode.IsLower(r) || unicode.IsTitle(r) || unicode.IsDigit(r)
}
