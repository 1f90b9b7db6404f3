package web

import (
	"bufio"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/contrib/websocket"
	"github.com/gofiber/fiber/v2"
)

// The reader of the request does not stay with a socket, and no byte that came with the
// request is lost. It fails when fasthttp is another than the one this was made for.
func TestTheReaderOfARequestDoesNotStayWithItsSocket(t *testing.T) {
	dropped, heard := make(chan bool, 1), make(chan string, 2)
	app := fiber.New(fiber.Config{DisableStartupMessage: true, StreamRequestBody: true, ReduceMemoryUsage: true, ReadBufferSize: 16 << 10})
	app.Server().KeepHijackedConns = true
	app.Get("/", websocket.New(func(c *websocket.Conn) {
		ws := c.Conn
		dropped <- dropRequestReader(ws.NetConn(), plain(ws)) != nil
		go func() {
			for range 2 {
				_, text, err := ws.ReadMessage()
				if err != nil {
					text = []byte(err.Error())
				}
				heard <- string(text)
			}
			ws.Close()
		}()
	}))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go app.Listener(l)
	defer l.Close()
	request := "GET / HTTP/1.1\r\nHost: " + l.Addr().String() + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + strings.Repeat("A", 22) + "==\r\n\r\n"
	frame := func(text string) string { return string([]byte{0x81, 0x80 | byte(len(text)), 0, 0, 0, 0}) + text }
	for name, early := range map[string]bool{"after the answer": false, "with the request": true} {
		conn, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		conn.SetDeadline(time.Now().Add(20 * time.Second))
		first := request
		if early {
			first += frame("one")
		}
		conn.Write([]byte(first))
		if line, err := bufio.NewReader(conn).ReadString('\n'); !strings.Contains(line, " 101 ") {
			t.Fatal(line, err)
		}
		if !early {
			conn.Write([]byte(frame("one")))
		}
		conn.Write([]byte(frame("two")))
		if is := <-dropped; is == early {
			t.Errorf("%s: the reader is dropped: %v", name, is)
		}
		if a, b := <-heard, <-heard; a != "one" || b != "two" {
			t.Errorf("%s: it heard %q and %q", name, a, b)
		}
		conn.Close()
	}
}
