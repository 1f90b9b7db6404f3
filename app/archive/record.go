package archive

import (
	"encoding/json"

	"parley/app/chat"
)

// Header is the first line: it says how many of each kind follow, so that a file
// that was cut off is noticed.
type Header struct {
	Type        string `json:"type"`
	Format      int    `json:"format"`
	Settings    int64  `json:"settings"`
	Accounts    int64  `json:"accounts"`
	Rooms       int64  `json:"rooms"`
	Memberships int64  `json:"memberships"`
	Messages    int64  `json:"messages"`
	Files       int64  `json:"files,omitempty"`
	Bytes       int64  `json:"bytes,omitempty"` // lines of them
	Widgets     int64  `json:"widgets,omitempty"`
	Cases       int64  `json:"cases,omitempty"`
	CaseLines   int64  `json:"case_lines,omitempty"`
	Invites     int64  `json:"invites"`
	Origins     int64  `json:"origins"`
}

// Lines is how many lines follow.
func (h *Header) Lines() (n int64) {
	for _, kind := range kinds[1:] {
		n += *h.count(kind)
	}
	return n
}

func (h *Header) count(kind string) *int64 {
	return map[string]*int64{kindHeader: new(int64), kindSetting: &h.Settings, kindAccount: &h.Accounts, kindRoom: &h.Rooms,
		kindMembership: &h.Memberships, kindMessage: &h.Messages, kindFile: &h.Files, kindBytes: &h.Bytes,
		kindWidget: &h.Widgets, kindCase: &h.Cases, kindCaseLine: &h.CaseLines, kindInvite: &h.Invites, kindOrigin: &h.Origins}[kind]
}

// Setting is one that Exported allows.
type Setting struct {
	Type  string `json:"type"`
	Key   string `json:"key"`
	Value string `json:"value"`
}

// Account is a person.
type Account struct {
	Type     string          `json:"type"`
	ID       chat.AccountID  `json:"id"`
	Username string          `json:"username"`
	Name     string          `json:"name"`
	Role     string          `json:"role"`
	Password string          `json:"password,omitempty"`
	Created  Time            `json:"created"`
	Disabled *Time           `json:"disabled,omitempty"`
	Banned   *Time           `json:"banned,omitempty"`
	Title    string          `json:"title,omitempty"`
	Bio      string          `json:"bio,omitempty"`
	Prefs    json.RawMessage `json:"prefs,omitempty"`
	Bot      chat.AccountID  `json:"bot,omitempty"` // whose bot it is
}

// Room is a room or a direct conversation.
type Room struct {
	Type       string           `json:"type"`
	ID         chat.RoomID      `json:"id"`
	Kind       string           `json:"kind"`
	Name       string           `json:"name,omitempty"`
	Topic      string           `json:"topic,omitempty"`
	Everyone   bool             `json:"everyone,omitempty"`
	Direct     []chat.AccountID `json:"direct,omitempty"`
	Rev        chat.Rev         `json:"rev"`
	Posts      int64            `json:"posts"`
	LastAuthor chat.AccountID   `json:"last_author,omitempty"`
	LastAt     *Time            `json:"last_at,omitempty"`
	Created    Time             `json:"created"`
	Slow       int64            `json:"slow,omitempty"`
	World      int64            `json:"world,omitempty"`
}

// Membership is a person in a room, or one who was.
type Membership struct {
	Type    string         `json:"type"`
	Room    chat.RoomID    `json:"room"`
	Account chat.AccountID `json:"account"`
	Role    string         `json:"role"`
	Rev     chat.Rev       `json:"rev"`
	Read    int64          `json:"read"`
	Erased  int64          `json:"erased,omitempty"`
	Joined  Time           `json:"joined"`
	Left    *Time          `json:"left,omitempty"`
	Level   string         `json:"level,omitempty"`
	Muted   bool           `json:"muted,omitempty"`
	Until   *Time          `json:"muted_until,omitempty"`
	Star    int            `json:"starred,omitempty"`
	Banned  bool           `json:"banned,omitempty"`
}

// Message is one row of a room's log.
type Message struct {
	Type      string           `json:"type"`
	ID        chat.MessageID   `json:"id"`
	Room      chat.RoomID      `json:"room"`
	Rev       chat.Rev         `json:"rev"`
	Born      chat.Rev         `json:"born"`
	Posts     int64            `json:"posts"`
	Kind      string           `json:"kind"`
	Author    chat.AccountID   `json:"author"`
	At        Time             `json:"at"`
	Cont      bool             `json:"cont,omitempty"`
	Body      string           `json:"body,omitempty"`
	Text      json.RawMessage  `json:"text,omitempty"`
	For       []chat.AccountID `json:"for,omitempty"`
	All       bool             `json:"all,omitempty"`
	Mentions  []chat.AccountID `json:"mentions,omitempty"`
	CID       string           `json:"cid,omitempty"`
	Reactions json.RawMessage  `json:"reactions,omitempty"`
	Edited    *Time            `json:"edited,omitempty"`
	Deleted   *Time            `json:"deleted,omitempty"`
	ReplyTo   chat.MessageID   `json:"reply_to,omitempty"`
	Versions  []Version        `json:"versions,omitempty"`
	Program   json.RawMessage  `json:"program,omitempty"`
	Previews  json.RawMessage  `json:"previews,omitempty"`
}

// Version is what a message said until it was edited.
type Version struct {
	Until Time            `json:"until"`
	Rev   chat.Rev        `json:"rev"`
	Text  json.RawMessage `json:"text"`
}

// File is one that came with a message, or shows something.
type File struct {
	Type    string         `json:"type"`
	ID      chat.FileID    `json:"id"`
	Token   string         `json:"token"`
	Message chat.MessageID `json:"message,omitempty"`
	Use     string         `json:"use,omitempty"` // what it shows, of UseWords
	Of      int64          `json:"of,omitempty"`
	Emoji   string         `json:"emoji,omitempty"`
	By      chat.AccountID `json:"by"`
	Place   int            `json:"place,omitempty"`
	Name    string         `json:"name,omitempty"`
	Kind    string         `json:"kind"`
	Media   string         `json:"media,omitempty"`
	Size    int64          `json:"size,omitempty"`
	Width   int            `json:"width,omitempty"`
	Height  int            `json:"height,omitempty"`
	Alt     string         `json:"alt,omitempty"`
	Moves   bool           `json:"moves,omitempty"`
	Waiting bool           `json:"waiting,omitempty"`
	Gone    bool           `json:"gone,omitempty"`
	Removed bool           `json:"removed,omitempty"`
	Made    Time           `json:"made"`
	Forms   []Form         `json:"forms,omitempty"`
}

// Form is what a file holds, or a picture of it.
type Form struct {
	Form  string `json:"form"`
	Media string `json:"media"`
	Size  int64  `json:"size"`
	Sum   []byte `json:"sum"`
}

// BytesSize is how many bytes of a form one line holds; the last may hold less.
const BytesSize = 64 << 10

// Bytes are some of a form, in order.
type Bytes struct {
	Type string      `json:"type"`
	File chat.FileID `json:"file"`
	Form string      `json:"form"`
	Data []byte      `json:"data"`
}

// Invite is a link by which people may come.
type Invite struct {
	Type    string         `json:"type"`
	ID      int64          `json:"id"`
	Code    string         `json:"code"`
	Role    string         `json:"role"`
	Rooms   []chat.RoomID  `json:"rooms,omitempty"` // into which guests come
	Uses    int64          `json:"uses,omitempty"`
	Used    int64          `json:"used,omitempty"`
	MadeBy  chat.AccountID `json:"made_by,omitempty"`
	Made    Time           `json:"made"`
	Expires *Time          `json:"expires,omitempty"`
	Revoked *Time          `json:"revoked,omitempty"`
}

// Origin is what something is called on the server that it came from.
type Origin struct {
	Type   string `json:"type"`
	Source string `json:"source"`
	Key    string `json:"key"`
	ID     int64  `json:"id"`
}

func (*Header) kind() string     { return kindHeader }
func (*Setting) kind() string    { return kindSetting }
func (*Account) kind() string    { return kindAccount }
func (*Room) kind() string       { return kindRoom }
func (*Membership) kind() string { return kindMembership }
func (*Message) kind() string    { return kindMessage }
func (*File) kind() string       { return kindFile }
func (*Bytes) kind() string      { return kindBytes }
func (*Widget) kind() string     { return kindWidget }
func (*Case) kind() string       { return kindCase }
func (*CaseLine) kind() string   { return kindCaseLine }
func (*Invite) kind() string     { return kindInvite }
func (*Origin) kind() string     { return kindOrigin }

// blank makes an empty record of a kind; nil for a kind that is none.
func blank(kind string) Record {
	switch kind {
	case kindHeader:
		return &Header{}
	case kindSetting:
		return &Setting{}
	case kindAccount:
		return &Account{}
	case kindRoom:
		return &Room{}
	case kindMembership:
		return &Membership{}
	case kindMessage:
		return &Message{}
	case kindFile:
		return &File{}
	case kindBytes:
		return &Bytes{}
	case kindWidget:
		return &Widget{}
	case kindCase:
		return &Case{}
	case kindCaseLine:
		return &CaseLine{}
	case kindInvite:
		return &Invite{}
	case kindOrigin:
		return &Origin{}
	}
	return nil
}
