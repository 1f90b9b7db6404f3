package chat

import (
	"slices"
	"testing"
)

func TestTheForemostRoomsAreListedInTheirOrder(t *testing.T) {
	room := func(id RoomID, last MessageID, m Membership) SidebarRoom {
		return SidebarRoom{Room: Room{ID: id, Posts: 9, Last: last}, Membership: m}
	}
	read := Membership{Read: 9}
	rooms := []SidebarRoom{
		room(1, 10, read),
		room(2, 90, read),
		room(3, 20, Membership{Read: 8}),
		room(4, 30, Membership{Read: 8, Muted: true}),
		room(5, 40, Membership{Read: 9, Star: 1}),
		room(6, 50, Membership{Read: 8, Mentions: 1}),
		room(7, 80, read),
		{Room: Room{ID: 8, Kind: Direct, Posts: 9, Last: 5}, Membership: Membership{Read: 8}},
	}
	for most, want := range map[int][]RoomID{
		8: {1, 2, 3, 4, 5, 6, 7, 8}, 6: {2, 3, 5, 6, 7, 8}, 4: {3, 5, 6, 8}, 3: {3, 6, 8}, 2: {6, 8}, 1: {6}, 0: nil,
	} {
		var got []RoomID
		for _, r := range Foremost(rooms, most) {
			got = append(got, r.ID)
		}
		if !slices.Equal(got, want) {
			t.Errorf("the foremost %d are %v, want %v", most, got, want)
		}
	}
}
