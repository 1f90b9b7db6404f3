package app

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync/atomic"
	"unicode"
	"unicode/utf8"
)

// NewLog makes the log: one line for each event, whatever is in it.
func NewLog(w io.Writer, level, format string) (*slog.Logger, error) {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		return nil, fmt.Errorf("--log-level: %q is not debug, info, warn or error", level)
	}
	o := &slog.HandlerOptions{Level: l}
	var h slog.Handler = slog.NewTextHandler(w, o) // quotes what is not printable
	switch format {
	case "text":
	case "json":
		h = slog.NewJSONHandler(plainText{w}, o)
	default:
		return nil, fmt.Errorf("--log-format: %q is not text or json", format)
	}
	log := slog.New(logCounter{h, new(logCounts)})
	slog.SetDefault(log)
	return log, nil
}

// plainText writes what JSON lets pass and terminals obey, or show elsewhere than
// where it stands, as escapes of JSON.
type plainText struct{ io.Writer }

func (p plainText) Write(line []byte) (int, error) {
	safe := make([]byte, 0, len(line))
	for rest := line; len(rest) > 0; {
		r, n := utf8.DecodeRune(rest)
		switch {
		case r == '\n' || unicode.IsPrint(r):
			safe = append(safe, rest[:n]...)
		case r > 0xffff:
			safe = append(safe, `\ufffd`...)
		default:
			safe = fmt.Appendf(safe, `\u%04x`, r)
		}
		rest = rest[n:]
	}
	if _, err := p.Writer.Write(safe); err != nil {
		return 0, err
	}
	return len(line), nil
}

// logCounts counts lines of the log by their level.
type logCounts struct{ warnings, errors atomic.Uint64 }

// logCounter is a log that counts what goes through it.
type logCounter struct {
	slog.Handler
	*logCounts
}

// Handle implements slog.Handler.
func (t logCounter) Handle(ctx context.Context, r slog.Record) error {
	switch {
	case r.Level >= slog.LevelError:
		t.errors.Add(1)
	case r.Level >= slog.LevelWarn:
		t.warnings.Add(1)
	}
	return t.Handler.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (t logCounter) WithAttrs(a []slog.Attr) slog.Handler {
	return logCounter{t.Handler.WithAttrs(a), t.logCounts}
}

// WithGroup implements slog.Handler.
func (t logCounter) WithGroup(name string) slog.Handler {
	return logCounter{t.Handler.WithGroup(name), t.logCounts}
}
