package auth

import (
	"errors"
	"fmt"

	"github.com/alexedwards/argon2id"
)

// NoPassword stands where somebody has none: nothing that is typed is it.
const NoPassword = "-"

// What a hash may cost to compare with. What comes in an import may have been made by
// somebody who wants a log-in to take the machine down.
const (
	maxHashMemory  = 256 << 10 // KiB
	maxHashTurns   = 10
	maxHashThreads = 16
	maxHashLength  = 512
)

// ParseHash says why a text cannot be the stored hash of a password: it is argon2id in
// PHC format, with bounded costs.
func ParseHash(hash string) error {
	if len(hash) > maxHashLength {
		return errors.New("the hash of the password is too long")
	}
	p, salt, key, err := argon2id.DecodeHash(hash)
	if err != nil {
		return errors.New("the hash of the password is not one of argon2id, version 19, in PHC format")
	}
	switch {
	case p.Iterations < 1 || p.Iterations > maxHashTurns:
		return fmt.Errorf("the hash of the password has t=%d; it must be from 1 to %d", p.Iterations, maxHashTurns)
	case p.Parallelism < 1 || p.Parallelism > maxHashThreads:
		return fmt.Errorf("the hash of the password has p=%d; it must be from 1 to %d", p.Parallelism, maxHashThreads)
	case p.Memory < 8*uint32(p.Parallelism) || p.Memory > maxHashMemory:
		return fmt.Errorf("the hash of the password has m=%d; it must be from %d to %d", p.Memory, 8*uint32(p.Parallelism), maxHashMemory)
	case len(salt) < 8 || len(salt) > 64 || len(key) < 16 || len(key) > 64:
		return errors.New("the hash of the password has a salt or a key of another length than any program makes")
	}
	return nil
}
