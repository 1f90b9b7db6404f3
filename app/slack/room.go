package slack

import (
	"context"
	"errors"

	"slices"
	"strings"
	"time"

	"parley/app/archive"
	"parley/app/chat"
	"parley/app/slack/mrkdwn"
)

// addPlace makes the room of a channel, or the conversation.
func (in *Import) addPlace(ctx context.Context, c *conversation) error {
	p := archive.NewRoom{Key: "room " + c.ID, Kind: c.kind, Created: time.Unix(max(c.Created, 1), 0).UTC()}
	if err := in.meet(ctx, c); err != nil {
		return err
	}
	in.gather(c, &p)
	known := in.known[p.Key] != 0
	if c.kind == chat.Direct && !in.among(c, &p) {
		return nil
	}
	if p.Kind != chat.Direct {
		in.describe(c, &p)
	}
	for _, a := range in.people {
		if p.Everyone && !a.Disabled && !a.IsGuest() {
			c.members[a.ID] = true
		}
	}
	r, fresh, err := in.to.AddRoom(ctx, in.source, p)
	if errors.Is(err, chat.ErrGone) {
		in.report.Skip("channel whose room was deleted here", c.title())
		return nil
	}
	if err != nil {
		return err
	}
	c.room, c.name, c.kind = r.ID, r.Name, r.Kind
	count := &in.report.Came
	if known || !fresh {
		count = &in.report.Already
	}
	if r.Kind == chat.Direct {
		count.Conversations++
		return nil
	}
	count.Rooms++
	if !known {
		in.report.Adapt("room", c.Name, r.Name)
	}
	return nil
}

// meet makes accounts for those of a conversation who are in no list, where somebody
// else in it is: without them it would be another conversation.
func (in *Import) meet(ctx context.Context, c *conversation) error {
	known := slices.ContainsFunc(c.Members, func(id string) bool { return in.people[id].ID != 0 })
	if c.kind != chat.Direct || !known || len(in.zip.days[c.folder]) == 0 {
		return nil
	}
	for _, id := range c.Members {
		if in.people[id].ID == 0 {
			if err := in.addStranger(ctx, stranger(id, nil)); err != nil {
				return err
			}
		}
	}
	return nil
}

// gather finds the people of a channel. Who is disabled is only in conversations,
// which are called after their people.
func (in *Import) gather(c *conversation, p *archive.NewRoom) {
	c.members = map[chat.AccountID]bool{}
	for _, id := range c.Members {
		a := in.people[id]
		switch {
		case a.ID == 0:
			in.report.Skip("member who is not in the list of users", c.title())
		case !c.members[a.ID] && (c.kind == chat.Direct || !a.Disabled):
			c.members[a.ID] = true
			p.People = append(p.People, a.ID)
		}
	}
	if owner := in.people[c.Creator].ID; c.members[owner] {
		p.Owner = owner
	}
}

// among decides what becomes of a conversation of so many people: here they have
// two to nine, so what has more is a private room.
func (in *Import) among(c *conversation, p *archive.NewRoom) bool {
	switch n := len(p.People); {
	case n > chat.MaxDirect:
		p.Kind = chat.Private
		c.kind = chat.Private
		return true
	case n == 1 && len(in.zip.days[c.folder]) > 0:
		p.Kind, c.kind, c.Name = chat.Private, chat.Private, "Notes of "+in.name(p.People[0])
		return true
	case n < 2:
		if len(in.zip.days[c.folder]) > 0 {
			in.report.Skip("conversation whose people are not in the list of users", c.ID)
		}
		return false
	}
	return true
}

// addGeneral makes the room that whoever signs up is in, where no channel is it.
func (in *Import) addGeneral(ctx context.Context) error {
	if in.general {
		return nil
	}
	_, _, err := in.to.AddRoom(ctx, in.source, archive.NewRoom{Key: "room of everybody", Name: "general", Everyone: true, Created: in.now})
	return err
}

func (in *Import) name(id chat.AccountID) string {
	for _, a := range in.people {
		if a.ID == id {
			return a.Name
		}
	}
	return ""
}

// describe gives a room its name and topic.
func (in *Import) describe(c *conversation, p *archive.NewRoom) {
	if c.General && p.Kind == chat.Open && !in.general && in.known[p.Key] == 0 {
		p.Everyone, in.general = true, true
	}
	name := []rune(mrkdwn.Unescape(c.Name))
	name = name[:min(len(name), chat.MaxName-8)]
	for _, try := range []string{in.renamed[c.Name], string(name), string(name) + " room", "room " + c.ID} {
		if s, err := chat.ParseRoomName(try); err == nil {
			p.Name = s
			break
		}
	}
	topic := c.Topic.Value
	if strings.TrimSpace(topic) == "" {
		topic = c.Purpose.Value
	}
	p.Topic = in.topic(topic, c)
	if c.Archived {
		in.report.AddNote("Channels that were archived are open here: nobody needs to go there.")
	}
}

// topic is a text in one line for who reads a conversation, cut to what a topic may
// have.
func (in *Import) topic(s string, readers *conversation) string {
	text, err := chat.ParseText(mrkdwn.Convert(mrkdwn.Payload{Text: s}, in.names(readers)).Body)
	if err != nil {
		return ""
	}
	r := []rune(text.Plain())
	t, err := chat.ParseTopic(string(r[:min(len(r), chat.MaxTopic)]))
	if err != nil {
		return ""
	}
	return t
}
