package chat

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	// MaxQuote is how many characters of a message a line of it shows.
	MaxQuote = 90
	// MaxAncestors and MaxReplies are how much of a conversation is shown at once, and
	// MaxThreadBytes of stored text: one reply is shown however long it is.
	MaxAncestors   = 50
	MaxReplies     = 50
	MaxThreadBytes = 96 << 10
	// MaxConversation is how many replies can be paged through.
	MaxConversation = 10_000
	// AnswersNothing refuses a reply to what was deleted.
	AnswersNothing = "The message that this answers was deleted. Send it without the reply."
)

// ThreadSpan is a page of the conversation around a message: at most Up of what it answers,
// at most Down of the replies after one of them (0: from the first on), and as many of both
// as stay within about so many bytes of stored text.
type ThreadSpan struct {
	After           MessageID
	Up, Down, Bytes int
}

// Quote is one line of the message that another one answers; the zero Quote is
// none. It is always of the same room.
type Quote struct {
	ID      MessageID
	By      string // display name of its author
	Text    string
	Deleted bool
}

// NewQuote cuts a message to one line.
func NewQuote(id MessageID, by string, text Text, files []File) Quote {
	return Quote{ID: id, By: by, Text: Truncate(Message{Text: text, Files: files}.Line(), MaxQuote)}
}

// Truncate shortens a line to n characters, with an ellipsis for what is left out.
func Truncate(line string, n int) string {
	if utf8.RuneCountInString(line) > n {
		line = strings.TrimRight(string([]rune(line)[:n-1]), " ") + "…"
	}
	return line
}

// QuoteOf is the line that replies to a message show of it.
func QuoteOf(m Message) Quote {
	if m.Deleted {
		return Quote{ID: m.ID, Deleted: true}
	}
	return NewQuote(m.ID, m.Author.Name, m.Text, m.Files)
}

// replyTarget finds the message that a draft answers, in the same room.
func (c *Chat) replyTarget(ctx context.Context, room RoomID, d Draft) (Message, error) {
	if d.ReplyTo == 0 {
		return Message{}, nil
	}
	m, err := c.store.Message(ctx, d.ReplyTo)
	switch {
	case err != nil:
		return m, err
	case m.Room != room || m.Kind != MessagePosted:
		return m, NotFound()
	case m.Deleted:
		return m, gone(room, AnswersNothing)
	}
	return m, nil
}

// setReply makes a message one that answers another: its author is told, if still in
// the room and not the one who answers.
func (c *Chat) setReply(ctx context.Context, n *NewMessage, answered Message) error {
	n.Quote = QuoteOf(answered)
	who := answered.Author.ID
	if who == n.Author.ID || slices.Contains(n.For, who) {
		return nil
	}
	_, m, err := c.store.RoomFor(ctx, n.Room, who)
	if err == nil && m != nil {
		n.For = append(n.For, who)
	}
	return err
}

// Quoted finds the line of a message of a room that somebody is about to answer.
func (c *Chat) Quoted(ctx context.Context, who Account, room RoomID, id MessageID) (Quote, error) {
	m, _, err := c.authorizeMessage(ctx, who, id, ActionPost)
	if err == nil && m.Room != room {
		err = NotFound()
	}
	return QuoteOf(m), err
}
