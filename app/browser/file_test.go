package browser

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"parley/app/apptest"
)

// holding is a script that makes files, and a DataTransfer of them in the variable dt.
func holding(files ...apptest.Sent) string {
	var b strings.Builder
	b.WriteString(`const dt = new DataTransfer(), bytes = s => Uint8Array.from(atob(s), c => c.charCodeAt(0));`)
	types := map[string]string{"png": "image/png", "jpg": "image/jpeg", "gif": "image/gif", "txt": "text/plain", "pdf": "application/pdf"}
	for _, f := range files {
		fmt.Fprintf(&b, "dt.items.add(new File([bytes(%s)], %s, { type: %s }));", quote(base64.StdEncoding.EncodeToString(f.Data)),
			quote(f.Name), quote(types[f.Name[strings.LastIndexByte(f.Name, '.')+1:]]))
	}
	return b.String()
}

// choose puts files into the field of the composer, as the dialog of the browser does.
func (p *tab) choose(files ...apptest.Sent) {
	p.t.Helper()
	ask[any](p, `(() => {`+holding(files...)+`const i = document.querySelector('#composer [type=file]'); i.files = dt.files;
		i.dispatchEvent(new Event('change', { bubbles: true })) })()`)
}

func (p *tab) pasteFiles(files ...apptest.Sent) {
	p.t.Helper()
	ask[any](p, `(() => {`+holding(files...)+`document.getElementById('box').dispatchEvent(new ClipboardEvent('paste',
		{ clipboardData: dt, bubbles: true, cancelable: true })) })()`)
}

// drag fires an event of dragging files at something.
func (p *tab) drag(kind, selector string, files ...apptest.Sent) {
	p.t.Helper()
	ask[any](p, `(() => {`+holding(files...)+`
		document.querySelector(`+quote(selector)+`).dispatchEvent(new DragEvent(`+quote(kind)+
		`, { dataTransfer: dt, bubbles: true, cancelable: true })) })()`)
}

func TestFilesAreChosenPastedDroppedAndSeenByOthers(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	c := openChromium(t)
	ada, bea := c.member(s, "Ada", "/rooms/1"), c.member(s, "Bea", "/rooms/1")
	ada.live()
	bea.live()
	ada.choose(apptest.NewFile("pier.jpg", apptest.JpegOf(t, 1600, 1000)), apptest.NewFile("notes.txt", []byte("one\ntwo")))
	ada.sees("#tray .nm", "pier.jpg")
	ada.sees("#tray .nm", "notes.txt · 7 B")
	ada.sees(".trayfoot", "Up to 10 files of 25 MB each")
	ada.pasteFiles(apptest.NewFile("image.png", apptest.PngOf(t, 40, 40)))
	ada.sees("#tray .nm", "Pasted ")
	ada.fill(`#tray li:first-child .alt input`, "The pier at dawn")
	ada.keys(kb.Enter) // goes to the box, and sends nothing
	if at := ada.focus(); !strings.Contains(at, "box") {
		t.Error("Enter in a description leads to", at)
	}
	ada.click(`#tray li:nth-child(2) [aria-label="Move notes.txt later"]`, "")
	ada.sees("#tray li:nth-child(3) .nm", "notes.txt")
	ada.shot("files-tray")
	ada.say("Photos from the pier")
	bea.sees(".msg .body", "Photos from the pier")
	bea.until("the picture", `document.querySelector('.msg .pic img[alt="The pier at dawn"]')?.naturalWidth === 720`)
	bea.sees(".msg .file b", "notes.txt")
	ada.until("no tray and no row on its way", `!document.querySelector('#tray,.pend')`)
	pdf := apptest.NewFile("Angebot.pdf", []byte("%PDF-1.4"))
	ada.drag("dragover", "#stream", pdf)
	ada.sees(".drop", "Drop to share in #general")
	ada.shot("files-drop")
	ada.drag("dragover", "#stream", pdf)
	ada.drag("drop", "#stream", pdf)
	ada.sees("#tray .nm", "Angebot.pdf")
	ada.loses(".drop", "")
	ada.say("")
	ada.keys(kb.Enter)
	bea.sees(".msg .file b", "Angebot.pdf")
	if ask[bool](bea, `!!document.querySelector('.msg:last-of-type .body')`) {
		t.Error("a message without words has an empty text")
	}
	bea.click(".msg .file", "notes.txt")
	bea.sees("pre.textfile", "two")
	bea.shot("files-text")
}

func TestPicturesOpenInALightbox(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	c := openChromium(t)
	ada := c.member(s, "Ada", "/rooms/1")
	ada.live()
	ada.choose(apptest.NewFile("one.jpg", apptest.JpegOf(t, 900, 600)), apptest.NewFile("two.jpg", apptest.JpegOf(t, 600, 900)),
		apptest.NewFile("three.png", apptest.PngOf(t, 300, 300)),
		apptest.NewFile("four.jpg", apptest.JpegOf(t, 500, 300)), apptest.NewFile("five.gif", apptest.GifOf(t, 60, 40, 3)))
	ada.sees("#tray .nm", "five.gif")
	ada.say("Five of them")
	ada.until("four pictures, and how many more", `document.querySelectorAll('.pics .pic:not([hidden]) img').length === 4 &&
		document.querySelector('.pics .n').textContent === '+1'`)
	ada.until("pictures that have come", `[...document.querySelectorAll('.pics .pic:not([hidden]) img')].every(i => i.complete &&
		i.naturalWidth)`)
	ada.shot("files-gallery")
	ada.click(".pics .pic:first-child", "")
	ada.until("the large form", `document.querySelector('#lightbox[open] figure img')?.naturalWidth === 900`)
	ada.sees("#lightbox header small", "1 of 5 · #general")
	if at := ada.focus(); !strings.Contains(at, "Close") {
		t.Error("the focus is at", at)
	}
	ada.shot("files-lightbox")
	ada.keys(kb.ArrowRight)
	ada.sees("#lightbox figcaption", "two.jpg")
	ada.keys(kb.End)
	ada.sees("#lightbox figcaption", "five.gif")
	ada.keys(kb.Home)
	ada.sees("#lightbox header small", "1 of 5")
	ada.keys("+")
	ada.until("it closer", `document.querySelector('#lightbox figure img').hasAttribute('data-zoomed')`)
	ask[any](ada, `(row => row.replaceWith(row.cloneNode(true)))(document.querySelector('.pics').closest('.msg')), 1`) // as an edit does
	ada.keys(kb.Escape)
	ada.until("the timeline, with the focus where it was", `getComputedStyle(document.getElementById("lightbox")).display === "none" &&
		document.activeElement.matches('.pics .pic:first-child')`)
}

// Nobody moves when a picture becomes ready, and words are not held up by a file.
func TestAnUploadIsCutAndGoesOnce(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	c := openChromium(t)
	way := startProxy(t, s.App.Address.String())
	who := s.Signup("Ada")
	ada := c.person("Ada", "http://"+way.l.Addr().String())
	ada.enter(who)
	ada.open("/rooms/1")
	ada.live()
	ada.expect(append(broken, "Failed to load resource")...)
	way.most.Store(400_000) // the first tries do not come far
	ada.choose(apptest.NewFile("long.txt", bytes.Repeat([]byte("a long text. "), 200_000)))
	ada.sees("#tray .nm", "long.txt")
	ada.say("With a long file")
	ada.sees(".pend .file b", "long.txt")
	ada.shot("files-pending")
	ada.say("Words meanwhile")
	ada.sees(".msg:not(.pend) .body", "Words meanwhile")
	way.most.Store(0)
	ada.sees(".msg:not(.pend) .file b", "long.txt")
	ada.once("With a long file")
	if n := strings.Count(who.Get("/rooms/1").Body, `<b dir="auto">long.txt</b>`); n != 1 {
		t.Error("the file is there", n, "times")
	}
}

func TestAnUploadIsCancelledAndOneThatFailedKeepsItsWords(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	c := openChromium(t)
	ada := c.member(s, "Ada", "/rooms/1")
	ada.live()
	ada.expect("422", "Failed to load resource")
	ada.choose(apptest.NewFile("a.txt", []byte("a")))
	ada.sees("#tray .nm", "a.txt")
	ada.fill("#box", strings.Repeat("@room ", 60)) // more mentions than a message takes
	ada.keys(kb.Enter)
	ada.sees(".pend.fail .err", "mentions at most 50")
	ada.click(".pend [data-act=edit]", "")
	ada.sees("#tray .nm", "a.txt")
	ada.fill("#box", "short")
	ada.keys(kb.Enter)
	ada.sees(".msg:not(.pend) .file b", "a.txt")
	ada.choose(apptest.NewFile("b.txt", []byte("b")))
	ada.sees("#tray .nm", "b.txt")
	ada.click(`#tray [aria-label="Remove b.txt"]`, "")
	ada.loses("#tray", "")
}

func TestWithoutJavaScriptFilesGoWithTheForm(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	c := openChromium(t)
	ada := c.person("Ada", s.Base)
	who := s.Signup("Ada")
	ada.enter(who)
	ada.scripts(false)
	ada.open("/rooms/1")
	ada.shot("files-nojs")
	who.Upload("/rooms/1/messages", []string{"cid", "x", "body", ""},
		apptest.NewFile("a.jpg", apptest.JpegOf(t, 80, 60))).Want(t, http.StatusSeeOther)
	s.Ready(apptest.Tokens(who.Get("/rooms/1").Body)[0])
	ada.open("/rooms/1")
	ada.sees(".pic img", "")
	ada.shot("files-nojs-sent")
}

func TestTheFilesOfARoomAreFiltered(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	c := openChromium(t)
	who, bea := s.Signup("Ada"), s.Signup("Bea")
	for n := range 5 {
		who.Upload("/rooms/1/messages", []string{"cid", fmt.Sprint("p", n), "body", "", "alt", fmt.Sprint("View ", n)},
			apptest.NewFile(fmt.Sprintf("view%d.jpg", n), apptest.JpegOf(t, 400+n*50, 300))).Want(t, http.StatusSeeOther)
	}
	bea.Upload("/rooms/1/messages", []string{"cid", "b", "body", "the offer"}, apptest.NewFile("Angebot Ä.pdf", []byte("%PDF-1.4")),
		apptest.NewFile("budget.csv", []byte("a,b\n1,2\n"))).Want(t, http.StatusSeeOther)
	for _, token := range apptest.Tokens(who.Get("/rooms/1").Body) {
		s.Ready(token)
	}
	p := c.person("Ada", s.Base)
	p.enter(who)
	p.open("/rooms/1")
	p.live()
	p.click(`header.bar a[href="/rooms/1/files"]`, "")
	p.sees("#panel h2", "Files")
	p.until("five small pictures", `[...document.querySelectorAll('#panel .thumbs img')].filter(i => i.naturalWidth).length === 5`)
	p.shot("files-panel")
	p.sees(".frow small", "Bea · today ")
	p.until("when a file came, whole", `[...document.querySelectorAll('.frow small')].every(e => e.scrollWidth <= e.clientWidth)`)
	p.fill("#fq", "angebot")
	p.loses("#files-list .frow b", "budget.csv")
	p.sees("#files-list .frow b", "Angebot")
	p.fill("#fq", "view 3")
	p.until("one picture", `document.querySelectorAll('#panel .thumbs img').length === 1`)
	p.open("/rooms/1/files?view=page&kind=documents")
	p.sees(".frow b", "budget.csv")
	if ask[bool](p, `!!document.querySelector('.thumbs')`) {
		t.Error("pictures are among the documents")
	}
	p.shot("files-page")
	p.scripts(false)
	p.open("/rooms/1/files?view=page&from=2")
	p.sees(".frow b", "Angebot")
	p.click(`.del summary`, "")
	if p := who.Get("/search?q=" + url.QueryEscape(`has:file angebot`)).Body; !strings.Contains(p, "the offer") {
		t.Error("a file is not found by its name:", p)
	}
	if p := who.Get("/search?q=" + url.QueryEscape(`has:image`)).Body; strings.Contains(p, "the offer") || !strings.Contains(p, "/@") {
		t.Error("pictures are not found:", p)
	}
	p.size(390, 844)
	p.open("/rooms/1/files")
	p.shot("files-panel-390")
}

func TestAFileIsTakenOutOfItsMessage(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	ada, bea := s.Signup("Ada"), s.Signup("Bea")
	bea.Upload("/rooms/1/messages", []string{"cid", "b", "body", "two of them"},
		apptest.NewFile("a.txt", []byte("a")), apptest.NewFile("b.txt",
			[]byte("b"))).Want(t, http.StatusSeeOther)
	bea.Upload("/rooms/1/messages", []string{"cid", "c", "body", ""}, apptest.NewFile("alone.txt", []byte("c"))).Want(t, http.StatusSeeOther)
	list := apptest.Tokens(bea.Get("/rooms/1").Body)
	s.Signup("Cid").Post("/files/"+list[0]+"/delete").Want(t, http.StatusForbidden)
	page := bea.View(1, 0)
	bea.Post("/files/"+list[0]+"/delete").Want(t, http.StatusSeeOther)
	page.Expect("File removed")
	bea.Get("/files/"+list[0]+"/a.txt").Want(t, http.StatusGone)
	bea.Get("/files/"+list[1]+"/b.txt").Want(t, http.StatusOK)
	ada.Post("/files/"+list[2]+"/delete").Want(t, http.StatusSeeOther) // a moderator, and the message goes with it
	if p := ada.Get("/rooms/1").Body; strings.Contains(p, "alone.txt") || !strings.Contains(p, "File removed") ||
		!strings.Contains(p, "two of them") {
		t.Error("the room shows", p)
	}
	if p := ada.Get("/search?q=" + url.QueryEscape("a.txt")).Body; strings.Contains(p, "two of them") && !strings.Contains(p, "b.txt") {
		t.Error("what was removed is found:", p)
	}
}

func TestAMessageOfFilesAloneIsChangedAnsweredAndReactedTo(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	c := openChromium(t)
	ada := c.member(s, "Ada", "/rooms/1")
	ada.live()
	ada.choose(apptest.NewFile("a.txt", []byte("a")))
	ada.sees("#tray .nm", "a.txt")
	ada.click(".send", "")
	ada.sees(".msg:not(.pend) .file b", "a.txt")
	ada.keys(kb.ArrowUp) // the last message, to be changed
	ada.until("the form", `document.activeElement.matches('form.edit textarea')`)
	ada.write("words after all")
	ada.keys(kb.Enter)
	ada.sees(".msg .body", "words after all")
	ada.sees(".msg .file b", "a.txt")
	ada.choose(apptest.NewFile("b.txt", []byte("b")))
	ada.sees("#tray .nm", "b.txt")
	ada.click(".send", "")
	ada.sees(".msg:not(.pend) .file b", "b.txt")
	ada.focusOn("b.txt")
	ada.keys("1") // 👍
	ada.sees(".msg:last-of-type .rc", "1")
	ada.keys("r")
	ada.sees("#replying", "Reply to Ada")
	ada.say("about that file")
	ada.sees(".msg .re q", "b.txt")
}

// Nobody moves by a pixel when a picture is ready, and when it has come.
func TestNobodyMovesWhenPicturesArrive(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	c := openChromium(t)
	who := s.Signup("Ada")
	for n := range 80 {
		who.Send(1, fmt.Sprint("w", n), fmt.Sprint("line ", n))
	}
	bea := c.member(s, "Bea", "/rooms/1")
	bea.live()
	bea.scrollTo(-600) // the stream counts from its end
	row, top := bea.firstRow()
	for n := range 4 {
		data := apptest.JpegOf(t, 2400, 1600+n*100)
		who.Upload("/rooms/1/messages", []string{"cid", fmt.Sprint("p", n), "body", "a picture"}, apptest.NewFile("p.jpg", data)).Want(t,
			http.StatusSeeOther)
		bea.until("one more picture on its ground or ready", fmt.Sprintf(`document.querySelectorAll('.pic').length > %d`, n))
		bea.still("a message with a picture came", row, top)
	}
	bea.until("all pictures made", `!document.querySelector('.pic[data-wait]') && document.querySelectorAll('.pic img').length === 4`)
	bea.still("pictures became ready", row, top)
	ask[any](bea, `document.querySelectorAll('.pic img').forEach(i => i.loading = 'eager')`)
	bea.until("all of them here", `[...document.querySelectorAll('.pic img')].every(i => i.complete && i.naturalWidth)`)
	bea.still("pictures came", row, top)
	heights := ask[[]float64](bea, `[...document.querySelectorAll('.pic')].map(p => p.getBoundingClientRect().height)`)
	if len(heights) != 4 || heights[0] < 200 {
		t.Error("pictures are as high as", heights)
	}
}

// On a slow line what was chosen, pasted or dropped is there with the words that follow at once.
func TestFilesOnASlowLineGoWithTheirWords(t *testing.T) {
	t.Parallel()
	_, g, mei, p := slow(t)
	file := apptest.NewFile("late.txt", []byte("late"))
	for _, bring := range []struct {
		how string
		do  func()
	}{
		{"chosen", func() { p.choose(file) }},
		{"pasted", func() { p.pasteFiles(apptest.NewFile("image.png", apptest.PngOf(t, 40, 40))) }},
	} {
		p.open("/rooms/1")
		p.live()
		held := g.stop("/files.js")
		bring.do()
		p.say("words with what was " + bring.how)
		g.let(held)
		p.until("one message with both",
			`[...document.querySelectorAll('.msg:not(.pend)')].some(m => m.querySelector('.body')?.textContent.includes(`+
				quote(bring.how)+`) && m.querySelector('.file,.pic'))`)
	}
	p.open("/rooms/1")
	p.live()
	held := g.stop("/files.js")
	p.drag("dragover", "#stream", file)
	p.drag("drop", "#stream", file)
	g.let(held)
	p.sees("#tray .nm", "late.txt")
	p.loses(".drop", "")
	if n := strings.Count(mei.Get("/rooms/1").Body, "words with what was"); n != 2 {
		t.Error("messages with words:", n)
	}
}

func TestTheFirstMessageToSomebodyTakesItsFiles(t *testing.T) {
	t.Parallel()
	s := apptest.Start(t)
	c := openChromium(t)
	bea := s.Signup("Bea")
	ada := c.member(s, "Ada", "/rooms/1")
	ada.live()
	ada.open("/dm/new?to=1")
	ada.choose(apptest.NewFile("pier.png", apptest.PngOf(t, 90, 60)), apptest.NewFile("b.txt", []byte("b")))
	ada.sees("#tray .nm", "b.txt")
	ada.fill(`#tray li:first-child .alt input`, "The pier")
	ada.click(`#tray li:nth-child(2) [aria-label="Remove b.txt"]`, "")
	ada.pasteFiles(apptest.NewFile("c.txt", []byte("c")))
	ada.sees("#tray .nm", "c.txt")
	ada.say("for you alone")
	ada.sees(".msg .body", "for you alone")
	ada.sees(".msg .file b", "c.txt")
	ada.until("the picture with its description",
		`!!document.querySelector('.msg .pic [alt="The pier"], .msg .pic[aria-label*="The pier"], .msg .pic [aria-label="The pier"]')`)
	ada.never(".msg .file b", "b.txt")
	if p := bea.Get("/rooms/2").Body; !strings.Contains(p, "c.txt") {
		t.Error("Bea does not see the files")
	}
}
