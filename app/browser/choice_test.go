package browser

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"parley/app/apptest"
	"parley/app/chat"
)

func TestSuggestionsCompleteNamesRoomsAndEmoji(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, mei := s.Signup("ada"), s.Signup("mei.tanaka")
	s.Signup("tomas")
	ada.Post("/rooms", "name", "harbour", "kind", "open").Want(t, 303)
	mei.Tell(1, "good morning")
	p := openChromium(t).person("ada", s.Base)
	p.enter(ada)
	p.open("/rooms/1")
	p.live()
	p.write("hello @")
	p.until("people, who spoke last first", `document.querySelector('#ac:not([hidden]) .opt')?.dataset.insert === '@mei.tanaka'`)
	p.until("one is chosen for who cannot see it", `document.activeElement.id === 'box' &&
		document.getElementById(document.activeElement.getAttribute('aria-activedescendant'))?.ariaSelected === 'true'`)
	p.keys("to")
	p.until("only who fits", `document.querySelectorAll('#ac .opt').length === 1 &&
		document.querySelector('#ac .opt').dataset.insert === '@tomas'`)
	p.keys(kb.Tab)
	p.until("it is in the text and nothing was sent", `box.value === 'hello @tomas '`)
	p.keys("see #ha")
	p.until("rooms", `document.querySelector('#ac:not([hidden]) .opt')?.dataset.insert === '#harbour'`)
	p.keys(kb.Escape)
	p.until("closed", `document.querySelector('#ac').hidden`)
	p.keys(" :tad")
	p.until("emoji", `document.querySelector('#ac:not([hidden]) .opt')?.dataset.insert === '🎉'`)
	p.keys(kb.Tab)
	p.until("the emoji is in the text", `box.value.endsWith('🎉 ')`)
	p.keys(kb.Enter)
	p.once("hello @tomas see #ha 🎉")
	if got := s.Visitor().Get("/rooms/1/mentions").Status; got != 303 {
		t.Error("a visitor is answered with", got)
	}
	// Suggestions of a private room are for its people.
	ada.Post("/rooms", "name", "secret", "kind", "private").Want(t, 303)
	mei.Get("/rooms/3/mentions").Want(t, 404)
}

func TestSuggestionsHelpInAnswersAndEditsToo(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	s.Signup("tomas")
	seq := ada.Send(1, "root", "Shall we?")
	p := openChromium(t).person("ada", s.Base)
	p.enter(ada)
	chosen := func(text string) {
		t.Helper()
		p.until("it is suggested", `document.querySelector('#ac:not([hidden]) .opt')?.dataset.insert === `+quote(text))
		p.shot("suggested " + text)
		p.keys(kb.Tab)
		p.until("it is in the text", `document.activeElement.value.endsWith(`+quote(text+" ")+`)`)
	}
	p.open("/rooms/1")
	p.live()
	p.focusOn("Shall we?")
	p.keys("e")
	p.until("the form of an edit", `document.activeElement.closest('form.edit')`)
	p.keys(" @to")
	chosen("@tomas")
	p.keys(kb.Enter)
	p.sees("#tl-1 .body", "Shall we? @tomas")
	ada.Post("/rooms/1/messages", "body", "Let us.", "reply_to", seq).Want(t, 303)
	p.click("#stream .replies", "")
	p.sees("#panel h2", "Conversation")
	p.click("#answer", "")
	p.keys("yes :tad")
	chosen("🎉")
	p.keys(kb.Enter)
	p.once("yes 🎉")
	p.size(390, 844)
	p.open("/messages/" + seq) // the conversation has the page to itself
	p.live()
	p.click("#answer", "")
	p.keys("and @to")
	chosen("@tomas")
}

func TestWhatWasForSomebodyStandsOnOnePage(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, mei := s.Signup("ada"), s.Signup("mei")
	ada.Post("/rooms", "name", "secret", "kind", "private", "people", "2").Want(t, 303)
	ada.Tell(1, "The boat is late.")
	ada.Tell(1, "morning @mei, all well?")
	ada.Tell(2, "only us, @mei")
	ada.Tell(1, "nobody in particular")
	page := mei.Get("/mentions").Body
	for text, want := range map[string]bool{"morning": true, "only us": true, "particular": false} {
		if strings.Contains(page, text) != want {
			t.Errorf("%q on the page: %v", text, !want)
		}
	}
	if !strings.Contains(page, `<q dir="auto">The boat is late.</q>`) || strings.Count(page, ">New</span>") != 2 {
		t.Error("it does not say what was said before, or what is new")
	}
	ada.Post("/rooms/2/members/2/remove").Want(t, 303)
	if strings.Contains(mei.Get("/mentions").Body, "only us") {
		t.Error("who was put out still reads what was said to him there")
	}
	if strings.Contains(ada.Get("/mentions").Body, "morning") {
		t.Error("it was not said to ada")
	}
}

func TestWhatSomebodyChoseIsKept(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	p := openChromium(t).person("ada", s.Base)
	p.enter(ada)
	p.open("/rooms/1")
	other := s.Visitor()
	other.Post("/login", "username", "ada", "password", apptest.Password).Want(t, 303)
	p.live()
	ada.Post("/me/appearance", "theme", "dark", "density", "compact", "enter", "newline", "zone", "Asia/Tokyo",
		"clock", "24", "keys", "off").Want(t, 303)
	p.until("an open page follows", `document.documentElement.dataset.theme === 'dark' &&
		document.documentElement.dataset.density === 'compact'`)
	p.open("/rooms/1")
	p.write("line one")
	p.keys(kb.Enter)
	p.until("Enter is a new line", `box.value === 'line one\n'`)
	p.never("#hint b", "Enter")
	ada.Post("/me/appearance", "theme", "purple").Want(t, 422)
	ada.Post("/me/appearance", "zone", "Atlantis/Capital").Want(t, 422)
	ada.Post("/me/notifications", "quiet_from", "22:00").Want(t, 422)
	ada.Post("/me", "name", "Ada Okafor", "title", "Designer", "bio", "Boats.\nAnd light.").Want(t, 303)
	if page := ada.Get("/people/1").Body; !strings.Contains(page, "Designer") || !strings.Contains(page, "And light.") ||
		!strings.Contains(page, "in Tokyo") {
		t.Error("the profile does not show what was said")
	}
	if n := strings.Count(ada.Get("/me/sessions").Body, `action="/me/sessions/`); n < 2 { // one other at least, and all
		t.Error("sessions to end:", n)
	}
	ada.Post("/me/sessions/end").Want(t, 303)
	if other.Get("/").Status != 303 {
		t.Error("the other session goes on")
	}
	ada.Get("/").Want(t, 200)
}

func TestARoomIsNotifiedOfAsItsPeopleChose(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, mei := s.Signup("ada"), s.Signup("mei")
	ada.Post("/rooms", "name", "quiet", "kind", "open").Want(t, 303)
	mei.Post("/rooms/2/join").Want(t, 303)
	p := openChromium(t).person("mei", s.Base)
	p.enter(mei)
	p.open("/people")
	p.live()
	told := func(text string) bool { return p.heard(`"body":"` + text) }
	soon := func(text string) {
		t.Helper()
		for end := time.Now().Add(20 * time.Second); !told(text); time.Sleep(20 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatal("no notification of ", text)
			}
		}
	}
	ada.Tell(1, "plain talk")
	ada.Tell(1, "for you, @mei")
	soon("for you, @mei")
	mei.Post("/rooms/2/notify", "level", "all").Want(t, 303)
	ada.Tell(2, "everything counts")
	soon("everything counts")
	mei.Post("/rooms/2/mute", "on", "1").Want(t, 303)
	ada.Tell(2, "muted @mei")
	ada.Post("/dm", "to", "2", "body", "psst").Want(t, 303)
	soon("psst")
	p.sees("#offer", "Know when somebody writes to you?")
	p.shot("offer")
	p.click("#offer button", "Not now")
	p.until("the card gone", `!document.querySelector('#offer')`)
	ada.Post("/dm", "to", "2", "body", "are you there?").Want(t, 303)
	soon("are you there?")
	p.never("#offer", "")
	for _, text := range []string{"plain talk", "muted @mei"} {
		if told(text) {
			t.Errorf("a notification of %q", text)
		}
	}
	if _, m, err := s.App.Chat.ReadMarks(t.Context(), 2, nil); err != nil || !m[2].Muted || m[2].Level != chat.LevelAll {
		t.Error(m, err)
	}
	mei.Post("/rooms/2/star", "on", "1").Want(t, 303)
	p.sees("#starred .nm", "quiet")
	p.until("no count where it is muted", `!document.querySelector('#starred .badge').textContent.trim()`)
	ada.Post("/messages/"+ada.Send(1, "later", "read me later")+"/unread").Want(t, 303)
	if page := ada.Get("/").Body; !strings.Contains(page, "read me later") {
		t.Error("what was marked unread is not new at home")
	}
}
