//go:build !race

package app

// slowed says that the race detector runs: nothing is to be timed.
const slowed = false
