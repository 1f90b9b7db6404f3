package app

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image/jpeg"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/app/chat"
)

// bomb is a PNG that says that it has so many pixels, of one colour.
func bomb(w, h uint32) []byte {
	var data bytes.Buffer
	z := zlib.NewWriter(&data)
	row := make([]byte, 1+w/8+1)
	for range min(h, 4000) {
		z.Write(row)
	}
	z.Close()
	chunk := func(name string, data []byte) []byte {
		b := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
		b = append(append(b, name...), data...)
		return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
	}
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h)
	b := append([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", append(head, 8, 6, 0, 0, 0))...)
	return append(append(b, chunk("IDAT", data.Bytes())...), chunk("IEND", nil)...)
}

// sized is a JPEG whose frame says another size than it has; progressive: it says that, too.
func sized(t testing.TB, w, h uint16, progressive bool) []byte {
	data := jpegOf(t, 64, 64)
	at := bytes.Index(data, []byte{0xFF, 0xC0})
	binary.BigEndian.PutUint16(data[at+5:], h)
	binary.BigEndian.PutUint16(data[at+7:], w)
	if progressive {
		data[at+1] = 0xC2
	}
	return data
}

func TestHostileFilesAreRefusedOrHarmless(t *testing.T) {
	s := start(t)
	ada := s.signup("ada")
	gifBomb := gifOf(t, 100, 100, 2)
	binary.LittleEndian.PutUint16(gifBomb[6:], 65535)
	binary.LittleEndian.PutUint16(gifBomb[8:], 65535)
	webpBomb := append([]byte("RIFF\x20\x00\x00\x00WEBPVP8L\x14\x00\x00\x00\x2f"), binary.LittleEndian.AppendUint32(nil, 16383|16383<<14)...)
	for name, data := range map[string][]byte{
		"bomb.png":                        bomb(60_000, 60_000),
		"large.png":                       bomb(16_000, 16_000),
		"bomb.jpg":                        sized(t, 65_500, 65_500, false),
		"progressive.jpg":                 sized(t, 12_000, 12_000, true),
		"bomb.gif":                        gifBomb,
		"frames.gif":                      gifOf(t, 300, 300, 400),
		"bomb.webp":                       append(webpBomb, make([]byte, 64)...),
		"polyglot.jpg":                    append(jpegOf(t, 30, 30), "<script>alert(1)</script>PK\x03\x04"...),
		"comment.jpg":                     append([]byte("\xFF\xD8\xFF\xFE\x00\x1b<script>alert(1)</script>"), jpegOf(t, 30, 30)[2:]...),
		"picture.svg":                     []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`),
		"page.html":                       []byte("<!doctype html><script>alert(1)</script>"),
		"page.jpg":                        []byte("<!doctype html><script>alert(1)</script>"),
		"page.xml":                        []byte(`<?xml version="1.0"?><x:script xmlns:x="http://www.w3.org/1999/xhtml">alert(1)</x:script>`),
		"truncated.jpg":                   jpegOf(t, 400, 400)[:5000],
		"nothing.png":                     {},
		"..":                              []byte("dots"),
		"../../etc/passwd":                []byte("way up"),
		`C:\windows\x.txt`:                []byte("way down"),
		"a\x00b.txt":                      []byte("nul"),
		"gpj.\u202Eexe":                   []byte("turned around"),
		strings.Repeat("长", 300) + ".txt": []byte("long"),
		"<b>&\"'.txt":                     []byte("signs"),
		"s":                               []byte("the name of a form"),
	} {
		t.Run(strconv.Quote(name[:min(len(name), 20)]), func(t *testing.T) {
			a := ada.upload("/rooms/1/messages", []string{"cid", "", "body", "with it"}, sent{name, data})
			if a.status == http.StatusBadRequest && strings.Contains(name, "\x00") {
				return
			}
			a.want(t, http.StatusSeeOther)
			list := tokens(ada.get("/rooms/1").body)
			token := list[len(list)-1]
			f := s.ready(token)
			if n := f.Name; n == "" || n == ".." || strings.ContainsAny(n, "/\\\x00\u202E") || len(n) > chat.MaxFileName {
				t.Errorf("it is called %q", n)
			}
			for _, path := range []string{"", "/s", "/l", "/x"} {
				a := ada.get("/files/" + token + path)
				kind, how := a.header.Get("Content-Type"), a.header.Get("Content-Disposition")
				if a.status == http.StatusSeeOther || a.status == http.StatusNotFound {
					continue
				}
				if path == "" { // a page of ours
					if strings.Contains(a.body, "<script>alert") {
						t.Error("its page has its script")
					}
					continue
				}
				inert := strings.HasPrefix(how, "attachment") || kind == "image/jpeg" || kind == "image/png" || kind == "image/gif"
				if !inert || !strings.Contains(a.header.Get("Content-Security-Policy"), "sandbox") ||
					a.header.Get("X-Content-Type-Options") != "nosniff" {
					t.Errorf("%s is served as %s, %s, %v", path, kind, how, a.header)
				}
				if strings.Contains(kind, "html") || strings.Contains(kind, "svg") || strings.Contains(kind, "xml") {
					t.Errorf("%s is served as %s", path, kind)
				}
				if strings.Contains(a.body, "<script>") && strings.HasPrefix(kind, "image/") {
					t.Errorf("%s still has what was behind the picture", path)
				}
			}
		})
	}
	if mem := peak(t); mem > 400<<20 {
		t.Errorf("the process had %d MB at its peak", mem>>20)
	}
}

// peak is how much memory this process had at most.
func peak(t testing.TB) int64 {
	t.Helper()
	b, err := os.ReadFile("/proc/self/status")
	if err != nil || runtime.GOOS != "linux" {
		return 0
	}
	_, after, _ := strings.Cut(string(b), "VmHWM:")
	n, _ := strconv.ParseInt(strings.Fields(after)[0], 10, 64)
	return n << 10
}

func TestFormsThatAreNoneAreRefused(t *testing.T) {
	s := start(t)
	ada := s.signup("ada")
	post := func(kind, body string, headers ...string) answer {
		return ada.do(http.MethodPost, "/rooms/1/messages", body, append([]string{"Content-Type", kind, "Sec-Fetch-Site", "same-origin"},
			headers...)...)
	}
	var many strings.Builder
	for n := range 10_000 {
		fmt.Fprintf(&many, "--x\r\nContent-Disposition: form-data; name=\"f%d\"\r\n\r\nv\r\n", n)
	}
	long := "--x\r\nContent-Disposition: form-data; name=\"body\"\r\n\r\n" + strings.Repeat("a", 400_000) + "\r\n--x--\r\n"
	head := "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + strings.Repeat("a", 20_000) + "\"\r\n\r\nv\r\n--x--\r\n"
	for name, one := range map[string]struct {
		kind, body string
		want       []int
	}{
		"too many parts":   {"multipart/form-data; boundary=x", many.String() + "--x--\r\n", []int{413, 400}},
		"a field too long": {"multipart/form-data; boundary=x", long, []int{413}},
		"no boundary":      {"multipart/form-data", "--x--", []int{400, 422}},
		"another boundary": {"multipart/form-data; boundary=y", long, []int{400, 413}},
		"cut in a head":    {"multipart/form-data; boundary=x", "--x\r\nContent-Disp", []int{400}},
		"cut in a file": {"multipart/form-data; boundary=x",
			"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nabc", []int{400}},
		"a very long name": {"multipart/form-data; boundary=x", head, []int{303, 400}},
		"a name that is not": {"multipart/form-data; boundary=x",
			"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\xff\xfe.txt\"\r\n\r\nv\r\n--x--\r\n", []int{303, 400}},
		"a body that is not": {"multipart/form-data; boundary=x",
			"--x\r\nContent-Disposition: form-data; name=\"body\"\r\n\r\n\xff\xfe\r\n--x--\r\n", []int{400}},
	} {
		t.Run(name, func(t *testing.T) {
			a := post(one.kind, one.body)
			ok := false
			for _, want := range one.want {
				ok = ok || a.status == want
			}
			if !ok {
				t.Errorf("status %d, want %v", a.status, one.want)
			}
		})
	}
	body, kind := form(t, []string{"cid", "x"}, sent{"a", []byte("a")})
	for name, status := range map[string]int{
		"one that is larger than all may be": first(s.raw("POST /rooms/1/messages HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: " +
			ada.cookie + "\r\nContent-Type: " + kind +
			"\r\nSec-Fetch-Site: same-origin\r\nContent-Length: 99999999999\r\n\r\n")),
		"one for another room": ada.do(http.MethodPost, "/rooms/99/messages", body, "Content-Type", kind, "Sec-Fetch-Site", "same-origin").status,
		"one of another site":  ada.do(http.MethodPost, "/rooms/1/messages", body, "Content-Type", kind, "Sec-Fetch-Site", "cross-site").status,
		"a visitor's": s.visitor().do(http.MethodPost, "/rooms/1/messages", body, "Content-Type", kind,
			"Sec-Fetch-Site", "same-origin").status,
		"a packed one": ada.do(http.MethodPost, "/rooms/1/messages", body, "Content-Type", kind, "Content-Encoding", "gzip",
			"Sec-Fetch-Site", "same-origin").status,
	} {
		if want := map[string]int{"one that is larger than all may be": 413, "one for another room": 404, "one of another site": 403,
			"a visitor's": 303, "a packed one": 415}[name]; status != want {
			t.Errorf("%s: status %d, want %d", name, status, want)
		}
	}
	if n := strings.Count(ada.get("/rooms/1").body, `<li class="msg"`); n > 2 {
		t.Errorf("%d messages were made of them", n)
	}
}

func first(status int, _ http.Header, _ string) int { return status }

// Many at once with one client id, and more than one person may send at once.
func TestManyUploadsAtOnce(t *testing.T) {
	s := start(t)
	ada := s.signup("ada")
	data := bytes.Repeat([]byte("the same file. "), 20_000)
	var wg sync.WaitGroup
	var mu sync.Mutex
	seen := map[int]int{}
	for range 12 {
		wg.Go(func() {
			a := ada.uploadAs("/rooms/1/messages", []string{"cid", "one", "body", "once"}, sent{"a.txt", data})
			mu.Lock()
			seen[a.status]++
			mu.Unlock()
		})
	}
	wg.Wait()
	if seen[200] == 0 || seen[200]+seen[429] != 12 {
		t.Error("statuses", seen)
	}
	if p := ada.get("/rooms/1").body; strings.Count(p, `<li class="msg"`) != 1 || len(tokens(p)) != 1 {
		t.Error("it is there more than once")
	}
}

func TestFilesStayWithinTheirLimits(t *testing.T) {
	s := start(t)
	ada := s.signup("ada")
	set := func(l *chat.Limit, value string) {
		t.Helper()
		if err := s.app.Chat.SetSetting(t.Context(), l.Key, value); err != nil {
			t.Fatal(err)
		}
		if err := s.app.server.Reload(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	set(chat.LimitFileSize, "1")
	set(chat.LimitFiles, "2")
	mega := bytes.Repeat([]byte("0123456789"), 110_000)
	refused := func(want string, files ...sent) {
		t.Helper()
		a := ada.upload("/rooms/1/messages", []string{"cid", "", "body", "kept words"}, files...)
		if a.status != 422 || !strings.Contains(a.body, want) || !strings.Contains(a.body, "kept words</textarea>") {
			t.Errorf("status %d, and not %q: %s", a.status, want, a.body)
		}
	}
	refused("big.txt is too large: a file has at most 1 MB.", sent{"big.txt", mega})
	refused("A message takes up to 2 files of 1 MB each.", sent{"a.txt", []byte("a")}, sent{"b.txt", []byte("b")}, sent{"c.txt", []byte("c")})
	set(chat.LimitFileSize, "25")
	set(chat.LimitFilesPerson, "1")
	refused("and 1 MB is as much as goes", sent{"big.txt", mega})
	set(chat.LimitFilesPerson, "0")
	set(chat.LimitFilesTotal, "1")
	refused("as many files as it may hold", sent{"big.txt", mega})
	set(chat.LimitFilesTotal, "0")
	ada.upload("/rooms/1/messages", []string{"cid", "", "body", "kept words"}, sent{"big.txt", mega}).want(t, http.StatusSeeOther)
}

// What is deleted takes its bytes with it, whoever deletes it and why.
func TestBytesGoWithWhatTheyBelongTo(t *testing.T) {
	s := start(t)
	ada, bea := s.signup("ada"), s.signup("bea")
	room := ada.post("/rooms", "name", "gone soon", "kind", "open", "topic", "").want(t, http.StatusSeeOther).location()
	kept := ada.upload("/rooms/1/messages", []string{"cid", "k", "body", "kept"},
		sent{"kept.txt", []byte("kept")}).want(t, http.StatusSeeOther).location()
	ada.upload(room+"/messages", []string{"cid", "r", "body", ""},
		sent{"room.txt", bytes.Repeat([]byte("r"), 300_000)}).want(t, http.StatusSeeOther)
	gone := bea.upload("/rooms/1/messages", []string{"cid", "d", "body", ""},
		sent{"d.jpg", jpegOf(t, 900, 700)}).want(t, http.StatusSeeOther).location()
	for _, token := range tokens(ada.get("/rooms/1").body) {
		s.ready(token)
	}
	bea.post("/messages/"+bea.message(gone)+"/delete").want(t, http.StatusSeeOther)
	ada.post(room+"/delete", "confirm", "gone soon").want(t, http.StatusSeeOther)
	within(t, "only the bytes of what is kept are stored", func() bool {
		if err := s.app.store.PurgeDeleted(t.Context(), time.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if err := s.app.files.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		u, err := s.app.store.FileUsage(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		return u.Files == 1 && u.Bytes == 4
	})
	ada.get(kept).want(t, http.StatusOK)
}

func TestOriginalsNeedNotBeKept(t *testing.T) {
	s := start(t)
	ada := s.signup("ada")
	if err := s.app.Chat.SetSetting(t.Context(), chat.SettingOriginals, "off"); err != nil {
		t.Fatal(err)
	}
	ada.upload("/rooms/1/messages", []string{"cid", "k", "body", ""}, sent{"p.jpg", jpegOf(t, 2000, 1000)}).want(t, http.StatusSeeOther)
	token := tokens(ada.get("/rooms/1").body)[0]
	if f := s.ready(token); !f.Gone {
		t.Error("the original is still there")
	}
	m, err := jpeg.DecodeConfig(strings.NewReader(ada.get("/files/"+token+"/p.jpg").want(t, http.StatusOK).body))
	if err != nil || m.Width != 1600 {
		t.Error("the download is not the large form:", m.Width, err)
	}
}
