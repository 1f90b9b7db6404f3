package hooks

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"time"

	"parley/app/chat"
	"parley/app/job"
)

const (
	tries       = 5 // of a delivery
	atOnce      = 4 // deliveries that are under way
	lookAgain   = 5 * time.Second
	lookApart   = 100 * time.Millisecond // from one look to the next, however much is said
	rememberFor = 14 * 24 * time.Hour    // deliveries that are over
	// Signature is the header that has the time and the signature of a body.
	Signature = "X-Parley-Signature"
)

// pauses are between the tries of a delivery.
var pauses = [tries - 1]time.Duration{10 * time.Second, time.Minute, 10 * time.Minute, time.Hour}

// Sender tells webhooks what is said, and says what they answer. The queue is in the
// store: it goes on where it was after a crash. A delivery may come twice, with the same
// X-Parley-Delivery, when the process ends between the sending and the noting of it: told
// twice is better than not.
type Sender struct {
	Rules *chat.Chat
	Store chat.WebhookStore
	Log   *slog.Logger
	Host  func() string // the public address, without a slash at its end
	HTML  func(chat.Message) string
	Turn  func(context.Context) bool // whether this node is the one that sends; nil: it is

	client *http.Client
	loop   *job.Loop
}

// NewSender makes one that sends through an egress.
func NewSender(s Sender, e Egress) *Sender {
	s.client, s.loop = e.Client(), job.New(lookAgain, lookApart)
	return &s
}

// Wake has it look at once whether there is something to tell.
func (s *Sender) Wake() { s.loop.Wake() }

// Run sends until ctx ends.
func (s *Sender) Run(ctx context.Context) {
	forgot := time.Time{}
	s.loop.Run(ctx, s.Turn, func(ctx context.Context) {
		if err := s.round(ctx); err != nil && ctx.Err() == nil {
			s.Log.Warn("webhooks were not told", "error", err)
		}
		now := time.Now()
		if now.Sub(forgot) <= time.Hour {
			return
		}
		forgot = now
		if err := s.Store.ForgetDeliveries(ctx, now.Add(-rememberFor)); err != nil && ctx.Err() == nil {
			s.Log.Warn("old deliveries were not removed", "error", err)
		}
	})
}

// round queues what there is to tell, and tries what is due.
func (s *Sender) round(ctx context.Context) error {
	list, err := s.Store.Webhooks(ctx, 0)
	if err != nil || len(list) == 0 {
		return err
	}
	byID := map[chat.WebhookID]chat.Webhook{}
	for _, w := range list {
		byID[w.ID] = w
		for more := true; more; {
			if more, err = s.Store.QueueDeliveries(ctx, w, time.Now()); err != nil {
				return err
			}
		}
	}
	for {
		due, err := s.Store.DueDeliveries(ctx, time.Now(), 4*atOnce)
		if err != nil || len(due) == 0 {
			return err
		}
		s.deliverAll(ctx, byID, due)
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

// deliverAll tries deliveries: those of one webhook one after the other, so that it is told
// in the order in which things were said.
func (s *Sender) deliverAll(ctx context.Context, byID map[chat.WebhookID]chat.Webhook, due []chat.Delivery) {
	of := map[chat.WebhookID][]chat.Delivery{}
	for _, d := range due {
		of[d.Webhook] = append(of[d.Webhook], d)
	}
	var all sync.WaitGroup
	slots := make(chan struct{}, atOnce)
	for id, list := range of {
		slots <- struct{}{}
		all.Go(func() {
			defer func() { <-slots }()
			for _, d := range list {
				s.deliver(ctx, byID[id], d)
			}
		})
	}
	all.Wait()
}

// deliver tries one delivery and notes what became of it.
func (s *Sender) deliver(ctx context.Context, w chat.Webhook, d chat.Delivery) {
	began := time.Now()
	d.Tries++
	answer, err := s.tell(ctx, w, &d)
	if ctx.Err() != nil {
		return // it is tried again
	}
	d.Took, d.Note = time.Since(began), ""
	_, refused := chat.AsError(err)
	switch {
	case err == nil:
		d.State = chat.DeliveryArrived
	case errors.Is(err, ErrInside), refused && !errors.Is(err, chat.ErrBusy):
		d.State, d.Note = chat.DeliveryRefused, reason(err)
	case d.Tries >= tries:
		d.State, d.Note = chat.DeliveryGivenUp, reason(err)
	default:
		d.Next, d.Note = time.Now().Add(pauses[d.Tries-1]), reason(err)
	}
	if err := s.Store.SetDelivery(ctx, d); err != nil {
		s.Log.Warn("a delivery was not noted", "webhook", w.ID, "error", err)
		return
	}
	if answer.Body != "" {
		s.say(ctx, w, d, answer)
	}
}

// reason says why a delivery did not arrive, without addresses.
func reason(err error) string {
	var deep error = err
	for next := errors.Unwrap(deep); next != nil; next = errors.Unwrap(deep) {
		deep = next
	}
	if errors.Is(err, ErrInside) {
		deep = ErrInside
	}
	if errors.Is(err, context.DeadlineExceeded) {
		deep = errors.New("there was no answer in 5 seconds")
	}
	return deep.Error()
}

// told is what a webhook is sent.
type told struct {
	Event   string      `json:"event"` // message
	User    toldUser    `json:"user"`
	Room    toldRoom    `json:"room"`
	Message toldMessage `json:"message"`
}

type toldUser struct {
	ID       chat.AccountID `json:"id"`
	Username string         `json:"username"`
	Name     string         `json:"name"`
}

type toldRoom struct {
	ID   chat.RoomID `json:"id"`
	Name string      `json:"name"`
	URL  string      `json:"url"`
}

type toldMessage struct {
	ID   chat.MessageID `json:"id"`
	At   time.Time      `json:"at"`
	URL  string         `json:"url"`
	Body struct {
		Typed string `json:"typed"`
		Plain string `json:"plain"`
		HTML  string `json:"html"`
	} `json:"body"`
}

// tell sends one delivery; answer is what the other program wants to say.
func (s *Sender) tell(ctx context.Context, w chat.Webhook, d *chat.Delivery) (answer Incoming, err error) {
	if w.ID == 0 {
		return answer, chat.NotFound()
	}
	m, p, _, err := s.Rules.Told(ctx, w, *d)
	if err != nil {
		return answer, err
	}
	at := s.Host() + "/rooms/" + strconv.FormatInt(int64(p.ID), 10)
	v := told{Event: "message", User: toldUser{m.Author.ID, m.Author.Username, m.Author.Name}, Room: toldRoom{p.ID, p.Name, at},
		Message: toldMessage{ID: m.ID, At: m.At, URL: at + "/@" + strconv.FormatInt(int64(m.ID), 10)}}
	v.Message.Body.Typed, v.Message.Body.Plain, v.Message.Body.HTML = m.Body, m.Text.Plain(), s.HTML(m)
	body, err := json.Marshal(v)
	if err != nil {
		return answer, err
	}
	kind := "application/json"
	if w.IsCommand() {
		form := command(w, m, p.Room)
		form.Set("response_url", s.Host()+"/commands/"+strconv.FormatInt(d.ID, 10)+"/"+chat.AnswerCode(w, d.ID, time.Now().Add(chat.AnswerLife)))
		body, kind = []byte(form.Encode()), "application/x-www-form-urlencoded"
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, w.URL, bytes.NewReader(body))
	if err != nil {
		return answer, err
	}
	r.Header.Set("Content-Type", kind)
	r.Header.Set("User-Agent", "Parley")
	r.Header.Set("X-Parley-Delivery", strconv.FormatInt(d.ID, 10))
	r.Header.Set(Signature, Sign(w.Secret, time.Now(), body))
	res, err := s.client.Do(r)
	if err != nil {
		return answer, err
	}
	defer res.Body.Close()
	d.Status = res.StatusCode
	text, err := io.ReadAll(io.LimitReader(res.Body, egressAnswer))
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return answer, fmt.Errorf("it answered %d", res.StatusCode)
	}
	if err != nil {
		return answer, err
	}
	return answered(w, res.Header.Get("Content-Type"), text), nil
}

// say has the bot say what was answered.
func (s *Sender) say(ctx context.Context, w chat.Webhook, d chat.Delivery, in Incoming) {
	a := in.Answer()
	a.CID = "answer-" + strconv.FormatInt(d.ID, 10)
	if err := s.Rules.SayAnswer(ctx, w, d, a); err != nil {
		s.Log.Info("the answer of a webhook was not said", "webhook", w.ID, "error", err)
	}
}
