package e2e

import (
	"bufio"
	"bytes"
	"image"
	_ "image/gif"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"parley/app/apptest"
)

func TestFilesOfAMessageAreForWhoReadsIt(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bea, cid := s.Signup("ada"), s.Signup("bea"), s.Signup("cid")
	room := ada.Post("/rooms", "name", "secret", "kind", "private", "topic", "").Want(t, http.StatusSeeOther).Location()
	ada.Post(room+"/members", "people", "2").Want(t, http.StatusSeeOther)
	said := ada.Upload(room+"/messages", []string{"cid", "a1", "body", "with **files**", "alt", "A red boat"},
		apptest.NewFile("pier.jpg", apptest.WithPlace(apptest.JpegOf(t, 1800, 1200), 6)),
		apptest.NewFile("Angebot Ä.pdf", []byte("%PDF-1.4 nothing")),
		apptest.NewFile("notes.txt", []byte("one <b>two</b>\nthree")))
	said.Want(t, http.StatusSeeOther)
	p := bea.Get(room).Body
	list := apptest.Tokens(p)
	if len(list) != 3 || !strings.Contains(p, "<strong>files</strong>") {
		t.Fatalf("%d files on the page %s", len(list), p)
	}
	if f := s.Ready(list[0]); f.Width != 1200 || f.Height != 1800 || f.Alt != "A red boat" {
		t.Errorf("the picture is %d × %d, %q", f.Width, f.Height, f.Alt)
	}
	p = bea.Get(room).Body
	if !strings.Contains(p, `<img src="/files/`+list[0]+`/s" width="213" height="320" alt="A red boat"`) {
		t.Error("the picture is not shown upright in its small form:", p)
	}
	for form, side := range map[string]int{"/s": 720, "/l": 1600} {
		a := bea.Get("/files/"+list[0]+form).Want(t, http.StatusOK)
		m, kind, err := image.DecodeConfig(strings.NewReader(a.Body))
		if err != nil || m.Height != side || kind != "jpeg" || a.Header.Get("Content-Type") != "image/jpeg" {
			t.Errorf("%s: %v, %s of %d × %d", form, err, kind, m.Width, m.Height)
		}
		if a.Header.Get("Cache-Control") != "private, max-age=31536000, immutable" ||
			a.Header.Get("Content-Security-Policy") != "sandbox; default-src 'none'" {
			t.Error(form, a.Header)
		}
		bea.Do(http.MethodGet, "/files/"+list[0]+form, "", "If-None-Match", `W/"x", `+a.Header.Get("ETag")).Want(t, http.StatusNotModified)
		if strings.Contains(a.Body, "Secret") {
			t.Error(form, "tells who made it")
		}
	}
	a := bea.Get("/files/"+list[0]+"/pier.jpg").Want(t, http.StatusOK)
	if strings.Contains(a.Body, "Secret") || !strings.Contains(a.Body, "Exif") ||
		a.Header.Get("Content-Disposition") != `attachment; filename="pier.jpg"` {
		t.Error("the original still tells who made it, or is not a download:", a.Header)
	}
	a = bea.Get("/files/"+list[1]+"/Angebot%20%C3%84.pdf").Want(t, http.StatusOK)
	if a.Body != "%PDF-1.4 nothing" || a.Header.Get("Content-Type") != "application/pdf" ||
		a.Header.Get("Content-Disposition") != `attachment; filename="Angebot _.pdf"; filename*=UTF-8''Angebot%20%C3%84.pdf` {
		t.Error(a.Header, a.Body)
	}
	if p := bea.Get("/files/"+list[2]).Want(t, http.StatusOK).Body; !strings.Contains(p, "one &lt;b&gt;two&lt;/b&gt;\nthree</pre>") {
		t.Error("the page of a text does not show it:", p)
	}
	for _, end := range []string{"", "/s", "/l", "/pier.jpg"} {
		other, none := cid.Get("/files/"+list[0]+end).Want(t, http.StatusNotFound),
			cid.Get("/files/NOTHINGNOTHING"+end).Want(t, http.StatusNotFound)
		if strip(other.Body) != strip(none.Body) {
			t.Error(end, "tells outsiders that it exists")
		}
		if s.Visitor().Get("/files/"+list[0]+end).Status != http.StatusSeeOther {
			t.Error(end, "is there for visitors")
		}
	}
	ada.Post(room+"/members/2/remove").Want(t, http.StatusSeeOther)
	for _, end := range []string{"/s", "/l", "/pier.jpg"} {
		bea.Get("/files/"+list[0]+end).Want(t, http.StatusNotFound)
	}
	id := message(ada, said.Location())
	ada.Post("/messages/"+id+"/delete").Want(t, http.StatusSeeOther)
	for _, end := range []string{"/s", "/l", "/pier.jpg"} {
		ada.Get("/files/"+list[0]+end).Want(t, http.StatusGone)
	}
}

// strip takes out what differs between two pages of one kind.
func strip(page string) string {
	for _, mark := range []string{`nonce="`, `name="session" value="`} {
		parts := strings.Split(page, mark)
		for i := 1; i < len(parts); i++ {
			_, parts[i], _ = strings.Cut(parts[i], `"`)
		}
		page = strings.Join(parts, mark)
	}
	return page
}

// message is the id at the end of an address.
func message(b *apptest.Browser, location string) string {
	_, id, ok := strings.Cut(location, "#m-")
	if !ok {
		b.Server.T.Fatal("no message in", location)
	}
	return id
}

func TestRangesOfAFileAreServed(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	data := bytes.Repeat([]byte("0123456789abcdef"), 20_000) // five chunks
	copy(data, "fLaC")
	ada.Upload("/rooms/1/messages", []string{"cid", "a1", "body", ""}, apptest.NewFile("horn.flac", data)).Want(t, http.StatusSeeOther)
	token := apptest.Tokens(ada.Get("/rooms/1").Body)[0]
	path := "/files/" + token + "/horn.flac"
	if a := ada.Get(path).Want(t, http.StatusOK); a.Body != string(data) || a.Header.Get("Content-Type") != "audio/flac" ||
		!strings.HasPrefix(a.Header.Get("Content-Disposition"), "inline") {
		t.Error(len(a.Body), a.Header)
	}
	for asked, want := range map[string]struct {
		status   int
		from, to int
	}{
		"bytes=0-3":               {206, 0, 4},
		"bytes=65530-65545":       {206, 65530, 65546},
		"bytes=-5":                {206, len(data) - 5, len(data)},
		"bytes=131072-":           {206, 131072, len(data)},
		"bytes=0-1,4-5":           {200, 0, len(data)},
		"bytes=320000-":           {416, 0, 0},
		"bytes=9-2":               {416, 0, 0},
		"lines=1-2":               {200, 0, len(data)},
		"bytes=319990-9999999999": {206, 319990, len(data)},
	} {
		a := ada.Do(http.MethodGet, path, "", "Range", asked)
		if a.Status != want.status || want.to > 0 && a.Body != string(data[want.from:want.to]) {
			t.Errorf("%s: status %d, %d bytes", asked, a.Status, len(a.Body))
		}
	}
	if a := ada.Do(http.MethodGet, path, "", "Range", "bytes=0-3", "If-Range", `"other"`); a.Status != http.StatusOK {
		t.Error("a range of another version is served:", a.Status)
	}
	if a := ada.Do(http.MethodHead, path, ""); a.Status != http.StatusOK || a.Body != "" || a.Header.Get("Content-Length") != "320000" {
		t.Error(a.Status, a.Header)
	}
}

// One message for ever, whatever is cut and repeated; and nothing is left of what did not
// become part of it.
func TestUploadsAreSentOnce(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	first := ada.UploadAs("/rooms/1/messages", []string{"cid", "one", "body", "twice"},
		apptest.NewFile("a.txt", []byte("a text"))).Want(t, http.StatusOK)
	again := ada.UploadAs("/rooms/1/messages", []string{"cid", "one", "body", "twice"},
		apptest.NewFile("a.txt", []byte("a text"))).Want(t, http.StatusOK)
	if first.Body != again.Body {
		t.Error("a repeat is answered otherwise:", first.Body, again.Body)
	}
	body, kind := apptest.Form(t, []string{"cid", "two", "body", "cut"}, apptest.NewFile("b.txt", bytes.Repeat([]byte("b"), 600_000)))
	status, _, what := cut(s, "POST /rooms/1/messages HTTP/1.1\r\nHost: 127.0.0.1\r\nHX-Request: true\r\n"+
		"Sec-Fetch-Site: same-origin\r\nCookie: "+ada.Cookie+
		"\r\nContent-Type: "+kind+"\r\nContent-Length: 700000\r\n\r\n"+body[:400_000])
	if status < 400 {
		t.Error("what was cut off was taken:", status, what)
	}
	ada.UploadAs("/rooms/1/messages", []string{"cid", "two", "body", "cut"},
		apptest.NewFile("b.txt", bytes.Repeat([]byte("b"), 600_000))).Want(t, http.StatusOK)
	p := ada.Get("/rooms/1").Body
	if n := strings.Count(p, `<li class="msg"`); n != 2 || len(apptest.Tokens(p)) != 2 {
		t.Errorf("%d messages, %d files", n, len(apptest.Tokens(p)))
	}
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		u, err := s.Stored().FileUsage(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		if u.Bytes == 600_006 {
			break
		}
		if time.Now().After(end) {
			t.Fatal(u, "is stored")
		}
	}
}

func TestARefusedFormKeepsItsFiles(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	long := strings.Repeat("long ", 2100)
	p := ada.Upload("/rooms/1/messages", []string{"cid", "one", "body", long},
		apptest.NewFile("a.txt", []byte("a text"))).Want(t, http.StatusUnprocessableEntity).Body
	_, after, ok := strings.Cut(p, `name="upload" value="`)
	token, _, _ := strings.Cut(after, `"`)
	if !ok || !strings.Contains(p, "a.txt · 6 B") || !strings.Contains(p, strings.TrimSpace(long)) {
		t.Fatal("the form has lost the file or the words")
	}
	ada.Get("/files/"+token+"/a.txt").Want(t, http.StatusOK)
	bea := s.Signup("bea")
	bea.Get("/files/"+token+"/a.txt").Want(t, http.StatusNotFound)
	bea.Post("/rooms/1/messages", "cid", "theirs", "body", "stolen", "upload", token).Want(t, http.StatusUnprocessableEntity)
	ada.Post("/rooms/1/messages", "cid", "one", "body", "short", "upload", token).Want(t, http.StatusSeeOther)
	if p := bea.Get("/rooms/1").Body; !strings.Contains(p, "a.txt") || strings.Contains(p, "stolen") {
		t.Error("the file did not go with the second try:", p)
	}
	ada.Post("/rooms/1/messages", "cid", "again", "body", "the same file", "upload", token).Want(t, http.StatusUnprocessableEntity)
}

// cut sends the beginning of a request and closes that side of the connection; status 0:
// there was no answer.
func cut(s *apptest.Server, request string) (status int, h http.Header, body string) {
	s.T.Helper()
	conn, err := net.Dial("tcp", s.App.Address.String())
	if err != nil {
		s.T.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(20 * time.Second))
	if _, err := io.WriteString(conn, request); err != nil {
		s.T.Fatal(err)
	}
	conn.(*net.TCPConn).CloseWrite()
	r, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return 999, nil, "" // closed without a word
	}
	defer r.Body.Close()
	text, _ := io.ReadAll(r.Body)
	return r.StatusCode, r.Header, string(text)
}
