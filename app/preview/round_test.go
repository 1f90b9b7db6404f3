package preview

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/app/chat"
	"parley/app/hooks"
)

// queue is a store of messages that wait, some of which cannot be stored any more.
type queue struct {
	chat.Store
	mu       sync.Mutex
	messages map[chat.MessageID]chat.Message
	due      map[chat.MessageID]time.Time
	tries    map[chat.MessageID]int
	broken   map[chat.MessageID]error
	full     error // of every change
}

func (q *queue) DueFetches(_ context.Context, at time.Time, limit int) (ids []chat.MessageID, _ error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for id, due := range q.due {
		if !due.After(at) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids[:min(len(ids), limit)], nil
}

func (q *queue) TakeFetch(_ context.Context, id chat.MessageID, next time.Time) (int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.full != nil {
		return 0, q.full
	}
	q.tries[id]++
	q.due[id] = next
	return q.tries[id], nil
}

func (q *queue) ForgetFetch(_ context.Context, id chat.MessageID) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.due, id)
	return nil
}

func (q *queue) Message(_ context.Context, id chat.MessageID) (chat.Message, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	m, ok := q.messages[id]
	if !ok {
		return m, chat.ErrNotFound
	}
	return m, nil
}

func (q *queue) Account(context.Context, chat.AccountID) (chat.Account, error) {
	return chat.Account{}, nil
}

func (q *queue) SetFetched(_ context.Context, id chat.MessageID, change func(*chat.Message) error,
	_ chat.AuditEntry) (chat.Message, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	m := q.messages[id]
	if err := q.broken[id]; err != nil {
		return m, err
	}
	if err := change(&m); err != nil {
		return m, err
	}
	q.messages[id] = m
	delete(q.due, id)
	return m, nil
}

// pages answers every request with a page.
type pages struct{}

func (pages) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"text/html"}}, Request: r,
		Body: io.NopCloser(strings.NewReader("<title>A page</title>"))}, nil
}

// A message whose room is being deleted cannot be stored any more, and one that the store
// fails at is not asked for for ever: others go on.
func TestWhatCannotBeStoredHoldsUpNothing(t *testing.T) {
	q := &queue{messages: map[chat.MessageID]chat.Message{}, due: map[chat.MessageID]time.Time{}, tries: map[chat.MessageID]int{},
		broken: map[chat.MessageID]error{}}
	const all = 40
	for id := chat.MessageID(1); id <= all; id++ {
		q.messages[id] = chat.Message{ID: id, Previews: []chat.Preview{{URL: "https://ferries.example/"}}}
		q.due[id] = time.Time{}
		if id <= 16 { // as many as are asked for at once
			q.broken[id] = chat.ErrNotFound
		}
	}
	trouble := errors.New("the store fails")
	q.broken[17] = trouble
	q.due[99] = time.Time{} // a message that is no more
	f := New(chat.New(q, nil, nil, nil), q, nil, slog.New(slog.NewTextHandler(io.Discard, nil)), hooks.Egress{})
	f.client = &http.Client{Transport: pages{}}
	if err := f.round(t.Context()); !errors.Is(err, trouble) {
		t.Error("the round ends with", err)
	}
	for id := chat.MessageID(18); id <= all; id++ {
		if p := q.messages[id].Previews[0]; p.State != chat.PreviewThere {
			t.Errorf("message %d waits: %+v", id, p)
		}
	}
	if _, waits := q.due[17]; !waits || len(q.due) != 1 {
		t.Errorf("what waits is %v", q.due)
	}
	for range 2 * maxTries {
		q.due[17] = time.Time{}
		_ = f.round(t.Context())
		if _, waits := q.due[17]; !waits {
			break
		}
	}
	if q.tries[17] != maxTries+1 || len(q.due) != 0 {
		t.Errorf("it was tried %d times, and %v waits", q.tries[17], q.due)
	}
	if err := f.round(t.Context()); err != nil {
		t.Error("there is nothing left, and it fails with", err)
	}
}

// A store that takes nothing now is asked again with the next round.
func TestARoundEndsWhereNothingIsStored(t *testing.T) {
	q := &queue{messages: map[chat.MessageID]chat.Message{1: {ID: 1, Previews: []chat.Preview{{URL: "https://ferries.example/"}}}},
		due: map[chat.MessageID]time.Time{1: {}}, tries: map[chat.MessageID]int{}, full: chat.ErrBusy}
	f := New(chat.New(q, nil, nil, nil), q, nil, slog.New(slog.NewTextHandler(io.Discard, nil)), hooks.Egress{})
	f.client = &http.Client{Transport: pages{}}
	if err := f.round(t.Context()); !errors.Is(err, chat.ErrBusy) || len(q.due) != 1 {
		t.Errorf("the round ends with %v, and %v waits", err, q.due)
	}
	q.full = nil
	if err := f.round(t.Context()); err != nil || len(q.due) != 0 {
		t.Errorf("the next one ends with %v, and %v waits", err, q.due)
	}
}
