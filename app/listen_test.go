package app_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fasthttp/websocket"

	"parley/app"
	"parley/app/apptest"
)

func TestAProxyReachesItThroughASocketInTheFileSystem(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "p.sock")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := app.Listen("unix:"+path, 0); err == nil {
		t.Fatal("a file was taken for a socket")
	}
	os.Remove(path)
	left, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	left.SetUnlinkOnClose(false)
	left.Close() // as a process that was killed leaves it
	s := apptest.Start(t, func(c *app.Config) { c.Listen = "unix:" + path })
	if _, err := app.Listen("unix:"+path, 0); err == nil {
		t.Error("two servers listen at one place")
	}
	if f, err := os.Stat(path); err != nil || f.Mode().Perm() != 0o660 {
		t.Error(f.Mode(), err)
	}
	s.Base = "http://localhost"
	s.Via = &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", path)
	}}
	ada := s.Signup("ada")
	ada.Post("/rooms/1/messages", "body", "through the socket").Want(t, http.StatusSeeOther)
	if page := ada.Get("/rooms/1").Want(t, http.StatusOK).Body; !strings.Contains(page, "through the socket") {
		t.Error("the message is not there")
	}
	if err := s.App.Chat.SetSetting(t.Context(), "limit.login.address", "3"); err != nil {
		t.Fatal(err)
	}
	if err := s.App.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	guess := func(from string) int {
		return s.Visitor().Do(http.MethodPost, "/login", "username=nobody&password=wrong", "Content-Type", "application/x-www-form-urlencoded",
			"Sec-Fetch-Site", "same-origin", "X-Forwarded-For", from).Status
	}
	for range 3 {
		guess("192.0.2.7")
	}
	if one, other := guess("192.0.2.7"), guess("192.0.2.8"); one != http.StatusTooManyRequests || other != http.StatusUnprocessableEntity {
		t.Errorf("who guessed too often gets %d, who did not %d: the proxy's word for who they are does not count", one, other)
	}
}

func TestItServesHTTPSWithACertificateOfOnesOwn(t *testing.T) {
	t.Parallel()
	cert, key := filepath.Join(t.TempDir(), "cert.pem"), filepath.Join(t.TempDir(), "key.pem")
	apptest.Pair(t, cert, key, 1)
	s := apptest.Start(t, func(c *app.Config) { c.Cert, c.Key = cert, key })
	s.Base = strings.Replace(s.Base, "http", "https", 1)
	trusting := &tls.Config{InsecureSkipVerify: true} // it is of today, by ourselves
	s.Via = &http.Transport{TLSClientConfig: trusting}
	ada := s.Signup("ada")
	if !strings.HasPrefix(ada.Cookie, "__Host-parley=") {
		t.Error("the cookie is", ada.Cookie)
	}
	d := websocket.Dialer{TLSClientConfig: trusting}
	ws, _, err := d.Dial(strings.Replace(s.Base, "https", "wss", 1)+"/ws", http.Header{"Cookie": {ada.Cookie}, "Origin": {s.Base}})
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close()
	if err := ws.WriteMessage(websocket.TextMessage, []byte(`{"t":"view","room":1,"rev":0}`)); err != nil {
		t.Fatal(err)
	}
	ada.Post("/rooms/1/messages", "body", "said over https").Want(t, http.StatusSeeOther)
	for heard := false; !heard; {
		ws.SetReadDeadline(time.Now().Add(apptest.Longest))
		_, frame, err := ws.ReadMessage()
		if err != nil {
			t.Fatal(err)
		}
		heard = strings.Contains(string(frame), "said over https")
	}
	serial := func() string {
		c, err := tls.Dial("tcp", s.App.Address.String(), trusting)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		return c.ConnectionState().PeerCertificates[0].SerialNumber.String()
	}
	apptest.Pair(t, cert, key, 2)
	if err := s.App.Refresh(); err != nil || serial() != "2" {
		t.Error("after a refresh it shows certificate", serial(), err)
	}
	if err := os.WriteFile(key, []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.App.Refresh(); err == nil || serial() != "2" {
		t.Error("a broken file was taken:", serial(), err)
	}
}

func TestItTakesTheSocketThatSystemdOpened(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	f, err := l.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	cmd := exec.Command("sh", "-c", `LISTEN_PID=$$ LISTEN_FDS=1 exec "$0" "$@"`, os.Args[0], "serve",
		"--data", filepath.Join(t.TempDir(), "parley.db"), "--listen", "127.0.0.1:1")
	cmd.Env = append(os.Environ(), "BE_PARLEY=1")
	cmd.ExtraFiles = []*os.File{f}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { cmd.Process.Kill(); cmd.Wait() }()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || !strings.Contains(line, l.Addr().String()) {
		t.Fatalf("it says %q, %v", line, err)
	}
	r, err := http.Get("http://" + l.Addr().String() + "/healthz")
	if err != nil || r.StatusCode != http.StatusOK {
		t.Fatal(r, err)
	}
	r.Body.Close()
}

func TestTheUnitServesAsTheFlagsSay(t *testing.T) {
	t.Parallel()
	out := apptest.Command(t, 0, "", "serve", "--print-systemd-unit", "--url", "https://chat.example.org",
		"--listen", "unix:/run/parley/http.sock")
	for _, line := range []string{"--listen unix:/run/parley/http.sock --url https://chat.example.org --data /var/lib/parley/parley.db",
		"NoNewPrivileges=yes", "WantedBy=multi-user.target"} {
		if !strings.Contains(out, line) {
			t.Errorf("no %q in\n%s", line, out)
		}
	}
	if strings.Contains(out, "%!") {
		t.Error(out)
	}
	apptest.Command(t, 2, "", "serve", "--tls-cert", "only.pem", "--data", filepath.Join(t.TempDir(), "p.db"))
}

// A page that nobody reads does not vanish into the kernel: its deadline passes.
func TestWhoDoesNotReadIsNoticed(t *testing.T) {
	t.Parallel()
	l, err := app.Listen("127.0.0.1:0", 0)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	reader, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	reader.(*net.TCPConn).SetReadBuffer(4 << 10)
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetWriteDeadline(time.Now().Add(time.Second))
	if n, err := c.Write(make([]byte, 2<<20)); err == nil {
		t.Errorf("%d bytes were written for who reads nothing", n)
	}
}

func TestOneAddressCannotTakeAllConnections(t *testing.T) {
	t.Parallel()
	l, err := app.Listen("127.0.0.1:0", 8)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	accepted := make(chan net.Conn, 16)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			accepted <- c
		}
	}()
	dial := func(from string) net.Conn {
		t.Helper()
		d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
		c, err := d.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		return c
	}
	for range 6 {
		dial("127.0.0.1")
		<-accepted
	}
	c := dial("127.0.0.1")
	c.SetReadDeadline(time.Now().Add(apptest.Longest))
	if _, err := c.Read(make([]byte, 1)); err == nil || strings.Contains(err.Error(), "timeout") {
		t.Errorf("a seventh connection of eight is kept: %v", err)
	}
	dial("127.0.0.2")
	(<-accepted).Close()
}
