package e2e

import (
	"bufio"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"parley/app/apptest"
)

// invalidUTF8 are the kinds of byte sequences that are not UTF-8, after Markus
// Kuhn's stress test: what must be refused whatever stands around it.
func invalidUTF8() []string {
	list := []string{
		"\x80", "\xbf", "\x80\xbf", "\x80\xbf\x80", "\x80\xbf\x80\xbf", "\x80\xbf\x80\xbf\x80", // continuation bytes alone
		"\xfe", "\xff", "\xfe\xfe\xff\xff", // bytes that never occur
		"\xc0\xaf", "\xe0\x80\xaf", "\xf0\x80\x80\xaf", "\xf8\x80\x80\x80\xaf", "\xfc\x80\x80\x80\x80\xaf", // "/" spelled too long
		"\xc1\xbf", "\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf", "\xf8\x87\xbf\xbf\xbf", "\xfc\x83\xbf\xbf\xbf\xbf", // the largest of these
		"\xc0\x80", "\xe0\x80\x80", "\xf0\x80\x80\x80", "\xf8\x80\x80\x80\x80", "\xfc\x80\x80\x80\x80\x80", // NUL spelled too long
		"\xed\xa0\x80", "\xed\xad\xbf", "\xed\xae\x80", "\xed\xaf\xbf", "\xed\xb0\x80", "\xed\xbe\x80", "\xed\xbf\xbf", // halves of surrogates
		"\xed\xa0\x80\xed\xb0\x80", "\xed\xaf\xbf\xed\xbf\xbf", // and pairs of them
		// Beyond U+10FFFF.
		"\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xf7\xbf\xbf\xbf", "\xf8\x88\x80\x80\x80", "\xfb\xbf\xbf\xbf\xbf", "\xfd\xbf\xbf\xbf\xbf\xbf",
		"\xc2", "\xdf", "\xe0\xa0", "\xef\xbf", "\xf0\x90\x80", "\xf4\x8f\xbf", // the last byte is missing
		"\xe1", "\xf1", "\xf1\x80", "\xe2\x82", // more than that
		"\xc2 ", "\xe2\x82 ", "\xf0\x9f\x8e ", "\xe2(\xa1", "\xf0(\x8c\xbc", "\xf0\x90(\xbc", "\xf0(\x8c(", // something else in the middle
		"\xc2\xc2\xa0", "\xe2\x82\xe2\x82\xac", "\xf0\x9f\xf0\x9f\x8e\x89", // begun again
		"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80edited", "κόσμε\x80", "κόσμε\xf4\x90\x80\x80", // after good text
	}
	for b := 0xf5; b <= 0xfb; b++ {
		list = append(list, string([]byte{byte(b)}))
	}
	return list[:69]
}

func TestInvalidUTF8IsRefusedAndFeltByNobodyElse(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	other := ada.View(1, 0)
	for i, bad := range invalidUTF8() {
		w := rawSocket(ada)
		w.frame(0x81, `{"t":"typing","x":"`+bad+`"}`)
		if code := w.closedWith(); code != 1007 {
			t.Errorf("vector %d, %q: closed with %d, want 1007", i, bad, code)
		}
		form := "cid=u" + fmt.Sprint(i) + "&body=" + url.QueryEscape("so "+bad)
		if got := ada.Do("POST", "/rooms/1/messages", form, "Content-Type", "application/x-www-form-urlencoded", "Origin",
			s.Base).Status; got != http.StatusBadRequest {
			t.Errorf("vector %d, %q, as a form: %d, want 400", i, bad, got)
		}
	}
	ada.Post("/rooms/1/messages", "body", "all is well").Want(t, http.StatusSeeOther)
	other.Expect("all is well")
}

func TestFramesThatNoBrowserSendsAreAnsweredWithTheirCodes(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	other := ada.View(1, 0)
	for name, c := range map[string]struct {
		send func(*wire)
		code int
	}{
		"binary":               {func(w *wire) { w.frame(0x82, "x") }, 1003},
		"close of half a code": {func(w *wire) { w.frame(0x88, "x") }, 1002},
		"close of half a code later": {func(w *wire) {
			w.frame(0x81, strings.Repeat("x", 200))
			w.frame(0x89, "")
			w.frame(0x88, "x")
		}, 1002},
		"unmasked":                     {func(w *wire) { w.c.Write([]byte{0x81, 1, 'x'}) }, 1002},
		"reserved bit":                 {func(w *wire) { w.frame(0xc1, "x") }, 1002},
		"reserved opcode":              {func(w *wire) { w.frame(0x83, "x") }, 1002},
		"reserved control opcode":      {func(w *wire) { w.frame(0x8b, "x") }, 1002},
		"ping in pieces":               {func(w *wire) { w.frame(0x09, "x") }, 1002},
		"ping of 126 bytes":            {func(w *wire) { w.frame(0x89, strings.Repeat("x", 126)) }, 1002},
		"continuation of nothing":      {func(w *wire) { w.frame(0x80, "x") }, 1002},
		"text within a text in pieces": {func(w *wire) { w.frame(0x01, "a"); w.frame(0x81, "b") }, 1002},
		"too large":                    {func(w *wire) { w.frame(0x81, strings.Repeat("x", 64<<10+1)) }, 1009},
		"too large in pieces": {func(w *wire) {
			w.frame(0x01, strings.Repeat("x", 40<<10))
			w.frame(0x80,
				strings.Repeat("x", 40<<10))
		}, 1009},
		"bad UTF-8 across two pieces":   {func(w *wire) { w.frame(0x01, "\xe2\x82"); w.frame(0x80, "x") }, 1007},
		"goodbye":                       {func(w *wire) { w.frame(0x88, "\x03\xe8") }, 1000},
		"goodbye without a reason code": {func(w *wire) { w.frame(0x88, "") }, 1005},
	} {
		w := rawSocket(ada)
		c.send(w)
		if code := w.closedWith(); code != c.code {
			t.Errorf("%s: closed with %d, want %d", name, code, c.code)
		}
	}
	w := rawSocket(ada) // a text in pieces, with a ping between them, is a text
	w.frame(0x01, `{"t":"view","room"`)
	w.frame(0x89, "alive?")
	w.frame(0x80, `:1,"rev":0}`)
	ada.Post("/rooms/1/messages", "body", "all is well").Want(t, http.StatusSeeOther)
	other.Expect("all is well")
	w.expect("all is well")
}

// wire is a socket whose frames the test spells itself.
type wire struct {
	t testing.TB
	c net.Conn
	r *bufio.Reader
}

// rawSocket opens a socket by hand and waits for its hello.
func rawSocket(b *apptest.Browser) *wire {
	b.Server.T.Helper()
	host := strings.TrimPrefix(b.Server.Base, "http://")
	c, err := net.Dial("tcp", host)
	if err != nil {
		b.Server.T.Fatal(err)
	}
	b.Server.T.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(apptest.Longest))
	fmt.Fprintf(c, "GET /ws HTTP/1.1\r\nHost: %s\r\nOrigin: %s\r\nCookie: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\n\r\n",
		host, b.Server.Base, b.Cookie, "dGhlIHNhbXBsZSBub25jZQ==")
	w := &wire{t: b.Server.T, c: c, r: bufio.NewReader(c)}
	r, err := http.ReadResponse(w.r, nil)
	if err != nil || r.StatusCode != http.StatusSwitchingProtocols {
		b.Server.T.Fatal("no socket:", r, err)
	}
	w.expect("hello")
	return w
}

// frame sends one masked frame with a first byte of the test's own.
func (w *wire) frame(first byte, payload string) {
	b := []byte{first}
	switch n := len(payload); {
	case n < 126:
		b = append(b, 0x80|byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, 0x80|126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, 0x80|127), uint64(n))
	}
	var mask [4]byte
	rand.Read(mask[:])
	b = append(b, mask[:]...)
	for i := range len(payload) {
		b = append(b, payload[i]^mask[i%4])
	}
	w.c.Write(b) // the server may have closed already
}

// next reads one frame of the server.
func (w *wire) next() (op byte, payload []byte, err error) {
	var head [2]byte
	if _, err := io.ReadFull(w.r, head[:]); err != nil {
		return 0, nil, err
	}
	n := uint64(head[1])
	if wide := map[byte]int{126: 2, 127: 8}[head[1]]; wide > 0 {
		long := make([]byte, 8)
		if _, err := io.ReadFull(w.r, long[8-wide:]); err != nil {
			return 0, nil, err
		}
		n = binary.BigEndian.Uint64(long)
	}
	payload = make([]byte, n)
	_, err = io.ReadFull(w.r, payload)
	return head[0] & 0xf, payload, err
}

// expect reads until a text contains something.
func (w *wire) expect(part string) {
	w.t.Helper()
	for {
		op, p, err := w.next()
		if err != nil {
			w.t.Fatalf("waiting for %q: %v", part, err)
		}
		if op == 1 && strings.Contains(string(p), part) {
			return
		}
	}
}

// closedWith reads until the server says goodbye; 0 when it left without.
func (w *wire) closedWith() int {
	for {
		op, p, err := w.next()
		if err != nil {
			return 0
		}
		if op == 8 && len(p) == 0 {
			return 1005
		}
		if op == 8 {
			return int(binary.BigEndian.Uint16(p))
		}
	}
}
