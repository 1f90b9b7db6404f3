package chat

import (
	"context"
	"fmt"
	"path"
	"slices"
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

// Bytes writes a size for people: 312 kB, 4.8 MB.
func Bytes(n int64) string {
	switch {
	case n < 1000:
		return strconv.FormatInt(n, 10) + " B"
	case n < 999_500:
		return strconv.FormatInt((n+500)/1000, 10) + " kB"
	case n < 999_500_000:
		return trimmed(float64(n)/1e6) + " MB"
	}
	return trimmed(float64(n)/1e9) + " GB"
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

// MayUpload says whether somebody may send files to a room now, before the first byte of
// one is read.
func (c *Chat) MayUpload(ctx context.Context, who Account, room RoomID) error {
	p, err := c.authorize(ctx, who, room, ActionPost)
	if err != nil {
		return err
	}
	return c.checkReachable(ctx, who, p)
}

// OpenFile finds a file for who may read the message that it came with; an upload that
// was not sent yet is for who uploaded it.
func (c *Chat) OpenFile(ctx context.Context, who Account, token string) (StoredFile, error) {
	f, err := c.store.FileByToken(ctx, token)
	switch {
	case err != nil:
		return f, err
	case f.Room == 0 && f.By == who.ID:
		return f, nil
	case f.Room == 0:
		return StoredFile{}, NotFound()
	}
	if _, err := c.authorize(ctx, who, f.Room, ActionRead); err != nil {
		return StoredFile{}, NotFound()
	}
	if f.Message == 0 || f.Deleted || f.State == FileRemoved {
		return StoredFile{}, gone(f.Room, "This file was deleted.")
	}
	return f, nil
}

// attach finds the uploads of a draft and gives them their descriptions, in its order.
func (c *Chat) attach(ctx context.Context, who Account, d Draft) ([]File, error) {
	if len(d.Files) == 0 {
		return nil, nil
	}
	if most := c.Limits.Value(LimitFiles); most > 0 && len(d.Files) > most {
		return nil, Invalid("file", "A message has at most "+strconv.Itoa(most)+" files.")
	}
	tokens := make([]string, len(d.Files))
	for i, f := range d.Files {
		tokens[i] = f.Token
	}
	found, err := c.store.UnsentFiles(ctx, who.ID, tokens)
	if err != nil {
		return nil, err
	}
	files := make([]File, 0, len(d.Files))
	for _, one := range d.Files {
		f, ok := found[one.Token]
		if !ok || slices.ContainsFunc(files, func(g File) bool { return g.ID == f.ID }) {
			return nil, Invalid("file", "One of the files is not here any more. Choose it again.")
		}
		if f.Alt, err = parseAlt(one.Alt); err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}

// KeptFiles finds those of a draft's uploads that are here and were not sent.
func (c *Chat) KeptFiles(ctx context.Context, who Account, d Draft) (kept []File, err error) {
	tokens := make([]string, len(d.Files))
	for i, f := range d.Files {
		tokens[i] = f.Token
	}
	if len(tokens) == 0 {
		return nil, nil
	}
	found, err := c.store.UnsentFiles(ctx, who.ID, tokens)
	for _, token := range tokens {
		if f, ok := found[token]; ok {
			kept = append(kept, f)
		}
	}
	return kept, err
}

// filesPage is how many files a page of those of a room has.
const filesPage = 60

// RoomFiles lists files of a room, the newest first; more says that there are older ones.
func (c *Chat) RoomFiles(ctx context.Context, who Account, q FileQuery) (p RoomAccess, list []RoomFile, more bool, err error) {
	if p, err = c.authorize(ctx, who, q.Room, ActionRead); err != nil {
		return p, nil, false, err
	}
	q.Text = FoldName(strings.TrimSpace(q.Text))
	list, err = c.store.RoomFiles(ctx, q, filesPage+1)
	if len(list) > filesPage {
		list, more = list[:filesPage], true
	}
	return p, list, more, err
}

// RemoveFile takes a file out of its message: its author may, and who moderates. A
// message that has neither words nor other files is deleted with it.
func (c *Chat) RemoveFile(ctx context.Context, who Account, token string) (StoredFile, error) {
	f, err := c.OpenFile(ctx, who, token)
	if err != nil {
		return f, err
	}
	if f.Room == 0 {
		return f, c.store.DropFiles(ctx, who.ID, []FileID{f.ID})
	}
	m, p, err := c.authorizeMessage(ctx, who, f.Message, ActionDelete)
	if err != nil {
		return f, err
	}
	if m.Author.ID != who.ID && !p.Allows(ActionModerate) {
		return f, Forbidden("Only who sent a file, and who moderates the room, can delete it.")
	}
	rest := slices.DeleteFunc(slices.Clone(m.Files), func(g File) bool { return g.ID == f.ID || g.State == FileRemoved })
	if m.Body == "" && len(rest) == 0 {
		_, err := c.DeleteMessage(ctx, who, m.ID)
		return f, err
	}
	audit := NoAudit
	if m.Author.ID != who.ID {
		audit = c.audit(who, AuditDeleteFile, "@"+m.Author.Username, auditLabel(p.Room))
	}
	changed, err := c.store.RemoveFile(ctx, f.ID, audit)
	if err == nil {
		c.bus.Publish(RoomChanged{Room: changed.Room, Rev: changed.Rev})
	}
	return f, err
}

// FileChanged publishes that a file of a message has become what it is to be; who makes
// the forms of pictures calls it.
func (c *Chat) FileChanged(m Message) {
	if m.ID != 0 {
		c.bus.Publish(RoomChanged{Room: m.Room, Rev: m.Rev})
	}
}

// FileUsage counts what somebody has uploaded.
func (c *Chat) FileUsage(ctx context.Context, who Account) (FileUsage, error) {
	return c.store.FileUsage(ctx, who.ID)
}

// DropFiles removes uploads of a draft that was not sent.
func (c *Chat) DropFiles(ctx context.Context, who Account, files []File) error {
	if len(files) == 0 {
		return nil
	}
	ids := make([]FileID, len(files))
	for i, f := range files {
		ids[i] = f.ID
	}
	return c.store.DropFiles(ctx, who.ID, ids)
}

// SetPicture has a picture show the caller; the zero file: none.
func (c *Chat) SetPicture(ctx context.Context, who Account, f File) error {
	return c.store.SetAccountPicture(ctx, who.ID, f.ID)
}

// RemovePicture takes somebody's picture away: one's own, or, for who manages people,
// anybody's.
func (c *Chat) RemovePicture(ctx context.Context, who Account, of AccountID) error {
	if of != who.ID {
		if err := who.May(ManagePeople); err != nil {
			return err
		}
	}
	return c.store.SetAccountPicture(ctx, of, 0)
}

// SetRoomPicture has a picture show a room, for who may give it another name; the zero
// file: none.
func (c *Chat) SetRoomPicture(ctx context.Context, who Account, room RoomID, f File) error {
	if err := c.MayPictureRoom(ctx, who, room); err != nil {
		return err
	}
	if err := c.store.SetRoomPicture(ctx, room, f.ID); err != nil {
		return err
	}
	c.bus.Publish(RoomHeaderChanged{Room: room})
	people, err := c.store.MemberIDs(ctx, room)
	if err != nil {
		return nil // it is done; lists of rooms show it when they are loaded again
	}
	c.bus.Publish(RoomListChanged{People: people})
	return nil
}

// MayPictureRoom says whether somebody may give a room a picture: who may rename it.
func (c *Chat) MayPictureRoom(ctx context.Context, who Account, room RoomID) error {
	_, err := c.authorize(ctx, who, room, ActionRename)
	return err
}

// PictureOfRoom finds the picture of a room, for who may read the room.
func (c *Chat) PictureOfRoom(ctx context.Context, who Account, room RoomID) (File, error) {
	r, err := c.ReadableRoom(ctx, who, room)
	if err != nil {
		return File{}, err
	}
	return c.PictureInUse(ctx, r.Picture)
}

// PictureOf finds the picture of somebody.
func (c *Chat) PictureOf(ctx context.Context, who AccountID) (File, error) {
	a, err := c.store.Account(ctx, who)
	if err != nil {
		return File{}, err
	}
	return c.PictureInUse(ctx, a.Picture)
}

// PictureInUse finds a picture that shows a person, the workspace, or an emoji: those are
// for everybody who is signed in, the workspace's for visitors, too.
func (c *Chat) PictureInUse(ctx context.Context, id FileID) (File, error) {
	if id == 0 {
		return File{}, NotFound()
	}
	return c.store.PictureInUse(ctx, id)
}

// SetLogo has a picture show the workspace; the zero file: none.
func (c *Chat) SetLogo(ctx context.Context, who Account, f File) error {
	if err := who.May(ManageSettings); err != nil {
		return err
	}
	value := "a picture"
	if f.ID == 0 {
		value = "none"
	}
	return c.store.SetLogo(ctx, f.ID, c.audit(who, AuditSetSetting, SettingLogo, value))
}
