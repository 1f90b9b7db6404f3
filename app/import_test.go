package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAnImportRefusesAHashThatWouldTakeTheMachineDown(t *testing.T) {
	dir := t.TempDir()
	data, file := filepath.Join(dir, "parley.db"), filepath.Join(dir, "export.jsonl")
	command(t, 0, password+"\n", "user", "add", "ada", "--data", data)
	command(t, 0, "", "export", file, "--data", data)
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, crafted := range []string{"m=4294967295,t=1,p=1", "m=47104,t=4294967295,p=1", "m=47104,t=1,p=0", "m=262145,t=1,p=1"} {
		bad := strings.Replace(string(b), "m=47104,t=1,p=1", crafted, 1)
		if bad == string(b) {
			t.Fatal("the export has no hash:", bad)
		}
		if err := os.WriteFile(file, []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(dir, "imported.db")
		if out := command(t, 1, "", "import", file, "--data", to); !strings.Contains(out, "nothing was imported: line ") || !strings.Contains(out, "the hash of the password") {
			t.Errorf("%s: %s", crafted, out)
		}
		if _, err := os.Stat(to); err == nil {
			t.Error("a data file was left")
		}
	}
}

// Such a hash may have come in before imports looked at them.
func TestALogInWithACraftedHashEndsNothing(t *testing.T) {
	s := start(t)
	s.signup("ada")
	query(t, s.data, "UPDATE accounts SET password = replace(password, 'm=47104,t=1,p=1', 'm=47104,t=1,p=0')")
	if r := s.visitor().post("/login", "username", "ada", "password", password); r.status < 400 {
		t.Error("status", r.status)
	}
	s.visitor().get("/readyz").want(t, 200)
}
