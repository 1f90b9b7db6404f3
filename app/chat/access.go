package chat

import "context"

// Action is something one may or may not do in a room.
type Action int

// What the policy table is asked about.
const (
	See      Action = iota // know that the room exists, its name, topic and people
	Read                   // its messages
	Listen                 // be told live
	Post                   // say something, be seen typing
	Edit                   // change what one said oneself
	Delete                 // take back what one said oneself
	React                  // put an emoji to a message
	Moderate               // delete what others said
	Join                   // come in by oneself
	Leave                  // go by oneself
	Topic                  // set the topic
	Rename                 // set the name
	Add                    // bring others in
	Expel                  // put others out
	Call                   // everybody in it at once
	Complain               // of a message, to who can do something about it
	Ban                    // put others out for good
	Slow                   // set how often each may say something
	Appoint                // moderators and owners
	Convert                // make an open room private, or a private one open
	Destroy                // delete the room with all that was said in it
	actions
)

// Standing is what a person is to one room.
type Standing int

// Standings. Who left or was put out stands where the room's kind puts him.
const (
	Outsider  Standing = iota // of a private room or a conversation of others
	Passerby                  // of an open room, not in it
	Warden                    // the same, and administrator of the server
	Insider                   // in the room
	Moderator                 // in the room and keeps the peace
	Owner                     // in the room and responsible for it
	Party                     // one of the people of a direct conversation
	standings
)

// policy is the one table: what a standing may do. Everything that is not in it
// is refused.
var policy = [standings][actions]bool{
	Outsider:  {},
	Passerby:  {See: true, Read: true, Join: true, Complain: true},
	Warden:    {See: true, Read: true, Join: true, Complain: true, Topic: true, Rename: true, Expel: true, Ban: true, Slow: true, Appoint: true, Destroy: true},
	Insider:   {See: true, Read: true, Listen: true, Post: true, Edit: true, Delete: true, React: true, Leave: true, Topic: true, Add: true, Call: true, Complain: true},
	Moderator: {See: true, Read: true, Listen: true, Post: true, Edit: true, Delete: true, React: true, Moderate: true, Leave: true, Topic: true, Add: true, Expel: true, Call: true, Complain: true, Ban: true, Slow: true},
	Owner:     {See: true, Read: true, Listen: true, Post: true, Edit: true, Delete: true, React: true, Moderate: true, Leave: true, Topic: true, Rename: true, Add: true, Expel: true, Call: true, Complain: true, Ban: true, Slow: true, Appoint: true, Convert: true, Destroy: true},
	Party:     {See: true, Read: true, Listen: true, Post: true, Edit: true, Delete: true, React: true, Complain: true},
}

// Allows asks the table. In the room of everybody nobody can leave, be put out,
// close or delete it, whoever asks; in a large room not everybody can call all.
func Allows(s Standing, room Room, a Action) bool {
	if room.Everyone && (a == Leave || a == Expel || a == Ban || a == Convert || a == Destroy) {
		return false
	}
	if a == Call && room.People > SmallRoom && s != Owner && s != Moderator {
		return false
	}
	return policy[s][a]
}

// stand works out what an account is to a room.
func stand(who Account, room Room, m *Membership) Standing {
	switch {
	case room.Kind == Direct && m != nil:
		return Party
	case m != nil && (m.Rank == RankOwner || who.Admin()):
		return Owner
	case m != nil && m.Rank == RankModerator:
		return Moderator
	case m != nil:
		return Insider
	case room.Kind == Open && who.Admin():
		return Warden
	case room.Kind == Open:
		return Passerby
	}
	return Outsider
}

// Place is a room as one person finds it: what may() let through.
type Place struct {
	Room
	Standing   Standing
	Membership *Membership // nil for who is not in it
}

// Allows asks the policy table for the person whose place this is.
func (p Place) Allows(a Action) bool { return Allows(p.Standing, p.Room, a) }

// Above says whether the person's power over others reaches those of a rank:
// moderators keep the peace among members, not among those who appointed them.
func (p Place) Above(r Rank) bool { return p.Standing != Moderator || r == RankMember }

// In says whether the person is in the room.
func (p Place) In() bool { return p.Membership != nil }

// may is asked first by every method that touches a room: it answers with the
// place, NotFound for who may not even see it, else Forbidden. The counts in the
// place may be old; Visit has them as they are.
func (c *Chat) may(ctx context.Context, who Account, id RoomID, a Action) (Place, error) {
	room, m, err := c.store.Standing(ctx, id, who.ID)
	if err != nil {
		return Place{}, err
	}
	p := Place{Room: room, Standing: stand(who, room, m), Membership: m}
	switch {
	case p.Allows(a):
		return p, nil
	case p.Allows(See):
		return Place{}, Forbidden(refusal(p, a))
	}
	return Place{}, NotFound()
}

// refusal says in words why somebody who sees the room may not act in it.
func refusal(p Place, a Action) string {
	switch {
	case p.Everyone && a == Leave:
		return "Everybody is in this room; it cannot be left."
	case p.Everyone && (a == Expel || a == Ban):
		return "Everybody is in this room; nobody can be put out of it."
	case p.Everyone && a == Convert:
		return "This room belongs to everybody and stays open."
	case p.Everyone && a == Destroy:
		return "This room belongs to everybody and cannot be deleted."
	case p.Kind == Direct:
		return "That is not possible in a direct conversation."
	case !p.In() && (a == Post || a == Listen || a == Add || a == Edit || a == Delete || a == React || a == Convert):
		return "Join the room first."
	case a == Leave:
		return "You are not in this room."
	case a == Join:
		return "You are in this room already."
	}
	if Allows(Moderator, Room{}, a) {
		return "Only a moderator or an owner of the room, or an administrator, may do that."
	}
	return "Only an owner of the room or an administrator may do that."
}

// Listener is the right to be told live of one room. Only Enter makes one, so
// nobody can be subscribed who was not let in.
type Listener struct {
	room    RoomID
	account AccountID
}

// Room is the room that may be listened to.
func (l Listener) Room() RoomID { return l.room }

// Account is the person who may listen.
func (l Listener) Account() AccountID { return l.account }

// Enter lets a person listen to a room.
func (c *Chat) Enter(ctx context.Context, who Account, room RoomID) (Listener, error) {
	if _, err := c.may(ctx, who, room, Listen); err != nil {
		return Listener{}, err
	}
	return Listener{room: room, account: who.ID}, nil
}
