package db

import (
	"context"
	"slices"

	"parley/app/chat"
)

// weighed is a message of a conversation, and about how many bytes reading it takes.
type weighed struct {
	id   chat.MessageID
	size int
}

func scanWeighed(r Scanner) (w weighed, err error) { return w, r.Scan(&w.id, &w.size) }

// Thread implements chat.MessageStore. Which messages belong to it is found out first, so
// that no more of them are read than are answered with.
func (d *Store) Thread(ctx context.Context, id chat.MessageID, s chat.ThreadSpan) ([]chat.Message, bool, error) {
	walk := s.Down + 2
	if s.After > id {
		walk = chat.MaxConversation
	}
	all, err := All(ctx, d, scanWeighed, threadIDs, id, s.Up, walk, max(s.After, id), s.Down+1)
	if err != nil {
		return nil, false, err
	}
	shown, more := fittingThread(all, id, s)
	rows, err := All(ctx, d, scanMessage, messageQuery+"WHERE m.id IN ids(?1) ORDER BY m.id", JSONList(shown))
	rows, err = d.withCurrentLabels(ctx, rows, err)
	return rows, more, err
}

// fittingThread chooses what is read of a conversation around a message: what it answers,
// the nearest first, in half of the bytes, and the replies to it in all of them. There is
// always one reply, so that pages go on.
func fittingThread(all []weighed, id chat.MessageID, s chat.ThreadSpan) (shown []chat.MessageID, more bool) {
	at := slices.IndexFunc(all, func(w weighed) bool { return w.id >= id })
	if at < 0 {
		return nil, false
	}
	size := 0
	for i := at - 1; i >= 0; i-- {
		if size += all[i].size; size > s.Bytes/2 {
			break
		}
		shown = append(shown, all[i].id)
	}
	slices.Reverse(shown)
	shown, size = append(shown, id), 0
	for i, w := range all[at+1:] {
		if size += w.size; i == s.Down || i > 0 && size > s.Bytes {
			return shown, true
		}
		shown = append(shown, w.id)
	}
	return shown, false
}

// A reply is always newer than what it answers, so that ids are the order, up
// and down. The walk down takes the oldest first and ends at its limit, where the engine
// can say so; ?3 stands once more for the one that cannot.
const threadIDs = `WITH RECURSIVE
	up(id, n) AS (SELECT CAST(?1 AS BIGINT), 0 UNION ALL SELECT m.reply_to, n + 1 FROM up JOIN messages m ON m.id = up.id
	WHERE m.reply_to IS NOT NULL AND n < ?2),
	down(id) AS (SELECT CAST(?1 AS BIGINT) UNION ALL SELECT m.id FROM down JOIN messages m ON m.reply_to = down.id {first ?3})
	SELECT m.id, octet_length(m.text) + coalesce(octet_length(m.program), 0) FROM messages m WHERE m.id IN (SELECT id FROM up
	UNION SELECT id FROM (SELECT id FROM down WHERE id > ?4 AND CAST(?3 AS BIGINT) > 0 ORDER BY id LIMIT ?5) AS oldest) ORDER BY m.id`
