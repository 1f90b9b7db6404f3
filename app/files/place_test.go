package files

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
)

// exifWithPlace is a TIFF that says a latitude (in values of its own) and a reference (in its entry).
func exifWithPlace(order binary.AppendByteOrder, sign string) string {
	entry := func(b []byte, tag, kind uint16, n, value uint32) []byte {
		return order.AppendUint32(order.AppendUint32(order.AppendUint16(order.AppendUint16(b, tag), kind), n), value)
	}
	b := order.AppendUint32([]byte(sign), 8)
	b = order.AppendUint16(b, 2)
	b = entry(b, 0x0112, 3, 1, 1) // orientation
	b = entry(b, gpsTag, 4, 1, 38)
	b = order.AppendUint32(b, 0)
	b = order.AppendUint16(b, 2) // at 38
	b = entry(b, 2, 5, 3, 68)    // latitude
	b = entry(b, 6, 5, 1, 92)    // altitude
	b = order.AppendUint32(b, 0)
	return "Exif\x00\x00" + string(b) + strings.Repeat("SECRETLAT", 4)[:32] + "kept"
}

func TestNothingIsToldOfWhereAFilmWasMade(t *testing.T) {
	box := func(kind, body string) string {
		return string(binary.BigEndian.AppendUint32(nil, uint32(len(body)+8))) + kind + body
	}
	pad := strings.Repeat("kept ", 30_000) // more than a window
	for name, one := range map[string]struct{ kind, data string }{
		"user data": {"video/mp4", box("moov", box("udta", "\x00\x00\x00\x1e\xA9xyz\x00\x12\x15\xc7+54.3233+010.1228/"))},
		"metadata":  {"video/quicktime", box("ilst", box("data", "\x00\x00\x00\x01\x00\x00\x00\x00+54.3233+010.1228+012.345/"))},
		"3GPP": {"video/mp4", box("loci",
			"\x00\x00\x00\x00\x15\xc7SECRETPLACE\x00\x00\x54\x32\x33\x01\x54\x32\x33\x02\x54\x32\x33\x03kept")},
		"XMP":        {"image/heic", `<rdf exif:GPSLatitude="54,32.33N" exif:GPSLongitude='54,32.33E'><exif:GPSAltitude>54323/3</exif:GPSAltitude>kept`},
		"Exif":       {"image/heic", box("mdat", exifWithPlace(binary.BigEndian, "MM\x00\x2A"))},
		"other Exif": {"image/avif", box("mdat", exifWithPlace(binary.LittleEndian, "II\x2A\x00"))},
	} {
		for _, before := range []string{"", "kept", pad, pad[:placeWindow-20], pad[:2*placeWindow-20]} {
			out := stripped(t, []byte(before+one.data+pad), one.kind)
			if len(out) != len(before)+len(one.data)+len(pad) || !bytes.HasPrefix(out, []byte(before)) || !bytes.HasSuffix(out, []byte(pad)) {
				t.Errorf("%s behind %d bytes: more than the place was changed", name, len(before))
			}
			for _, secret := range []string{"54.32", "10.12", "SECRET", "54,32", "5432", "\x54\x32\x33"} {
				if bytes.Contains(out, []byte(secret)) {
					t.Errorf("%s behind %d bytes still says %q", name, len(before), secret)
				}
			}
			if again := stripped(t, out, one.kind); !bytes.Equal(again, out) {
				t.Errorf("%s: a second time changes it again", name)
			}
		}
	}
	for _, plain := range []string{"\xA9xyz\x00\x05\x00\x00hello", "loci and \x00\x00\x00\x00", "Exif\x00\x00II\x2A\x00\xff\xff\xff\xff",
		"Exif\x00\x00MM\x00\x2A\x00\x00\x00\x08\xff\xff",
		"GPSLatitude", "GPSLatitude=\"", "data\x00\x00\x00\x01", ""} {
		if out := stripped(t, []byte(plain), "video/mp4"); string(out) != plain {
			t.Errorf("%q became %q", plain, out)
		}
	}
}
