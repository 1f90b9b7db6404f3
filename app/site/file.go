package site

import (
	"io"
	"os"
	"path/filepath"

	"parley/app/chat"
	"parley/views"
)

// files writes a file of a message, and the picture of it that pages show.
func (w *writer) files(f chat.File) error {
	if f.State == chat.FileRemoved {
		return nil
	}
	path := views.SiteFile(f)
	if err := os.MkdirAll(filepath.Join(w.to, filepath.Dir(filepath.FromSlash(path))), w.mode()); err != nil {
		return err
	}
	forms := []chat.Form{chat.FormOriginal}
	if f.Gone {
		forms = []chat.Form{chat.FormLarge, chat.FormSmall}
	}
	err := w.file(path, func(to io.Writer) error {
		for _, form := range forms {
			if there, err := w.source.File(f.ID, form, to); there || err != nil {
				return err
			}
		}
		return nil // it is empty
	})
	if err != nil || !f.Shown() || f.State != chat.FileReady {
		return err
	}
	return w.file(views.SitePicture(f), func(to io.Writer) error {
		_, err := w.source.File(f.ID, chat.FormSmall, to)
		return err
	})
}
