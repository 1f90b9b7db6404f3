package chat

import (
	"context"
	"fmt"
	"path"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// FileID names something that was uploaded; ids are never reused.
type FileID int64

// FileKind says how a file is shown.
type FileKind uint8

// The kinds of file, after their content; they are stored, so only ever append.
const (
	FileOther   FileKind = iota // a card that leads to a download
	FilePicture                 // shown: its forms were made anew from its pixels
	FileSound                   // played in its place
	FileFilm                    // played in its place
	FileText                    // opens as a page of its own
)

// FileState says what a file has come to.
type FileState uint8

// The states of a file; they are stored, so only ever append.
const (
	FileReady   FileState = iota
	FileWaiting           // of a picture whose forms are being made
	FileRemoved           // its bytes are gone, its place is not
)

// Bounds of what comes with a file.
const (
	MaxFileName = 200 // bytes
	MaxAlt      = 500 // characters
)

// MediaTypes are the types that a server gives what is uploaded, after its content.
var MediaTypes = []string{"image/jpeg", "image/png", "image/gif", "image/webp", "image/heic", "image/avif",
	"audio/mpeg", "audio/wave", "audio/ogg", "audio/flac", "audio/mp4", "audio/aac",
	"video/mp4", "video/webm", "video/ogg", "video/quicktime",
	"text/plain", "application/pdf", "application/zip", "application/gzip", "application/octet-stream"}

// File is one that was uploaded, as its message shows it. It is stored with the message
// as JSON, so that its tags never change.
type File struct {
	ID     FileID    `json:"i"`
	Token  string    `json:"t"` // of its address: it cannot be guessed, and opens nothing by itself
	Name   string    `json:"n"`
	Kind   FileKind  `json:"k,omitempty"`
	Type   string    `json:"m"` // media type, after its content
	Size   int64     `json:"s"` // bytes of the original
	Width  int       `json:"w,omitempty"`
	Height int       `json:"h,omitempty"` // of a picture, upright; 0: not known
	Alt    string    `json:"a,omitempty"` // what the picture shows
	State  FileState `json:"e,omitempty"`
	Moves  bool      `json:"v,omitempty"` // its large form moves, the small one is its first frame
	Gone   bool      `json:"g,omitempty"` // the original was not kept: its large form is all there is
}

// The forms of a picture: the longest side of each in pixels.
const (
	SmallForm = 720
	LargeForm = 1600
	// PreviewForm is the small form of a picture of what a message links to.
	PreviewForm = 480
)

// Form says which bytes of a file are meant; they are stored, so only ever append.
type Form uint8

// The forms that a file may have.
const (
	FormOriginal Form = iota
	FormSmall         // at most SmallForm pixels a side
	FormLarge         // at most LargeForm; a picture that is smaller has only the small form
)

// Fit is the size of a picture within a square of side pixels; it is never enlarged.
func (f File) Fit(side int) (width, height int) {
	w, h := f.Width, f.Height
	if longest := max(w, h); longest > side {
		w, h = max(1, (w*side+longest/2)/longest), max(1, (h*side+longest/2)/longest)
	}
	return w, h
}

// Shown says whether a file is shown as a picture.
func (f File) Shown() bool {
	return f.Kind == FilePicture && f.State != FileRemoved && f.Width > 0
}

// Ending is the ending of a file's name in capitals, at most four letters; "" for none.
func (f File) Ending() string {
	e := strings.ToUpper(strings.TrimPrefix(path.Ext(f.Name), "."))
	if e == "" || utf8.RuneCountInString(e) > 4 {
		return ""
	}
	return e
}

// Describe is what a line of text says of the files of a message: their names, the first few.
func Describe(files []File) string {
	var names []string
	for _, f := range files {
		if f.State != FileRemoved {
			names = append(names, f.Name)
		}
	}
	switch len(names) {
	case 0:
		return ""
	case 1, 2, 3:
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:2], ", ") + " and " + strconv.Itoa(len(names)-2) + " more files"
}

// Bytes writes a size for people: 312 kB, 4.8 MB. As limits are, and as most systems do, it
// counts 1,024 bytes to a kB: a limit of 25 MB is met by 25 MB. size in tray.js does the same.
func Bytes(n int64) string {
	const kilo, round = 1 << 10, 999.5
	switch f := float64(n); {
	case n < 1000:
		return strconv.FormatInt(n, 10) + " B"
	case f < round*kilo:
		return strconv.Itoa(max(1, int(f/kilo+0.5))) + " kB"
	case f < round*kilo*kilo:
		return trimmed(f/kilo/kilo) + " MB"
	default:
		return trimmed(f/kilo/kilo/kilo) + " GB"
	}
}

func trimmed(f float64) string {
	if f >= 99.95 {
		return strconv.Itoa(int(f + 0.5))
	}
	return strings.TrimSuffix(fmt.Sprintf("%.1f", f), ".0")
}

// FileName makes of what a browser or an archive calls a file a name that can be shown
// and stored: no directories, nothing that is not seen or turns the line around, at most
// MaxFileName bytes with its ending kept.
func FileName(name string) string {
	name = strings.ToValidUTF8(name, "")
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = norm.NFC.String(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || bidiControl(r) || unicode.Is(unicode.Noncharacter_Code_Point, r) || r == '\u2028' || r == '\u2029' {
			return -1
		}
		return r
	}, name))
	name = strings.TrimFunc(name, func(r rune) bool { return unicode.IsSpace(r) || !visible(r) })
	if name == "" || strings.Trim(name, ".") == "" {
		return "file"
	}
	if len(name) <= MaxFileName {
		return name
	}
	ending := path.Ext(name)
	if len(ending) > 20 {
		ending = ""
	}
	cut := name[:MaxFileName-len(ending)]
	for !utf8.ValidString(cut) {
		cut = cut[:len(cut)-1]
	}
	return cut + ending
}

// parseAlt answers with a description as it is stored.
func parseAlt(alt string) (string, error) {
	alt = strings.Join(strings.Fields(TidyBody(alt)), " ")
	if utf8.RuneCountInString(alt) > MaxAlt {
		return "", Invalid("file", "A description has at most 500 characters.")
	}
	return alt, nil
}

// DraftFile is an upload that a draft brings.
type DraftFile struct {
	Token string
	Alt   string // what the picture shows
}

// StoredFile is a file with what decides who may have it.
type StoredFile struct {
	File
	By      AccountID
	Room    RoomID    // 0: no message has it yet
	Message MessageID // 0: none has it, or has it any more
	Deleted bool      // the message
	At      time.Time
}

// FileQuery chooses files of one room, the newest first.
type FileQuery struct {
	Room   RoomID
	Text   string    // in the name or the description, folded; "": any
	Kind   string    // "pictures", "media", "documents"; "": any
	From   AccountID // who sent it; 0: anybody
	Before FileID    // 0: from the newest
}

// RoomFile is a file with where it was said.
type RoomFile struct {
	File
	Message MessageID
	By      Person
	At      time.Time
}

// FileUsage is how much is stored.
type FileUsage struct {
	Files int64
	Bytes int64 // with the forms of pictures
}

// Uploader is somebody with what is stored of him.
type Uploader struct {
	Person
	FileUsage
}

// FileUse says what a picture is for; they are stored, so only ever append.
type FileUse uint8

// The uses of files.
const (
	UseMessage FileUse = iota // to go with a message
	UseFace                   // of a person
	UseRoom                   // of a room
	UseLogo                   // of the workspace
	UseEmoji
	UsePreview // of what a message links to, or a program shows: it is not one of its files
)

// The forms of a picture that is not for a message are squares of so many pixels.
const (
	SmallSquare = 128
	LargeSquare = 512
)

// CustomEmoji is one that the workspace has beside those that everybody has.
type CustomEmoji struct {
	Name string // without colons
	File FileID
	By   Person
	At   time.Time
}

// FileStore knows the files of messages; their bytes are the business of files.Store.
type FileStore interface {
	// FileByToken finds a file, whoever may see it.
	FileByToken(ctx context.Context, token string) (StoredFile, error)
	// UnsentFiles finds those of the uploads that somebody has not sent yet, by token.
	UnsentFiles(ctx context.Context, by AccountID, tokens []string) (map[string]File, error)
	// DropFiles removes uploads that their owner has not sent; their bytes go soon after.
	DropFiles(ctx context.Context, by AccountID, ids []FileID) error
	// RemoveFile takes a file out of its message, for good; its bytes go soon after.
	RemoveFile(ctx context.Context, id FileID, audit AuditEntry) (Message, error)
	// RoomFiles lists files of a room, the newest first, at most limit.
	RoomFiles(ctx context.Context, q FileQuery, limit int) ([]RoomFile, error)
	// PictureInUse finds a picture that shows a person, the workspace, or an emoji.
	PictureInUse(context.Context, FileID) (File, error)
	// SetAccountPicture has a picture show somebody, 0: none; the one before is removed.
	SetAccountPicture(ctx context.Context, who AccountID, picture FileID) error
	// SetRoomPicture has a picture show a room, 0: none; the one before is removed.
	SetRoomPicture(ctx context.Context, room RoomID, picture FileID) error
	// SetLogo has a picture show the workspace, 0: none; the one before is removed.
	SetLogo(ctx context.Context, picture FileID, audit AuditEntry) error
	// Emoji lists those of the workspace by name.
	Emoji(context.Context) ([]CustomEmoji, error)
	// AddEmoji adds one; ErrConflict when there is one of the name.
	AddEmoji(ctx context.Context, e CustomEmoji, audit AuditEntry) error
	// RemoveEmoji removes one with its picture.
	RemoveEmoji(ctx context.Context, name string, audit AuditEntry) error
	// FileUsage counts what somebody has uploaded; 0: everybody.
	FileUsage(ctx context.Context, by AccountID) (FileUsage, error)
	// Uploaders lists who has uploaded most, the one with most first.
	Uploaders(ctx context.Context, limit int) ([]Uploader, error)
}
