package browser

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"parley/app/apptest"
)

// shot saves what the page looks like in the directory that SHOTS names.
func (p *tab) shot(name string) {
	p.t.Helper()
	dir := os.Getenv("SHOTS")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.t.Fatal(err)
	}
	name = strings.NewReplacer(" ", "-", "'", "").Replace(name)
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// Nothing is judged here: with SHOTS=directory people get every page to look at.
func TestPicturesAreTakenOfEveryPage(t *testing.T) {
	t.Parallel()
	if os.Getenv("SHOTS") == "" {
		t.Skip("SHOTS names no directory for pictures")
	}
	s := apptest.Start(t)
	c := openChromium(t)
	for _, v := range sights(t, s) {
		p := c.person(v.name, s.Base)
		p.expect("") // TestEverybodyCanUseEveryPage listens
		if v.who.Cookie != "" {
			p.enter(v.who)
		}
		for _, scheme := range []string{"light", "dark"} {
			for _, size := range [][2]int64{{1280, 800}, {390, 844}} {
				p.scheme(scheme)
				p.size(size[0], size[1])
				p.look(v)
				p.shot(fmt.Sprintf("%s-%d-%s", v.name, size[0], scheme))
			}
		}
	}
}
