package hooks

import "testing"

func TestWhatIsNoTextIsSaidToBeNone(t *testing.T) {
	for body, want := range map[string]bool{
		`{"text":"ü 漢 🎉"}`: true, `"\ud83c\udf89"`: true, `"\uD83C\uDF89\uD83C\uDF89"`: true, `"\\ud83c"`: true, `"\\\\ud83c"`: true,
		`"\u00fc\n\"\/"`: true, "": true, `"\`: true, `"\u"`: true,
		"\"\xff\"": false, "\"\xed\xa0\x80\"": false, "\"\xc3\"": false,
		`"\ud83c"`: false, `"\udf89"`: false, `"\ud83c\ud83c\udf89"`: false, `"\udf89\ud83c"`: false, `"\ud83cx\udf89"`: false,
		`"\\\ud83c"`: false, `"\ud83c\\udf89"`: false,
	} {
		if got := IsText([]byte(body)); got != want {
			t.Errorf("%q: %v", body, got)
		}
	}
}
