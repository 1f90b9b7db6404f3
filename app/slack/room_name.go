package slack

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"parley/app/chat"
)

// checkRooms finds out what becomes of the channels of Options.Rooms. An open channel
// whose new name is that of an open room here, but for upper and lower case, comes
// into that room: these are answered by key. Every other one gets a room of its own.
func (in *Import) checkRooms(ctx context.Context, conversations []*conversation) (joined map[string]chat.RoomID, err error) {
	joined, taken := map[string]chat.RoomID{}, map[string]string{}
	for _, old := range slices.Sorted(maps.Keys(in.renamed)) {
		now := in.renamed[old]
		i := slices.IndexFunc(conversations, func(c *conversation) bool { return c.kind != chat.Direct && c.Name == old })
		if i < 0 {
			return nil, fmt.Errorf("there is no channel %s in the archive", old)
		}
		folded := chat.FoldName(now)
		open := conversations[i].kind == chat.Open
		if other, ok := taken[folded]; ok && open {
			return nil, fmt.Errorf("%s and %s cannot both come into one room, %s: what was said in them would be out of order", other, old, now)
		}
		if open {
			taken[folded] = old
		}
		key := "room " + conversations[i].ID
		if in.known[key] != 0 {
			if err := in.keepsName(ctx, old, now, chat.RoomID(in.known[key])); err != nil {
				return nil, err
			}
			continue
		}
		if !open {
			continue // its words are not for who is in a room that is there
		}
		found, err := in.to.OpenRoomsNamed(ctx, []string{folded})
		if err != nil {
			return nil, err
		}
		if r := found[folded]; r.ID != 0 {
			joined[key] = r.ID
			in.report.AddNote("%s comes into the room %s, which was here.", old, r.Name)
		}
	}
	return joined, nil
}

var numbered = regexp.MustCompile(`^-\d+$`)

// keepsName refuses another name for a room that came before. It may have got a number.
func (in *Import) keepsName(ctx context.Context, old, now string, id chat.RoomID) error {
	r, _, err := in.to.RoomFor(ctx, id, 0)
	switch {
	case errors.Is(err, chat.ErrNotFound) || errors.Is(err, chat.ErrGone):
		return nil // it is reported when it would come
	case err != nil:
		return err
	}
	rest, begins := strings.CutPrefix(chat.FoldName(r.Name), chat.FoldName(now))
	if !begins || rest != "" && !numbered.MatchString(rest) {
		return fmt.Errorf("%s came before, into the room that is called %s here: rename that, or leave %s out", old, r.Name, old)
	}
	return nil
}
