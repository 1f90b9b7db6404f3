package chat

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// maxDays is how many days a span of time has at most.
const maxDays = 36_500

// ParseDuration reads a span of time like 30m, 12h, 7d, 1w or 1d12h. A week has 7 days,
// and a day 24 hours.
func ParseDuration(s string) (time.Duration, error) {
	var days uint64
	rest := s
	for _, unit := range []struct {
		letter string
		days   uint64
	}{{"w", 7}, {"d", 1}} {
		number, after, has := strings.Cut(rest, unit.letter)
		if !has {
			continue
		}
		n, err := strconv.ParseUint(number, 10, 32)
		if days += n * unit.days; err != nil || days > maxDays {
			return 0, isNotDuration(s)
		}
		rest = after
	}
	switch whole := time.Duration(days) * 24 * time.Hour; {
	case rest == s:
		return time.ParseDuration(s)
	case rest == "":
		return whole, nil
	default:
		more, err := time.ParseDuration(rest)
		if err != nil || more < 0 {
			return 0, isNotDuration(s)
		}
		return whole + more, nil
	}
}

func isNotDuration(s string) error { return fmt.Errorf("%q is not a span of time like 12h or 7d", s) }
