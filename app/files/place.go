package files

import (
	"bytes"
	"encoding/binary"
	"io"
	"regexp"
)

// placeWindow is how many bytes behind a mark are looked at: Exif of a HEIC has no more.
const placeWindow = 64 << 10

// blankPlaces copies a file of boxes (ISO/IEC 14496-12: HEIC, AVIF, MP4, QuickTime) and
// writes nothings over what in it tells where it was made. Its length and the places of
// its boxes stay, so that whatever reads it reads it as before.
func blankPlaces(out io.Writer, in io.Reader) error {
	buffer := make([]byte, 0, 2*placeWindow)
	for {
		n, err := io.ReadFull(in, buffer[len(buffer):cap(buffer)])
		buffer = buffer[:len(buffer)+n]
		ends := err == io.EOF || err == io.ErrUnexpectedEOF
		if err != nil && !ends {
			return err
		}
		for _, mark := range placeMarks {
			for at := 0; ; {
				i := bytes.Index(buffer[at:], mark.sign)
				if i < 0 {
					break
				}
				at += i + len(mark.sign)
				mark.blank(buffer[at:])
			}
		}
		done := len(buffer) - placeWindow
		if ends || done < 0 {
			done = len(buffer)
		}
		if _, err := out.Write(buffer[:done]); err != nil {
			return err
		}
		if ends {
			return nil
		}
		buffer = buffer[:copy(buffer, buffer[done:])]
	}
}

// placeMarks are what stands before a place. Blanking twice is blanking once: what is near
// the end of a window is seen again with what follows.
var placeMarks = []struct {
	sign  []byte
	blank func(behind []byte)
}{
	{[]byte("\xA9xyz"), func(b []byte) { blankPoint(b, 4) }},              // user data of QuickTime: length, language
	{[]byte("data\x00\x00\x00\x01"), func(b []byte) { blankPoint(b, 4) }}, // metadata of QuickTime, in UTF-8: locale
	{[]byte("loci"), blankLoci},
	{[]byte("Exif\x00\x00"), blankGPS},
	{[]byte("GPSLatitude"), blankAttribute}, // XMP
	{[]byte("GPSLongitude"), blankAttribute},
	{[]byte("GPSAltitude"), blankAttribute},
}

// point is a place as ISO 6709 writes it.
var point = regexp.MustCompile(`^[+-]\d{2}(\d{2}){0,2}(\.\d+)?[+-]\d{3}(\d{2}){0,2}(\.\d+)?([+-]\d+(\.\d+)?)?`)

func blankPoint(b []byte, skip int) {
	if len(b) > skip {
		blankDigits(point.Find(b[skip:min(len(b), skip+64)]))
	}
}

func blankDigits(b []byte) {
	for i, c := range b {
		if c >= '0' && c <= '9' {
			b[i] = '0'
		}
	}
}

// blankLoci blanks the box of 3GPP TS 26.244, 8.10: version, language, a name that ends
// with zero, role, longitude, latitude and altitude.
func blankLoci(b []byte) {
	const before, after = 6, 13
	if len(b) < before || binary.BigEndian.Uint32(b) != 0 {
		return
	}
	name := bytes.IndexByte(b[before:min(len(b), before+256)], 0)
	if name < 0 || len(b) < before+name+1+after {
		return
	}
	clear(b[before : before+name])
	clear(b[before+name+2 : before+name+1+after])
}

// blankAttribute blanks the value of ="…" or >…<.
func blankAttribute(b []byte) {
	for i := 0; i < min(len(b), 16); i++ {
		if b[i] == '"' || b[i] == '\'' || b[i] == '>' {
			if n := bytes.IndexAny(b[i+1:min(len(b), i+65)], "\"'<"); n > 0 {
				blankDigits(b[i+1 : i+1+n])
			}
			return
		}
	}
}

const gpsTag = 0x8825 // Exif 2.32, 4.6.3

// widths are the bytes of one value of each type of TIFF 6.0.
var widths = [...]int{0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8}

// blankGPS empties the directory of the place in a TIFF.
func blankGPS(tiff []byte) {
	order, entries := directory(tiff, 0)
	for ; len(entries) >= 12; entries = entries[12:] {
		if order.Uint16(entries) != gpsTag {
			continue
		}
		_, gps := directory(tiff, order.Uint32(entries[8:]))
		for one := gps; len(one) >= 12; one = one[12:] {
			kind, n := order.Uint16(one[2:]), uint64(order.Uint32(one[4:]))
			if int(kind) >= len(widths) {
				continue
			}
			if from, size := uint64(order.Uint32(one[8:])), n*uint64(widths[kind]); size > 4 && from+size <= uint64(len(tiff)) {
				clear(tiff[from : from+size])
			}
		}
		clear(gps)
	}
}

// directory finds the entries of a directory of a TIFF, at 0: of its first one.
func directory(tiff []byte, at uint32) (order binary.ByteOrder, entries []byte) {
	switch {
	case bytes.HasPrefix(tiff, []byte("II\x2A\x00")):
		order = binary.LittleEndian
	case bytes.HasPrefix(tiff, []byte("MM\x00\x2A")):
		order = binary.BigEndian
	default:
		return nil, nil
	}
	if len(tiff) < 8 {
		return nil, nil
	}
	if at == 0 {
		at = order.Uint32(tiff[4:])
	}
	if uint64(at)+2 > uint64(len(tiff)) {
		return nil, nil
	}
	entries = tiff[at+2:]
	return order, entries[:min(len(entries), 12*int(order.Uint16(tiff[at:])))]
}
