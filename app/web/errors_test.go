package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"parley/app/chat"
	"parley/static"
)

// What took too long is no fault: it is told with the status and in the words of a
// busy server, though the time of the request is over.
func TestWhatTookTooLongIsABusyServer(t *testing.T) {
	s := &Server{log: slog.New(slog.NewTextHandler(io.Discard, nil)), assets: static.Load(static.File{Name: emojiFile, Text: chat.EmojiTable})}
	settings := chat.Settings{}
	s.settings.Store(&settings)
	for name, fault := range map[string]error{
		"the store gave up": fmt.Errorf("search: %w", context.DeadlineExceeded),
		"somebody else did": errors.New("interrupted"),
	} {
		t.Run(name, func(t *testing.T) {
			a := fiber.New(fiber.Config{ErrorHandler: s.writeError})
			a.Get("/", func(c *fiber.Ctx) error {
				c.Locals("nonce", "x")
				ctx, cancel := context.WithCancel(context.Background())
				cancel()
				c.SetUserContext(ctx)
				return fault
			})
			r, err := a.Test(httptest.NewRequest("GET", "/", nil), -1)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(r.Body)
			if err != nil || r.StatusCode != fiber.StatusServiceUnavailable || r.Header.Get("Retry-After") == "" ||
				!strings.Contains(string(body), "<h1") || !strings.Contains(string(body), "too much to do") {
				t.Errorf("%d, Retry-After %q, %v\n%s", r.StatusCode, r.Header.Get("Retry-After"), err, body)
			}
		})
	}
}
