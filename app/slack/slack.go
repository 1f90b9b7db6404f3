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
// Files are not in what Slack makes, only where they are there: messages get a link to
// them. Other programs that export, or add files to an export, put them into it after
// Slack's ids of them, or beside it: these come as files.
//
//	__uploads/FILEID/NAME   files/FILEID-NAME   attachments/FILEID-NAME
//	CHANNEL/files/FILEID-NAME, and so on: the folders in front do not matter
//
// What a message says is written as it is typed here by package mrkdwn; what a room here has no
// place for is counted in the report.
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
	to      archive.Importer
	report  *archive.Report
	source  string
	same    map[string]string // of Options
	vacant  bool              // nobody has used the workspace yet
	now     time.Time         // when whoever comes is taken to have come: Slack does not tell
	general bool              // there is a room of everybody

	home    string                   // Slack's id of the workspace that most people are of
	people  map[string]chat.Account  // by Slack's id, "U1" or "B1"
	bots    map[string]string        // Slack's id of a bot → of its user
	groups  map[string]string        // Slack's id of a group of users → its handle
	known   map[string]int64         // what came before, by key
	rooms   map[string]*conversation // by Slack's id
	renamed map[string]string        // of Options.Rooms
	emoji   map[string]string        // by Slack's name; "": unknown
	long    long

	saver  Saver // nil: all files stay links
	limits *chat.Limits
	beside map[string]upload // files of Options.Dir by Slack's id
	named  map[string]bool   // files that a message has, by Slack's id
	missed int               // messages that came before, without files that are there now
}

// Options of an import.
type Options struct {
	Same     map[string]string       // usernames of Slack whose people have an account here, and its username
	Rooms    map[string]string       // names of channels of Slack and what their rooms are called here, as chat.ParseRoomName made it
	Progress func(part, whole int64) // is told how many of how many bytes were read
	Files    Saver                   // stores files whose bytes are in the archive or in Dir; nil: none come but as links
	Dir      string                  // of files that are not in the archive; "": none
	Limits   *chat.Limits            // of files; nil: as they are at first
}

// Run imports an archive, or what is new in it since the last time.
func Run(ctx context.Context, path string, to archive.Importer, o Options) (*archive.Report, error) {
	z, err := openArchive(path, o.Progress)
	if err != nil {
		return nil, err
	}
	defer z.close()
	report := &archive.Report{Adapted: []archive.Adapted{}, Deactivated: []archive.Deactivated{}, Skipped: []archive.Skipped{},
		Notes: []string{}}
	in := &Import{zip: z, to: to, same: o.Same, renamed: o.Rooms, report: report, now: time.Now(),
		people: map[string]chat.Account{}, bots: map[string]string{}, groups: map[string]string{},
		rooms: map[string]*conversation{}, emoji: map[string]string{},
		saver: o.Files, limits: o.Limits, named: map[string]bool{}}
	if in.limits == nil {
		in.limits = chat.NewLimits(nil)
	}
	end, err := in.openFiles(ctx, o.Dir)
	if err == nil {
		err = in.run(ctx, path)
	}
	return in.report, errors.Join(err, end(), z.close())
}

func (in *Import) run(ctx context.Context, path string) error {
	users, conversations, err := in.read(ctx)
	if err != nil {
		return err
	}
	if err := in.look(ctx, workspace(path)); err != nil {
		return err
	}
	if err := in.addPeople(ctx, users); err != nil {
		return err
	}
	for _, c := range conversations {
		if err := in.addPlace(ctx, c); err != nil {
			return fmt.Errorf("%s: %w", c.title(), err)
		}
	}
	if err := in.addGeneral(ctx); err != nil {
		return err
	}
	if err := in.addHistories(ctx, conversations); err != nil {
		return err
	}
	in.leftovers(conversations)
	in.unusedFiles()
	in.long.note(in.report)
	return nil
}

// read reads the lists of the archive, and checks what can be checked before anything
// comes.
func (in *Import) read(ctx context.Context) ([]user, []*conversation, error) {
	users, err := in.zip.users()
	if err != nil {
		return nil, nil, err
	}
	in.source = "slack " + team(users)
	in.report.Source, in.home = in.source, home(users)
	if in.known, err = in.to.ImportedIDs(ctx, in.source); err != nil {
		return nil, nil, err
	}
	conversations, err := in.zip.conversations()
	if err == nil {
		err = in.checkMessages(conversations)
	}
	if err != nil {
		return nil, nil, err
	}
	for _, c := range conversations {
		in.rooms[c.ID], c.name = c, c.Name
	}
	joined, err := in.checkRooms(ctx, conversations)
	if err == nil {
		err = in.others(conversations)
	}
	if err == nil {
		err = in.equate(ctx, users)
	}
	for key, room := range joined {
		if err == nil {
			in.known[key] = int64(room)
			err = in.to.AddOrigin(ctx, in.source, key, int64(room))
		}
	}
	return users, conversations, err
}

// look finds out what is there, and names what is nobody's yet.
func (in *Import) look(ctx context.Context, name string) (err error) {
	if in.vacant, err = in.to.IsEmpty(ctx); err != nil {
		return err
	}
	if in.general, err = in.to.HasEveryoneRoom(ctx); err != nil || !in.vacant {
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

// home is the workspace that most users are of.
func home(users []user) (most string) {
	of, n := map[string]int{}, 0
	for _, u := range users {
		if of[u.TeamID]++; u.TeamID != "" && of[u.TeamID] > n {
			most, n = u.TeamID, of[u.TeamID]
		}
	}
	return most
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
