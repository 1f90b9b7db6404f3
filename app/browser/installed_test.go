package browser

import (
	"testing"

	"parley/app"
	"parley/app/apptest"
)

// controlled waits until the service worker has the page, and the room that is open is kept.
func (p *tab) controlled() {
	p.t.Helper()
	p.loaded("worker")
	p.until("a service worker that keeps the room", `navigator.serviceWorker.controller`)
}

func (p *tab) keptRoom(path string) {
	p.t.Helper()
	p.until("a kept room", `window.kept ??= (setInterval(async () => {
		const c = await caches.open('pages-' + document.documentElement.dataset.build);
		window.isKept = (await c.keys()).map(k => new URL(k.url).pathname).join();
	}, 50), 1)`)
	p.until("the kept room "+path, `window.isKept === `+quote(path))
}

func TestWithoutAConnectionTheLastRoomIsThere(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	mei := s.Signup("mei")
	mei.Found("harbour", "open")
	mei.Says(1, "The lens is in the lighthouse.")
	ada := openChromium(t).member(s, "ada", "/rooms/1")
	ada.live()
	ada.controlled()
	ada.keptRoom("/rooms/1")
	ada.expect("Failed to load resource", "WebSocket connection", "net::ERR", "htmx:ws:error")
	at := s.App.Address.String()
	s.Stop()
	ada.open("/") // to the room that is there
	ada.at("/rooms/1")
	ada.sees("#stream .body", "The lens is in the lighthouse.")
	ada.sees("#net", "You are offline. This is how #general was at")
	ada.say("In the tunnel.")
	ada.sees("#stream", "In the tunnel.")
	ada.sees("#waiting", "1 message waits on this device")
	ada.say("Still in it.")
	ada.sees("#waiting", "2 messages wait on this device")
	ada.size(390, 844)
	ada.until("a narrow window", `document.querySelector('#net').offsetWidth === 390`)
	ada.until("no words at the edge", `(r => r.scrollWidth <= r.clientWidth && r.getBoundingClientRect().right <= innerWidth - 8)(
		document.querySelector('#retry'))`)
	ada.shot("offline-room")
	ada.open("/mentions")
	ada.sees("h1", "You are offline")
	ada.shot("offline-page")
	ada.click("a", "Open #general")
	ada.at("/rooms/1")
	ada.sees("#stream", "In the tunnel.") // it outlives the page
	ada.say("Out of it soon.")
	ada.sees("#waiting", "3 messages wait on this device")

	s.Run(func(c *app.Config) { c.Listen = at })
	ada.until("the message sent", `!document.querySelector('.out>*') && [...document.querySelectorAll('#stream [data-seq] .body')].some(e => e.textContent.includes('In the tunnel.'))`)
	ada.loses("#waiting", "")
	if n := ada.rows("In the tunnel."); n != 1 {
		t.Error("it is there", n, "times")
	}
}

// What was kept is for nobody who comes next.
func TestWhatIsKeptGoesWithTheSession(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := openChromium(t).member(s, "ada", "/rooms/1")
	ada.live()
	ada.controlled()
	ada.keptRoom("/rooms/1")
	ada.open("/me")
	ada.loaded("settings") // which moves what stands there
	ada.drawn()
	ada.click("button", "Log out")
	ada.at("/login")
	ada.until("nothing kept", `window.kept ??= (setInterval(async () => { window.names = (await caches.keys()).join(); }, 50), 1)`)
	ada.until("nothing kept", `window.names !== undefined && !window.names.includes('pages-')`)
	ada.expect("Failed to load resource", "net::ERR")
	s.Stop()
	ada.open("/")
	ada.sees("h1", "You are offline")
	ada.never("a", "Open #general")
}

// An app of another build is replaced at once: its worker takes over, and the caches of the one before go.
func TestAnotherBuildLeavesNothingOld(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := openChromium(t).member(s, "ada", "/rooms/1")
	ada.live()
	ada.controlled()
	ask[any](ada, `Promise.all([caches.open('pages-old'), caches.open('assets-old')]).then(() => 1)`)
	ask[any](ada, `navigator.serviceWorker.register('/sw.js?another').then(() => 1)`)
	ada.until("only what is of this build",
		`window.kept ??= (setInterval(async () => { window.names = (await caches.keys()).sort().join(); }, 50), 1)`)
	ada.until("only what is of this build", `window.names && !window.names.includes('old')`)
}

func TestFilesFromAnotherAppGoIntoTheBox(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada := openChromium(t).member(s, "ada", "/rooms/1")
	ada.live()
	ada.controlled()
	ask[any](ada, `(() => { const f = document.createElement('form'), d = new DataTransfer(), i = document.createElement('input'), t = document.createElement('input');
		f.method = 'post'; f.action = '/share'; f.enctype = 'multipart/form-data';
		d.items.add(new File(['hello'], 'tide table.txt', { type: 'text/plain' })); i.type = 'file'; i.name = 'files'; i.files = d.files;
		t.name = 'text'; t.value = 'For the ferry'; f.append(i, t); document.body.append(f); setTimeout(() => f.submit()); return 1; })()`)
	ada.sees("h1", "Share")
	ada.sees("#shared-files", "tide table.txt")
	ada.shot("share")
	ada.click("#share button", "Go on")
	ada.at("/rooms/1")
	ada.until("the words in the box", `document.getElementById('box')?.value === 'For the ferry'`)
	ada.sees("#composer, .tray, form", "tide table.txt")
}

// Who only reads has the room without a connection, too: the app comes by itself after a minute.
func TestWhoOnlyReadsHasTheRoomOffline(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	mei := s.Signup("mei")
	mei.Says(1, "The lens is in the lighthouse.")
	p := openChromium(t).person("mei", s.Base)
	p.begin(`{ const later = setTimeout; window.setTimeout = (f, ms, ...rest) => later(f, ms === 60000 ? 100 : ms, ...rest) }`)
	p.enter(mei)
	p.open("/rooms/1")
	p.until("a service worker that keeps the room", `navigator.serviceWorker.controller`)
	p.keptRoom("/rooms/1")
}
