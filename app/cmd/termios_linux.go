package cmd

import "golang.org/x/sys/unix"

// How the modes of a terminal are asked for and set.
const (
	getTermios = unix.TCGETS
	setTermios = unix.TCSETS
)
