package chattest

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"testing"
	"time"

	"parley/app/chat"
	"parley/app/files"
)

// Files is a store that keeps files.
type Files interface {
	Store
	files.Store
}

// RunFiles tries what becomes of files on stores that open makes, as Run does.
func RunFiles(t *testing.T, open func(testing.TB) Files) {
	all := maps.Clone(fileTests)
	maps.Copy(all, previewTests)
	for what, test := range all {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			opened := open(t)
			f := &filed{store: &store{T: t, Store: opened}, files: opened}
			for n := range 4 {
				f.account(fmt.Sprint("person", n+1))
			}
			test(f)
		})
	}
}

// filed is one under test.
type filed struct {
	*store
	files files.Store
}

// content are bytes of some chunks and a half.
var content = bytes.Repeat([]byte("0123456789abcdef"), 160<<10/16)

// upload stores a file of content, all but the message.
func (f *filed) upload(by chat.AccountID, name string, state chat.FileState) chat.File {
	f.Helper()
	return f.uploadFor(by, name, chat.UseMessage, state)
}

func (f *filed) uploadFor(by chat.AccountID, name string, use chat.FileUse, state chat.FileState) chat.File {
	f.Helper()
	file := chat.File{Token: "token of " + name, Name: name, Type: "text/plain", Size: int64(len(content)), State: state}
	id, blob, err := f.files.NewFile(f.Context(), by, file.Token, use, noon)
	f.ok(err)
	file.ID = id
	f.ok(f.files.Append(f.Context(), blob, 0, content[:128<<10]))
	f.ok(f.files.Append(f.Context(), blob, 128<<10, content[128<<10:]))
	_, err = f.files.Blob(f.Context(), id, chat.FormOriginal)
	f.is(err, chat.ErrNotFound, "what has not come in whole")
	f.ok(f.files.FinishFile(f.Context(), blob, file, []byte("sum")))
	return file
}

// send posts a message with files.
func (f *filed) send(room chat.RoomID, author chat.AccountID, with ...chat.File) chat.Message {
	f.Helper()
	f.cids++
	n := f.draft(room, author, "see these", fmt.Sprint("cid", f.cids))
	n.Files = with
	a, err := f.AddMessage(f.Context(), n)
	f.ok(err)
	return a.Message
}

// bytesOf are those of a form; nil: there is none.
func (f *filed) bytesOf(id chat.FileID, form chat.Form) (all []byte) {
	f.Helper()
	b, err := f.files.Blob(f.Context(), id, form)
	if errors.Is(err, chat.ErrNotFound) {
		return nil
	}
	f.ok(err)
	for part := make([]byte, 100_000); int64(len(all)) < b.Size; {
		n, err := f.files.ReadBlob(f.Context(), b.ID, int64(len(all)), part)
		f.ok(err)
		all = append(all, part[:n]...)
	}
	return all
}

func (f *filed) has(one chat.File) bool { return f.bytesOf(one.ID, chat.FormOriginal) != nil }

func (f *filed) listed(q chat.FileQuery) (names []string) {
	f.Helper()
	list, err := f.RoomFiles(f.Context(), q, 10)
	f.ok(err)
	for _, r := range list {
		names = append(names, r.Name)
	}
	return names
}

var fileTests = map[string]func(*filed){
	"an upload is read as it came, and goes with its message": func(f *filed) {
		one, two := f.upload(1, "Map of 100%.txt", 0), f.upload(1, "list.txt", 0)
		if !bytes.Equal(f.bytesOf(one.ID, chat.FormOriginal), content) {
			f.Error("other bytes are read")
		}
		unsent, err := f.UnsentFiles(f.Context(), 1, []string{one.Token, two.Token, "none"})
		f.ok(err)
		f.equal(len(unsent), 2, "unsent")
		m := f.send(1, 1, two, one)
		got, err := f.Message(f.Context(), m.ID)
		f.ok(err)
		if len(got.Files) != 2 || got.Files[0].Name != two.Name || got.Files[1].Name != one.Name {
			f.Errorf("the message has %+v", got.Files)
		}
		stored, err := f.FileByToken(f.Context(), one.Token)
		f.ok(err)
		f.equal(fmt.Sprint(stored.By, stored.Room, stored.Message == m.ID, stored.Deleted), "1 1 true false", "the file")
		for what, c := range map[string]struct {
			q    chat.FileQuery
			want string
		}{
			"all":            {chat.FileQuery{}, "[list.txt Map of 100%.txt]"},
			"by words":       {chat.FileQuery{Text: "map 100%"}, "[Map of 100%.txt]"},
			"by a part":      {chat.FileQuery{Text: "00%.t"}, "[Map of 100%.txt]"},
			"by nothing":     {chat.FileQuery{Text: "1%0"}, "[]"},
			"of somebody":    {chat.FileQuery{From: 2}, "[]"},
			"before another": {chat.FileQuery{Before: two.ID}, "[Map of 100%.txt]"},
			"pictures":       {chat.FileQuery{Kind: "pictures"}, "[]"},
			"documents":      {chat.FileQuery{Kind: "documents"}, "[list.txt Map of 100%.txt]"},
		} {
			c.q.Room = 1
			f.equal(f.listed(c.q), c.want, what)
		}
		_, err = f.AddMessage(f.Context(), func() chat.NewMessage {
			n := f.draft(1, 1, "again", "again")
			n.Files = []chat.File{one}
			return n
		}())
		f.is(err, chat.ErrConflict, "a file that another message has")
	},
	"what nothing needs is swept": func(f *filed) {
		dropped, late, sent := f.upload(1, "dropped", 0), f.upload(1, "late", 0), f.upload(1, "sent", 0)
		m := f.send(1, 1, sent)
		f.ok(f.files.DropFiles(f.Context(), 2, []chat.FileID{late.ID})) // not his
		f.ok(f.files.DropFiles(f.Context(), 1, []chat.FileID{dropped.ID}))
		f.ok(f.files.Sweep(f.Context(), noon))
		for _, c := range []struct {
			file  chat.File
			there bool
		}{{dropped, false}, {late, true}, {sent, true}} {
			f.equal(f.bytesOf(c.file.ID, chat.FormOriginal) != nil, c.there, c.file.Name)
		}
		f.ok(f.files.Sweep(f.Context(), noon.Add(time.Second)))
		f.equal(f.bytesOf(late.ID, chat.FormOriginal) != nil, false, "what was never sent")
		usage, err := f.files.FileUsage(f.Context(), 1)
		f.ok(err)
		f.equal(usage, chat.FileUsage{Files: 1, Bytes: sent.Size}, "what is left of one")
		_, err = f.DeleteMessage(f.Context(), m.ID, 1, noon, chat.NoAudit)
		f.ok(err)
		f.ok(f.PurgeDeleted(f.Context(), noon.Add(time.Second)))
		f.ok(f.files.Sweep(f.Context(), noon))
		usage, err = f.FileUsage(f.Context(), 0)
		f.ok(err)
		f.equal(usage, chat.FileUsage{}, "after its message was purged")
	},
	"a picture goes with what it shows": func(f *filed) {
		room, other := f.room("quay", 1), f.roomOf(chat.Private, "cellar", 1)
		old := f.uploadFor(1, "old", chat.UseRoom, 0)
		f.ok(f.SetRoomPicture(f.Context(), room, old.ID))
		now := f.uploadFor(1, "now", chat.UseRoom, 0)
		f.ok(f.SetRoomPicture(f.Context(), room, now.ID))
		left := f.uploadFor(1, "left", chat.UseRoom, 0)
		f.ok(f.SetRoomPicture(f.Context(), other, left.ID))
		f.ok(f.files.Sweep(f.Context(), noon.Add(time.Second)))
		f.equal([]bool{f.has(old), f.has(now), f.has(left)}, []bool{false, true, true}, "there is")
		_, err := f.DeleteRoom(f.Context(), room, noon, chat.NoAudit)
		f.ok(err)
		_, emptied, err := f.RemoveMember(f.Context(), other, 1, noon, chat.NoAudit)
		f.ok(err)
		f.equal(emptied, true, "the last one left")
		f.is(f.SetRoomPicture(f.Context(), room, 0), chat.ErrNotFound, "of a room that is deleted")
		f.ok(f.files.Sweep(f.Context(), noon))
		f.equal([]bool{f.has(now), f.has(left)}, []bool{false, false}, "there is")
	},
	"forms of a picture, and a file that is removed": func(f *filed) {
		file := f.upload(1, "boat.png", 1)
		m := f.send(1, 1, file)
		waiting, err := f.files.WaitingPictures(f.Context(), 5)
		f.ok(err)
		f.equal(len(waiting), 1, "waiting")
		blob, err := f.files.NewForm(f.Context(), file.ID, chat.FormSmall, "image/webp")
		f.ok(err)
		f.ok(f.files.Append(f.Context(), blob, 0, content[:1000]))
		f.ok(f.files.FinishForm(f.Context(), blob, 1000, []byte("sum")))
		file.Kind, file.Width, file.Height, file.State = 1, 30, 20, 0
		changed, err := f.files.SetPicture(f.Context(), file)
		f.ok(err)
		if changed.ID != m.ID || changed.Rev <= m.Rev || len(changed.Files) != 1 || changed.Files[0].Width != 30 {
			f.Errorf("the message became %+v", changed)
		}
		f.equal(len(f.bytesOf(file.ID, chat.FormSmall)), 1000, "bytes of the small form")
		most, err := f.Uploaders(f.Context(), 5)
		f.ok(err)
		f.equal(len(most), 1, "uploaders")
		removed, err := f.RemoveFile(f.Context(), file.ID, entry("file"))
		f.ok(err)
		if removed.ID != m.ID || removed.Rev <= changed.Rev || len(removed.Files) != 1 || removed.Files[0].Name != "" {
			f.Errorf("without the file it became %+v", removed)
		}
		f.ok(f.files.Sweep(f.Context(), noon))
		f.equal(len(f.bytesOf(file.ID, chat.FormOriginal))+len(f.bytesOf(file.ID, chat.FormSmall)), 0, "bytes of the removed file")
		f.equal(f.audit(), "[file]", "entries")
	},
}
