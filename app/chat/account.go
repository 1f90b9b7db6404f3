package chat

import (
	"context"
	"time"
)

// Role is what a person is on the whole server.
type Role int

// Roles, by rising power, as they are stored. What is no role at all is RoleGuest - 1.
const (
	RoleGuest Role = iota - 1 // sees the rooms it was added to, and nothing else
	RoleMember
	RoleAdmin
)

func (r Role) String() string {
	switch r {
	case RoleGuest:
		return "guest"
	case RoleAdmin:
		return "administrator"
	}
	return "member"
}

// Roles are all there are, by their names.
var Roles = map[string]Role{RoleGuest.String(): RoleGuest, RoleMember.String(): RoleMember, RoleAdmin.String(): RoleAdmin}

// isRole says whether there is such a role.
func (r Role) isRole() bool { return r >= RoleGuest && r <= RoleAdmin }

// Person is what everybody may know of an account.
type Person struct {
	ID       AccountID `json:"id"`
	Username string    `json:"u,omitempty"`
	Name     string    `json:"n"` // as shown
	Picture  FileID    `json:"-"` // that shows the person; 0: none
	Bot      bool      `json:"-"` // a program speaks for it
	Guest    bool      `json:"-"` // it sees only rooms that it was added to
}

// Account is a person together with what only the server needs.
type Account struct {
	Person
	Role     Role
	Created  time.Time
	Disabled bool
	Title    string // what a person does here
	Bio      string
	Prefs    Prefs
	Maker    AccountID // of a bot: to whom it belongs; 0: it is a person
}

// Admin says whether the account administers the server.
func (a Account) Admin() bool { return a.Role >= RoleAdmin }

// AccountStore keeps people. Names are found by FoldName, kept unique by Skeleton.
type AccountStore interface {
	Account(context.Context, AccountID) (Account, error)
	AccountNamed(ctx context.Context, username string) (Account, error)
	// UsernameTaken says whether an account has a username, or one that looks like it.
	UsernameTaken(ctx context.Context, username string) (bool, error)
	// AccountsNamed finds accounts by folded name; names of nobody are left out.
	AccountsNamed(ctx context.Context, names []string) (map[string]Account, error)
	// People lists accounts that are not disabled by display name, bots behind people, those whose
	// name or username begins with query only; at most limit, from offset on. With is
	// somebody with whom they are in a room, himself among them; 0: everybody is listed.
	People(ctx context.Context, with AccountID, query string, offset, limit int) ([]Account, error)
	// Together are those of some people who are in a room with somebody that is there, or
	// who were in one that he is in, if left.
	Together(ctx context.Context, who AccountID, people []AccountID, left bool) ([]AccountID, error)
	// Persons answers for the ids that exist, in the order asked.
	Persons(context.Context, []AccountID) ([]Person, error)
	// LastSeen is when a person last used Parley, to the minute; zero: never, or nowhere
	// that is still logged in.
	LastSeen(context.Context, AccountID) (time.Time, error)
	// ChangeProfile stores what change makes of a person's profile as it is, and nothing if
	// it answers an error. Change may be called more than once.
	ChangeProfile(ctx context.Context, who Person, change func(*Profile) error) error
	// ChangePrefs is the same for his preferences, and answers what they are then.
	ChangePrefs(ctx context.Context, who AccountID, change func(*Prefs) error) (Prefs, error)
	SetRole(ctx context.Context, who AccountID, role Role, audit AuditEntry) error
}

// PeoplePage is how many people one page of the directory holds.
const PeoplePage = 100

// People lists the directory, of which a guest has those who are in a room with him; more
// says that there is a next page.
func (c *Chat) People(ctx context.Context, who Account, query string, page int) (people []Account, more bool, err error) {
	people, err = c.store.People(ctx, who.among(), FoldName(query), page*PeoplePage, PeoplePage+1)
	if len(people) > PeoplePage {
		return people[:PeoplePage], true, err
	}
	return people, false, err
}

// among is with whom those are in a room of whom somebody knows: 0 for all but guests.
func (a Account) among() AccountID {
	if a.IsGuest() {
		return a.ID
	}
	return 0
}

// Person answers with one account, whoever asks; see Profile.
func (c *Chat) Person(ctx context.Context, id AccountID) (Account, error) {
	return c.store.Account(ctx, id)
}

// LastSeen is when a person was last here, for who may know: nothing is said of who appears
// offline, or of who is gone.
func (c *Chat) LastSeen(ctx context.Context, a Account) (time.Time, error) {
	if a.Prefs.Invisible || a.Disabled {
		return time.Time{}, nil
	}
	return c.store.LastSeen(ctx, a.ID)
}

// AccountNamed finds an account by its username.
func (c *Chat) AccountNamed(ctx context.Context, username string) (Account, error) {
	return c.store.AccountNamed(ctx, username)
}

// maxAdmins is how many administrators are named to who needs help.
const maxAdmins = 5

// Admins are some of those who administer the server, who can log in.
func (c *Chat) Admins(ctx context.Context) ([]Person, error) {
	list, err := c.store.AccountRecords(ctx, "", StateAdmins, 0, maxAdmins)
	var people []Person
	for _, a := range list {
		if !a.Disabled {
			people = append(people, a.Person)
		}
	}
	return people, err
}
