package slack

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/unicode/norm"
)

func TestArchivesThatOtherProgramsPackedAreRead(t *testing.T) {
	utf16BOM := func(s string, high, low int) string {
		var b strings.Builder
		for _, c := range append([]uint16{0xFEFF}, utf16.Encode([]rune(s))...) {
			pair := [2]byte{}
			pair[high], pair[low] = byte(c>>8), byte(c)
			b.Write(pair[:])
		}
		return b.String()
	}
	for what, change := range map[string]func(name, content string) (string, string){
		"backslashes":           func(n, c string) (string, string) { return strings.ReplaceAll(n, "/", `\`), c },
		"a folder, backslashes": func(n, c string) (string, string) { return `Acme export\` + strings.ReplaceAll(n, "/", `\`), c },
		"a dot":                 func(n, c string) (string, string) { return "./" + n, c },
		"a folder in a folder":  func(n, c string) (string, string) { return "./exports/acme/" + n, c },
		"capitals":              func(n, c string) (string, string) { return strings.ReplaceAll(n, ".json", ".JSON"), c },
		"a byte order mark":     func(n, c string) (string, string) { return n, "\uFEFF" + c },
		"UTF-16":                func(n, c string) (string, string) { return n, utf16BOM(c, 1, 0) },
		"UTF-16, big endian":    func(n, c string) (string, string) { return n, utf16BOM(c, 0, 1) },
	} {
		t.Run(what, func(t *testing.T) {
			again := files{"__MACOSX/users.json": "junk", "__MACOSX/general/._2024-01-01.json": "junk", ".DS_Store": "junk",
				"general/.DS_Store": "junk", "general/._2024-01-01.json": "junk"}
			for name, content := range workspaceOf() {
				name, changed := change(name, content.(string))
				again[name] = changed
			}
			d := open(t)
			r := d.run(again)
			if got := d.told(); got != tells {
				t.Errorf("it tells\n%s", got)
			}
			for _, s := range r.Skipped {
				if strings.Contains(s.Why, "file") && strings.Contains(fmt.Sprint(s.Examples), "_") && !strings.Contains(s.Why, "deleted") {
					t.Error("it reports", s)
				}
			}
		})
	}
}

func TestAFolderAndItsChannelMayWriteAccentsInTwoWays(t *testing.T) {
	for _, forms := range [][2]norm.Form{{norm.NFC, norm.NFD}, {norm.NFD, norm.NFC}, {norm.NFD, norm.NFD}} {
		d := open(t)
		r := d.run(small(`[{"id":"C1","name":"`+forms[0].String("zufällig")+`","members":["U1"]}]`, `[]`, files{
			forms[1].String("zufällig") + "/2024-01-01.json": `[{"type":"message","user":"U1","text":"one","ts":"1704100000.000100"}]`}))
		if r.Came.Messages != 1 {
			t.Error(forms, "came", r.Came, r.Skipped)
		}
	}
}

// Windows packs names in a code page, and does not say so.
func TestANameInACodePageIsItsChannels(t *testing.T) {
	d := open(t)
	r := d.run(small(`[{"id":"C1","name":"zufällig-größer","members":["U1"]}]`, `[]`, files{
		"zuf\x84llig-gr\x94\xe1er/2024-01-01.json": `[{"type":"message","user":"U1","text":"one","ts":"1704100000.000100"}]`}))
	if r.Came.Messages != 1 {
		t.Error("came", r.Came, r.Skipped)
	}
}

func TestAnArchiveThatListsChannelsAndHasNoMessagesIsRefused(t *testing.T) {
	const channels = `[{"id":"C1","name":"general","members":["U1"]},{"id":"C2","name":"harbour","members":["U1"]}]`
	for _, c := range []struct {
		channels, words string
		days            files
	}{{channels, "no file of messages", files{}}, {channels, "none of its folders", files{"somewhere/2024-01-01.json": `[]`}},
		{`[]`, "lists 0 conversations", files{"general/2024-01-01.json": `[]`}}} {
		d := open(t)
		_, err := Run(t.Context(), pack(t, small(c.channels, `[]`, c.days)), d, Options{})
		if err == nil || !strings.Contains(err.Error(), c.words) {
			t.Errorf("%s: %v", c.words, err)
		}
		if vacant, err := d.IsEmpty(t.Context()); err != nil || !vacant {
			t.Error("something came:", err)
		}
	}
	d := open(t)
	r := d.run(small(channels, `[]`, files{"general/2024-01-01.json": `[]`}))
	if !strings.Contains(strings.Join(r.Notes, "\n"), "1 of 2 channels have no file of messages") {
		t.Error("the report notes", r.Notes)
	}
}
