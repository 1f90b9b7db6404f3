package browser

import (
	"testing"

	"parley/app/apptest"
)

// Where a page cannot show notifications (Chrome on Android has the constructor, and
// it throws), they are not offered, and nothing goes wrong.
func TestNotificationsAreNotOfferedWhereNoneCanBeShown(t *testing.T) {
	t.Parallel()
	for _, permission := range []string{"granted", "default"} {
		t.Run(permission, func(t *testing.T) {
			s := apptest.Start(t)
			bo := s.Signup("bo")
			p := openChromium(t).person("mei", s.Base)
			p.begin(`window.Notification = class { static permission = ` + quote(permission) +
				`; static requestPermission() { window.asked = true; return 'granted' }
				constructor() { throw new TypeError("Illegal constructor. Use ServiceWorkerRegistration.showNotification() instead.") } };`)
			p.enter(s.Signup("mei"))
			p.open("/people")
			p.live()
			bo.Post("/dm", "to", "2", "body", "hello, mei").Want(t, 303)
			p.sees("#dms", "bo")
			p.until("it was thought of", `localStorage['2:notified:2']`)
			p.never("#offer", "")
			p.open("/me/notifications")
			p.pointed()
			p.sees("#notifyState", "This browser cannot show notifications.")
			p.never("#askNotify", "")
		})
	}
}

// The second message of a room is seen as the first was.
func TestTheSecondNoticeOfARoomIsSeen(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	bo := s.Signup("bo")
	p := openChromium(t).person("mei", s.Base)
	p.begin(`window.notices = []; window.Notification = class { static permission = 'granted';
		constructor(title, o) { if (notices.some(n => n.tag === o.tag) && !o.renotify) return; notices.push(o) } close() {} };`)
	p.enter(s.Signup("mei"))
	p.open("/people")
	p.live()
	bo.Post("/dm", "to", "2", "body", "one").Want(t, 303)
	p.until("the first", `notices.length === 1`)
	bo.Post("/dm", "to", "2", "body", "two").Want(t, 303)
	p.until("the second", `notices.length === 2 && notices[1].body.includes('two')`)
}
