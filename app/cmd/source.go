package cmd

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync/atomic"

	"github.com/klauspost/compress/zstd"
	"github.com/spf13/cobra"

	"parley/app/archive"
)

// source is a file that is read from its beginning more than once, also when it came by
// a pipe; it may be packed.
type source struct {
	file *os.File
	size int64
}

// openSource opens a file, or with - standard input.
func openSource(cmd *cobra.Command, name string) (*source, error) {
	if name == "-" {
		return sourceOf(cmd.Context(), cmd.InOrStdin())
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("the file cannot be read: %w", err)
	}
	i, err := f.Stat()
	switch {
	case err == nil && i.IsDir():
		err = fmt.Errorf("%s is a directory; name a file in it", name)
	case err == nil && !i.Mode().IsRegular():
		defer f.Close()
		return sourceOf(cmd.Context(), f)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &source{f, i.Size()}, nil
}

// sourceOf keeps what comes by a pipe in a file without a name, which goes with the
// process.
func sourceOf(ctx context.Context, in io.Reader) (*source, error) {
	if f, ok := in.(*os.File); ok && isTerminal(f) {
		return nil, usageError{errors.New("an export comes from a file or a pipe: parley import - < FILE")}
	}
	f, err := os.CreateTemp("", "parley-import-")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.Name()); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	n, err := unlessInterrupted(ctx, func(r io.Reader) (int64, error) { return io.Copy(f, r) }, in)
	if ctx.Err() != nil {
		return nil, ctx.Err() // f is written to, still
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("standard input could not be kept in %s: %w", os.TempDir(), err), f.Close())
	}
	return &source{f, n}, nil
}

// How packed files begin.
var (
	gzipMagic = []byte{0x1f, 0x8b}
	zstdMagic = []byte{0x28, 0xb5, 0x2f, 0xfd}
)

// zstdWindow is how far back a packed file may refer: as far as zstd --long does.
const zstdWindow = 128 << 20

// read gives the whole of it to do, unpacked, and counts what it takes of the file.
func (s *source) read(done *atomic.Int64, do func(io.Reader) error) error {
	done.Store(0)
	raw := bufio.NewReaderSize(countingReader{io.NewSectionReader(s.file, 0, s.size), done}, 1<<16)
	begin, err := raw.Peek(len(zstdMagic))
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	switch {
	case bytes.HasPrefix(begin, gzipMagic):
		z, err := gzip.NewReader(raw)
		if err != nil {
			return err
		}
		return do(z)
	case bytes.HasPrefix(begin, zstdMagic):
		z, err := zstd.NewReader(raw, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(zstdWindow), zstd.WithDecoderLowmem(true))
		if err != nil {
			return err
		}
		defer z.Close()
		return do(z)
	}
	return do(raw)
}

// Close lets the file go.
func (s *source) Close() error { return s.file.Close() }

// packed packs what is written to a file as its name says, with gzip or zstd; closing it
// ends the packing and not the file.
func packed(name string, w io.Writer) (io.WriteCloser, error) {
	switch filepath.Ext(name) {
	case ".gz":
		return gzip.NewWriter(w), nil
	case ".zst":
		return zstd.NewWriter(w, zstd.WithEncoderConcurrency(1), zstd.WithLowerEncoderMem(true))
	}
	return notPacked{w}, nil
}

type notPacked struct{ io.Writer }

func (notPacked) Close() error { return nil }

// isPackedExport says whether a file begins as an export does once it is unpacked.
func isPackedExport(name string) (is bool) {
	f, err := os.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	i, err := f.Stat()
	if err != nil {
		return false
	}
	var done atomic.Int64
	from := source{f, i.Size()}
	err = from.read(&done, func(r io.Reader) error {
		b := make([]byte, 64)
		n, _ := io.ReadFull(r, b)
		is = archive.Begins(b[:n])
		return nil
	})
	return is && err == nil
}
