package archive

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
)

// maxLine bounds one line. A message with its text, as typed and as parsed, takes
// some ten times its 10,000 characters, and may have been edited often.
const maxLine = 64 << 20

// byteOrderMark is what some editors put before the first line.
const byteOrderMark = "\ufeff"

// Write writes an export, a record a line.
func Write(w io.Writer, from Export) error {
	b := bufio.NewWriterSize(w, 1<<16)
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	if err := from(func(r Record) error { return e.Encode(r) }); err != nil {
		return err
	}
	return b.Flush()
}

// Read reads what Write wrote, a line at a time. An error, also one of put, names
// the line.
func Read(r io.Reader, put func(Record) error) error {
	in := reading{buffer: bufio.NewReaderSize(r, 1<<16), seen: &Header{}}
	if mark, err := in.buffer.Peek(len(byteOrderMark)); err == nil && string(mark) == byteOrderMark {
		in.buffer.Discard(len(mark))
	}
	for {
		line, err := in.next()
		if errors.Is(err, io.EOF) {
			return in.whole()
		}
		if err != nil {
			return err
		}
		record, err := in.parse(line)
		if err == nil {
			err = put(record)
		}
		if err != nil {
			return fmt.Errorf("line %d: %w", in.line, err)
		}
	}
}

// reading is how far a file was read.
type reading struct {
	buffer *bufio.Reader
	line   int64
	place  int // in kinds
	header *Header
	seen   *Header // counts what came
}

// next reads one line, whatever its length below maxLine.
func (in *reading) next() ([]byte, error) {
	var line []byte
	for {
		part, err := in.buffer.ReadSlice('\n')
		if len(line) == 0 && err == nil {
			in.line++
			return part, nil
		}
		line = append(line, part...)
		switch {
		case len(line) > maxLine:
			return nil, fmt.Errorf("line %d: it is longer than %d MiB", in.line+1, maxLine>>20)
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && len(line) > 0, err == nil:
			in.line++
			return line, nil
		}
		return nil, err
	}
}

func (in *reading) parse(line []byte) (Record, error) {
	var head struct{ Type string }
	if err := json.Unmarshal(line, &head); err != nil {
		return nil, fmt.Errorf("it is not a JSON object (%w)", err)
	}
	record := blank(head.Type)
	place := slices.Index(kinds, head.Type)
	switch {
	case in.header == nil && head.Type != kindHeader:
		return nil, errors.New(`this is not an export of Parley: its first line is not {"type":"parley", …}`)
	case record == nil:
		return nil, fmt.Errorf("there is no type %q", head.Type)
	case place < in.place, place == 0 && in.header != nil:
		return nil, fmt.Errorf("a line of type %s comes after one of type %s", head.Type, kinds[in.place])
	}
	in.place = place
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(record); err != nil {
		return nil, errors.New(strings.TrimPrefix(err.Error(), "json: "))
	}
	*in.seen.count(head.Type)++
	if h, ok := record.(*Header); ok {
		in.header = h
	}
	return record, record.valid()
}

// whole says whether as much came as was announced.
func (in *reading) whole() error {
	if in.header == nil {
		return errors.New("the file is empty")
	}
	for _, kind := range kinds[1:] {
		if want, have := *in.header.count(kind), *in.seen.count(kind); want != have {
			return fmt.Errorf("line %d: the file ends here with %d lines of type %s, its first line announces %d", in.line, have, kind, want)
		}
	}
	return nil
}

// errDiffers ends a comparison.
var errDiffers = errors.New("it differs")

// Compare says whether a file holds what an export tells; if not, which line of
// the file is the first that is not in it.
func Compare(r io.Reader, with Export) (line int64, same bool, err error) {
	next, stop := iter.Pull2(func(yield func(Record, error) bool) {
		err := Read(r, func(r Record) error {
			if !yield(r, nil) {
				return errDiffers
			}
			return nil
		})
		if err != nil && !errors.Is(err, errDiffers) {
			yield(nil, err)
		}
	})
	defer stop()
	err = with(func(have Record) error {
		line++
		want, err, more := next()
		if err != nil {
			return err
		}
		if !more || !equal(want, have) {
			return errDiffers
		}
		return nil
	})
	if errors.Is(err, errDiffers) {
		return line, false, nil
	}
	if err != nil {
		return line, false, err
	}
	_, err, more := next()
	return line + 1, !more, err
}

func equal(a, b Record) bool {
	x, err := json.Marshal(a)
	if err != nil {
		return false
	}
	y, err := json.Marshal(b)
	return err == nil && bytes.Equal(x, y)
}
