package app

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"parley/app/chat"
)

func TestABackupIsMadeWhileTheServerRuns(t *testing.T) {
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
		if out := command(t, 0, "", "backup", "--to", dir, "--keep", "1", "--data", s.data); !strings.HasPrefix(out, filepath.Join(dir, "parley-20")) {
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
	set(chat.SettingBackupDir, filepath.Join(dir, "no"))
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
	for _, bad := range [][2]string{{chat.SettingBackupDir, "here"}, {chat.SettingBackupEvery, "often"}, {chat.SettingBackupEvery, "1s"}, {chat.SettingBackupKeep, "0"}} {
		command(t, 2, "", "set", bad[0], bad[1], "--data", s.data)
	}
	if out := command(t, 0, "", "set", "--data", s.data); !strings.Contains(out, dir) {
		t.Error("the settings do not show the directory:", out)
	}
}

func TestABackupIsRestoredOnceTheServerHasStopped(t *testing.T) {
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
