package slack

import (
	"cmp"
	"context"

	"parley/app/archive"
)

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
	u := user{ID: id, Name: id, unlisted: true}
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
	made, err := in.to.AddPeople(ctx, in.source, []archive.NewPerson{in.newcomer(u)})
	if err == nil {
		in.met(u, made[0])
	}
	return err
}
