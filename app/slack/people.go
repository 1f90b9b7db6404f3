package slack

import (
	"context"
	"strings"

	"parley/app/archive"
	"parley/app/chat"
	"parley/app/slack/mrkdwn"
)

// slackbot speaks in every workspace and is often in no list.
const slackbot = "USLACKBOT"

// addPeople makes the accounts of the list. Those that came before are read, so
// that messages can name them.
func (in *Import) addPeople(ctx context.Context, users []user) error {
	var fresh []archive.NewPerson
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
			in.arrived(u, in.people[u.ID])
			in.warn(u, in.people[u.ID])
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
		in.met(wanted[i], a)
		if a.IsGuest() && !a.Disabled {
			in.report.AddNote("%s came as a guest, and sees only the rooms that came with them in it. To make a member: parley user promote %s --role member", a.Name, a.Username)
		}
		if a.Admin() {
			in.report.AddNote("%s administers this workspace, as an owner of the other. Set a password: parley user passwd %s", a.Name, a.Username)
		}
	}
	if in.vacant && admins == 0 {
		in.report.AddNote("Nobody administers this workspace yet. Choose somebody: parley user promote NAME, parley user passwd NAME")
	}
	if len(made) > 0 {
		in.report.AddNote("Nobody who came has a password: set one with parley user passwd NAME, or send a link to choose one (--links).")
	}
	return nil
}

// met remembers an account that came.
func (in *Import) met(u user, a chat.Account) {
	in.people[u.ID] = a
	in.report.Came.Accounts++
	in.report.Adapt("account", u.Name, a.Username)
	if a.Disabled {
		in.report.Deactivated = append(in.report.Deactivated, archive.Deactivated{Username: a.Username, Name: a.Name, Why: in.noMember(u)})
	}
	in.arrived(u, a)
}

// arrived notes somebody of the list who may log in once he has a password.
func (in *Import) arrived(u user, a chat.Account) {
	if _, same := in.same[u.Name]; !same && !a.Disabled {
		in.report.People = append(in.report.People, archive.ImportedPerson{Account: a, Mail: u.Profile.Mail})
	}
}

// warn notes who came before as a member, or was let in since, and is none there.
func (in *Import) warn(u user, a chat.Account) {
	_, same := in.same[u.Name]
	if !same && !a.Disabled && in.noMember(u) == "" && u.isGuest() && !a.IsGuest() {
		in.report.AddNote("%s is a member here and a guest there: parley user promote %s --role guest", a.Username, a.Username)
	}
	if !same && !a.Disabled && in.noMember(u) != "" {
		in.report.AddNote("%s can log in here and is neither a member nor a guest there (%s): parley user disable %s", a.Username,
			in.noMember(u), a.Username)
	}
}

// isGuest says whether somebody sees only channels that he was added to.
func (u user) isGuest() bool { return u.Guest || u.Single }

// noMember says why somebody is neither a member nor a guest; "" for who is.
func (in *Import) noMember(u user) string {
	foreign := u.TeamID != "" && u.TeamID != in.home && len(u.Enterprise) == 0 && in.zip.top["users.json"] != nil
	switch {
	case u.Bot || u.Workflow || u.ID == slackbot:
		return "app"
	case u.unlisted:
		return "in no list of users"
	case u.Stranger || foreign:
		return "of another workspace"
	case u.Deleted:
		return "deactivated there"
	}
	return ""
}

// recall finds somebody who came before.
func (in *Import) recall(ctx context.Context, id string) error {
	a, err := in.to.Account(ctx, chat.AccountID(in.known["user "+id]))
	in.people[id] = a
	return err
}

// newcomer is a user as an account. Guests come as guests; who is neither that nor a member
// is disabled. Owners administer a workspace that was nobody's.
func (in *Import) newcomer(u user) archive.NewPerson {
	n := archive.NewPerson{Key: "user " + u.ID, Disabled: in.noMember(u) != "", Created: in.now}
	n.Username = username(u.Name, u.ID)
	n.Name = displayName(u.Profile.DisplayName, u.Profile.RealName, u.RealName, u.Profile.Name, u.Name, u.ID)
	if title := []rune(strings.Join(strings.Fields(mrkdwn.Unescape(u.Profile.Title)), " ")); len(title) <= chat.MaxTitle {
		n.Title = string(title)
	}
	switch {
	case u.isGuest():
		n.Role = chat.RoleGuest
	case in.vacant && u.Owner && !n.Disabled:
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
	for _, try := range []string{name, clean(name), clean(onlyASCII(name)), clean(onlyASCII(name) + "-slack"),
		strings.ToLower(clean(onlyASCII(id)))} {
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
		r := []rune(strings.TrimSpace(mrkdwn.Unescape(name)))
		if s, err := chat.ParseDisplayName(string(r[:min(len(r), chat.MaxName)])); err == nil {
			return s
		}
	}
	return "Somebody"
}
