package e2e

import (
	"encoding/json"
	"strings"
	"testing"

	"parley/app/apptest"
)

func TestACheckSaysInWordsWhatIsWrong(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	ada.Post("/rooms/1/messages", "cid", "a", "body", "a message").Want(t, 303)
	if out := apptest.Command(t, 0, "", "check", "--data", s.Data); !strings.Contains(out, "as it should be") {
		t.Error(out)
	}
	apptest.Query(t, s.Data, "UPDATE rooms SET posts = 5")
	if out := apptest.Command(t, 1, "", "check", "--data", s.Data); !strings.Contains(out, "room 1 has counted 5 posts, its newest row 1") ||
		!strings.Contains(out, "parley check --repair") {
		t.Error(out)
	}
	var r struct {
		Problems []struct{ What, Advice string }
	}
	out, _, _ := strings.Cut(apptest.Command(t, 1, "", "check", "--json", "--data", s.Data), "\n")
	if err := json.Unmarshal([]byte(out), &r); err != nil || len(r.Problems) != 1 || r.Problems[0].Advice == "" {
		t.Errorf("%v in %s", err, out)
	}
	apptest.Command(t, 0, "", "check", "--repair", "--data", s.Data)
	apptest.Command(t, 0, "", "check", "--data", s.Data)
	apptest.Command(t, 1, "", "check", "--data", s.Data+".not")
}
