package views

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"parley/app/chat"
)

// Viewer is the person a page is drawn for. Fragments that many people get have
// no viewer.
type Viewer struct {
	Me         chat.Account
	Mark       string // of the session that the page is drawn for
	Workspace  string
	Logo       chat.FileID    // of the workspace; 0: none
	Nonce      string         // of the viewer stylesheet
	Zone       *time.Location // UTC until the browser told its own
	ZoneKnown  bool
	Folded     string // sections of the sidebar, by spaces
	Twelve     bool   // reads 3:04 PM instead of 15:04
	MonthFirst bool   // reads November 28 instead of 28 November
	Now        time.Time
	Presence   func(chat.AccountID) string // "on", "away", "dnd", ""
	Status     func(chat.AccountID) chat.Status
	Rooms      []chat.SidebarRoom // the sidebar; not needed for a stage
	Reports    int                // messages that wait for this person's decision
	Timing     Timing
	Uploads    Uploads
}

// Timing is what the script has to know of how the server talks with it.
type Timing struct {
	Ping  time.Duration // between two pings of a socket
	Poll  time.Duration // how long a poll is held
	Rooms int           // in one poll, at most
}

// limits tells the script what the server owns. Limits of one field are its data-max.
func limits(t Timing, u Uploads) templ.Attributer {
	return templ.OrderedAttributes{
		{Key: "data-max-body", Value: strconv.Itoa(chat.MaxBody)},
		{Key: "data-max-quote", Value: strconv.Itoa(chat.MaxQuote)},
		{Key: "data-continued", Value: inSeconds(chat.ContinuedWithin)},
		{Key: "data-ping", Value: inSeconds(t.Ping)},
		{Key: "data-poll", Value: inSeconds(t.Poll)},
		{Key: "data-poll-rooms", Value: strconv.Itoa(t.Rooms)},
		{Key: "data-max-files", Value: strconv.Itoa(u.Files)},
		{Key: "data-max-file", Value: strconv.Itoa(u.Megabytes)},
	}
}

func inSeconds(d time.Duration) string { return strconv.Itoa(int(d.Seconds())) }

// PageShell is what the sidebar stands beside: one page.
type PageShell struct {
	Title string      // of the document
	View  string      // home, room, panel or page: what a phone shows
	Room  chat.RoomID // whose messages are shown
	Of    chat.RoomID // whose page it is, as the sidebar marks it; 0: Room
	Box   bool        // there is a box to write in
	In    bool        // the viewer may answer, react, and take back what he said

	Moderates bool // and what others said
	Again     bool // load anew every minute, for who has no script and wants that
	Scripted  bool // made for a script; where none runs after all, the plain page is asked for
}

// can are the rights that the toolbar asks for.
func (s PageShell) can() string {
	switch {
	case s.In && s.Moderates:
		return "post mod"
	case s.In:
		return "post"
	}
	return ""
}

type buildKey struct{}

// WithBuild tells components where assets are: at /static/BUILD/.
func WithBuild(ctx context.Context, build string) context.Context {
	return context.WithValue(ctx, buildKey{}, build)
}

type partsKey struct{}

// WithParts collects what is drawn of a page that other pages have, too, in its order: the
// lists of the sidebar and the rows of a room. Who compresses pages does that once for all.
func WithParts(ctx context.Context, parts *[][]byte) context.Context {
	return context.WithValue(ctx, partsKey{}, parts)
}

// notePart notes a part of the page that is drawn; it must not be changed any more.
func notePart(ctx context.Context, part []byte) {
	if parts, ok := ctx.Value(partsKey{}).(*[][]byte); ok {
		*parts = append(*parts, part)
	}
}

func build(ctx context.Context) string {
	b, _ := ctx.Value(buildKey{}).(string)
	return b
}

func asset(ctx context.Context, name string) string { return "/static/" + build(ctx) + "/" + name }

// viewerCSS is what makes shared bytes one person's: own name, own mentions.
func viewerCSS(id chat.AccountID) string {
	return strings.ReplaceAll(`.mine,.own,.mod{display:none}
.msg[data-u="ID"] .who{color:var(--accent-ink)}
.msg[data-m~="ID"]:not([data-u="ID"]),.msg[data-m~="all"]:not([data-u="ID"]){background:var(--honey-bg)}
.msg[data-m~="ID"]:not([data-u="ID"])::before,.msg[data-m~="all"]:not([data-u="ID"])::before{content:""}
.at[data-u="ID"]{background:var(--honey-chip);color:var(--honey-ink)}
.rc[data-by~="ID"]{border-color:var(--accent);background:var(--accent-soft)}.rc[data-by~="ID"] .mine{display:inline}
[data-u="ID"] .own,[data-can~=mod] .mod{display:flex}#tools[data-u="ID"] .alien{display:none}
.typing b[data-u="ID"]{display:none}.typing b[data-u="ID"]:first-of-type+b::before{content:none}.typing:not(:has(b:not([data-u="ID"]))){visibility:hidden}
@media (forced-colors:active){.msg[data-m~="ID"],.msg[data-m~="all"]{border-inline-start:3px solid Highlight}}`, "ID", num(id))
}

// blockedCSS folds what people say whom the viewer blocks.
func blockedCSS(blocked []chat.AccountID) string {
	var b strings.Builder
	for _, id := range blocked {
		row := `.msg[data-u="` + num(id) + `"]`
		b.WriteString(row + `>:not(.av,.hd){display:none}` + row +
			`>.hd::after{content:"You blocked this person";color:var(--text-3);font-size:var(--fs-s)}`)
	}
	return b.String()
}

// config is read by htmx: errors swap nothing, nothing is inserted as style, and
// the socket is ours to reconnect.
const config = `{"includeIndicatorCSS":false,"defaultSettleDelay":0,"defaultSwap":"none","ws":{"reconnect":false,"pauseOnBackground":false}}`

// avatarHue picks one of the twelve avatar colours.
func avatarHue(id chat.AccountID) string { return strconv.Itoa(int(id)*5%12 + 1) }

// count writes "1 person", "12 people".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// badgeText caps what a badge shows.
func badgeText(n int64) string {
	if n > 99 {
		return "99+"
	}
	return strconv.FormatInt(n, 10)
}

// clock24 is how a time of day is written where nobody has chosen: always five bytes.
const clock24 = "15:04"

// red sums what asks for this person: mentions, and every direct message.
func (v Viewer) red() (n int64) {
	for _, r := range v.Rooms {
		if b := BadgeOf(r); b.For {
			n += b.N
		}
	}
	return n
}

// Badge is what stands beside a room's name.
type Badge struct {
	N   int64
	For bool // asks for this person: red
}

// maxGrey is where grey badges stop counting: they show "99+" and are not summed.
const maxGrey = 100

// BadgeOf works out the badge of a room in somebody's list.
func BadgeOf(r chat.SidebarRoom) Badge {
	n := r.Unread(r.Room)
	switch {
	case r.Muted:
		return Badge{}
	case n > 0 && r.Kind == chat.Direct:
		return Badge{N: n, For: true}
	case r.Mentions > 0:
		return Badge{N: int64(r.Mentions), For: true}
	}
	return Badge{N: min(n, maxGrey)}
}

// attributes tell the script the exact number; the text is capped.
func (b Badge) attributes() templ.Attributes {
	switch {
	case b.N == 0:
		return nil
	case b.For:
		return templ.Attributes{"data-at": strconv.FormatInt(b.N, 10)}
	}
	return templ.Attributes{"data-n": strconv.FormatInt(b.N, 10)}
}

func (b Badge) words() string {
	if b.For {
		return " for you"
	}
	return " unread"
}

// online counts who of some people is here.
func (v Viewer) online(people []chat.RoomMember) (n int) {
	for _, p := range people {
		if !p.Bot && (v.Presence(p.ID) != "" || p.ID == v.Me.ID && v.mine() != "") { // whose page opens
			n++
		}
	}
	return n
}

func presenceWords(on string) string {
	switch on {
	case "on":
		return "online"
	case "away":
		return "away"
	case "dnd":
		return "do not disturb"
	}
	return "offline"
}

// PeopleCount is the line under a room's name.
func PeopleCount(people, online int) string {
	return fmt.Sprintf("%s · %d online", count(people, "person", "people"), online)
}
