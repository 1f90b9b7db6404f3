package chat

import (
	"fmt"
	"strings"
	"testing"
)

func TestLinksThatAreShown(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		"https://a.example/ and **https://b.example/x**, https://c.example": "https://a.example/ https://b.example/x",
		"https://a.example/ https://a.example/ https://b.example":           "https://a.example/ https://b.example",
		"`https://a.example/`":                   "",
		"```\nhttps://a.example/\n```":           "",
		"<https://a.example/> https://b.example": "https://b.example",
		"mailto:ada@a.example":                   "",
		"[here](https://a.example/x)":            "https://a.example/x",
		"no link":                                "",
	} {
		text, err := ParseText(body)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range previews(text, nil, "") {
			got = append(got, p.URL)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s", body, got, want)
		}
	}
}

func TestMessagesOfThisServerAreKnown(t *testing.T) {
	t.Parallel()
	for link, want := range map[string]MessageID{
		"https://chat.example/rooms/2/@812": 812, "https://chat.example/rooms/2/@812#m-812": 812, "http://CHAT.example/messages/9": 9,
		"https://chat.example/rooms/2": 0, "https://chat.example:8443/messages/9": 0, "https://other.example/messages/9": 0,
		"https://chat.example/messages/x": 0, "https://chat.example/messages/-1": 0, "https://chat.example/messages/9/edit": 0,
	} {
		if got := messageOf(link, "https://chat.example"); got != want {
			t.Errorf("%s is %d, want %d", link, got, want)
		}
	}
	if messageOf("https:///messages/9", "") != 0 {
		t.Error("no address is ours")
	}
}

// What was removed from an earlier version is remembered, but not for ever more of them.
func TestRemovedPreviewsAreRemembered(t *testing.T) {
	t.Parallel()
	var before []Preview
	for i := range 3 * MaxRemovedPreviews {
		text, err := ParseText(fmt.Sprintf("https://a.example/%d", i))
		if err != nil {
			t.Fatal(err)
		}
		before = previews(text, before, "")
		before[0].Removed = before[0].Removed.AddDate(2025, 0, 0)
	}
	if len(before) != 1+MaxRemovedPreviews {
		t.Errorf("%d are remembered", len(before))
	}
	text, _ := ParseText(before[3].URL)
	if again := previews(text, before, ""); again[0].Shown() || again[0].Removed.IsZero() {
		t.Errorf("what was removed is back: %+v", again[0])
	}
}

// What a message may link, an archive may bring.
func TestNamedLinksOfAnArchive(t *testing.T) {
	t.Parallel()
	for body, fine := range map[string]bool{"see [the plan](https://a.example/plan)": true, "https://a.example": true, "www.a.example/x": true,
		"write to me@a.example": true} {
		text, err := ParseText(body)
		if err != nil {
			t.Fatal(err)
		}
		if err := text.CheckLinks(); (err == nil) != fine {
			t.Errorf("%s: %v", body, err)
		}
	}
	for _, shown := range []string{"https://bank.example", "bank.example/login", "www.bank.example", "me@bank.example", ""} {
		text := Text{Blocks: []Block{{Runs: []Run{{Kind: RunLink, Text: shown, URL: "https://evil.example/"}}}}}
		if text.CheckLinks() == nil {
			t.Errorf("%q leads to another place", shown)
		}
	}
}
