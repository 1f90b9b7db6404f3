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
// bytes, which then do not decode. Of films, and of pictures that are only kept, it blanks
// the place.
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
	case "image/heic", "image/avif", "video/mp4", "video/quicktime", "audio/mp4":
		return blankPlaces(out, in)
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
		marked := err == nil
		if marked {
			data = data[:len(data)-1]
		}
		if _, err := out.Write(data); err != nil { // before more is read: that moves it
			return 0, err
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if !marked {
			return 0, err
		}
		next := byte(0xFF)
		for next == 0xFF { // fill bytes
			if next, err = in.ReadByte(); err != nil {
				return 0, err
			}
		}
		if next != 0 && (next < jpegRST0 || next > jpegRST7) {
			return next, nil
		}
		if _, err := out.Write([]byte{0xFF, next}); err != nil {
			return 0, err
		}
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
	if !ok {
		return 0
	}
	order, entries := directory(tiff, 0)
	for ; len(entries) >= 12; entries = entries[12:] {
		if order.Uint16(entries) == orientationTag && order.Uint16(entries[2:]) == shortField {
			if o := order.Uint16(entries[8:]); o >= 1 && o <= 8 {
				return o
			}
		}
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
