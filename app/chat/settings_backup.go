package chat

import (
	"path/filepath"
	"strconv"
	"time"
)

// Keys of the settings for backups that the server makes by itself.
const (
	SettingBackupDir   = "backup.dir"
	SettingBackupEvery = "backup.every"
	SettingBackupKeep  = "backup.keep"
)

// BackupKeys are all of them.
var BackupKeys = []string{SettingBackupDir, SettingBackupEvery, SettingBackupKeep}

// BackupPlan says where, how often and how many; without a directory or with 0
// there are none.
type BackupPlan struct {
	Dir   string
	Every time.Duration
	Keep  int
}

// Backup is the plan for backups.
func (s Settings) Backup() BackupPlan {
	p := BackupPlan{Dir: s[SettingBackupDir]}
	p.Every, _ = time.ParseDuration(s[SettingBackupEvery]) // Set let nothing else in
	if p.Keep, _ = strconv.Atoi(s[SettingBackupKeep]); p.Keep == 0 {
		p.Keep = 7
	}
	return p
}

// checkBackup answers with a setting as it is stored.
func checkBackup(key, value string) (string, error) {
	switch key {
	case SettingBackupDir:
		if value != "" && !filepath.IsAbs(value) {
			return "", Invalid(key, "The directory for backups is a whole path like /var/backups/parley, or empty for none.")
		}
	case SettingBackupEvery:
		if value == "" {
			return "", nil
		}
		d, err := ParseDuration(value)
		if err != nil || d != 0 && d < time.Minute {
			return "", Invalid(key, "The time between backups is like 7d, 24h or 30m, at least 1m; 0 is off.")
		}
		return d.String(), nil
	case SettingBackupKeep:
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 || n > 10_000 {
			return "", Invalid(key, "The number of backups to keep is a whole number from 1 to 10,000.")
		}
		value = strconv.Itoa(n)
	}
	return value, nil
}
