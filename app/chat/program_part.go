package chat

import "strings"

// PartKind says what a part of a program's message is; they are stored, so only ever append.
type PartKind uint8

// The kinds of parts.
const (
	PartText    PartKind = iota // text, fields, a picture beside them, buttons
	PartHeader                  // a line in large letters
	PartLine                    // a line across
	PartPicture                 // a picture alone
	PartRow                     // small texts and pictures beside one another
)

// Part is a block of what a program says. It is stored as JSON, so that its tags never change.
type Part struct {
	Kind    PartKind `json:"k,omitempty"`
	Text    Text     `json:"t,omitzero"`
	Fields  []Field  `json:"f,omitempty"`
	Picture *Picture `json:"p,omitempty"`
	Row     []Cell   `json:"r,omitempty"`
	Buttons []Link   `json:"l,omitempty"`
}

// Cell is a small text, or a small picture.
type Cell struct {
	Text    Text     `json:"t,omitzero"`
	Picture *Picture `json:"p,omitempty"`
}

// Picture is a picture at an address of another server, which is fetched once.
type Picture struct {
	URL     string `json:"u"`
	Title   string `json:"n,omitempty"` // above it
	Alt     string `json:"d,omitempty"` // what there is to see
	Shown   *File  `json:"s,omitempty"` // as it was fetched
	Missing bool   `json:"x,omitempty"` // it could not be fetched, and stays a link
}

// PartDraft is a part before it is parsed; texts are as people type them.
type PartDraft struct {
	Kind    PartKind
	Text    string
	Fields  []FieldDraft
	Picture Picture
	Row     []CellDraft
	Buttons []Link
}

// CellDraft is a cell before it is parsed.
type CellDraft struct {
	Text    string
	Picture Picture
}

// parse makes of a picture what is stored; nil: it has no address.
func (p Picture) parse() *Picture {
	l := Link{Text: p.Title, URL: p.URL}.cut()
	if l.URL == "" {
		return nil
	}
	return &Picture{URL: l.URL, Title: l.Text, Alt: Link{Text: p.Alt}.cut().Text}
}

// parseParts makes of drafts what is stored, with as many parts as are left, and says how
// many more there are.
func parseParts(drafts []PartDraft, left *int) (all []Part, more int, err error) {
	for i, d := range drafts {
		if *left == 0 {
			return trimLines(all), len(drafts) - i, nil
		}
		p, err := d.parse()
		if err != nil {
			return nil, 0, err
		}
		if p.empty() || p.Kind == PartLine && len(all) == 0 {
			continue
		}
		*left--
		all = append(all, p)
	}
	return trimLines(all), 0, nil
}

// trimLines leaves out lines at the end.
func trimLines(all []Part) []Part {
	for len(all) > 0 && all[len(all)-1].Kind == PartLine {
		all = all[:len(all)-1]
	}
	return all
}

func (d PartDraft) parse() (p Part, err error) {
	p = Part{Kind: d.Kind, Picture: d.Picture.parse(), Buttons: parseButtons(d.Buttons)}
	if p.Text, err = parsePart(d.Text); err != nil {
		return p, err
	}
	if p.Fields, err = parseFields(d.Fields); err != nil {
		return p, err
	}
	for _, c := range d.Row[:min(len(d.Row), MaxCells)] {
		cell := Cell{Picture: c.Picture.parse()}
		if cell.Text, err = parsePart(strings.ReplaceAll(c.Text, "\n", " ")); err != nil {
			return p, err
		}
		if cell.Picture != nil || len(cell.Text.Blocks) > 0 {
			p.Row = append(p.Row, cell)
		}
	}
	return p, nil
}

func (p Part) empty() bool {
	return p.Kind != PartLine && len(p.Text.Blocks) == 0 && len(p.Fields) == 0 && p.Picture == nil && len(p.Row) == 0 && len(p.Buttons) == 0
}

// PictureSlot is where a program shows a picture.
type PictureSlot struct {
	URL     string
	Shown   **File
	Missing *bool
}

// waits says whether the picture is still to be fetched.
func (s PictureSlot) waits() bool { return *s.Shown == nil && !*s.Missing }

// Pictures are where a program shows pictures that have an address, in the order in which
// they are shown. What is set there is set in the program.
func (p *Program) Pictures() (all []PictureSlot) {
	if p == nil {
		return nil
	}
	all = picturesOf(p.Parts, nil)
	for i := range p.Attachments {
		a := &p.Attachments[i]
		all = addPicture(all, a.Thumb)
		all = picturesOf(a.Parts, all)
		if a.Picture.URL != "" {
			all = append(all, PictureSlot{a.Picture.URL, &a.Shown, &a.Missing})
		}
	}
	return all
}

func picturesOf(parts []Part, all []PictureSlot) []PictureSlot {
	for i := range parts {
		all = addPicture(all, parts[i].Picture)
		for j := range parts[i].Row {
			all = addPicture(all, parts[i].Row[j].Picture)
		}
	}
	return all
}

func addPicture(all []PictureSlot, p *Picture) []PictureSlot {
	if p == nil {
		return all
	}
	return append(all, PictureSlot{p.URL, &p.Shown, &p.Missing})
}

// Boxes says whether a program says more than text.
func (p *Program) Boxes() bool { return p != nil && (len(p.Parts) > 0 || len(p.Attachments) > 0) }
