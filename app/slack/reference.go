package slack

import (
	"parley/app/chat"
	"parley/app/slack/mrkdwn"
)

// names are what Slack's ids mean to those who read a conversation; nil: to everybody.
func (in *Import) names(readers *conversation) mrkdwn.Names {
	return mrkdwn.Names{
		Person: func(id string) chat.Person { return in.people[id].Person },
		Group:  func(id string) string { return in.groups[id] },
		Room: func(id string) mrkdwn.Room {
			c := in.rooms[id]
			switch {
			case c == nil:
				return mrkdwn.Room{}
			case c.kind == chat.Open:
				return mrkdwn.Room{ID: c.room, Name: c.name}
			case c.kind == chat.Private && c.knownTo(readers):
				return mrkdwn.Room{Name: c.name}
			}
			return mrkdwn.Room{Hidden: true}
		},
	}
}

// knownTo says whether all who will ever read another conversation are in this
// channel: others may join a room.
func (c *conversation) knownTo(readers *conversation) bool {
	if c == readers || readers == nil || readers.kind != chat.Direct || len(readers.members) == 0 {
		return c == readers
	}
	for id := range readers.members {
		if !c.members[id] {
			return false
		}
	}
	return true
}
