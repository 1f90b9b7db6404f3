package chat

import (
	"context"
	"errors"
	"regexp"
	"strings"
)

// slash is a command at the beginning of a message, and what stands after it. A
// path like /etc/hosts is none.
var slash = regexp.MustCompile(`(?s)^/([a-z]+)(?:\s+(.*))?$`)

// Obey does what a message orders instead of saying something: /topic and /invite.
// done is false where there is something to say.
func (c *Chat) Obey(ctx context.Context, who Account, room RoomID, body string) (done bool, err error) {
	m := slash.FindStringSubmatch(body)
	if m == nil {
		return false, nil
	}
	switch rest := strings.TrimSpace(m[2]); m[1] {
	case "topic":
		p, err := c.may(ctx, who, room, Topic)
		if err != nil {
			return true, err
		}
		return true, c.Retitle(ctx, who, room, p.Name, rest)
	case "invite":
		return true, c.bringNamed(ctx, who, room, strings.Fields(rest))
	}
	return false, nil
}

// bringNamed brings people into a room by their usernames, with or without @.
func (c *Chat) bringNamed(ctx context.Context, who Account, room RoomID, names []string) error {
	if _, err := c.may(ctx, who, room, Add); err != nil {
		return err
	}
	if len(names) == 0 {
		return Invalid("body", "Write whom after /invite, like /invite @mei.")
	}
	var people []AccountID
	for _, name := range names {
		a, err := c.store.AccountNamed(ctx, strings.TrimPrefix(name, "@"))
		if errors.Is(err, ErrNotFound) || err == nil && a.Disabled {
			return Invalid("body", "Nobody has the username "+name+".")
		}
		if err != nil {
			return err
		}
		people = append(people, a.ID)
	}
	return c.Add(ctx, who, room, people)
}

// spoken is what a message says that begins with a command: /me waves is in
// italics, /shrug ends with a gesture. A space before the slash makes it plain text.
func spoken(body string) (string, error) {
	m := slash.FindStringSubmatch(body)
	if m == nil {
		return body, nil
	}
	rest := strings.TrimSpace(m[2])
	switch m[1] {
	case "me":
		if rest == "" {
			return "", Invalid("body", "Write what you do after /me, like /me waves.")
		}
		line, more, _ := strings.Cut(rest, "\n")
		mark := "_"
		if strings.Contains(line, mark) {
			mark = "*"
		}
		return strings.TrimSpace(mark + strings.TrimSpace(line) + mark + "\n" + more), nil
	case "shrug":
		return strings.TrimSpace(rest + ` ¯\\_(ツ)_/¯`), nil
	case "topic", "invite":
		return "", Invalid("body", "/"+m[1]+" is for a room that there is already.")
	}
	return "", Invalid("body", "There is no /"+m[1]+". Start with a space to send it as text.")
}
