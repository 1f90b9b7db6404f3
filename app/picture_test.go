package app

import (
	"image"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"parley/app/chat"
)

// picture posts a form with one picture.
func (b *browser) picture(path string, fields []string, f sent) answer {
	b.s.t.Helper()
	body, kind := form(b.s.t, fields, f)
	body = strings.Replace(body, `name="file"; filename`, `name="picture"; filename`, 1)
	return b.do(http.MethodPost, path, body, "Content-Type", kind, "Sec-Fetch-Site", "same-origin")
}

func TestPeopleHavePictures(t *testing.T) {
	s := start(t)
	ada, bea := s.signup("ada"), s.signup("bea")
	bea.send(1, "a", "before")
	if p := bea.picture("/me/picture", nil, sent{"me.txt", []byte("no picture")}); p.status != 422 || !strings.Contains(p.body, "This is no picture") {
		t.Error("a text is taken for a picture:", p.status)
	}
	bea.picture("/me/picture", nil, sent{"", nil}).want(t, http.StatusUnprocessableEntity)
	bea.picture("/me/picture", nil, sent{"me.jpg", withPlace(jpegOf(t, 900, 600), 6)}).want(t, http.StatusSeeOther)
	page := ada.get("/rooms/1").body
	_, after, ok := strings.Cut(page, `<img class="av" src="`)
	src, _, _ := strings.Cut(after, `"`)
	if !ok || !strings.HasPrefix(src, "/avatars/2?v=") {
		t.Fatal("the row shows no picture:", page)
	}
	for path, side := range map[string]int{src: chat.SmallSquare, src + "&large": chat.LargeSquare} {
		a := ada.get(path).want(t, http.StatusOK)
		m, _, err := image.DecodeConfig(strings.NewReader(a.body))
		if err != nil || m.Width != side || m.Height != side {
			t.Error(path, err, m.Width, m.Height)
		}
	}
	for _, path := range []string{"/people", "/people/2", "/rooms/1/people", "/dm/new"} {
		if !strings.Contains(ada.get(path).body, "/avatars/2?v=") {
			t.Error(path, "shows no picture")
		}
	}
	if s.visitor().get(src).status != http.StatusSeeOther || ada.get("/avatars/1").status != http.StatusNotFound {
		t.Error("pictures are for who is signed in, and some have none")
	}
	bea.picture("/me/picture", nil, sent{"other.png", pngOf(t, 90, 60)}).want(t, http.StatusSeeOther)
	if p := ada.get("/rooms/1").body; strings.Contains(p, src+`"`) || !strings.Contains(p, "/avatars/2?v=") {
		t.Error("the other picture is not shown")
	}
	s.signup("cid").post("/admin/people/2/picture/delete").want(t, http.StatusForbidden)
	ada.post("/admin/people/2/picture/delete").want(t, http.StatusSeeOther)
	if p := ada.get("/rooms/1").body; strings.Contains(p, "/avatars/2") {
		t.Error("the picture is still shown")
	}
	within(t, "nothing is left of pictures that are not shown", func() bool {
		if err := s.app.files.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		u, err := s.app.store.FileUsage(t.Context(), 0)
		return err == nil && u.Bytes == 0
	})
}

func TestTheWorkspaceHasALogo(t *testing.T) {
	s := start(t)
	ada, bea := s.signup("ada"), s.signup("bea")
	bea.picture("/admin/logo", nil, sent{"logo.png", pngOf(t, 300, 200)}).want(t, http.StatusForbidden)
	s.visitor().get("/logo").want(t, http.StatusNotFound)
	ada.picture("/admin/logo", nil, sent{"logo.png", pngOf(t, 300, 200)}).want(t, http.StatusSeeOther)
	for _, p := range []string{s.visitor().get("/login").body, bea.get("/rooms/1").body} {
		if !strings.Contains(p, `<img class="logo" src="/logo?v=`) {
			t.Error("the logo is not shown:", p)
		}
	}
	s.visitor().get("/logo").want(t, http.StatusOK)
	ada.post("/admin/logo/delete").want(t, http.StatusSeeOther)
	if p := s.visitor().get("/login").body; strings.Contains(p, "/logo?v=") {
		t.Error("the logo is still shown")
	}
}

func TestTheWorkspaceHasEmojiOfItsOwn(t *testing.T) {
	s := start(t)
	ada, bea := s.signup("ada"), s.signup("bea")
	bea.picture("/emoji/own", []string{"name", "shipit"}, sent{"ship.png", pngOf(t, 64, 64)}).want(t, http.StatusForbidden)
	for name, want := range map[string]string{"tada": "everywhere", "x": "2 to 32", "Ship it": "2 to 32", "a/b": "2 to 32"} {
		if p := ada.picture("/emoji/own", []string{"name", name}, sent{"ship.png", pngOf(t, 64, 64)}); p.status != 422 || !strings.Contains(p.body, want) {
			t.Errorf("%q: status %d", name, p.status)
		}
	}
	ada.picture("/emoji/own", []string{"name", ":shipit:"}, sent{"ship.png", pngOf(t, 64, 64)}).want(t, http.StatusSeeOther)
	if p := ada.picture("/emoji/own", []string{"name", "shipit"}, sent{"ship.png", pngOf(t, 64, 64)}); p.status != 422 {
		t.Error("a name is taken twice:", p.status)
	}
	said := bea.send(1, "a", "let us :shipit: it, a:shipit:b `:shipit:` :nothing:")
	bea.post("/messages/"+said+"/reactions", "e", ":shipit:", "on", "1").want(t, http.StatusSeeOther)
	bea.post("/messages/"+said+"/reactions", "e", ":nothing:", "on", "1").want(t, http.StatusUnprocessableEntity)
	p := ada.get("/rooms/1").body
	if n := strings.Count(p, `<img class="ce" src="/emoji/shipit?v=`); n != 2 || !strings.Contains(p, "a:shipit:b <code>:shipit:</code> :nothing:") || !strings.Contains(p, `value=":shipit:"`) {
		t.Errorf("%d pictures in %s", n, p)
	}
	ada.get("/emoji/shipit").want(t, http.StatusOK)
	if hits := ada.get("/search?q=" + url.QueryEscape(`":shipit:"`)).body; !strings.Contains(hits, "let us") {
		t.Error("it is not found by its name")
	}
	if err := s.app.Chat.SetSetting(t.Context(), chat.SettingEmoji, chat.SettingEveryone); err != nil {
		t.Fatal(err)
	}
	bea.picture("/emoji/own", []string{"name", "quay-boat"}, sent{"boat.gif", gifOf(t, 40, 40, 2)}).want(t, http.StatusSeeOther)
	bea.post("/emoji/own/shipit/delete").want(t, http.StatusForbidden)
	bea.post("/emoji/own/quay-boat/delete").want(t, http.StatusSeeOther)
	ada.post("/emoji/own/shipit/delete").want(t, http.StatusSeeOther)
	if p := bea.get("/rooms/1").body; strings.Contains(p, `class="ce"`) || !strings.Contains(p, "let us :shipit: it") {
		t.Error("what was removed is still shown, or its name is not:", p)
	}
	bea.post("/messages/"+said+"/reactions", "e", ":shipit:", "on", "0").want(t, http.StatusSeeOther)
}
