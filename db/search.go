package db

import (
	"context"
	"errors"

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
	places := map[chat.RoomID]chat.SidebarRoom{}
	hits := make([]chat.Hit, 0, len(found))
	for _, m := range found {
		place, known := places[m.Room]
		if !known {
			r, in, err := d.RoomFor(ctx, m.Room, who)
			if errors.Is(err, chat.ErrNotFound) {
				continue // deleted a moment ago
			}
			if err != nil {
				return nil, err
			}
			place.Room = r
			if in != nil {
				place.Membership = *in
			}
			if r.Kind == chat.Direct {
				with, err := d.directPeople(ctx, who, r.ID)
				if err != nil {
					return nil, err
				}
				place.With = with[r.ID]
			}
			places[m.Room] = place
		}
		hits = append(hits, chat.Hit{Message: m, Place: place})
	}
	return hits, nil
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
