package live

import "encoding/binary"

// Opcodes of RFC 6455, section 5.2.
const (
	opText  = 1
	opClose = 8
	opPing  = 9
	opPong  = 10
)

// Frame is one text for pages, prepared once and shared by all: the bytes of a
// WebSocket frame as they go over the wire. The zero Frame is empty.
type Frame struct {
	wire []byte
	text []byte // the payload, without what is around it on the wire
}

var ping = Frame{wire: frame(opPing, nil)}

// Text prepares a frame. The bytes are taken over: they must not be used again.
func Text(p []byte) Frame {
	if len(p) == 0 {
		return Frame{}
	}
	h := header(opText, len(p))
	wire := append(p, h...) // room for it, which most texts have
	copy(wire[len(h):], p)
	copy(wire, h)
	return Frame{wire: wire, text: wire[len(h):]}
}

// Texts prepares several texts that belong together: no page gets only some of
// them because its queue is full.
func Texts(parts [][]byte) (f Frame) {
	for _, p := range parts {
		f.wire = append(append(f.wire, header(opText, len(p))...), p...)
		f.text = append(f.text, p...)
	}
	return f
}

// Empty says whether there is nothing in the frame.
func (f Frame) Empty() bool { return len(f.wire) == 0 }

// Payload is the text; it must not be changed.
func (f Frame) Payload() []byte { return f.text }

// frame spells one unmasked, final frame.
func frame(op byte, p []byte) []byte { return append(header(op, len(p)), p...) }

// header is what stands on the wire before a payload of n bytes.
func header(op byte, n int) []byte {
	b := append(make([]byte, 0, 10), 0x80|op)
	switch {
	case n < 126:
		return append(b, byte(n))
	case n < 1<<16:
		return binary.BigEndian.AppendUint16(append(b, 126), uint16(n))
	}
	return binary.BigEndian.AppendUint64(append(b, 127), uint64(n))
}
