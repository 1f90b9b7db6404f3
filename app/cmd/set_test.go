package cmd_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"parley/app/apptest"
	"parley/app/archive"
)

// What the command line can set goes along with an export, but for what belongs to the machine.
func TestEverySettingIsCarriedAlong(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "parley.db")
	password := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(password, []byte(apptest.Password), 0o600); err != nil {
		t.Fatal(err)
	}
	apptest.Command(t, 0, "", "user", "add", "ada", "--password-file", password, "--data", data)
	var set map[string]string
	if err := json.Unmarshal([]byte(apptest.Command(t, 0, "", "set", "--json", "--data", data)), &set); err != nil {
		t.Fatal(err)
	}
	if len(set) < 20 {
		t.Errorf("there are %d settings", len(set))
	}
	for key := range set {
		if machine := strings.HasPrefix(key, "backup."); archive.Exported(key) == machine {
			t.Errorf("%s is carried along: %v", key, !machine)
		}
	}
}
