package chat_test

import (
	"strings"
	"testing"

	"parley/app/chat"
)

func TestWordsAreFoldedAndSplitAlikeInEveryScript(t *testing.T) {
	for text, want := range map[string]string{
		"The Café, don't!":               "the cafe don t",
		"cafe\u0301 CAFÉ ﬁne":            "cafe cafe fine",
		"Straße ÆON œuvre Łódź Øre":      "strasse aeon oeuvre lodz ore",
		"İstanbul ısı":                   "istanbul isi",
		"Σίσυφος ΣΊΣΥΦΟΣ":                "σισυφοσ σισυφοσ",
		"Ёлка и Йод":                     "елка и иод",
		"１２３ ＡＢＣ":                        "123 abc",
		"東京都":                            "東京 京都",
		"iPhone手机 ok":                    "iphone 手机 ok",
		"ｶﾞﾗｽ":                           "ガラ ラス",
		"が か\u3099":                      "が が",
		"서울에서 만나":                        "서울 울에 에서 만나",
		"\u1109\u1165\u110B\u116E\u11AF": "서울",
		"سَلام":                          "سلام",
		"soft\u00ADhyphen a\u200Bb":      "softhyphen ab",
		"नमस्ते":                         "नमस्ते",
		"10.04 foo_bar node.js":          "10 04 foo bar node js",
		"done 🎉 ❤️ ok":                   "done 🎉 ❤ ok",
		"สวัสดี":                         "สว วั ัส สด ดี",
		"":                               "",
		"?! … —":                         "",
	} {
		var got []string
		for _, w := range chat.Words(text) {
			if w.Start >= w.End || w.End > len(text) {
				t.Errorf("%q: %+v is no stretch of it", text, w)
			}
			if !w.Alone {
				got = append(got, w.Token)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q has the words %q, want %q", text, got, strings.Fields(want))
		}
	}
	long := chat.Words(strings.Repeat("x", 500))
	if len(long) != 1 || len(long[0].Token) != 64 || long[0].End != 500 {
		t.Errorf("a very long word: %+v", long)
	}
}

// messageOf makes a message of a body.
func messageOf(t testing.TB, body string) chat.Message {
	t.Helper()
	text, err := chat.ParseText(body)
	if err != nil {
		t.Fatal(err)
	}
	return chat.Message{Body: body, Text: text}
}

func TestASnippetMarksWhatWasLookedForAndBreaksNoCharacter(t *testing.T) {
	match := func(prefix bool, tokens ...string) chat.Match { return chat.Match{Tokens: tokens, Prefix: prefix} }
	for _, c := range []struct {
		body, want string
		all        []chat.Match
	}{
		{"The **Café** is open", "The [Café] is open", []chat.Match{match(false, "cafe")}},
		{"deploy, then Deploying", "[deploy], then [Deploying]", []chat.Match{match(true, "deplo")}},
		{"release notes and notes of a release", "[release notes] and notes of a release", []chat.Match{match(false, "release", "notes")}},
		{"我们在东京都见面", "我们在[东京]都见面", []chat.Match{match(false, "东京")}},
		{"我们在东京都见面", "我们在[东京都]见面", []chat.Match{match(false, "东京", "京都")}},
		{"我们在东京都见面", "我们在东[京]都见面", []chat.Match{match(false, "\uE200京")}},
		{"cafe\u0301s und cafe\u0301", "cafe\u0301s und [cafe\u0301]", []chat.Match{match(false, "cafe")}},
		{"วันนี้สวัสดี", "วันนี้[สวั]สดี", []chat.Match{match(false, "สว")}},
		{"<b>bold</b> & `code`", "<b>[bold]</b> & code", []chat.Match{match(false, "bold")}},
		{"nothing of it", "nothing of it", []chat.Match{match(false, "deploy")}},
		{"one 👩\u200d👩\u200d👧 family", "one [👩\u200d👩\u200d👧] family", []chat.Match{match(false, "👩\u200d👩\u200d👧")}},
	} {
		if got := marked(chat.Search{All: c.all}.Snippet(messageOf(t, c.body))); got != c.want {
			t.Errorf("%q: got %q, want %q", c.body, got, c.want)
		}
	}
	for _, filler := range []string{"some words before ", "东京都见面", "👨‍👩‍👧‍👦", "e\u0301", "สวัสดี "} {
		m := messageOf(t, strings.Repeat(filler, 120)+"\nneedle\n"+strings.Repeat(filler, 120))
		got := marked(chat.Search{All: []chat.Match{match(false, "needle")}}.Snippet(m))
		if !strings.Contains(got, "[needle]") || !strings.HasPrefix(got, "…") || !strings.HasSuffix(got, "…") || len(got) > 500 {
			t.Errorf("a long text of %q: %q", filler, got)
		}
		before, after, found := strings.Cut(m.Text.Plain(), strings.Trim(strings.NewReplacer("[", "", "]", "").Replace(got), " …"))
		if !found {
			t.Errorf("%q is no part of the message", got)
		}
		for _, cut := range []string{"\u200d", "\u0301", "\u0e31", "\u0e35"} {
			if strings.HasPrefix(after, cut) || strings.HasSuffix(before, "\u200d") {
				t.Errorf("%q is cut within a character: %q", filler, got)
			}
		}
	}
}

func marked(pieces []chat.Piece) string {
	var b strings.Builder
	for _, p := range pieces {
		if p.Mark {
			b.WriteString("[" + p.Text + "]")
		} else {
			b.WriteString(p.Text)
		}
	}
	return b.String()
}
