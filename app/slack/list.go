package slack

import (
	"slices"

	"golang.org/x/text/unicode/norm"

	"parley/app/chat"
)

// conversations are those of all lists, the room of everybody first, with the folder
// that each has.
func (z *archiveFile) conversations() (all []*conversation, err error) {
	for _, l := range []struct {
		name string
		kind chat.RoomKind
	}{{"channels.json", chat.Open}, {"groups.json", chat.Private}, {"mpims.json", chat.Direct}, {"dms.json", chat.Direct}} {
		some, err := list[conversation](z, l.name)
		if err != nil {
			return nil, err
		}
		for _, c := range some {
			if c.ID == "" {
				continue
			}
			c.kind, c.folder = l.kind, c.ID
			if folder := norm.NFC.String(c.Name); c.Name != "" && z.days[folder] != nil {
				c.folder = folder
			}
			all = append(all, &c)
		}
	}
	if !slices.ContainsFunc(all, func(c *conversation) bool { return c.General }) {
		for _, c := range all {
			c.General = c.kind == chat.Open && c.Name == "general"
		}
	}
	slices.SortStableFunc(all, func(a, b *conversation) int {
		switch {
		case a.General && !b.General:
			return -1
		case b.General && !a.General:
			return 1
		}
		return 0
	})
	return all, nil
}
