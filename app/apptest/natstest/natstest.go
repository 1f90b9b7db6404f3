// Package natstest runs NATS servers in the process of a test, and cuts them off. Only tests
// import it.
package natstest

import (
	"net"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// Server is a NATS server on a port that it keeps.
type Server struct {
	t    testing.TB
	port int
	s    *server.Server
}

// Start runs a server until the test ends.
func Start(t testing.TB) *Server {
	t.Helper()
	s := &Server{t: t, port: server.RANDOM_PORT}
	s.Restart()
	t.Cleanup(s.Stop)
	return s
}

// Stop ends the server; who is connected sees that.
func (s *Server) Stop() { s.s.Shutdown(); s.s.WaitForShutdown() }

// Restart runs it again on the same port.
func (s *Server) Restart() {
	s.t.Helper()
	var err error
	if s.s, err = server.NewServer(&server.Options{Host: "127.0.0.1", Port: s.port, NoLog: true, NoSigs: true}); err != nil {
		s.t.Fatal(err)
	}
	go s.s.Start()
	if !s.s.ReadyForConnections(time.Minute) {
		s.t.Fatal("NATS does not start")
	}
	s.port = s.s.Addr().(*net.TCPAddr).Port
}

// Address is where it is.
func (s *Server) Address() string { return s.s.ClientURL() }

// Proxy is a way to a server that can be cut: then nothing comes through, and nobody is told.
type Proxy struct {
	t        testing.TB
	to       string
	listener net.Listener
	mu       sync.Mutex
	cut      bool
	conns    []net.Conn
}

// Proxy makes a way to the server.
func (s *Server) Proxy() *Proxy {
	s.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	p := &Proxy{t: s.t, to: s.s.Addr().String(), listener: l}
	s.t.Cleanup(func() { l.Close(); p.Heal() })
	go p.accept()
	return p
}

// Address is where the way begins.
func (p *Proxy) Address() string { return "nats://" + p.listener.Addr().String() }

func (p *Proxy) accept() {
	for {
		c, err := p.listener.Accept()
		if err != nil {
			return
		}
		up, err := net.Dial("tcp", p.to)
		if err != nil {
			c.Close()
			continue
		}
		p.mu.Lock()
		p.conns = append(p.conns, c, up)
		p.mu.Unlock()
		go p.carry(c, up)
		go p.carry(up, c)
	}
}

func (p *Proxy) carry(from, to net.Conn) {
	defer from.Close()
	defer to.Close()
	b := make([]byte, 32<<10)
	for {
		n, err := from.Read(b)
		if err != nil {
			return
		}
		p.mu.Lock()
		cut := p.cut
		p.mu.Unlock()
		if cut {
			continue // into nothing
		}
		if _, err := to.Write(b[:n]); err != nil {
			return
		}
	}
}

// Cut has everything that is sent go into nothing.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cut = true
}

// Heal lets things through again; connections that lost something end.
func (p *Proxy) Heal() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cut = false
	for _, c := range p.conns {
		c.Close()
	}
	p.conns = nil
}
