package files

import (
	"bytes"
	"net/http"
	"strings"
	"unicode/utf8"

	"parley/app/chat"
)

// headSize is how many bytes of an upload are looked at to know what it is.
const headSize = 4096

// kinds are the media types that are more than a card. Other types that a browser would
// act upon are served as bytes.
var kinds = map[string]chat.FileKind{
	"image/jpeg": chat.FilePicture, "image/png": chat.FilePicture, "image/gif": chat.FilePicture, "image/webp": chat.FilePicture,
	"audio/mpeg": chat.FileSound, "audio/wave": chat.FileSound, "audio/ogg": chat.FileSound, "audio/flac": chat.FileSound,
	"audio/mp4": chat.FileSound, "audio/aac": chat.FileSound,
	"video/mp4": chat.FileFilm, "video/webm": chat.FileFilm, "video/ogg": chat.FileFilm,
	"text/plain": chat.FileText,
}

// cards are further types that keep their name; they are downloads.
var cards = []string{"application/pdf", "application/zip", "application/gzip", "image/heic", "image/avif", "video/quicktime"}

// unknown is the type of what is nothing else.
const unknown = "application/octet-stream"

// brands of ISO base media files (ISO/IEC 14496-12, ftyp) and what they are.
var brands = map[string]string{
	"heic": "image/heic", "heix": "image/heic", "mif1": "image/heic", "avif": "image/avif", "avis": "image/avif",
	"M4A ": "audio/mp4", "M4B ": "audio/mp4", "qt  ": "video/quicktime",
	"isom": "video/mp4", "iso2": "video/mp4", "iso4": "video/mp4", "iso5": "video/mp4", "iso6": "video/mp4",
	"mp41": "video/mp4", "mp42": "video/mp4", "avc1": "video/mp4", "M4V ": "video/mp4", "dash": "video/mp4", "MSNV": "video/mp4",
}

// kindOf says what an upload is, by how it begins and whatever it is called.
func kindOf(head []byte) (chat.FileKind, string) {
	kind := sniff(head)
	if k, ok := kinds[kind]; ok {
		return k, kind
	}
	for _, c := range cards {
		if c == kind {
			return chat.FileOther, kind
		}
	}
	return chat.FileOther, unknown
}

func sniff(head []byte) string {
	if len(head) >= 12 && string(head[4:8]) == "ftyp" {
		return brands[string(head[8:12])]
	}
	if bytes.HasPrefix(head, []byte("fLaC")) {
		return "audio/flac"
	}
	if len(head) > 2 && head[0] == 0xFF && (head[1] == 0xFB || head[1] == 0xF3 || head[1] == 0xF2) { // a frame without ID3
		return "audio/mpeg"
	}
	kind, _, _ := strings.Cut(http.DetectContentType(head), ";")
	switch kind {
	case "application/ogg":
		if bytes.Contains(head, []byte("theora")) {
			return "video/ogg"
		}
		return "audio/ogg"
	case "application/x-gzip":
		return "application/gzip"
	case "text/html", "text/xml":
		kind = "text/plain" // shown as what was typed, never acted upon
	}
	if kind == "image/gif" && !isGIF(head) {
		return unknown
	}
	if kind == "text/plain" && !isText(head) {
		return unknown
	}
	return kind
}

// isGIF says whether a block follows where one must, behind the palette: GIF89a, 18 to 20.
func isGIF(head []byte) bool {
	const screen = 13
	if len(head) < screen {
		return false
	}
	at := screen
	if flags := head[10]; flags&0x80 != 0 {
		at += 3 << (flags&7 + 1)
	}
	return at >= len(head) || head[at] == 0x21 || head[at] == 0x2C || head[at] == 0x3B
}

// isText says whether bytes are UTF-8 without control characters; the last character
// may be cut.
func isText(head []byte) bool {
	for len(head) > 0 {
		r, n := utf8.DecodeRune(head)
		if r == utf8.RuneError && n <= 1 {
			return len(head) < utf8.UTFMax && !utf8.FullRune(head)
		}
		if r < ' ' && r != '\n' && r != '\r' && r != '\t' && r != '\f' && r != 0x1B {
			return false
		}
		head = head[n:]
	}
	return true
}
