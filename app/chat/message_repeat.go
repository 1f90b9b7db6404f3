package chat

import "sync"

// postsInFlight lets drafts with the same author and client id pass one at a time: of
// fifty at once the first is stored, and the others wait to be answered with it.
type postsInFlight struct {
	mu  sync.Mutex
	now map[postKey]*turn
}

type postKey struct {
	author AccountID
	cid    string
}

type turn struct {
	sync.Mutex
	n int // who has it or waits for it
}

// enter waits for its turn; repeats says that another had it just before. Call
// leave once.
func (p *postsInFlight) enter(author AccountID, cid string) (repeats bool, leave func()) {
	if cid == "" {
		return false, func() {}
	}
	key := postKey{author, cid}
	p.mu.Lock()
	if p.now == nil {
		p.now = map[postKey]*turn{}
	}
	t := p.now[key]
	if repeats = t != nil; !repeats {
		t = &turn{}
		p.now[key] = t
	}
	t.n++
	p.mu.Unlock()
	t.Lock()
	return repeats, func() {
		t.Unlock()
		p.mu.Lock()
		defer p.mu.Unlock()
		if t.n--; t.n == 0 {
			delete(p.now, key)
		}
	}
}
