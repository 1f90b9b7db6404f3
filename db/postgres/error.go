package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"parley/app/chat"
	"parley/db"
)

// The codes of PostgreSQL's errors that matter here; see its manual, appendix A.
const (
	uniqueViolation  = "23505"
	foreignViolation = "23503"
	diskFull         = "53100"
	readOnly         = "25006"
	canceled         = "57014"
	notInText        = "22021" // a character that no text can have
	notSerial        = "40001"
	deadlock         = "40P01"
	lockNotAvailable = "55P03"
	planChanged      = "0A000" // a statement that was prepared before a migration
)

// code is that of PostgreSQL's error; "" for any other.
func code(err error) string {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code
	}
	return ""
}

// again says whether a transaction that failed may succeed when it runs once more.
func again(err error) bool {
	switch code(err) {
	case notSerial, deadlock, planChanged:
		return true
	}
	return false
}

// Explain implements db.Engine.
func (*engine) Explain(err error) error { return explain(err) }

// explain turns what the driver says into what callers can act on.
func explain(err error) error {
	if err == nil {
		return nil
	}
	if _, said := chat.AsError(err); said {
		return err
	}
	if errors.Is(err, sql.ErrNoRows) {
		return chat.NotFound()
	}
	switch c := code(err); {
	case c == uniqueViolation:
		return fmt.Errorf("%w: %w", chat.ErrConflict, err)
	case c == foreignViolation:
		return fmt.Errorf("%w: %w", db.ErrNoReference, err)
	case c == diskFull:
		return fmt.Errorf("%w: %w: %w", cannotStore(), chat.ErrDiskFull, err)
	case c == canceled:
		return fmt.Errorf("%w: %w", context.DeadlineExceeded, err)
	case c == notInText:
		return fmt.Errorf("%w: %w", chat.Invalid("", "There is a character in it that cannot be stored."), err)
	case c == readOnly, c == lockNotAvailable, again(err), c != "" && unavailable[c[:2]], c == "" && lost(err):
		return fmt.Errorf("%w: %w", cannotStore(), err)
	}
	return err
}

// unavailable are the classes of errors of a server that cannot do it now: it is being
// started or stopped, or is out of connections, memory or disk.
var unavailable = map[string]bool{"08": true, "53": true, "57": true, "58": true, "XX": true}

// lost says whether the connection is the trouble.
func lost(err error) bool {
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return true
	}
	if _, ok := errors.AsType[net.Error](err); ok && !errors.Is(err, context.DeadlineExceeded) {
		return true
	}
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, io.EOF) ||
		errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, net.ErrClosed) || err.Error() == "conn closed"
}

func cannotStore() error {
	return chat.Busy("The server cannot store anything right now. Nothing was lost; try again in a moment.", 5*time.Second)
}
