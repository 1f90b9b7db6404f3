package push

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	webpush "github.com/SherClockHolmes/webpush-go"

	"parley/app/chat"
	"parley/app/hooks"
)

// answerError is an answer of a push service that is no yes.
type answerError struct {
	status int
	retry  time.Duration // as it asked to wait
}

func (e answerError) Error() string { return "its push service answered " + strconv.Itoa(e.status) }
func (e answerError) gone() bool {
	return e.status == http.StatusNotFound || e.status == http.StatusGone
}
func (e answerError) refused() bool {
	return e.status >= 300 && e.status < 500 && e.status != http.StatusTooManyRequests && e.status != http.StatusRequestTimeout
}

// words says why a device was not reached, without its address, which is a secret.
func words(err error) string {
	var answer answerError
	switch {
	case errors.As(err, &answer):
		return answer.Error()
	case errors.Is(err, hooks.ErrInside):
		return hooks.ErrInside.Error()
	}
	return "its push service was not reached"
}

// Test tells a device that it can be told, and says in words why not.
func (s *Sender) Test(ctx context.Context, d chat.Device) error {
	b, _ := json.Marshal(payload{Version: declarative, Notification: shown{Title: "It works", Body: "Parley can reach you here.",
		Navigate: s.Host() + "/me/notifications", Tag: "test", Test: int64(d.ID)}})
	err := s.send(ctx, d, b, time.Minute, "test")
	var answer answerError
	if errors.As(err, &answer) && answer.gone() {
		if err := s.Store.RemoveDevice(ctx, d.Account, d.ID); err != nil {
			return err
		}
		return chat.Invalid("device", "This device takes no messages of Parley any more. It was removed; turn notifications on there again.")
	}
	if err != nil {
		return errors.Join(s.Store.DeviceReached(ctx, d.ID, time.Now(), words(err)), chat.Invalid("device", "That did not go: "+words(err)+"."))
	}
	return nil
}

// recordSize has what is sent be as long as others of its kind: its length tells nothing.
func recordSize(n int) uint32 { return uint32((n+1+step-1)/step*step) + overhead }

// send gives one push to the service of a device.
func (s *Sender) send(ctx context.Context, d chat.Device, payload []byte, ttl time.Duration, topic string) error {
	private, public, err := s.keys(ctx)
	if err != nil {
		return err
	}
	subject := s.Host()
	if !strings.HasPrefix(subject, "https://") {
		subject = "https://localhost" // on this machine alone
	}
	res, err := webpush.SendNotificationWithContext(ctx, bytes.Clone(payload), // it writes behind what it is given
		&webpush.Subscription{Endpoint: d.Endpoint, Keys: webpush.Keys{P256dh: base64.RawURLEncoding.EncodeToString(d.P256DH),
			Auth: base64.RawURLEncoding.EncodeToString(d.Auth)}},
		&webpush.Options{HTTPClient: s.client, RecordSize: recordSize(len(payload)), Subscriber: subject, Topic: topic, TTL: int(ttl.Seconds()),
			Urgency: webpush.UrgencyHigh, VAPIDPublicKey: public, VAPIDPrivateKey: private})
	if err != nil {
		var at *url.Error
		if errors.As(err, &at) {
			err = at.Err // without the address
		}
		return err
	}
	defer res.Body.Close()
	io.Copy(io.Discard, io.LimitReader(res.Body, answerSize))
	if res.StatusCode >= 200 && res.StatusCode < 300 {
		return nil
	}
	e := answerError{status: res.StatusCode}
	if n, err := strconv.Atoi(res.Header.Get("Retry-After")); err == nil && n > 0 {
		e.retry = min(time.Duration(n)*time.Second, time.Hour)
	}
	return e
}
