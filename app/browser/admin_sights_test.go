package browser

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"parley/app/apptest"
)

// administered are the pages of the administration and of moderation, with
// something on each.
func administered(t testing.TB, s *apptest.Server, ada, bea, cid *apptest.Browser) (list []sight) {
	t.Helper()
	dan, eve := s.Signup("dan"), s.Signup("eve")
	for range 3 {
		dan.Post("/rooms/1/messages", "body", "Cheap watches, **best price**, see https://watches.example").Want(t, http.StatusSeeOther)
	}
	spam := dan.Send(1, "spam", "Buy now! Only today: watches for everybody in #general.")
	bea.Post("/messages/"+spam+"/report", "reason", "It is the fourth advertisement today").Want(t, http.StatusSeeOther)
	cid.Post("/messages/"+spam+"/report", "reason", "Spam").Want(t, http.StatusSeeOther)
	joined := ada.Invite(t, "5", "member")
	s.Visitor().Post(joined, "username", "fay", "password", apptest.Password).Want(t, http.StatusSeeOther)
	shown := ada.Post("/admin/invites", "uses", "0", "expires", "", "role", "member").Want(t, http.StatusSeeOther).Location()
	gone := ada.Invite(t, "1", "administrator")
	ada.Post("/admin/invites/3/revoke").Want(t, http.StatusSeeOther)
	ada.Post("/rooms", "name", "harbour", "kind", "open", "people", "2").Want(t, http.StatusSeeOther)
	room := "/rooms/" + roomNamed(t, ada, "harbour")
	eve.Post(room+"/join").Want(t, http.StatusSeeOther)
	dan.Post(room+"/join").Want(t, http.StatusSeeOther)
	ada.Post(room+"/members/2/rank", "rank", "moderator").Want(t, http.StatusSeeOther)
	ada.Post(room+"/slow", "slow", "30").Want(t, http.StatusSeeOther)
	bea.Post(room+"/members/4/ban").Want(t, http.StatusSeeOther)
	ada.Post("/admin/people/5/disable").Want(t, http.StatusSeeOther)
	for name, path := range map[string]string{"administration": "/admin", "all people": "/admin/people",
		"banned people": "/admin/people?state=banned", "one account": "/admin/people/4",
		"one deactivated": "/admin/people/5", "open rooms": "/admin/rooms", "invites": "/admin/invites", "new invite": shown,
		"reports": "/reports", "audit log": "/admin/log", "moderated room": room + "/settings"} {
		list = append(list, sight{name: name, path: path, who: ada})
	}
	return append(list,
		sight{name: "reports of a moderator", path: "/reports", who: bea}, sight{name: "report", path: "/messages/" + spam + "/report", who: cid},
		sight{name: "refused report", who: cid, html: cid.Post("/messages/"+spam+"/report", "reason", " ").Body},
		sight{name: "invited", path: joined, who: s.Visitor()}, sight{name: "invited already", path: joined, who: bea},
		sight{name: "invite that is over", who: s.Visitor(), html: s.Visitor().Get(gone).Want(t, http.StatusGone).Body},
		sight{name: "refused invite", who: ada, html: ada.Post("/admin/invites", "uses", "many", "expires", "7d",
			"role", "member").Want(t, 422).Body},
		sight{name: "refused limits", who: ada, html: ada.Post("/admin/limits", "limit.messages", "fast").Want(t, 422).Body},
		sight{name: "reset link", who: ada, html: ada.Post("/admin/people/2/reset").Want(t, http.StatusOK).Body},
		sight{name: "new password", who: s.Visitor(), path: apptest.ResetLink.FindStringSubmatch(ada.Post("/admin/people/2/reset").Body)[1]},
		sight{name: "slow room", who: latecomer(t, s, room), path: room})
}

// latecomer is a member who must wait in rooms with slow mode.
func latecomer(t testing.TB, s *apptest.Server, room string) *apptest.Browser {
	t.Helper()
	b := s.Signup("gil")
	b.Post(room+"/join").Want(t, http.StatusSeeOther)
	return b
}

// roomNamed finds a room in somebody's list.
func roomNamed(t testing.TB, b *apptest.Browser, name string) string {
	t.Helper()
	m := regexp.MustCompile(`href="/rooms/(\d+)"[^>]*>(?:[^<]|<[^a])*` + name).FindStringSubmatch(strings.ReplaceAll(b.Get("/rooms").Body,
		"\n", ""))
	if m == nil {
		t.Fatal("no room", name)
	}
	return m[1]
}
