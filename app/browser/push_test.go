package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/serviceworker"
	"github.com/chromedp/chromedp"

	"parley/app"
	"parley/app/apptest"
)

// workers are the registrations of service workers that a page tells of.
type workers struct {
	mu sync.Mutex
	id serviceworker.RegistrationID
}

func (w *workers) hear(event any) {
	if e, ok := event.(*serviceworker.EventWorkerRegistrationUpdated); ok {
		w.mu.Lock()
		defer w.mu.Unlock()
		for _, r := range e.Registrations {
			if !r.IsDeleted && strings.HasPrefix(r.ScopeURL, "http://127.0.0.1") {
				w.id = r.RegistrationID
			}
		}
	}
}

// pushed gives the page's service worker what its device got.
func (p *tab) pushed(w *workers, plain string) {
	p.t.Helper()
	w.mu.Lock()
	id := w.id
	w.mu.Unlock()
	p.do(func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, serviceworker.DeliverPushMessage, serviceworker.DeliverPushMessageParams{Origin: p.base, RegistrationID: id,
			Data: plain})
		return err
	})
}

// shows waits until the notifications of the page's service worker are these.
func (p *tab) shows(want string) {
	p.t.Helper()
	p.until("notifications", `window.shows ??= (setInterval(async () => {
		const at = await navigator.serviceWorker.ready;
		window.shown = (await at.getNotifications()).map(n => [n.title, n.body, n.tag].join('|')).sort().join('; ');
	}, 50), 1)`)
	p.until("the notifications "+want, `window.shown === `+quote(want))
}

func TestADeviceShowsWhatItIsTold(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t, func(c *app.Config) { c.EgressAllowed = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} })
	service := apptest.NewPushService(t)
	device := service.Device("laptop")
	ada, mei := s.Signup("ada"), s.Signup("mei")
	w := &workers{}
	p := openChromium(t).person("ada", s.Base, chromedp.WithListener(w.hear))
	p.enter(ada)
	p.do(func(ctx context.Context) error {
		if _, err := chromedp.Call(ctx, serviceworker.Enable, cdp.Empty{}); err != nil {
			return err
		}
		_, err := chromedp.Call(ctx, browser.SetPermission, browser.SetPermissionParams{Origin: s.Base,
			Permission: &browser.PermissionDescriptor{Name: "notifications"}, Setting: browser.PermissionSettingGranted,
			BrowserContextID: chromedp.FromContext(ctx).BrowserContextID})
		return err
	})
	f := device.Fields()
	p.begin(fmt.Sprintf(`{ const key = s => Uint8Array.from(atob(s.replaceAll('-', '+').replaceAll('_', '/')), c => c.charCodeAt(0)).buffer;
		PushManager.prototype.subscribe = async function(o) { if (o.applicationServerKey.length !== 65) throw Error('no key'); return { endpoint: %q, getKey: n => key(n === 'auth' ? %q : %q), unsubscribe: async () => true }; } }`, f[1], f[5], f[3]))
	p.open("/me/notifications")
	p.live()
	p.loaded("over")
	p.until("the button that works", `document.getElementById('addDevice')?.onclick`)
	p.shot("devices-none")
	p.click("#addDevice", "Tell me here, too")
	p.sees("#devices [data-device]", "this one")
	p.until("the page of the device", `!document.getElementById('addDevice')`)
	p.click("#devices button", "Send a test")
	p.pushed(w, device.Waits(1)[0].Plain)
	p.sees("#devices [role=status]", "Test sent, arrived after")
	p.shows("It works|Parley can reach you here.|test")
	p.shot("devices")

	ada.Post("/me/notifications", "push", "now").Want(t, 303)
	p.open("/signup") // no page of his is open now: he is not here
	mei.Says(1, "@ada the lens is here")
	m := mei.Says(1, "@ada and it fits")
	told := device.Waits(2)[1].Plain
	p.pushed(w, told)
	p.until("a page", `document.readyState === 'complete'`)
	p.shows("It works|Parley can reach you here.|test; " + titleOf(t, told))
	p.pushed(w, told)   // twice, as after a crash: shown once
	for n := range 20 { // at once: the last is what stays
		p.pushed(w, fmt.Sprintf(`{"web_push":8030,"notification":{"title":"mei","body":"newer by %d","navigate":"%s/rooms/1/@%d",`+
			`"tag":"r1","room":1,"message":%d}}`, n+1, s.Base, m+1+n, m+1+n))
	}
	p.shows("It works|Parley can reach you here.|test; mei|newer by 20|r1")
	p.pushed(w, `{"withdraw":"r1"}`)
	p.shows("It works|Parley can reach you here.|test")
}

func titleOf(t *testing.T, plain string) string {
	var n struct {
		Notification struct{ Title, Body, Tag string }
	}
	if err := json.Unmarshal([]byte(plain), &n); err != nil {
		t.Fatal(err)
	}
	return n.Notification.Title + "|" + n.Notification.Body + "|" + n.Notification.Tag
}
