package chat

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
)

// RoomKind says who can find a room.
type RoomKind int

// Kinds of room.
const (
	Open    RoomKind = iota // everybody finds it and may come in
	Private                 // by invitation of its people
	Direct                  // a conversation of 2 to 9 people, for ever the same
)

// KindWords are the names of the kinds, each at its place.
var KindWords = []string{"open", "private", "direct"}

// MaxDirect is how many people a direct conversation has at most.
const MaxDirect = 9

// Room is a numbered log with a name. A direct conversation has none: it is
// called after its people.
type Room struct {
	ID       RoomID
	Kind     RoomKind
	Name     string
	Topic    string
	Everyone bool // the room of everybody, who cannot leave it
	Rev      Rev
	Posts    int64 // messages ever posted in it; unread is the difference of two of these
	Last     MessageID
	People   int    // how many are in it now, as Members lists them
	Slow     int    // seconds between two messages of one person; 0: as fast as they like
	Picture  FileID // that shows the room; 0: none
	World    WorldAccess
	Queue    bool // its people answer visitors of web sites
	Created  time.Time
}

// Rank is what a person is in one room.
type Rank int

// Ranks, as they are stored.
const (
	RankMember    Rank = iota
	RankOwner          // responsible for it
	RankModerator      // keeps the peace in it
)

func (r Rank) String() string { return [...]string{"member", "owner", "moderator"}[r] }

// Membership is one person in one room.
type Membership struct {
	Rank     Rank
	Read     int64 // how many of the room's posts were read
	Erased   int64 // how many of those after them were deleted
	Mentions int   // unread messages that are for this person
	Level    Level // of notifications
	Muted    bool
	// MutedUntil is when muting ends by itself; zero: it does not.
	MutedUntil time.Time
	// Keywords are words by commas of which the person is told here, as of a mention, and
	// Blocked are those of whom he is told nothing; only ReadMarks tells them.
	Keywords string
	Blocked  []AccountID
	Star     int // its place among the rooms with a star, from 1 on with gaps; 0: it has none
}

// Unread is how many posts the person has not read.
func (m Membership) Unread(r Room) int64 { return max(0, r.Posts-m.Read-m.Erased) }

// SidebarRoom is a room in one person's list of rooms.
type SidebarRoom struct {
	Room
	Membership
	With []Person // the others of a direct conversation
}

// Title is what the room is called for the person whose list it is in.
func (s SidebarRoom) Title() string {
	if s.Kind != Direct {
		return s.Name
	}
	if len(s.With) == 1 {
		return s.With[0].Name
	}
	return FirstNames(s.With)
}

// FirstNames joins the first words of display names: "Ada, Mei".
func FirstNames(people []Person) string {
	short := make([]Person, len(people))
	for i, p := range people {
		short[i].Name, _, _ = strings.Cut(p.Name, " ")
	}
	return Names(short)
}

// Label is a room's name as it stands in text: open rooms have a hash before it,
// private ones a lock, which only a picture can show.
func (r Room) Label() string {
	if r.Kind == Open {
		return "#" + r.Name
	}
	return r.Name
}

// Names joins display names: "Ada", "Ada, Mei".
func Names(people []Person) string {
	names := make([]string, len(people))
	for i, p := range people {
		names[i] = p.Name
	}
	return strings.Join(names, ", ")
}

// RoomListing is a room in the list of open rooms.
type RoomListing struct {
	Room
	In bool // whether the asking person is in it
}

// RoomMember is a person in a room's list of people.
type RoomMember struct {
	Person
	Rank        Rank
	Deactivated bool // only in conversations
}

// NewRoom is what a room begins with.
type NewRoom struct {
	Name, Topic string
	Kind        RoomKind
	By          AccountID
	People      []AccountID // beside the owner
}

// RoomStore keeps rooms and who is in them. The changes that people see in the
// log (coming, going, a new name) return the rev that they were stamped with.
type RoomStore interface {
	// RoomFor answers with a room and, for who is in it, the membership.
	RoomFor(ctx context.Context, room RoomID, who AccountID) (Room, *Membership, error)
	// RoomAccess is RoomFor for who asks only what somebody may do: the counts (rev,
	// posts, people, read marks) may be old, and nothing in it may be changed.
	RoomAccess(ctx context.Context, room RoomID, who AccountID) (Room, *Membership, error)
	// Sidebar lists the rooms one is in: by name, then direct ones by recency. The
	// list is shared and must not be changed.
	Sidebar(ctx context.Context, who AccountID) ([]SidebarRoom, error)
	// SidebarRoom is one row of Sidebar.
	SidebarRoom(ctx context.Context, who AccountID, room RoomID) (SidebarRoom, error)
	// OpenRooms lists open rooms whose name contains query, by name.
	OpenRooms(ctx context.Context, who AccountID, query string, limit int) ([]RoomListing, error)
	// OpenRoomsNamed finds open rooms by folded name.
	OpenRoomsNamed(ctx context.Context, names []string) (map[string]RoomLink, error)
	// Members lists who is in a room, by display name; disabled accounts only in
	// conversations, which are called after them. The list is shared and
	// must not be changed.
	Members(context.Context, RoomID) ([]RoomMember, error)
	// MemberIDs lists who is in a room, also those whose accounts are disabled.
	MemberIDs(context.Context, RoomID) ([]AccountID, error)
	// RoomsInCommon are the rows of Sidebar of rooms that both are in, but conversations.
	RoomsInCommon(ctx context.Context, who, other AccountID) ([]SidebarRoom, error)
	// ReadMarks tells how far each of these people who is in a room has read in it; nil
	// people: everybody in it.
	ReadMarks(ctx context.Context, room RoomID, people []AccountID) (Room, map[AccountID]Membership, error)
	// CreateRoom answers ErrConflict when the name is taken.
	CreateRoom(ctx context.Context, r NewRoom, at time.Time) (Room, error)
	SetRoomName(ctx context.Context, room RoomID, by AccountID, name string, at time.Time) (Rev, error)
	SetTopic(ctx context.Context, room RoomID, by AccountID, topic string, at time.Time) (Rev, error)
	// SetRoomPrefs changes what is not nil.
	SetRoomPrefs(ctx context.Context, room RoomID, who AccountID, c RoomPrefs) error
	// LeftRoom finds a room that somebody was in and left, without being banned from it.
	LeftRoom(ctx context.Context, room RoomID, who AccountID) (Room, error)
	// SetStars orders those of these rooms that have a star.
	SetStars(ctx context.Context, who AccountID, rooms []RoomID) error
	// EndMutes ends the mutes that were to end by then, and says whose they were.
	EndMutes(ctx context.Context, at time.Time) ([]AccountID, error)
	// DeleteRoom deletes a room and answers with who was in it.
	DeleteRoom(ctx context.Context, room RoomID, at time.Time, audit AuditEntry) ([]AccountID, error)
	// AddMembers brings people in who are not in yet; rev 0: nobody was new.
	AddMembers(ctx context.Context, room RoomID, people []AccountID, at time.Time) (Rev, error)
	// RemoveMember takes one out; rev 0: was not in. When no owner is left, a moderator becomes one,
	// else who is in the room the longest. A private room that nobody is in any more
	// is deleted: emptied.
	RemoveMember(ctx context.Context, room RoomID, who AccountID, at time.Time, audit AuditEntry) (rev Rev, emptied bool, err error)
	// SetRank answers ErrNotFound for who is not in the room, and refuses to leave it
	// without an owner.
	SetRank(ctx context.Context, room RoomID, who AccountID, rank Rank, audit AuditEntry) error
	// SetWorldAccess says what people without an account may do with a room.
	SetWorldAccess(ctx context.Context, room RoomID, access WorldAccess, audit AuditEntry) error
	// SetVisibility makes a room open or private, and tells it in the log. What is private is
	// for nobody without an account.
	SetVisibility(ctx context.Context, room RoomID, by AccountID, kind RoomKind, at time.Time, audit AuditEntry) (Rev, error)
	// SetSlowMode sets how many seconds are between two messages of one person.
	SetSlowMode(ctx context.Context, room RoomID, seconds int, audit AuditEntry) error
	// BanMember takes one out, in or not, and keeps him out; rev 0: was not in.
	BanMember(ctx context.Context, room RoomID, who AccountID, at time.Time, audit AuditEntry) (Rev, error)
	// UnbanMember lets one in again.
	UnbanMember(ctx context.Context, room RoomID, who AccountID, audit AuditEntry) error
	// BannedMembers lists who is kept out of a room, by display name.
	BannedMembers(context.Context, RoomID) ([]Person, error)
	// Direct finds the conversation of exactly these people.
	Direct(ctx context.Context, people []AccountID) (RoomID, error)
}

// DirectKey is the same text for the same people in any order.
func DirectKey(people []AccountID) string {
	ids := slices.Clone(people)
	slices.Sort(ids)
	ids = slices.Compact(ids)
	var b strings.Builder
	for i, id := range ids {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(strconv.FormatInt(int64(id), 10))
	}
	return b.String()
}

// Sidebar lists the rooms that a person is in.
func (c *Chat) Sidebar(ctx context.Context, who AccountID) ([]SidebarRoom, error) {
	return c.store.Sidebar(ctx, who)
}

// MaxOpenRooms is how many rooms OpenRooms lists; others are found by their names.
const MaxOpenRooms = 200

// OpenRooms lists the open rooms, in or not; for who is nowhere but where others take him,
// those that he is in.
func (c *Chat) OpenRooms(ctx context.Context, who Account, query string) ([]RoomListing, error) {
	folded := FoldName(strings.TrimPrefix(query, "#"))
	if who.confined() {
		return c.ownRooms(ctx, who, folded, Open)
	}
	return c.store.OpenRooms(ctx, who.ID, folded, MaxOpenRooms)
}

// roomsPage is how many rooms BrowseRooms lists at once.
const roomsPage = 200

// BrowseRooms is a page of the open rooms and of the private rooms that a person is in,
// by name, and whether there are more.
func (c *Chat) BrowseRooms(ctx context.Context, who Account, query string, page int) ([]RoomListing, bool, error) {
	folded := FoldName(strings.TrimPrefix(query, "#"))
	kinds := []RoomKind{Private, Open}
	var open []RoomListing
	if !who.confined() {
		var err error
		if open, err = c.store.OpenRooms(ctx, who.ID, folded, 10_000); err != nil {
			return nil, false, err
		}
		kinds = kinds[:1]
	}
	rooms, err := c.ownRooms(ctx, who, folded, kinds...)
	if err != nil {
		return nil, false, err
	}
	rooms = append(open, rooms...)
	slices.SortStableFunc(rooms, func(a, b RoomListing) int { return strings.Compare(FoldName(a.Name), FoldName(b.Name)) })
	rooms = rooms[min(page*roomsPage, len(rooms)):]
	return rooms[:min(len(rooms), roomsPage)], len(rooms) > roomsPage, nil
}

// ReadableRoom answers with a room for who may read it.
func (c *Chat) ReadableRoom(ctx context.Context, who Account, room RoomID) (RoomAccess, error) {
	r, m, err := c.store.RoomFor(ctx, room, who.ID)
	if err != nil {
		return RoomAccess{}, err
	}
	return accessOf(who, r, m, ActionRead)
}

// openingSpan is the page of history at which a person opens a room: that of the first
// message he has not read, where the newest page does not reach back to it.
func (c *Chat) openingSpan(ctx context.Context, p RoomAccess) (Span, error) {
	if !p.IsMember() || p.Membership.Unread(p.Room) < PageSize {
		return Span{}, nil
	}
	first, err := c.store.FirstAfter(ctx, p.ID, p.Membership.Read)
	if errors.Is(err, ErrNotFound) {
		return Span{}, nil
	}
	return Span{Around: first}, err
}

// Members lists the people in a room for who may see it.
func (c *Chat) Members(ctx context.Context, who Account, room RoomID) ([]RoomMember, error) {
	if _, err := c.authorize(ctx, who, room, ActionSee); err != nil {
		return nil, err
	}
	return c.store.Members(ctx, room)
}
