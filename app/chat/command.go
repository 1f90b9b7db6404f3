package chat

import (
	"context"
	"regexp"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// slash is a command at the beginning of a message, and what stands after it. A
// path like /etc/hosts is none.
var slash = regexp.MustCompile(`(?s)^/([a-zA-Z]+)(?:\s+(.*))?$`)

// parseCommand reads the command that a message begins with, in lower case (phones
// write a capital letter first), and what stands after it.
func parseCommand(body string) (name, rest string, ok bool) {
	if first, _, _ := strings.Cut(body, " "); !ascii(first) { // of a keyboard that types wide letters
		body = norm.NFKC.String(first) + body[len(first):]
	}
	m := slash.FindStringSubmatch(body)
	if m == nil {
		return "", "", false
	}
	return strings.ToLower(m[1]), strings.TrimSpace(m[2]), true
}

// RunCommand does what a message orders instead of saying something: /topic and /invite.
// done is false where there is something to say.
func (c *Chat) RunCommand(ctx context.Context, who Account, room RoomID, body string) (done bool, err error) {
	name, rest, ok := parseCommand(body)
	if !ok {
		return false, nil
	}
	switch name {
	case "topic":
		p, err := c.authorize(ctx, who, room, ActionSetTopic)
		if err != nil {
			return true, err
		}
		if rest == "" { // who has not gone on writing wants to delete nothing
			return true, Invalid("body", topicInWords(p.Topic))
		}
		return true, c.updateRoom(ctx, who, p, RoomText{Topic: &rest})
	case "invite":
		return true, c.addMembersNamed(ctx, who, room, strings.Fields(rest))
	}
	return false, nil
}

// expandInRoom is expandCommand in a room that may have commands of its own: what a program
// answers is said as it was typed.
func (c *Chat) expandInRoom(ctx context.Context, room RoomID, body string) (string, error) {
	name, _, ok := parseCommand(body)
	if !ok || ownCommands[name] || room == 0 {
		return expandCommand(body)
	}
	list, err := c.store.Webhooks(ctx, room)
	if err != nil {
		return "", err
	}
	for _, w := range list {
		if w.Word == "/"+name && !w.Off() {
			return body, nil
		}
	}
	return expandCommand(body)
}

// ownCommands are those that no program may have.
var ownCommands = map[string]bool{"me": true, "shrug": true, "topic": true, "invite": true}

// commandWord is the word of a webhook that is a command.
var commandWord = regexp.MustCompile(`^/[a-z]{1,32}$`)

// topicInWords answers who gives no topic.
func topicInWords(topic string) string {
	if topic == "" {
		return "Write the topic after /topic, like /topic Tides and charts."
	}
	return "Write another topic after /topic, or clear it in the settings of the room. Now it is “" + topic + "”."
}

// maxInvited is how many names /invite takes.
const maxInvited = 50

// addMembersNamed brings people into a room by their usernames, with or without @.
func (c *Chat) addMembersNamed(ctx context.Context, who Account, room RoomID, names []string) error {
	if _, err := c.authorize(ctx, who, room, ActionAddMembers); err != nil {
		return err
	}
	switch {
	case len(names) == 0:
		return Invalid("body", "Write whom after /invite, like /invite @mei.")
	case len(names) > maxInvited:
		return Invalid("body", "At most 50 people come in at once.")
	}
	folded := make([]string, len(names))
	for i, name := range names {
		folded[i] = FoldName(TypedName(name))
	}
	accounts, err := c.store.AccountsNamed(ctx, folded)
	if err != nil {
		return err
	}
	var people []AccountID
	for i, name := range folded {
		a, known := accounts[name]
		if !known || a.Disabled {
			return Invalid("body", "Nobody has the username "+names[i]+".")
		}
		people = append(people, a.ID)
	}
	return c.addOthers(ctx, room, people)
}

// expandCommand is what a message says that begins with a command: /me waves is in
// italics, /shrug ends with a gesture. A space before the slash makes it plain text.
func expandCommand(body string) (string, error) {
	name, rest, ok := parseCommand(body)
	if !ok {
		return body, nil
	}
	switch name {
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
		return strings.TrimSpace(rest + ` ¯\_(ツ)_/¯`), nil
	case "topic", "invite":
		return "", Invalid("body", "/"+name+" is for a room that there is already.")
	}
	return "", Invalid("body", "There is no /"+name+". Start with a space to send it as text.")
}
