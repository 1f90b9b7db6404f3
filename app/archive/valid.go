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
	return nil
}

func (a *Account) valid() error {
	prefs := chat.Prefs{}
	if len(a.Prefs) > 0 && json.Unmarshal(a.Prefs, &prefs) != nil {
		return errors.New("the preferences are not a JSON object as chat.Prefs has it")
	}
	return errors.Join(numbered(int64(a.ID)), named(a.Username, "an account has a username"), named(a.Name, "an account has a name"), worded(RoleWords, a.Role))
}

func (r *Room) valid() error {
	err := errors.Join(numbered(int64(r.ID)), worded(RoomWords, r.Kind))
	if err == nil && (r.Kind == RoomWords[chat.Direct]) != (len(r.Direct) > 0) {
		return errors.New("a direct conversation, and nothing else, names its people in direct")
	}
	if err == nil && r.Kind != RoomWords[chat.Direct] {
		err = named(r.Name, "a room has a name")
	}
	return err
}

func (m *Membership) valid() error {
	if m.Level != "" {
		return errors.Join(worded(MembershipWords, m.Role), worded(LevelWords, m.Level))
	}
	return worded(MembershipWords, m.Role)
}

// valid has what is shown parsed, so that no page meets what it cannot read. What
// came without a parsed text gets one, in which nobody is mentioned.
func (m *Message) valid() error {
	if err := errors.Join(numbered(int64(m.ID)), worded(MessageWords, m.Kind)); err != nil || m.Deleted != nil {
		return err
	}
	var reactions []chat.Reaction
	if len(m.Reactions) > 0 && json.Unmarshal(m.Reactions, &reactions) != nil {
		return errors.New("the reactions are not a list as chat.Reaction has it")
	}
	if m.ReplyTo >= m.ID {
		return errors.New("a message answers one that has a lower id")
	}
	if m.Kind != MessageWords[chat.Said] {
		return parsed[chat.Event](m.Text, "chat.Event")
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
	return parsedText(m.Text)
}

func (i *Invite) valid() error {
	return errors.Join(numbered(i.ID), named(i.Code, "an invite has a code"), worded(RoleWords, i.Role))
}

func (o *Origin) valid() error {
	return errors.Join(numbered(o.ID), named(o.Source, "an origin has a source"), named(o.Key, "an origin has a key"))
}

func numbered(id int64) error {
	if id < 1 {
		return errors.New("the id must be 1 or more")
	}
	return nil
}

func named(s, otherwise string) error {
	if strings.TrimSpace(s) == "" || !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) {
		return errors.New(otherwise + ", in one line")
	}
	return nil
}

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
	return parsed[chat.Text](b, "chat.Text")
}
