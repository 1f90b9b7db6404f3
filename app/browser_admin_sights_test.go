package app

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// administered are the pages of the administration and of moderation, with
// something on each.
func administered(t testing.TB, s *server, ada, bea, cid *browser) (list []sight) {
	t.Helper()
	dan, eve := s.signup("dan"), s.signup("eve")
	for range 3 {
		dan.post("/rooms/1/messages", "body", "Cheap watches, **best price**, see https://watches.example").want(t, http.StatusSeeOther)
	}
	spam := dan.send(1, "spam", "Buy now! Only today: watches for everybody in #general.")
	bea.post("/messages/"+spam+"/report", "reason", "It is the fourth advertisement today").want(t, http.StatusSeeOther)
	cid.post("/messages/"+spam+"/report", "reason", "Spam").want(t, http.StatusSeeOther)
	joined := ada.invite(t, "5", "member")
	s.visitor().post(joined, "username", "fay", "password", password).want(t, http.StatusSeeOther)
	shown := ada.post("/admin/invites", "uses", "0", "expires", "", "role", "member").want(t, http.StatusSeeOther).location()
	gone := ada.invite(t, "1", "administrator")
	ada.post("/admin/invites/3/revoke").want(t, http.StatusSeeOther)
	ada.post("/rooms", "name", "harbour", "kind", "open", "people", "2").want(t, http.StatusSeeOther)
	room := "/rooms/" + roomNamed(t, ada, "harbour")
	eve.post(room+"/join").want(t, http.StatusSeeOther)
	dan.post(room+"/join").want(t, http.StatusSeeOther)
	ada.post(room+"/members/2/rank", "rank", "moderator").want(t, http.StatusSeeOther)
	ada.post(room+"/slow", "slow", "30").want(t, http.StatusSeeOther)
	bea.post(room+"/members/4/ban").want(t, http.StatusSeeOther)
	ada.post("/admin/people/5/disable").want(t, http.StatusSeeOther)
	for name, path := range map[string]string{"administration": "/admin", "all people": "/admin/people",
		"banned people": "/admin/people?state=banned", "one account": "/admin/people/4",
		"one deactivated": "/admin/people/5", "open rooms": "/admin/rooms", "invites": "/admin/invites", "new invite": shown,
		"reports": "/reports", "audit log": "/admin/log", "moderated room": room + "/settings"} {
		list = append(list, sight{name: name, path: path, who: ada})
	}
	return append(list,
		sight{name: "reports of a moderator", path: "/reports", who: bea}, sight{name: "report", path: "/messages/" + spam + "/report", who: cid},
		sight{name: "refused report", who: cid, html: cid.post("/messages/"+spam+"/report", "reason", " ").body},
		sight{name: "invited", path: joined, who: s.visitor()}, sight{name: "invited already", path: joined, who: bea},
		sight{name: "invite that is over", who: s.visitor(), html: s.visitor().get(gone).want(t, http.StatusGone).body},
		sight{name: "refused invite", who: ada, html: ada.post("/admin/invites", "uses", "many", "expires", "7d",
			"role", "member").want(t, 422).body},
		sight{name: "refused limits", who: ada, html: ada.post("/admin/limits", "limit.messages", "fast").want(t, 422).body},
		sight{name: "reset link", who: ada, html: ada.post("/admin/people/2/reset").want(t, http.StatusOK).body},
		sight{name: "new password", who: s.visitor(), path: resetLink.FindStringSubmatch(ada.post("/admin/people/2/reset").body)[1]},
		sight{name: "slow room", who: latecomer(t, s, room), path: room})
}

// latecomer is a member who must wait in rooms with slow mode.
func latecomer(t testing.TB, s *server, room string) *browser {
	t.Helper()
	b := s.signup("gil")
	b.post(room+"/join").want(t, http.StatusSeeOther)
	return b
}

// roomNamed finds a room in somebody's list.
func roomNamed(t testing.TB, b *browser, name string) string {
	t.Helper()
	m := regexp.MustCompile(`href="/rooms/(\d+)"[^>]*>(?:[^<]|<[^a])*` + name).FindStringSubmatch(strings.ReplaceAll(b.get("/rooms").body,
		"\n", ""))
	if m == nil {
		t.Fatal("no room", name)
	}
	return m[1]
}
