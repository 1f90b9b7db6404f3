package slack

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"parley/app/chat"
)

// user is one of users.json.
type user struct {
	ID         string          `json:"id"`
	TeamID     string          `json:"team_id"`
	Name       string          `json:"name"`
	RealName   string          `json:"real_name"`
	Deleted    bool            `json:"deleted"`
	Owner      bool            `json:"is_owner"`
	Bot        bool            `json:"is_bot"`
	Workflow   bool            `json:"is_workflow_bot"`
	Guest      bool            `json:"is_restricted"`
	Single     bool            `json:"is_ultra_restricted"` // a guest of one channel
	Stranger   bool            `json:"is_stranger"`         // of a workspace that shares a channel
	Enterprise json.RawMessage `json:"enterprise_user"`     // of an organisation that has several workspaces
	Profile    profile         `json:"profile"`

	unlisted bool // known by what he said alone
}

type profile struct {
	RealName    string `json:"real_name"`
	DisplayName string `json:"display_name"`
	Name        string `json:"name"`
	Title       string `json:"title"`
	BotID       string `json:"bot_id"`
	Mail        string `json:"email"`
}

// conversation is one of channels.json, groups.json, mpims.json or dms.json.
type conversation struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Created  int64    `json:"created"`
	Creator  string   `json:"creator"`
	Archived bool     `json:"is_archived"`
	General  bool     `json:"is_general"`
	Members  []string `json:"members"`
	Topic    value    `json:"topic"`
	Purpose  value    `json:"purpose"`

	Pins       []json.RawMessage `json:"pins"`
	Bookmarks  []json.RawMessage `json:"bookmarks"`
	Properties properties        `json:"properties"`

	kind    chat.RoomKind
	folder  string
	room    chat.RoomID // 0: none, or not yet
	name    string      // here, and until it has a room there
	members map[chat.AccountID]bool
}

// properties are what stands above a conversation.
type properties struct {
	Canvas json.RawMessage   `json:"canvas"`
	Tabs   []json.RawMessage `json:"tabs"`
}

type value struct {
	Value string `json:"value"`
}

func (c *conversation) title() string {
	if c.Name != "" {
		return "#" + c.Name
	}
	return c.ID
}

// message is one of a day of a conversation; the fields that are used.
type message struct {
	Type        string          `json:"type"`
	Subtype     string          `json:"subtype"`
	User        string          `json:"user"`
	BotID       string          `json:"bot_id"`
	Username    string          `json:"username"`
	Text        string          `json:"text"`
	TS          string          `json:"ts"`
	ThreadTS    string          `json:"thread_ts"`
	Topic       string          `json:"topic"`
	NewName     string          `json:"name"`
	Edited      *edited         `json:"edited"`
	Reactions   []reaction      `json:"reactions"`
	File        *file           `json:"file"` // in old exports
	Files       []file          `json:"files"`
	Attachments json.RawMessage `json:"attachments"`
	Blocks      json.RawMessage `json:"blocks"`
	UserProfile *profile        `json:"user_profile"` // of who is of another workspace
	BotProfile  *profile        `json:"bot_profile"`
	Comment     *comment        `json:"comment"`
	ReplyCount  int             `json:"reply_count"`
}

type edited struct {
	TS string `json:"ts"`
}

type comment struct {
	User string `json:"user"`
	Text string `json:"comment"`
}

type reaction struct {
	Name  string   `json:"name"`
	Users []string `json:"users"`
	Count int      `json:"count"`
}

type file struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Title     string `json:"title"`
	Mode      string `json:"mode"`
	Type      string `json:"filetype"`
	Access    string `json:"file_access"`
	Permalink string `json:"permalink"`
	Private   string `json:"url_private"`
	Alt       string `json:"alt_txt"`

	came    bool // as a file of its message
	refused bool // and reported
}

// moment reads Slack's ids of messages, which are seconds with six decimals.
func moment(ts string) (time.Time, bool) {
	sec, frac, _ := strings.Cut(ts, ".")
	s, err := strconv.ParseInt(sec, 10, 64)
	if err != nil || s <= 0 || s > 1<<36 {
		return time.Time{}, false
	}
	micro, err := strconv.ParseInt((frac + "000000")[:6], 10, 64)
	if err != nil || micro < 0 {
		return time.Time{}, false
	}
	return time.Unix(s, micro*1000).UTC(), true
}
