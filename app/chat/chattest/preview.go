package chattest

import (
	"errors"
	"fmt"
	"time"

	"parley/app/chat"
)

// linked stores a message whose links wait to be looked at.
func (f *filed) linked(room chat.RoomID, author chat.AccountID, links ...string) chat.Message {
	f.Helper()
	f.cids++
	n := f.draft(room, author, "see", fmt.Sprint("cid", f.cids))
	for _, l := range links {
		n.Previews = append(n.Previews, chat.Preview{URL: l})
	}
	a, err := f.AddMessage(f.Context(), n)
	f.ok(err)
	return a.Message
}

// due are the messages that are to be looked at.
func (f *filed) due(at time.Time) []chat.MessageID {
	f.Helper()
	list, err := f.DueFetches(f.Context(), at, 10)
	f.ok(err)
	return list
}

var previewTests = map[string]func(*filed){
	"what is to be fetched is tried at its time, and forgotten": func(f *filed) {
		m := f.linked(1, 1, "https://a.example/")
		later := noon.Add(time.Minute)
		for n := 1; n <= 2; n++ {
			tries, err := f.TakeFetch(f.Context(), m.ID, later)
			f.ok(err)
			f.equal(tries, n, "tries")
		}
		f.equal(len(f.due(noon)), 0, "due when it is being tried")
		f.equal(f.due(later), []chat.MessageID{m.ID}, "due later")
		f.ok(f.ForgetFetch(f.Context(), m.ID))
		f.equal(len(f.due(later)), 0, "due when it was forgotten")
		_, err := f.TakeFetch(f.Context(), m.ID, later)
		f.equal(errors.Is(err, chat.ErrNotFound), true, "that nothing is left to try")
	},
	"what links lead to is stored with its picture, removed and forgotten": func(f *filed) {
		m := f.linked(1, 1, "https://a.example/", "https://b.example/")
		f.equal(f.due(noon), []chat.MessageID{m.ID}, "due")
		f.equal(len(f.due(noon.Add(-time.Hour))), 0, "due before it was said")
		picture := f.uploadFor(1, "boat.png", chat.UsePreview, 0)
		got, err := f.SetFetched(f.Context(), m.ID, func(m *chat.Message) error {
			m.Previews[0] = chat.Preview{URL: "https://a.example/", State: chat.PreviewThere, Title: "A boat", Picture: &picture}
			m.Previews[1].State = chat.PreviewNone
			return nil
		}, chat.NoAudit)
		f.ok(err)
		f.equal(got.Rev > m.Rev, true, "the rev grows")
		f.equal(len(f.due(noon.Add(time.Hour))), 0, "due when all is there")
		stored, err := f.Message(f.Context(), m.ID)
		f.ok(err)
		f.equal(fmt.Sprintf("%s %v %d", stored.Previews[0].Title, stored.Previews[0].Picture.Token == picture.Token, len(stored.Files)),
			"A boat true 0", "the message")
		list, err := f.RoomFiles(f.Context(), chat.FileQuery{Room: 1}, 10)
		f.ok(err)
		f.equal(len(list), 0, "files of the room")
		used, err := f.FileUsage(f.Context(), 1)
		f.ok(err)
		f.equal(used.Files, 0, "files of the author")
		same, err := f.SetFetched(f.Context(), m.ID, func(*chat.Message) error { return nil }, chat.NoAudit)
		f.ok(err)
		f.equal(same.Rev, got.Rev, "the rev when nothing changes")
		at, err := f.FileByToken(f.Context(), picture.Token)
		f.ok(err)
		f.equal(fmt.Sprint(at.Room, at.Message == m.ID), "1 true", "the picture")

		// Removed: its picture goes when it is forgotten.
		removed := time.Now()
		_, err = f.SetFetched(f.Context(), m.ID, func(m *chat.Message) error { m.Previews[0].Removed = removed; return nil }, chat.NoAudit)
		f.ok(err)
		f.equal(len(f.due(removed)), 0, "due at once")
		f.equal(f.due(removed.Add(chat.PreviewUndo+time.Second)), []chat.MessageID{m.ID}, "due to be forgotten")
		_, err = f.SetFetched(f.Context(), m.ID, func(m *chat.Message) error { m.ForgetRemoved(removed); return nil }, chat.NoAudit)
		f.ok(err)
		stored, err = f.Message(f.Context(), m.ID)
		f.ok(err)
		f.equal(stored.Previews[0].Title+fmt.Sprint(stored.Previews[0].Removed.IsZero()), "false", "what is left")
		f.ok(f.files.Sweep(f.Context(), noon.Add(-time.Hour)))
		_, err = f.FileByToken(f.Context(), picture.Token)
		f.is(err, chat.ErrNotFound, "the picture of what was removed")
	},
	"an edit keeps what was looked at, and a deletion empties it": func(f *filed) {
		m := f.linked(1, 1, "https://a.example/")
		picture := f.uploadFor(1, "boat.png", chat.UsePreview, 0)
		there := chat.Preview{URL: "https://a.example/", State: chat.PreviewThere, Title: "A boat", Picture: &picture}
		_, err := f.SetFetched(f.Context(), m.ID, func(m *chat.Message) error { m.Previews[0] = there; return nil }, chat.NoAudit)
		f.ok(err)
		n := f.draft(1, 1, "other words", "")
		n.Previews = []chat.Preview{there, {URL: "https://c.example/"}}
		edited, err := f.SetBody(f.Context(), m.ID, n)
		f.ok(err)
		f.equal(fmt.Sprintf("%d %s", len(edited.Previews), edited.Previews[0].Title), "2 A boat", "after the edit")
		f.equal(f.due(noon), []chat.MessageID{m.ID}, "due after the edit")
		_, err = f.DeleteMessage(f.Context(), m.ID, 1, noon, chat.NoAudit)
		f.ok(err)
		gone, err := f.SetFetched(f.Context(), m.ID, func(*chat.Message) error { f.Error("what is deleted was changed"); return nil },
			chat.NoAudit)
		f.ok(err)
		f.equal(gone.Deleted, true, "deleted")
		f.equal(len(f.due(noon)), 0, "due when it is deleted")
		f.ok(f.PurgeDeleted(f.Context(), noon.Add(time.Hour)))
		f.ok(f.files.Sweep(f.Context(), noon.Add(-time.Hour)))
		_, err = f.FileByToken(f.Context(), picture.Token)
		f.is(err, chat.ErrNotFound, "the picture of what was deleted")
	},
}
