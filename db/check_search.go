package db

import (
	"context"
	"database/sql"
	"fmt"
	"hash/maphash"
	"strings"

	"parley/app/chat"
)

// checkWords compares the index of search with the messages that it covers. A
// message's entry is summed up as one number, on both sides: the index is in the
// order of words, and a million messages have many.
func checkWords(ctx context.Context, conn *sql.Conn) (found []string, err error) {
	var upto chat.MessageID
	if err := conn.QueryRowContext(ctx, "SELECT upto FROM indexed").Scan(&upto); err != nil {
		return nil, err
	}
	seed := maphash.MakeSeed()
	sums := map[chat.MessageID]uint64{}
	if err := sumIndex(ctx, conn, seed, sums); err != nil {
		return nil, err
	}
	tell := func(id chat.MessageID, what string) {
		if found = append(found, fmt.Sprintf("message %d %s", id, what)); len(found) == most {
			found = append(found, "and more of that kind")
		}
	}
	rows, err := conn.QueryContext(ctx, entryQuery+"WHERE m.id <= ? ORDER BY m.id", upto)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		e, err := scanEntry(rows)
		if err != nil {
			return nil, fmt.Errorf("message %d cannot be read: %w", e.ID, err)
		}
		sum, in := sums[e.ID]
		delete(sums, e.ID)
		switch {
		case len(found) >= most || e.skip && !in:
		case e.skip:
			tell(e.ID, "is found though it is not there for anybody")
		case !in:
			tell(e.ID, "is not in the index of search")
		case sum != sumWords(seed, e.words()):
			tell(e.ID, "is in the index of search as something else")
		}
	}
	for id := range sums {
		if len(found) < most {
			tell(id, "is in the index of search and not in the file")
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	return found, nil
}

// sumIndex sums up what the index has, by message.
func sumIndex(ctx context.Context, conn *sql.Conn, seed maphash.Seed, sums map[chat.MessageID]uint64) error {
	if _, err := conn.ExecContext(ctx, "CREATE VIRTUAL TABLE temp.instances USING fts5vocab(main, words, instance)"); err != nil {
		return err
	}
	rows, err := conn.QueryContext(ctx, "SELECT term, doc, offset FROM temp.instances")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var term sql.RawBytes
		var id chat.MessageID
		var at int
		if err := rows.Scan(&term, &id, &at); err != nil {
			return err
		}
		sums[id] += sumWord(seed, string(term), at)
	}
	return rows.Err()
}

func sumWord(seed maphash.Seed, word string, at int) uint64 {
	return maphash.String(seed, word) * uint64(2*at+1)
}

// sumWords splits as the tokenizer of the index does.
func sumWords(seed maphash.Seed, words string) (sum uint64) {
	split := func(r rune) bool {
		return r < 0x80 && !(r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
	}
	for at, w := range strings.FieldsFunc(words, split) {
		sum += sumWord(seed, lowerASCII(w), at)
	}
	return sum
}

func lowerASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}, s)
}
