package app_test

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

	"parley/app"
	"parley/app/apptest"
	"parley/app/chat"
)

func TestABackupIsMadeWhileTheServerRuns(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	ada.Post("/rooms/1/messages", "cid", "kept", "body", "kept in the backup").Want(t, 303)
	dir := t.TempDir()
	to := filepath.Join(dir, "copy.db")
	apptest.Command(t, 0, "", "backup", to, "--data", s.Data)
	stream := apptest.Command(t, 0, "", "backup", "-", "--data", s.Data)
	if b, err := os.ReadFile(to); err != nil || len(b) != len(stream) {
		t.Error("standard output is another file:", len(b), len(stream), err)
	}
	for range 2 {
		if out := apptest.Command(t, 0, "", "backup", "--to", dir, "--keep", "1",
			"--data", s.Data); !strings.HasPrefix(out, filepath.Join(dir, "parley-20")) {
			t.Error("the name:", out)
		}
	}
	if names, _ := filepath.Glob(filepath.Join(dir, "*")); len(names) != 2 {
		t.Error("kept:", names)
	}
	copied := &apptest.Server{T: t, Data: to}
	copied.Run()
	defer copied.Stop()
	again := &apptest.Browser{Server: copied, Cookie: ada.Cookie, HTTP: ada.HTTP}
	if r := again.Get("/rooms/1").Want(t, 200); !strings.Contains(r.Body, "kept in the backup") {
		t.Error("the message is not in the backup")
	}
	apptest.Command(t, 2, "", "backup", "--data", s.Data)
	apptest.Command(t, 2, "", "backup", to, "--to", dir, "--data", s.Data)
	apptest.Command(t, 2, "", "backup", "--to", dir, "--keep", "0", "--data", s.Data)
	apptest.Command(t, 1, "", "backup", to, "--data", s.Data+".not")
	apptest.Command(t, 1, "", "backup", filepath.Join(dir, "no", "copy.db"), "--data", s.Data)
	if _, err := os.Stat(s.Data + ".not"); err == nil {
		t.Error("a backup made the file that it should copy")
	}
}

func TestTheServerMakesBackupsByItself(t *testing.T) {
	var log bytes.Buffer
	s := apptest.Start(t, func(c *app.Config) { c.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	s.Signup("ada")
	dir, now, ctx := t.TempDir(), time.Now(), context.Background()
	set := func(key, value string) {
		t.Helper()
		apptest.Command(t, 0, "", "set", key, value, "--data", s.Data)
	}
	var plan app.Schedule
	look := func(after time.Duration, want int) {
		t.Helper()
		s.App.BackupDue(ctx, &plan, now.Add(after))
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
		apptest.Command(t, 2, "", "set", bad[0], bad[1], "--data", s.Data)
	}
	if out := apptest.Command(t, 0, "", "set", "--data", s.Data); !strings.Contains(out, dir) {
		t.Error("the settings do not show the directory:", out)
	}
}

func TestABackupThatFailsIsTold(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t, func(c *app.Config) { c.Metrics = "127.0.0.1:0" })
	ada := s.Signup("ada")
	dir, file := filepath.Join(t.TempDir(), "backups"), filepath.Join(t.TempDir(), "file")
	if err := errors.Join(os.Mkdir(dir, 0o700), os.WriteFile(file, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	for bad, words := range map[string]string{dir + ".not": "There is no directory " + dir + ".not.", file: "is no directory"} {
		if out := apptest.Command(t, 2, "", "set", chat.SettingBackupDir, bad, "--data", s.Data); !strings.Contains(out, words) {
			t.Error(bad, out)
		}
		if err := s.App.Chat.SetSettings(t.Context(), s.Account("ada"), chat.Settings{chat.SettingBackupDir: bad}); err == nil {
			t.Error(bad, "is set by the server")
		}
	}
	apptest.Command(t, 0, "", "set", chat.SettingBackupDir, dir, "--data", s.Data)
	apptest.Command(t, 0, "", "set", chat.SettingBackupEvery, "1h", "--data", s.Data)
	var plan app.Schedule
	now := time.Date(2031, 3, 4, 12, 0, 0, 0, time.UTC)
	s.App.BackupDue(t.Context(), &plan, now)
	good := `datetime="2031-03-04T12:00:00Z"`
	if r := ada.Get("/admin").Want(t, 200); !strings.Contains(r.Body, good) || strings.Contains(r.Body, "failed at") {
		t.Error("the good one is not told:", r.Body)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	s.App.BackupDue(t.Context(), &plan, now.Add(2*time.Hour))
	r := ada.Get("/admin").Want(t, 200)
	for _, words := range []string{good, `failed at 4 March 2031, `, `datetime="2031-03-04T14:00:00Z"`, "no such file or directory"} {
		if !strings.Contains(r.Body, words) {
			t.Errorf("the overview does not say %q", words)
		}
	}
	m := apptest.Scrape(t, s)
	if n, last := m.Of("parley_backup_failures_total"), m.Of("parley_backup_last_timestamp_seconds"); n != 1 || last != float64(now.Unix()) {
		t.Error("the metrics say", n, last)
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	s.App.BackupDue(t.Context(), &plan, now.Add(3*time.Hour))
	if r := ada.Get("/admin").Want(t, 200); strings.Contains(r.Body, "failed at") {
		t.Error("what is over is told still")
	}
}

func TestABackupIsRestoredOnceTheServerHasStopped(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	ada.Post("/rooms/1/messages", "cid", "a", "body", "before").Want(t, 303)
	to := filepath.Join(t.TempDir(), "copy.db")
	apptest.Command(t, 0, "", "backup", to, "--data", s.Data)
	ada.Post("/rooms/1/messages", "cid", "b", "body", "afterwards").Want(t, 303)
	if out := apptest.Command(t, 1, "", "restore", to, "--data", s.Data); !strings.Contains(out, "stop it first") {
		t.Error("while it runs:", out)
	}
	if r := ada.Get("/rooms/1").Want(t, 200); !strings.Contains(r.Body, "afterwards") {
		t.Error("the refused restore changed something")
	}
	s.Stop()
	if out := apptest.Command(t, 0, "", "restore", to, "--data", s.Data); !strings.Contains(out, s.Data+".before-") {
		t.Error("what was kept:", out)
	}
	s.Run()
	if r := ada.Get("/rooms/1").Want(t, 200); !strings.Contains(r.Body, "before") || strings.Contains(r.Body, "afterwards") {
		t.Error("the room is not what the backup says")
	}
	apptest.Command(t, 2, "", "restore", "--data", s.Data)
	apptest.Command(t, 1, "", "restore", to+".not", "--data", filepath.Join(t.TempDir(), "new.db"))
}
