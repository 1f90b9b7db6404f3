package chat

import "testing"

// Sizes are counted as limits are: what has more bytes than a limit has no smaller number.
func TestSizesAreCountedAsLimitsAre(t *testing.T) {
	for n, want := range map[int64]string{0: "0 B", 10: "10 B", 300: "300 B", 999: "999 B", 1000: "1 kB", 1024: "1 kB", 1536: "2 kB",
		319_488: "312 kB", 1_023_487: "999 kB", 1_023_488: "1 MB", 1 << 20: "1 MB", 5_033_165: "4.8 MB", 25 << 20: "25 MB", 26 << 20: "26 MB",
		120 << 20: "120 MB", 1 << 30: "1 GB", 3 << 29: "1.5 GB", 2048 << 30: "2048 GB"} {
		if got := Bytes(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}
