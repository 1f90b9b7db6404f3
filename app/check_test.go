package app

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"
	"testing"
)

func TestACheckSaysInWordsWhatIsWrong(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada := s.signup("ada")
	ada.post("/rooms/1/messages", "cid", "a", "body", "a message").want(t, 303)
	if out := command(t, 0, "", "check", "--data", s.data); !strings.Contains(out, "as it should be") {
		t.Error(out)
	}
	d, err := sql.Open("sqlite", s.data)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := d.ExecContext(context.Background(), "UPDATE rooms SET posts = 5"); err != nil {
		t.Fatal(err)
	}
	if out := command(t, 1, "", "check", "--data", s.data); !strings.Contains(out, "room 1 has counted 5 posts, its newest row 1") ||
		!strings.Contains(out, "parley check --repair") {
		t.Error(out)
	}
	var r struct {
		Problems []struct{ What, Advice string }
	}
	out, _, _ := strings.Cut(command(t, 1, "", "check", "--json", "--data", s.data), "\n")
	if err := json.Unmarshal([]byte(out), &r); err != nil || len(r.Problems) != 1 || r.Problems[0].Advice == "" {
		t.Errorf("%v in %s", err, out)
	}
	command(t, 0, "", "check", "--repair", "--data", s.data)
	command(t, 0, "", "check", "--data", s.data)
	command(t, 1, "", "check", "--data", s.data+".not")
}
