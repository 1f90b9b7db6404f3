package e2e

import (
	"net/http"
	"strconv"
	"testing"

	"parley/app/apptest"
	"parley/app/chat"
)

// What somebody set up in a private room speaks there, and is told of it, as long as he is
// in the room.
func TestHooksEndWithTheirMakersPlaceInARoom(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	s.Unlimited()
	ada, bob := s.Signup("ada"), s.Signup("bob")
	if err := s.App.Chat.SetSetting(t.Context(), chat.SettingBots, chat.SettingEveryone); err != nil {
		t.Fatal(err)
	}
	for _, way := range []struct {
		name   string
		end    func(room string)
		status int
	}{
		{"he is put out", func(room string) { ada.Post("/rooms/"+room+"/members/2/remove").Want(t, 303) }, http.StatusNotFound},
		{"he leaves", func(room string) { bob.Post("/rooms/"+room+"/leave").Want(t, 303) }, http.StatusNotFound},
	} {
		t.Run(way.name, func(t *testing.T) {
			room := ada.Found("den "+way.name, "private")
			at := "/rooms/" + strconv.Itoa(room)
			ada.Post(at+"/members", "people", "2").Want(t, 303)
			ada.Post(at+"/members/2/rank", "rank", "owner").Want(t, 303)
			hook := newHook(bob, room, "Bell")
			send := func() int {
				return s.Visitor().Do("POST", hook, `{"text":"ding"}`, "Content-Type", "application/json").Status
			}
			if got := send(); got != http.StatusOK {
				t.Fatal("before:", got)
			}
			way.end(strconv.Itoa(room))
			if got := send(); got != way.status {
				t.Error("after:", got)
			}
			if got := send(); got != way.status {
				t.Error("once more:", got)
			}
		})
	}
}
