package hooks

import (
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
)

// Each spelling of an address inside, and each way that leads there, is refused; nothing
// reaches a canary that listens on all of them.
func TestNothingGoesInside(t *testing.T) {
	var hits atomic.Int32
	canary := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { hits.Add(1) }))
	defer canary.Close()
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(canary.URL, "http://"))
	client := Egress{}.Client()
	for _, host := range strings.Fields(`127.0.0.1 127.1 127.0.1 127.000.000.001 0177.0.0.1 0x7f.0.0.1 0x7f000001 2130706433 017700000001 0 0.0.0.0 localhost
		localhost. LOCALHOST 127.0.0.2 127.255.255.254 [::1] [0:0:0:0:0:0:0:1] [::] [::ffff:127.0.0.1] [::ffff:7f00:1] [::127.0.0.1] [0:0:0:0:0:ffff:7f00:0001]
		[64:ff9b::127.0.0.1] [64:ff9b::7f00:1] [2002:7f00:1::] [fe80::1] [fec0::1] [fc00::1] [fd00::1] [ff02::1] [2001:db8::1] 10.0.0.1 10.255.255.255
		172.16.0.1 172.31.255.255 192.168.0.1 192.168.255.255 169.254.169.254 100.64.0.1 100.127.255.255 192.0.0.1 192.0.2.1 198.18.0.1 198.19.255.255
		198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 [::ffff:10.0.0.1] [::ffff:192.168.0.1] [::ffff:169.254.169.254] [2001::1]
		2886729729 3232235521 0xa9fea9fe 2852039166 0xc0.0xa8.0x1.0x1 [::ffff:a9fe:a9fe] [0:0:0:0:0:ffff:c0a8:0001] [fd00:ec2::254] [2002:c0a8:1::] [64:ff9b::a9fe:a9fe]
		[100::1] [64:ff9b:1::1] [::ffff:0:127.0.0.1] 127.0.0.1.`) {
		for _, at := range []string{"http://" + host + ":" + port + "/", "http://" + host + "/", "https://" + host + "/"} {
			res, err := client.Get(at)
			if err == nil {
				res.Body.Close()
				t.Error(at, "was reached")
			}
		}
	}
	if hits.Load() > 0 {
		t.Error("the canary was reached", hits.Load(), "times")
	}
	for _, a := range []string{"1.1.1.1", "8.8.8.8", "2606:4700::1111", "::ffff:1.1.1.1"} {
		if !Public(netip.MustParseAddr(a)) {
			t.Error(a, "is not of the world outside")
		}
	}
	open := Egress{}
	if err := open.control("tcp", "1.1.1.1:22", nil); !errors.Is(err, ErrInside) {
		t.Error("port 22:", err)
	}
	if err := open.control("tcp", "1.1.1.1:443", nil); err != nil {
		t.Error("port 443:", err)
	}
}

// What an operator allows is reached, and a redirect from there leads inside no more than
// an address does.
func TestARedirectIsJudgedAsAnAddress(t *testing.T) {
	var inside atomic.Int32
	canary := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { inside.Add(1) }))
	l, err := net.Listen("tcp", "127.0.0.2:0")
	if err != nil {
		t.Fatal(err)
	}
	canary.Listener = l
	canary.Start()
	defer canary.Close()
	leads := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/in":
			http.Redirect(w, r, canary.URL, http.StatusFound)
		case "/round":
			http.Redirect(w, r, "/round", http.StatusFound)
		case "/file":
			w.Header().Set("Location", "file:///etc/passwd")
			w.WriteHeader(http.StatusFound)
		}
	}))
	defer leads.Close()
	client := Egress{Allowed: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}}.Client()
	res, err := client.Get(leads.URL + "/")
	if err != nil {
		t.Fatal("what is allowed is not reached:", err)
	}
	res.Body.Close()
	for _, path := range []string{"/in", "/round", "/file"} {
		if res, err := client.Get(leads.URL + path); err == nil {
			res.Body.Close()
			t.Error(path, "led on")
		}
	}
	if inside.Load() > 0 {
		t.Error("a redirect led inside")
	}
}
