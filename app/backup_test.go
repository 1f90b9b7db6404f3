package app

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/app/chat"
)

func TestABackupIsMadeWhileTheServerRuns(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada := s.signup("ada")
	ada.post("/rooms/1/messages", "cid", "kept", "body", "kept in the backup").want(t, 303)
	dir := t.TempDir()
	to := filepath.Join(dir, "copy.db")
	command(t, 0, "", "backup", to, "--data", s.data)
	stream := command(t, 0, "", "backup", "-", "--data", s.data)
	if b, err := os.ReadFile(to); err != nil || len(b) != len(stream) {
		t.Error("standard output is another file:", len(b), len(stream), err)
	}
	for range 2 {
		if out := command(t, 0, "", "backup", "--to", dir, "--keep", "1",
			"--data", s.data); !strings.HasPrefix(out, filepath.Join(dir, "parley-20")) {
			t.Error("the name:", out)
		}
	}
	if names, _ := filepath.Glob(filepath.Join(dir, "*")); len(names) != 2 {
		t.Error("kept:", names)
	}
	copied := &server{t: t, data: to}
	copied.run()
	defer copied.stop()
	again := &browser{s: copied, cookie: ada.cookie, http: ada.http}
	if r := again.get("/rooms/1").want(t, 200); !strings.Contains(r.body, "kept in the backup") {
		t.Error("the message is not in the backup")
	}
	command(t, 2, "", "backup", "--data", s.data)
	command(t, 2, "", "backup", to, "--to", dir, "--data", s.data)
	command(t, 2, "", "backup", "--to", dir, "--keep", "0", "--data", s.data)
	command(t, 1, "", "backup", to, "--data", s.data+".not")
	command(t, 1, "", "backup", filepath.Join(dir, "no", "copy.db"), "--data", s.data)
	if _, err := os.Stat(s.data + ".not"); err == nil {
		t.Error("a backup made the file that it should copy")
	}
}

func TestTheServerMakesBackupsByItself(t *testing.T) {
	var log bytes.Buffer
	s := start(t, func(c *Config) { c.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	s.signup("ada")
	dir, now, ctx := t.TempDir(), time.Now(), context.Background()
	set := func(key, value string) {
		t.Helper()
		command(t, 0, "", "set", key, value, "--data", s.data)
	}
	var plan schedule
	look := func(after time.Duration, want int) {
		t.Helper()
		s.app.backupDue(ctx, &plan, now.Add(after))
		if names, _ := filepath.Glob(filepath.Join(dir, "parley-*.db")); len(names) != want {
			t.Errorf("after %v there are %d backups, want %d\n%s", after, len(names), want, log.String())
		}
	}
	look(0, 0)
	gone := filepath.Join(dir, "gone")
	if err := os.Mkdir(gone, 0o700); err != nil {
		t.Fatal(err)
	}
	set(chat.SettingBackupDir, gone)
	if err := os.Remove(gone); err != nil {
		t.Fatal(err)
	}
	set(chat.SettingBackupEvery, "1h")
	set(chat.SettingBackupKeep, "2")
	look(0, 0)
	look(time.Second, 0)
	look(20*time.Minute, 0)
	if n := strings.Count(log.String(), "no backup was made"); n != 1 {
		t.Errorf("the error is told %d times\n%s", n, log.String())
	}
	set(chat.SettingBackupDir, dir)
	look(1*time.Hour, 1)
	look(90*time.Minute, 1)
	look(2*time.Hour+time.Second, 2)
	look(4*time.Hour, 2)
	set(chat.SettingBackupEvery, "0")
	look(9*time.Hour, 2)
	for _, bad := range [][2]string{{chat.SettingBackupDir, "here"}, {chat.SettingBackupEvery, "often"},
		{chat.SettingBackupEvery, "1s"}, {chat.SettingBackupKeep, "0"}} {
		command(t, 2, "", "set", bad[0], bad[1], "--data", s.data)
	}
	if out := command(t, 0, "", "set", "--data", s.data); !strings.Contains(out, dir) {
		t.Error("the settings do not show the directory:", out)
	}
}

func TestABackupThatFailsIsTold(t *testing.T) {
	t.Parallel()
	s := start(t, func(c *Config) { c.Metrics = "127.0.0.1:0" })
	ada := s.signup("ada")
	dir, file := filepath.Join(t.TempDir(), "backups"), filepath.Join(t.TempDir(), "file")
	if err := errors.Join(os.Mkdir(dir, 0o700), os.WriteFile(file, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	for bad, words := range map[string]string{dir + ".not": "There is no directory " + dir + ".not.", file: "is no directory"} {
		if out := command(t, 2, "", "set", chat.SettingBackupDir, bad, "--data", s.data); !strings.Contains(out, words) {
			t.Error(bad, out)
		}
		if err := s.app.Chat.SetSettings(t.Context(), s.account("ada"), chat.Settings{chat.SettingBackupDir: bad}); err == nil {
			t.Error(bad, "is set by the server")
		}
	}
	command(t, 0, "", "set", chat.SettingBackupDir, dir, "--data", s.data)
	command(t, 0, "", "set", chat.SettingBackupEvery, "1h", "--data", s.data)
	var plan schedule
	now := time.Date(2031, 3, 4, 12, 0, 0, 0, time.UTC)
	s.app.backupDue(t.Context(), &plan, now)
	good := `datetime="2031-03-04T12:00:00Z"`
	if r := ada.get("/admin").want(t, 200); !strings.Contains(r.body, good) || strings.Contains(r.body, "failed at") {
		t.Error("the good one is not told:", r.body)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	s.app.backupDue(t.Context(), &plan, now.Add(2*time.Hour))
	r := ada.get("/admin").want(t, 200)
	for _, words := range []string{good, `failed at 4 March 2031, `, `datetime="2031-03-04T14:00:00Z"`, "no such file or directory"} {
		if !strings.Contains(r.body, words) {
			t.Errorf("the overview does not say %q", words)
		}
	}
	m := scrape(t, s)
	if n, last := m.of("parley_backup_failures_total"), m.of("parley_backup_last_timestamp_seconds"); n != 1 || last != float64(now.Unix()) {
		t.Error("the metrics say", n, last)
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	s.app.backupDue(t.Context(), &plan, now.Add(3*time.Hour))
	if r := ada.get("/admin").want(t, 200); strings.Contains(r.body, "failed at") {
		t.Error("what is over is told still")
	}
}

func TestABackupIsRestoredOnceTheServerHasStopped(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada := s.signup("ada")
	ada.post("/rooms/1/messages", "cid", "a", "body", "before").want(t, 303)
	to := filepath.Join(t.TempDir(), "copy.db")
	command(t, 0, "", "backup", to, "--data", s.data)
	ada.post("/rooms/1/messages", "cid", "b", "body", "afterwards").want(t, 303)
	if out := command(t, 1, "", "restore", to, "--data", s.data); !strings.Contains(out, "stop it first") {
		t.Error("while it runs:", out)
	}
	if r := ada.get("/rooms/1").want(t, 200); !strings.Contains(r.body, "afterwards") {
		t.Error("the refused restore changed something")
	}
	s.stop()
	if out := command(t, 0, "", "restore", to, "--data", s.data); !strings.Contains(out, s.data+".before-") {
		t.Error("what was kept:", out)
	}
	s.run()
	if r := ada.get("/rooms/1").want(t, 200); !strings.Contains(r.body, "before") || strings.Contains(r.body, "afterwards") {
		t.Error("the room is not what the backup says")
	}
	command(t, 2, "", "restore", "--data", s.data)
	command(t, 1, "", "restore", to+".not", "--data", filepath.Join(t.TempDir(), "new.db"))
}
