package app

import (
	"errors"
	"net"
	"sync"
	"syscall"
	"time"
)

// spare is how many file descriptors are kept for the data file and the like.
const spare = 64

// listener survives what ends others: running out of file descriptors, and peers
// that go while they are accepted. It takes no more connections than the process
// may have files open.
type listener struct {
	net.Listener
	slots chan struct{}
}

// listen opens a TCP address.
func listen(address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
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

// Accept implements net.Listener.
func (l *listener) Accept() (net.Conn, error) {
	l.slots <- struct{}{}
	for {
		c, err := l.Listener.Accept()
		switch {
		case err == nil:
			return &conn{Conn: c, free: sync.OnceFunc(func() { <-l.slots })}, nil
		case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
			time.Sleep(50 * time.Millisecond)
		case errors.Is(err, syscall.ECONNABORTED):
		default:
			<-l.slots
			return nil, err
		}
	}
}

// conn gives its place back when it is closed.
type conn struct {
	net.Conn
	free func()
}

func (c *conn) Close() error {
	defer c.free()
	return c.Conn.Close()
}

// NetConn is the connection itself, for writev and socket options.
func (c *conn) NetConn() net.Conn { return c.Conn }
