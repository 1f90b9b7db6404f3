package chat

import "testing"

func TestSuggestedUsernamesCanBeTyped(t *testing.T) {
	for name, want := range map[string]string{
		"Ada Okafor": "ada", "Zoë Müller": "zoe", "Łukasz": "łukasz", "Inês Carvalho": "ines", "عمر خالد": "عمر", "Mei-Lin T.": "mei-lin",
		"J. Jonas": "jonas", "!!": "",
	} {
		if got := usernameOf(name); got != want {
			t.Errorf("%s becomes %q, want %q", name, got, want)
		}
	}
}
