package files

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"runtime/debug"

	"golang.org/x/image/draw"

	"parley/app/chat"
)

// makeForms makes the forms of a picture, and tells its room. An error is the store's; what
// cannot be decoded becomes a file like any other.
func (s *Files) makeForms(ctx context.Context, f Waiting) error {
	original, err := s.store.Blob(ctx, f.ID, chat.FormOriginal)
	if err != nil && !errors.Is(err, chat.ErrNotFound) {
		return err
	}
	var forms map[chat.Form]drawn
	var moves bool
	if err == nil {
		forms, moves, err = s.draw(original, f.Use)
	}
	if err != nil {
		s.log.Info("a picture cannot be shown", "file", f.ID, "type", original.Type, "why", err)
		f.Kind, f.Width, f.Height = chat.FileOther, 0, 0
	}
	for form, made := range forms {
		if err := s.storeForm(ctx, f.ID, form, made); err != nil {
			return err
		}
	}
	f.Moves = moves
	f.Gone = f.Kind == chat.FilePicture && (f.Use != chat.UseMessage || !s.keepsOriginals(ctx))
	m, err := s.store.SetPicture(ctx, f.File)
	if err == nil {
		s.chat.FileChanged(m)
	}
	return err
}

// keepsOriginals says whether pictures are kept as they were uploaded.
func (s *Files) keepsOriginals(ctx context.Context) bool {
	set, err := s.chat.Settings(ctx)
	return err != nil || set.KeepsOriginals()
}

// drawn is a form as it is stored.
type drawn struct {
	kind  string
	bytes []byte
}

func (s *Files) storeForm(ctx context.Context, id chat.FileID, form chat.Form, d drawn) error {
	blob, err := s.store.NewForm(ctx, id, form, d.kind)
	if err != nil {
		return err
	}
	to := &sink{store: func(at int64, data []byte) error {
		s.turn.Lock()
		defer s.turn.Unlock()
		return s.store.Append(ctx, blob, at, data)
	}}
	if _, err := to.Write(d.bytes); err != nil {
		return err
	}
	if err := to.flush(); err != nil {
		return err
	}
	return s.store.FinishForm(ctx, blob, to.size, to.sum.Sum(nil))
}

// draw makes the forms of a picture from its pixels alone. A fault of a decoder is an
// error.
func (s *Files) draw(b Blob, use chat.FileUse) (forms map[chat.Form]drawn, moves bool, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the decoder panicked: %v\n%s", p, debug.Stack())
		}
	}()
	head, err := lookAt(s.Reader(b.ID, 0, b.Size), b.Type)
	if err != nil {
		return nil, false, err
	}
	pixels, err := decode(bufio.NewReaderSize(s.Reader(b.ID, 0, b.Size), 64<<10), b.Type)
	if err != nil {
		return nil, false, err
	}
	if b.Type == "image/gif" {
		pixels = onCanvas(pixels, head.width, head.height)
	}
	forms = map[chat.Form]drawn{}
	small := chat.SmallForm
	switch use {
	case chat.UseMessage:
	case chat.UsePreview:
		small = chat.PreviewForm
	default:
		return squares(pixels, head.turn, b.Type)
	}
	if max(head.width, head.height) > small {
		pixels = shrink(pixels, chat.LargeForm)
		if forms[chat.FormLarge], err = encode(turned(pixels, head.turn), b.Type, 82); err != nil {
			return nil, false, err
		}
	}
	if forms[chat.FormSmall], err = encode(turned(shrink(pixels, small), head.turn), b.Type, 80); err != nil {
		return nil, false, err
	}
	if b.Type == "image/gif" {
		if moving, ok := s.drawMoving(b); ok {
			forms[chat.FormLarge], moves = moving, true
		}
	}
	return forms, moves, nil
}

// squares are the forms of a picture that is shown as a square: of its middle.
func squares(pixels image.Image, orientation uint16, kind string) (forms map[chat.Form]drawn, moves bool, err error) {
	forms = map[chat.Form]drawn{}
	for form, side := range map[chat.Form]int{chat.FormLarge: chat.LargeSquare, chat.FormSmall: chat.SmallSquare} {
		if forms[form], err = encode(turned(square(pixels, side), orientation), kind, 85); err != nil {
			return nil, false, err
		}
	}
	return forms, false, nil
}

// square is the middle of a picture, at most side pixels a side.
func square(in image.Image, side int) image.Image {
	size := in.Bounds().Size()
	long, short := max(size.X, size.Y), max(1, min(size.X, size.Y))
	in = shrink(in, max(1, 2*side*long/short))
	from := in.Bounds()
	short = min(from.Dx(), from.Dy())
	left, top := from.Min.X+(from.Dx()-short)/2, from.Min.Y+(from.Dy()-short)/2
	middle := image.NewRGBA(image.Rect(0, 0, short, short))
	draw.Draw(middle, middle.Bounds(), in, image.Pt(left, top), draw.Src)
	return shrink(middle, side)
}

// onCanvas puts the first frame of a moving picture where it is shown.
func onCanvas(frame image.Image, width, height int) image.Image {
	if frame.Bounds() == image.Rect(0, 0, width, height) {
		return frame
	}
	canvas := image.NewRGBA(image.Rect(0, 0, width, height))
	draw.Draw(canvas, frame.Bounds(), frame, frame.Bounds().Min, draw.Src)
	return canvas
}

// maxScratch bounds what the last step of shrinking takes beside the picture.
const maxScratch = 24 << 20

// shrink makes a picture that has at most side pixels a side: by halves, which average
// what they join, then what is left by a finer filter.
func shrink(in image.Image, side int) image.Image {
	size := in.Bounds().Size()
	width, height := chat.File{Width: size.X, Height: size.Y}.Fit(side)
	for size.X >= 2*width && size.Y >= 2*height && size.X > 1 && size.Y > 1 {
		size = image.Pt(size.X/2, size.Y/2)
		in = scaled(in, size, draw.ApproxBiLinear)
	}
	if size == image.Pt(width, height) {
		return in
	}
	last := draw.Interpolator(draw.CatmullRom)
	if int64(width)*int64(size.Y)*32 > maxScratch { // four floats of eight bytes for each pixel of its first pass
		last = draw.ApproxBiLinear
	}
	return scaled(in, image.Pt(width, height), last)
}

func scaled(in image.Image, size image.Point, by draw.Interpolator) image.Image {
	out := image.NewRGBA(image.Rectangle{Max: size})
	by.Scale(out, out.Bounds(), in, in.Bounds(), draw.Src, nil)
	return out
}

// turned is a picture as the camera was held: Exif 2.3, 4.6.4, Orientation.
func turned(in image.Image, orientation uint16) image.Image {
	if orientation < 2 {
		return in
	}
	from := in.Bounds()
	w, h := from.Dx(), from.Dy()
	size := image.Pt(w, h)
	if orientation > 4 {
		size = image.Pt(h, w)
	}
	out := image.NewRGBA(image.Rectangle{Max: size})
	pixels, ok := in.(*image.RGBA)
	if !ok { // too small to have been shrunk
		pixels = image.NewRGBA(image.Rect(0, 0, w, h))
		draw.Draw(pixels, pixels.Bounds(), in, from.Min, draw.Src)
	}
	for y := range h {
		for x := range w {
			to := turn(orientation, x, y, w-1, h-1)
			copy(out.Pix[out.PixOffset(to.X, to.Y):][:4], pixels.Pix[pixels.PixOffset(pixels.Rect.Min.X+x, pixels.Rect.Min.Y+y):][:4])
		}
	}
	return out
}

// turn is where a pixel goes; right and bottom are the last ones.
func turn(orientation uint16, x, y, right, bottom int) image.Point {
	switch orientation {
	case 2:
		return image.Pt(right-x, y)
	case 3:
		return image.Pt(right-x, bottom-y)
	case 4:
		return image.Pt(x, bottom-y)
	case 5:
		return image.Pt(y, x)
	case 6:
		return image.Pt(bottom-y, x)
	case 7:
		return image.Pt(bottom-y, right-x)
	case 8:
		return image.Pt(y, right-x)
	}
	return image.Pt(x, y)
}

// smallPNG is up to how many pixels a drawing is tried as PNG, too: letters stay sharp.
const smallPNG = 1 << 20

// encode writes pixels as JPEG, or as PNG where something shines through or where that is
// smaller, as of drawings.
func encode(in image.Image, from string, quality int) (drawn, error) {
	opaque := true
	if o, ok := in.(interface{ Opaque() bool }); ok {
		opaque = o.Opaque()
	}
	var asJPEG, asPNG bytes.Buffer
	if opaque {
		if err := jpeg.Encode(&asJPEG, in, &jpeg.Options{Quality: quality}); err != nil {
			return drawn{}, err
		}
	}
	if size := in.Bounds().Size(); !opaque || (from == "image/png" || from == "image/gif") && size.X*size.Y <= smallPNG {
		if err := png.Encode(&asPNG, in); err != nil {
			return drawn{}, err
		}
	}
	if asJPEG.Len() == 0 || asPNG.Len() > 0 && asPNG.Len() <= asJPEG.Len() {
		return drawn{"image/png", asPNG.Bytes()}, nil
	}
	return drawn{"image/jpeg", asJPEG.Bytes()}, nil
}

// drawMoving makes a moving picture anew, if it is not too much.
func (s *Files) drawMoving(b Blob) (drawn, bool) {
	frames, pixels := 0, int64(0)
	head, err := gif.DecodeConfig(s.Reader(b.ID, 0, b.Size))
	if err != nil {
		return drawn{}, false
	}
	canvas := int64(head.Width) * int64(head.Height)
	walkGIF(bufio.NewReader(s.Reader(b.ID, 0, b.Size)), bufio.NewWriter(io.Discard), func(w, h int) {
		frames++
		pixels += max(canvas, int64(w)*int64(h))
	})
	if frames < 2 || pixels > maxMoving {
		return drawn{}, false
	}
	all, err := gif.DecodeAll(bufio.NewReaderSize(s.Reader(b.ID, 0, b.Size), 64<<10))
	if err != nil {
		return drawn{}, false
	}
	var out bytes.Buffer
	if err := gif.EncodeAll(&out, all); err != nil {
		return drawn{}, false
	}
	return drawn{"image/gif", out.Bytes()}, true
}
