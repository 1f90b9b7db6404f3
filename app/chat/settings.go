package chat

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Settings are what may change while the server runs, by key.
type Settings map[string]string

// Keys of the settings that are not limits, with SettingDeletion and those of backups. The
// command line lists all of them (app/cmd/set.go), and an export takes along what does not belong
// to the machine (archive.Exported).
const (
	SettingWorkspace = "workspace.name"
	SettingSignup    = "signup"
	SettingRetention = "retention.days"
	SettingOriginals = "files.originals"
	SettingEmoji     = "emoji.add"    // who may add emoji: SettingEveryone or SettingAdmins
	SettingFactor    = "login.factor" // of whom a second factor is asked: "off", SettingAdmins or SettingEveryone
	SettingBots      = "bots.add"     // who may have bots, likewise
	SettingWorld     = "rooms.world"  // on or off: whether open rooms may be made readable without an account
	SettingPreviews  = "previews"     // on or off: whether links are shown with what they lead to
)

// SettingLogo is where the picture of the workspace is noted; people change it with the
// picture itself.
const SettingLogo = "workspace.logo"

// Who may do something: values of a setting.
const (
	SettingEveryone = "everybody"
	SettingAdmins   = "admins"
)

// ImportUnfinished is where an import is noted that comes in parts, until all of it
// is there. It is not one of the settings that people change.
const ImportUnfinished = "import.unfinished"

// Unfinished says of the import that is noted there what is to be done.
func Unfinished(what string) string {
	return what + " has not come in whole, or is coming in now. If no import runs, begin it again: what is there comes once."
}

// Workspace is the name of the place.
func (s Settings) Workspace() string {
	if n := s[SettingWorkspace]; n != "" {
		return n
	}
	return "Parley"
}

// Who may sign up: SettingSignup.
const (
	SignupOpen    = "open"
	SignupInvites = "invite"
	SignupAsks    = "approval" // an administrator says yes to each
	SignupClosed  = "closed"
)

// Signup says who may sign up.
func (s Settings) Signup() string {
	if v := s[SettingSignup]; v != "" {
		return v
	}
	return SignupOpen
}

// MaxRetention is how many days messages are kept at most, where they are not kept
// for ever.
const MaxRetention = 36_500

// Retention is how many days messages are kept; 0 is for ever.
func (s Settings) Retention() int {
	n, _ := strconv.Atoi(s[SettingRetention]) // Set let nothing else in
	return n
}

// Logo is the picture of the workspace; 0: none.
func (s Settings) Logo() FileID {
	n, _ := strconv.ParseInt(s[SettingLogo], 10, 64)
	return FileID(n)
}

// EverybodyAddsEmoji says whether members may add emoji, too.
func (s Settings) EverybodyAddsEmoji() bool { return s[SettingEmoji] == SettingEveryone }

// EverybodyHasBots says whether members may have bots, too.
func (s Settings) EverybodyHasBots() bool { return s[SettingBots] == SettingEveryone }

// WorldMayRead says whether open rooms may be made readable without an account.
func (s Settings) WorldMayRead() bool { return s[SettingWorld] == "on" }

// ShowsPreviews says whether links are looked at, and shown with what they lead to.
func (s Settings) ShowsPreviews() bool { return s[SettingPreviews] != "off" }

// Factor says of whom a second factor is asked.
func (s Settings) Factor() string {
	if v := s[SettingFactor]; v != "" {
		return v
	}
	return "off"
}

// FactorRequired says whether somebody must have a second factor, or a passkey.
func (s Settings) FactorRequired(a Account) bool {
	return !a.IsBot() && (s[SettingFactor] == SettingEveryone || s[SettingFactor] == SettingAdmins && a.Admin())
}

// KeepsOriginals says whether pictures are kept as they were uploaded, too.
func (s Settings) KeepsOriginals() bool { return s[SettingOriginals] != "off" }

// Limit is the stored value of a limit, if it was ever set.
func (s Settings) Limit(k *Limit) (int, bool) {
	n, err := strconv.Atoi(s[k.Key])
	return n, err == nil
}

// Settings answers with all of them.
func (c *Chat) Settings(ctx context.Context) (Settings, error) { return c.store.Settings(ctx) }

// settingChoice is a setting that takes one of a few values; the first is in force until another is set.
type settingChoice struct {
	values []string
	words  string // what they mean, for who wrote something else
}

var settingChoices = map[string]settingChoice{
	SettingSignup:    {[]string{SignupOpen, SignupInvites, SignupAsks, SignupClosed}, "Sign-up is open, approval, invite or closed."},
	SettingOriginals: {[]string{"on", "off"}, "Pictures are kept as they were uploaded (on), or only as they are shown (off)."},
	SettingEmoji:     {[]string{SettingAdmins, SettingEveryone}, "Emoji are added by everybody, or by admins."},
	SettingFactor: {[]string{"off", SettingAdmins, SettingEveryone},
		"A second factor is asked of nobody (off), of admins, or of everybody."},
	SettingDeletion: {[]string{DeletionKeeps, DeletionErases, DeletionOff},
		"What somebody said who deletes his account stays (keep), goes (erase), or nobody deletes his account by himself (off)."},
	SettingBots:     {[]string{SettingAdmins, SettingEveryone}, "Bots are made by everybody, or by admins."},
	SettingWorld:    {[]string{"off", "on"}, "Owners of open rooms may let people without an account read them (on), or nobody may (off)."},
	SettingPreviews: {[]string{"on", "off"}, "Links are shown with what they lead to (on), or alone (off)."},
}

// ParseSetting answers with a setting as it is stored, or says why the key or the value
// cannot be.
func ParseSetting(key, value string) (string, error) {
	value = strings.TrimSpace(value)
	if c, is := settingChoices[key]; is {
		if !slices.Contains(c.values, value) {
			return "", Invalid(key, c.words)
		}
		return value, nil
	}
	switch {
	case key == SettingWorkspace:
		name, err := ParseDisplayName(value)
		if err != nil {
			return "", Invalid("workspace", "A workspace's name has 1 to 64 characters.")
		}
		return name, nil
	case key == SettingRetention:
		return parseRetention(value)
	case slices.Contains(BackupKeys, key):
		return checkBackup(key, value)
	case slices.ContainsFunc(AllLimits, func(l *Limit) bool { return l.Key == key }):
		n, err := strconv.Atoi(value)
		if err != nil || n < 0 || n > 1_000_000 {
			return "", Invalid(key, "A limit is a whole number from 0 (off) to 1,000,000.")
		}
		return strconv.Itoa(n), nil
	}
	return "", Invalid(key, "There is no setting "+strconv.Quote(key)+".")
}

// parseRetention takes days, or a duration like 30d or 4w.
func parseRetention(value string) (string, error) {
	n, err := strconv.Atoi(value)
	if err != nil && strings.Trim(value, "0123456789wd") == "" {
		var d time.Duration
		d, err = ParseDuration(value)
		n = int(d / (24 * time.Hour))
	}
	if err != nil || n < 0 || n > MaxRetention {
		return "", Invalid(SettingRetention, "Messages are kept for 1 to 36,500 days, or for ever with 0.")
	}
	return strconv.Itoa(n), nil
}

// value is a setting in force, as it would be stored.
func (s Settings) value(key string) string {
	if v, ok := s[key]; ok {
		return v
	}
	if c, is := settingChoices[key]; is {
		return c.values[0]
	}
	for _, l := range AllLimits {
		if l.Key == key {
			return strconv.Itoa(l.Default)
		}
	}
	return map[string]string{SettingWorkspace: s.Workspace(), SettingRetention: "0"}[key]
}

// SetSetting changes one setting for the command line.
func (c *Chat) SetSetting(ctx context.Context, key, value string) error {
	return c.SetSettings(ctx, Operator, Settings{key: value})
}

// SetSettings changes settings, all or none; those that are as they were already
// stay out of the audit log.
func (c *Chat) SetSettings(ctx context.Context, who Account, set Settings) error {
	if err := who.May(ManageSettings); err != nil {
		return err
	}
	was, err := c.store.Settings(ctx)
	if err != nil {
		return err
	}
	keys := slices.Sorted(maps.Keys(set))
	for _, key := range keys {
		if set[key], err = ParseSetting(key, set[key]); err != nil {
			return err
		}
	}
	if dir := set[SettingBackupDir]; dir != "" && c.BackupDir != nil {
		if err := c.BackupDir(dir); err != nil {
			return err
		}
	}
	changed := Settings{}
	var audit []AuditEntry
	for _, key := range keys {
		if was.value(key) != set[key] {
			changed[key] = set[key]
			audit = append(audit, c.audit(who, AuditSetSetting, key, strconv.Quote(set[key])))
		}
	}
	if len(changed) == 0 {
		return nil
	}
	return c.store.SetSettings(ctx, changed, audit)
}
