package chat

import (
	"testing"
	"time"
)

func TestASpanOfTimeMayBeInDays(t *testing.T) {
	for s, want := range map[string]time.Duration{"7d": 168 * time.Hour, "1d12h": 36 * time.Hour, "30m": 30 * time.Minute, "0": 0, "0d": 0, "36500d": 876_000 * time.Hour} {
		if d, err := ParseDuration(s); err != nil || d != want {
			t.Errorf("%q is %v, %v", s, d, err)
		}
	}
	for _, s := range []string{"", "d", "7 d", "-7d", "7d-1h", "1.5d", "7days", "36501d", "99999999999999999999d", "7dd", "+7d"} {
		if d, err := ParseDuration(s); err == nil {
			t.Errorf("%q is %v", s, d)
		}
	}
}

func TestTheTimeBetweenBackupsMayBeInDays(t *testing.T) {
	for typed, stored := range map[string]string{"7d": "168h0m0s", "90m": "1h30m0s", "": "", "0": "0s"} {
		if v, err := check(SettingBackupEvery, typed); err != nil || v != stored || (Settings{SettingBackupEvery: v}).Backup().Every.String() == "" {
			t.Errorf("%q is stored as %q, %v", typed, v, err)
		}
	}
	if v, err := check(SettingRetention, "30d"); err != nil || v != "30" {
		t.Error("retention:", v, err)
	}
}
