package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// checkUpTo is the size of file that is read through before it is served; a
// larger one would keep people waiting.
const checkUpTo = 128 << 20

// How a file may be opened that is left as it is: with immutable=1 nobody may write it
// meanwhile, and no log is read; with mode=ro a log is read, and stays when it is closed.
var (
	immutable = url.Values{"immutable": {"1"}, "_pragma": {"cache_size(-16000)"}}
	reading   = url.Values{"mode": {"ro"}, "_pragma": patient}
	rw        = url.Values{"mode": {"rw"}, "_pragma": patient}
	patient   = []string{"busy_timeout(5000)", "temp_store(MEMORY)", "trusted_schema(0)", "cache_size(-16000)"}
)

// withMmap has SQLite read through a mapping of the file, which takes less time, and more
// memory as systems count it.
func withMmap(how url.Values) url.Values {
	how = maps.Clone(how)
	how["_pragma"] = append(slices.Clone(how["_pragma"]), mapping)
	return how
}

const mapping = "mmap_size(268435456)"

// readOnlyAsFound opens a file that is only read, and changes neither it nor the log beside
// it. Where there is no log, what SQLite makes beside the file goes with it.
func readOnlyAsFound(path string) url.Values {
	if exists(path+"-wal") && size(path+"-journal") == 0 {
		return reading
	}
	return rw
}

// errDamaged is what a file is that SQLite finds something wrong with.
var errDamaged = errors.New("the file is damaged")

// checkIntegrity looks for damage before anything is written, in a file of at most upTo bytes; in a
// larger one it finds what meets the eye. It holds the file until the
// answer is closed: as long as it is held, nobody who closes the file moves the log into it.
func checkIntegrity(ctx context.Context, path string, upTo int64) (guard *sql.DB, err error) {
	how := immutable // beginners and servers wait for each other, see alone
	switch {
	case size(path+"-journal") > 0:
		how = rw // a change is to be undone first
	case exists(path + "-wal"): // also an empty one: somebody may be about to write
		how = reading
	case size(path) == 0:
		return sql.Open("sqlite", ":memory:") // there is nothing yet
	}
	guard, err = sql.Open("sqlite", uri(path, how))
	if err != nil {
		return nil, err
	}
	guard.SetMaxOpenConns(1)
	var found string
	ask := "SELECT 'ok' FROM (SELECT count(*) FROM sqlite_schema)"
	if size(path) <= upTo {
		ask = "PRAGMA quick_check(1)"
	}
	err = guard.QueryRowContext(ctx, ask).Scan(&found)
	if err == nil && found != "ok" {
		lines := strings.Split(strings.TrimSpace(found), "\n") // the first says in which database
		err = fmt.Errorf("%w (%s); it was left as it is. Put a backup in its place, or save what can be read with sqlite3's .recover",
			errDamaged, lines[len(lines)-1])
	}
	if err != nil {
		guard.Close()
		return nil, err
	}
	return guard, nil
}
