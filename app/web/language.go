package web

import (
	"slices"
	"strings"
)

// language is the language that a browser asks for first, and the region of it: en, us.
// Either may be empty.
func language(accept string) (language, region string) {
	first, _, _ := strings.Cut(accept, ",")
	first, _, _ = strings.Cut(first, ";")
	language, region, _ = strings.Cut(strings.ToLower(strings.TrimSpace(first)), "-")
	if i := strings.LastIndexByte(region, '-'); i >= 0 { // a script comes before it
		region = region[i+1:]
	}
	return language, region
}

// Where the clock has twelve hours: languages as a whole, and English by region.
var (
	twelveHourLanguages = []string{"ar", "bn", "fil", "gu", "hi", "kn", "ko", "ml", "mr", "ta", "te", "ur"}
	twelveHourEnglish   = []string{"", "us", "au", "bd", "bs", "ca", "gh", "hk", "in", "jm", "my", "ng", "nz", "ph", "pk", "sg", "tt"}
)

// twelveHours says whether somebody with this Accept-Language reads 3:04 PM.
func twelveHours(accept string) bool {
	l, region := language(accept)
	return slices.Contains(twelveHourLanguages, l) || l == "en" && slices.Contains(twelveHourEnglish, region)
}

// readsLikeAmericans says whether the month comes before the day of it.
func readsLikeAmericans(accept string) bool {
	l, region := language(accept)
	return l == "en" && (region == "" || region == "us" || region == "ph")
}
