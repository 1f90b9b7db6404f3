package files

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
)

// strip copies an upload. Of a picture it leaves out what that tells of where, when and by
// whom it was made, and all that comes behind its end. What is broken gives some of its
// bytes, which then do not decode.
func strip(out io.Writer, in *bufio.Reader, kind string) error {
	var do func(*bufio.Reader, *bufio.Writer) error
	switch kind {
	case "image/jpeg":
		do = stripJPEG
	case "image/png":
		do = stripPNG
	case "image/gif":
		do = stripGIF
	case "image/webp":
		do = stripWebP
	default:
		_, err := io.Copy(out, in)
		return err
	}
	buffered := bufio.NewWriterSize(out, 32<<10)
	err := do(in, buffered)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) { // those: it ends early
		return err
	}
	if err := buffered.Flush(); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, in) // behind the end of the picture
	return err
}

// Markers of JPEG: ITU T.81, table B.1.
const (
	jpegSOI, jpegEOI, jpegSOS  = 0xD8, 0xD9, 0xDA
	jpegRST0, jpegRST7         = 0xD0, 0xD7
	jpegAPP0, jpegAPP1         = 0xE0, 0xE1
	jpegAPP2, jpegAPP14        = 0xE2, 0xEE
	jpegAPP15, jpegCOM         = 0xEF, 0xFE
	jpegTEM                    = 0x01
	orientationTag, shortField = 0x0112, 3
)

func stripJPEG(in *bufio.Reader, out *bufio.Writer) error {
	turned := false
	marker, err := nextMarker(in)
	for err == nil && marker != jpegEOI {
		if marker, err = copySegment(in, out, marker, &turned); err == nil && marker == 0 {
			marker, err = nextMarker(in)
		}
	}
	if err != nil {
		return err
	}
	_, err = out.Write([]byte{0xFF, jpegEOI})
	return err
}

// copySegment copies what belongs to a marker, or leaves it out; next is the marker that
// was found behind a scan, 0: none was looked for.
func copySegment(in *bufio.Reader, out *bufio.Writer, marker byte, turned *bool) (next byte, err error) {
	if marker == jpegSOI || marker == jpegTEM || marker >= jpegRST0 && marker <= jpegRST7 { // alone
		_, err := out.Write([]byte{0xFF, marker})
		return 0, err
	}
	var length [2]byte
	if _, err := io.ReadFull(in, length[:]); err != nil {
		return 0, err
	}
	n := int64(binary.BigEndian.Uint16(length[:])) - 2
	if n < 0 {
		return 0, io.EOF // no picture any more
	}
	head := append([]byte{0xFF, marker}, length[:]...)
	if marker >= jpegAPP0 && marker <= jpegAPP15 || marker == jpegCOM {
		data := make([]byte, n)
		if _, err := io.ReadFull(in, data); err != nil {
			return 0, err
		}
		switch o := orientationOf(data); {
		case marker == jpegAPP1 && o > 1 && !*turned:
			*turned = true
			_, err = out.Write(orientationSegment(o))
		case keepSegment(marker, data):
			_, err = out.Write(append(head, data...))
		}
		return 0, err
	}
	out.Write(head)
	if _, err := io.CopyN(out, in, n); err != nil || marker != jpegSOS {
		return 0, err
	}
	return copyScan(in, out)
}

// nextMarker passes over what is between segments.
func nextMarker(in *bufio.Reader) (byte, error) {
	for {
		b, err := in.ReadByte()
		if err != nil {
			return 0, err
		}
		for b == 0xFF {
			if b, err = in.ReadByte(); err != nil {
				return 0, err
			}
			if b != 0xFF && b != 0 {
				return b, nil
			}
		}
	}
}

// copyScan copies the data of a scan, and answers with the marker that ends it.
func copyScan(in *bufio.Reader, out *bufio.Writer) (marker byte, err error) {
	for {
		data, err := in.ReadSlice(0xFF)
		if errors.Is(err, bufio.ErrBufferFull) {
			if _, err := out.Write(data); err != nil {
				return 0, err
			}
			continue
		}
		if err != nil {
			out.Write(data)
			return 0, err
		}
		next := byte(0xFF)
		for next == 0xFF { // fill bytes
			if next, err = in.ReadByte(); err != nil {
				return 0, err
			}
		}
		if next != 0 && (next < jpegRST0 || next > jpegRST7) {
			_, err := out.Write(data[:len(data)-1])
			return next, err
		}
		if _, err := out.Write(data); err != nil {
			return 0, err
		}
		out.WriteByte(next)
	}
}

// keepSegment says whether an application segment decides how the picture looks: JFIF, a
// colour profile, Adobe's transform.
func keepSegment(marker byte, data []byte) bool {
	switch marker {
	case jpegAPP0:
		return bytes.HasPrefix(data, []byte("JFIF\x00"))
	case jpegAPP2:
		return bytes.HasPrefix(data, []byte("ICC_PROFILE\x00"))
	case jpegAPP14:
		return bytes.HasPrefix(data, []byte("Adobe"))
	}
	return false
}

// orientationOf reads how a camera was held from an Exif segment, 1 to 8; 0: it does not say.
func orientationOf(data []byte) uint16 {
	tiff, ok := bytes.CutPrefix(data, []byte("Exif\x00\x00"))
	if !ok || len(tiff) < 8 {
		return 0
	}
	var order binary.ByteOrder = binary.BigEndian
	if string(tiff[:2]) == "II" {
		order = binary.LittleEndian
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 0
	}
	entries := tiff[at+2:]
	for n := order.Uint16(tiff[at:]); n > 0 && len(entries) >= 12; n-- {
		if order.Uint16(entries) == orientationTag && order.Uint16(entries[2:]) == shortField {
			if o := order.Uint16(entries[8:]); o >= 1 && o <= 8 {
				return o
			}
		}
		entries = entries[12:]
	}
	return 0
}

// orientationSegment is an Exif segment that says nothing else.
func orientationSegment(o uint16) []byte {
	b := append([]byte{0xFF, jpegAPP1, 0, 34}, "Exif\x00\x00MM\x00\x2A\x00\x00\x00\x08\x00\x01"...)
	b = binary.BigEndian.AppendUint16(b, orientationTag)
	b = binary.BigEndian.AppendUint16(b, shortField)
	b = append(b, 0, 0, 0, 1)
	b = binary.BigEndian.AppendUint16(b, o)
	return append(b, 0, 0, 0, 0, 0, 0)
}

// pngKept are the chunks of a PNG that decide how it looks: PNG (third edition), 5.6.
var pngKept = map[string]bool{"IHDR": true, "PLTE": true, "IDAT": true, "IEND": true, "tRNS": true, "cHRM": true, "gAMA": true, "iCCP": true,
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
			var d [9]byte
			if _, err := io.ReadFull(in, d[:]); err != nil {
				return err
			}
			if image != nil {
				image(int(binary.LittleEndian.Uint16(d[4:])), int(binary.LittleEndian.Uint16(d[6:])))
			}
			out.WriteByte(block)
			out.Write(d[:])
			if _, err := io.CopyN(out, in, colourTable(d[8])+1); err != nil { // and the code size
				return err
			}
			if err := copySubBlocks(in, out, nil); err != nil {
				return err
			}
		case gifExtension:
			label, err := in.ReadByte()
			if err != nil {
				return err
			}
			first, err := subBlock(in)
			if err != nil {
				return err
			}
			to := io.Writer(io.Discard)
			if label == gifControl || label == gifApplication && (bytes.HasPrefix(first, []byte("NETSCAPE2.0")) || bytes.HasPrefix(first, []byte("ANIMEXTS1.0"))) {
				to = out
			}
			to.Write([]byte{block, label})
			if err := copySubBlocks(in, to, first); err != nil {
				return err
			}
		default:
			return nil // not a GIF any more
		}
	}
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
