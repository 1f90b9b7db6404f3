package sqlite

import (
	"slices"
	"testing"

	"parley/app/chat"
)

func TestStarsKeepTheOrderOfTheirOwner(t *testing.T) {
	f := create(t, 2)
	ctx, yes, no := t.Context(), true, false
	a, b, c := f.room("a", 1, 2), f.room("b", 1, 2), f.room("c", 1, 2)
	choose := func(room chat.RoomID, choice chat.RoomPrefs) { f.ok(f.SetRoomPrefs(ctx, room, 2, choice)) }
	want := func(rooms ...chat.RoomID) {
		t.Helper()
		list, err := f.Sidebar(ctx, 2)
		f.ok(err)
		list = slices.DeleteFunc(slices.Clone(list), func(r chat.SidebarRoom) bool { return r.Star == 0 })
		slices.SortFunc(list, func(x, y chat.SidebarRoom) int { return x.Star - y.Star })
		var got []chat.RoomID
		for _, r := range list {
			got = append(got, r.ID)
		}
		if !slices.Equal(got, rooms) {
			t.Errorf("starred are %v, want %v", got, rooms)
		}
	}
	for _, room := range []chat.RoomID{b, c, a, b} { // b a second time: it stays where it is
		choose(room, chat.RoomPrefs{Starred: &yes})
	}
	want(b, c, a)
	choose(a, chat.RoomPrefs{Raise: true})
	want(b, a, c)
	choose(a, chat.RoomPrefs{Raise: true})
	choose(a, chat.RoomPrefs{Raise: true}) // it is the first
	want(a, b, c)
	choose(b, chat.RoomPrefs{Starred: &no, Muted: &yes})
	want(a, c)
	choose(b, chat.RoomPrefs{Raise: true}) // it has no star
	want(a, c)
	choose(b, chat.RoomPrefs{Starred: &yes})
	choose(b, chat.RoomPrefs{Raise: true})
	want(a, b, c)
}
