package chat

import (
	"context"
	"slices"
	"strconv"
	"strings"
)

// Settings are what may change while the server runs, by key.
type Settings map[string]string

// Keys of the settings that are not limits.
const (
	SettingWorkspace = "workspace.name"
	SettingSignup    = "signup"
)

// Workspace is the name of the place.
func (s Settings) Workspace() string {
	if n := s[SettingWorkspace]; n != "" {
		return n
	}
	return "Parley"
}

// SignupOpen says whether anybody may sign up.
func (s Settings) SignupOpen() bool { return s[SettingSignup] != "closed" }

// Limit is the stored value of a limit, if it was ever set.
func (s Settings) Limit(k *Limit) (int, bool) {
	n, err := strconv.Atoi(s[k.Key])
	return n, err == nil
}

// Settings answers with all of them.
func (c *Chat) Settings(ctx context.Context) (Settings, error) { return c.store.Settings(ctx) }

// Set changes one setting, or says why the key or the value cannot be.
func (c *Chat) Set(ctx context.Context, key, value string) error {
	value = strings.TrimSpace(value)
	switch {
	case key == SettingWorkspace:
		name, err := ParseDisplayName(value)
		if err != nil {
			return Invalid("workspace", "A workspace's name has 1 to 64 characters.")
		}
		value = name
	case key == SettingSignup:
		if value != "open" && value != "closed" {
			return Invalid(key, "Sign-up is open or closed.")
		}
	case slices.Contains(BackupKeys, key):
		if err := checkBackup(key, value); err != nil {
			return err
		}
	case slices.ContainsFunc(AllLimits, func(l *Limit) bool { return l.Key == key }):
		if n, err := strconv.Atoi(value); err != nil || n < 0 || n > 1_000_000 {
			return Invalid(key, "A limit is a whole number from 0 (off) to 1,000,000.")
		}
	default:
		return Invalid(key, "There is no setting "+strconv.Quote(key)+".")
	}
	return c.store.SetSetting(ctx, key, value)
}

// Administer changes settings for an administrator.
func (c *Chat) Administer(ctx context.Context, who Account, settings map[string]string) error {
	if !who.Admin() {
		return Forbidden("Only an administrator may do that.")
	}
	for key, value := range settings {
		if err := c.Set(ctx, key, value); err != nil {
			return err
		}
	}
	return nil
}
