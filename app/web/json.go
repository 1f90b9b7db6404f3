package web

import (
	"time"

	"parley/app/chat"
	"parley/views"
)

// What programs get of rooms, messages and searches. These names are a contract: a field
// may be added, and none changes its meaning. Times are RFC 3339 in UTC with
// milliseconds, null for never; ids are numbers that grow; what is not there is empty or
// null and not left out.

type jsonPerson struct {
	ID       chat.AccountID `json:"id"`
	Username string         `json:"username"`
	Name     string         `json:"name"`
}

type jsonMember struct {
	jsonPerson
	Rank string `json:"rank"` // member, owner, moderator
}

// jsonProfile is what everybody may know of an account.
type jsonProfile struct {
	jsonPerson
	Title       string `json:"title"`
	About       string `json:"about"`
	Role        string `json:"role"` // member, administrator
	Bot         bool   `json:"bot"`
	Deactivated bool   `json:"deactivated"`
	Presence    string `json:"presence"` // on, away, dnd for who is not to be disturbed, or "" for who is not here
}

type jsonPeoplePage struct {
	People []jsonProfile `json:"people"` // by name
	More   *string       `json:"more"`   // address of the next page
}

type jsonRoomsPage struct {
	Rooms []jsonRoom `json:"rooms"` // by name
	More  *string    `json:"more"`  // address of the next page
}

// jsonSlack is an answer in Slack's words.
type jsonSlack struct {
	OK      bool   `json:"ok"`
	Channel string `json:"channel"`
	TS      string `json:"ts"`
	Error   string `json:"error"`
}

// jsonMe is for whom a key acts, and what it may.
type jsonMe struct {
	jsonProfile
	Writes  bool       `json:"writes"`  // else the key may only read
	Expires *time.Time `json:"expires"` // the key; null: never
}

type jsonChanges struct {
	Rev      chat.Rev      `json:"rev"`      // ask for what comes after this one
	Reset    bool          `json:"reset"`    // too much has changed: read the room anew
	Messages []jsonMessage `json:"messages"` // as they are now, in the order of their changes
}

type jsonMembership struct {
	Rank     string `json:"rank"`
	Unread   int64  `json:"unread"`
	Mentions int    `json:"mentions"` // unread messages that are for the person who asks
	Muted    bool   `json:"muted"`
	Starred  bool   `json:"starred"`
}

type jsonRoom struct {
	ID         chat.RoomID     `json:"id"`
	Kind       string          `json:"kind"` // open, private, direct
	Name       string          `json:"name"` // "" of a direct conversation
	Title      string          `json:"title"`
	Topic      string          `json:"topic"`
	Rev        chat.Rev        `json:"rev"` // of the latest change
	People     int             `json:"people"`
	Slow       int             `json:"slow"` // seconds between two messages of one person; 0: off
	Created    *time.Time      `json:"created"`
	Membership *jsonMembership `json:"membership"` // null: not in it
}

// jsonFile is a file of a message. Its address is for who may read the message.
type jsonFile struct {
	Name    string `json:"name"` // "" when it was removed
	Kind    string `json:"kind"` // file, picture, sound, film, text
	Type    string `json:"type"`
	Size    int64  `json:"size"`   // bytes
	Width   int    `json:"width"`  // of a picture, in pixels; 0: not known
	Height  int    `json:"height"` // of a picture
	Alt     string `json:"alt"`    // what it shows
	URL     string `json:"url"`
	Small   string `json:"small"` // of a picture; "" until it is there
	Large   string `json:"large"`
	Removed bool   `json:"removed"`
}

type jsonRoomFile struct {
	jsonFile
	Message chat.MessageID `json:"message"`
	By      jsonPerson     `json:"by"`
	At      *time.Time     `json:"at"`
}

type jsonFilesPage struct {
	Files []jsonRoomFile `json:"files"` // the newest first
	Older *string        `json:"older"`
}

type jsonReaction struct {
	Emoji string       `json:"emoji"`
	Count int          `json:"count"`
	By    []jsonPerson `json:"by"`
}

// jsonPreview is what a link of a message leads to.
type jsonPreview struct {
	URL     string          `json:"url"`
	Site    string          `json:"site"`
	Title   string          `json:"title"`
	Text    string          `json:"text"`
	Picture string          `json:"picture"` // address of it, small; "": none
	Message *chat.MessageID `json:"message"` // of this server, which has no more here: ask for it
}

type jsonSystem struct {
	People []jsonPerson `json:"people"` // the first of them
	Count  int          `json:"count"`
	Value  string       `json:"value"` // the new name, topic or kind
}

type jsonMessage struct {
	ID        chat.MessageID   `json:"id"`
	Room      chat.RoomID      `json:"room"`
	Rev       chat.Rev         `json:"rev"`
	Kind      string           `json:"kind"` // message, joined, left, renamed, topic, visibility
	Author    jsonPerson       `json:"author"`
	At        *time.Time       `json:"at"`
	Body      string           `json:"body"` // as it was typed; "" when deleted
	Text      string           `json:"text"` // as it is shown, without markup
	Edited    *time.Time       `json:"edited"`
	Deleted   bool             `json:"deleted"`
	ReplyTo   *chat.MessageID  `json:"reply_to"`
	Replies   int              `json:"replies"`
	For       []chat.AccountID `json:"for"`     // people whom it mentions or answers
	ForAll    bool             `json:"for_all"` // everybody in the room
	Files     []jsonFile       `json:"files"`
	Reactions []jsonReaction   `json:"reactions"`
	Previews  []jsonPreview    `json:"previews"` // what its links lead to
	System    *jsonSystem      `json:"system"`   // of all kinds but message
}

type jsonRoomPage struct {
	Room     jsonRoom      `json:"room"`
	Members  []jsonMember  `json:"members"`
	Messages []jsonMessage `json:"messages"` // in order
	Older    *string       `json:"older"`    // address of the page before; null: there is none
	Newer    *string       `json:"newer"`
}

type jsonVersion struct {
	Until *time.Time `json:"until"`
	Text  string     `json:"text"`
}

type jsonMessagePage struct {
	Room     jsonRoom      `json:"room"`
	Message  jsonMessage   `json:"message"`
	Thread   []jsonMessage `json:"thread"` // what it answers, the message, and its replies, in order
	More     bool          `json:"more"`   // there are more replies
	Newer    *string       `json:"newer"`  // address of the replies after these
	Versions []jsonVersion `json:"versions"`
	Older    *string       `json:"older"` // address of the versions before these
}

type jsonHit struct {
	Message jsonMessage `json:"message"`
	Room    jsonRoom    `json:"room"`
	Snippet string      `json:"snippet"`
}

type jsonSearchPage struct {
	Query  string    `json:"query"`
	Hits   []jsonHit `json:"hits"` // the newest first
	Older  *string   `json:"older"`
	Behind bool      `json:"behind"` // the newest messages cannot be found yet
}

var jsonKinds = map[chat.MessageKind]string{chat.MessagePosted: "message", chat.MessageJoined: "joined", chat.MessageLeft: "left",
	chat.MessageRenamed: "renamed", chat.MessageTopic: "topic", chat.MessageVisibility: "visibility"}

func timeOf(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC().Truncate(time.Millisecond)
	return &t
}

func addressOf(is bool, url string) *string {
	if !is {
		return nil
	}
	return &url
}

// each makes a list that is never null.
func each[A, B any](list []A, one func(A) B) []B {
	all := make([]B, 0, len(list))
	for _, a := range list {
		all = append(all, one(a))
	}
	return all
}

func personJSON(p chat.Person) jsonPerson { return jsonPerson{p.ID, p.Username, p.Name} }

func (s *Server) profileJSON(a chat.Account) jsonProfile {
	return jsonProfile{personJSON(a.Person), a.Title, a.Bio, a.Role.String(), a.IsBot(), a.Disabled, s.announcer.PresenceWord(a.ID)}
}

func roomJSON(r chat.Room, title string, m *chat.Membership) jsonRoom {
	j := jsonRoom{ID: r.ID, Kind: chat.KindWords[r.Kind], Name: r.Name, Title: title, Topic: r.Topic, Rev: r.Rev, People: r.People,
		Slow: r.Slow, Created: timeOf(r.Created)}
	if m != nil {
		j.Membership = &jsonMembership{Rank: m.Rank.String(), Unread: m.Unread(r), Mentions: m.Mentions, Muted: m.Muted, Starred: m.Star > 0}
	}
	return j
}

var jsonFileKinds = map[chat.FileKind]string{chat.FileOther: "file", chat.FilePicture: "picture", chat.FileSound: "sound",
	chat.FileFilm: "film", chat.FileText: "text"}

func fileJSON(f chat.File) jsonFile {
	if f.State == chat.FileRemoved {
		return jsonFile{Kind: "file", Removed: true}
	}
	j := jsonFile{Name: f.Name, Kind: jsonFileKinds[f.Kind], Type: f.Type, Size: f.Size, Width: f.Width, Height: f.Height, Alt: f.Alt,
		URL: views.FileURL(f)}
	if f.Kind == chat.FilePicture && f.State == chat.FileReady {
		j.Small, j.Large = views.FormURLs(f)
	}
	return j
}

func messageJSON(m chat.Message) jsonMessage {
	j := jsonMessage{ID: m.ID, Room: m.Room, Rev: m.Rev, Kind: jsonKinds[m.Kind], Author: personJSON(m.Author), At: timeOf(m.At), Body: m.Body,
		Text:   m.Text.Plain(),
		Edited: timeOf(m.Edited), Deleted: m.Deleted, Replies: m.Replies, For: append([]chat.AccountID{}, m.For...), ForAll: m.All,
		Files: each(m.Files, fileJSON), Reactions: each(m.Reactions, func(r chat.Reaction) jsonReaction {
			return jsonReaction{r.Emoji, len(r.By),
				each(r.By, personJSON)}
		})}
	j.Previews = []jsonPreview{}
	for _, p := range m.Previews {
		if !p.Shown() {
			continue
		}
		one := jsonPreview{URL: p.URL, Site: p.Site, Title: p.Title, Text: p.Text}
		if p.Picture != nil {
			one.Picture, _ = views.FormURLs(*p.Picture)
		}
		if p.Message != 0 {
			one.Message = &p.Message
		}
		j.Previews = append(j.Previews, one)
	}
	if m.Quote.ID != 0 {
		j.ReplyTo = &m.Quote.ID
	}
	if m.Kind != chat.MessagePosted {
		j.System = &jsonSystem{each(m.System.People, personJSON), m.System.Count, m.System.Arg}
	}
	return j
}
