package e2e

import (
	"fmt"
	"image"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"parley/app/apptest"
	"parley/app/chat"
)

// sendPicture posts a form with one picture.
func sendPicture(b *apptest.Browser, path string, fields []string, f apptest.Sent) apptest.Answer {
	b.Server.T.Helper()
	body, kind := apptest.Form(b.Server.T, fields, f)
	body = strings.Replace(body, `name="file"; filename`, `name="picture"; filename`, 1)
	return b.Do(http.MethodPost, path, body, "Content-Type", kind, "Sec-Fetch-Site", "same-origin")
}

func TestPeopleHavePictures(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bea := s.Signup("ada"), s.Signup("bea")
	bea.Send(1, "a", "before")
	if p := sendPicture(bea, "/me/picture", nil, apptest.NewFile("me.txt", []byte("no picture"))); p.Status != 422 ||
		!strings.Contains(p.Body, "This is no picture") {
		t.Error("a text is taken for a picture:", p.Status)
	}
	sendPicture(bea, "/me/picture", nil, apptest.NewFile("", nil)).Want(t, http.StatusUnprocessableEntity)
	sendPicture(bea, "/me/picture", nil, apptest.NewFile("me.jpg",
		apptest.WithPlace(apptest.JpegOf(t, 900, 600), 6))).Want(t, http.StatusSeeOther)
	page := ada.Get("/rooms/1").Body
	_, after, ok := strings.Cut(page, `<img class="av" src="`)
	src, _, _ := strings.Cut(after, `"`)
	if !ok || !strings.HasPrefix(src, "/avatars/2?v=") {
		t.Fatal("the row shows no picture:", page)
	}
	for path, side := range map[string]int{src: chat.SmallSquare, src + "&large": chat.LargeSquare} {
		a := ada.Get(path).Want(t, http.StatusOK)
		m, _, err := image.DecodeConfig(strings.NewReader(a.Body))
		if err != nil || m.Width != side || m.Height != side {
			t.Error(path, err, m.Width, m.Height)
		}
	}
	for _, path := range []string{"/people", "/people/2", "/rooms/1/people", "/dm/new"} {
		if !strings.Contains(ada.Get(path).Body, "/avatars/2?v=") {
			t.Error(path, "shows no picture")
		}
	}
	if s.Visitor().Get(src).Status != http.StatusSeeOther || ada.Get("/avatars/1").Status != http.StatusNotFound {
		t.Error("pictures are for who is signed in, and some have none")
	}
	sendPicture(bea, "/me/picture", nil, apptest.NewFile("other.png", apptest.PngOf(t, 90, 60))).Want(t, http.StatusSeeOther)
	if p := ada.Get("/rooms/1").Body; strings.Contains(p, src+`"`) || !strings.Contains(p, "/avatars/2?v=") {
		t.Error("the other picture is not shown")
	}
	s.Signup("cid").Post("/admin/people/2/picture/delete").Want(t, http.StatusForbidden)
	ada.Post("/admin/people/2/picture/delete").Want(t, http.StatusSeeOther)
	if p := ada.Get("/rooms/1").Body; strings.Contains(p, "/avatars/2") {
		t.Error("the picture is still shown")
	}
	apptest.Within(t, "nothing is left of pictures that are not shown", func() bool {
		u, err := s.Stored().FileUsage(t.Context(), 0)
		return err == nil && u.Bytes == 0
	})
}

func TestTheWorkspaceHasALogo(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bea := s.Signup("ada"), s.Signup("bea")
	sendPicture(bea, "/admin/logo", nil, apptest.NewFile("logo.png", apptest.PngOf(t, 300, 200))).Want(t, http.StatusForbidden)
	s.Visitor().Get("/logo").Want(t, http.StatusNotFound)
	sendPicture(ada, "/admin/logo", nil, apptest.NewFile("logo.png", apptest.PngOf(t, 300, 200))).Want(t, http.StatusSeeOther)
	for _, p := range []string{s.Visitor().Get("/login").Body, bea.Get("/rooms/1").Body} {
		if !strings.Contains(p, `<img class="logo" src="/logo?v=`) {
			t.Error("the logo is not shown:", p)
		}
	}
	s.Visitor().Get("/logo").Want(t, http.StatusOK)
	ada.Post("/admin/logo/delete").Want(t, http.StatusSeeOther)
	if p := s.Visitor().Get("/login").Body; strings.Contains(p, "/logo?v=") {
		t.Error("the logo is still shown")
	}
}

// Not beside others: emoji are those of the process, and each server sets them.
func TestTheWorkspaceHasEmojiOfItsOwn(t *testing.T) {
	s := apptest.Start(t)
	ada, bea := s.Signup("ada"), s.Signup("bea")
	sendPicture(bea, "/emoji/own", []string{"name", "shipit"},
		apptest.NewFile("ship.png", apptest.PngOf(t, 64, 64))).Want(t, http.StatusForbidden)
	for name, want := range map[string]string{"tada": "everywhere", "x": "2 to 32", "Ship it": "2 to 32", "a/b": "2 to 32"} {
		if p := sendPicture(ada, "/emoji/own", []string{"name", name},
			apptest.NewFile("ship.png", apptest.PngOf(t, 64, 64))); p.Status != 422 || !strings.Contains(p.Body, want) {
			t.Errorf("%q: status %d", name, p.Status)
		}
	}
	sendPicture(ada, "/emoji/own", []string{"name", ":shipit:"},
		apptest.NewFile("ship.png", apptest.PngOf(t, 64, 64))).Want(t, http.StatusSeeOther)
	if p := sendPicture(ada, "/emoji/own", []string{"name", "shipit"},
		apptest.NewFile("ship.png", apptest.PngOf(t, 64, 64))); p.Status != 422 {
		t.Error("a name is taken twice:", p.Status)
	}
	said := bea.Send(1, "a", "let us :shipit: it, a:shipit:b `:shipit:` :nothing:")
	bea.Post("/messages/"+said+"/reactions", "e", ":shipit:", "on", "1").Want(t, http.StatusSeeOther)
	bea.Post("/messages/"+said+"/reactions", "e", ":nothing:", "on", "1").Want(t, http.StatusUnprocessableEntity)
	p := ada.Get("/rooms/1").Body
	if n := strings.Count(p, `<img class="ce" src="/emoji/shipit?v=`); n != 2 ||
		!strings.Contains(p, "a:shipit:b <code>:shipit:</code> :nothing:") || !strings.Contains(p, `value=":shipit:"`) {
		t.Errorf("%d pictures in %s", n, p)
	}
	ada.Get("/emoji/shipit").Want(t, http.StatusOK)
	if hits := ada.Get("/search?q=" + url.QueryEscape(`":shipit:"`)).Body; !strings.Contains(hits, "let us") {
		t.Error("it is not found by its name")
	}
	if err := s.App.Chat.SetSetting(t.Context(), chat.SettingEmoji, chat.SettingEveryone); err != nil {
		t.Fatal(err)
	}
	sendPicture(bea, "/emoji/own", []string{"name", "quay-boat"},
		apptest.NewFile("boat.gif", apptest.GifOf(t, 40, 40, 2))).Want(t, http.StatusSeeOther)
	bea.Post("/emoji/own/shipit/delete").Want(t, http.StatusForbidden)
	bea.Post("/emoji/own/quay-boat/delete").Want(t, http.StatusSeeOther)
	ada.Post("/emoji/own/shipit/delete").Want(t, http.StatusSeeOther)
	if p := bea.Get("/rooms/1").Body; strings.Contains(p, `class="ce"`) || !strings.Contains(p, "let us :shipit: it") {
		t.Error("what was removed is still shown, or its name is not:", p)
	}
	bea.Post("/messages/"+said+"/reactions", "e", ":shipit:", "on", "0").Want(t, http.StatusSeeOther)
}

func TestARoomHasAPicture(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bea := s.Signup("ada"), s.Signup("bea")
	private := fmt.Sprint("/rooms/", bea.Found("cellar", "private"))
	for path, want := range map[string]int{"/rooms/1/picture": http.StatusForbidden, private + "/picture": http.StatusSeeOther} {
		sendPicture(bea, path, nil, apptest.NewFile("room.png", apptest.PngOf(t, 300, 200))).Want(t, want)
	}
	sendPicture(ada, private+"/picture", nil, apptest.NewFile("room.png", apptest.PngOf(t, 300, 200))).Want(t, http.StatusNotFound)
	sendPicture(ada, "/rooms/1/picture", nil, apptest.NewFile("room.txt", []byte("no picture"))).Want(t, http.StatusUnprocessableEntity)
	sendPicture(ada, "/rooms/1/picture", nil, apptest.NewFile("room.png", apptest.PngOf(t, 300, 200))).Want(t, http.StatusSeeOther)
	for _, path := range []string{"/rooms/1", "/rooms", private} {
		if !strings.Contains(bea.Get(path).Body, `src="/rooms/1/picture?v=`) {
			t.Error(path, "does not show the picture of the room")
		}
	}
	bea.Get("/rooms/1/picture").Want(t, http.StatusOK)
	bea.Get(private+"/picture").Want(t, http.StatusOK)
	ada.Get(private+"/picture").Want(t, http.StatusNotFound)
	s.Visitor().Get("/rooms/1/picture").Want(t, http.StatusSeeOther)
	bea.Post("/rooms/1/picture/delete").Want(t, http.StatusForbidden)
	ada.Post("/rooms/1/picture/delete").Want(t, http.StatusSeeOther)
	if p := bea.Get("/rooms/1").Body; strings.Contains(p, "/rooms/1/picture") {
		t.Error("the picture is still shown")
	}
	bea.Get("/rooms/1/picture").Want(t, http.StatusNotFound)
}
