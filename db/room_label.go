package db

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"parley/app/chat"
)

// withCurrentLabels gives the links to open rooms the names that these have now, in messages
// and in the lines of what they answer, and takes the names of who is gone away: a message
// keeps which room it means, and not what that was called. A room that is not open any more keeps
// the name under which it was linked.
func (d *Store) withCurrentLabels(ctx context.Context, rows []chat.Message, err error) ([]chat.Message, error) {
	var quotes []chat.MessageID // whose lines may hold links; what they answer is read again for these
	for _, m := range rows {
		if strings.Contains(m.Quote.Text, "#") {
			quotes = append(quotes, m.Quote.ID)
		}
	}
	var answered map[chat.MessageID]*chat.Text
	if err == nil && len(quotes) > 0 {
		answered, err = d.texts(ctx, quotes)
	}
	names := newRoomNames()
	for i := range rows {
		if strings.Contains(rows[i].Body, "#") {
			names.want(&rows[i].Text)
		}
	}
	for _, text := range answered {
		names.want(text)
	}
	if err == nil {
		err = names.read(ctx, d)
	}
	for i := range rows {
		m := &rows[i]
		if err == nil && strings.Contains(m.Body, "#") {
			m.Labels = m.Text.Relabel(names.name)
		}
		if text := answered[m.Quote.ID]; err == nil && text != nil && text.Relabel(names.name) != "" {
			m.Quote = chat.NewQuote(m.Quote.ID, m.Quote.By, *text, nil)
		}
	}
	if err == nil {
		err = d.withoutNamesOfGone(ctx, rows)
	}
	return rows, err
}

// Relabel gives the links in texts the names that their rooms have now.
func (d *Store) Relabel(ctx context.Context, texts []*chat.Text) error {
	names := newRoomNames()
	for _, t := range texts {
		names.want(t)
	}
	err := names.read(ctx, d)
	for _, t := range texts {
		t.Relabel(names.name)
	}
	return err
}

// texts reads what messages say; those that were deleted a moment ago are not in it.
func (d *Store) texts(ctx context.Context, ids []chat.MessageID) (map[chat.MessageID]*chat.Text, error) {
	texts := map[chat.MessageID]*chat.Text{}
	_, err := All(ctx, d, func(r Scanner) (x struct{}, err error) {
		var id chat.MessageID
		var parsed []byte
		if err := r.Scan(&id, &parsed); err != nil {
			return x, err
		}
		texts[id] = new(chat.Text)
		return x, json.Unmarshal(parsed, texts[id])
	}, "SELECT id, text FROM messages WHERE id IN ids(?) AND kind = 0 AND deleted_at IS NULL", JSONList(ids))
	return texts, err
}

// roomNames are what open rooms are called now, asked for all at once.
type roomNames struct {
	known map[chat.RoomID]string // "": not read yet, or not open
	asked []chat.RoomID          // not read yet
}

func newRoomNames() roomNames { return roomNames{known: map[chat.RoomID]string{}} }

// want notes the rooms that a text links to.
func (n *roomNames) want(t *chat.Text) { n.wantAll(linkedRooms(t)) }

func (n *roomNames) wantAll(rooms []chat.RoomID) {
	for _, room := range rooms {
		if _, known := n.known[room]; !known {
			n.known[room] = ""
			n.asked = append(n.asked, room)
		}
	}
}

// linkedRooms are the rooms that a text links to, each once.
func linkedRooms(t *chat.Text) (rooms []chat.RoomID) {
	t.Relabel(func(room chat.RoomID) string { // with no name nothing changes
		if !slices.Contains(rooms, room) {
			rooms = append(rooms, room)
		}
		return ""
	})
	return rooms
}

type namedRoom struct {
	id   chat.RoomID
	name string
}

func scanNamedRoom(r Scanner) (n namedRoom, err error) { return n, r.Scan(&n.id, &n.name) }

func (n *roomNames) read(ctx context.Context, d *Store) error {
	return n.readWith(func(query string, args ...any) ([]namedRoom, error) {
		return All(ctx, d, scanNamedRoom, query, args...)
	})
}

func (n *roomNames) readWith(list func(query string, args ...any) ([]namedRoom, error)) error {
	if len(n.asked) == 0 {
		return nil
	}
	ids := n.asked
	n.asked = nil
	found, err := list("SELECT id, name FROM rooms WHERE id IN ids(?) AND kind = 0 AND deleted_at IS NULL", JSONList(ids))
	for _, r := range found {
		n.known[r.id] = r.name
	}
	return err
}

func (n *roomNames) name(room chat.RoomID) string { return n.known[room] }

// withCurrentLabel does it for one that was changed just now.
func (d *Store) withCurrentLabel(ctx context.Context, m chat.Message, err error) (chat.Message, error) {
	rows, err := d.withCurrentLabels(ctx, []chat.Message{m}, err)
	return rows[0], err
}

// AddedWithLabels does it for what an author stored before: what is fresh has them.
func (d *Store) AddedWithLabels(ctx context.Context, a chat.Added, err error) (chat.Added, error) {
	if err == nil && !a.Fresh {
		a.Message, err = d.withCurrentLabel(ctx, a.Message, nil)
	}
	return a, err
}

// changeWithLabels does it for a change, and for what changed with it.
func (d *Store) changeWithLabels(ctx context.Context, c chat.MessageChange, err error) (chat.MessageChange, error) {
	c.Message, err = d.withCurrentLabel(ctx, c.Message, err)
	c.With, err = d.withCurrentLabels(ctx, c.With, err)
	return c, err
}

// RoomLinks implements chat.MessageStore.
func (d *Store) RoomLinks(ctx context.Context, id chat.MessageID) (map[string]chat.RoomLink, error) {
	var parsed []byte
	if err := d.One(ctx, "SELECT text FROM messages WHERE id = ?", []any{id}, &parsed); err != nil {
		return nil, err
	}
	var text chat.Text
	err := json.Unmarshal(parsed, &text)
	return text.RoomLinks(), err
}
