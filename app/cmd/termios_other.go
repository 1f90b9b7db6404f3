//go:build !linux

package app

import "golang.org/x/sys/unix"

// How the modes of a terminal are asked for and set.
const (
	getTermios = unix.TIOCGETA
	setTermios = unix.TIOCSETA
)
