package views

import (
	"strconv"
	"strings"
	"unicode"

	"parley/app/chat"
)

// appendText appends the HTML of a parsed body: valid within a div, with no
// element or attribute but the ones written here, whatever the text. The style sheet
// gives each paragraph the direction of its own text, and code that of code.
func appendText(b []byte, t chat.Text) []byte {
	shown, folded := foldBlocks(t.Blocks)
	for i := range shown {
		b = appendBlock(b, &shown[i], t.Jumbo)
	}
	if len(folded) == 0 {
		return b
	}
	rest := chat.Text{Blocks: folded}
	b = append(b, `<details class="rest"><summary>Show the rest · `...)
	b = append(b, count(len(strings.Fields(rest.Plain())), "word", "words")...)
	b = append(b, "</summary>"...)
	for i := range rest.Blocks {
		b = appendBlock(b, &rest.Blocks[i], false)
	}
	return append(b, "</details>"...)
}

func appendBlock(b []byte, bl *chat.Block, jumbo bool) []byte {
	switch bl.Kind {
	case chat.BlockQuote:
		b = append(b, "<blockquote>"...)
		for i := range bl.Blocks {
			b = appendBlock(b, &bl.Blocks[i], false)
		}
		return append(b, "</blockquote>"...)
	case chat.BlockCode:
		return appendListing(b, bl)
	case chat.BlockBullets:
		b = append(b, "<ul>"...)
		return append(appendItems(b, bl.Items), "</ul>"...)
	case chat.BlockNumbers:
		b = append(b, "<ol"...)
		if bl.Start != 1 {
			b = append(b, ` start="`...)
			b = strconv.AppendInt(b, int64(bl.Start), 10)
			b = append(b, '"')
		}
		b = append(b, '>')
		return append(appendItems(b, bl.Items), "</ol>"...)
	}
	b = append(b, "<p"...)
	if jumbo {
		b = append(b, ` class="jumbo"`...)
	}
	b = append(b, '>')
	return append(appendRuns(b, bl.Runs), "</p>"...)
}

// appendListing folds what goes beyond some lines: a browser finds it there, too.
func appendListing(b []byte, bl *chat.Block) []byte {
	code := strings.TrimSuffix(bl.Code, "\n")
	lines := strings.Count(code, "\n") + 1
	if lines <= shownLines+2 {
		return appendLines(b, bl, bl.Code)
	}
	at := 0
	for range shownLines {
		at += strings.IndexByte(code[at:], '\n') + 1
	}
	b = appendLines(b, bl, bl.Code[:at])
	b = append(b, `<details class="rest"><summary>Show `...)
	b = strconv.AppendInt(b, int64(lines-shownLines), 10)
	b = append(b, ` more lines</summary>`...)
	return append(appendLines(b, bl, bl.Code[at:]), "</details>"...)
}

func appendLines(b []byte, bl *chat.Block, code string) []byte {
	b = append(b, `<pre tabindex="0"><code`...)
	if classLang(bl.Lang) {
		b = append(b, ` class="lang-`...)
		b = append(b, bl.Lang...)
		b = append(b, '"')
	}
	b = append(b, '>')
	return append(appendEscaped(b, code), "</code></pre>"...)
}

func classLang(s string) bool {
	for i := range len(s) {
		if c := s[i]; !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '#' || c == '-') {
			return false
		}
	}
	return len(s) >= 1 && len(s) <= 20
}

// appendItems leaves the first paragraph of an item bare, so that a plain list
// is tight.
func appendItems(b []byte, items [][]chat.Block) []byte {
	for _, blocks := range items {
		b = append(b, "<li>"...)
		for i := range blocks {
			if i == 0 && blocks[0].Kind == chat.BlockParagraph {
				b = appendRuns(b, blocks[0].Runs)
				continue
			}
			b = appendBlock(b, &blocks[i], false)
		}
		b = append(b, "</li>"...)
	}
	return b
}

func appendRuns(b []byte, runs []chat.Run) []byte {
	for i := range runs {
		b = appendRun(b, &runs[i])
	}
	return b
}

func appendRun(b []byte, r *chat.Run) []byte {
	switch r.Kind {
	case chat.RunBold:
		return append(appendRuns(append(b, "<strong>"...), r.Runs), "</strong>"...)
	case chat.RunItalic:
		return append(appendRuns(append(b, "<em>"...), r.Runs), "</em>"...)
	case chat.RunStrike:
		return append(appendRuns(append(b, "<del>"...), r.Runs), "</del>"...)
	case chat.RunCode:
		return append(appendEscaped(append(b, "<code>"...), r.Text), "</code>"...)
	case chat.RunEmoji:
		return appendEmoji(b, r.Text)
	case chat.RunBreak:
		return append(b, "<br>"...)
	case chat.RunLink:
		// The parser makes no other address; a stored row might.
		if isWeb(r.URL) || strings.HasPrefix(r.URL, "mailto:") {
			return appendLink(b, r)
		}
	case chat.RunMentionAll:
		return append(appendEscaped(append(b, `<span class="at">`...), r.Text), "</span>"...)
	case chat.RunRoom:
		if r.Room != 0 {
			b = append(b, `<a class="rm" href="`...)
			b = append(b, RoomURL(r.Room)...)
			return append(appendEscaped(append(b, `">`...), r.Text), "</a>"...)
		}
	case chat.RunMention:
		if r.Account != 0 {
			return appendMention(b, r)
		}
	}
	return appendEscaped(b, r.Text)
}

func appendLink(b []byte, r *chat.Run) []byte {
	b = append(b, "<a "...)
	if r.Text != r.URL && "mailto:"+r.Text != r.URL && "https://"+r.Text != r.URL {
		b = append(b, `class="nl" `...)
	}
	b = appendEscaped(append(b, `href="`...), r.URL)
	b = append(b, `" rel="noopener noreferrer nofollow" target="_blank">`...)
	return append(appendEscaped(b, r.Text), "</a>"...)
}

func appendMention(b []byte, r *chat.Run) []byte {
	b = append(b, `<a class="at" data-u="`...)
	b = strconv.AppendInt(b, int64(r.Account), 10)
	b = append(b, `" href="/people/`...)
	b = append(strconv.AppendInt(b, int64(r.Account), 10), '"')
	words := mentionWords(r)
	if strings.ContainsFunc(words, rightToLeft) {
		b = append(b, ` dir="auto"`...) // it says nothing of the direction of the words around it
	}
	return append(appendEscaped(append(b, '>'), words), "</a>"...)
}

func rightToLeft(r rune) bool {
	return r > 0x590 && unicode.In(r, unicode.Hebrew, unicode.Arabic, unicode.Syriac, unicode.Thaana, unicode.Nko)
}

// mentionWords are what a mention shows: the name, where it was known.
func mentionWords(r *chat.Run) string {
	if r.Name == "" {
		return r.Text
	}
	return "@" + r.Name
}

// isWeb says whether an address is one of the web, in whatever case it was typed.
func isWeb(url string) bool {
	scheme, _, ok := strings.Cut(url, "://")
	return ok && (strings.EqualFold(scheme, "https") || strings.EqualFold(scheme, "http"))
}

// Escaped is text as HTML shows it.
func Escaped(s string) []byte { return appendEscaped(nil, s) }

// appendEscaped is safe as text and within double quotes.
func appendEscaped(b []byte, s string) []byte {
	from := 0
	for i := range len(s) {
		var esc string
		switch s[i] {
		case '&':
			esc = "&amp;"
		case '<':
			esc = "&lt;"
		case '>':
			esc = "&gt;"
		case '"':
			esc = "&#34;"
		case '\'':
			esc = "&#39;"
		default:
			continue
		}
		b = append(append(b, s[from:i]...), esc...)
		from = i + 1
	}
	return append(b, s[from:]...)
}
