package bus

import (
	"encoding/json"
	"fmt"

	"parley/app/chat"
)

// maxCarried is how many bytes of a change an event takes along; of a larger one the store
// tells.
const maxCarried = 16 << 10

// wire is an event between nodes. The kinds are few and stay what they mean: nodes of two
// versions may run side by side, and what a node does not know it passes over.
type wire struct {
	Node string          `json:"node"`
	Kind string          `json:"kind"`
	Body json.RawMessage `json:"body"`
}

// kindOf names an event.
func kindOf(e chat.Event) string {
	switch e.(type) {
	case chat.RoomChanged:
		return "room"
	case chat.RoomHeaderChanged:
		return "header"
	case chat.RoomRenamed:
		return "renamed"
	case chat.RoomDeleted:
		return "deleted"
	case chat.RoomListChanged:
		return "lists"
	case chat.ReportsChanged:
		return "reports"
	case chat.ReadMarkMoved:
		return "read"
	case chat.PrefsChanged:
		return "prefs"
	case chat.GuestChanged:
		return "guest"
	case chat.SessionEnded:
		return "ended"
	case chat.UserTyping:
		return "typing"
	case chat.CaseTyping:
		return "case typing"
	}
	return ""
}

// encode writes an event of a node.
func encode(node string, e chat.Event) ([]byte, error) {
	kind := kindOf(e)
	if kind == "" {
		return nil, fmt.Errorf("bus: %T does not go between nodes", e)
	}
	r, changed := e.(chat.RoomChanged)
	if changed && r.Message != nil && (r.Message.Author.Bot || r.Message.Author.Guest) {
		r.Message = nil // what stands beside such a name is not in its JSON
		e = r
	}
	body, err := json.Marshal(e)
	if changed && err == nil && len(body) > maxCarried {
		r.Message = nil
		body, err = json.Marshal(r)
	}
	if err != nil {
		return nil, err
	}
	return json.Marshal(wire{node, kind, body})
}

// decode reads an event; nil: it is of a kind that this version does not know.
func decode(w wire) (chat.Event, error) {
	switch w.Kind {
	case "room":
		return read[chat.RoomChanged](w.Body)
	case "header":
		return read[chat.RoomHeaderChanged](w.Body)
	case "renamed":
		return read[chat.RoomRenamed](w.Body)
	case "deleted":
		return read[chat.RoomDeleted](w.Body)
	case "lists":
		return read[chat.RoomListChanged](w.Body)
	case "reports":
		return read[chat.ReportsChanged](w.Body)
	case "read":
		return read[chat.ReadMarkMoved](w.Body)
	case "prefs":
		return read[chat.PrefsChanged](w.Body)
	case "guest":
		return read[chat.GuestChanged](w.Body)
	case "ended":
		return read[chat.SessionEnded](w.Body)
	case "typing":
		return read[chat.UserTyping](w.Body)
	case "case typing":
		return read[chat.CaseTyping](w.Body)
	}
	return nil, nil
}

func read[E chat.Event](body []byte) (chat.Event, error) {
	var e E
	if err := json.Unmarshal(body, &e); err != nil {
		return nil, err
	}
	return e, nil
}
