package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"hash/maphash"
	"iter"
	"maps"
	"slices"
	"strings"

	"parley/app/chat"
	"parley/db"
)

// checkRows reads every message once: it compares the index of search with those that it
// covers, and follows their order. A message's entry is summed up as one number, on both
// sides: the index is in the order of words, and a million messages have many.
func checkRows(ctx context.Context, conn *sql.Conn, o *db.OrderCheck, done func(int64)) (found []string, err error) {
	var upto, last chat.MessageID
	row := conn.QueryRowContext(ctx, "SELECT upto, (SELECT coalesce(max(id), 0) FROM messages) FROM indexed")
	if err := row.Scan(&upto, &last); err != nil {
		return nil, err
	}
	pending, err := db.PendingReindex(ctx, translated{conn})
	if err != nil {
		return nil, err
	}
	name, err := db.RoomNames(ctx, translated{conn})
	if err != nil {
		return nil, err
	}
	w := &indexCheck{seed: maphash.MakeSeed(), sums: sums{}, pending: pending}
	if err := sumIndex(ctx, conn, w.seed, w.sums); err != nil {
		return nil, err
	}
	done(indexSummed)
	query := strings.Replace(db.EntryQuery, " FROM messages m", db.NumberingColumns+"FROM messages m", 1)
	rows, err := conn.QueryContext(ctx, query+"ORDER BY m.id")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var n db.Numbering
		e, err := db.ScanEntry(db.WithColumns{Scanner: rows, Dest: n.Fields()})
		if err != nil {
			return nil, fmt.Errorf("message %d cannot be read: %w", e.ID, err)
		}
		n.ID, n.Room = e.ID, e.Room
		o.Next(n)
		if e.ID <= upto {
			e.Relabel(name)
			w.compare(e)
		}
		done(indexSummed + (100-indexSummed)*int64(e.ID)/int64(last))
	}
	for id := range w.sums.left() {
		w.found = db.AddFinding(w.found, "message %d is in the index of search and not in the file", id)
	}
	return w.found, rows.Err()
}

// indexCheck compares messages with what the index has of them.
type indexCheck struct {
	seed    maphash.Seed
	sums    sums // of the index, of those that are still to come
	pending db.ReindexPending
	found   []string
}

func (w *indexCheck) compare(e db.Entry) {
	sum, in := w.sums.take(e.ID)
	switch {
	case in && !e.Skip && w.pending.Has(e): // it is there as it was
	case len(w.found) > db.MostFindings || e.Skip && !in:
	case e.Skip:
		w.found = db.AddFinding(w.found, "message %d is found though it is not there for anybody", e.ID)
	case !in:
		w.found = db.AddFinding(w.found, "message %d is not in the index of search", e.ID)
	case sum != sumWords(w.seed, words(e)):
		w.found = db.AddFinding(w.found, "message %d is in the index of search as something else", e.ID)
	}
}

// sumsPage is how many sums lie side by side: ids are numbered on, mostly.
const sumsPage = 1 << 12

// sums are numbers by message. One that is 0 is none: of 2^64 sums of words one is.
type sums map[chat.MessageID]*[sumsPage]uint64

func (s sums) add(id chat.MessageID, sum uint64) {
	page := s[id/sumsPage]
	if page == nil {
		page = new([sumsPage]uint64)
		s[id/sumsPage] = page
	}
	page[id%sumsPage] += sum
}

func (s sums) take(id chat.MessageID) (sum uint64, in bool) {
	if page := s[id/sumsPage]; page != nil {
		sum, page[id%sumsPage] = page[id%sumsPage], 0
	}
	return sum, sum != 0
}

// left are the messages whose sums nobody has taken.
func (s sums) left() iter.Seq[chat.MessageID] {
	return func(yield func(chat.MessageID) bool) {
		for _, first := range slices.Sorted(maps.Keys(s)) {
			for i, sum := range s[first] {
				if sum != 0 && !yield(first*sumsPage+chat.MessageID(i)) {
					return
				}
			}
		}
	}
}

// offsetBits hold the place of a word in a message, which has fewer.
const offsetBits = 20

// sumIndex sums up what the index has, by message. It has twenty places for each
// message: a word's are asked for together, which takes a third of the time.
func sumIndex(ctx context.Context, conn *sql.Conn, seed maphash.Seed, sums sums) error {
	if _, err := conn.ExecContext(ctx, "CREATE VIRTUAL TABLE temp.instances USING fts5vocab(main, words, instance)"); err != nil {
		return err
	}
	rows, err := conn.QueryContext(ctx, fmt.Sprintf(`SELECT term, group_concat(doc << %d | offset, ' ')
		FROM temp.instances GROUP BY term`, offsetBits))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var term, places sql.RawBytes
		if err := rows.Scan(&term, &places); err != nil {
			return err
		}
		word := maphash.Bytes(seed, term)
		for place := uint64(0); len(places) > 0; places = places[1:] {
			if c := places[0]; c != ' ' {
				place = 10*place + uint64(c-'0')
				if len(places) > 1 {
					continue
				}
			}
			sums.add(chat.MessageID(place>>offsetBits), sumWord(word, int(place&(1<<offsetBits-1))))
			place = 0
		}
	}
	return rows.Err()
}

func sumWord(hash uint64, at int) uint64 { return hash * uint64(2*at+1) }

// maxToken is how many bytes of a word the index has: FTS5_MAX_TOKEN_SIZE of SQLite.
const maxToken = 32768

// sumWords splits as the tokenizer of the index does, which knows the case of ASCII only.
func sumWords(seed maphash.Seed, words string) (sum uint64) {
	var word []byte
	at := 0
	for i := 0; i <= len(words); i++ {
		c := byte(' ')
		if i < len(words) {
			c = words[i]
		}
		switch {
		case c >= 0x80, c >= '0' && c <= '9', c >= 'a' && c <= 'z':
			word = append(word, c)
		case c >= 'A' && c <= 'Z':
			word = append(word, c+'a'-'A')
		case len(word) > 0:
			sum += sumWord(maphash.Bytes(seed, word[:min(len(word), maxToken)]), at)
			word, at = word[:0], at+1
		}
	}
	return sum
}
