package e2e

import (
	"path/filepath"
	"strings"
	"testing"

	"parley/app/apptest"
	"parley/app/chat"
)

func TestSettingSaysWhatIsStored(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "parley.db")
	apptest.Command(t, 0, apptest.Password+"\n", "user", "add", "ada", "--data", data)
	for _, c := range [][3]string{{chat.LimitLoginAccount.Key, " 5 ", "5"}, {chat.LimitLoginAccount.Key, "05", "5"},
		{chat.SettingRetention, "1w", "7"}, {chat.SettingWorkspace, "  Our   chat ", "Our chat"},
		{chat.SettingBackupEvery, "1w", "168h0m0s"}, {chat.SettingBackupKeep, "03", "3"}, {chat.SettingSignup, " closed ", "closed"}} {
		out := apptest.Command(t, 0, "", "set", c[0], c[1], "--data", data)
		if out != c[0]+` is "`+c[2]+"\" now.\n" {
			t.Errorf("set %s %q says %s", c[0], c[1], out)
		}
		if shown := strings.TrimSpace(apptest.Command(t, 0, "", "set", c[0], "--data", data)); shown != c[2] {
			t.Errorf("set %s shows %s", c[0], shown)
		}
	}
}

func TestACommandTakesANameAsTheLogInDoes(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "parley.db")
	apptest.Command(t, 0, apptest.Password+"\n", "user", "add", "ada", "--data", data)
	if out := apptest.Command(t, 0, apptest.Password+"\n", "user", "add", "@zed", "--data", data); !strings.HasPrefix(out, "zed was added") {
		t.Error(out)
	}
	for _, name := range []string{"zed", " zed", "zed ", "@zed", " @zed "} {
		for _, do := range []string{"promote", "disable", "enable", "logout", "reset"} {
			apptest.Command(t, 0, "", "user", do, name, "--data", data)
		}
		apptest.Command(t, 0, apptest.Password+"\n", "user", "passwd", name, "--data", data)
	}
}
