package chat

import (
	"context"
	"strings"
)

// CommandHint is a command that a message of a room may begin with.
type CommandHint struct {
	Word string // with its slash
	Says string // what it does, in a few words; "" of one that a program answers
	Name string // of that program; "": it is Parley's own
}

// CommandHints lists the commands that the caller can give in a room and that begin as he
// wrote, without the slash: Parley's own, then those that programs answer there.
func (c *Chat) CommandHints(ctx context.Context, who Account, room RoomID, query string) (list []CommandHint, err error) {
	p, err := c.ReadableRoom(ctx, who, room)
	if err == nil {
		err = p.require(ActionPost)
	}
	if err != nil {
		return nil, err
	}
	add := func(h CommandHint) {
		if strings.HasPrefix(h.Word[1:], strings.ToLower(query)) {
			list = append(list, h)
		}
	}
	add(CommandHint{Word: "/me", Says: "say what you do, in italics"})
	if p.Allows(ActionSetTopic) {
		add(CommandHint{Word: "/topic", Says: "set the topic of this room"})
	}
	if p.Allows(ActionAddMembers) {
		add(CommandHint{Word: "/invite", Says: "add people by their usernames"})
	}
	add(CommandHint{Word: "/shrug", Says: `end with ¯\_(ツ)_/¯`})
	if p.Kind == Direct {
		return list, nil
	}
	hooks, err := c.store.Webhooks(ctx, room)
	for i := len(hooks) - 1; i >= 0; i-- { // the oldest first
		if w := hooks[i]; w.IsCommand() && !w.Off() {
			add(CommandHint{Word: w.Word, Name: w.Name})
		}
	}
	return list, err
}
