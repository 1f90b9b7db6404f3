package app

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// spare is how many file descriptors are kept for the data file and the like, and for
// the listeners beside.
const spare = 64 + 2*maxAuxiliaryConns

// listener survives what ends others: running out of file descriptors, and peers
// that go while they are accepted. It takes no more connections than the process
// may have files open, and of these three quarters at most from one address, so that
// no single one keeps all others out. A proxy's may be all.
type listener struct {
	net.Listener
	slots   chan struct{}
	trusted []*net.IPNet

	mu    sync.Mutex // guards what follows
	open  map[*conn]struct{}
	from  map[netip.Addr]int
	until time.Time // when no more is read from anybody; zero: never
}

// listen opens host:port or unix:/path; under systemd, which opened a socket
// before, that is taken instead.
func listen(address string) (*listener, error) {
	l, err := inherited()
	if l == nil && err == nil {
		l, err = open(address)
	}
	if err != nil {
		return nil, err
	}
	n := 1 << 16
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err == nil && limit.Cur < 1<<16 {
		n = max(16, int(limit.Cur)-spare)
	}
	return &listener{Listener: l, slots: make(chan struct{}, n)}, nil
}

const UnixPrefix = "unix:"

func open(address string) (net.Listener, error) {
	if path, local := strings.CutPrefix(address, UnixPrefix); local {
		return listenUnix(path)
	}
	return net.Listen("tcp", address)
}

// listenUnix replaces a socket that a process left behind, and nothing else. Its
// group may connect, which is how a proxy is let in.
func listenUnix(path string) (net.Listener, error) {
	if f, err := os.Lstat(path); err == nil {
		if f.Mode().Type() != os.ModeSocket {
			return nil, fmt.Errorf("%s is in the way: it is not a socket", path)
		}
		if c, err := net.Dial("unix", path); err == nil {
			c.Close()
			return nil, fmt.Errorf("%s: a server listens there already", path)
		}
		if err := os.Remove(path); err != nil {
			return nil, err
		}
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, 0o660); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// firstInherited is the first descriptor of sd_listen_fds(3).
const firstInherited = 3

// inherited is the socket that systemd opened for this process, or nil.
func inherited() (net.Listener, error) {
	if os.Getenv("LISTEN_PID") != strconv.Itoa(os.Getpid()) {
		return nil, nil
	}
	if n := os.Getenv("LISTEN_FDS"); n != "1" {
		return nil, fmt.Errorf("systemd passed %s sockets; one is needed: one ListenStream= in the .socket unit", n)
	}
	f := os.NewFile(firstInherited, "systemd's socket")
	defer f.Close() // the listener has a copy
	return net.FileListener(f)
}

// Accept implements net.Listener.
func (l *listener) Accept() (net.Conn, error) {
	l.slots <- struct{}{}
	for {
		c, err := l.Listener.Accept()
		switch {
		case err == nil:
			if own := l.add(c); own != nil {
				return own, nil
			}
			c.Close()
		case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
			time.Sleep(50 * time.Millisecond)
		case errors.Is(err, syscall.ECONNABORTED):
		default:
			<-l.slots
			return nil, err
		}
	}
}

// sendBuffer is how much the kernel keeps for who reads slowly, about half of it in
// truth: left alone it takes megabytes, and no deadline ever passes for a page.
const sendBuffer = 128 << 10

// add keeps account of a connection until it is closed; nil: its address has too many.
func (l *listener) add(c net.Conn) *conn {
	own := &conn{Conn: c}
	if tcp, ok := c.(*net.TCPConn); ok {
		tcp.SetWriteBuffer(sendBuffer)
	}
	address := l.counted(c)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open == nil {
		l.open, l.from = map[*conn]struct{}{}, map[netip.Addr]int{}
	}
	if address.IsValid() {
		if l.from[address] >= cap(l.slots)*3/4 {
			return nil
		}
		l.from[address]++
	}
	l.open[own] = struct{}{}
	own.free = sync.OnceFunc(func() {
		l.mu.Lock()
		delete(l.open, own)
		if l.from[address]--; l.from[address] <= 0 {
			delete(l.from, address)
		}
		l.mu.Unlock()
		<-l.slots
	})
	if !l.until.IsZero() {
		own.readUntil(l.until)
	}
	return own
}

// counted is the address that a connection counts for: of version 6 the network of a
// customer. Who passes on the connections of others counts for nobody.
func (l *listener) counted(c net.Conn) netip.Addr {
	tcp, ok := c.RemoteAddr().(*net.TCPAddr)
	if !ok || slices.ContainsFunc(l.trusted, func(n *net.IPNet) bool { return n.Contains(tcp.IP) }) {
		return netip.Addr{}
	}
	address := tcp.AddrPort().Addr().Unmap()
	if network, err := address.Prefix(64); err == nil && address.Is6() {
		return network.Addr()
	}
	return address
}

// readUntil ends reading from everybody then: whoever has not sent the whole of a
// request by that time is not waited for. Who waits for an answer gets it.
func (l *listener) readUntil(t time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.until = t
	for c := range l.open {
		c.readUntil(t)
	}
}

// cut closes all connections that are left, and says how many there were.
func (l *listener) cut() int {
	l.mu.Lock()
	left := slices.Collect(maps.Keys(l.open))
	l.mu.Unlock()
	for _, c := range left {
		c.Close()
	}
	return len(left)
}

// conn gives its place back when it is closed.
type conn struct {
	net.Conn
	free func()

	mu    sync.Mutex // guards until, and read deadlines against it
	until time.Time  // the last read deadline there may be; zero: any
}

func (c *conn) Close() error {
	defer c.free()
	return c.Conn.Close()
}

func (c *conn) readUntil(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.until = t
	c.Conn.SetReadDeadline(t)
}

// SetReadDeadline implements net.Conn.
func (c *conn) SetReadDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.until.IsZero() && (t.IsZero() || t.After(c.until)) {
		t = c.until
	}
	return c.Conn.SetReadDeadline(t)
}

// SetDeadline implements net.Conn.
func (c *conn) SetDeadline(t time.Time) error {
	if err := c.Conn.SetWriteDeadline(t); err != nil {
		return err
	}
	return c.SetReadDeadline(t)
}

// NetConn is the connection itself, for writev and socket options.
func (c *conn) NetConn() net.Conn { return c.Conn }
