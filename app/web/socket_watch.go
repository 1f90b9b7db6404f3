package web

import (
	"encoding/binary"
	"io"

	"github.com/gofiber/contrib/websocket"
)

// closeWatch reads from a connection, and sees whether a close frame comes that holds half of
// a code: RFC 6455 has none of one byte, and the library takes it for one without a code.
type closeWatch struct {
	r    io.Reader
	head [14]byte // of the frame that begins
	n    int      // bytes of head
	skip uint64   // bytes of a payload that are still to come
	half bool
}

// code is with what a close frame is answered that the library takes for one with this code.
func (w *closeWatch) code(taken int) int {
	if w != nil && w.half {
		return websocket.CloseProtocolError
	}
	return taken
}

// Read implements io.Reader.
func (w *closeWatch) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	w.look(p[:max(n, 0)])
	return n, err
}

func (w *closeWatch) look(b []byte) {
	for len(b) > 0 {
		if w.skip > 0 {
			k := min(w.skip, uint64(len(b)))
			b, w.skip = b[k:], w.skip-k
			continue
		}
		w.head[w.n] = b[0]
		b = b[1:]
		if w.n++; w.n < 2 {
			continue
		}
		size, header := uint64(w.head[1]&0x7f), 2
		switch {
		case size == 126:
			size, header = uint64(binary.BigEndian.Uint16(w.head[2:])), 4
		case size == 127:
			size, header = binary.BigEndian.Uint64(w.head[2:]), 10
		}
		if w.head[1]&0x80 != 0 {
			header += 4
		}
		if w.n < header {
			continue
		}
		w.half = w.half || w.head[0]&0xf == 8 && size == 1
		w.n, w.skip, w.head = 0, size, [14]byte{}
	}
}
