package app

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// What one may not read is searched as if it were not there: the same answer,
// byte for byte, as in a place where it was never said.
func TestSearchTellsNothingOfWhatOneMayNotRead(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada, bob, eve := s.signup("ada"), s.signup("bob"), s.signup("eve")
	ada.says(1, "an ordinary word")
	secret := ada.found("secret", "private")
	ada.says(secret, "zanzibar in private")
	ada.post("/dm", "to", "2", "body", "zanzibar between us").want(t, 303)
	left := ada.found("former", "private")
	ada.post(fmt.Sprintf("/rooms/%d/members", left), "people", "3").want(t, 303)
	eve.says(left, "zanzibar, said by eve herself")
	ada.post(fmt.Sprintf("/rooms/%d/members/3/remove", left)).want(t, 303)
	gone := bob.found("gone", "open")
	bob.says(gone, "zanzibar in a room that is deleted")
	bob.post(fmt.Sprintf("/rooms/%d/delete", gone), "confirm", "gone").want(t, 303)
	taken := bob.says(1, "zanzibar, taken back")
	bob.get("/search?q=zanzibar").want(t, 200) // now it is in the index
	bob.post(fmt.Sprintf("/messages/%d/delete", taken)).want(t, 303)
	edited := bob.says(1, "zanzibar, thought better of")
	bob.get("/search?q=zanzibar").want(t, 200)
	bob.post(fmt.Sprintf("/messages/%d/edit", edited), "body", "something else").want(t, 303)
	walter := bob.found("walter", "private")
	bob.says(walter, "zanzibar, not even for administrators")
	bob.post("/dm", "to", "3", "body", "quagga").want(t, 303)

	for _, who := range []*browser{eve, ada} {
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
				if a.status != b.status || strings.ReplaceAll(a.same(), word, "WORD") != strings.ReplaceAll(b.same(), absent[i], "WORD") {
					t.Errorf("%s: hidden and absent differ:\n%s\n---\n%s", strings.ReplaceAll(ask, "WORD", word), a.same(), b.same())
				}
				if strings.Contains(a.body, "<mark>") {
					t.Errorf("%s finds something", strings.ReplaceAll(ask, "WORD", word))
				}
			}
		}
	}
	for _, ask := range []string{"in:@bob", "in:@ada,@bob", "in:@nobody"} {
		if strings.Contains(search(eve, ask+" zanzibar", "").body, "<mark>") {
			t.Error(ask, "finds what others said to each other")
		}
	}
	if body := search(ada, "in:@eve quagga", "").body + search(ada, "quagga", "").body; strings.Contains(body, "<mark>") {
		t.Error("an administrator finds what others said to each other")
	}
	if !strings.Contains(search(eve, "in:@bob quagga", "").body, "<mark>") || strings.Count(search(ada, "zanzibar", "").body, "<mark>") != 3 {
		t.Error("people do not find what is theirs")
	}
	// A cursor of what one may not read is a number like any other.
	if a, b := eve.get("/search?q=ordinary&older=3"), eve.get("/search?q=ordinary&older=99999"); a.status != 200 || b.status != 200 {
		t.Error("a cursor answers", a.status, b.status)
	}
}

func search(b *browser, ask, word string) answer {
	return b.get("/search?" + url.Values{"q": {strings.ReplaceAll(ask, "WORD", word)}}.Encode())
}

func TestASearchThatNamesNobodySaysSo(t *testing.T) {
	t.Parallel()
	ada := start(t).signup("ada")
	ada.send(1, "one", "ordinary")
	r := search(ada, "ordinary from:@nobody in:#nowhere", "")
	for _, words := range []string{"Nobody has the username <b>@nobody</b>.",
		"There is no room or conversation called <b>#nowhere</b> that you can read."} {
		if !strings.Contains(r.want(t, http.StatusOK).body, words) {
			t.Errorf("it does not say %q", words)
		}
	}
	if r := search(ada, "ordin", ""); !strings.Contains(r.body, `href="/search?q=ordin%2A"`) {
		t.Error("it does not offer the words that begin so")
	}
	if r := search(ada, "ordinary from:ada", ""); strings.Contains(r.body, "Nobody has") {
		t.Error("ada is nobody")
	}
}

func TestABadSearchAnswers422AndKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada := s.signup("ada")
	a := ada.get("/search?q=has:elephants+tusk&from=%40mei&before=soon").want(t, http.StatusUnprocessableEntity)
	for _, kept := range []string{`value="has:elephants tusk"`, `value="@mei"`, `value="soon"`, "After has: comes link, code or reaction."} {
		if !strings.Contains(a.body, kept) {
			t.Errorf("the answer has no %s", kept)
		}
	}
	if err := s.app.Chat.SetSetting(t.Context(), "limit.search", "1"); err != nil {
		t.Fatal(err)
	}
	if err := s.app.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	ada.get("/search?q=x").want(t, 200)
	if a := ada.get("/search?q=kept").want(t, http.StatusTooManyRequests); a.header.Get("Retry-After") == "" ||
		!strings.Contains(a.body, `value="kept"`) {
		t.Error("too many searches: ", a.header)
	}
	ada.get("/search").want(t, 200) // asks nothing
}

func TestTextThatLooksLikeHTMLIsShownAsText(t *testing.T) {
	t.Parallel()
	s := start(t)
	ada := s.signup("ada")
	ada.says(1, `needle <img src=x onerror=alert(1)> <mark> "quoted" & </p>`)
	a := ada.get("/search?q=needle+onerror").want(t, 200)
	if !strings.Contains(a.body, `<mark>needle</mark> &lt;img src=x <mark>onerror</mark>=alert(1)&gt; &lt;mark&gt;`) {
		t.Errorf("the snippet is %s", a.body)
	}
	if b := ada.get(`/search?q=%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E`); strings.Contains(b.body, "<script>alert") {
		t.Error("what was asked is not escaped")
	}
}
