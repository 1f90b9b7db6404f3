package chat

import (
	"cmp"
	"slices"
)

// MaxSidebar is how many rooms are listed beside a page. Whoever is in more finds the
// others by their names.
const MaxSidebar = 200

// Foremost picks the rooms that matter most to the person whose list it is, and leaves
// them in its order: those that ask for this person, those with something new, those with
// a star, and then those in which something happened last.
func Foremost(rooms []SidebarRoom, most int) []SidebarRoom {
	if len(rooms) <= most {
		return rooms
	}
	byWeight := make([]int, len(rooms))
	for i := range rooms {
		byWeight[i] = i
	}
	slices.SortStableFunc(byWeight, func(i, j int) int {
		a, b := rooms[i], rooms[j]
		return cmp.Or(cmp.Compare(a.urgency(), b.urgency()), cmp.Compare(b.Last, a.Last))
	})
	picked := byWeight[:most]
	slices.Sort(picked)
	list := make([]SidebarRoom, most)
	for k, i := range picked {
		list[k] = rooms[i]
	}
	return list
}

// urgency is how soon a room is listed, the most urgent first.
func (s SidebarRoom) urgency() int {
	unread := !s.Muted && s.Unread(s.Room) > 0
	switch {
	case unread && (s.Kind == Direct || s.Mentions > 0):
		return 0
	case unread:
		return 1
	case s.Star > 0:
		return 2
	}
	return 3
}
