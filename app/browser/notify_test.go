package browser

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"parley/app"
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

// asking is a browser that may show notifications when it is asked, and whose push service is
// that of the test.
func asking(service *apptest.PushService, name string) string {
	f := service.Device(name).Fields()
	return fmt.Sprintf(`window.Notification = class { static permission = 'default'; constructor(title) { String(title) } close() {}
		static async requestPermission() { window.asked = (window.asked ?? 0) + 1; return Notification.permission = 'granted' } };
		{ const key = s => Uint8Array.from(atob(s.replaceAll('-', '+').replaceAll('_', '/')), c => c.charCodeAt(0)).buffer;
		PushManager.prototype.subscribe = async () => ({ endpoint: %q, getKey: n => key(n === 'auth' ? %q : %q), unsubscribe: async () => true }); }`, f[1], f[5], f[3])
}

// Notifications are offered after the first own message, or at a later visit, and never on the
// first page: what is turned on then tells this device when Parley is closed, too.
func TestNotificationsAreOfferedAtTheRightMoment(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t, func(c *app.Config) { c.EgressAllowed = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} })
	service := apptest.NewPushService(t)
	ada := s.Signup("ada")
	p := openChromium(t).person("ada", s.Base)
	p.begin(asking(service, "laptop"))
	p.enter(ada)
	p.open("/rooms/1")
	p.live()
	p.pointed()
	p.loaded("worker")
	p.never("#offer", "")
	p.say("my first words")
	p.sees("#offer", "Even when Parley is closed")
	p.until("nothing was asked", `window.asked === undefined`)
	p.shot("nudge")
	p.click("#offer button", "Not now")
	p.never("#offer", "")
	p.until("a month later, at another visit",
		`localStorage['1:offered'] = Date.now() - 31 * 86400000, localStorage['1:visited'] = Date.now() - 40 * 86400000`)
	p.open("/people")
	p.live()
	p.pointed()
	p.sees("#offer", "Know when somebody writes to you?")
	p.click("#offer button", "Turn on")
	p.sees("#toasts", "This device is told now.")
	p.never("#offer", "")
	if page := ada.Get("/me/notifications").Body; !strings.Contains(page, "data-device") {
		t.Error("no device was added")
	}
}

// On an iPhone only what is on the Home Screen is notified: it is said at the same moment.
func TestAnIPhoneIsToldToInstallFirst(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	p := openChromium(t).person("ada", s.Base)
	p.begin(`delete window.Notification; Object.defineProperty(navigator, 'userAgent', { get: () => 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari' });`)
	p.enter(s.Signup("ada"))
	p.open("/rooms/1")
	p.live()
	p.pointed()
	p.loaded("worker")
	p.say("my first words")
	p.sees("#offer", "choose Add to Home Screen")
	p.click("#offer button", "I see")
	p.never("#offer", "")
}
