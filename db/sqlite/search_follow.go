package sqlite

import (
	"context"
	"log/slog"
	"time"

	"parley/app/chat"
	"parley/db"
)

const (
	// followBatch is how many messages one transaction adds to the index: few
	// enough that a post which waits behind it does not notice.
	followBatch = 200
	// followEvery is how often the log is asked for more.
	followEvery = time.Second
	// followBusy is how many new messages in a second are many: then the index
	// grows by a batch a second, and catches up when it is quiet.
	followBusy = 500
	// followWait is how long a search waits for an index that is behind.
	followWait = time.Second
	// mergePages is how much of the index one transaction merges, and mergeSteps
	// how many of these follow a batch; together they keep up with what is added.
	mergePages = 32
	mergeSteps = 3
	// mergeQuiet is how many of them follow when there is nothing to add.
	mergeQuiet = 100
)

// FollowIndex keeps the index of search up with the log until ctx ends.
func (d *DB) FollowIndex(ctx context.Context) {
	var pace postRate
	for wait := time.Duration(0); sleep(ctx, wait); {
		lag, err := d.indexLag(ctx)
		wait = followEvery
		switch busy := pace.isBusy(lag.last); {
		case err != nil:
		case lag.ids > 0 || lag.again:
			var n chat.MessageID
			if n, err = d.indexNext(ctx, followBatch); err == nil {
				err = d.mergeIndex(ctx, mergeSteps)
			}
			if err == nil && n == followBatch && !busy {
				wait = time.Millisecond
			}
		case !busy:
			err = d.mergeIndex(ctx, mergeQuiet)
		}
		if err != nil && ctx.Err() == nil {
			slog.Warn("the index of search stays behind for now", "error", err)
		}
	}
}

// postRate is how fast messages come.
type postRate struct {
	at   time.Time
	last chat.MessageID
	many bool
}

// isBusy judges by the last quarter of a second or more.
func (p *postRate) isBusy(last chat.MessageID) bool {
	if since := time.Since(p.at); since > followEvery/4 {
		p.many = p.last != 0 && float64(last-p.last) > followBusy*since.Seconds()
		p.at, p.last = time.Now(), last
	}
	return p.many
}

// sleep waits a moment, unless ctx ends first.
func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// mergeIndex brings together what was added to the index, in steps that others can
// get between. Many small parts would make a search slow.
func (d *DB) mergeIndex(ctx context.Context, steps int) error {
	for range steps {
		var before, after int
		err := d.change(ctx, func(t *db.Tx) error {
			if err := t.One("SELECT total_changes()", nil, &before); err != nil {
				return err
			}
			if err := t.Exec("INSERT INTO words (words, rank) VALUES ('merge', ?)", mergePages); err != nil {
				return err
			}
			return t.One("SELECT total_changes()", nil, &after)
		})
		if err != nil || after-before < 2 || !sleep(ctx, time.Millisecond) { // documented: fewer than two is nothing
			return err
		}
	}
	return nil
}

// indexLag is how far the index is behind the log.
type indexLag struct {
	last  chat.MessageID // the newest message
	ids   chat.MessageID // between it and what is indexed
	again bool           // something is to be indexed anew
}

func (d *DB) indexLag(ctx context.Context) (l indexLag, err error) {
	var upto chat.MessageID
	err = d.One(ctx, `SELECT upto, coalesce((SELECT max(id) FROM messages), 0), EXISTS (SELECT 1 FROM settings WHERE key > ?1 AND key < ?2)
		FROM indexed`, []any{db.AgainNotes, db.AgainEnd}, &upto, &l.last, &l.again)
	l.ids = max(0, l.last-upto)
	return l, err
}

// IndexLag tells how many ids the index of search is behind the log.
func (d *DB) IndexLag(ctx context.Context) (int64, error) {
	l, err := d.indexLag(ctx)
	return int64(l.ids), err
}

// indexNext adds a batch to the index, and indexes anew what is noted; 0: there was nothing
// more.
func (d *DB) indexNext(ctx context.Context, size int) (n chat.MessageID, err error) {
	err = d.change(ctx, func(t *db.Tx) error {
		added, err := indexBatch(t, size)
		if err != nil {
			return err
		}
		again, err := reindexBatch(t, size-added)
		n = chat.MessageID(added + again)
		return err
	})
	return n, err
}

// indexNow brings the index up to what was stored before the call, as far as that
// takes a moment only.
func (d *DB) indexNow(ctx context.Context) (behind bool) {
	end := time.Now().Add(followWait)
	lag, err := d.indexLag(ctx)
	for n := lag.ids; err == nil && (n > 0 || lag.again); n -= followBatch {
		if time.Now().After(end) {
			return true
		}
		var added chat.MessageID
		if added, err = d.indexNext(ctx, followBatch); added < followBatch {
			break
		}
	}
	if err != nil {
		slog.Warn("a search does not know the newest messages", "error", err)
	}
	return err != nil
}
