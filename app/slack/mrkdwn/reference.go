package mrkdwn

import (
	"strings"

	"parley/app/chat"
)

// shown is how somebody, a channel or a call is written.
func (c *conversion) shown(target, label string) string {
	label = Unescape(label)
	id, _, _ := strings.Cut(target[1:], "^")
	switch {
	case target[0] == '!' && id == "subteam":
		_, id, _ = strings.Cut(target, "^")
		return c.group(id, c.labelled(id, label))
	case target[0] == '!' && id == "date":
		_, stamp, _ := strings.Cut(target, "^")
		stamp, _, _ = strings.Cut(stamp, "^")
		return date(node{"timestamp": stamp, "fallback": label})
	}
	label = c.labelled(id, label)
	switch target[0] {
	case '@':
		return c.person(id, label)
	case '#':
		return c.room(id, label)
	}
	switch id {
	case "here":
		return "@here"
	case "channel", "everyone", "group":
		return "@room"
	}
	if label == "" {
		return "<" + id + ">"
	}
	return label // what Slack invents
}

// labelled remembers what an id is called: blocks hold the id alone.
func (c *conversion) labelled(id, label string) string {
	if label != "" {
		c.labels[id] = label
	}
	return c.labels[id]
}

func (c *conversion) person(id, label string) string {
	if c.names.Person != nil {
		if p := c.names.Person(id); p.ID != 0 && p.Username != "" {
			c.People[chat.FoldName(p.Username)] = p.ID
			return "@" + p.Username
		}
	}
	if label == "" {
		label = id
	}
	return "@" + strings.TrimPrefix(label, "@")
}

// hiddenRoom is said of a channel whose name is not for everybody who reads it.
const hiddenRoom = "a private room"

// room is a channel. One that is unknown and was private by its id is not named
// either: Slack named it to its members only.
func (c *conversion) room(id, label string) string {
	var r Room
	if c.names.Room != nil {
		r = c.names.Room(id)
	}
	switch {
	case r.Hidden, r.Name == "" && (strings.HasPrefix(id, "G") || strings.HasPrefix(id, "D")):
		return hiddenRoom
	case r.Name == "" && label == "":
		return "#" + id
	case r.Name == "":
		return "#" + strings.TrimPrefix(label, "#")
	case r.ID != 0:
		c.Rooms[chat.FoldName(r.Name)] = chat.RoomLink{ID: r.ID, Name: r.Name}
	}
	return "#" + r.Name
}

// group is a group of users, whom nobody calls here.
func (c *conversion) group(id, label string) string {
	c.lose("mention of a user group")
	if c.names.Group != nil && label == "" {
		label = c.names.Group(id)
	}
	if label == "" {
		label = id
	}
	return "@" + strings.TrimPrefix(label, "@")
}
