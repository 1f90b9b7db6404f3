package web

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"parley/app/chat"
	"parley/views"
)

// atomFeed is a feed as RFC 4287 has it.
type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Base    string      `xml:"xml:base,attr"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Links   []atomLink  `xml:"link"`
	Entries []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	ID        string      `xml:"id"`
	Title     string      `xml:"title"`
	Published string      `xml:"published"`
	Updated   string      `xml:"updated"`
	Author    string      `xml:"author>name"`
	Link      atomLink    `xml:"link"`
	Content   atomContent `xml:"content"`
}

type atomContent struct {
	Type string `xml:"type,attr"`
	HTML string `xml:",chardata"`
}

const (
	atomType   = "application/atom+xml"
	entryTitle = 80 // characters
)

// roomFeed is the newest page of a room for feed readers, the newest message first.
func (s *Server) roomFeed(c *fiber.Ctx) error {
	me := sessionOf(c).Account
	p, err := s.chat.OpenRoom(c.UserContext(), me, roomParam(c), chat.RoomQuery{})
	if err != nil {
		return err
	}
	title := p.Label()
	if p.Kind == chat.Direct {
		title = titleOf(p.Members, me.ID)
	}
	c.Set(headerRobots, "noindex")
	return s.sendRoomFeed(c, p.Room, title, p.Messages)
}

func (s *Server) sendRoomFeed(c *fiber.Ctx, p chat.Room, title string, messages []chat.Message) error {
	f := s.feed(c, "room/"+strconv.FormatInt(int64(p.ID), 10), title+" · "+s.workspace().Workspace(), views.RoomURL(p.ID), p.Created)
	for i := len(messages) - 1; i >= 0; i-- {
		if m := messages[i]; m.Kind == chat.MessagePosted && !m.Deleted {
			f.add(s.entry(c, m))
		}
	}
	return sendFeed(c, f)
}

// searchFeed is what a search finds, for feed readers.
func (s *Server) searchFeed(c *fiber.Ctx) error {
	asked := c.Query("q")
	found, err := s.chat.Search(c.UserContext(), sessionOf(c).Account, chat.SearchInput{Text: asked, Zone: time.UTC})
	if err != nil {
		return err
	}
	c.Set(headerRobots, "noindex")
	f := s.feed(c, "search/"+url.PathEscape(asked), "“"+asked+"” · "+s.workspace().Workspace(), "/search?"+url.Values{"q": {asked}}.Encode(),
		time.Unix(0, 0))
	for _, h := range found.Hits {
		f.add(s.entry(c, h.Message))
	}
	return sendFeed(c, f)
}

func (s *Server) feed(c *fiber.Ctx, id, title, page string, began time.Time) *atomFeed {
	host := s.public(c)
	f := &atomFeed{Base: host, ID: s.tag(c, id), Title: title, Updated: began.UTC().Format(time.RFC3339),
		Links: []atomLink{{"alternate", "text/html", host + page}}}
	if c.Params("key") == "" { // an address with a secret stands nowhere but where it is used
		f.Links = append(f.Links, atomLink{"self", atomType, host + string(c.Request().URI().RequestURI())})
	}
	return f
}

// tag names something for ever, as RFC 4151 has it.
func (s *Server) tag(c *fiber.Ctx, what string) string {
	return "tag:" + c.Hostname() + ",2026:" + what
}

func (f *atomFeed) add(e atomEntry) {
	f.Updated = max(f.Updated, e.Updated) // all in UTC
	f.Entries = append(f.Entries, e)
}

func (s *Server) entry(c *fiber.Ctx, m chat.Message) atomEntry {
	name, line := m.Author.Name, []rune(m.Line())
	if m.Program != nil && m.Program.Name != "" {
		name = m.Program.Name
	}
	if len(line) > entryTitle {
		line = append(line[:entryTitle-1], '…')
	}
	updated := m.At
	if m.Edited.After(updated) {
		updated = m.Edited
	}
	return atomEntry{ID: s.tag(c, "message/"+strconv.FormatInt(int64(m.ID), 10)), Title: name + ": " + string(line),
		Published: m.At.UTC().Format(time.RFC3339), Updated: updated.UTC().Format(time.RFC3339), Author: name,
		Link:    atomLink{"alternate", "text/html", s.public(c) + views.MessageURL(m.Room, m.ID)},
		Content: atomContent{"html", views.BodyHTML(m)}}
}

// jsonFeed is a feed as https://www.jsonfeed.org/version/1.1 has it.
type jsonFeed struct {
	Version string         `json:"version"`
	Title   string         `json:"title"`
	Page    string         `json:"home_page_url"`
	URL     string         `json:"feed_url,omitempty"`
	Items   []jsonFeedItem `json:"items"`
}

type jsonFeedItem struct {
	ID        string           `json:"id"`
	URL       string           `json:"url"`
	Title     string           `json:"title"`
	HTML      string           `json:"content_html"`
	Published string           `json:"date_published"`
	Modified  string           `json:"date_modified"`
	Authors   []jsonFeedAuthor `json:"authors"`
}

type jsonFeedAuthor struct {
	Name string `json:"name"`
}

const jsonFeedType = "application/feed+json"

// json is the same feed in the other form.
func (f *atomFeed) json() jsonFeed {
	j := jsonFeed{Version: "https://jsonfeed.org/version/1.1", Title: f.Title, Page: f.Links[0].Href, Items: []jsonFeedItem{}}
	if len(f.Links) > 1 {
		j.URL = f.Links[1].Href
	}
	for _, e := range f.Entries {
		j.Items = append(j.Items, jsonFeedItem{e.ID, e.Link.Href, e.Title, e.Content.HTML, e.Published, e.Updated, []jsonFeedAuthor{{e.Author}}})
	}
	return j
}

// sendFeed sends a feed in the form that its address names, to who has not read it yet.
func sendFeed(c *fiber.Ctx, f *atomFeed) error {
	kind, b, err := jsonFeedType, []byte(nil), error(nil)
	if strings.HasSuffix(c.Path(), ".json") {
		b, err = json.Marshal(f.json())
	} else {
		kind = atomType + "; charset=utf-8"
		b, err = xml.MarshalIndent(f, "", " ")
		b = append([]byte(xml.Header), b...)
	}
	if err != nil {
		return err
	}
	sum := sha256.Sum256(b)
	tag := `"` + base64.RawURLEncoding.EncodeToString(sum[:16]) + `"`
	c.Set(fiber.HeaderETag, "W/"+tag) // it may be compressed
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	if matches(c.Get(fiber.HeaderIfNoneMatch), tag) {
		return c.SendStatus(fiber.StatusNotModified)
	}
	c.Set(fiber.HeaderContentType, kind)
	return send(c, b)
}

// byFeedKey has a feed reader act for who made its address, for a feed and nothing else.
func (s *Server) byFeedKey(feed fiber.Handler) fiber.Handler {
	return func(c *fiber.Ctx) error {
		session, _, err := s.auth.ResumeFeed(c.UserContext(), c.Params("key"))
		if err != nil {
			return err
		}
		c.Locals("session", &session)
		err = feed(c)
		if err != nil { // whose address it is, is nobody's business
			c.Locals("session", nil)
		}
		return err
	}
}

// makeFeed makes the key in the addresses of one's feeds.
func (s *Server) makeFeed(c *fiber.Ctx) error {
	me := sessionOf(c).Account
	secret, err := s.auth.CreateFeed(c.UserContext(), me)
	f := views.KeyList{FeedKey: secret}
	if err == nil {
		f.FeedRooms, err = s.chat.Sidebar(c.UserContext(), me.ID)
	}
	if err != nil {
		if f.Errors, err = s.formErrors(c, err); err != nil {
			return err
		}
	}
	return s.tokenPage(c, f)
}
