package e2e

import (
	"regexp"
	"strings"
	"testing"

	"parley/app/apptest"
)

func TestThePeopleOfALargeRoomComeInPages(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := s.Signup("ada")
	s.Crowd(ada, 250)
	named := regexp.MustCompile(`href="/people/(\d+)"`)
	for _, list := range []string{"/rooms/1/people", "/rooms/1/settings"} {
		seen := map[string]bool{}
		next := list
		for n := range 3 {
			page := ada.Get(next).Want(t, 200).Body
			here := named.FindAllStringSubmatch(page, -1)
			if len(here) > 102 || len(here) == 0 {
				t.Fatalf("page %d of %s names %d people", n, list, len(here))
			}
			for _, m := range here {
				seen[m[1]] = true
			}
			more := regexp.MustCompile(`href="([^"]*page=` + string(rune('1'+n)) + `)"`).FindStringSubmatch(page)
			if (more == nil) != (n == 2) {
				t.Fatalf("page %d of %s leads to %v", n, list, more)
			}
			if more != nil {
				next = strings.ReplaceAll(more[1], "&amp;", "&")
			}
		}
		if len(seen) != 251 {
			t.Errorf("%s names %d people in all", list, len(seen))
		}
		found := ada.Get(list+"?q=ADA").Want(t, 200).Body
		if strings.Contains(found, "@person1") || !strings.Contains(found, "@ada ") && !strings.Contains(found, "@ada<") ||
			!strings.Contains(found, `value="ADA"`) {
			t.Errorf("%s finds others, or not ada", list)
		}
		ada.Get(list+"?page=x").Want(t, 400)
	}
	if page := ada.Get("/rooms/1/people").Body; !strings.Contains(page, "Away and offline — 25") {
		t.Error("the panel does not say how many there are in all")
	}
}
