package chat

import (
	"strings"
	"time"
	"unicode/utf8"
)

// Bounds of what a program says beside its text.
const (
	MaxAttachments = 20
	MaxFields      = 30  // of one attachment
	MaxFieldName   = 100 // characters
	MaxTitleText   = 300 // characters of a title or a footer
	MaxLink        = 2000
	MaxParts       = 50 // of a message, those of its attachments included
	MaxCells       = 10 // of one row of small texts and pictures
	// MaxPictures is how many pictures of one message are fetched and shown; further ones
	// stay links.
	MaxPictures = 4
)

// Program is what a program says beside the text of its message, which holds all of it in
// words. It is stored as JSON, so that its tags never change.
type Program struct {
	Name        string       `json:"n,omitempty"` // as which it speaks; "": as itself
	Icon        string       `json:"i,omitempty"` // an emoji
	Face        string       `json:"u,omitempty"` // address of a picture that its bot gets, which has none yet
	Text        Text         `json:"t"`           // what stands above the parts and attachments
	Parts       []Part       `json:"p,omitempty"`
	Attachments []Attachment `json:"a,omitempty"`
	More        int          `json:"m,omitempty"` // parts and attachments that were left out
}

// Attachment is a box of a program's message.
type Attachment struct {
	Tone    string    `json:"c,omitempty"` // good, warning, danger, or a colour as #rrggbb
	Pretext Text      `json:"p"`           // above the box
	By      Link      `json:"b"`
	Title   Link      `json:"h"`
	Text    Text      `json:"t"`
	Fields  []Field   `json:"f,omitempty"`
	Picture Link      `json:"i"`
	Buttons []Link    `json:"l,omitempty"`
	Foot    string    `json:"o,omitempty"`
	At      time.Time `json:"d,omitzero"`
	Shown   *File     `json:"s,omitempty"` // the picture, as it was fetched
	Missing bool      `json:"x,omitempty"` // it could not be fetched
	Thumb   *Picture  `json:"m,omitempty"` // a small one beside the words
	Parts   []Part    `json:"k,omitempty"`
}

// Link is a text that may lead somewhere.
type Link struct {
	Text string `json:"t,omitempty"`
	URL  string `json:"u,omitempty"` // http or https; "": nowhere
}

// Field is one of an attachment's.
type Field struct {
	Name  string `json:"n,omitempty"`
	Value Text   `json:"v"`
	Long  bool   `json:"l,omitempty"` // not beside another
}

// ProgramDraft is what a program wants to say beside its text; texts are as people type them.
type ProgramDraft struct {
	Name, Icon, Text string
	IconURL          string // address of a picture
	Parts            []PartDraft
	Attachments      []AttachmentDraft
}

// AttachmentDraft is a box before it is parsed.
type AttachmentDraft struct {
	Tone, Pretext, Text, Foot string
	By, Title, Picture        Link
	Thumb                     string // address of a small picture
	Fields                    []FieldDraft
	Buttons                   []Link
	Parts                     []PartDraft
	At                        time.Time
}

// FieldDraft is a field before it is parsed.
type FieldDraft struct {
	Name, Value string
	Long        bool
}

// parse makes of a draft what is stored. What is too long is cut: nobody is there to
// shorten it.
func (d ProgramDraft) parse() (*Program, error) {
	p := &Program{Icon: d.Icon, Face: Link{URL: d.IconURL}.cut().URL}
	if name, ok := oneLine(d.Name); ok {
		p.Name = cutRunes(name, MaxFieldName)
	}
	if e, err := ParseReaction(d.Icon); err != nil || strings.HasPrefix(e, ":") {
		p.Icon = ""
	} else {
		p.Icon = e
	}
	var err error
	if p.Text, err = parsePart(d.Text); err != nil {
		return nil, err
	}
	left := MaxParts
	if p.Parts, p.More, err = parseParts(d.Parts, &left); err != nil {
		return nil, err
	}
	for i, a := range d.Attachments {
		if i == MaxAttachments {
			p.More += len(d.Attachments) - i
			break
		}
		one, more, err := a.parse(&left)
		if err != nil {
			return nil, err
		}
		p.Attachments, p.More = append(p.Attachments, one), p.More+more
	}
	for i, slot := range p.Pictures() {
		*slot.Missing = i >= MaxPictures
	}
	return p, nil
}

// parse makes of a draft what is stored, with as many parts as are left, and says how many
// more it has.
func (d AttachmentDraft) parse(left *int) (a Attachment, more int, err error) {
	a = Attachment{Tone: tone(d.Tone), By: d.By.cut(), Title: d.Title.cut(), Picture: d.Picture.cut(), Foot: cutRunes(d.Foot, MaxTitleText),
		At:    d.At,
		Thumb: Picture{URL: d.Thumb}.parse(), Buttons: parseButtons(d.Buttons)}
	if a.Pretext, err = parsePart(d.Pretext); err != nil {
		return a, 0, err
	}
	if a.Text, err = parsePart(d.Text); err != nil {
		return a, 0, err
	}
	if a.Fields, err = parseFields(d.Fields); err != nil {
		return a, 0, err
	}
	a.Parts, more, err = parseParts(d.Parts, left)
	return a, more, err
}

func parseButtons(drafts []Link) (all []Link) {
	for _, l := range drafts {
		if l = l.cut(); l.URL != "" && l.Text != "" && len(all) < MaxFields {
			all = append(all, l)
		}
	}
	return all
}

func parseFields(drafts []FieldDraft) (all []Field, err error) {
	for _, f := range drafts {
		if len(all) == MaxFields {
			break
		}
		value, err := parsePart(f.Value)
		if err != nil {
			return nil, err
		}
		if len(value.Blocks) == 0 && f.Name == "" {
			continue
		}
		long := f.Long || utf8.RuneCountInString(f.Value) > 40 || strings.Contains(f.Value, "\n")
		all = append(all, Field{Name: cutRunes(f.Name, MaxFieldName), Value: value, Long: long})
	}
	return all, nil
}

// parsePart parses a text that may be empty, or too long.
func parsePart(s string) (Text, error) {
	s = TidyBody(cutRunes(strings.ToValidUTF8(s, "\uFFFD"), MaxBody/2))
	if strings.TrimSpace(s) == "" {
		return Text{}, nil
	}
	return ParseText(s)
}

// tone is a colour as it is stored; "": none.
func tone(s string) string {
	switch s = strings.ToLower(strings.TrimSpace(s)); s {
	case "good", "warning", "danger":
		return s
	}
	hex := strings.TrimPrefix(s, "#")
	if len(hex) != 3 && len(hex) != 6 || strings.Trim(hex, "0123456789abcdef") != "" {
		return ""
	}
	return "#" + hex
}

func (l Link) cut() Link {
	l.Text = cutRunes(strings.Join(strings.Fields(strings.ToValidUTF8(l.Text, "\uFFFD")), " "), MaxTitleText)
	lower := strings.ToLower(l.URL)
	if len(l.URL) > MaxLink || !strings.HasPrefix(lower, "https://") && !strings.HasPrefix(lower, "http://") ||
		strings.ContainsFunc(l.URL, func(r rune) bool { return r <= ' ' || r == utf8.RuneError }) {
		l.URL = ""
	}
	return l
}

// cutRunes is a text of at most n characters.
func cutRunes(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}
