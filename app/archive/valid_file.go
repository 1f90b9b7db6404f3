package archive

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"

	"parley/app/chat"
)

func (f *File) valid() error {
	err := errors.Join(numbered(int64(f.ID)), f.shows(), numbered(int64(f.By)), worded(FileWords, f.Kind),
		counted(int64(f.Place), f.Size, int64(f.Width), int64(f.Height)), named(f.Token, "a file has a token"),
		short(f.Token, maxKey, "the token of a file"), short(f.Name, chat.MaxFileName, "the name of a file"),
		short(f.Alt, chat.MaxAlt, "what a picture shows"))
	if err == nil && strings.ContainsFunc(f.Token, func(r rune) bool { return !(r >= '0' && r <= '9' || r >= 'A' && r <= 'Z') }) {
		return errors.New("the token of a file is made of capital letters and digits")
	}
	if err == nil && !f.Removed && chat.FileName(f.Name) != f.Name {
		return fmt.Errorf("%q is no name of a file", f.Name)
	}
	if err == nil && !mediaType(f.Media) {
		return fmt.Errorf("%q is no type of a file that a server gives", f.Media)
	}
	for _, form := range f.Forms {
		if err == nil {
			err = errors.Join(worded(FormWords, form.Form), counted(form.Size))
		}
		if err == nil && (!mediaType(form.Media) || len(form.Sum) != sha256.Size) {
			err = errors.New("a form of a file has a type that a server gives, and a sum of 32 bytes")
		}
		// What is shown in its place must be what this server would have made of it.
		if err == nil && form.Form != FormWords[chat.FormOriginal] && form.Media != "image/jpeg" && form.Media != "image/png" &&
			form.Media != "image/gif" {
			err = fmt.Errorf("a form of a picture is not %q", form.Media)
		}
	}
	return err
}

// shows says what is wrong with what a file belongs to: a message, or what it shows.
func (f *File) shows() error {
	if f.Use == "" {
		return errors.Join(numbered(int64(f.Message)), blankBut(f.Of != 0 || f.Emoji != ""))
	}
	err := worded(UseWords, f.Use)
	switch use, _ := Number(UseWords, f.Use); chat.FileUse(use) {
	case chat.UseFace, chat.UseRoom:
		err = errors.Join(err, numbered(f.Of), blankBut(f.Message != 0 || f.Emoji != ""))
	case chat.UseEmoji:
		name, bad := chat.ParseEmojiName(f.Emoji)
		if err = errors.Join(err, bad, blankBut(f.Message != 0 || f.Of != 0)); err == nil && name != f.Emoji {
			err = fmt.Errorf("%q is no name of an emoji", f.Emoji)
		}
	case chat.UsePreview:
		err = errors.Join(err, numbered(int64(f.Message)), blankBut(f.Of != 0 || f.Emoji != ""))
	default:
		err = errors.Join(err, blankBut(f.Message != 0 || f.Of != 0 || f.Emoji != ""))
	}
	if err == nil && f.Kind != FileWords[chat.FilePicture] {
		err = errors.New("what shows something is a picture")
	}
	return err
}

func blankBut(more bool) error {
	if more {
		return errors.New("a file is of one message, or shows one thing")
	}
	return nil
}

// mediaType says whether a type is one that a server gives what it stores: others could
// make a browser act upon a file.
func mediaType(s string) bool { return s == "" || slices.Contains(chat.MediaTypes, s) }

func (b *Bytes) valid() error {
	err := errors.Join(numbered(int64(b.File)), worded(FormWords, b.Form))
	if err == nil && (len(b.Data) == 0 || len(b.Data) > BytesSize) {
		err = errors.New("a line of bytes has 1 to 65,536 of them")
	}
	return err
}
