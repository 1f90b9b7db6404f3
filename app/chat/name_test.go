package chat

import (
	"errors"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestUsernamesAreWordsOfAnyScript(t *testing.T) {
	for in, want := range map[string]string{
		"Ada": "Ada", " jo.nas ": "jo.nas", "a-b_c.d": "a-b_c.d", "müller": "müller", "mu\u0308ller": "müller", "李明": "李明",
		"हिन्दी": "हिन्दी", "Ａｄａ": "Ada", "42": "42", strings.Repeat("é", 32): strings.Repeat("é", 32),
	} {
		if got, err := ParseUsername(in); err != nil || got != want {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "a", strings.Repeat("a", 33), "a b", ".ada", "ada.", "-ada", "ada_", "a@b", "a/b", "<b>",
		"a\u200bb", "a\u200db",
		"a\u202eb", "a\u3164b", "a\ufe0fb", "ad\xffa", "🎉🎉", "a\u0301\u0301\u0301\u0301\u0301\u0301b", "\u0301ab", "a\x00b", "a\nb"} {
		if got, err := ParseUsername(in); !errors.Is(err, ErrInvalid) {
			t.Errorf("%q became %q", in, got)
		}
	}
}

func TestReservedNamesAreRefusedInDisguiseToo(t *testing.T) {
	for _, in := range []string{"admin", "Admin", "аdmin", "ADMIN", "ａｄｍｉｎ", "adm1n", "adrnin", "System", "here", "everyone", "room", "all",
		"a11", "channel", "Parley", "раrlеу"} {
		if got, err := ParseUsername(in); !errors.Is(err, ErrInvalid) {
			t.Errorf("%q became %q", in, got)
		}
	}
	for _, in := range []string{"here", "#Everyone", "ALL", "rооm"} {
		if got, err := ParseRoomName(in); !errors.Is(err, ErrInvalid) {
			t.Errorf("room %q became %q", in, got)
		}
	}
}

func TestFoldedNamesMatchWhateverTheCase(t *testing.T) {
	for a, b := range map[string]string{"Ada": "aDA", "STRASSE": "straße", "ΣΊΣΥΦΟΣ": "σίσυφος", "Ａｄａ": "ada", "É": "e\u0301", "ﬁn": "FIN"} {
		if FoldName(a) != FoldName(b) {
			t.Errorf("%q folds to %q, %q to %q", a, FoldName(a), b, FoldName(b))
		}
	}
	if FoldName("jose") == FoldName("josé") || FoldName("аda") == FoldName("ada") {
		t.Error("folding is not for lookalikes")
	}
}

func TestSkeletonsAreEqualForLookalikes(t *testing.T) {
	for a, b := range map[string]string{"paypal": "раураl", "dan1": "danl", "ivan": "IVAN", "dan0": "dano", "modern": "modem",
		"Helen": "Нelen", "ada": "ａｄа",
		"bob": "ЬоЬ", "vvill": "will", "scope": "ѕсоре", "a\u200bb": "ab"} {
		if Skeleton(a) != Skeleton(b) {
			t.Errorf("%q: %q, %q: %q", a, Skeleton(a), b, Skeleton(b))
		}
	}
	for a, b := range map[string]string{"ada": "adam", "jose": "josé", "bob": "bab", "李": "季", "mia": "mea", "mail": "mall"} {
		if Skeleton(a) == Skeleton(b) {
			t.Errorf("%q and %q: %q", a, b, Skeleton(a))
		}
	}
}

func TestDisplayNamesAreCleaned(t *testing.T) {
	for in, want := range map[string]string{
		"  Ada \t\n Okafor ": "Ada Okafor", "A\u202eda\u2066": "Ada", "A\u200bda": "Ada", "👨‍👩‍👧 Fam": "👨‍👩‍👧 Fam", "A\u200dB": "AB", "❤️": "❤️",
		"a\x00\x1b[31mb": "a[31mb", "a \u200b b": "a b", "Zoe\u0308": "Zoë", strings.Repeat("x", 64): strings.Repeat("x", 64), "#1 fan": "#1 fan",
	} {
		if got, err := ParseDisplayName(in); err != nil || got != want {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
	for _, in := range []string{"", " ", "\u200b", "\u3164", "\u2800", strings.Repeat("x", 65), "a\xff", "a" + strings.Repeat("\u0300", 10)} {
		if got, err := ParseDisplayName(in); !errors.Is(err, ErrInvalid) {
			t.Errorf("%q became %q", in, got)
		}
	}
}

func TestRoomNamesLoseTheirHash(t *testing.T) {
	for in, want := range map[string]string{"#general": "general", " # Big  plans": "Big plans", "c#": "c#", "\x00# #a": "a",
		"#️⃣ keys": "#️⃣ keys", "日本": "日本"} {
		if got, err := ParseRoomName(in); err != nil || got != want {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "#", "##", strings.Repeat("x", 65)} {
		if got, err := ParseRoomName(in); !errors.Is(err, ErrInvalid) {
			t.Errorf("%q became %q", in, got)
		}
	}
}

func TestTopicsAreOneLineAndMayBeEmpty(t *testing.T) {
	for in, want := range map[string]string{"": "", " a\nb ": "a b", strings.Repeat("é", 250): strings.Repeat("é", 250)} {
		if got, err := ParseTopic(in); err != nil || got != want {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
	if _, err := ParseTopic(strings.Repeat("é", 251)); !errors.Is(err, ErrInvalid) {
		t.Error(err)
	}
}

func TestInitialsFitAnAvatar(t *testing.T) {
	for in, want := range map[string]string{
		"Ada Okafor": "AO", "mei": "ME", "Ada B. Okafor": "AO", "x": "X", "李 明": "李", "李明": "李", "🎉 party": "🎉", "👨‍👩‍👧": "👨‍👩‍👧",
		"(Ada) \"O'Hara\"": "AO",
		"":                 "", "…": "…", "éa": "ÉA", "e\u0301a": "E\u0301A", "a-b": "A", "R2 D2": "RD", "हिन्दी": "हि", "Ada 明": "AD",
		"- Ada -": "AD", "Layla Haddad ليلى": "LH", "Éloïse Müller-Straße 李": "ÉM", "ليلى Haddad": "ل", "Анна Ким Lee": "АК",
		"Ada Okafor 🎉": "AO", "Player 2": "P2", "R2 D2 明": "RD", "Ada Анна": "AD",
	} {
		if got := Initials(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func FuzzNames(f *testing.F) {
	for _, s := range []string{"Ada", "#room", "👨‍👩‍👧", "a\u0301\u200b", "ß", "İ", "раураl", "1\u200d\ufe0f\u20e3"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		Initials(s)
		if utf8.ValidString(s) && FoldName(FoldName(s)) != FoldName(s) {
			t.Errorf("fold of %q is not stable", s)
		}
		for i, parse := range []func(string) (string, error){ParseUsername, ParseDisplayName, ParseRoomName, ParseTopic} {
			name, err := parse(s)
			if err != nil {
				continue
			}
			if strings.ContainsFunc(name, unicode.IsControl) || strings.ContainsFunc(name, bidiControl) || !utf8.ValidString(name) {
				t.Errorf("%d: %q", i, name)
			}
			if again, err := parse(name); err != nil || again != name {
				t.Errorf("%d: %q became %q, %v", i, name, again, err)
			}
		}
	})
}
