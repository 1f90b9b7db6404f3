package archive

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"parley/app/chat"
)

func (h *Header) valid() error {
	if h.Format < 1 || h.Format > Format {
		return fmt.Errorf("the file has format %d, this Parley knows format %d; take a newer one", h.Format, Format)
	}
	return nil
}

func (s *Setting) valid() error {
	if !Exported(s.Key) {
		return fmt.Errorf("there is no setting %q, or it is not one to be carried along", s.Key)
	}
	stored, err := chat.ParseSetting(s.Key, s.Value)
	if err == nil {
		s.Value = stored
	}
	return err
}

func (a *Account) valid() error {
	prefs := chat.Prefs{}
	if len(a.Prefs) > 0 && json.Unmarshal(a.Prefs, &prefs) != nil {
		return errors.New("the preferences are not a JSON object as chat.Prefs has it")
	}
	return errors.Join(numbered(int64(a.ID)), worded(RoleWords, a.Role),
		named(a.Username, "an account has a username"), short(a.Username, chat.MaxUsername, "a username"), chat.CheckUsername(a.Username),
		named(a.Name, "an account has a name"), short(a.Name, chat.MaxName, "a name"),
		short(a.Title, chat.MaxTitle, "a title"), short(a.Bio, chat.MaxBio, "what somebody says of himself"),
		small(a.Prefs, maxPrefs, "the preferences"))
}

func (r *Room) valid() error {
	err := errors.Join(numbered(int64(r.ID)), worded(RoomWords, r.Kind),
		counted(int64(r.Rev), r.Posts, r.Slow), short(r.Topic, chat.MaxTopic, "a topic"))
	if err == nil && (r.Kind == RoomWords[chat.Direct]) != (len(r.Direct) > 0) {
		return errors.New("a direct conversation, and nothing else, names its people in direct")
	}
	if err == nil && r.Kind != RoomWords[chat.Direct] {
		err = errors.Join(named(r.Name, "a room has a name"), short(r.Name, chat.MaxName, "the name of a room"))
	}
	return err
}

func (m *Membership) valid() error {
	err := errors.Join(worded(MembershipWords, m.Role), counted(int64(m.Rev), m.Read, m.Erased, int64(m.Star)))
	if m.Level != "" {
		err = errors.Join(err, worded(LevelWords, m.Level))
	}
	return err
}

// valid has what is shown parsed, so that no page meets what it cannot read. What
// came without a parsed text gets one, in which nobody is mentioned.
func (m *Message) valid() error {
	err := errors.Join(numbered(int64(m.ID)), worded(MessageWords, m.Kind), counted(int64(m.Rev), int64(m.Born), m.Posts), m.sized())
	if err != nil || m.Deleted != nil {
		return err
	}
	if err := m.validReactions(); err != nil {
		return err
	}
	if m.ReplyTo >= m.ID {
		return errors.New("a message answers one that has a lower id")
	}
	if m.Kind != MessageWords[chat.MessagePosted] {
		return errors.Join(small(m.Text, maxEvent, "an event"), parsed[chat.SystemMessage](m.Text, "chat.SystemMessage"))
	}
	if len(m.Text) == 0 { // of another program
		text, err := chat.ParseText(m.Body)
		if err != nil {
			return err
		}
		if m.Text, err = json.Marshal(text); err != nil {
			return err
		}
	}
	for _, v := range m.Versions {
		if err := parsedText(v.Text); err != nil {
			return err
		}
	}
	if most := perByte*len(m.Body) + spareText; len(m.Text) > most {
		return fmt.Errorf("the text has more than the %d bytes that parsing such a body makes", most)
	}
	if len(m.Program) > 0 {
		if err := m.validProgram(); err != nil {
			return err
		}
	}
	if len(m.Previews) > 0 {
		if err := m.validPreviews(); err != nil {
			return err
		}
	}
	return parsedText(m.Text)
}

// validReactions says what is wrong with the reactions to a message.
func (m *Message) validReactions() error {
	var reactions []chat.Reaction
	if len(m.Reactions) > 0 && json.Unmarshal(m.Reactions, &reactions) != nil {
		return errors.New("the reactions are not a list as chat.Reaction has it")
	}
	for _, r := range reactions {
		if !reaction(r.Emoji) {
			return fmt.Errorf("the reaction %q is no emoji", r.Emoji)
		}
		if len(r.By) == 0 {
			return fmt.Errorf("the reaction %s is nobody's", r.Emoji)
		}
	}
	return nil
}

// validProgram says what is wrong with how a program says a message.
func (m *Message) validProgram() error {
	if err := parsed[chat.Program](m.Program, "chat.Program"); err != nil {
		return err
	}
	var p chat.Program
	if err := json.Unmarshal(m.Program, &p); err != nil {
		return err
	}
	return p.Check()
}

// validPreviews says what is wrong with what the links of a message lead to.
func (m *Message) validPreviews() error {
	if err := parsed[[]chat.Preview](m.Previews, "a list of chat.Preview"); err != nil {
		return err
	}
	var list []chat.Preview
	if err := json.Unmarshal(m.Previews, &list); err != nil {
		return err
	}
	if len(list) > chat.MaxPreviews+chat.MaxRemovedPreviews {
		return errors.New("the message has more previews than any has")
	}
	for _, p := range list {
		if !chat.IsWebAddress(p.URL) {
			return fmt.Errorf("a preview leads to %.80q", p.URL)
		}
	}
	return nil
}

// sized bounds what a message brings: pages and searches read it.
func (m *Message) sized() error {
	err := errors.Join(short(m.Body, chat.MaxBody, "a message"), short(m.CID, maxKey, "a cid"),
		small(m.Text, maxText, "the text"), small(m.Reactions, maxText, "the reactions"), small(m.Program, maxText, "how a program says it"),
		small(m.Previews, maxText, "what its links lead to"))
	if len(m.For) > maxPeople || len(m.Mentions) > maxPeople || len(m.Versions) > maxVersions {
		err = errors.Join(err, errors.New("the message has more people or versions than any has"))
	}
	for _, v := range m.Versions {
		err = errors.Join(err, counted(int64(v.Rev)), small(v.Text, maxText, "a version"))
	}
	return err
}

// reaction says whether something is an emoji as reactions have it: a character, or the
// name of one that the workspace has of its own.
func reaction(s string) bool {
	if name := chat.CustomName(s); name != "" {
		parsed, err := chat.ParseEmojiName(name)
		return err == nil && parsed == name
	}
	_, err := chat.ParseReaction(s)
	return err == nil
}

func (i *Invite) valid() error {
	if len(i.Rooms) > chat.MaxGuestRooms {
		return errors.New("an invite leads into too many rooms")
	}
	return errors.Join(counted(i.Uses, i.Used), short(i.Code, maxKey, "the code of an invite"),
		numbered(i.ID), named(i.Code, "an invite has a code"), worded(RoleWords, i.Role))
}

func (o *Origin) valid() error {
	return errors.Join(short(o.Source, maxKey, "the name of a server"), short(o.Key, maxKey, "a name there"),
		numbered(o.ID), named(o.Source, "an origin has a source"), named(o.Key, "an origin has a key"))
}

// What a record may bring at most. These are bounds against malice: what an export of
// any version holds is below them.
const (
	maxNumber   = 1 << 53 // browsers count no further, and the next id must be a number, too
	maxPrefs    = 16 << 10
	maxWidget   = 16 << 10
	perByte     = 24 // bytes of a parsed text for each of the body, beside spareText
	spareText   = 4 << 10
	maxEvent    = 16 << 10
	maxText     = 2 << 20 // of a message as it is parsed, with its 10,000 characters
	maxKey      = 512
	maxPeople   = 100_000
	maxVersions = 10_000
)

func numbered(id int64) error {
	if id < 1 || id > maxNumber {
		return fmt.Errorf("the id must be 1 or more, and not above %d", int64(maxNumber))
	}
	return nil
}

func counted(counts ...int64) error {
	for _, n := range counts {
		if n < 0 || n > maxNumber {
			return fmt.Errorf("%d counts nothing", n)
		}
	}
	return nil
}

func short(s string, most int, what string) error {
	if !utf8.ValidString(s) || utf8.RuneCountInString(s) > most {
		return fmt.Errorf("%s has at most %d characters", what, most)
	}
	return nil
}

func small(b []byte, most int, what string) error {
	if len(b) > most {
		return fmt.Errorf("%s has at most %d bytes", what, most)
	}
	return nil
}

func named(s, otherwise string) error {
	if strings.TrimSpace(s) == "" || !utf8.ValidString(s) || strings.ContainsFunc(s, misleading) {
		return errors.New(otherwise + ", in one line")
	}
	return nil
}

// misleading are characters that no name has: those of another line, and those that
// turn the direction of what follows.
func misleading(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }

func worded(words []string, word string) error {
	if _, ok := Number(words, word); !ok {
		return fmt.Errorf("%q is none of %s", word, strings.Join(words, ", "))
	}
	return nil
}

func parsed[T any](b []byte, what string) error {
	var v T
	if err := json.Unmarshal(b, &v); err != nil {
		return fmt.Errorf("the text is not a JSON object as %s has it", what)
	}
	return nil
}

// maxDepth bounds how deep a parsed text is nested, in braces and brackets: each
// of the levels that a message may have takes a few.
const maxDepth = 8 * chat.MaxNesting

func parsedText(b []byte) error {
	depth, quoted := 0, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > maxDepth {
				return errors.New("the text is nested too deep")
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	var text chat.Text
	if err := json.Unmarshal(b, &text); err != nil {
		return errors.New("the text is not a JSON object as chat.Text has it")
	}
	return text.CheckLinks()
}
