package files

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
)

// pngKept are the chunks of a PNG that decide how it looks: PNG (third edition), 5.6.
var pngKept = map[string]bool{"IHDR": true, "PLTE": true, "IDAT": true, "IEND": true, "tRNS": true, "cHRM": true,
	"gAMA": true, "iCCP": true,
	"sBIT": true, "sRGB": true, "cICP": true, "mDCV": true, "cLLI": true, "bKGD": true, "pHYs": true, "acTL": true, "fcTL": true, "fdAT": true}

func stripPNG(in *bufio.Reader, out *bufio.Writer) error {
	if _, err := io.CopyN(out, in, 8); err != nil {
		return err
	}
	for {
		var head [8]byte
		if _, err := io.ReadFull(in, head[:]); err != nil {
			return err
		}
		n, name := int64(binary.BigEndian.Uint32(head[:]))+4, string(head[4:])
		if !pngKept[name] {
			if _, err := io.CopyN(io.Discard, in, n); err != nil {
				return err
			}
			continue
		}
		out.Write(head[:])
		if _, err := io.CopyN(out, in, n); err != nil || name == "IEND" {
			return err
		}
	}
}

// Labels of extension blocks: GIF89a, 23 to 26.
const (
	gifExtension, gifImage, gifTrailer = 0x21, 0x2C, 0x3B
	gifControl, gifApplication         = 0xF9, 0xFF
)

func stripGIF(in *bufio.Reader, out *bufio.Writer) error {
	return walkGIF(in, out, nil)
}

// walkGIF copies a GIF without comments and foreign extensions; image is told of the size
// of each frame, if it is set.
func walkGIF(in *bufio.Reader, out *bufio.Writer, image func(width, height int)) error {
	var head [13]byte
	if _, err := io.ReadFull(in, head[:]); err != nil {
		return err
	}
	out.Write(head[:])
	if _, err := io.CopyN(out, in, colourTable(head[10])); err != nil {
		return err
	}
	for {
		block, err := in.ReadByte()
		if err != nil {
			return err
		}
		switch block {
		case gifTrailer:
			return out.WriteByte(block)
		case gifImage:
			err = copyFrame(in, out, image)
		case gifExtension:
			err = copyExtension(in, out)
		default:
			return nil // not a GIF any more
		}
		if err != nil {
			return err
		}
	}
}

// copyFrame copies one frame; the byte that begins it was read.
func copyFrame(in *bufio.Reader, out *bufio.Writer, image func(width, height int)) error {
	var d [9]byte
	if _, err := io.ReadFull(in, d[:]); err != nil {
		return err
	}
	if image != nil {
		image(int(binary.LittleEndian.Uint16(d[4:])), int(binary.LittleEndian.Uint16(d[6:])))
	}
	out.WriteByte(gifImage)
	out.Write(d[:])
	if _, err := io.CopyN(out, in, colourTable(d[8])+1); err != nil { // and the code size
		return err
	}
	return copySubBlocks(in, out, nil)
}

// copyExtension copies what says how frames are shown, and leaves out the others; the byte
// that begins it was read.
func copyExtension(in *bufio.Reader, out *bufio.Writer) error {
	label, err := in.ReadByte()
	if err != nil {
		return err
	}
	first, err := subBlock(in)
	if err != nil {
		return err
	}
	to := io.Writer(io.Discard)
	if label == gifControl || label == gifApplication && (bytes.HasPrefix(first, []byte("NETSCAPE2.0")) ||
		bytes.HasPrefix(first, []byte("ANIMEXTS1.0"))) {
		to = out
	}
	to.Write([]byte{gifExtension, label})
	return copySubBlocks(in, to, first)
}

// colourTable is the size in bytes of the table that packed fields announce.
func colourTable(packed byte) int64 {
	if packed&0x80 == 0 {
		return 0
	}
	return 3 << (packed&7 + 1)
}

// subBlock reads one block of at most 255 bytes; an empty one ends the run of them.
func subBlock(in *bufio.Reader) ([]byte, error) {
	n, err := in.ReadByte()
	if err != nil {
		return nil, err
	}
	data := make([]byte, n)
	_, err = io.ReadFull(in, data)
	return data, err
}

// copySubBlocks copies a run of blocks with its end; first was read before, nil: none was.
func copySubBlocks(in *bufio.Reader, out io.Writer, first []byte) error {
	data, err := first, error(nil)
	for read := first != nil; ; read = false {
		if !read {
			if data, err = subBlock(in); err != nil {
				return err
			}
		}
		if _, err := out.Write(append([]byte{byte(len(data))}, data...)); err != nil || len(data) == 0 {
			return err
		}
	}
}

// Flags of VP8X that announce Exif and XMP: RFC 9649, 2.7.1.
const webpAnnounced = 0x08 | 0x04

// stripWebP overwrites what it takes out: the size of the whole stands at the beginning.
func stripWebP(in *bufio.Reader, out *bufio.Writer) error {
	var head [12]byte
	if _, err := io.ReadFull(in, head[:]); err != nil {
		return err
	}
	out.Write(head[:])
	left := int64(binary.LittleEndian.Uint32(head[4:])) - 4
	for left >= 8 {
		var chunk [8]byte
		if _, err := io.ReadFull(in, chunk[:]); err != nil {
			return err
		}
		n := int64(binary.LittleEndian.Uint32(chunk[4:]))
		n += n & 1
		left -= 8 + n
		switch name := string(chunk[:4]); name {
		case "EXIF", "XMP ":
			out.Write(append([]byte("JUNK"), chunk[4:]...))
			if _, err := io.CopyN(io.Discard, in, n); err != nil {
				return err
			}
			if err := zeros(out, n); err != nil {
				return err
			}
			continue
		case "VP8X":
			flags, err := in.ReadByte()
			if err != nil {
				return err
			}
			out.Write(chunk[:])
			out.WriteByte(flags &^ webpAnnounced)
			n--
		default:
			out.Write(chunk[:])
		}
		if _, err := io.CopyN(out, in, n); err != nil {
			return err
		}
	}
	return nil
}

func zeros(out io.Writer, n int64) error {
	_, err := io.CopyN(out, zero{}, n)
	return err
}

type zero struct{}

func (zero) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
