package web

import (
	"sync"

	"parley/app/chat"
	"parley/views"
)

// maxFragments bounds the bytes of drawn messages that are kept.
const maxFragments = 32 << 20

// fragments keeps messages as they were drawn, so that one is drawn once per
// change and not once per reader.
type fragments struct {
	mu   sync.RWMutex
	byID map[chat.MessageID]drawn
	size int
}

type drawn struct {
	rev    chat.Rev
	author string     // the name may change without the message
	quote  chat.Quote // and so may what it answers
	views.Fragment
}

func newFragments() *fragments { return &fragments{byID: map[chat.MessageID]drawn{}} }

// row answers with a message and its fragment.
func (f *fragments) row(m *chat.Message) views.Row {
	f.mu.RLock()
	d, ok := f.byID[m.ID]
	f.mu.RUnlock()
	if ok && d.rev == m.Rev && d.author == m.Author.Name && d.quote == m.Quote {
		return views.Row{Message: m, Fragment: d.Fragment}
	}
	fresh := views.Draw(m)
	f.mu.Lock()
	defer f.mu.Unlock()
	if was, ok := f.byID[m.ID]; ok {
		f.size -= was.Size()
	}
	f.byID[m.ID] = drawn{rev: m.Rev, author: m.Author.Name, quote: m.Quote, Fragment: fresh}
	f.size += fresh.Size()
	for id, old := range f.byID { // in no order: which ones go matters little
		if f.size <= maxFragments {
			break
		}
		f.size -= old.Size()
		delete(f.byID, id)
	}
	return views.Row{Message: m, Fragment: fresh}
}

func (f *fragments) rows(messages []chat.Message) []views.Row {
	rows := make([]views.Row, len(messages))
	for i := range messages {
		rows[i] = f.row(&messages[i])
	}
	return rows
}
