package chattest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"parley/app/chat"
)

var logTests = map[string]func(*store){
	"pages lead through the whole log": func(s *store) {
		room := s.room("quay", 1, 2)
		for n := range 25 {
			s.says(room, 1, fmt.Sprint("line ", n))
		}
		all := s.log(room)
		newest, err := s.History(s.Context(), room, chat.Span{}, 10)
		s.ok(err)
		if !newest.Older || newest.Newer || len(newest.Messages) != 10 {
			s.Errorf("the newest page: %+v", newest)
		}
		got := newest.Messages
		for p := newest; p.Older; {
			p, err = s.History(s.Context(), room, chat.Span{Before: got[0].ID}, 10)
			s.ok(err)
			got = append(slices.Clone(p.Messages), got...)
		}
		s.equal(ids(got), ids(all), "backwards")
		got = all[:3]
		for p := (chat.HistoryPage{Newer: true}); p.Newer; {
			p, err = s.History(s.Context(), room, chat.Span{After: got[len(got)-1].ID}, 10)
			s.ok(err)
			got = append(slices.Clone(got), p.Messages...)
		}
		s.equal(ids(got), ids(all), "forwards")
		around, err := s.History(s.Context(), room, chat.Span{Around: all[12].ID}, 10)
		s.ok(err)
		if !slices.ContainsFunc(around.Messages, func(m chat.Message) bool { return m.ID == all[12].ID }) || !around.Older || !around.Newer {
			s.Errorf("around: %v", ids(around.Messages))
		}
		first, err := s.FirstAfter(s.Context(), room, 20)
		s.ok(err)
		s.equal(first, all[20+joined].ID, "the first after 20 posts")
		_, err = s.FirstAfter(s.Context(), room, 25)
		s.is(err, chat.ErrNotFound, "the first after all")
	},
	"the changes since any rev are the rows that changed": func(s *store) {
		room := s.room("quay", 1, 2)
		var posted []chat.Message
		for n := range 12 {
			posted = append(posted, s.says(room, 1, fmt.Sprint("line ", n)))
		}
		_, err := s.DeleteMessage(s.Context(), posted[3].ID, 1, noon, chat.NoAudit)
		s.ok(err)
		_, err = s.SetBody(s.Context(), posted[0].ID, s.draft(room, 1, "changed", ""))
		s.ok(err)
		s.answers(posted[5], 2, "reply")
		for since := range s.rev(room) + 1 {
			var want []chat.MessageID
			for _, m := range s.log(room) {
				if m.Rev > since {
					want = append(want, m.ID)
				}
			}
			c, err := s.ChangesSince(s.Context(), room, since, 100)
			s.ok(err)
			if c.Rev != s.rev(room) || c.Reset {
				s.Errorf("since %d: %+v", since, c)
			}
			s.equal(ids(c.Messages), want, fmt.Sprint("since ", since))
		}
		c, err := s.ChangesSince(s.Context(), room, 0, 3)
		s.ok(err)
		if !c.Reset {
			s.Error("more than the limit is told")
		}
		c, err = s.ChangesSince(s.Context(), room, chat.Latest, 100)
		s.ok(err)
		if c.Rev != s.rev(room) || c.Reset || len(c.Messages) > 0 {
			s.Errorf("since the latest: %+v", c)
		}
		c, err = s.ChangesSince(s.Context(), room, s.rev(room)+1, 100)
		s.ok(err)
		if c.Rev != s.rev(room) || c.Reset || len(c.Messages) > 0 {
			s.Errorf("since a rev that the room has not come to: %+v", c)
		}
	},
	"who went is among the changes": func(s *store) {
		room := s.room("quay", 1, 2, 3)
		before := s.rev(room)
		rev, _, err := s.RemoveMember(s.Context(), room, 2, noon, chat.NoAudit)
		s.ok(err)
		c, err := s.ChangesSince(s.Context(), room, before, 100)
		s.ok(err)
		s.equal(c.Gone, []chat.AccountID{2}, "gone")
		s.equal(rev, s.rev(room), "the rev")
		again, _, err := s.RemoveMember(s.Context(), room, 2, noon, chat.NoAudit)
		s.ok(err)
		s.equal(fmt.Sprint(again, s.rev(room)), fmt.Sprint(0, rev), "removing who is not in it")
	},
	"the newest of several rooms": func(s *store) {
		one, two, three := s.room("one", 1), s.room("two", 1), s.room("three", 1)
		for n := range 5 {
			s.says(one, 1, fmt.Sprint("one ", n))
		}
		s.says(two, 1, "two")
		newest, err := s.NewestOf(s.Context(), []chat.RoomID{one, two, three}, 3)
		s.ok(err)
		s.equal(ids(newest[one]), ids(s.log(one)[2:]), "room one")
		s.equal(ids(newest[two]), ids(s.log(two)), "room two")
		s.equal(ids(newest[three]), ids(s.log(three)), "room three")
		none, err := s.NewestOf(s.Context(), nil, 3)
		s.ok(err)
		s.equal(len(none), 0, "of no rooms")
	},
	"a thread is what a message answers and what answers it": func(s *store) {
		room := s.room("quay", 1, 2)
		first := s.says(room, 1, "question")
		second := s.answers(first, 2, "answer")
		s.says(room, 1, "something else")
		third := s.answers(second.Message, 1, "thanks")
		thread, more, err := s.Thread(s.Context(), second.ID, chat.ThreadSpan{Up: 10, Down: 10, Bytes: 10_000})
		s.ok(err)
		s.equal(ids(thread), []chat.MessageID{first.ID, second.ID, third.ID}, "the thread")
		s.equal(more, false, "more")
		fourth := s.answers(first, 1, strings.Repeat("long ", 1000))
		for after, want := range map[chat.MessageID][]chat.MessageID{0: {first.ID, second.ID}, second.ID: {first.ID, third.Message.ID}} {
			thread, more, err = s.Thread(s.Context(), first.ID, chat.ThreadSpan{After: after, Down: 1, Bytes: 10_000})
			s.ok(err)
			s.equal(ids(thread), want, "a page of one reply")
			s.equal(more, true, "more than one reply")
		}
		thread, more, err = s.Thread(s.Context(), first.ID, chat.ThreadSpan{After: third.Message.ID, Down: 5, Bytes: 10})
		s.ok(err)
		s.equal(ids(thread), []chat.MessageID{first.ID, fourth.Message.ID}, "one reply, however long")
		s.equal(more, false, "more after the last reply")
		thread, more, err = s.Thread(s.Context(), first.ID, chat.ThreadSpan{Down: 5, Bytes: 2_000})
		s.ok(err)
		s.equal(ids(thread), []chat.MessageID{first.ID, second.ID, third.Message.ID}, "as much as the bytes are for")
		s.equal(more, true, "more than the bytes are for")
		thread, _, err = s.Thread(s.Context(), second.ID, chat.ThreadSpan{Up: 5, Down: 5, Bytes: 10})
		s.ok(err)
		s.equal(ids(thread), []chat.MessageID{second.ID, third.Message.ID}, "no room for what it answers")
	},
	"what is older than a time goes, bit by bit": func(s *store) {
		room := s.room("quay", 1)
		for n := range 5 {
			m := s.draft(room, 1, "old", fmt.Sprint("old", n))
			m.At = noon.Add(-48 * time.Hour)
			_, err := s.AddMessage(s.Context(), m)
			s.ok(err)
		}
		young := s.says(room, 1, "young")
		for end := time.Now().Add(time.Minute); ; { // it may take a moment until a store knows of what day a message is
			n, err := s.DeleteBefore(s.Context(), noon.Add(-24*time.Hour))
			s.ok(err)
			left, err := s.History(s.Context(), room, chat.Span{}, 100)
			s.ok(err)
			if n == 0 && len(left.Messages) == 1 && left.Messages[0].ID == young.ID {
				break
			}
			if time.Now().After(end) {
				s.Fatalf("left: %v", ids(left.Messages))
			}
		}
		s.equal(s.says(room, 1, "next").Posts, 7, "the count of posts goes on")
	},
}

func ids(list []chat.Message) (ids []chat.MessageID) {
	for _, m := range list {
		ids = append(ids, m.ID)
	}
	return ids
}
