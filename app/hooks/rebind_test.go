package hooks

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync/atomic"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// names is a server of names that answers first with one address, and ever after with another.
func names(t *testing.T, first, then [4]byte) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	var asked atomic.Int32
	go func() {
		for buffer := make([]byte, 1500); ; {
			n, from, err := conn.ReadFrom(buffer)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(buffer[:n]) != nil || len(m.Questions) != 1 {
				continue
			}
			m.Response = true
			m.Additionals = nil
			if q := m.Questions[0]; q.Type == dnsmessage.TypeA {
				a := then
				if asked.Add(1) == 1 {
					a = first
				}
				m.Answers = []dnsmessage.Resource{{Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class},
					Body: &dnsmessage.AResource{A: a}}}
			}
			if b, err := m.Pack(); err == nil {
				conn.WriteTo(b, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

// A name that leads elsewhere the second time is judged the second time: there is no moment
// between the judging and the connecting.
func TestANameThatIsBoundAnewLeadsNowhere(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.8:0")
	if err != nil {
		t.Skip(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	inside, err := net.Listen("tcp", "127.0.0.9:"+port)
	if err != nil {
		t.Skip(err)
	}
	var hits atomic.Int32
	canary := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hits.Add(1) }))
	canary.Listener = inside
	canary.Start()
	defer canary.Close()
	outside := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	outside.Listener = l
	outside.Start()
	defer outside.Close()
	was := net.DefaultResolver
	net.DefaultResolver = names(t, [4]byte{127, 0, 0, 8}, [4]byte{127, 0, 0, 9})
	defer func() { net.DefaultResolver = was }()
	client := Egress{Allowed: []netip.Prefix{netip.MustParsePrefix("127.0.0.8/32")}}.Client()
	res, err := client.Get("http://rebind.example.:" + port + "/")
	if err != nil {
		t.Fatal("the first time it leads outside:", err)
	}
	res.Body.Close()
	for range 3 {
		if res, err := client.Get("http://rebind.example.:" + port + "/"); err == nil {
			res.Body.Close()
			t.Error("the second time it is reached")
		}
	}
	if hits.Load() > 0 {
		t.Error("the canary was reached")
	}
}
