// Package slack brings a Slack workspace into Parley, from the ZIP archive that its
// owners export. It knows nothing of SQL or pages.
//
// The archive is described in Slack's help centre, "How to read Slack data exports"
// (https://slack.com/help/articles/220556107), and what is in its messages at
// https://api.slack.com/events/message (fields and subtypes) and
// https://api.slack.com/reference/surfaces/formatting (the markup of their text):
//
//	users.json      people, in an organisation's export org_users.json
//	channels.json   open channels          folder NAME/YYYY-MM-DD.json for each
//	groups.json     private channels       the same
//	mpims.json      conversations of many  the same
//	dms.json        conversations of two   folder ID/YYYY-MM-DD.json
//
// Files are not in it, only where they are at Slack: messages get a link to them.
package slack

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"parley/app/archive"
	"parley/app/chat"
)

// Import is one run.
type Import struct {
	zip     *archiveFile
	to      archive.Arrivals
	report  *archive.Report
	source  string
	same    map[string]string // of Options
	vacant  bool              // nobody has used the workspace yet
	now     time.Time         // when whoever comes is taken to have come: Slack does not tell
	general bool              // there is a room of everybody

	people map[string]chat.Account // by Slack's id, "U1" or "B1"
	bots   map[string]string       // Slack's id of a bot → of its user
	known  map[string]int64        // what came before, by key
	rooms  map[string]string       // Slack's id of a channel → its name here
	emoji  map[string]string       // by Slack's name; "": unknown
}

// Options of an import.
type Options struct {
	Same     map[string]string       // usernames of Slack whose people have an account here, and its username
	Progress func(part, whole int64) // is told how many of how many bytes were read
}

// Run imports an archive, or what is new in it since the last time.
func Run(ctx context.Context, path string, to archive.Arrivals, o Options) (*archive.Report, error) {
	z, err := openArchive(path, o.Progress)
	if err != nil {
		return nil, err
	}
	defer z.close()
	in := &Import{zip: z, to: to, same: o.Same, report: &archive.Report{Adapted: []archive.Adapted{}, Skipped: []archive.Skipped{}, Notes: []string{}},
		people: map[string]chat.Account{}, bots: map[string]string{}, rooms: map[string]string{}, emoji: map[string]string{}, now: time.Now()}
	return in.report, errors.Join(in.run(ctx, path), z.close())
}

func (in *Import) run(ctx context.Context, path string) (err error) {
	users, err := in.zip.users()
	if err != nil {
		return err
	}
	in.source = "slack " + team(users)
	in.report.Source = in.source
	if in.known, err = in.to.Arrived(ctx, in.source); err != nil {
		return err
	}
	if err := in.equate(ctx, users); err != nil {
		return err
	}
	if err := in.look(ctx, workspace(path)); err != nil {
		return err
	}
	conversations, err := in.zip.conversations()
	if err != nil {
		return err
	}
	if err := in.addPeople(ctx, users); err != nil {
		return err
	}
	for _, c := range conversations {
		in.rooms[c.ID] = c.Name
	}
	for _, c := range conversations {
		if err := in.addPlace(ctx, c); err != nil {
			return fmt.Errorf("%s: %w", c.title(), err)
		}
	}
	if err := in.addGeneral(ctx); err != nil {
		return err
	}
	for _, c := range conversations {
		if c.room == 0 {
			continue
		}
		if err := in.addHistory(ctx, c); err != nil {
			return fmt.Errorf("%s: %w", c.title(), err)
		}
	}
	in.leftovers(conversations)
	return nil
}

// look finds out what is there, and names what is nobody's yet.
func (in *Import) look(ctx context.Context, name string) (err error) {
	if in.vacant, err = in.to.Vacant(ctx); err != nil {
		return err
	}
	if in.general, err = in.to.Everyone(ctx); err != nil || !in.vacant {
		return err
	}
	return in.to.SetSetting(ctx, chat.SettingWorkspace, name)
}

// team is Slack's id of the workspace, which nearly every user carries.
func team(users []user) string {
	for _, u := range users {
		if u.TeamID != "" {
			return u.TeamID
		}
	}
	return "workspace"
}

// workspace reads the name out of that of the file, as Slack makes it: "Acme Slack
// export Jan 1 2024 - Feb 1 2024.zip".
func workspace(path string) string {
	before, _, ok := strings.Cut(filepath.Base(path), " Slack export")
	if name, err := chat.ParseDisplayName(before); ok && err == nil {
		return name
	}
	return "Parley"
}

// leftovers reports folders that no list names.
func (in *Import) leftovers(conversations []*conversation) {
	read := map[string]bool{}
	for _, c := range conversations {
		read[c.folder] = true
	}
	for _, folder := range in.zip.order {
		if !read[folder] {
			in.report.Skip("folder of messages that no list of channels names", folder)
		}
	}
}
