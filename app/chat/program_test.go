package chat

import (
	"fmt"
	"testing"
)

func TestPartsOfProgramsAreBounded(t *testing.T) {
	t.Parallel()
	picture := func(i int) PartDraft {
		return PartDraft{Kind: PartPicture, Picture: Picture{URL: fmt.Sprintf("https://example.org/%d.png", i)}}
	}
	d := ProgramDraft{Parts: []PartDraft{{Kind: PartLine}, {Kind: PartHeader, Text: "Build"}, {Text: ""},
		{Picture: Picture{URL: "javascript:alert(1)"}}, {Kind: PartLine}}}
	p, err := d.parse()
	if err != nil || len(p.Parts) != 1 || p.Parts[0].Kind != PartHeader || p.More != 0 {
		t.Errorf("%+v, %v", p, err)
	}
	d = ProgramDraft{}
	for i := range 30 {
		d.Parts = append(d.Parts, picture(i))
	}
	box := AttachmentDraft{Title: Link{Text: "Load"}, Thumb: "https://example.org/t.png", Picture: Link{Text: "picture",
		URL: "https://example.org/p.png"}}
	for i := range 25 {
		box.Parts = append(box.Parts, picture(100+i))
	}
	d.Attachments = []AttachmentDraft{box, box}
	if p, err = d.parse(); err != nil || len(p.Parts) != 30 || len(p.Attachments[0].Parts) != 20 || len(p.Attachments[1].Parts) != 0 ||
		p.More != 5+25 {
		t.Errorf("%d parts, %d and %d in boxes, %d more: %v", len(p.Parts), len(p.Attachments[0].Parts), len(p.Attachments[1].Parts), p.More, err)
	}
	waits := 0
	for _, slot := range p.Pictures() {
		if slot.waits() {
			waits++
		}
	}
	if n := len(p.Pictures()); n != 30+20+2*2 || waits != MaxPictures {
		t.Errorf("of %d pictures %d are fetched", n, waits)
	}
	row := PartDraft{Kind: PartRow}
	for range 2 * MaxCells {
		row.Row = append(row.Row, CellDraft{Text: "a\nb"})
	}
	if p, err := row.parse(); err != nil || len(p.Row) != MaxCells || p.Row[0].Text.Lines() != 1 {
		t.Errorf("%+v, %v", p, err)
	}
}

// What comes from elsewhere leads where a hook could have led, and has no more than one.
func TestProgramsOfElsewhereAreChecked(t *testing.T) {
	t.Parallel()
	bad := Link{Text: "x", URL: "javascript:alert(1)"}
	for name, p := range map[string]Program{
		"a button":         {Parts: []Part{{Buttons: []Link{bad}}}},
		"a picture":        {Parts: []Part{{Picture: &Picture{URL: bad.URL}}}},
		"a small picture":  {Parts: []Part{{Row: []Cell{{Picture: &Picture{URL: "data:,x"}}}}}},
		"a thumb":          {Attachments: []Attachment{{Thumb: &Picture{URL: bad.URL}}}},
		"a title":          {Attachments: []Attachment{{Title: bad}}},
		"an author":        {Attachments: []Attachment{{By: bad}}},
		"a chart":          {Attachments: []Attachment{{Picture: bad}}},
		"an old button":    {Attachments: []Attachment{{Buttons: []Link{bad}}}},
		"a link in a text": {Parts: []Part{{Text: Text{Blocks: []Block{{Runs: []Run{{Kind: RunLink, Text: "x", URL: bad.URL}}}}}}}},
		"a link in a field": {Attachments: []Attachment{{Fields: []Field{{Value: Text{Blocks: []Block{{Runs: []Run{{Kind: RunLink, Text: "x",
			URL: bad.URL}}}}}}}}}},
		"too many boxes": {Attachments: make([]Attachment, MaxAttachments+1)},
		"too many parts": {Parts: make([]Part, MaxParts), Attachments: []Attachment{{Parts: make([]Part, 1)}}},
		"too many cells": {Parts: []Part{{Row: make([]Cell, MaxCells+1)}}},
	} {
		if err := p.Check(); err == nil {
			t.Errorf("%s is let in", name)
		}
	}
	d := ProgramDraft{Text: "see https://example.org", Parts: []PartDraft{{Text: "[a](https://example.org)",
		Picture: Picture{URL: "https://example.org/a.png"}, Buttons: []Link{{"Open", "http://example.org"}}}},
		Attachments: []AttachmentDraft{{Title: Link{Text: "Load"}, Thumb: "https://example.org/t.png",
			Fields: []FieldDraft{{Name: "a", Value: "https://example.org/b"}}}}}
	p, err := d.parse()
	if err == nil {
		err = p.Check()
	}
	if err != nil {
		t.Error("what a hook brought is refused:", err)
	}
}
