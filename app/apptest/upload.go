package apptest

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"mime/multipart"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"parley/app/chat"
)

// Sent is a file of a form.
type Sent struct {
	Name string
	Data []byte
}

// NewFile is a file that a form sends.
func NewFile(name string, data []byte) Sent { return Sent{name, data} }

// Form writes a form in parts: fields of name, value, name, value, then files.
func Form(t testing.TB, fields []string, files ...Sent) (body, kind string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i < len(fields); i += 2 {
		if err := w.WriteField(fields[i], fields[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range files {
		part, err := w.CreateFormFile("file", f.Name)
		if err != nil {
			t.Fatal(err)
		}
		part.Write(f.Data)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String(), w.FormDataContentType()
}

// Upload posts a form with files as a plain form does.
func (b *Browser) Upload(path string, fields []string, files ...Sent) Answer {
	b.Server.T.Helper()
	body, kind := Form(b.Server.T, fields, files...)
	return b.Do(http.MethodPost, path, body, "Content-Type", kind, "Sec-Fetch-Site", "same-origin")
}

// UploadAs posts it as a script does.
func (b *Browser) UploadAs(path string, fields []string, files ...Sent) Answer {
	b.Server.T.Helper()
	body, kind := Form(b.Server.T, fields, files...)
	return b.Do(http.MethodPost, path, body, "Content-Type", kind, "Sec-Fetch-Site", "same-origin", "HX-Request", "true")
}

// drawing is a picture of some colours.
func drawing(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.SetRGBA(x, y, color.RGBA{uint8(x * 255 / w), uint8(y * 255 / h), uint8((x ^ y) & 255), 255})
		}
	}
	return m
}

func JpegOf(t testing.TB, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, drawing(w, h), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func PngOf(t testing.TB, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, drawing(w, h)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func GifOf(t testing.TB, w, h, frames int) []byte {
	t.Helper()
	g := gif.GIF{}
	for n := range frames {
		m := image.NewPaletted(image.Rect(0, 0, w, h), color.Palette{color.White, color.Black, color.RGBA{200, uint8(n * 40), 0, 255}})
		for i := range m.Pix {
			m.Pix[i] = uint8((i + n) % 3)
		}
		g.Image, g.Delay = append(g.Image, m), append(g.Delay, 10)
	}
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, &g); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// WithPlace puts an Exif segment into a JPEG: a place, who made it, and how the camera was held.
func WithPlace(picture []byte, turn byte) []byte {
	tiff := "MM\x00\x2A\x00\x00\x00\x08\x00\x02" + // two entries
		"\x01\x12\x00\x03\x00\x00\x00\x01\x00" + string(turn) + "\x00\x00" + // orientation
		"\x01\x3B\x00\x02\x00\x00\x00\x10\x00\x00\x00\x26" + // artist, at 38
		"\x00\x00\x00\x00" + "Secret Author 1\x00" + "GPSLatitude 54.1 Secret Place"
	segment := "Exif\x00\x00" + tiff
	n := len(segment) + 2
	return append([]byte{0xFF, 0xD8, 0xFF, 0xE1, byte(n >> 8), byte(n)}, append([]byte(segment), picture[2:]...)...)
}

var fileAddress = regexp.MustCompile(`/files/([A-Z0-9]+)`)

// Tokens are those of the files on a page, each once.
func Tokens(page string) (list []string) {
	for _, m := range fileAddress.FindAllStringSubmatch(page, -1) {
		if len(list) == 0 || list[len(list)-1] != m[1] && !strings.Contains(strings.Join(list, " "), m[1]) {
			list = append(list, m[1])
		}
	}
	return list
}

// Ready waits until the forms of all pictures of a message are made, and answers with it.
func (s *Server) Ready(token string) chat.StoredFile {
	s.T.Helper()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		f, err := s.Stored().FileByToken(s.T.Context(), token)
		if err != nil {
			s.T.Fatal(err)
		}
		if f.State != chat.FileWaiting {
			return f
		}
		if time.Now().After(end) {
			s.T.Fatal("the picture is not ready")
		}
	}
}
