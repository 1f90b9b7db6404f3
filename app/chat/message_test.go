package chat_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"parley/app/chat"
)

func (w *world) answers(who string, to chat.Message, body string) chat.Message {
	w.Helper()
	m, err := w.chat.PostMessage(w.ctx, w.people[who], to.Room, chat.Draft{Body: body, ReplyTo: to.ID})
	w.ok(err)
	return m
}

// stored reads a message as it stands in the store.
func (w *world) stored(m chat.Message) chat.Message {
	w.Helper()
	is, err := w.store.Message(w.ctx, m.ID)
	w.ok(err)
	return is
}

func (w *world) mentions(who string, room chat.RoomID) int {
	w.Helper()
	_, m, err := w.store.RoomFor(w.ctx, room, w.people[who].ID)
	w.ok(err)
	return m.Mentions
}

func TestAReplyIsForWhoIsAnsweredAndCountsThere(t *testing.T) {
	w := begin(t, "ada", "bea", "cid")
	q := w.says("ada", 1, "shall we *sail*, "+strings.Repeat("and sail ", 20))
	a := w.answers("bea", q, "aye")
	if !slices.Equal(a.For, w.ids("ada")) || w.mentions("ada", 1) != 1 {
		t.Errorf("the reply is for %v, ada has %d mentions", a.For, w.mentions("ada", 1))
	}
	if got := a.Quote; got.By != "ada" || !strings.HasPrefix(got.Text, "shall we sail, and sail") || len([]rune(got.Text)) > chat.MaxQuote ||
		!strings.HasSuffix(got.Text, "…") {
		t.Errorf("the quote is %+v", got)
	}
	if is := w.stored(q); is.Replies != 1 || is.Rev <= a.Rev {
		t.Errorf("%d replies at rev %d, the reply has %d", is.Replies, is.Rev, a.Rev)
	}
	if own := w.answers("ada", q, "to myself"); len(own.For) != 0 {
		t.Error("a reply to oneself is for", own.For)
	}
	if m, err := w.chat.EditMessage(w.ctx, w.people["bea"], a.ID, "aye, @cid"); err != nil || !slices.Equal(m.For, w.ids("ada", "cid")) {
		t.Error("after an edit it is for", m.For, err)
	}
	if _, err := w.chat.EditMessage(w.ctx, w.people["ada"], q.ID, "shall we stay"); err != nil {
		t.Fatal(err)
	}
	if is := w.stored(a); is.Quote.Text != "shall we stay" {
		t.Errorf("the quote still says %q", is.Quote.Text)
	}
}

func TestAReplyStaysInItsRoomAndAnswersWhatIsThere(t *testing.T) {
	w := begin(t, "ada", "bea")
	other := w.room("other", chat.Private, "ada")
	hidden := w.says("ada", other, "hidden")
	gone := w.says("ada", 1, "gone")
	_, err := w.chat.DeleteMessage(w.ctx, w.people["ada"], gone.ID)
	w.ok(err)
	for _, to := range []chat.MessageID{hidden.ID, 424242, 1} { // 1 tells who joined
		if _, err := w.chat.PostMessage(w.ctx, w.people["bea"], 1, chat.Draft{Body: "x", ReplyTo: to}); !errors.Is(err, chat.ErrNotFound) {
			t.Errorf("a reply to %d: %v", to, err)
		}
	}
	if _, err := w.chat.PostMessage(w.ctx, w.people["bea"], 1, chat.Draft{Body: "x", ReplyTo: gone.ID}); !errors.Is(err, chat.ErrGone) ||
		err.Error() != chat.AnswersNothing {
		t.Error("a reply to what was deleted:", err)
	}
	if _, err := w.chat.PostDirect(w.ctx, w.people["bea"], w.ids("ada"), chat.Draft{Body: "x", ReplyTo: hidden.ID}); !errors.Is(err,
		chat.ErrNotFound) {
		t.Error("a reply that begins a conversation:", err)
	}
	first, err := w.chat.PostMessage(w.ctx, w.people["ada"], 1, chat.Draft{Body: "q", CID: "q"})
	w.ok(err)
	for range 2 { // sent again
		_, err := w.chat.PostMessage(w.ctx, w.people["bea"], 1, chat.Draft{Body: "a", CID: "a", ReplyTo: first.ID})
		w.ok(err)
	}
	if n := w.stored(first).Replies; n != 1 {
		t.Errorf("a reply sent twice counts %d times", n)
	}
}

func TestARepeatIsAnsweredWithWhatWasStored(t *testing.T) {
	w := begin(t, "ada", "bea")
	asked := w.says("ada", 1, "a question")
	answer := chat.Draft{Body: "an answer", CID: "answer", ReplyTo: asked.ID}
	stored, err := w.chat.PostMessage(w.ctx, w.people["bea"], 1, answer)
	w.ok(err)
	_, err = w.chat.DeleteMessage(w.ctx, w.people["ada"], asked.ID)
	w.ok(err)
	if m, err := w.chat.PostMessage(w.ctx, w.people["bea"], 1, answer); err != nil || m.ID != stored.ID {
		t.Errorf("after what it answers was deleted: %d, %v, want %d", m.ID, err, stored.ID)
	}
	for _, to := range []string{"conversation", "person"} {
		d := chat.Draft{Body: "between us", CID: "to-a-" + to}
		stored, err := w.chat.PostDirect(w.ctx, w.people["ada"], w.ids("bea"), d)
		w.ok(err)
		w.ok(w.store.DisableAccount(w.ctx, w.people["bea"].ID, w.now, false, false, chat.NoAudit))
		var m chat.Message
		if to == "person" {
			m, err = w.chat.PostDirect(w.ctx, w.people["ada"], w.ids("bea"), d)
		} else {
			m, err = w.chat.PostMessage(w.ctx, w.people["ada"], stored.Room, d)
		}
		if err != nil || m.ID != stored.ID {
			t.Errorf("to a %s that was deactivated: %d, %v, want %d", to, m.ID, err, stored.ID)
		}
		w.ok(w.store.EnableAccount(w.ctx, w.people["bea"].ID, chat.NoAudit))
	}
}

func TestADeletionCanBeUndoneForAMinuteByWhoDidIt(t *testing.T) {
	w := begin(t, "ada", "bea", "cid")
	room := w.room("r", chat.Private, "ada", "bea", "cid")
	m := w.says("bea", room, "for @cid")
	_, err := w.chat.React(w.ctx, w.people["cid"], m.ID, ":tada:", nil)
	w.ok(err)
	_, err = w.chat.EditMessage(w.ctx, w.people["bea"], m.ID, "really for @cid")
	w.ok(err)
	before := w.stored(m)
	change, err := w.chat.DeleteMessage(w.ctx, w.people["ada"], m.ID) // she owns the room
	w.ok(err)
	if change.Body != "" || len(change.Text.Blocks)+len(change.Reactions)+len(change.For) > 0 || !change.Deleted ||
		w.mentions("cid", room) != 0 {
		t.Errorf("a deleted message still says something: %+v", change.Message)
	}
	for name, want := range map[string]error{"bea": chat.ErrForbidden, "cid": chat.ErrGone} {
		if _, err := w.chat.RestoreMessage(w.ctx, w.people[name], m.ID); !errors.Is(err, want) {
			t.Errorf("%s brings it back: %v", name, err)
		}
	}
	for name, err := range map[string]error{
		"page":      second(w.chat.OpenMessage(w.ctx, w.people["bea"], m.ID, 0, 0)),
		"permalink": second(w.chat.OpenRoom(w.ctx, w.people["bea"], room, chat.RoomQuery{Message: m.ID})),
		"edit":      second(w.chat.EditMessage(w.ctx, w.people["bea"], m.ID, "x")),
		"reaction":  second(w.chat.React(w.ctx, w.people["bea"], m.ID, "👍", nil)),
	} {
		if !errors.Is(err, chat.ErrGone) {
			t.Errorf("%s of a deleted message: %v", name, err)
		}
	}
	w.now = w.now.Add(chat.UndoFor)
	for range 2 {
		change, err = w.chat.RestoreMessage(w.ctx, w.people["ada"], m.ID)
		w.ok(err)
	}
	after := change.Message
	if after.Rev <= before.Rev || w.mentions("cid", room) != 1 {
		t.Errorf("rev %d after %d, %d mentions", after.Rev, before.Rev, w.mentions("cid", room))
	}
	if after.Body != before.Body || after.Text.Plain() != before.Text.Plain() || !slices.Equal(after.For, before.For) ||
		len(after.Reactions) != 1 || after.Reactions[0].Emoji != "🎉" || !after.Edited.Equal(before.Edited) {
		t.Errorf("came back as %+v, was %+v", after, before)
	}
	if p, err := w.chat.OpenMessage(w.ctx, w.people["bea"], m.ID, 0, 0); err != nil || len(p.Versions) != 1 {
		t.Error("the versions did not come back:", p.Versions, err)
	}

	_, err = w.chat.DeleteMessage(w.ctx, w.people["bea"], m.ID)
	w.ok(err)
	w.now = w.now.Add(chat.UndoFor + time.Second)
	if _, err := w.chat.RestoreMessage(w.ctx, w.people["bea"], m.ID); !errors.Is(err, chat.ErrGone) || err.Error() != chat.DeletedForGood {
		t.Error("after a minute:", err)
	}
	w.ok(w.chat.PurgeDeleted(w.ctx))
	w.now = w.now.Add(-chat.UndoFor)
	if _, err := w.chat.RestoreMessage(w.ctx, w.people["bea"], m.ID); !errors.Is(err, chat.ErrGone) {
		t.Error("after the sweep:", err)
	}
}

func second[T any](_ T, err error) error { return err }

func TestRowsAreGroupedAnewAroundADeletion(t *testing.T) {
	w := begin(t, "ada", "bea")
	a, b, c := w.says("ada", 1, "a"), w.says("ada", 1, "b"), w.says("ada", 1, "c")
	other := w.says("bea", 1, "other")
	conts := func() (s string) {
		for _, m := range []chat.Message{a, b, c, other} {
			switch is := w.stored(m); {
			case is.Deleted:
				s += "x"
			case is.Cont:
				s += "+"
			default:
				s += "|"
			}
		}
		return s
	}
	want := func(what, s string) {
		t.Helper()
		if got := conts(); got != s {
			t.Errorf("%s: %s, want %s", what, got, s)
		}
	}
	toggle := func(m chat.Message, on bool) chat.MessageChange {
		t.Helper()
		do := w.chat.RestoreMessage
		if !on {
			do = w.chat.DeleteMessage
		}
		change, err := do(w.ctx, w.people[m.Author.Username], m.ID)
		w.ok(err)
		return change
	}
	want("at first", "|++|")
	if with := toggle(a, false).With; len(with) != 1 || with[0].ID != b.ID || with[0].Rev != w.stored(a).Rev {
		t.Errorf("the next row is not told with the deletion: %+v", with)
	}
	want("without the head", "x|+|")
	if with := toggle(a, true).With; len(with) != 1 || with[0].ID != b.ID {
		t.Errorf("the next row is not told with the return: %+v", with)
	}
	want("with the head again", "|++|")
	if with := toggle(b, false).With; len(with) != 0 {
		t.Errorf("what stays as it is is told again: %+v", with)
	}
	toggle(a, false)
	want("without two", "xx||")
	toggle(b, true)
	want("the second is the head", "x|+|")
	toggle(a, true)
	want("all", "|++|")
	toggle(other, false)
	if d := w.says("ada", 1, "d"); !d.Cont {
		t.Error("what is said after a deleted message does not go on from the one before it")
	}
	toggle(other, true)
	want("between", "|++|")
}

func TestEmojiAreKnownByTheirNames(t *testing.T) {
	for in, want := range map[string]string{":tada:": "🎉", "👍": "👍", "👍\uFE0F": "👍", "❤": "❤️", "❤️": "❤️", ":+1:": "👍", ":red_heart:": "❤️",
		" 🎉 ": "🎉", "👍🏽": "👍🏽", ":face_with_tears_of_joy:": "😂"} {
		if got, err := chat.ParseReaction(in); err != nil || got != want {
			t.Errorf("%q: %q, %v; want %q", in, got, err, want)
		}
	}
	for _, in := range []string{"", "x", ":nothing_like_it:", "🎉🎉", ":tada", "tada", "::", ":tada::tada:", "1"} {
		if got, err := chat.ParseReaction(in); !errors.Is(err, chat.ErrInvalid) {
			t.Errorf("%q is taken for %q", in, got)
		}
	}
	n := 0
	for line := range strings.Lines(string(chat.EmojiTable)) {
		e, _, _ := strings.Cut(line, " ")
		if e == "#" || e == "=" {
			continue
		}
		n++
		if got, err := chat.ParseReaction(e); err != nil || got != e || chat.EmojiName(e) == "" {
			t.Errorf("%s of the table: %q, %v", e, got, err)
		}
	}
	if n != 1914 {
		t.Errorf("the table has %d emoji", n)
	}
	for in, want := range map[string]string{"done :tada:!": "done 🎉!", "`:tada:` stays": ":tada: stays", "at 10:100:30": "at 10:100:30",
		"x:tada:": "x:tada:", ":tada::+1:": "🎉👍", ":none: :tada:": ":none: 🎉", "https://a.example/:tada:": "https://a.example/:tada:",
		"```\n:tada:\n```": ":tada:"} {
		text, err := chat.ParseText(in)
		if err != nil || text.Plain() != want {
			t.Errorf("%q says %q, %v; want %q", in, text.Plain(), err, want)
		}
	}
	if text, _ := chat.ParseText(":tada: :+1:"); !text.Jumbo || text.Plain() != "🎉 👍" {
		t.Errorf("nothing but names of emoji: %+v", text)
	}
}

func TestTheSameReactionInTwoSpellingsIsOne(t *testing.T) {
	w := begin(t, "ada")
	m := w.says("ada", 1, "x")
	yes, no := true, false
	for _, e := range []string{"👍\uFE0F", "👍", ":thumbsup:"} {
		_, err := w.chat.React(w.ctx, w.people["ada"], m.ID, e, &yes)
		w.ok(err)
	}
	if is := w.stored(m); len(is.Reactions) != 1 || len(is.Reactions[0].By) != 1 {
		t.Errorf("%+v", is.Reactions)
	}
	_, err := w.chat.React(w.ctx, w.people["ada"], m.ID, ":+1:", &no)
	w.ok(err)
	if is := w.stored(m); len(is.Reactions) != 0 {
		t.Errorf("%+v", is.Reactions)
	}
}

// @bea-cid is cid's friend, and not bea: also in the message that begins a conversation.
func TestTheLongestNameIsMeantInTheFirstMessageOfAConversation(t *testing.T) {
	w := begin(t, "ada", "bea", "bea-cid")
	w.direct("bea", "bea-cid") // what others do makes no difference
	m, err := w.chat.PostDirect(w.ctx, w.people["ada"], w.ids("bea"), chat.Draft{Body: "ask @bea-cid"})
	w.ok(err)
	if ids := m.Text.Mentioned(); len(ids) != 0 {
		t.Errorf("the first message mentions %v", ids)
	}
	again := w.says("ada", m.Room, "ask @bea-cid")
	if ids := again.Text.Mentioned(); len(ids) != 0 {
		t.Errorf("the next message mentions %v", ids)
	}
}
