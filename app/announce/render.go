package announce

import (
	"sync"

	"parley/app/chat"
	"parley/views"
)

// maxRenderedBytes bounds the bytes of drawn messages that are kept.
const maxRenderedBytes = 32 << 20

// shards is among how many locks the drawn messages are shared out: whoever waits
// for one while many run waits for his turn, too.
const shards = 64

// RenderCache keeps messages as they were drawn, so that one is drawn once per
// change and not once per reader.
type RenderCache [shards]shard

type shard struct {
	mu   sync.Mutex
	byID map[chat.MessageID]renderedMessage
	size int
}

type renderedMessage struct {
	rev    chat.Rev
	author chat.Person // name and picture may change without the message
	quote  chat.Quote  // and so may what it answers
	labels string      // and the names of rooms in it
	views.Fragment
}

func newRenderCache() *RenderCache {
	f := new(RenderCache)
	for i := range f {
		f[i].byID = map[chat.MessageID]renderedMessage{}
	}
	return f
}

// Clear forgets all: rows look otherwise than they were drawn.
func (f *RenderCache) Clear() {
	for i := range f {
		f[i].mu.Lock()
		f[i].byID, f[i].size = map[chat.MessageID]renderedMessage{}, 0
		f[i].mu.Unlock()
	}
}

// Row answers with a message and its fragment.
func (f *RenderCache) Row(m *chat.Message) views.Row {
	s := &f[m.ID%shards]
	s.mu.Lock()
	d, ok := s.byID[m.ID]
	s.mu.Unlock()
	if ok && d.rev == m.Rev && d.author == m.Author && d.quote == m.Quote && d.labels == m.Labels {
		return views.Row{Message: m, Fragment: d.Fragment}
	}
	fresh := views.RenderMessage(m)
	s.mu.Lock()
	defer s.mu.Unlock()
	if was, ok := s.byID[m.ID]; ok {
		s.size -= was.Size()
	}
	s.byID[m.ID] = renderedMessage{rev: m.Rev, author: m.Author, quote: m.Quote, labels: m.Labels, Fragment: fresh}
	s.size += fresh.Size()
	for id, old := range s.byID { // in no order: which ones go matters little
		if s.size <= maxRenderedBytes/shards {
			break
		}
		s.size -= old.Size()
		delete(s.byID, id)
	}
	return views.Row{Message: m, Fragment: fresh}
}

// Rows answers with messages and their fragments.
func (f *RenderCache) Rows(messages []chat.Message) []views.Row {
	rows := make([]views.Row, len(messages))
	for i := range messages {
		rows[i] = f.Row(&messages[i])
	}
	return rows
}
