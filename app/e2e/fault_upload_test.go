package e2e

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
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"parley/app/apptest"
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
	data := apptest.JpegOf(t, 64, 64)
	at := bytes.Index(data, []byte{0xFF, 0xC0})
	binary.BigEndian.PutUint16(data[at+5:], h)
	binary.BigEndian.PutUint16(data[at+7:], w)
	if progressive {
		data[at+1] = 0xC2
	}
	return data
}

func TestHostileFilesAreRefusedOrHarmless(t *testing.T) {
	s := apptest.Start(t)
	ada := s.Signup("ada")
	debug.FreeOSMemory()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil { // what others took before
		t.Log("the peak is that of all tests:", err)
	}
	before := memory(t, "VmRSS:")
	gifBomb := apptest.GifOf(t, 100, 100, 2)
	binary.LittleEndian.PutUint16(gifBomb[6:], 65535)
	binary.LittleEndian.PutUint16(gifBomb[8:], 65535)
	webpBomb := append([]byte("RIFF\x20\x00\x00\x00WEBPVP8L\x14\x00\x00\x00\x2f"), binary.LittleEndian.AppendUint32(nil, 16383|16383<<14)...)
	for name, data := range map[string][]byte{
		"bomb.png":                        bomb(60_000, 60_000),
		"large.png":                       bomb(16_000, 16_000),
		"bomb.jpg":                        sized(t, 65_500, 65_500, false),
		"progressive.jpg":                 sized(t, 12_000, 12_000, true),
		"bomb.gif":                        gifBomb,
		"frames.gif":                      apptest.GifOf(t, 300, 300, 400),
		"bomb.webp":                       append(webpBomb, make([]byte, 64)...),
		"polyglot.jpg":                    append(apptest.JpegOf(t, 30, 30), "<script>alert(1)</script>PK\x03\x04"...),
		"comment.jpg":                     append([]byte("\xFF\xD8\xFF\xFE\x00\x1b<script>alert(1)</script>"), apptest.JpegOf(t, 30, 30)[2:]...),
		"picture.svg":                     []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`),
		"page.html":                       []byte("<!doctype html><script>alert(1)</script>"),
		"page.jpg":                        []byte("<!doctype html><script>alert(1)</script>"),
		"page.xml":                        []byte(`<?xml version="1.0"?><x:script xmlns:x="http://www.w3.org/1999/xhtml">alert(1)</x:script>`),
		"truncated.jpg":                   apptest.JpegOf(t, 400, 400)[:5000],
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
			a := ada.Upload("/rooms/1/messages", []string{"cid", "", "body", "with it"}, apptest.NewFile(name, data))
			if a.Status == http.StatusBadRequest && strings.Contains(name, "\x00") {
				return
			}
			a.Want(t, http.StatusSeeOther)
			list := apptest.Tokens(ada.Get("/rooms/1").Body)
			token := list[len(list)-1]
			f := s.Ready(token)
			if n := f.Name; n == "" || n == ".." || strings.ContainsAny(n, "/\\\x00\u202E") || len(n) > chat.MaxFileName {
				t.Errorf("it is called %q", n)
			}
			for _, path := range []string{"", "/s", "/l", "/x"} {
				a := ada.Get("/files/" + token + path)
				kind, how := a.Header.Get("Content-Type"), a.Header.Get("Content-Disposition")
				if a.Status == http.StatusSeeOther || a.Status == http.StatusNotFound {
					continue
				}
				if path == "" { // a page of ours
					if strings.Contains(a.Body, "<script>alert") {
						t.Error("its page has its script")
					}
					continue
				}
				inert := strings.HasPrefix(how, "attachment") || kind == "image/jpeg" || kind == "image/png" || kind == "image/gif"
				if !inert || !strings.Contains(a.Header.Get("Content-Security-Policy"), "sandbox") ||
					a.Header.Get("X-Content-Type-Options") != "nosniff" {
					t.Errorf("%s is served as %s, %s, %v", path, kind, how, a.Header)
				}
				if strings.Contains(kind, "html") || strings.Contains(kind, "svg") || strings.Contains(kind, "xml") {
					t.Errorf("%s is served as %s", path, kind)
				}
				if strings.Contains(a.Body, "<script>") && strings.HasPrefix(kind, "image/") {
					t.Errorf("%s still has what was behind the picture", path)
				}
			}
		})
	}
	took := memory(t, "VmHWM:") - before
	t.Logf("%d MB at the peak, over the %d MB of before", took>>20, before>>20)
	if took > 400<<20 {
		t.Errorf("the process took %d MB more at its peak", took>>20)
	}
}

// memory is how much this process has now, or had at most.
func memory(t testing.TB, field string) int64 {
	t.Helper()
	b, err := os.ReadFile("/proc/self/status")
	if err != nil || runtime.GOOS != "linux" {
		return 0
	}
	_, after, _ := strings.Cut(string(b), field)
	n, _ := strconv.ParseInt(strings.Fields(after)[0], 10, 64)
	return n << 10
}

func TestFormsThatAreNoneAreRefused(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	post := func(kind, body string, headers ...string) apptest.Answer {
		return ada.Do(http.MethodPost, "/rooms/1/messages", body, append([]string{"Content-Type", kind, "Sec-Fetch-Site", "same-origin"},
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
				ok = ok || a.Status == want
			}
			if !ok {
				t.Errorf("status %d, want %v", a.Status, one.want)
			}
		})
	}
	body, kind := apptest.Form(t, []string{"cid", "x"}, apptest.NewFile("a", []byte("a")))
	for name, status := range map[string]int{
		"one that is larger than all may be": first(rawRequest(s, "POST /rooms/1/messages HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: "+
			ada.Cookie+"\r\nContent-Type: "+kind+
			"\r\nSec-Fetch-Site: same-origin\r\nContent-Length: 99999999999\r\n\r\n")),
		"one for another room": ada.Do(http.MethodPost, "/rooms/99/messages", body, "Content-Type", kind, "Sec-Fetch-Site", "same-origin").Status,
		"one of another site":  ada.Do(http.MethodPost, "/rooms/1/messages", body, "Content-Type", kind, "Sec-Fetch-Site", "cross-site").Status,
		"a visitor's": s.Visitor().Do(http.MethodPost, "/rooms/1/messages", body, "Content-Type", kind,
			"Sec-Fetch-Site", "same-origin").Status,
		"a packed one": ada.Do(http.MethodPost, "/rooms/1/messages", body, "Content-Type", kind, "Content-Encoding", "gzip",
			"Sec-Fetch-Site", "same-origin").Status,
	} {
		if want := map[string]int{"one that is larger than all may be": 413, "one for another room": 404, "one of another site": 403,
			"a visitor's": 303, "a packed one": 415}[name]; status != want {
			t.Errorf("%s: status %d, want %d", name, status, want)
		}
	}
	if n := strings.Count(ada.Get("/rooms/1").Body, `<li class="msg"`); n > 2 {
		t.Errorf("%d messages were made of them", n)
	}
}

func first(status int, _ http.Header, _ string) int { return status }

// Many at once with one client id, and more than one person may send at once.
func TestManyUploadsAtOnce(t *testing.T) {
	s := apptest.Start(t)
	ada := s.Signup("ada")
	data := bytes.Repeat([]byte("the same file. "), 20_000)
	var wg sync.WaitGroup
	var mu sync.Mutex
	seen := map[int]int{}
	for range 12 {
		wg.Go(func() {
			a := ada.UploadAs("/rooms/1/messages", []string{"cid", "one", "body", "once"}, apptest.NewFile("a.txt", data))
			mu.Lock()
			seen[a.Status]++
			mu.Unlock()
		})
	}
	wg.Wait()
	if seen[200] == 0 || seen[200]+seen[429] != 12 {
		t.Error("statuses", seen)
	}
	if p := ada.Get("/rooms/1").Body; strings.Count(p, `<li class="msg"`) != 1 || len(apptest.Tokens(p)) != 1 {
		t.Error("it is there more than once")
	}
}

func TestFilesStayWithinTheirLimits(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	set := func(l *chat.Limit, value string) {
		t.Helper()
		if err := s.App.Chat.SetSetting(t.Context(), l.Key, value); err != nil {
			t.Fatal(err)
		}
		if err := s.App.Reload(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	set(chat.LimitFileSize, "1")
	set(chat.LimitFiles, "2")
	mega := bytes.Repeat([]byte("0123456789"), 110_000)
	refused := func(status int, want string, files ...apptest.Sent) {
		t.Helper()
		a := ada.Upload("/rooms/1/messages", []string{"cid", "", "body", "kept words"}, files...)
		if a.Status != status || !strings.Contains(a.Body, want) || !strings.Contains(a.Body, "kept words</textarea>") {
			t.Errorf("status %d, and not %q: %s", a.Status, want, a.Body)
		}
	}
	refused(413, "big.txt is too large: a file has at most 1 MB.", apptest.NewFile("big.txt", mega))
	refused(422, "A message takes up to 2 files of 1 MB each.", apptest.NewFile("a.txt", []byte("a")), apptest.NewFile("b.txt",
		[]byte("b")), apptest.NewFile("c.txt", []byte("c")))
	set(chat.LimitFileSize, "25")
	set(chat.LimitFilesPerson, "1")
	refused(422, "and 1 MB is as much as goes", apptest.NewFile("big.txt", mega))
	set(chat.LimitFilesPerson, "0")
	set(chat.LimitFilesTotal, "1")
	refused(422, "as many files as it may hold", apptest.NewFile("big.txt", mega))
	set(chat.LimitFilesTotal, "0")
	ada.Upload("/rooms/1/messages", []string{"cid", "", "body", "kept words"}, apptest.NewFile("big.txt", mega)).Want(t, http.StatusSeeOther)
}

// What is deleted takes its bytes with it, whoever deletes it and why.
func TestBytesGoWithWhatTheyBelongTo(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bea := s.Signup("ada"), s.Signup("bea")
	room := ada.Post("/rooms", "name", "gone soon", "kind", "open", "topic", "").Want(t, http.StatusSeeOther).Location()
	kept := ada.Upload("/rooms/1/messages", []string{"cid", "k", "body", "kept"},
		apptest.NewFile("kept.txt", []byte("kept"))).Want(t, http.StatusSeeOther).Location()
	ada.Upload(room+"/messages", []string{"cid", "r", "body", ""},
		apptest.NewFile("room.txt", bytes.Repeat([]byte("r"), 300_000))).Want(t, http.StatusSeeOther)
	gone := bea.Upload("/rooms/1/messages", []string{"cid", "d", "body", ""},
		apptest.NewFile("d.jpg", apptest.JpegOf(t, 900, 700))).Want(t, http.StatusSeeOther).Location()
	for _, token := range apptest.Tokens(ada.Get("/rooms/1").Body) {
		s.Ready(token)
	}
	bea.Post("/messages/"+message(bea, gone)+"/delete").Want(t, http.StatusSeeOther)
	ada.Post(room+"/delete", "confirm", "gone soon").Want(t, http.StatusSeeOther)
	apptest.Within(t, "only the bytes of what is kept are stored", func() bool {
		if err := s.Stored().PurgeDeleted(t.Context(), time.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		u, err := s.Stored().FileUsage(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		return u.Files == 1 && u.Bytes == 4
	})
	ada.Get(kept).Want(t, http.StatusOK)
}

func TestOriginalsNeedNotBeKept(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	if err := s.App.Chat.SetSetting(t.Context(), chat.SettingOriginals, "off"); err != nil {
		t.Fatal(err)
	}
	ada.Upload("/rooms/1/messages", []string{"cid", "k", "body", ""},
		apptest.NewFile("p.jpg", apptest.JpegOf(t, 2000, 1000))).Want(t, http.StatusSeeOther)
	token := apptest.Tokens(ada.Get("/rooms/1").Body)[0]
	if f := s.Ready(token); !f.Gone {
		t.Error("the original is still there")
	}
	m, err := jpeg.DecodeConfig(strings.NewReader(ada.Get("/files/"+token+"/p.jpg").Want(t, http.StatusOK).Body))
	if err != nil || m.Width != 1600 {
		t.Error("the download is not the large form:", m.Width, err)
	}
}
