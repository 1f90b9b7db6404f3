package chattest

import (
	"fmt"
	"sync"
	"time"

	"parley/app/chat"
)

var messageTests = map[string]func(*store){
	"the same client id is one message for ever": func(s *store) {
		room, other := s.room("quay", 1, 2), s.room("pier", 1, 2)
		n := s.draft(room, 1, "first words", "same")
		first, err := s.AddMessage(s.Context(), n)
		s.ok(err)
		n.Body = "other words"
		again, err := s.AddMessage(s.Context(), n)
		s.ok(err)
		n.Room = other
		elsewhere, err := s.AddMessage(s.Context(), n)
		s.ok(err)
		for _, a := range []chat.Added{again, elsewhere} {
			if a.Fresh || a.ID != first.ID || a.Body != "first words" || a.Room != room {
				s.Errorf("the repeat is %+v", a)
			}
		}
		s.equal(len(s.log(room)), 1+joined, "rows")
		s.equal(len(s.log(other)), joined, "rows of the other room")
		theirs, err := s.AddMessage(s.Context(), s.draft(room, 2, "mine", "same")) // another author's
		s.ok(err)
		if !theirs.Fresh {
			s.Error("a client id of somebody else is taken")
		}
	},
	"the same client id at the same time": func(s *store) {
		room := s.room("quay", 1)
		var all [20]chat.Added
		var wait sync.WaitGroup
		for i := range all {
			n := s.draft(room, 1, fmt.Sprint("body ", i), "same")
			wait.Go(func() {
				var err error
				if all[i], err = s.AddMessage(s.Context(), n); err != nil {
					s.Error(err)
				}
			})
		}
		wait.Wait()
		fresh := 0
		for _, a := range all {
			if a.Fresh {
				fresh++
			}
			if a.ID != all[0].ID || a.Body != all[0].Body || a.Rev != all[0].Rev {
				s.Errorf("one got %+v, another %+v", a.Message, all[0].Message)
			}
		}
		s.equal(fresh, 1, "fresh")
		s.log(room)
	},
	"many at the same time are numbered in one order": func(s *store) {
		room := s.room("quay", 1, 2, 3, 4)
		var wait sync.WaitGroup
		for who := range chat.AccountID(4) {
			draft := s.draft(room, who+1, "x", "")
			wait.Go(func() {
				for n := range 25 {
					draft.CID = fmt.Sprint("c", n)
					if _, err := s.AddMessage(s.Context(), draft); err != nil {
						s.Error(err)
					}
				}
			})
		}
		wait.Wait()
		var last chat.Rev
		for _, m := range s.log(room) {
			if m.Rev <= last {
				s.Errorf("row %d has rev %d after %d", m.ID, m.Rev, last)
			}
			last = m.Rev
		}
		s.equal(last, s.rev(room), "the last rev")
	},
	"a reply says the last rev it took": func(s *store) {
		room := s.room("quay", 1, 2)
		m := s.says(room, 1, "a question")
		if a := s.answers(m, 2, "an answer"); a.LastRev != s.rev(room) || a.Rev != m.Rev+1 || a.LastRev != a.Rev+1 || a.Quote.ID != m.ID {
			s.Errorf("%+v; the room is at %d", a, s.rev(room))
		}
		plain, err := s.AddMessage(s.Context(), s.draft(room, 1, "no reply", "plain"))
		s.ok(err)
		if plain.LastRev != plain.Rev || plain.Rev != s.rev(room) {
			s.Errorf("%+v; the room is at %d", plain, s.rev(room))
		}
		got, err := s.Message(s.Context(), m.ID)
		s.ok(err)
		s.equal(got.Replies, 1, "replies")
	},
	"a reply to what was deleted stores nothing": func(s *store) {
		room := s.room("quay", 1, 2)
		m := s.says(room, 1, "a question")
		_, err := s.DeleteMessage(s.Context(), m.ID, 1, noon, chat.NoAudit)
		s.ok(err)
		rev := s.rev(room)
		n := s.draft(room, 2, "an answer", "late")
		n.Quote = chat.Quote{ID: m.ID}
		_, err = s.AddMessage(s.Context(), n)
		s.is(err, chat.ErrGone, "the reply")
		s.equal(s.rev(room), rev, "the rev")
		_, err = s.MessageByCID(s.Context(), 2, "late")
		s.is(err, chat.ErrNotFound, "the message")
	},
	"who is not in the room stores nothing": func(s *store) {
		room := s.room("quay", 1)
		rev := s.rev(room)
		_, err := s.AddMessage(s.Context(), s.draft(room, 2, "x", "a"))
		s.is(err, chat.ErrNotFound, "the message")
		_, err = s.AddMessage(s.Context(), s.draft(99, 1, "x", "b"))
		s.is(err, chat.ErrNotFound, "a message in no room")
		s.equal(s.rev(room), rev, "the rev")
	},
	"an edit keeps what was said before": func(s *store) {
		room := s.room("quay", 1, 2)
		m := s.says(room, 1, "first")
		for i, body := range []string{"second", "third"} {
			n := s.draft(room, 1, body, "")
			n.At = noon.Add(time.Duration(i+1) * time.Minute)
			edited, err := s.SetBody(s.Context(), m.ID, n)
			s.ok(err)
			if edited.Body != body || edited.Rev != s.rev(room) || !edited.Edited.Equal(n.At) || edited.ID != m.ID || edited.Posts != m.Posts {
				s.Errorf("edited: %+v", edited)
			}
		}
		versions, more, err := s.Versions(s.Context(), m.ID, 0, 10, 1<<20)
		s.ok(err)
		if len(versions) != 2 || more || versions[0].Text.Plain() != "second" || versions[1].Text.Plain() != "first" {
			s.Errorf("versions: %+v", versions)
		}
		one, more, err := s.Versions(s.Context(), m.ID, 0, 1, 1<<20)
		s.ok(err)
		older, end, err := s.Versions(s.Context(), m.ID, one[0].Rev, 10, 1<<20)
		s.ok(err)
		if !more || end || len(older) != 1 || older[0].Text.Plain() != "first" {
			s.Errorf("the second page of versions: %+v", older)
		}
	},
	"what is deleted can be restored by who deleted it, until it is purged": func(s *store) {
		room := s.room("quay", 1, 2)
		m, next := s.says(room, 1, "a secret word"), s.says(room, 1, "goes on")
		change, err := s.DeleteMessage(s.Context(), m.ID, 1, noon, chat.NoAudit)
		s.ok(err)
		if !change.Deleted || change.Body != "" || change.Rev != s.rev(room) ||
			len(change.With) != 1 || change.With[0].ID != next.ID || change.With[0].Cont {
			s.Errorf("deleted: %+v", change)
		}
		by, at, err := s.Deletion(s.Context(), m.ID)
		s.ok(err)
		s.equal(fmt.Sprint(by, at), fmt.Sprint(1, noon), "the deletion")
		_, err = s.RestoreMessage(s.Context(), m.ID, 2, noon.Add(-time.Minute))
		s.is(err, chat.ErrGone, "restored by another")
		_, err = s.RestoreMessage(s.Context(), m.ID, 1, noon.Add(time.Second))
		s.is(err, chat.ErrGone, "restored too late")
		back, err := s.RestoreMessage(s.Context(), m.ID, 1, noon.Add(-time.Minute))
		s.ok(err)
		if back.Deleted || back.Body != "a secret word" || back.Rev != s.rev(room) {
			s.Errorf("restored: %+v", back)
		}
		_, err = s.DeleteMessage(s.Context(), m.ID, 1, noon, chat.NoAudit)
		s.ok(err)
		s.ok(s.PurgeDeleted(s.Context(), noon.Add(time.Second)))
		_, _, err = s.Deletion(s.Context(), m.ID)
		s.is(err, chat.ErrNotFound, "the deletion of what is purged")
		s.equal(len(s.log(room)), 2+joined, "rows, deleted ones among them")
	},
	"reactions that change nothing take no rev": func(s *store) {
		room := s.room("quay", 1, 2)
		m := s.says(room, 1, "words")
		thumb := func([]chat.Reaction) ([]chat.Reaction, error) {
			return []chat.Reaction{{Emoji: "👍", By: []chat.Person{{ID: 2}}}}, nil
		}
		r, err := s.SetReactions(s.Context(), m.ID, thumb)
		s.ok(err)
		if r.Rev != m.Rev+1 || r.Rev != s.rev(room) || len(r.Reactions) != 1 {
			s.Errorf("%+v", r)
		}
		again, err := s.SetReactions(s.Context(), m.ID, thumb)
		s.ok(err)
		s.equal(fmt.Sprint(again.Rev, s.rev(room)), fmt.Sprint(r.Rev, r.Rev), "the rev after the same again")
		_, err = s.SetReactions(s.Context(), m.ID, func([]chat.Reaction) ([]chat.Reaction, error) { return nil, chat.Invalid("e", "No.") })
		s.is(err, chat.ErrInvalid, "a change that is refused")
		s.equal(s.rev(room), r.Rev, "the rev after a refusal")
	},
	"a conversation is one for the same people": func(s *store) {
		first, err := s.AddDirect(s.Context(), []chat.AccountID{2, 1}, s.draft(0, 1, "psst", "a"))
		s.ok(err)
		second, err := s.AddDirect(s.Context(), []chat.AccountID{1, 2, 1}, s.draft(0, 2, "yes?", "b"))
		s.ok(err)
		s.equal(second.Room, first.Room, "the room")
		found, err := s.Direct(s.Context(), []chat.AccountID{2, 1})
		s.ok(err)
		s.equal(found, first.Room, "the room that is found")
		_, err = s.Direct(s.Context(), []chat.AccountID{1, 3})
		s.is(err, chat.ErrNotFound, "one that nobody began")
	},
}

// joined is how many rows a room begins with that is made with several people.
const joined = 1
