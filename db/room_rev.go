package db

import (
	"context"

	"parley/app/chat"
)

// RoomRev is where a room stands.
type RoomRev struct {
	Room chat.RoomID
	Rev  chat.Rev
	Gone bool
}

func scanRoomRev(r Scanner) (x RoomRev, err error) { return x, r.Scan(&x.Room, &x.Rev, &x.Gone) }

// RoomRevs tells where rooms stand; those that are not there are left out.
func (d *Store) RoomRevs(ctx context.Context, rooms []chat.RoomID) ([]RoomRev, error) {
	return All(ctx, d, scanRoomRev, "SELECT id, rev, deleted_at IS NOT NULL FROM rooms WHERE id IN ids(?)", JSONList(rooms))
}

// RoomRevsOf tells where the rooms stand that any of these people are in.
func (d *Store) RoomRevsOf(ctx context.Context, people []chat.AccountID) ([]RoomRev, error) {
	return All(ctx, d, scanRoomRev, `SELECT id, rev, deleted_at IS NOT NULL FROM rooms WHERE deleted_at IS NULL
		AND id IN (SELECT room_id FROM memberships WHERE account_id IN ids(?) AND left_at IS NULL)`, JSONList(people))
}
