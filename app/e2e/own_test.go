package e2e

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"parley/app/apptest"
	"parley/app/chat"
)

// parts are the files of an export.
func parts(t *testing.T, a apptest.Answer) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader([]byte(a.Body)), int64(len(a.Body)))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		all[f.Name] = string(text)
	}
	return all
}

func TestAnExportHasAllThatIsOnesOwnAndNothingElse(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, mei := s.Signup("ada"), s.Signup("mei")
	secret := ada.Found("secret plans", "private")
	ada.Post("/rooms/2/members", "people", "2")
	mei.Says(1, "mine in the open")
	gone := mei.Says(1, "deleted by me")
	mei.Post("/messages/" + strconv.Itoa(gone) + "/delete")
	ada.Says(1, "of somebody else")
	mei.Post("/me", "bio", "I keep the lens").Want(t, http.StatusSeeOther)
	mei.Post("/dm", "to", "1", "body", "between us").Want(t, http.StatusSeeOther)
	_ = secret
	a := mei.Post("/me/data/export").Want(t, http.StatusOK)
	if a.Header.Get("Content-Type") != "application/zip" || !strings.Contains(a.Header.Get("Content-Disposition"), `filename="mei.zip"`) {
		t.Error(a.Header)
	}
	all := parts(t, a)
	var account struct {
		Username, Bio string
		Rooms         []struct{ Name string }
	}
	if err := json.Unmarshal([]byte(all["account.json"]), &account); err != nil || account.Username != "mei" ||
		account.Bio != "I keep the lens" {
		t.Error(all["account.json"], err)
	}
	said := all["messages.jsonl"]
	for _, words := range []string{"mine in the open", "between us", `"room_name":"general"`} {
		if !strings.Contains(said, words) {
			t.Error("it lacks", words, "\n", said)
		}
	}
	for _, words := range []string{"deleted by me", "of somebody else", apptest.Password, "argon2", "token_hash"} {
		if strings.Contains(a.Body, words) || strings.Contains(said+all["account.json"], words) {
			t.Error("it has", words, len(a.Body))
		}
	}
	aged(t, s, 2, 11*time.Minute).Post("/me/data/export").Want(t, http.StatusForbidden) // asks for a proof
}

func TestSomebodyDeletesTheOwnAccount(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, mei := s.Signup("ada"), s.Signup("mei")
	mei.Says(1, "what I said")
	ada.Post("/me/data/delete", "username", "ada").Want(t, http.StatusUnprocessableEntity) // the last administrator
	mei.Post("/me/data/delete", "username", "ada").Want(t, http.StatusUnprocessableEntity)
	aged(t, s, 2, 11*time.Minute).Post("/me/data/delete", "username", "mei").Want(t, http.StatusForbidden)
	mei.Post("/me/data/delete", "username", "@Mei").Want(t, http.StatusOK)
	mei.Get("/rooms/1").Want(t, http.StatusSeeOther)
	if a := s.Visitor().Post("/login", "username", "mei", "password", apptest.Password); a.Status == http.StatusSeeOther {
		t.Error("it logs in")
	}
	page := ada.Get("/rooms/1").Body
	if !strings.Contains(page, "what I said") || !strings.Contains(page, chat.DeletedName) || strings.Contains(page, `href="/people/2">mei<`) {
		i := strings.Index(page, "<ol id")
		t.Error("the message:", page[max(0, i):])
	}
	if strings.Contains(ada.Get("/people").Body, chat.DeletedName) {
		t.Error("it is in the directory")
	}
	s.Signup("mei") // the name is free

	jonas := s.Signup("jonas")
	jonas.Says(1, "and it goes")
	apptest.Command(t, 0, "", "set", "account.delete", "erase", "--data", s.Data)
	if err := s.App.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	jonas.Post("/me/data/delete", "username", "jonas").Want(t, http.StatusOK)
	for deadline := time.Now().Add(30 * time.Second); strings.Contains(ada.Get("/rooms/1").Body,
		"and it goes"); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("what was said stays")
		}
	}
	apptest.Command(t, 0, "", "set", "account.delete", "off", "--data", s.Data)
	if err := s.App.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	priya := s.Signup("priya")
	priya.Post("/me/data/delete", "username", "priya").Want(t, http.StatusForbidden)
	apptest.Command(t, 0, "", "check", "--data", s.Data)
}

func TestWordsOfOnesOwnAreToldOf(t *testing.T) {
	t.Parallel()
	s, service := apptest.Start(t, inside), apptest.NewPushService(t)
	ada, mei := s.Signup("ada"), s.Signup("mei")
	phone := told(t, service, ada, "phone")
	ada.Post("/me/notifications", "keywords", strings.Repeat("x,", 20)+"x").Want(t, http.StatusUnprocessableEntity) // 21
	ada.Post("/me/notifications", "keywords", strings.Repeat("ä", 401)).Want(t, http.StatusUnprocessableEntity)
	ada.Post("/me/notifications", "keywords", "Lens, harbour wall").Want(t, http.StatusSeeOther)
	mei.Says(1, "a lensman at the harbour")
	m := mei.Says(1, "the LENS, at last")
	if n := noticeOf(t, phone.Waits(1)[0]).Notification; n.Message != m {
		t.Errorf("%+v", n)
	}
	page := ada.View(1, 0)
	mei.Says(1, "over the harbour  wall")
	page.Expect(`"notify"`)
}
