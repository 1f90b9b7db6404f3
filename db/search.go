package db

import (
	"context"

	"parley/app/chat"
)

// Readable is what ?1 may read of rooms r: what chat's policy table says of Read.
// The groups of the index are made for it; this is what decides.
const Readable = `r.deleted_at IS NULL AND coalesce((SELECT p.left_at IS NULL OR r.kind = 0 AND p.banned = 0
	FROM memberships p WHERE p.room_id = r.id AND p.account_id = ?1), r.kind = 0)`

// Hits reads messages that a search found, the newest first, with the rooms that they
// were said in; those that are gone by now are left out.
func (d *Store) Hits(ctx context.Context, who chat.AccountID, ids []chat.MessageID) ([]chat.Hit, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	found, err := All(ctx, d, scanMessage, messageQuery+"WHERE m.id IN ids(?) AND m.deleted_at IS NULL ORDER BY m.id DESC", JSONList(ids))
	if found, err = d.withCurrentLabels(ctx, found, err); err != nil {
		return nil, err
	}
	places, err := d.places(ctx, who, found)
	hits := make([]chat.Hit, 0, len(found))
	for _, m := range found {
		if place, there := places[m.Room]; there {
			hits = append(hits, chat.Hit{Message: m, Place: place})
		}
	}
	return hits, err
}

// places are the rooms of messages as they are for somebody; those that were deleted a
// moment ago are not in it.
func (d *Store) places(ctx context.Context, who chat.AccountID, messages []chat.Message) (map[chat.RoomID]chat.SidebarRoom, error) {
	var ids []chat.RoomID
	for _, m := range messages {
		ids = append(ids, m.Room)
	}
	rooms, err := All(ctx, d, scanRoomFor, roomForQuery+" AND r.id IN ids(?2)", who, JSONList(ids))
	places, direct := map[chat.RoomID]chat.SidebarRoom{}, false
	for _, r := range rooms {
		place := chat.SidebarRoom{Room: r.Room}
		if r.in {
			place.Membership = r.Membership
		}
		if !r.banned {
			places[r.ID] = place
		}
		direct = direct || r.Kind == chat.Direct
	}
	if err != nil || !direct {
		return places, err
	}
	with, err := d.directPeople(ctx, who, 0)
	for id, place := range places {
		place.With = with[id]
		places[id] = place
	}
	return places, err
}

// RoomsNamed implements chat.SearchStore.
func (d *Store) RoomsNamed(ctx context.Context, who chat.AccountID, name string) ([]chat.RoomID, error) {
	type named struct {
		id   chat.RoomID
		name string
	}
	look := chat.Skeleton(name)
	found, err := All(ctx, d, func(r Scanner) (n named, err error) { return n, r.Scan(&n.id, &n.name) },
		`SELECT id, name FROM rooms WHERE skeleton = ? AND deleted_at IS NULL
		UNION ALL SELECT r.id, r.name FROM memberships m JOIN rooms r ON r.id = m.room_id AND r.kind = 1
		WHERE m.account_id = ? AND m.left_at IS NULL`, look, who)
	var ids []chat.RoomID
	for _, n := range found {
		if chat.Skeleton(n.name) == look {
			ids = append(ids, n.id)
		}
	}
	return ids, err
}
