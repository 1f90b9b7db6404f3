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
func checkWords(ctx context.Context, conn *sql.Conn, done func(int64)) (found []string, err error) {
	var upto chat.MessageID
	if err := conn.QueryRowContext(ctx, "SELECT upto FROM indexed").Scan(&upto); err != nil {
		return nil, err
	}
	seed := maphash.MakeSeed()
	sums := map[chat.MessageID]uint64{}
	if err := sumIndex(ctx, conn, seed, sums); err != nil {
		return nil, err
	}
	done(indexSummed)
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
		done(indexSummed + (100-indexSummed)*int64(e.ID)/int64(upto))
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

// offsetBits hold the place of a word in a message, which has fewer.
const offsetBits = 20

// sumIndex sums up what the index has, by message. It has twenty places for each
// message: a word's are asked for together, which takes a third of the time.
func sumIndex(ctx context.Context, conn *sql.Conn, seed maphash.Seed, sums map[chat.MessageID]uint64) error {
	if _, err := conn.ExecContext(ctx, "CREATE VIRTUAL TABLE temp.instances USING fts5vocab(main, words, instance)"); err != nil {
		return err
	}
	rows, err := conn.QueryContext(ctx, fmt.Sprintf("SELECT term, group_concat(doc << %d | offset, ' ') FROM temp.instances GROUP BY term", offsetBits))
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
			sums[chat.MessageID(place>>offsetBits)] += sumWord(word, int(place&(1<<offsetBits-1)))
			place = 0
		}
	}
	return rows.Err()
}

func sumWord(hash uint64, at int) uint64 { return hash * uint64(2*at+1) }

// sumWords splits as the tokenizer of the index does.
func sumWords(seed maphash.Seed, words string) (sum uint64) {
	split := func(r rune) bool {
		return r < 0x80 && !(r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
	}
	for at, w := range strings.FieldsFunc(words, split) {
		sum += sumWord(maphash.String(seed, lowerASCII(w)), at)
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
