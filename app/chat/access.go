package chat

import (
	"context"
	"slices"
)

// Action is something one may or may not do in a room.
type Action int

// What the policy table is asked about.
const (
	ActionSee            Action = iota // know that the room exists, its name, topic and people
	ActionRead                         // its messages
	ActionListen                       // be told live
	ActionPost                         // say something, be seen typing
	ActionEdit                         // change what one said oneself
	ActionDelete                       // take messages back: what one said oneself, or as ActionModerate
	ActionReact                        // put an emoji to a message
	ActionModerate                     // delete what others said; who decides reports may delete what is reported, too
	ActionJoin                         // come in by oneself
	ActionLeave                        // go by oneself
	ActionSetTopic                     // set the topic
	ActionRename                       // set the name
	ActionAddMembers                   // bring others in
	ActionRemoveMember                 // remove others
	ActionMentionAll                   // everybody in it at once
	ActionReport                       // of a message, to who can do something about it
	ActionBanMember                    // remove others for good
	ActionSetSlowMode                  // set how often each may say something
	ActionSetRank                      // moderators and owners
	ActionSetVisibility                // make an open room private, or a private one open
	ActionSetWorldAccess               // let people without an account read an open room
	ActionDeleteRoom                   // delete the room with all that was said in it
	actions
)

// RoomRole is what a person is to one room.
type RoomRole int

// Roles in a room. Who left or was removed is what the kind of the room makes of him.
const (
	NoAccess    RoomRole = iota // of a private room or a conversation of others
	NonMember                   // of an open room, not in it
	ServerAdmin                 // of an open room, not in it, and administrator of the server
	Guest                       // in the room, and a guest of the server
	Member                      // in the room
	Moderator                   // in the room and keeps the peace
	Owner                       // in the room and responsible for it
	Participant                 // one of the people of a direct conversation
	roomRoles
)

// policy is the one table: what a role may do. Everything that is not in it is refused.
var policy = [roomRoles][actions]bool{
	NoAccess:  {},
	NonMember: grant(reading, []Action{ActionJoin, ActionReport}),
	ServerAdmin: grant(reading, []Action{ActionJoin, ActionReport, ActionSetTopic}, keepingPeace, []Action{ActionRename, ActionSetRank,
		ActionDeleteRoom}),
	Guest:       grant(reading, talking, []Action{ActionLeave, ActionReport}),
	Member:      grant(reading, talking, takingPart),
	Moderator:   grant(reading, talking, takingPart, keepingPeace, []Action{ActionModerate}),
	Owner:       grant(reading, talking, takingPart, keepingPeace, []Action{ActionModerate}, owning),
	Participant: grant(reading, talking, []Action{ActionReport}),
}

// What goes together in the table.
var (
	reading      = []Action{ActionSee, ActionRead}
	talking      = []Action{ActionListen, ActionPost, ActionEdit, ActionDelete, ActionReact}
	takingPart   = []Action{ActionLeave, ActionSetTopic, ActionAddMembers, ActionMentionAll, ActionReport}
	keepingPeace = []Action{ActionRemoveMember, ActionBanMember, ActionSetSlowMode}
	owning       = []Action{ActionRename, ActionSetRank, ActionSetVisibility, ActionSetWorldAccess, ActionDeleteRoom}
)

func grant(lists ...[]Action) (row [actions]bool) {
	for _, list := range lists {
		for _, a := range list {
			row[a] = true
		}
	}
	return row
}

// Allows asks the table. In the room of everybody nobody can leave, be removed,
// close or delete it, whoever asks but a guest, who need not be there; in a large room not
// everybody can call all.
func Allows(role RoomRole, room Room, a Action) bool {
	if room.Everyone && role != Guest {
		switch a {
		case ActionLeave, ActionRemoveMember, ActionBanMember, ActionSetVisibility, ActionDeleteRoom:
			return false
		}
	}
	if a == ActionMentionAll && room.People > SmallRoom && role != Owner && role != Moderator {
		return false
	}
	return policy[role][a]
}

// roomRoleOf works out what an account is to a room.
func roomRoleOf(who Account, room Room, m *Membership) RoomRole {
	switch {
	case m == nil && who.confined(): // it is nowhere but where people take it
		return NoAccess
	case room.Kind == Direct && m != nil:
		return Participant
	case m != nil && who.IsGuest():
		return Guest
	case m != nil && (m.Rank == RankOwner || who.Admin()):
		return Owner
	case m != nil && m.Rank == RankModerator:
		return Moderator
	case m != nil:
		return Member
	case room.Kind == Open && who.Admin():
		return ServerAdmin
	case room.Kind == Open:
		return NonMember
	}
	return NoAccess
}

// RoomAccess is a room as one person finds it: what authorize let through.
type RoomAccess struct {
	Room
	Role       RoomRole
	Membership *Membership // nil for who is not in it
}

// Allows asks the policy table for this person.
func (p RoomAccess) Allows(a Action) bool { return Allows(p.Role, p.Room, a) }

// MayActOn says whether the person's power over others reaches those of a rank:
// moderators keep the peace among members, not among those who appointed them.
func (p RoomAccess) MayActOn(r Rank) bool { return p.Role != Moderator || r == RankMember }

// IsMember says whether the person is in the room.
func (p RoomAccess) IsMember() bool { return p.Membership != nil }

// MayPutOut says whether the person may remove somebody (ActionRemoveMember), or ban him
// (ActionBanMember). Out of the room of everybody nobody is put but a program, and a guest.
func (p RoomAccess) MayPutOut(a Action, whom Person) bool {
	if p.Everyone && (whom.Bot || whom.Guest) {
		room := p.Room
		room.Everyone = false
		return Allows(p.Role, room, a)
	}
	return p.Allows(a)
}

// authorize is asked first by every method that touches a room for somebody: it answers
// with what the room is to him, NotFound for who may not even see it, else Forbidden. The
// counts in it may be old; ReadableRoom has them as they are.
func (c *Chat) authorize(ctx context.Context, who Account, id RoomID, a Action) (RoomAccess, error) {
	room, m, err := c.store.RoomAccess(ctx, id, who.ID)
	if err != nil {
		return RoomAccess{}, err
	}
	return accessOf(who, room, m, a)
}

// accessOf asks the policy table for an account in a room.
func accessOf(who Account, room Room, m *Membership, a Action) (RoomAccess, error) {
	p := RoomAccess{Room: room, Role: roomRoleOf(who, room, m), Membership: m}
	if err := p.require(a); err != nil {
		return RoomAccess{}, err
	}
	return p, nil
}

// require refuses what the policy table does not allow to this person.
func (p RoomAccess) require(a Action) error {
	switch {
	case p.Allows(a):
		return nil
	case p.Allows(ActionSee):
		return Forbidden(refusalOf(p, a))
	}
	return NotFound()
}

// refusalOf says in words why somebody who sees the room may not act in it.
func refusalOf(p RoomAccess, a Action) string {
	switch {
	case p.Everyone && a == ActionLeave:
		return "Everybody is in this room; it cannot be left."
	case p.Everyone && (a == ActionRemoveMember || a == ActionBanMember):
		return "Everybody is in this room; nobody can be put out of it."
	case p.Everyone && a == ActionSetVisibility:
		return "This room belongs to everybody and stays open."
	case p.Everyone && a == ActionDeleteRoom:
		return "This room belongs to everybody and cannot be deleted."
	case p.Kind == Direct:
		return "That is not possible in a direct conversation."
	case !p.IsMember() && (slices.Contains(talking, a) || a == ActionAddMembers || a == ActionSetVisibility):
		return "Join the room first."
	case a == ActionLeave:
		return "You are not in this room."
	case a == ActionJoin:
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
	if _, err := c.authorize(ctx, who, room, ActionListen); err != nil {
		return Listener{}, err
	}
	return Listener{room: room, account: who.ID}, nil
}
