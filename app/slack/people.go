package slack

import (
	"cmp"
	"context"
	"strings"

	"parley/app/archive"
	"parley/app/chat"
)

// slackbot speaks in every workspace and is often in no list.
const slackbot = "USLACKBOT"

// addPeople makes the accounts of the list. Those that came before are read, so
// that messages can name them.
func (in *Import) addPeople(ctx context.Context, users []user) error {
	var fresh []archive.Newcomer
	var wanted []user
	admins := 0
	for _, u := range users {
		if u.ID == "" || in.people[u.ID].ID != 0 {
			continue
		}
		if u.Profile.BotID != "" {
			in.bots[u.Profile.BotID] = u.ID
		}
		if in.known["user "+u.ID] != 0 {
			in.report.Already.Accounts++
			if err := in.recall(ctx, u.ID); err != nil {
				return err
			}
			continue
		}
		n := in.newcomer(u)
		if n.Role == chat.RoleAdmin {
			admins++
		}
		fresh, wanted = append(fresh, n), append(wanted, u)
	}
	made, err := in.to.AddPeople(ctx, in.source, fresh)
	if err != nil {
		return err
	}
	for i, a := range made {
		in.met(wanted[i].ID, wanted[i].Name, a)
		if a.Admin() {
			in.report.Note("%s administers this workspace, as an owner of the other. Set a password: parley user passwd %s", a.Name, a.Username)
		}
	}
	if in.vacant && admins == 0 {
		in.report.Note("Nobody administers this workspace yet. Choose somebody: parley user promote NAME, parley user passwd NAME")
	}
	if len(made) > 0 {
		in.report.Note("Nobody who came has a password: set one with parley user passwd NAME, or send a link to choose one.")
	}
	return nil
}

// met remembers an account for Slack's id.
func (in *Import) met(id, name string, a chat.Account) {
	in.people[id] = a
	in.report.Came.Accounts++
	in.report.Adapt("account", name, a.Username)
}

// recall finds somebody who came before.
func (in *Import) recall(ctx context.Context, id string) error {
	a, err := in.to.Account(ctx, chat.AccountID(in.known["user "+id]))
	in.people[id] = a
	return err
}

// newcomer is a user as an account. Bots and who was deactivated are disabled;
// owners administer a workspace that was nobody's.
func (in *Import) newcomer(u user) archive.Newcomer {
	n := archive.Newcomer{Key: "user " + u.ID, Disabled: u.Deleted || u.Bot || u.ID == slackbot, Created: in.now}
	n.Username = username(u.Name, u.ID)
	n.Name = displayName(u.Profile.DisplayName, u.Profile.RealName, u.RealName, u.Profile.Name, u.Name, u.ID)
	if title := []rune(strings.Join(strings.Fields(unescape(u.Profile.Title)), " ")); len(title) <= chat.MaxTitle {
		n.Title = string(title)
	}
	if in.vacant && u.Owner && !n.Disabled {
		n.Role = chat.RoleAdmin
	}
	return n
}

// username makes of a name one that may be had here.
func username(name, id string) string {
	clean := func(s string) string {
		s = strings.Map(func(r rune) rune {
			switch {
			case r == ' ' || r == '\'' || r == '/' || r == '+' || r == '@':
				return '-'
			}
			return r
		}, s)
		if r := []rune(s); len(r) > chat.MaxUsername {
			s = string(r[:chat.MaxUsername])
		}
		return strings.Trim(s, "._-")
	}
	for _, try := range []string{name, clean(name), clean(onlyASCII(name)), clean(onlyASCII(name) + "-slack"), strings.ToLower(clean(onlyASCII(id)))} {
		if s, err := chat.ParseUsername(try); err == nil {
			return s
		}
	}
	return "somebody-of-slack"
}

func onlyASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._-", r) {
			return r
		}
		return -1
	}, s)
}

// displayName is the first that may be one; what is too long is cut.
func displayName(names ...string) string {
	for _, name := range names {
		r := []rune(strings.TrimSpace(unescape(name)))
		if s, err := chat.ParseDisplayName(string(r[:min(len(r), chat.MaxName)])); err == nil {
			return s
		}
	}
	return "Somebody"
}

// author finds who said something, and makes an account for who is in no list:
// people of other workspaces, and apps. It is Slack's id; "" when nobody is named.
func (in *Import) author(ctx context.Context, m *message) (string, error) {
	u := user{ID: m.User}
	if m.Subtype == "file_comment" && m.Comment != nil {
		u.ID = m.Comment.User
	}
	if u.ID == "" && m.BotID != "" {
		if id := in.bots[m.BotID]; id != "" {
			return id, nil
		}
		u.ID = m.BotID
	}
	if u.ID == "" && m.Username != "" {
		u.ID = "app " + m.Username
	}
	switch {
	case u.ID == "" || in.people[u.ID].ID != 0:
		return u.ID, nil
	case m.User == "":
		u.Bot, u.Name = true, cmp.Or(profileName(m.BotProfile), m.Username, u.ID)
		u.RealName = u.Name
	default:
		u = stranger(u.ID, m.UserProfile)
	}
	return u.ID, in.addStranger(ctx, u)
}

// stranger is somebody who is in no list: of another workspace, or removed for good.
func stranger(id string, p *profile) user {
	u := user{ID: id, Name: id, Deleted: true}
	switch {
	case id == slackbot:
		u.Name, u.RealName = "slackbot", "Slackbot"
	case p != nil:
		u.Profile, u.Name = *p, cmp.Or(p.Name, id)
	}
	return u
}

func profileName(p *profile) string {
	if p == nil {
		return ""
	}
	return p.Name
}

func (in *Import) addStranger(ctx context.Context, u user) error {
	if in.known["user "+u.ID] != 0 {
		in.report.Already.Accounts++
		return in.recall(ctx, u.ID)
	}
	if !u.Bot && u.ID != slackbot {
		in.report.Note("Who speaks and is not in the list of users got an account that is disabled.")
	}
	made, err := in.to.AddPeople(ctx, in.source, []archive.Newcomer{in.newcomer(u)})
	if err == nil {
		in.met(u.ID, u.Name, made[0])
	}
	return err
}
