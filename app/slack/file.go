package slack

import (
	"strings"

	"parley/app/chat"
)

// reference is a file's name and where it is, as it is typed here. The addresses for
// downloading hold a key to every file of the workspace, which is no one's to know.
func (f file) reference() string {
	name := f.Name
	if name == "" {
		name = f.Title
	}
	switch {
	case f.Mode == "hidden_by_limit":
		return "📎 a file that Slack hides"
	case f.Mode == "tombstone" || name == "" && f.link() == "":
		return "📎 a file that was deleted"
	case name == "":
		name = "file"
	}
	name = strings.NewReplacer("`", "'", "\n", " ").Replace(name)
	if f.link() == "" {
		return "📎 `" + name + "`"
	}
	return "📎 `" + name + "` " + f.link()
}

// missing says why a file does not come, not even as a link to all of it; "" for one
// that does.
func (f file) missing() string {
	switch {
	case f.Mode == "hidden_by_limit":
		return "file that Slack hides behind a limit of its plan"
	case f.Mode == "tombstone":
		return "file that was deleted"
	case f.canvas():
		return "canvas (a link to it came)"
	case f.Mode == "list" || f.Type == "list":
		return "list (a link to it came)"
	case f.link() == "":
		return "file that Slack gives no address for"
	}
	return ""
}

func (f file) canvas() bool {
	return f.Mode == "quip" || f.Type == "quip" || f.Mode == "canvas" || f.Type == "canvas"
}

func (f file) link() string {
	if f.lost() {
		return ""
	}
	for _, s := range []string{f.Permalink, f.Private} {
		s, _, _ = strings.Cut(s, "?")
		if strings.HasPrefix(s, "https://") && !strings.ContainsAny(s, "<>| \n") {
			return s
		}
	}
	return ""
}

// lost says whether there is nothing of a file, at Slack neither.
func (f file) lost() bool { return f.Mode == "hidden_by_limit" || f.Mode == "tombstone" }

// fileName is what a file is called that comes.
func (f file) fileName(u upload) string {
	for _, name := range []string{f.Name, f.Title} {
		if name != "" {
			return chat.FileName(name)
		}
	}
	return chat.FileName(u.name)
}

// alt is what a picture shows, cut to what a description may have.
func (f file) alt() string {
	alt := []rune(strings.Join(strings.Fields(chat.TidyBody(f.Alt)), " "))
	return strings.TrimSpace(string(alt[:min(len(alt), chat.MaxAlt)]))
}
