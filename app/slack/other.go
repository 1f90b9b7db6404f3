package slack

import (
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"parley/app/chat"
)

// otherLists are files at the top of an archive of which nothing comes, with what each
// of their entries is.
var otherLists = map[string]string{
	"canvases.json":           "canvas",
	"lists.json":              "list",
	"usergroups.json":         userGroup,
	"user_groups.json":        userGroup,
	"subteams.json":           userGroup,
	"huddle_transcripts.json": "transcript of a huddle",
	"integration_logs.json":   "entry of the log of apps",
	"file_conversations.json": "conversation about a file",
	"content_flags.json":      "flag of a message",
	"bookmarks.json":          "bookmark",
	"pins.json":               "pin",
}

const userGroup = "user group"

// readLists are those that are read.
var readLists = []string{"users.json", "org_users.json", "channels.json", "groups.json", "mpims.json", "dms.json"}

// others counts what an archive holds and a room here has no place for.
func (in *Import) others(conversations []*conversation) error {
	for _, name := range slices.Sorted(maps.Keys(in.zip.top)) {
		if slices.Contains(readLists, name) {
			continue
		}
		what := otherLists[name]
		if what == "" {
			in.report.Skip("file of which nothing is known", name)
			continue
		}
		if err := in.otherList(name, what); err != nil {
			in.report.Skip("file that cannot be read to its end", fmt.Sprintf("%s (%v)", name, err))
		}
	}
	for _, name := range in.zip.odd {
		in.report.Skip("file in a folder that is none of a day's messages", name)
	}
	for _, c := range conversations {
		for range c.Pins {
			in.report.Skip("pin", c.title())
		}
		for range c.Bookmarks {
			in.report.Skip("bookmark", c.title())
		}
		for _, raw := range c.Properties.Tabs {
			in.tab(c, raw)
		}
		if len(c.Properties.Canvas) > 0 && string(c.Properties.Canvas) != "null" && len(c.Properties.Tabs) == 0 {
			in.report.Skip("canvas", c.title())
		}
	}
	return nil
}

// tab counts what stands above a channel; the tab of its files is none.
func (in *Import) tab(c *conversation, raw json.RawMessage) {
	var t struct {
		Type string `json:"type"`
	}
	_ = json.Unmarshal(raw, &t) // what it is else counts as a bookmark
	switch {
	case t.Type == "files" || t.Type == "workflows":
	case strings.Contains(t.Type, "canvas"):
		in.report.Skip("canvas", c.title())
	case t.Type == "list":
		in.report.Skip("list", c.title())
	default:
		in.report.Skip("bookmark", c.title())
	}
}

func (in *Import) otherList(name, what string) error {
	return each(in.zip, in.zip.top[name], func(raw json.RawMessage) error {
		var e struct {
			ID, Name, Title, Handle string
		}
		_ = json.Unmarshal(raw, &e) // it fills in what it can
		example := name
		for _, s := range []string{e.ID, e.Name, e.Title, e.Handle} {
			if s != "" {
				example = s
			}
		}
		if what == userGroup && e.ID != "" {
			in.groups[e.ID] = e.Handle
		}
		in.report.Skip(what, example)
		return nil
	})
}

// checkMessages refuses an archive that has no messages for any conversation that it
// lists: it would make empty rooms, and look as if all had come.
func (in *Import) checkMessages(conversations []*conversation) error {
	channels, empty := 0, 0
	found := false
	for _, c := range conversations {
		has := len(in.zip.days[c.folder]) > 0
		found = found || has
		if c.kind != chat.Direct {
			if channels++; !has {
				empty++
			}
		}
	}
	switch {
	case len(conversations) > 0 && len(in.zip.days) == 0:
		return fmt.Errorf("the archive lists %d conversations, but there is no file of messages in it, such as %s; nothing was imported",
			len(conversations), path.Join(conversations[0].folder, "2024-01-31.json"))
	case !found && len(in.zip.days) > 0:
		return fmt.Errorf("the archive lists %d conversations, but none of its folders of messages is of one of them"+
			"; one folder is called %q; nothing was imported",
			len(conversations), in.zip.order[0])
	case empty > 0:
		in.report.AddNote("%d of %d channels have no file of messages in the archive.", empty, channels)
	}
	return nil
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
