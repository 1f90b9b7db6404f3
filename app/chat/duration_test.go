package chat

import (
	"testing"
	"time"
)

func TestASpanOfTimeMayBeInDays(t *testing.T) {
	for s, want := range map[string]time.Duration{"7d": 168 * time.Hour, "1d12h": 36 * time.Hour, "30m": 30 * time.Minute, "0": 0, "0d": 0,
		"36500d": 876_000 * time.Hour,
		"1w":     168 * time.Hour, "2w3d": 17 * 24 * time.Hour, "1w12h": 180 * time.Hour, "0w": 0} {
		if d, err := ParseDuration(s); err != nil || d != want {
			t.Errorf("%q is %v, %v", s, d, err)
		}
	}
	for _, s := range []string{"", "d", "7 d", "-7d", "7d-1h", "1.5d", "7days", "36501d", "99999999999999999999d", "7dd", "+7d", "w", "1d1w",
		"1w1w", "-1w", "1.5w", "5215w", "1w-1h"} {
		if d, err := ParseDuration(s); err == nil {
			t.Errorf("%q is %v", s, d)
		}
	}
}

func TestTheTimeBetweenBackupsMayBeInDays(t *testing.T) {
	for typed, stored := range map[string]string{"7d": "168h0m0s", "90m": "1h30m0s", "": "", "0": "0s"} {
		if v, err := ParseSetting(SettingBackupEvery, typed); err != nil || v != stored ||
			(Settings{SettingBackupEvery: v}).Backup().Every.String() == "" {
			t.Errorf("%q is stored as %q, %v", typed, v, err)
		}
	}
}

func TestASettingIsStoredInOneSpelling(t *testing.T) {
	for _, c := range [][3]string{{SettingRetention, "30d", "30"}, {SettingRetention, "1w", "7"}, {SettingRetention, "2w1d", "15"},
		{SettingRetention, " 05 ", "5"},
		{SettingRetention, "36500d", "36500"}, {AllLimits[0].Key, " 5 ", "5"}, {AllLimits[0].Key, "05", "5"}, {SettingBackupKeep, "007", "7"},
		{SettingBackupEvery, "1w", "168h0m0s"}} {
		if v, err := ParseSetting(c[0], c[1]); err != nil || v != c[2] {
			t.Errorf("%s %q is stored as %q, %v", c[0], c[1], v, err)
		}
	}
	for _, wrong := range []string{"d", "w", "-1", "-1d", "36501d", "5215w", "12h", "1d12h", "1.5d", "", "dw"} {
		if v, err := ParseSetting(SettingRetention, wrong); err == nil {
			t.Errorf("retention %q is stored as %q", wrong, v)
		}
	}
}
