package site

import (
	"io"

	"parley/app/chat"
	"parley/views"
)

// people writes the page of those who spoke, or were spoken of.
func (w *writer) people() error {
	var list []views.SitePerson
	err := w.source.Accounts(func(a chat.Account) error {
		if messages, ok := w.seen[a.ID]; ok {
			list = append(list, views.SitePerson{Account: a, Messages: messages})
		}
		return nil
	})
	if err != nil {
		return err
	}
	return w.file("people.html", func(to io.Writer) error {
		return views.SitePeople(w.page("People", ""), list).Render(w.ctx, to)
	})
}

// frame writes what leads to the pages.
func (w *writer) frame() error {
	err := w.file("index.html", func(to io.Writer) error {
		return views.SiteIndex(w.page(w.workspace, ""), w.rooms, w.Now).Render(w.ctx, to)
	})
	if err != nil {
		return err
	}
	return w.file("search.html", func(to io.Writer) error {
		p := w.page("Search", "")
		p.Script = true
		return views.SiteSearch(p, w.rooms).Render(w.ctx, to)
	})
}
