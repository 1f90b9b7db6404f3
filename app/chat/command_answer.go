package chat

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
	"time"
)

const (
	// AnswerLife is how long a program may answer a command at the address that it got
	// with it.
	AnswerLife = 30 * time.Minute
	// MaxAnswers is how often it may.
	MaxAnswers = 5
)

// CommandAnswer is what a program answers to a command.
type CommandAnswer struct {
	Draft
	InRoom  bool // else it is for who gave the command alone
	Replace bool // the answer before is changed
	Delete  bool // the answer before goes, and nothing is said
}

// AnswerCode is the part of an address that lets a program answer a command until a time:
// "SECONDS-HEX", of which HEX is made with the secret of the webhook. Nothing of it is
// stored, and it ends with the webhook.
func AnswerCode(w Webhook, delivery int64, until time.Time) string {
	seconds := strconv.FormatInt(until.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(w.Secret))
	mac.Write([]byte("answer " + strconv.FormatInt(delivery, 10) + " " + seconds))
	return seconds + "-" + hex.EncodeToString(mac.Sum(nil)[:20])
}

// AnswerCommand says what a program answers at the address that it got with a command.
// ErrNotFound: there is no such address, or the command, its bot or the right of its maker
// to have bots has ended; ErrGone: its time is over, or it was used MaxAnswers times.
func (c *Chat) AnswerCommand(ctx context.Context, delivery int64, code string, a CommandAnswer) error {
	d, err := c.store.Delivery(ctx, delivery)
	if err != nil {
		return err
	}
	w, err := c.store.Webhook(ctx, d.Webhook)
	if err != nil {
		return err
	}
	if w.Off() {
		return NotFound()
	}
	seconds, _, _ := strings.Cut(code, "-")
	n, err := strconv.ParseInt(seconds, 10, 64)
	until := time.Unix(n, 0)
	if err != nil || !w.IsCommand() || !hmac.Equal([]byte(code), []byte(AnswerCode(w, delivery, until))) {
		return NotFound()
	}
	if c.now().After(until) {
		return gone(0, "This address was good for 30 minutes after the command.")
	}
	_, _, _, err = c.Told(ctx, w, d)
	if e, refused := AsError(err); refused && e.Kind != KindBusy {
		return NotFound() // the bot may not act, or is not in the room
	}
	if err != nil {
		return err
	}
	used, err := c.store.UseAnswer(ctx, delivery, MaxAnswers)
	if errors.Is(err, ErrConflict) {
		return gone(0, "This address was used 5 times, and that is as often as it goes.")
	}
	if err != nil {
		return err
	}
	a.CID = "answer-" + strconv.FormatInt(delivery, 10) + "-" + strconv.Itoa(used)
	return c.SayAnswer(ctx, w, d, a)
}

// SayAnswer has the bot of a webhook say what was answered, below what it answers; what is
// for one alone is said in private.
func (c *Chat) SayAnswer(ctx context.Context, w Webhook, d Delivery, a CommandAnswer) error {
	m, p, bot, err := c.Told(ctx, w, d)
	if err != nil {
		return err
	}
	if a.Replace || a.Delete {
		before, err := c.answerBefore(ctx, bot, d.ID)
		switch {
		case err == nil && a.Delete:
			_, err = c.DeleteMessage(ctx, bot, before.ID)
			return err
		case err == nil:
			_, err = c.Edit(ctx, bot, before.ID, a.Draft)
			return err
		case !errors.Is(err, ErrNotFound) && !errors.Is(err, ErrGone):
			return err
		case a.Delete:
			return nil // there is nothing that could go
		}
	}
	var said Message
	if w.IsCommand() && !a.InRoom {
		said, err = c.PostDirect(ctx, bot, []AccountID{m.Author.ID}, a.Draft)
	} else {
		a.ReplyTo = d.Message
		said, err = c.PostMessage(ctx, bot, p.ID, a.Draft)
	}
	if err != nil {
		return err
	}
	return c.store.SetAnswer(ctx, d.ID, said.ID)
}

// answerBefore is what a bot said last in answer to a delivery, if it still is there.
func (c *Chat) answerBefore(ctx context.Context, bot Account, delivery int64) (Message, error) {
	d, err := c.store.Delivery(ctx, delivery)
	if err != nil {
		return Message{}, err
	}
	if d.Answer == 0 {
		return Message{}, NotFound()
	}
	m, _, err := c.Editable(ctx, bot, d.Answer)
	return m, err
}
