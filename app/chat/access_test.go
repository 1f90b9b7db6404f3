package chat_test

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"parley/app/chat"
)

// attempt is one thing that somebody tries to do in a room, through the service.
type attempt struct {
	name string
	do   func(w *world, who chat.Account, room chat.RoomID) error
}

var attempts = []attempt{
	{"visit", func(w *world, who chat.Account, r chat.RoomID) error {
		_, err := w.chat.ReadableRoom(w.ctx, who, r)
		return err
	}},
	{"open", func(w *world, who chat.Account, r chat.RoomID) error {
		_, err := w.chat.OpenRoom(w.ctx, who, r, chat.RoomQuery{})
		return err
	}},
	{"open-message", func(w *world, who chat.Account, r chat.RoomID) error {
		_, err := w.chat.OpenMessage(w.ctx, who, w.message("third", r), 0, 0)
		return err
	}},
	{"call", func(w *world, who chat.Account, r chat.RoomID) error {
		m, err := w.chat.PostMessage(w.ctx, who, r, chat.Draft{Body: "@room come"})
		if err == nil && !m.All {
			err = chat.Forbidden("Nobody was called.")
		}
		return err
	}},
	{"people", func(w *world, who chat.Account, r chat.RoomID) error {
		_, err := w.chat.Members(w.ctx, who, r)
		return err
	}},
	{"listen", func(w *world, who chat.Account, r chat.RoomID) error {
		_, err := w.chat.Enter(w.ctx, who, r)
		return err
	}},
	{"read", func(w *world, who chat.Account, r chat.RoomID) error { return w.chat.MarkRead(w.ctx, who, r, 1) }},
	{"type", func(w *world, who chat.Account, r chat.RoomID) error { return w.chat.StartTyping(w.ctx, who, r) }},
	{"post", func(w *world, who chat.Account, r chat.RoomID) error {
		_, err := w.chat.PostMessage(w.ctx, who, r, chat.Draft{Body: "x"})
		return err
	}},
	{"react", func(w *world, who chat.Account, r chat.RoomID) error {
		_, err := w.chat.React(w.ctx, who, w.message("third", r), "👍", nil)
		return err
	}},
	{"edit", func(w *world, who chat.Account, r chat.RoomID) error {
		_, err := w.chat.EditMessage(w.ctx, who, w.message(who.Username, r), "better")
		return err
	}},
	{"edit another's", func(w *world, who chat.Account, r chat.RoomID) error {
		_, err := w.chat.EditMessage(w.ctx, who, w.message("third", r), "words in a mouth")
		return err
	}},
	{"delete", func(w *world, who chat.Account, r chat.RoomID) error {
		_, err := w.chat.DeleteMessage(w.ctx, who, w.message(who.Username, r))
		return err
	}},
	{"moderate", func(w *world, who chat.Account, r chat.RoomID) error {
		_, err := w.chat.DeleteMessage(w.ctx, who, w.message("third", r))
		return err
	}},
	{"restore", func(w *world, who chat.Account, r chat.RoomID) error {
		id := w.message(who.Username, r)
		w.chat.DeleteMessage(w.ctx, who, id)
		_, err := w.chat.RestoreMessage(w.ctx, who, id)
		return err
	}},
	{"answer", func(w *world, who chat.Account, r chat.RoomID) error {
		_, err := w.chat.PostMessage(w.ctx, who, r, chat.Draft{Body: "x", ReplyTo: w.message("third", r)})
		return err
	}},
	{"begin to edit another's", func(w *world, who chat.Account, r chat.RoomID) error {
		_, _, err := w.chat.Editable(w.ctx, who, w.message("third", r))
		return err
	}},
	{"begin-to-answer", func(w *world, who chat.Account, r chat.RoomID) error {
		_, err := w.chat.Quoted(w.ctx, who, r, w.message("third", r))
		return err
	}},
	{"join", func(w *world, who chat.Account, r chat.RoomID) error { return w.chat.JoinRoom(w.ctx, who, r) }},
	{"leave", func(w *world, who chat.Account, r chat.RoomID) error { return w.chat.LeaveRoom(w.ctx, who, r, false) }},
	{"topic", func(w *world, who chat.Account, r chat.RoomID) error {
		room, _, _ := w.store.RoomFor(w.ctx, r, 0)
		return w.chat.UpdateRoom(w.ctx, who, r, chat.RoomText{Name: new(cmp.Or(room.Name, "r")), Topic: new("new topic")})
	}},
	{"rename", func(w *world, who chat.Account, r chat.RoomID) error {
		return w.chat.UpdateRoom(w.ctx, who, r, chat.RoomText{Name: new(fmt.Sprint("new ", r)), Topic: new("")})
	}},
	{"add", func(w *world, who chat.Account, r chat.RoomID) error {
		return w.chat.AddMembers(w.ctx, who, r, w.ids("newcomer"))
	}},
	{"expel", func(w *world, who chat.Account, r chat.RoomID) error {
		return w.chat.RemoveMember(w.ctx, who, r, w.people["third"].ID)
	}},
	{"complain", func(w *world, who chat.Account, r chat.RoomID) error {
		id := w.message("third", r)
		if who.Username == "third" {
			id = w.message("owner", r)
		}
		_, err := w.chat.Report(w.ctx, who, id, "rude")
		return err
	}},
	{"ban", func(w *world, who chat.Account, r chat.RoomID) error {
		return w.chat.BanMember(w.ctx, who, r, w.people["third"].ID)
	}},
	{"lift", func(w *world, who chat.Account, r chat.RoomID) error {
		return w.chat.UnbanMember(w.ctx, who, r, w.people["third"].ID)
	}},
	{"banned", func(w *world, who chat.Account, r chat.RoomID) error {
		_, err := w.chat.BannedMembers(w.ctx, who, r)
		return err
	}},
	{"picture", func(w *world, who chat.Account, r chat.RoomID) error {
		return w.chat.SetRoomPicture(w.ctx, who, r, chat.File{})
	}},
	{"slow", func(w *world, who chat.Account, r chat.RoomID) error { return w.chat.SetSlowMode(w.ctx, who, r, 10) }},
	{"appoint", func(w *world, who chat.Account, r chat.RoomID) error {
		return w.chat.SetRank(w.ctx, who, r, w.people["third"].ID, chat.RankModerator)
	}},
	{"convert", func(w *world, who chat.Account, r chat.RoomID) error {
		room, _, _ := w.store.RoomFor(w.ctx, r, 0)
		return w.chat.SetVisibility(w.ctx, who, r, chat.Private-room.Kind)
	}},
	{"destroy", func(w *world, who chat.Account, r chat.RoomID) error { return w.chat.DeleteRoom(w.ctx, who, r) }},
}

// What each sort of person may do in each sort of room. "404" is not even to be
// told that it exists; an attempt that is not named is forbidden.
var permitted = []struct {
	room, who string
	may       string
}{
	{"open", "owner", reading + talking + "call leave topic add moderate" + keeping + "rename picture appoint convert destroy"},
	{"open", "member", reading + talking + "call leave topic add"},
	{"open", "moderator", reading + talking + "call leave topic add moderate" + keeping},
	{"open", "outsider", reading + "leave"},
	{"open", "admin", reading + "leave topic" + keeping + "rename picture appoint destroy"},
	{"open", "former", reading + "leave"},
	{"open", "banned", "404"},
	{"private", "owner", reading + talking + "call leave topic add moderate" + keeping + "rename picture appoint convert destroy"},
	{"private", "member", reading + talking + "call leave topic add"},
	{"private", "outsider", "404"},
	{"private", "admin", "404"},
	{"private", "former", "404"},
	{"direct", "member", reading + talking},
	{"direct", "outsider", "404"},
	{"direct", "admin", "404"},
	{"everyone", "member", reading + talking + "call topic add"},
	{"everyone", "admin", reading + talking + "call topic add moderate slow rename picture appoint"},
	{"open", "guest", "404"},
	{"private", "guest", "404"},
	{"direct", "guest", "404"},
	{"everyone", "guest", "404"},
	{"open with guest", "guest", reading + talking + "leave"},
	{"private with guest", "guest", reading + talking + "leave"},
	{"everyone with guest", "guest", reading + talking + "leave"},
	{"direct with guest", "guest", reading + talking},
	{"private with admin", "admin", reading + talking + "call leave topic add moderate" + keeping + "rename picture appoint convert destroy"},
}

// What goes together in these lists. Who is in a room joins it again, and who is not
// leaves it again, without a word.
const (
	reading = " visit open open-message people complain join "
	talking = " listen read type post react edit delete restore answer begin-to-answer "
	keeping = " expel ban lift banned slow "
)

// place makes the room for one attempt, which may change it.
func (w *world) place(kind, attempt string) chat.RoomID {
	w.Helper()
	var room chat.RoomID
	switch kind {
	case "open":
		room = w.room("for "+attempt, chat.Open, "owner", "member", "third", "former", "moderator", "banned")
		w.ok(w.chat.SetRank(w.ctx, w.people["owner"], room, w.people["moderator"].ID, chat.RankModerator))
		w.ok(w.chat.BanMember(w.ctx, w.people["owner"], room, w.people["banned"].ID))
	case "private":
		room = w.room("for "+attempt, chat.Private, "owner", "member", "third", "former")
	case "private with admin":
		return w.room("for "+attempt, chat.Private, "owner", "admin", "third")
	case "open with guest":
		return w.room("for "+attempt, chat.Open, "owner", "guest", "third")
	case "private with guest":
		return w.room("for "+attempt, chat.Private, "owner", "guest", "third")
	case "everyone with guest":
		w.ok(w.chat.AddMembers(w.ctx, w.people["owner"], 1, w.ids("guest")))
		return 1
	case "direct with guest":
		return w.direct("third", "guest")
	case "direct":
		return w.direct("member", "third")
	case "everyone":
		return 1
	}
	w.ok(w.chat.LeaveRoom(w.ctx, w.people["former"], room, false))
	return room
}

// message is one that somebody said in a room; or another's, for who may say
// nothing there; or one that does not exist, as the room.
func (w *world) message(by string, room chat.RoomID) chat.MessageID {
	for _, name := range []string{by, "third"} {
		if m, err := w.chat.PostMessage(w.ctx, w.people[name], room, chat.Draft{Body: "said by " + name}); err == nil {
			return m.ID
		}
	}
	return chat.MessageID(room)
}

func TestThePolicyTableHoldsThroughTheService(t *testing.T) {
	for _, r := range permitted {
		t.Run(r.who+" in "+r.room, func(t *testing.T) {
			w := begin(t, "admin", "owner", "member", "third", "former", "outsider", "newcomer", "moderator", "banned")
			w.guest("guest")
			who := w.people[r.who]
			for _, d := range attempts {
				err := d.do(w, who, w.place(r.room, d.name))
				absent := d.do(w, who, 424242)
				if !errors.Is(absent, chat.ErrNotFound) {
					t.Fatalf("%s in a room that does not exist: %v", d.name, absent)
				}
				switch {
				case r.may == "404":
					if !errors.Is(err, chat.ErrNotFound) || err.Error() != absent.Error() {
						t.Errorf("%s: got %v, want %v", d.name, err, absent)
					}
				case slices.Contains(strings.Fields(r.may), d.name):
					if err != nil {
						t.Errorf("%s is refused: %v", d.name, err)
					}
				case !errors.Is(err, chat.ErrForbidden):
					t.Errorf("%s: got %v, want a refusal", d.name, err)
				}
			}
		})
	}
}

// notOfEverybody is what nobody may do in the room of everybody.
var notOfEverybody = []chat.Action{chat.ActionLeave, chat.ActionRemoveMember, chat.ActionBanMember,
	chat.ActionSetVisibility, chat.ActionDeleteRoom}

func TestTheTableGrantsNothingThatIsNotListed(t *testing.T) {
	for s := chat.NoAccess; s <= chat.Participant; s++ {
		for a := chat.ActionSee; a <= chat.ActionDeleteRoom; a++ {
			leaves := s == chat.Guest && a == chat.ActionLeave // need not be there
			if slices.Contains(notOfEverybody, a) && !leaves && chat.Allows(s, chat.Room{Everyone: true}, a) {
				t.Error("the room of everybody allows", s, a)
			}
			if s == chat.NoAccess && chat.Allows(s, chat.Room{}, a) {
				t.Error("an outsider may", a)
			}
			if chat.Allows(s, chat.Room{}, a) && !chat.Allows(s, chat.Room{}, chat.ActionSee) {
				t.Error("somebody may act in what he may not see:", s, a)
			}
		}
	}
}
