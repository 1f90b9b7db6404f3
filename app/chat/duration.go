package chat

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// maxDays is how many days a span of time has at most.
const maxDays = 36_500

// ParseDuration reads a span of time like 30m, 12h, 7d or 1d12h. A day has 24 hours.
func ParseDuration(s string) (time.Duration, error) {
	days, rest, has := strings.Cut(s, "d")
	if !has {
		return time.ParseDuration(s)
	}
	n, err := strconv.ParseUint(days, 10, 32)
	if err != nil || n > maxDays {
		return 0, fmt.Errorf("%q is not a span of time like 12h or 7d", s)
	}
	d := time.Duration(n) * 24 * time.Hour
	if rest == "" {
		return d, nil
	}
	more, err := time.ParseDuration(rest)
	if err != nil || more < 0 {
		return 0, fmt.Errorf("%q is not a span of time like 12h or 7d", s)
	}
	return d + more, nil
}
