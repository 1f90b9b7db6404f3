package chat

import (
	"context"
	"slices"
	"strings"
	"time"
)

// WebhookID names an address that is told what is said in a room.
type WebhookID int64

// Webhook is the address of another program that is told what is said in a room.
type Webhook struct {
	ID     WebhookID
	Room   RoomID
	Bot    AccountID // who listens, and says what is answered
	Name   string
	URL    string
	Secret string // with which bodies are signed
	Word   string // how messages begin that are told, folded; "": all are
	Failed int    // deliveries in a row that did not arrive
	Made   time.Time
}

// MaxFailed is after how many deliveries in a row that did not arrive a webhook is off.
const MaxFailed = 100

// Off says whether nothing is told any more.
func (w Webhook) Off() bool { return w.Failed >= MaxFailed }

// IsCommand says whether it is asked by a command such as /deploy.
func (w Webhook) IsCommand() bool { return strings.HasPrefix(w.Word, "/") }

// Wants says whether a message is one that is told.
func (w Webhook) Wants(m Message) bool {
	if m.Kind != MessagePosted || m.Deleted || m.Author.Bot {
		return false
	}
	first, _, _ := strings.Cut(strings.TrimSpace(m.Text.Plain()), " ")
	return w.Word == "" || FoldName(first) == w.Word
}

// DeliveryState says what became of a delivery; they are stored, so only ever append.
type DeliveryState uint8

// States of deliveries.
const (
	DeliveryWaits DeliveryState = iota
	DeliveryArrived
	DeliveryGivenUp
	DeliveryRefused // it must not go there, or there is nothing to tell any more
)

// Delivery is one message that is told to one webhook.
type Delivery struct {
	ID      int64
	Webhook WebhookID
	Message MessageID
	State   DeliveryState
	Tries   int
	Next    time.Time // of one that waits
	Status  int       // of the last answer; 0: there was none
	Took    time.Duration
	Note    string // why not
	Made    time.Time
	Answer  MessageID // what was said last in answer to it; 0: nothing
}

// WebhookStore keeps webhooks, and the queue of what they are told.
type WebhookStore interface {
	// AddWebhook keeps one; it is told what is said from then on.
	AddWebhook(ctx context.Context, w Webhook, audit AuditEntry) (WebhookID, error)
	// Webhooks lists those of a room, 0: all, the newest first.
	Webhooks(ctx context.Context, room RoomID) ([]Webhook, error)
	// WebhooksOfBot lists those of a bot, unless it is disabled, the newest first.
	WebhooksOfBot(ctx context.Context, bot AccountID) ([]Webhook, error)
	// Webhook finds one, unless its bot is disabled.
	Webhook(ctx context.Context, id WebhookID) (Webhook, error)
	RemoveWebhook(ctx context.Context, id WebhookID, audit AuditEntry) error
	// QueueDeliveries looks at some of what was said in the webhook's room since it was
	// looked at last, and queues what it wants; more: there is more to look at.
	QueueDeliveries(ctx context.Context, w Webhook, at time.Time) (more bool, err error)
	// QueueDelivery queues a message once more.
	QueueDelivery(ctx context.Context, w WebhookID, m MessageID, at time.Time) error
	// DueDeliveries lists what is to be tried at a time, the longest due first, and a few of
	// each webhook at most.
	DueDeliveries(ctx context.Context, at time.Time, limit int) ([]Delivery, error)
	// SetDelivery stores what became of one; failed counts those in a row.
	SetDelivery(ctx context.Context, d Delivery) error
	// Delivery finds one.
	Delivery(ctx context.Context, id int64) (Delivery, error)
	// UseAnswer counts that one is answered once more, and says how often it was;
	// ErrConflict: it was as often as it may be.
	UseAnswer(ctx context.Context, id int64, most int) (used int, err error)
	// SetAnswer stores which message a delivery was answered with last.
	SetAnswer(ctx context.Context, id int64, m MessageID) error
	// Deliveries lists the last ones of a webhook, the newest first.
	Deliveries(ctx context.Context, w WebhookID, limit int) ([]Delivery, error)
	// ForgetDeliveries removes those that are over and older than a time.
	ForgetDeliveries(ctx context.Context, before time.Time) error
}

// MaxWebhooks is how many a room has.
const MaxWebhooks = 10

// AddWebhook has a bot tell an address what is said in a room, for who may make hooks for
// the room. It ends with the bot, and is silent while the bot may not act or is not in the
// room.
func (c *Chat) AddWebhook(ctx context.Context, who Account, room RoomID, w Webhook) (Webhook, error) {
	w.Room, w.Made, w.Word = room, c.now(), FoldName(strings.TrimSpace(w.Word))
	if len(w.Word) > 100 || strings.ContainsAny(w.Word, " \t\n") {
		return w, Invalid("word", "Write one word, or nothing.")
	}
	if w.IsCommand() && (!commandWord.MatchString(w.Word) || ownCommands[w.Word[1:]]) {
		return w, Invalid("word", "A command is a slash and letters, like /deploy, and none that there is already.")
	}
	l := Link{Text: w.Name, URL: strings.TrimSpace(w.URL)}.cut()
	if w.URL = l.URL; w.URL == "" {
		return w, Invalid("url", "Write an address that begins with https:// or http://.")
	}
	list, err := c.store.Webhooks(ctx, room)
	if err != nil {
		return w, err
	}
	if w.IsCommand() && slices.ContainsFunc(list, func(other Webhook) bool { return other.Word == w.Word }) {
		return w, Invalid("word", "This room has this command already.")
	}
	if len(list) >= MaxWebhooks {
		return w, Invalid("url", "There are 10 for this room; that is as many as go.")
	}
	bot, err := c.CreateHookBot(ctx, who, room, w.Name)
	if err != nil {
		return w, err
	}
	w.Bot = bot.ID
	w.ID, err = c.store.AddWebhook(ctx, w, c.audit(who, AuditAddWebhook, w.Name, "@"+bot.Username))
	return w, err
}

// Webhooks lists those of a room for who is in it, without their secrets.
func (c *Chat) Webhooks(ctx context.Context, who Account, room RoomID) ([]Webhook, error) {
	p, err := c.ReadableRoom(ctx, who, room)
	if err != nil {
		return nil, err
	}
	if !p.IsMember() && !who.Has(ManagePeople) {
		return nil, nil
	}
	list, err := c.store.Webhooks(ctx, room)
	for i := range list {
		list[i].Secret = ""
	}
	return list, err
}

// WebhooksOf lists what a bot listens to in the rooms that the caller is in, too, without
// addresses and secrets.
func (c *Chat) WebhooksOf(ctx context.Context, who Account, bot AccountID) (list []Webhook, err error) {
	common, err := c.store.RoomsInCommon(ctx, who.ID, bot)
	if err != nil {
		return nil, err
	}
	all, err := c.store.WebhooksOfBot(ctx, bot)
	for _, w := range all {
		in := slices.ContainsFunc(common, func(r SidebarRoom) bool { return r.ID == w.Room })
		if in && !w.Off() {
			w.URL, w.Secret = "", ""
			list = append(list, w)
		}
	}
	return list, err
}

// Webhook finds one of a room for who looks after its bot.
func (c *Chat) Webhook(ctx context.Context, who Account, room RoomID, id WebhookID) (Webhook, error) {
	list, err := c.store.Webhooks(ctx, room)
	if err != nil {
		return Webhook{}, err
	}
	for _, w := range list {
		if w.ID == id {
			_, err := c.Bot(ctx, who, w.Bot)
			return w, err
		}
	}
	return Webhook{}, NotFound()
}

// RemoveWebhook ends one: its maker may, and who manages people.
func (c *Chat) RemoveWebhook(ctx context.Context, who Account, room RoomID, id WebhookID) error {
	w, err := c.Webhook(ctx, who, room, id)
	if err != nil {
		return err
	}
	return c.store.RemoveWebhook(ctx, id, c.audit(who, AuditRemoveWebhook, w.Name, ""))
}

// Deliveries lists what a webhook was told last, for who looks after it.
func (c *Chat) Deliveries(ctx context.Context, who Account, room RoomID, id WebhookID) (Webhook, []Delivery, error) {
	w, err := c.Webhook(ctx, who, room, id)
	if err != nil {
		return w, nil, err
	}
	list, err := c.store.Deliveries(ctx, id, 50)
	return w, list, err
}

// SendAgain tells a webhook a message once more.
func (c *Chat) SendAgain(ctx context.Context, who Account, room RoomID, id WebhookID, delivery int64) error {
	w, list, err := c.Deliveries(ctx, who, room, id)
	if err != nil {
		return err
	}
	for _, d := range list {
		if d.ID == delivery {
			return c.store.QueueDelivery(ctx, w.ID, d.Message, c.now())
		}
	}
	return NotFound()
}

// Told is what there is to tell of a delivery: the message as it is now, its room, and the
// bot. ErrGone, ErrNotFound and ErrForbidden: there is nothing to tell, or not to it.
func (c *Chat) Told(ctx context.Context, w Webhook, d Delivery) (m Message, p RoomAccess, bot Account, err error) {
	if bot, err = c.store.Account(ctx, w.Bot); err != nil {
		return m, p, bot, err
	}
	if err := c.CheckHook(ctx, bot, w.Room); err != nil {
		return m, p, bot, err
	}
	m, p, err = c.Message(ctx, bot, d.Message)
	return m, p, bot, err
}
