package announce

import (
	"cmp"
	"encoding/json"
	"slices"

	"parley/app/chat"
	"parley/app/live"
	"parley/views"
)

// maxPendingMessages bounds the messages of one room that wait to be notified of; of a flood
// only the latest matter.
const maxPendingMessages = 20

// notificationLength is how many characters of a message a notification shows.
const notificationLength = 140

// notification is what a page needs to notify of a message; the same for everybody who
// is to be notified.
type notification struct {
	Room  chat.RoomID      `json:"room"`
	ID    chat.MessageID   `json:"id"`
	By    chat.AccountID   `json:"by"`
	For   []chat.AccountID `json:"for,omitempty"`
	All   bool             `json:"all,omitempty"`
	DM    bool             `json:"dm,omitempty"`
	Title string           `json:"title"`
	Body  string           `json:"body"`
	URL   string           `json:"url"`
}

// addMessage keeps a message until the next round of badges.
func (a *Announcer) addMessage(m *chat.Message) {
	if m == nil || m.Kind != chat.MessagePosted {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	list := append(a.pendingMessages[m.Room], m)
	a.pendingMessages[m.Room] = list[max(0, len(list)-maxPendingMessages):]
}

// takePending takes the messages of a room that wait to be notified of.
func (a *Announcer) takePending(room chat.RoomID) []*chat.Message {
	a.mu.Lock()
	defer a.mu.Unlock()
	messages := a.pendingMessages[room]
	delete(a.pendingMessages, room)
	return messages
}

// notifyRoom tells those who are here and want to know of the latest message that is
// worth it to them.
func (a *Announcer) notifyRoom(r chat.Room, messages []*chat.Message, marks map[chat.AccountID]chat.Membership,
	here map[chat.AccountID]bool) {
	slices.SortFunc(messages, func(a, b *chat.Message) int { return cmp.Compare(b.ID, a.ID) }) // published in any order
	notified := map[chat.AccountID]bool{}
	for _, m := range messages {
		var frame live.Frame
		for _, id := range chat.NotifiedOf(r, m, marks) {
			if !here[id] || notified[id] {
				continue
			}
			if frame.Empty() {
				frame = notificationFrame(r, m)
			}
			a.Hub.Send(id, frame)
			notified[id] = true
		}
	}
}

func notificationFrame(r chat.Room, m *chat.Message) live.Frame {
	n := notification{Room: r.ID, ID: m.ID, By: m.Author.ID, For: m.For, All: m.All, DM: r.Kind == chat.Direct, Title: m.Author.Name,
		URL: views.MessageURL(r.ID, m.ID)}
	if !n.DM {
		n.Title += " in " + r.Label()
	}
	n.Body = chat.Truncate(m.Line(), notificationLength)
	b, err := json.Marshal(map[string]notification{"notify": n})
	if err != nil {
		return live.Frame{}
	}
	return live.Text(b)
}

// prefsFrame tells a person's open pages what was chosen in another.
func prefsFrame(p chat.Prefs) []byte {
	b, err := json.Marshal(map[string]map[string]string{"prefs": views.PrefData(p)})
	if err != nil {
		return nil
	}
	return b
}
