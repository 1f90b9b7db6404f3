package files

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
)

func picture1(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range m.Pix {
		m.Pix[i] = byte(i * 7)
		if i%4 == 3 {
			m.Pix[i] = 255
		}
	}
	return m
}

func stripped(t testing.TB, data []byte, kind string) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := strip(&out, bufio.NewReaderSize(bytes.NewReader(data), headSize), kind); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// chunkOf is a chunk of a PNG.
func chunkOf(name, data string) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	b = append(append(b, name...), data...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

// riff is a WebP of these chunks.
func riff(chunks ...string) []byte {
	body := "WEBP"
	for i := 0; i < len(chunks); i += 2 {
		data := chunks[i+1]
		body += chunks[i] + string(binary.LittleEndian.AppendUint32(nil, uint32(len(data)))) + data + strings.Repeat("\x00", len(data)&1)
	}
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

func TestNothingIsToldOfWhoMadeAPicture(t *testing.T) {
	var j, p, g bytes.Buffer
	if err := jpeg.Encode(&j, picture1(90, 60), nil); err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(&p, picture1(90, 60)); err != nil {
		t.Fatal(err)
	}
	frame := image.NewPaletted(image.Rect(0, 0, 9, 6), color.Palette{color.White, color.Black})
	if err := gif.EncodeAll(&g, &gif.GIF{Image: []*image.Paletted{frame, frame}, Delay: []int{5, 5}}); err != nil {
		t.Fatal(err)
	}
	segment := func(marker byte, data string) string {
		return string([]byte{0xFF, marker, byte((len(data) + 2) >> 8), byte(len(data) + 2)}) + data
	}
	for _, one := range []struct{ name, kind, data string }{
		{"jpeg", "image/jpeg", j.String()[:2] + segment(0xE1, "Exif\x00\x00secret") + segment(0xE1, "http://ns.adobe.com/xap/1.0/\x00secret") +
			segment(0xED, "Photoshop secret") +
			segment(0xFE, "secret") + segment(0xE2, "MPF\x00secret") + segment(0xE2, "ICC_PROFILE\x00kept") + j.String()[2:] + "trailing secret"},
		{"png", "image/png", p.String()[:33] + string(chunkOf("eXIf", "secret")) + string(chunkOf("tEXt", "Author\x00secret")) +
			string(chunkOf("iTXt", "secret")) +
			string(chunkOf("zTXt", "secret")) + string(chunkOf("tIME", "secret!")) + string(chunkOf("prVt", "secret")) +
			string(chunkOf("iCCP", "kept")) + p.String()[33:] + "<script>secret</script>"},
		{"gif", "image/gif", g.String()[:len(g.String())-1] + "\x21\xFE\x06secret\x00" + "\x21\xFF\x0BXMP DataXMPsecret\x00" +
			"\x21\x01\x06secret\x00" + ";secret kept"},
		{"webp", "image/webp", string(riff("VP8X", "\x0c\x00\x00\x00\x00\x00\x00\x00\x00\x00", "ICCP", "kept", "VP8 ", "pixels", "EXIF", "secret",
			"XMP ", "secret!")) + "secret"},
	} {
		t.Run(one.name, func(t *testing.T) {
			out := stripped(t, []byte(one.data), one.kind)
			if bytes.Contains(out, []byte("secret")) {
				t.Errorf("%q", out)
			}
			if !bytes.Contains(out, []byte("kept")) && one.kind != "image/gif" {
				t.Error("what decides how it looks was left out")
			}
			if again := stripped(t, out, one.kind); !bytes.Equal(again, out) {
				t.Error("a second time changes it again")
			}
		})
	}
	for kind, data := range map[string][]byte{"image/jpeg": j.Bytes(), "image/png": p.Bytes(), "image/gif": g.Bytes()} {
		if out := stripped(t, data, kind); !bytes.Equal(out, data) {
			t.Errorf("%s: nothing was to be left out, and %d of %d bytes are there", kind, len(out), len(data))
		}
	}
	flags := stripped(t, riff("VP8X", "\x0c\x00\x00\x00\x00\x00\x00\x00\x00\x00", "EXIF", "secret"), "image/webp")[20]
	if flags != 0 {
		t.Errorf("the head of a WebP still announces them: %x", flags)
	}
}

// inPieces reads a few bytes at a time, as they come over a line.
type inPieces struct {
	data []byte
	rnd  *rand.Rand
}

func (r *inPieces) Read(p []byte) (int, error) {
	if len(r.data) == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), 1+r.rnd.IntN(3000))], r.data)
	r.data = r.data[n:]
	return n, nil
}

// However a picture comes, its bytes stay.
func TestAPictureStaysAsItWasWhateverPiecesItComesIn(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	noise := image.NewRGBA(image.Rect(0, 0, 900, 700))
	for i := range noise.Pix {
		noise.Pix[i] = byte(rnd.Uint32())
	}
	var j, p bytes.Buffer
	if err := jpeg.Encode(&j, noise, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(&p, noise); err != nil {
		t.Fatal(err)
	}
	frame := image.NewPaletted(image.Rect(0, 0, 600, 600), color.Palette{color.White, color.Black, color.Gray{9}, color.Gray{90}})
	for i := range frame.Pix {
		frame.Pix[i] = byte(rnd.IntN(4))
	}
	var g bytes.Buffer
	if err := gif.EncodeAll(&g, &gif.GIF{Image: []*image.Paletted{frame, frame}, Delay: []int{5, 5}}); err != nil {
		t.Fatal(err)
	}
	film := make([]byte, 500_000)
	for i := range film {
		film[i] = byte(rnd.Uint32())
	}
	webp := riff("VP8L", string(film[:300_001]))
	for kind, data := range map[string][]byte{"image/jpeg": j.Bytes(), "image/png": p.Bytes(), "image/gif": g.Bytes(), "image/webp": webp,
		"video/mp4": film} {
		for range 5 {
			var out bytes.Buffer
			if err := strip(&out, bufio.NewReaderSize(&inPieces{data, rnd}, headSize), kind); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(out.Bytes(), data) {
				t.Errorf("%s: %d bytes became %d others", kind, len(data), out.Len())
			}
		}
	}
}

func TestOrientationIsKeptAlone(t *testing.T) {
	var j bytes.Buffer
	if err := jpeg.Encode(&j, picture1(90, 60), nil); err != nil {
		t.Fatal(err)
	}
	for turn := uint16(1); turn <= 8; turn++ {
		data := append(append([]byte{0xFF, 0xD8}, orientationSegment(turn)...), j.Bytes()[2:]...)
		p, err := lookAt(bytes.NewReader(stripped(t, data, "image/jpeg")), "image/jpeg")
		w, h := p.upright()
		if err != nil || max(p.turn, 1) != turn || (turn > 4) != (w == 60 && h == 90) {
			t.Errorf("%d: %v %d %d × %d", turn, err, p.turn, w, h)
		}
	}
	// Where the pixel at the top left goes.
	m := image.NewRGBA(image.Rect(0, 0, 3, 2))
	m.SetRGBA(0, 0, color.RGBA{255, 0, 0, 255})
	for turn, want := range map[uint16]image.Point{1: {0, 0}, 2: {2, 0}, 3: {2, 1}, 4: {0, 1}, 5: {0, 0}, 6: {1, 0}, 7: {1, 2}, 8: {0, 2}} {
		out := turned(m, turn)
		if r, _, _, _ := out.At(want.X, want.Y).RGBA(); r != 0xFFFF {
			t.Errorf("%d: it is not at %v", turn, want)
		}
	}
}

// Whatever comes, what is stored is a part of it, and the walk ends.
func TestBrokenPicturesPassWithoutHarm(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 1))
	var j, p, g bytes.Buffer
	jpeg.Encode(&j, picture1(40, 30), nil)
	png.Encode(&p, picture1(40, 30))
	gif.Encode(&g, picture1(40, 30), nil)
	for n := range 3000 {
		for kind, data := range map[string][]byte{"image/jpeg": j.Bytes(), "image/png": p.Bytes(), "image/gif": g.Bytes(),
			"image/webp": riff("VP8X", "\x0c123456789", "VP8 ", "pixels", "EXIF", "x")} {
			broken := bytes.Clone(data[:r.IntN(len(data)+1)])
			for range r.IntN(8) {
				if len(broken) > 0 {
					broken[r.IntN(len(broken))] = byte(r.UintN(256))
				}
			}
			out := stripped(t, broken, kind)
			if len(out) > len(broken)+40+stepSize*boolInt(kind == "image/webp") {
				t.Fatalf("seed %d, %d: %s of %d bytes became %d", seed, n, kind, len(broken), len(out))
			}
			if p, err := lookAt(bytes.NewReader(out), kind); err == nil && p.decoded > maxDecoded {
				t.Fatalf("seed %d, %d: %d bytes", seed, n, p.decoded)
			}
		}
	}
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func BenchmarkStripJPEG(b *testing.B) {
	var j bytes.Buffer
	jpeg.Encode(&j, picture1(2000, 1500), nil)
	b.SetBytes(int64(j.Len()))
	for b.Loop() {
		strip(io.Discard, bufio.NewReaderSize(bytes.NewReader(j.Bytes()), headSize), "image/jpeg")
	}
}
