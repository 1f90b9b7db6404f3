package db

import (
	"context"
	"math"
	"slices"

	"parley/app/chat"
)

// Readable is what ?1 may read of rooms r: what chat's policy table says of Read.
// The groups of the index are made for it; this is what decides.
const Readable = `r.deleted_at IS NULL AND coalesce((SELECT p.left_at IS NULL OR r.kind = 0 AND p.banned = 0
	FROM memberships p WHERE p.room_id = r.id AND p.account_id = ?1), r.kind = 0)`

// SearchIndex is how the index of an engine is asked.
type SearchIndex struct {
	// From joins the index with messages m and rooms r, Has chooses what ?2 says in it, of ids
	// above ?3 and below ?4. By is the id in it: the newest come first.
	From, Has, By string
	Syntax        SearchSyntax
	// Window is how many ids are looked at from the newest on. Where too little is found there,
	// With finds all there is in the index before anything else is looked at, and FromWith
	// comes in the place of From. A planner cannot know which of the two a word wants.
	// 0: the index needs neither.
	Window         chat.MessageID
	With, FromWith string
}

// whole is the index asked for all there is.
func (x SearchIndex) whole() SearchIndex {
	return SearchIndex{From: x.FromWith, Has: "true", By: x.By, Syntax: x.Syntax, With: x.With}
}

const foundIn = ` AND m.at >= ?5 AND m.at < ?6 AND ` + Readable

func (x SearchIndex) hits() string {
	return x.With + "SELECT m.id FROM " + x.From + " WHERE " + x.Has + foundIn + " ORDER BY " + x.By + " DESC LIMIT ?7"
}

func (x SearchIndex) literals() string {
	return x.With + "SELECT m.id, m.body, m.text, m.files FROM " + x.From +
		" WHERE " + x.Has + foundIn + " AND m.deleted_at IS NULL ORDER BY " + x.By + " DESC LIMIT ?7"
}

// SearchBounds limit a search by ids and by time, in milliseconds.
type SearchBounds struct {
	After, Before chat.MessageID
	Since, Until  int64
}

// NewSearchBounds are those that a search names.
func NewSearchBounds(s chat.Search) SearchBounds {
	b := SearchBounds{Before: math.MaxInt64, Until: math.MaxInt64}
	if s.Before > 0 {
		b.Before = s.Before
	}
	if !s.Since.IsZero() {
		b.Since = ToMillis(s.Since)
	}
	if !s.Until.IsZero() {
		b.Until = ToMillis(s.Until)
	}
	return b
}

// SearchBy finds what who may read, the newest first; older is where the next page begins,
// 0: there is none.
func (d *Store) SearchBy(ctx context.Context, who chat.AccountID, s chat.Search, b SearchBounds,
	x SearchIndex) (hits []chat.Hit, older chat.MessageID, err error) {
	if b.After >= b.Before {
		return nil, 0, nil
	}
	groups, err := d.searchGroups(ctx, who, s)
	if err != nil || len(groups) == 0 {
		return nil, 0, err
	}
	found, older, err := d.find(ctx, s, []any{who, x.Syntax.expression(s, groups), b.After, b.Before, b.Since, b.Until}, x)
	if err != nil {
		return nil, 0, err
	}
	hits, err = d.Hits(ctx, who, found)
	return hits, older, err
}

// find finds ids: first among the newest, where a common word has enough, then in the index.
func (d *Store) find(ctx context.Context, s chat.Search, args []any, x SearchIndex) (found []chat.MessageID, older chat.MessageID,
	err error) {
	if x.Window == 0 {
		return d.findBy(ctx, s, args, x)
	}
	var newest chat.MessageID
	if err := d.One(ctx, "SELECT coalesce(max(id), 0) FROM messages", nil, &newest); err != nil {
		return nil, 0, err
	}
	after, before := args[afterArg].(chat.MessageID), args[beforeArg].(chat.MessageID)
	floor := min(before, newest+1) - x.Window
	first := x
	first.With = ""
	near := slices.Clone(args)
	near[afterArg] = max(after, floor)
	if found, older, err = d.findBy(ctx, s, near, first); err != nil || older != 0 || floor <= after {
		return found, older, err
	}
	return d.findBy(ctx, s, args, x.whole())
}

func (d *Store) findBy(ctx context.Context, s chat.Search, args []any, x SearchIndex) ([]chat.MessageID, chat.MessageID, error) {
	if len(s.Literals) > 0 {
		return d.searchLiterally(ctx, s, x.literals(), args)
	}
	return d.searchWords(ctx, s, x.hits(), args)
}

// searchWords finds what the index finds, the newest first.
func (d *Store) searchWords(ctx context.Context, s chat.Search, query string,
	args []any) (found []chat.MessageID, older chat.MessageID, err error) {
	found, err = All(ctx, d, ScanID[chat.MessageID], query, append(args, s.Limit+1)...)
	if len(found) > s.Limit {
		found = found[:s.Limit]
		older = found[len(found)-1]
	}
	return found, older, err
}

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
	look := chat.Skeleton(name)
	found, err := All(ctx, d, scanNamedRoom,
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
