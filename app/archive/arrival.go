package archive

import (
	"context"
	"time"

	"parley/app/chat"
)

// Importer is where an import puts what it finds on another server. Each method is
// one change. What came before is known by its source and its key there, or a
// message by its author and client id, and is left as it is: all may be said again.
type Importer interface {
	// IsEmpty says whether nobody has used the workspace yet.
	IsEmpty(context.Context) (bool, error)
	// HasEveryoneRoom says whether there is a room of everybody.
	HasEveryoneRoom(context.Context) (bool, error)
	SetSetting(ctx context.Context, key, value string) error
	Account(context.Context, chat.AccountID) (chat.Account, error)
	AccountNamed(ctx context.Context, username string) (chat.Account, error)
	// AddOrigin notes that something of another server is here already.
	AddOrigin(ctx context.Context, source, key string, id int64) error
	// ImportedIDs lists what came from a source before, by key.
	ImportedIDs(ctx context.Context, source string) (map[string]int64, error)
	// AddPeople makes accounts that nobody can log in to; where a username is taken,
	// by who has it or by one that looks like it, another is found.
	AddPeople(ctx context.Context, source string, people []NewPerson) ([]chat.Account, error)
	// AddRoom makes a room or a conversation, under another name where its own is
	// taken, or adds people to the one that came before, and answers with its name and
	// kind as they are now. ErrGone: it was deleted here.
	AddRoom(ctx context.Context, source string, p NewRoom) (r chat.Room, fresh bool, err error)
	// OpenRoomsNamed finds open rooms by names that chat.FoldName folded.
	OpenRoomsNamed(ctx context.Context, folded []string) (map[string]chat.RoomLink, error)
	// RoomFor finds a room as it is for somebody, or for nobody (0).
	RoomFor(context.Context, chat.RoomID, chat.AccountID) (chat.Room, *chat.Membership, error)
	// AddHistory adds rows to the end of a room's log, those that are new. They are
	// nobody's news: who had read everything has still read everything.
	AddHistory(ctx context.Context, room chat.RoomID, rows []*HistoryRow) error
	// MessageByCID finds a message by its author and client id.
	MessageByCID(ctx context.Context, author chat.AccountID, cid string) (chat.Message, error)
	// DropFiles removes uploads that no row took.
	DropFiles(ctx context.Context, by chat.AccountID, ids []chat.FileID) error
}

// NewPerson is a person of another server.
type NewPerson struct {
	Key            string
	Username, Name string // as chat.ParseUsername and chat.ParseDisplayName made them
	Title          string
	Role           chat.Role
	Disabled       bool
	Created        time.Time
}

// NewRoom is a room of another server, or a conversation.
type NewRoom struct {
	Key      string
	Kind     chat.RoomKind
	Name     string // as chat.ParseRoomName made it
	Topic    string
	Everyone bool           // all accounts but guests are in it, too, and whoever signs up
	Owner    chat.AccountID // 0: the first of People
	People   []chat.AccountID
	Created  time.Time
}

// HistoryRow is one row of a room's log as it was elsewhere.
type HistoryRow struct {
	Kind      chat.MessageKind
	Author    chat.AccountID
	At        time.Time
	Body      string
	Text      chat.Text
	For       []chat.AccountID
	CID       string
	Event     chat.SystemMessage
	Reactions []chat.Reaction
	Files     []chat.File // uploads of its author, with Alt; a row that came before takes none
	Edited    time.Time
	Deleted   bool
	Answers   *Thread // that it is a reply in; nil: in none
	Begins    *Thread // that it is the first of; nil: of none
	Fresh     bool    // set by AddHistory: it did not come before
}

// Thread is a message that is answered, by its id once it is known.
type Thread struct{ ID chat.MessageID }
