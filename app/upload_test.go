package app

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

	"parley/app/chat"
)

// ready waits until the forms of all pictures of a message are made, and answers with it.
func (s *server) ready(token string) chat.StoredFile {
	s.t.Helper()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		f, err := s.stored().FileByToken(s.t.Context(), token)
		if err != nil {
			s.t.Fatal(err)
		}
		if f.State != chat.FileWaiting {
			return f
		}
		if time.Now().After(end) {
			s.t.Fatal("the picture is not ready")
		}
	}
}

func TestFilesOfAMessageAreForWhoReadsIt(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada, bea, cid := s.signup("ada"), s.signup("bea"), s.signup("cid")
	room := ada.post("/rooms", "name", "secret", "kind", "private", "topic", "").want(t, http.StatusSeeOther).location()
	ada.post(room+"/members", "people", "2").want(t, http.StatusSeeOther)
	said := ada.upload(room+"/messages", []string{"cid", "a1", "body", "with **files**", "alt", "A red boat"},
		sent{"pier.jpg", withPlace(jpegOf(t, 1800, 1200), 6)}, sent{"Angebot Ä.pdf", []byte("%PDF-1.4 nothing")},
		sent{"notes.txt", []byte("one <b>two</b>\nthree")})
	said.want(t, http.StatusSeeOther)
	p := bea.get(room).body
	list := tokens(p)
	if len(list) != 3 || !strings.Contains(p, "<strong>files</strong>") {
		t.Fatalf("%d files on the page %s", len(list), p)
	}
	if f := s.ready(list[0]); f.Width != 1200 || f.Height != 1800 || f.Alt != "A red boat" {
		t.Errorf("the picture is %d × %d, %q", f.Width, f.Height, f.Alt)
	}
	p = bea.get(room).body
	if !strings.Contains(p, `<img src="/files/`+list[0]+`/s" width="213" height="320" alt="A red boat"`) {
		t.Error("the picture is not shown upright in its small form:", p)
	}
	for form, side := range map[string]int{"/s": 720, "/l": 1600} {
		a := bea.get("/files/"+list[0]+form).want(t, http.StatusOK)
		m, kind, err := image.DecodeConfig(strings.NewReader(a.body))
		if err != nil || m.Height != side || kind != "jpeg" || a.header.Get("Content-Type") != "image/jpeg" {
			t.Errorf("%s: %v, %s of %d × %d", form, err, kind, m.Width, m.Height)
		}
		if a.header.Get("Cache-Control") != "private, max-age=31536000, immutable" ||
			a.header.Get("Content-Security-Policy") != "sandbox; default-src 'none'" {
			t.Error(form, a.header)
		}
		bea.do(http.MethodGet, "/files/"+list[0]+form, "", "If-None-Match", `W/"x", `+a.header.Get("ETag")).want(t, http.StatusNotModified)
		if strings.Contains(a.body, "Secret") {
			t.Error(form, "tells who made it")
		}
	}
	a := bea.get("/files/"+list[0]+"/pier.jpg").want(t, http.StatusOK)
	if strings.Contains(a.body, "Secret") || !strings.Contains(a.body, "Exif") ||
		a.header.Get("Content-Disposition") != `attachment; filename="pier.jpg"` {
		t.Error("the original still tells who made it, or is not a download:", a.header)
	}
	a = bea.get("/files/"+list[1]+"/Angebot%20%C3%84.pdf").want(t, http.StatusOK)
	if a.body != "%PDF-1.4 nothing" || a.header.Get("Content-Type") != "application/pdf" ||
		a.header.Get("Content-Disposition") != `attachment; filename="Angebot _.pdf"; filename*=UTF-8''Angebot%20%C3%84.pdf` {
		t.Error(a.header, a.body)
	}
	if p := bea.get("/files/"+list[2]).want(t, http.StatusOK).body; !strings.Contains(p, "one &lt;b&gt;two&lt;/b&gt;\nthree</pre>") {
		t.Error("the page of a text does not show it:", p)
	}
	for _, end := range []string{"", "/s", "/l", "/pier.jpg"} {
		other, none := cid.get("/files/"+list[0]+end).want(t, http.StatusNotFound),
			cid.get("/files/NOTHINGNOTHING"+end).want(t, http.StatusNotFound)
		if strip(other.body) != strip(none.body) {
			t.Error(end, "tells outsiders that it exists")
		}
		if s.visitor().get("/files/"+list[0]+end).status != http.StatusSeeOther {
			t.Error(end, "is there for visitors")
		}
	}
	ada.post(room+"/members/2/remove").want(t, http.StatusSeeOther)
	for _, end := range []string{"/s", "/l", "/pier.jpg"} {
		bea.get("/files/"+list[0]+end).want(t, http.StatusNotFound)
	}
	id := ada.message(said.location())
	ada.post("/messages/"+id+"/delete").want(t, http.StatusSeeOther)
	for _, end := range []string{"/s", "/l", "/pier.jpg"} {
		ada.get("/files/"+list[0]+end).want(t, http.StatusGone)
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
func (b *browser) message(location string) string {
	_, id, ok := strings.Cut(location, "#m-")
	if !ok {
		b.s.t.Fatal("no message in", location)
	}
	return id
}

func TestRangesOfAFileAreServed(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada := s.signup("ada")
	data := bytes.Repeat([]byte("0123456789abcdef"), 20_000) // five chunks
	copy(data, "fLaC")
	ada.upload("/rooms/1/messages", []string{"cid", "a1", "body", ""}, sent{"horn.flac", data}).want(t, http.StatusSeeOther)
	token := tokens(ada.get("/rooms/1").body)[0]
	path := "/files/" + token + "/horn.flac"
	if a := ada.get(path).want(t, http.StatusOK); a.body != string(data) || a.header.Get("Content-Type") != "audio/flac" ||
		!strings.HasPrefix(a.header.Get("Content-Disposition"), "inline") {
		t.Error(len(a.body), a.header)
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
		a := ada.do(http.MethodGet, path, "", "Range", asked)
		if a.status != want.status || want.to > 0 && a.body != string(data[want.from:want.to]) {
			t.Errorf("%s: status %d, %d bytes", asked, a.status, len(a.body))
		}
	}
	if a := ada.do(http.MethodGet, path, "", "Range", "bytes=0-3", "If-Range", `"other"`); a.status != http.StatusOK {
		t.Error("a range of another version is served:", a.status)
	}
	if a := ada.do(http.MethodHead, path, ""); a.status != http.StatusOK || a.body != "" || a.header.Get("Content-Length") != "320000" {
		t.Error(a.status, a.header)
	}
}

// One message for ever, whatever is cut and repeated; and nothing is left of what did not
// become part of it.
func TestUploadsAreSentOnce(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada := s.signup("ada")
	first := ada.uploadAs("/rooms/1/messages", []string{"cid", "one", "body", "twice"}, sent{"a.txt", []byte("a text")}).want(t, http.StatusOK)
	again := ada.uploadAs("/rooms/1/messages", []string{"cid", "one", "body", "twice"}, sent{"a.txt", []byte("a text")}).want(t, http.StatusOK)
	if first.body != again.body {
		t.Error("a repeat is answered otherwise:", first.body, again.body)
	}
	body, kind := form(t, []string{"cid", "two", "body", "cut"}, sent{"b.txt", bytes.Repeat([]byte("b"), 600_000)})
	status, _, what := s.cut("POST /rooms/1/messages HTTP/1.1\r\nHost: 127.0.0.1\r\nHX-Request: true\r\n" +
		"Sec-Fetch-Site: same-origin\r\nCookie: " + ada.cookie +
		"\r\nContent-Type: " + kind + "\r\nContent-Length: 700000\r\n\r\n" + body[:400_000])
	if status < 400 {
		t.Error("what was cut off was taken:", status, what)
	}
	ada.uploadAs("/rooms/1/messages", []string{"cid", "two", "body", "cut"},
		sent{"b.txt", bytes.Repeat([]byte("b"), 600_000)}).want(t, http.StatusOK)
	p := ada.get("/rooms/1").body
	if n := strings.Count(p, `<li class="msg"`); n != 2 || len(tokens(p)) != 2 {
		t.Errorf("%d messages, %d files", n, len(tokens(p)))
	}
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		u, err := s.stored().FileUsage(t.Context(), 0)
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
	s := start(t)
	ada := s.signup("ada")
	long := strings.Repeat("long ", 2100)
	p := ada.upload("/rooms/1/messages", []string{"cid", "one", "body", long},
		sent{"a.txt", []byte("a text")}).want(t, http.StatusUnprocessableEntity).body
	_, after, ok := strings.Cut(p, `name="upload" value="`)
	token, _, _ := strings.Cut(after, `"`)
	if !ok || !strings.Contains(p, "a.txt · 6 B") || !strings.Contains(p, strings.TrimSpace(long)) {
		t.Fatal("the form has lost the file or the words")
	}
	ada.get("/files/"+token+"/a.txt").want(t, http.StatusOK)
	bea := s.signup("bea")
	bea.get("/files/"+token+"/a.txt").want(t, http.StatusNotFound)
	bea.post("/rooms/1/messages", "cid", "theirs", "body", "stolen", "upload", token).want(t, http.StatusUnprocessableEntity)
	ada.post("/rooms/1/messages", "cid", "one", "body", "short", "upload", token).want(t, http.StatusSeeOther)
	if p := bea.get("/rooms/1").body; !strings.Contains(p, "a.txt") || strings.Contains(p, "stolen") {
		t.Error("the file did not go with the second try:", p)
	}
	ada.post("/rooms/1/messages", "cid", "again", "body", "the same file", "upload", token).want(t, http.StatusUnprocessableEntity)
}

// cut sends the beginning of a request and closes that side of the connection; status 0:
// there was no answer.
func (s *server) cut(request string) (status int, h http.Header, body string) {
	s.t.Helper()
	conn, err := net.Dial("tcp", s.app.Address.String())
	if err != nil {
		s.t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(20 * time.Second))
	if _, err := io.WriteString(conn, request); err != nil {
		s.t.Fatal(err)
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
