package chattest

import (
	"fmt"
	"time"

	"parley/app/chat"
)

// word is a search for one word.
func word(w string) chat.Search {
	return chat.Search{All: []chat.Match{{Tokens: []string{w}}}, Limit: 100}
}

// search waits until the index knows everything.
func (s *store) search(who chat.AccountID, q chat.Search) (hits []chat.Hit, older chat.MessageID) {
	s.Helper()
	for end := time.Now().Add(time.Minute); ; {
		hits, older, behind, err := s.Search(s.Context(), who, q)
		s.ok(err)
		if !behind {
			return hits, older
		}
		if time.Now().After(end) {
			s.Fatal("the index stays behind")
		}
	}
}

func (s *store) finds(who chat.AccountID, q chat.Search) (found []chat.MessageID) {
	s.Helper()
	hits, _ := s.search(who, q)
	for _, h := range hits {
		found = append(found, h.ID)
	}
	return found
}

var searchTests = map[string]func(*store){
	"pages of results, the newest first": func(s *store) {
		room := s.room("quay", 1, 2)
		var want []chat.MessageID
		for n := range 7 {
			want = append([]chat.MessageID{s.says(room, 1, fmt.Sprint("harbour ", n)).ID}, want...)
			s.says(room, 1, "nothing")
		}
		q := word("harbour")
		q.Limit = 3
		var got []chat.MessageID
		for {
			hits, older := s.search(2, q)
			for _, h := range hits {
				got = append(got, h.ID)
				s.equal(fmt.Sprint(h.Place.Name, h.Place.Room.ID), fmt.Sprint("quay", room), "the place")
			}
			if q.Before = older; older == 0 {
				break
			}
		}
		s.equal(got, want, "found")
	},
	"words, phrases, beginnings and what must not be there": func(s *store) {
		one, two := s.says(1, 1, "The red lighthouse by the sea"), s.says(1, 1, "a red light in a house")
		match := func(prefix bool, tokens ...string) []chat.Match {
			return []chat.Match{{Tokens: tokens, Prefix: prefix}}
		}
		for what, c := range map[string]struct {
			q    chat.Search
			want []chat.MessageID
		}{
			"a word":          {chat.Search{All: match(false, "red")}, []chat.MessageID{two.ID, one.ID}},
			"not its part":    {chat.Search{All: match(false, "house")}, []chat.MessageID{two.ID}},
			"a beginning":     {chat.Search{All: match(true, "light")}, []chat.MessageID{two.ID, one.ID}},
			"a phrase":        {chat.Search{All: match(false, "red", "light")}, []chat.MessageID{two.ID}},
			"without a word":  {chat.Search{All: match(false, "red"), None: match(false, "sea")}, []chat.MessageID{two.ID}},
			"two that must":   {chat.Search{All: append(match(false, "red"), match(false, "sea")...)}, []chat.MessageID{one.ID}},
			"what nobody has": {chat.Search{All: match(false, "blue")}, nil},
		} {
			c.q.Limit = 10
			s.equal(s.finds(2, c.q), c.want, what)
		}
	},
	"by author, room, fact and day": func(s *store) {
		room := s.room("quay", 1, 2)
		link, code := s.says(1, 1, "see https://a.example"), s.says(room, 2, "run `make`")
		old := s.draft(room, 1, "old words", "old")
		old.At = noon.Add(-48 * time.Hour)
		before, err := s.AddMessage(s.Context(), old)
		s.ok(err)
		reacted, err := s.SetReactions(s.Context(), code.ID, func([]chat.Reaction) ([]chat.Reaction, error) {
			return []chat.Reaction{{Emoji: "👍", By: []chat.Person{{ID: 1}}}}, nil
		})
		s.ok(err)
		midnight := noon.Truncate(24 * time.Hour)
		yesterday := midnight.Add(-24 * time.Hour)
		for what, c := range map[string]struct {
			q    chat.Search
			want []chat.MessageID
		}{
			"of an author":     {chat.Search{From: []chat.AccountID{2}}, []chat.MessageID{code.ID}},
			"not of an author": {chat.Search{NotFrom: []chat.AccountID{1}}, []chat.MessageID{code.ID}},
			"in a room":        {chat.Search{In: []chat.RoomID{room}}, []chat.MessageID{before.ID, code.ID}},
			"not in a room":    {chat.Search{NotIn: []chat.RoomID{room}}, []chat.MessageID{link.ID}},
			"with a link":      {chat.Search{Has: []chat.Fact{chat.HasLink}}, []chat.MessageID{link.ID}},
			"with code":        {chat.Search{Has: []chat.Fact{chat.HasCode}}, []chat.MessageID{code.ID}},
			"with a reaction":  {chat.Search{Has: []chat.Fact{chat.HasReaction}}, []chat.MessageID{reacted.ID}},
			"without a link":   {chat.Search{Lacks: []chat.Fact{chat.HasLink}, NotFrom: []chat.AccountID{1}}, []chat.MessageID{code.ID}},
			"since a day":      {chat.Search{Since: midnight}, []chat.MessageID{code.ID, link.ID}},
			"until a day":      {chat.Search{Until: midnight}, []chat.MessageID{before.ID}},
			"on a day":         {chat.Search{Since: midnight.Add(-48 * time.Hour), Until: yesterday}, []chat.MessageID{before.ID}},
			"on no day":        {chat.Search{Since: midnight.Add(24 * time.Hour)}, nil},
		} {
			c.q.Limit = 10
			s.equal(s.finds(1, c.q), c.want, what)
		}
	},
	"signs are looked for as they stand": func(s *store) {
		plus := s.says(1, 1, "I like C++ most")
		s.says(1, 1, "I like C most")
		q := word("like")
		q.Literals = []chat.Literal{{Text: "c++"}}
		s.equal(s.finds(2, q), []chat.MessageID{plus.ID}, "with the signs")
	},
	"who may not read finds nothing": func(s *store) {
		open, private := s.room("quay", 1, 2), s.roomOf(chat.Private, "cellar", 1, 2)
		said := []chat.MessageID{s.says(open, 1, "lighthouse").ID, s.says(private, 1, "lighthouse").ID}
		direct, err := s.AddDirect(s.Context(), []chat.AccountID{1, 2}, s.draft(0, 1, "lighthouse", "direct"))
		s.ok(err)
		s.equal(s.finds(2, word("lighthouse")), []chat.MessageID{direct.ID, said[1], said[0]}, "who is in all of it")
		s.equal(s.finds(3, word("lighthouse")), said[:1], "who is in none of it")
		_, _, err = s.RemoveMember(s.Context(), private, 2, noon, chat.NoAudit)
		s.ok(err)
		_, err = s.BanMember(s.Context(), open, 2, noon, chat.NoAudit)
		s.ok(err)
		s.equal(s.finds(2, word("lighthouse")), []chat.MessageID{direct.ID}, "who was removed and banned")
		s.equal(len(s.finds(2, chat.Search{In: []chat.RoomID{private}, Limit: 9})), 0, "in a room that he is not in")
	},
	"what is changed, deleted and restored is found as it is": func(s *store) {
		m := s.says(1, 1, "lighthouse")
		s.equal(s.finds(2, word("lighthouse")), []chat.MessageID{m.ID}, "as it was said")
		_, err := s.SetBody(s.Context(), m.ID, s.draft(1, 1, "harbour", ""))
		s.ok(err)
		s.equal(len(s.finds(2, word("lighthouse"))), 0, "after it was changed")
		s.equal(s.finds(2, word("harbour")), []chat.MessageID{m.ID}, "as it is now")
		_, err = s.DeleteMessage(s.Context(), m.ID, 1, noon, chat.NoAudit)
		s.ok(err)
		s.equal(len(s.finds(2, word("harbour"))), 0, "after it was deleted")
		_, err = s.RestoreMessage(s.Context(), m.ID, 1, noon.Add(-time.Minute))
		s.ok(err)
		s.equal(s.finds(2, word("harbour")), []chat.MessageID{m.ID}, "after it was restored")
		room := s.room("quay", 1)
		s.says(room, 1, "harbour")
		_, err = s.DeleteRoom(s.Context(), room, noon, chat.NoAudit)
		s.ok(err)
		s.equal(s.finds(2, word("harbour")), []chat.MessageID{m.ID}, "without a room that was deleted")
	},
	"a room that becomes private or open is found by who may read it": func(s *store) {
		room := s.room("quay", 1, 2)
		m := s.says(room, 1, "lighthouse")
		s.equal(s.finds(3, word("lighthouse")), []chat.MessageID{m.ID}, "while it is open")
		_, err := s.SetVisibility(s.Context(), room, 1, chat.Private, noon, chat.NoAudit)
		s.ok(err)
		s.equal(len(s.finds(3, word("lighthouse"))), 0, "by others, while it is private")
		s.equal(s.finds(2, word("lighthouse")), []chat.MessageID{m.ID}, "by a member, while it is private")
		_, err = s.SetVisibility(s.Context(), room, 1, chat.Open, noon, chat.NoAudit)
		s.ok(err)
		s.equal(s.finds(3, word("lighthouse")), []chat.MessageID{m.ID}, "when it is open again")
	},
	"a link is found by the name that its room has now, and by the one that was typed": func(s *store) {
		room, other := s.room("quay", 1), s.room("shed", 1)
		cellar := s.roomOf(chat.Private, "cellar", 1, 2)
		linking := func(in chat.RoomID, body, cid string) chat.NewMessage {
			n := s.draft(in, 1, body, cid)
			links, err := s.OpenRoomsNamed(s.Context(), n.Text.RoomNames())
			s.ok(err)
			n.Text.LinkRooms(links)
			return n
		}
		said := func(in chat.RoomID, body string) chat.MessageID {
			a, err := s.AddMessage(s.Context(), linking(in, body, body))
			s.ok(err)
			return a.ID
		}
		phrase := func(tokens ...string) chat.Search {
			return chat.Search{All: []chat.Match{{Tokens: tokens}}, Limit: 100}
		}
		rename := func(room chat.RoomID, name string) {
			_, err := s.SetRoomName(s.Context(), room, 1, name, noon)
			s.ok(err)
		}
		open := said(1, "meet at #quay now, or in the #shed")
		hidden := said(cellar, "#quay is ours")
		s.says(1, 1, "the quay is wet") // links to nothing
		s.equal(len(s.finds(2, word("pier"))), 0, "before it is called so")
		rename(room, "old pier")
		later := said(1, "back to #old pier")
		s.equal(s.finds(2, word("pier")), []chat.MessageID{later, hidden, open}, "by a word of its name")
		s.equal(s.finds(3, word("pier")), []chat.MessageID{later, open}, "by who may not read all")
		s.equal(s.finds(2, phrase("meet", "at", "old", "pier", "now", "or", "in", "the", "shed")), []chat.MessageID{open}, "with the words around it")
		s.equal(s.finds(2, phrase("at", "quay", "now")), []chat.MessageID{open}, "as it was typed")
		s.equal(len(s.finds(2, phrase("shed", "meet"))), 0, "by what does not follow each other")
		signs := phrase("at", "old", "pier")
		signs.Literals = []chat.Literal{{Text: "at #old pier now,"}}
		s.equal(s.finds(2, signs), []chat.MessageID{open}, "with its sign")
		without := phrase("back")
		without.All, without.None = nil, []chat.Match{{Tokens: []string{"pier"}}}
		without.In = []chat.RoomID{cellar}
		s.equal(len(s.finds(2, without)), 0, "without its name")
		rename(room, "jetty")
		rename(other, "barn")
		s.equal(s.finds(2, phrase("jetty", "now", "or", "in", "the", "barn")), []chat.MessageID{open}, "when both are called something else")
		s.equal(s.finds(2, word("pier")), []chat.MessageID{later}, "by the name in between")
		_, err := s.SetBody(s.Context(), hidden, linking(cellar, "#jetty and #barn", ""))
		s.ok(err)
		s.equal(s.finds(2, word("barn")), []chat.MessageID{hidden, open}, "as it was changed to")
		s.equal(s.finds(2, word("quay")), s.finds(3, word("quay")), "and not as it was")
		_, err = s.SetVisibility(s.Context(), room, 1, chat.Private, noon, chat.NoAudit)
		s.ok(err)
		s.equal(s.finds(1, word("jetty")), []chat.MessageID{hidden}, "a private room keeps the names under which it was linked")
		rename(room, "vault")
		s.equal(len(s.finds(1, word("vault"))), 0, "what a private room is called")
		_, err = s.SetVisibility(s.Context(), room, 1, chat.Open, noon, chat.NoAudit)
		s.ok(err)
		s.equal(s.finds(3, word("vault")), []chat.MessageID{later, open}, "when it is open again")
		_, err = s.DeleteRoom(s.Context(), room, noon, chat.NoAudit)
		s.ok(err)
		s.equal(len(s.finds(1, word("vault"))), 0, "what a room was called that is deleted")
	},
	"rooms are found by their names": func(s *store) {
		open, private := s.room("quay", 1), s.roomOf(chat.Private, "quay", 2)
		for who, want := range map[chat.AccountID][]chat.RoomID{1: {open}, 2: {open, private}} {
			rooms, err := s.RoomsNamed(s.Context(), who, "QUAY")
			s.ok(err)
			s.equal(rooms, want, fmt.Sprint("by ", who))
		}
	},
}
