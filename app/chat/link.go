package chat

import (
	"fmt"
	"net/url"
	"strings"
)

// CheckLinks says which link of a parsed text, of another server, leads elsewhere than it
// shows, or to what no message links.
func (t Text) CheckLinks() (err error) {
	eachBlock(t.Blocks, func(b *Block) {
		eachRun(b.Runs, func(r *Run) {
			if r.Kind == RunLink && err == nil && !matchesTarget(r.Text, r.URL) {
				err = fmt.Errorf("the text has a link to %.80q that shows %.80q", r.URL, r.Text)
			}
		})
	})
	return err
}

// IsWebAddress says whether an address is one that a message may link.
func IsWebAddress(s string) bool {
	scheme := schemeLen(s)
	return scheme > 0 && validURL(s, scheme)
}

// matchesTarget says whether an address is one that a message may link, and the one that is shown.
func matchesTarget(shown, target string) bool {
	if target == "mailto:"+shown && mailAddress.MatchString(shown) {
		return true
	}
	scheme := schemeLen(target)
	if scheme == 0 || !validURL(target, scheme) {
		return false
	}
	if len(shown) > 4 && strings.EqualFold(shown[:4], "www.") {
		shown = "https://" + shown
	}
	if shown == target || !blank(shown) && !looksLikeAddress(shown) { // words that say no address
		return true
	}
	a, err := url.Parse(target)
	b, wrong := url.Parse(shown)
	return err == nil && wrong == nil && b.User == nil && strings.EqualFold(a.Host, b.Host)
}
