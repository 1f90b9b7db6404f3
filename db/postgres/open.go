package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"parley/db"
)

// oldest is the first version of PostgreSQL that takes all that is asked, as it numbers them.
const oldest = 140000

// statementWithin bounds one question or statement of a server.
const statementWithin = 20 * time.Second

// IsAddress says whether that is the address of a PostgreSQL, and no path.
func IsAddress(data string) bool {
	return strings.HasPrefix(data, "postgres://") || strings.HasPrefix(data, "postgresql://")
}

// Redacted is an address without a password.
func Redacted(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "postgres://…"
	}
	q := u.Query()
	if q.Has("password") {
		q.Set("password", "xxxxx")
		u.RawQuery = q.Encode()
	}
	return u.Redacted()
}

// Open opens the workspace at an address as a server does: where there is none it makes
// one, and one of an older format becomes one of this. What is not ours, or of a newer
// version, is refused and left untouched.
func Open(ctx context.Context, address string) (*DB, error) {
	return open(ctx, address, false, func(int) error { return nil })
}

// OpenCurrent opens it as commands do: one that is not there is made, one of an older
// format is refused.
func OpenCurrent(ctx context.Context, address string) (*DB, error) {
	return open(ctx, address, true, func(format int) error {
		if format == 0 || format == Version() {
			return nil
		}
		return errOlder(format)
	})
}

// OpenExisting does the same where there is a workspace; where there is none, none is made.
func OpenExisting(ctx context.Context, address string) (*DB, error) {
	return open(ctx, address, true, func(format int) error {
		switch format {
		case 0:
			return errVacant
		case Version():
			return nil
		}
		return errOlder(format)
	})
}

var errVacant = errors.New("there is no workspace in this database yet; it was left as it is. " +
	"Name another with --data, or start the server, which makes one")

// open opens a workspace whose format is accepted, and makes it one of this version.
func open(ctx context.Context, address string, patient bool, accept func(format int) error) (*DB, error) {
	d := &DB{address: Redacted(address), patient: patient}
	if err := d.connect(address); err != nil {
		return nil, err
	}
	err := d.prepare(ctx, accept)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", d.address, err), d.read.Close(), d.write.Close(), d.views.Close())
	}
	d.Store = db.New((*engine)(d))
	d.leading.db = d
	d.poster = newPoster(d)
	return d, nil
}

func (d *DB) connect(address string) error {
	c, err := pgx.ParseConfig(address)
	if err != nil {
		return fmt.Errorf("%s is no address of a PostgreSQL, like postgres://parley@127.0.0.1/parley: %w", d.address, errors.Unwrap(err))
	}
	if c.ConnectTimeout == 0 {
		c.ConnectTimeout = 5 * time.Second
	}
	set := func(name, value string) {
		if _, is := c.RuntimeParams[name]; !is {
			c.RuntimeParams[name] = value
		}
	}
	set("application_name", "parley")
	if !d.patient {
		set("statement_timeout", fmt.Sprint(statementWithin.Milliseconds()))
		set("idle_in_transaction_session_timeout", fmt.Sprint(changeWithin.Milliseconds()))
	}
	open := func(most, idle int) *sql.DB {
		pool := stdlib.OpenDB(*c)
		pool.SetMaxOpenConns(most)
		pool.SetMaxIdleConns(idle)
		pool.SetConnMaxIdleTime(5 * time.Minute)
		return pool
	}
	d.read, d.write, d.views = open(readers, readers), open(writers+1, writers+1), open(0, -1)
	return nil
}

// prepare looks at what is there, and migrates it.
func (d *DB) prepare(ctx context.Context, accept func(format int) error) (err error) {
	var version int
	var encoding, schema string
	if err := d.read.QueryRowContext(ctx, `SELECT current_setting('server_version_num')::int, current_setting('server_encoding'),
		coalesce(current_schema(), '')`).Scan(&version, &encoding, &schema); err != nil {
		return err
	}
	switch {
	case version < oldest:
		return fmt.Errorf("this is PostgreSQL %d; 14 or newer is needed", version/10000)
	case encoding != "UTF8":
		return fmt.Errorf("the encoding of this database is %s; UTF8 is needed: CREATE DATABASE parley ENCODING 'UTF8' TEMPLATE template0",
			encoding)
	case schema == "":
		return errors.New("there is no schema to work in; make the one that search_path names")
	}
	if d.locks, err = newLockKeys(ctx, d.read); err != nil {
		return err
	}
	if d.before, err = formatOf(ctx, d.read); err != nil {
		return err
	}
	if err := accept(d.before); err != nil {
		return err
	}
	return d.migrate(ctx)
}
