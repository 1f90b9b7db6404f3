package e2e

import (
	"net/http"
	"strings"
	"testing"

	"parley/app/apptest"
)

func TestWhoIsBlockedDoesNotReachThePerson(t *testing.T) {
	t.Parallel()
	s, service := apptest.Start(t, inside), apptest.NewPushService(t)
	ada, mei, jonas := s.Signup("ada"), s.Signup("mei"), s.Signup("jonas")
	phone := told(t, service, ada, "phone")
	other := told(t, service, jonas, "other")
	mei.Post("/dm", "to", "1", "body", "hello").Want(t, http.StatusSeeOther)
	phone.Waits(1)
	ada.Post("/people/1/block").Want(t, http.StatusUnprocessableEntity)
	ada.Post("/people/99/block").Want(t, http.StatusNotFound)
	ada.Post("/people/2/block").Want(t, http.StatusSeeOther)
	for _, a := range []apptest.Answer{mei.Post("/rooms/2/messages", "body", "again"), mei.Post("/dm", "to", "1", "body", "again"),
		ada.Post("/rooms/2/messages", "body", "me")} {
		if a.Status != http.StatusForbidden {
			t.Error(a.Status, a.Body)
		}
	}
	mei.Says(1, "@ada @jonas in the open")
	other.Waits(1)
	if n := len(phone.Got()); n != 1 {
		t.Error("told", n, "times:", phone.Got())
	}
	if page := ada.Get("/rooms/1").Body; !strings.Contains(page, `.msg[data-u="2"]>:not(.av,.hd){display:none}`) {
		t.Error("what is said is not folded")
	}
	if page := jonas.Get("/rooms/1").Body; strings.Contains(page, "You blocked this person") {
		t.Error("it is folded for others")
	}
	if page := mei.Get("/people/1").Body; strings.Contains(page, "blocked") {
		t.Error("it is told")
	}
	mei.Post("/dm", "to", "1", "to", "3", "body", "all of us").Want(t, http.StatusSeeOther) // not alone with her
	ada.Post("/people/2/block", "off", "1").Want(t, http.StatusSeeOther)
	mei.Post("/rooms/2/messages", "body", "thank you").Want(t, http.StatusSeeOther)
}
