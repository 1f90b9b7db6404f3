package views

import (
	"context"
	"net/url"
	"path"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"parley/app/chat"
)

// FileURL is where the bytes of a file are, under its name.
func FileURL(f chat.File) string {
	name := f.Name
	if name == "s" || name == "l" { // the forms of a picture are called so
		name += ".file"
	}
	return filePage(f) + "/" + url.PathEscape(name)
}

// filePage is the page of a text.
func filePage(f chat.File) string { return "/files/" + f.Token }

func smallURL(f chat.File) string { return filePage(f) + "/s" }
func largeURL(f chat.File) string { return filePage(f) + "/l" }

// FormURLs are where the small and the large form of a picture are.
func FormURLs(f chat.File) (small, large string) { return smallURL(f), largeURL(f) }

// FilesURL is the page of the files of a room.
func FilesURL(id chat.RoomID) string { return RoomURL(id) + "/files" }

// Uploads are the limits of what goes with one message; 0 is none.
type Uploads struct {
	Files     int
	Megabytes int // each
}

// String says it in words.
func (u Uploads) String() string {
	files, megabytes := u.Files, u.Megabytes
	switch {
	case files > 0 && megabytes > 0:
		return "up to " + count(files, "file", "files") + " of " + strconv.Itoa(megabytes) + " MB each"
	case files > 0:
		return "up to " + count(files, "file", "files")
	case megabytes > 0:
		return "files of up to " + strconv.Itoa(megabytes) + " MB each"
	}
	return "files of any size"
}

// shownPictures is how many pictures of a message are shown; the last says how many more
// there are.
const shownPictures = 4

// appendFiles appends what came with a message: pictures, what is played, other files.
func appendFiles(b []byte, m *chat.Message) []byte {
	if len(m.Files) == 0 {
		return b
	}
	return append(b, Bytes(context.Background(), attachments(m.Files))...)
}

// sorted parts the files of a message by how they are shown, each part in order.
func sorted(files []chat.File) (pictures, played, others []chat.File) {
	for _, f := range files {
		switch {
		case f.Shown():
			pictures = append(pictures, f)
		case f.State != chat.FileRemoved && (f.Kind == chat.FileSound || f.Kind == chat.FileFilm):
			played = append(played, f)
		default:
			others = append(others, f)
		}
	}
	return pictures, played, others
}

// cardKinds are the colours of file cards, by the endings of names.
var cardKinds = map[string]string{
	"PDF": "pdf", "DOC": "doc", "DOCX": "doc", "ODT": "doc", "RTF": "doc", "TXT": "doc", "MD": "doc",
	"XLS": "sheet", "XLSX": "sheet", "ODS": "sheet", "CSV": "sheet", "TSV": "sheet",
	"GO": "code", "JS": "code", "TS": "code", "PY": "code", "RB": "code", "RS": "code", "C": "code", "H": "code", "CPP": "code",
	"JAVA": "code",
	"SH":   "code", "SQL": "code", "JSON": "code", "YML": "code", "YAML": "code", "TOML": "code", "XML": "code", "HTML": "code",
	"CSS": "code", "LOG": "code",
	"ZIP": "zip", "GZ": "zip", "TGZ": "zip", "TAR": "zip", "7Z": "zip", "RAR": "zip", "XZ": "zip", "ZST": "zip",
}

func cardKind(f chat.File) string {
	switch f.Kind {
	case chat.FileSound:
		return "sound"
	case chat.FileFilm:
		return "film"
	case chat.FilePicture:
		return "pic"
	}
	if strings.HasPrefix(f.Type, "image/") {
		return "pic"
	}
	return cardKinds[strings.ToUpper(strings.TrimPrefix(path.Ext(f.Name), "."))]
}

// cardLetters stand on a card in the place of a picture.
func cardLetters(f chat.File) string {
	if e := f.Ending(); e != "" {
		return e
	}
	return "FILE"
}

// fileWords are kind and size of a file in words.
func fileWords(f chat.File) string {
	var words []string
	switch {
	case f.Kind == chat.FileSound:
		words = append(words, "Sound")
	case f.Kind == chat.FileFilm:
		words = append(words, "Film")
	case f.Kind == chat.FilePicture:
		words = append(words, "Picture")
		if f.Width > 0 {
			words = append(words, strconv.Itoa(f.Width)+" × "+strconv.Itoa(f.Height))
		}
	case f.Ending() != "":
		words = append(words, f.Ending())
	}
	return strings.Join(append(words, chat.Bytes(f.Size)), " · ")
}

// alternative is what a picture shows, for who does not see it.
func alternative(f chat.File, more int) string {
	words := f.Alt
	if words == "" {
		words = f.Name
	}
	if more > 0 {
		words += ", and " + strconv.Itoa(more) + " more"
	}
	return words
}

func layout(pictures []chat.File) string { return strconv.Itoa(min(len(pictures), shownPictures)) }

// The box of a picture that stands alone, in CSS pixels; ratios beyond maxRatio are cropped.
const (
	boxWidth  = 360
	boxHeight = 320
	maxRatio  = 3
)

// boxOf is how large a picture is shown that stands alone.
func boxOf(f chat.File) (width, height int) {
	w, h := f.Fit(chat.SmallForm)
	w, h = min(w, maxRatio*h), min(h, maxRatio*w)
	if w > boxWidth {
		w, h = boxWidth, max(1, h*boxWidth/w)
	}
	if h > boxHeight {
		w, h = max(1, w*boxHeight/h), boxHeight
	}
	return w, h
}

// activeEndings are of files that a web server would give to a browser to act upon.
var activeEndings = map[string]bool{".html": true, ".htm": true, ".xhtml": true, ".xht": true, ".svg": true, ".svgz": true,
	".xml": true, ".xsl": true,
	".js": true, ".mjs": true, ".css": true, ".wasm": true, ".swf": true, ".shtml": true, ".php": true, ".phtml": true, ".cgi": true,
	".htaccess": true}

// SiteFile is where a site that needs no server has a file. What a browser would act upon
// is a text there.
func SiteFile(f chat.File) string {
	name := f.Name
	if activeEndings[strings.ToLower(path.Ext(name))] || strings.HasPrefix(name, ".") {
		name = strings.TrimLeft(name, ".") + ".txt"
	}
	return "files/" + num(f.ID) + "/" + name
}

// SitePicture is where it has the picture that its pages show.
func SitePicture(f chat.File) string { return "files/" + num(f.ID) + ".jpg" }

func siteURL(path string) templ.SafeURL {
	return templ.SafeURL("../../" + (&url.URL{Path: path}).EscapedPath())
}

// faceURL is the picture of a person, who has one.
func faceURL(p chat.Person, large bool) string {
	u := "/avatars/" + num(p.ID) + "?v=" + num(p.Picture)
	if large {
		u += "&large"
	}
	return u
}

// logoURL is the picture of the workspace; "" for none.
func logoURL(id chat.FileID) string {
	if id == 0 {
		return ""
	}
	return "/logo?v=" + num(id)
}
