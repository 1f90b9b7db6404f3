package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"parley/app/apptest"
)

// What one may not read is searched as if it were not there: the same answer,
// byte for byte, as in a place where it was never said.
func TestSearchTellsNothingOfWhatOneMayNotRead(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bob, eve := s.Signup("ada"), s.Signup("bob"), s.Signup("eve")
	ada.Says(1, "an ordinary word")
	secret := ada.Found("secret", "private")
	ada.Says(secret, "zanzibar in private")
	ada.Post("/dm", "to", "2", "body", "zanzibar between us").Want(t, 303)
	left := ada.Found("former", "private")
	ada.Post(fmt.Sprintf("/rooms/%d/members", left), "people", "3").Want(t, 303)
	eve.Says(left, "zanzibar, said by eve herself")
	ada.Post(fmt.Sprintf("/rooms/%d/members/3/remove", left)).Want(t, 303)
	gone := bob.Found("gone", "open")
	bob.Says(gone, "zanzibar in a room that is deleted")
	bob.Post(fmt.Sprintf("/rooms/%d/delete", gone), "confirm", "gone").Want(t, 303)
	taken := bob.Says(1, "zanzibar, taken back")
	bob.Get("/search?q=zanzibar").Want(t, 200) // now it is in the index
	bob.Post(fmt.Sprintf("/messages/%d/delete", taken)).Want(t, 303)
	edited := bob.Says(1, "zanzibar, thought better of")
	bob.Get("/search?q=zanzibar").Want(t, 200)
	bob.Post(fmt.Sprintf("/messages/%d/edit", edited), "body", "something else").Want(t, 303)
	walter := bob.Found("walter", "private")
	bob.Says(walter, "zanzibar, not even for administrators")
	bob.Post("/dm", "to", "3", "body", "quagga").Want(t, 303)

	for _, who := range []*apptest.Browser{eve, ada} {
		hidden, absent := []string{"zanzibar", "WALTER", "gone"}, []string{"nonsense", "WINTER", "nill"}
		if who == eve {
			hidden, absent = append(hidden, "secret", "former"), append(absent, "sacred", "farmer")
		}
		for i, word := range hidden {
			if who == ada && word == "zanzibar" {
				continue // she has some of her own
			}
			for _, ask := range []string{"WORD", "WORD*", `"WORD in"`, "from:ada WORD", "from:eve WORD", "from:me WORD", "in:WORD", "in:#WORD",
				"in:WORD ordinary", "ordinary in:WORD", "WORD on:today", "WORD has:link", "-ordinary WORD", "has:elephants in:WORD"} {
				a, b := search(who, ask, word), search(who, ask, absent[i])
				if a.Status != b.Status || strings.ReplaceAll(same(a), word, "WORD") != strings.ReplaceAll(same(b), absent[i], "WORD") {
					t.Errorf("%s: hidden and absent differ:\n%s\n---\n%s", strings.ReplaceAll(ask, "WORD", word), same(a), same(b))
				}
				if strings.Contains(a.Body, "<mark>") {
					t.Errorf("%s finds something", strings.ReplaceAll(ask, "WORD", word))
				}
			}
		}
	}
	for _, ask := range []string{"in:@bob", "in:@ada,@bob", "in:@nobody"} {
		if strings.Contains(search(eve, ask+" zanzibar", "").Body, "<mark>") {
			t.Error(ask, "finds what others said to each other")
		}
	}
	if body := search(ada, "in:@eve quagga", "").Body + search(ada, "quagga", "").Body; strings.Contains(body, "<mark>") {
		t.Error("an administrator finds what others said to each other")
	}
	if !strings.Contains(search(eve, "in:@bob quagga", "").Body, "<mark>") || strings.Count(search(ada, "zanzibar", "").Body, "<mark>") != 3 {
		t.Error("people do not find what is theirs")
	}
	// A cursor of what one may not read is a number like any other.
	if a, b := eve.Get("/search?q=ordinary&older=3"), eve.Get("/search?q=ordinary&older=99999"); a.Status != 200 || b.Status != 200 {
		t.Error("a cursor answers", a.Status, b.Status)
	}
}

func search(b *apptest.Browser, ask, word string) apptest.Answer {
	return b.Get("/search?" + url.Values{"q": {strings.ReplaceAll(ask, "WORD", word)}}.Encode())
}

func TestASearchThatNamesNobodySaysSo(t *testing.T) {
	t.Parallel()
	ada := apptest.Start(t).Signup("ada")
	ada.Send(1, "one", "ordinary")
	r := search(ada, "ordinary from:@nobody in:#nowhere", "")
	for _, words := range []string{"Nobody has the username <b>@nobody</b>.",
		"There is no room or conversation called <b>#nowhere</b> that you can read."} {
		if !strings.Contains(r.Want(t, http.StatusOK).Body, words) {
			t.Errorf("it does not say %q", words)
		}
	}
	if r := search(ada, "ordin", ""); !strings.Contains(r.Body, `href="/search?q=ordin%2A"`) {
		t.Error("it does not offer the words that begin so")
	}
	if r := search(ada, "ordinary from:ada", ""); strings.Contains(r.Body, "Nobody has") {
		t.Error("ada is nobody")
	}
}

func TestABadSearchAnswers422AndKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	a := ada.Get("/search?q=has:elephants+tusk&from=%40mei&before=soon").Want(t, http.StatusUnprocessableEntity)
	for _, kept := range []string{`value="has:elephants tusk"`, `value="@mei"`, `value="soon"`, "After has: comes link, code or reaction."} {
		if !strings.Contains(a.Body, kept) {
			t.Errorf("the answer has no %s", kept)
		}
	}
	if err := s.App.Chat.SetSetting(t.Context(), "limit.search", "1"); err != nil {
		t.Fatal(err)
	}
	if err := s.App.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	ada.Get("/search?q=x").Want(t, 200)
	if a := ada.Get("/search?q=kept").Want(t, http.StatusTooManyRequests); a.Header.Get("Retry-After") == "" ||
		!strings.Contains(a.Body, `value="kept"`) {
		t.Error("too many searches: ", a.Header)
	}
	ada.Get("/search").Want(t, 200) // asks nothing
}

func TestTextThatLooksLikeHTMLIsShownAsText(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	ada.Says(1, `needle <img src=x onerror=alert(1)> <mark> "quoted" & </p>`)
	a := ada.Get("/search?q=needle+onerror").Want(t, 200)
	if !strings.Contains(a.Body, `<mark>needle</mark> &lt;img src=x <mark>onerror</mark>=alert(1)&gt; &lt;mark&gt;`) {
		t.Errorf("the snippet is %s", a.Body)
	}
	if b := ada.Get(`/search?q=%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E`); strings.Contains(b.Body, "<script>alert") {
		t.Error("what was asked is not escaped")
	}
}
