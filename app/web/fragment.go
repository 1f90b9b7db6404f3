package web

import (
	"sync"

	"parley/app/chat"
	"parley/views"
)

// maxFragments bounds the bytes of drawn messages that are kept.
const maxFragments = 32 << 20

// shelves is among how many locks the drawn messages are shared out: whoever waits
// for one while many run waits for his turn, too.
const shelves = 64

// fragments keeps messages as they were drawn, so that one is drawn once per
// change and not once per reader.
type fragments [shelves]shelf

type shelf struct {
	mu   sync.Mutex
	byID map[chat.MessageID]drawn
	size int
}

type drawn struct {
	rev    chat.Rev
	author string     // the name may change without the message
	quote  chat.Quote // and so may what it answers
	labels string     // and the names of rooms in it
	views.Fragment
}

func newFragments() *fragments {
	f := new(fragments)
	for i := range f {
		f[i].byID = map[chat.MessageID]drawn{}
	}
	return f
}

// row answers with a message and its fragment.
func (f *fragments) row(m *chat.Message) views.Row {
	s := &f[m.ID%shelves]
	s.mu.Lock()
	d, ok := s.byID[m.ID]
	s.mu.Unlock()
	if ok && d.rev == m.Rev && d.author == m.Author.Name && d.quote == m.Quote && d.labels == m.Labels {
		return views.Row{Message: m, Fragment: d.Fragment}
	}
	fresh := views.Draw(m)
	s.mu.Lock()
	defer s.mu.Unlock()
	if was, ok := s.byID[m.ID]; ok {
		s.size -= was.Size()
	}
	s.byID[m.ID] = drawn{rev: m.Rev, author: m.Author.Name, quote: m.Quote, labels: m.Labels, Fragment: fresh}
	s.size += fresh.Size()
	for id, old := range s.byID { // in no order: which ones go matters little
		if s.size <= maxFragments/shelves {
			break
		}
		s.size -= old.Size()
		delete(s.byID, id)
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
