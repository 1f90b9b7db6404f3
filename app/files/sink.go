package files

import (
	"crypto/sha256"
	"errors"
	"hash"
	"io"
)

// source remembers why its content broke off.
type source struct {
	io.Reader
	err error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}

// sink stores what is written to it step by step, and counts it.
type sink struct {
	most   int64 // 0: any
	store  func(at int64, data []byte) error
	buffer []byte
	stored int64
	size   int64 // with what is in the buffer
	sum    hash.Hash
}

var errTooLarge = errors.New("files: too large")

func (s *sink) Write(p []byte) (int, error) {
	if s.sum == nil {
		s.sum, s.buffer = sha256.New(), make([]byte, 0, stepSize)
	}
	if s.size += int64(len(p)); s.most > 0 && s.size > s.most {
		return 0, errTooLarge
	}
	s.sum.Write(p)
	for rest := p; len(rest) > 0; {
		n := min(len(rest), stepSize-len(s.buffer))
		s.buffer, rest = append(s.buffer, rest[:n]...), rest[n:]
		if len(s.buffer) == stepSize {
			if err := s.flush(); err != nil {
				return 0, err
			}
		}
	}
	return len(p), nil
}

// flush stores what is in the buffer; only the last step may be a part of one.
func (s *sink) flush() error {
	if s.sum == nil {
		s.sum = sha256.New()
	}
	if len(s.buffer) == 0 {
		return nil
	}
	err := s.store(s.stored, s.buffer)
	s.stored += int64(len(s.buffer))
	s.buffer = s.buffer[:0]
	return err
}
