package db

import (
	"context"
	"time"

	"parley/app/chat"
)

const webhookColumns = "w.id, w.room_id, w.bot_id, w.name, w.url, w.secret, w.word, w.failed, w.made_at"

func scanWebhook(r Scanner) (w chat.Webhook, err error) {
	var made int64
	err = r.Scan(&w.ID, &w.Room, &w.Bot, &w.Name, &w.URL, &w.Secret, &w.Word, &w.Failed, &made)
	w.Made = FromMillis(made)
	return w, err
}

// AddWebhook implements chat.WebhookStore.
func (d *Store) AddWebhook(ctx context.Context, w chat.Webhook, audit chat.AuditEntry) (id chat.WebhookID, err error) {
	err = d.changeAudited(ctx, audit, func(t *Tx) error {
		return t.One(`INSERT INTO webhooks (room_id, bot_id, name, url, secret, word, seen, made_at)
			VALUES (?, ?, ?, ?, ?, ?, coalesce((SELECT last_id FROM rooms WHERE id = ?), 0), ?) RETURNING id`,
			[]any{w.Room, w.Bot, w.Name, w.URL, w.Secret, w.Word, w.Room, ToMillis(w.Made)}, &id)
	})
	return id, err
}

// webhooksOfLive are the webhooks of bots that are not disabled.
const webhooksOfLive = "SELECT " + webhookColumns + " FROM webhooks w JOIN accounts a ON a.id = w.bot_id WHERE a.disabled_at IS NULL AND "

// Webhooks implements chat.WebhookStore.
func (d *Store) Webhooks(ctx context.Context, room chat.RoomID) ([]chat.Webhook, error) {
	return All(ctx, d, scanWebhook, webhooksOfLive+"(CAST(?1 AS BIGINT) = 0 OR w.room_id = ?1) ORDER BY w.id DESC", room)
}

// WebhooksOfBot implements chat.WebhookStore.
func (d *Store) WebhooksOfBot(ctx context.Context, bot chat.AccountID) ([]chat.Webhook, error) {
	return All(ctx, d, scanWebhook, webhooksOfLive+"w.bot_id = ? ORDER BY w.id DESC", bot)
}

// Webhook implements chat.WebhookStore.
func (d *Store) Webhook(ctx context.Context, id chat.WebhookID) (chat.Webhook, error) {
	return oneRow(ctx, d, scanWebhook, webhooksOfLive+"w.id = ?", id)
}

// RemoveWebhook implements chat.WebhookStore.
func (d *Store) RemoveWebhook(ctx context.Context, id chat.WebhookID, audit chat.AuditEntry) error {
	return d.changeAudited(ctx, audit, func(t *Tx) error { return t.Exec("DELETE FROM webhooks WHERE id = ?", id) })
}

const (
	// queuedAtOnce is how many messages one change of QueueDeliveries looks at.
	queuedAtOnce = 100
	// maxWaiting is how many deliveries of one webhook wait at most, and some of the next
	// queuedAtOnce: where nobody listens, the rest stays in the room until somebody does.
	maxWaiting = 200
)

// QueueDeliveries implements chat.WebhookStore.
func (d *Store) QueueDeliveries(ctx context.Context, w chat.Webhook, at time.Time) (more bool, err error) {
	var newest, seen chat.MessageID
	if err := d.One(ctx, "SELECT r.last_id, w.seen FROM webhooks w JOIN rooms r ON r.id = w.room_id WHERE w.id = ?", []any{w.ID}, &newest,
		&seen); err != nil || newest <= seen {
		return false, err
	}
	var full bool
	if err := d.One(ctx, "SELECT EXISTS (SELECT 1 FROM deliveries WHERE webhook_id = ? AND state = 0 LIMIT 1 OFFSET ?)",
		[]any{w.ID, maxWaiting}, &full); err != nil || full {
		return false, err
	}
	err = d.change(ctx, func(t *Tx) error {
		if err := t.One("SELECT seen, failed FROM webhooks WHERE id = ? {lock}", []any{w.ID}, &seen, &w.Failed); err != nil {
			return err
		}
		said, err := List(t, scanMessage, messageQuery+"WHERE m.room_id = ? AND m.id > ? ORDER BY m.id LIMIT ?", w.Room, seen, queuedAtOnce)
		if more = len(said) == queuedAtOnce; err != nil || len(said) == 0 {
			return err
		}
		for _, m := range said {
			if w.Wants(m) && !w.Off() {
				if err := queueDelivery(t, w.ID, m.ID, at); err != nil {
					return err
				}
			}
		}
		return t.Exec("UPDATE webhooks SET seen = ? WHERE id = ?", said[len(said)-1].ID, w.ID)
	})
	return more, err
}

func queueDelivery(t *Tx, w chat.WebhookID, m chat.MessageID, at time.Time) error {
	return t.Exec("INSERT INTO deliveries (webhook_id, message_id, next_at, made_at) VALUES (?, ?, ?, ?)", w, m, ToMillis(at), ToMillis(at))
}

// QueueDelivery implements chat.WebhookStore.
func (d *Store) QueueDelivery(ctx context.Context, w chat.WebhookID, m chat.MessageID, at time.Time) error {
	return d.change(ctx, func(t *Tx) error {
		if err := t.Exec("UPDATE webhooks SET failed = 0 WHERE id = ?", w); err != nil {
			return err
		}
		return queueDelivery(t, w, m, at)
	})
}

const deliveryColumns = "id, webhook_id, message_id, state, tries, next_at, status, took, note, made_at, answer_id"

func scanDelivery(r Scanner) (v chat.Delivery, err error) {
	var next, took, made int64
	err = r.Scan(&v.ID, &v.Webhook, &v.Message, &v.State, &v.Tries, &next, &v.Status, &took, &v.Note, &made, &v.Answer)
	v.Next, v.Took, v.Made = FromMillis(next), time.Duration(took)*time.Millisecond, FromMillis(made)
	return v, err
}

// dueOfEach is how many deliveries of one webhook are due at once: one with very many, or
// a slow one, leaves the others their turn.
const dueOfEach = 4

// DueDeliveries implements chat.WebhookStore.
func (d *Store) DueDeliveries(ctx context.Context, at time.Time, limit int) ([]chat.Delivery, error) {
	return All(ctx, d, scanDelivery,
		"SELECT "+deliveryColumns+` FROM (SELECT *, row_number() OVER (PARTITION BY webhook_id ORDER BY next_at, id) AS turn
		FROM deliveries WHERE state = 0 AND next_at <= ?) AS due WHERE turn <= ? ORDER BY next_at, id LIMIT ?`, ToMillis(at), dueOfEach, limit)
}

// SetDelivery implements chat.WebhookStore.
func (d *Store) SetDelivery(ctx context.Context, v chat.Delivery) error {
	return d.change(ctx, func(t *Tx) error {
		if err := t.Exec("UPDATE deliveries SET state = ?, tries = ?, next_at = ?, status = ?, took = ?, note = ? WHERE id = ?",
			int(v.State), v.Tries, ToMillis(v.Next), v.Status, v.Took.Milliseconds(), v.Note, v.ID); err != nil {
			return err
		}
		switch v.State {
		case chat.DeliveryArrived:
			return t.Exec("UPDATE webhooks SET failed = 0 WHERE id = ? AND failed > 0", v.Webhook)
		case chat.DeliveryGivenUp:
			return t.Exec("UPDATE webhooks SET failed = failed + 1 WHERE id = ?", v.Webhook)
		}
		return nil
	})
}

// Delivery implements chat.WebhookStore.
func (d *Store) Delivery(ctx context.Context, id int64) (chat.Delivery, error) {
	return oneRow(ctx, d, scanDelivery, "SELECT "+deliveryColumns+" FROM deliveries WHERE id = ?", id)
}

// UseAnswer implements chat.WebhookStore.
func (d *Store) UseAnswer(ctx context.Context, id int64, most int) (used int, err error) {
	err = d.change(ctx, func(t *Tx) error {
		n, err := t.Affect("UPDATE deliveries SET answers = answers + 1 WHERE id = ? AND answers < ?", id, most)
		if err == nil && n == 0 {
			err = chat.ErrConflict
		}
		if err != nil {
			return err
		}
		return t.One("SELECT answers FROM deliveries WHERE id = ?", []any{id}, &used)
	})
	return used, err
}

// SetAnswer implements chat.WebhookStore.
func (d *Store) SetAnswer(ctx context.Context, id int64, m chat.MessageID) error {
	return d.change(ctx, func(t *Tx) error { return t.Exec("UPDATE deliveries SET answer_id = ? WHERE id = ?", m, id) })
}

// Deliveries implements chat.WebhookStore.
func (d *Store) Deliveries(ctx context.Context, w chat.WebhookID, limit int) ([]chat.Delivery, error) {
	return All(ctx, d, scanDelivery, "SELECT "+deliveryColumns+" FROM deliveries WHERE webhook_id = ? ORDER BY id DESC LIMIT ?", w, limit)
}

// ForgetDeliveries implements chat.WebhookStore.
func (d *Store) ForgetDeliveries(ctx context.Context, before time.Time) error {
	return d.change(ctx, func(t *Tx) error {
		return t.Exec("DELETE FROM deliveries WHERE state <> 0 AND made_at < ?", ToMillis(before))
	})
}
