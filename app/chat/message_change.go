package chat

import (
	"context"
	"slices"
	"strings"
)

const (
	// MaxReactions is how many kinds of emoji a message takes.
	MaxReactions = 100
	// MaxReactionsEach is how many of them one person puts there.
	MaxReactionsEach = 20
	// MaxReactors is how many times people react to one message, all emoji together:
	// who did is stored with it, and read with every page.
	MaxReactors = 5_000
	// MaxVersions is how many earlier versions of a message are kept.
	MaxVersions = 100
	// versionsSize is how many bytes of stored text a page of versions holds; markup
	// makes five times as many of them at most.
	versionsSize = 20 << 10
)

// Message answers with a message, and the place it was said in, for who may read it.
func (c *Chat) Message(ctx context.Context, who Account, id MessageID) (Message, RoomAccess, error) {
	m, p, err := c.authorizeMessage(ctx, who, id, ActionRead)
	if err == nil {
		p, err = c.ReadableRoom(ctx, who, m.Room)
	}
	return m, p, err
}

// authorizeMessage finds a message that somebody wrote, for who may do something to it.
func (c *Chat) authorizeMessage(ctx context.Context, who Account, id MessageID, a Action) (Message, RoomAccess, error) {
	m, err := c.store.Message(ctx, id)
	if err != nil {
		return Message{}, RoomAccess{}, err
	}
	p, err := c.authorize(ctx, who, m.Room, a)
	switch {
	case err != nil:
		return Message{}, RoomAccess{}, err
	case m.Kind != MessagePosted:
		return Message{}, RoomAccess{}, NotFound()
	case m.Deleted:
		return m, p, gone(m.Room, "This message was deleted.")
	}
	return m, p, nil
}

// versions lists what a message said before it was edited, the newest first: a page
// of those before a rev, 0 for the newest. older is where the next page begins, 0
// when there is none.
func (c *Chat) versions(ctx context.Context, id MessageID, before Rev) (list []Version, older Rev, err error) {
	list, more, err := c.store.Versions(ctx, id, before, MaxVersions, versionsSize)
	if more && len(list) > 0 {
		older = list[len(list)-1].Rev
	}
	return list, older, err
}

// Editable finds a message for who may change what it says.
func (c *Chat) Editable(ctx context.Context, who Account, id MessageID) (Message, RoomAccess, error) {
	m, p, err := c.authorizeMessage(ctx, who, id, ActionEdit)
	if err == nil && m.Author.ID != who.ID {
		err = Forbidden("Only who wrote a message can change it.")
	}
	return m, p, err
}

// EditMessage changes what one said oneself. The same body again changes nothing.
func (c *Chat) EditMessage(ctx context.Context, who Account, id MessageID, body string) (Message, error) {
	return c.Edit(ctx, who, id, Draft{Body: body})
}

// Edit is EditMessage with the body, the public address, and how a bot says it, of a draft.
func (c *Chat) Edit(ctx context.Context, who Account, id MessageID, d Draft) (Message, error) {
	m, _, err := c.Editable(ctx, who, id)
	body := d.Body
	if err != nil {
		return m, err
	}
	n := NewMessage{Room: m.Room, Author: m.Author, Body: TidyBody(body), At: c.now()}
	linked, err := c.store.RoomLinks(ctx, id)
	if err != nil {
		return m, err
	}
	if n.Text, err = c.parseLinked(ctx, who, body, m.Files, linked); err != nil || n.Body == m.Body && d.Program == nil {
		return m, err
	}
	if d.Program != nil && who.IsBot() {
		if n.Program, err = d.Program.parse(); err != nil {
			return m, err
		}
	}
	if err := c.Limits.Take(LimitEdits, who.ID.key()); err != nil {
		return m, err
	}
	names, err := c.customEmoji(ctx, n.Body)
	if err != nil {
		return m, err
	}
	n.Text.linkEmoji(names)
	if err := c.setPreviews(ctx, who, &n, m.Previews, d.Host); err != nil {
		return m, err
	}
	if err := c.resolveMentions(ctx, who, &n, n.recall(m)); err != nil {
		return m, err
	}
	if m.Quote.ID != 0 { // it still answers who it answered
		answered, err := c.store.Message(ctx, m.Quote.ID)
		if err != nil {
			return m, err
		}
		if err := c.setReply(ctx, &n, answered); err != nil {
			return m, err
		}
	}
	if m, err = c.store.SetBody(ctx, id, n); err != nil {
		return m, err
	}
	c.bus.Publish(RoomChanged{Room: m.Room, Rev: m.Rev})
	return m, nil
}

// React puts an emoji of the caller, or its short name as in :tada:, to a message,
// or takes it away; nil turns it over. Saying the same twice changes nothing.
func (c *Chat) React(ctx context.Context, who Account, id MessageID, emoji string, on *bool) (Message, error) {
	m, _, err := c.authorizeMessage(ctx, who, id, ActionReact)
	if err != nil {
		return m, err
	}
	names, err := c.customEmoji(ctx, emoji)
	if err != nil {
		return m, err
	}
	if emoji = strings.TrimSpace(emoji); !names[CustomName(emoji)] && !hasReaction(m, emoji) {
		if emoji, err = ParseReaction(emoji); err != nil {
			return m, err
		}
	}
	if err := c.Limits.Take(LimitEdits, who.ID.key()); err != nil {
		return m, err
	}
	was := m.Rev
	m, err = c.store.SetReactions(ctx, id, func(all []Reaction) ([]Reaction, error) { return react(all, who.Person, emoji, on) })
	if err == nil && m.Rev != was {
		c.bus.Publish(RoomChanged{Room: m.Room, Rev: m.Rev})
	}
	return m, err
}

// hasReaction says whether an emoji is at a message; one of the workspace's may have been
// removed, and can still be taken away.
func hasReaction(m Message, emoji string) bool {
	return slices.ContainsFunc(m.Reactions, func(r Reaction) bool { return r.Emoji == emoji })
}

// react works out what reactions become.
func react(all []Reaction, who Person, emoji string, on *bool) ([]Reaction, error) {
	mine := func(p Person) bool { return p.ID == who.ID }
	at, kinds, reactors := -1, 0, 0
	for i, r := range all {
		reactors += len(r.By)
		if r.Emoji == emoji || canonical(r.Emoji) == emoji {
			at = i
		}
		if slices.ContainsFunc(r.By, mine) {
			kinds++
		}
	}
	has := at >= 0 && slices.ContainsFunc(all[at].By, mine)
	want := !has
	if on != nil {
		want = *on
	}
	switch {
	case want == has:
		return all, nil
	case !want:
		all[at].By = slices.DeleteFunc(all[at].By, mine)
		if len(all[at].By) == 0 {
			return slices.Delete(all, at, at+1), nil
		}
		return all, nil
	case reactors >= MaxReactors:
		return all, Invalid("e", "People have reacted to this message 5,000 times; that is as often as goes.")
	case kinds >= MaxReactionsEach:
		return all, Invalid("e", "You have put 20 different emoji to this message; that is as many as go.")
	case at < 0 && len(all) >= MaxReactions:
		return all, Invalid("e", "There are 100 different emoji at this message; that is as many as go.")
	case at < 0:
		return append(all, Reaction{Emoji: emoji, By: []Person{{ID: who.ID, Name: who.Name}}}), nil
	}
	all[at].By = append(all[at].By, Person{ID: who.ID, Name: who.Name})
	return all, nil
}
