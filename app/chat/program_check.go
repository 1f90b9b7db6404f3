package chat

import (
	"errors"
	"fmt"
)

// Check says what is wrong with what a program says that comes from elsewhere: it has no
// more than a hook could bring, and leads to nothing but web addresses.
func (p *Program) Check() error {
	if len(p.Attachments) > MaxAttachments {
		return errors.New("a program has more attachments than any has")
	}
	left := MaxParts
	if err := checkParts(p.Parts, &left); err != nil {
		return err
	}
	if err := p.Text.CheckLinks(); err != nil {
		return err
	}
	for _, a := range p.Attachments {
		if err := a.check(&left); err != nil {
			return err
		}
	}
	for _, slot := range p.Pictures() {
		if err := leads(Link{URL: slot.URL}); err != nil {
			return err
		}
	}
	return nil
}

func (a Attachment) check(left *int) error {
	if err := leads(append([]Link{a.By, a.Title, a.Picture}, a.Buttons...)...); err != nil {
		return err
	}
	if err := errors.Join(a.Pretext.CheckLinks(), a.Text.CheckLinks(), checkFields(a.Fields)); err != nil {
		return err
	}
	return checkParts(a.Parts, left)
}

func checkParts(parts []Part, left *int) error {
	if *left -= len(parts); *left < 0 {
		return errors.New("a program has more parts than any has")
	}
	for _, p := range parts {
		if len(p.Row) > MaxCells {
			return errors.New("a part of a program has more cells than any has")
		}
		if err := errors.Join(leads(p.Buttons...), p.Text.CheckLinks(), checkFields(p.Fields)); err != nil {
			return err
		}
		for _, c := range p.Row {
			if err := c.Text.CheckLinks(); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkFields(fields []Field) error {
	if len(fields) > MaxFields {
		return errors.New("a program has more fields than any has")
	}
	for _, f := range fields {
		if err := f.Value.CheckLinks(); err != nil {
			return err
		}
	}
	return nil
}

// leads refuses what leads to something that is no web address.
func leads(links ...Link) error {
	if len(links) > MaxFields+3 {
		return errors.New("a program has more links than any has")
	}
	for _, l := range links {
		if l.URL != "" && l.cut().URL != l.URL {
			return fmt.Errorf("a program leads to %.80q", l.URL)
		}
	}
	return nil
}
