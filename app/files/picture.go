package files

import (
	"bufio"
	"encoding/binary"
	"errors"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/webp"

	"parley/app/chat"
)

const (
	// maxDecoded is how many bytes the pixels of a picture may take while it is decoded.
	maxDecoded = 64 << 20
	// maxSide is how many pixels a side may have.
	maxSide = 16_384
	// maxMoving is how many pixels all frames of a moving picture may have together.
	maxMoving = 16 << 20
)

// picture is what the head of a picture says.
type picture struct {
	width, height int // as stored
	turn          uint16
	decoded       int64 // bytes that its pixels take in memory, about
}

// upright is the size as it is shown.
func (p picture) upright() (width, height int) {
	if p.turn > 4 { // on its side
		return p.height, p.width
	}
	return p.width, p.height
}

var errNoPicture = errors.New("files: this is no picture that can be shown")

// lookAt reads the head of a picture and says what decoding it takes.
func lookAt(in io.Reader, kind string) (p picture, err error) {
	switch kind {
	case "image/jpeg":
		p, err = lookAtJPEG(bufio.NewReader(in))
	case "image/png":
		p, err = lookAtPNG(in)
	case "image/gif":
		var c image.Config
		c, err = gif.DecodeConfig(in)
		p = picture{width: c.Width, height: c.Height, decoded: int64(c.Width) * int64(c.Height)}
	case "image/webp":
		var c image.Config
		c, err = webp.DecodeConfig(in)
		p = picture{width: c.Width, height: c.Height, decoded: 4 * int64(c.Width) * int64(c.Height)}
	default:
		err = errNoPicture
	}
	if err == nil && (p.width <= 0 || p.height <= 0 || p.width > maxSide || p.height > maxSide || p.decoded > maxDecoded) {
		err = errNoPicture
	}
	return p, err
}

// Start-of-frame markers of JPEG: ITU T.81, table B.1; the others there are not frames.
const jpegSOF0, jpegSOF2, jpegSOF15 = 0xC0, 0xC2, 0xCF

func isFrame(marker byte) bool {
	return marker >= jpegSOF0 && marker <= jpegSOF15 && marker != 0xC4 && marker != 0xC8 && marker != 0xCC
}

// lookAtJPEG finds the frame. A progressive one is held as coefficients of four bytes, beside
// its samples.
func lookAtJPEG(in *bufio.Reader) (p picture, err error) {
	for {
		marker, err := nextMarker(in)
		if err != nil {
			return p, err
		}
		if marker == jpegSOI || marker == jpegTEM || marker >= jpegRST0 && marker <= jpegRST7 {
			continue
		}
		var length [2]byte
		if _, err := io.ReadFull(in, length[:]); err != nil {
			return p, err
		}
		n := int64(binary.BigEndian.Uint16(length[:])) - 2
		if n < 0 || marker == jpegEOI || marker == jpegSOS {
			return p, errNoPicture
		}
		if marker != jpegAPP1 && !isFrame(marker) {
			if _, err := io.CopyN(io.Discard, in, n); err != nil {
				return p, err
			}
			continue
		}
		data := make([]byte, n)
		if _, err := io.ReadFull(in, data); err != nil {
			return p, err
		}
		if marker == jpegAPP1 {
			p.turn = max(p.turn, orientationOf(data))
			continue
		}
		return frameOf(p, marker, data)
	}
}

func frameOf(p picture, marker byte, data []byte) (picture, error) {
	if len(data) < 6 || len(data) < 6+3*int(data[5]) {
		return p, errNoPicture
	}
	p.height, p.width = int(binary.BigEndian.Uint16(data[1:])), int(binary.BigEndian.Uint16(data[3:]))
	samples, most := int64(0), int64(1)
	for c := data[6:]; len(c) >= 3 && data[5] > 0; c = c[3:] {
		h, v := int64(c[1]>>4), int64(c[1]&15)
		samples, most = samples+h*v, max(most, h*v)
	}
	p.decoded = int64(p.width) * int64(p.height) * samples / most
	if marker == jpegSOF2 {
		p.decoded *= 5
	}
	if data[5] == 4 { // CMYK is made of them
		p.decoded += 4 * int64(p.width) * int64(p.height)
	}
	return p, nil
}

// lookAtPNG reads IHDR: PNG (third edition), 11.2.1.
func lookAtPNG(in io.Reader) (p picture, err error) {
	var head [29]byte
	if _, err := io.ReadFull(in, head[:]); err != nil {
		return p, err
	}
	if string(head[12:16]) != "IHDR" {
		return p, errNoPicture
	}
	w, h := binary.BigEndian.Uint32(head[16:]), binary.BigEndian.Uint32(head[20:])
	if w > maxSide || h > maxSide {
		return p, errNoPicture
	}
	each := int64(4)
	switch depth, colour := head[24], head[25]; {
	case depth == 16 && colour != 0:
		each = 8
	case depth == 16:
		each = 2
	case colour == 0 || colour == 3:
		each = 1
	}
	p = picture{width: int(w), height: int(h), decoded: each * int64(w) * int64(h)}
	if head[28] != 0 { // interlaced: passes are decoded beside the whole
		p.decoded += p.decoded / 2
	}
	return p, nil
}

// decode reads the pixels of a picture, of one that moves the first frame.
func decode(in io.Reader, kind string) (image.Image, error) {
	switch kind {
	case "image/jpeg":
		return jpeg.Decode(in)
	case "image/png":
		return png.Decode(in)
	case "image/gif":
		return gif.Decode(in)
	case "image/webp":
		return webp.Decode(in)
	}
	return nil, errNoPicture
}

// inspect reads the head of what was uploaded as a picture. What cannot be shown is a
// file like any other.
func (s *Files) inspect(blob BlobID, f *chat.File) {
	if f.Kind != chat.FilePicture {
		return
	}
	p, err := lookAt(s.Reader(blob, 0, f.Size), f.Type)
	if err != nil {
		f.Kind = chat.FileOther
		return
	}
	f.Width, f.Height = p.upright()
	f.State = chat.FileWaiting
}
