package views

import (
	"math"
	"strconv"
)

// contrastToWhite is the contrast of a colour like #10667e to white, from 1 to 21, as WCAG
// 2.2 measures it; of what is no colour it is 1.
func contrastToWhite(colour string) float64 {
	if len(colour) != 7 {
		return 1
	}
	var light float64
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(colour[1+2*i:3+2*i], 16, 8)
		if err != nil {
			return 1
		}
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		light += weight * c
	}
	return 1.05 / (light + 0.05)
}
