package mrkdwn

import (
	"regexp"
	"strings"

	"parley/app/chat"
)

// atomBase is where the characters begin that stand for what is not to be touched
// while the rest of a text is worked on. They are for private use: no text has them.
const (
	atomBase = 0xF0000
	maxAtoms = 0xFFFD
)

// work is a text while it is worked on.
type work struct {
	*conversion
	atoms []string
}

var (
	fences = regexp.MustCompile("(?s)```(.+?)```")
	spans  = regexp.MustCompile("`([^`\n]+)`")
	tokens = regexp.MustCompile(`<([^<>\n]*)>`)
)

// mrkdwn writes a text as it would be typed here.
func (c *conversion) mrkdwn(s string) string {
	w := &work{conversion: c}
	s = c.cut(s)
	s = replace(fences, s, func(m []string) string { return w.atom("```\n" + strings.Trim(w.plain(m[1]), "\n") + "\n```") })
	s = replace(spans, s, func(m []string) string { return w.atom("`" + w.plain(m[1]) + "`") })
	s = replace(tokens, s, func(m []string) string { return w.token(m[1]) })
	s = quotes(s)
	s = spell(Unescape(s))
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = marks(lines[i])
	}
	return w.resolved(strings.Join(lines, "\n"))
}

func replace(re *regexp.Regexp, s string, with func([]string) string) string {
	return re.ReplaceAllStringFunc(s, func(found string) string { return with(re.FindStringSubmatch(found)) })
}

// atom puts a text aside and answers with the character that stands for it.
func (w *work) atom(s string) string {
	if len(w.atoms) >= maxAtoms {
		return s
	}
	w.atoms = append(w.atoms, s)
	return string(rune(atomBase + len(w.atoms) - 1))
}

// resolved puts the atoms back.
func (w *work) resolved(s string) string {
	var o out
	for s != "" {
		i := strings.IndexFunc(s, func(r rune) bool { return int(r) >= atomBase && int(r) < atomBase+len(w.atoms) })
		if i < 0 {
			o.put(s)
			break
		}
		o.put(s[:i])
		r, rest := firstRune(s[i:])
		s = rest
		if atom := w.atoms[int(r)-atomBase]; strings.HasPrefix(atom, "```\n") {
			o.code(atom)
		} else {
			o.whole(atom)
		}
	}
	return o.String()
}

// plain is text within code: what stands in angle brackets becomes what was shown.
func (w *work) plain(s string) string {
	return Unescape(replace(tokens, s, func(m []string) string {
		target, label, labelled := strings.Cut(m[1], "|")
		switch {
		case strings.HasPrefix(target, "@"), strings.HasPrefix(target, "#"), strings.HasPrefix(target, "!"):
			return w.shown(target, label)
		case labelled:
			return label
		}
		return target
	}))
}

// token is what stands in angle brackets: a person, a channel, a call, a link.
func (w *work) token(s string) string {
	target, label, _ := strings.Cut(s, "|")
	switch {
	case s == "":
		return "<>"
	case strings.HasPrefix(target, "@"), strings.HasPrefix(target, "#"), strings.HasPrefix(target, "!"):
		return w.atom(w.shown(target, label))
	case !strings.Contains(target, ":"):
		return "<" + s + ">" // no address: it was typed so
	}
	address, labelled := link(Unescape(target), Unescape(label))
	if !labelled {
		return w.atom(address)
	}
	return label + " (" + w.atom(address) + ")"
}

// link is an address as it is typed, and whether its label says something else.
func link(url, label string) (address string, labelled bool) {
	address = strings.TrimPrefix(strings.TrimPrefix(url, "mailto:"), "tel:")
	if label == "" || label == address {
		return address, false
	}
	return address, strings.TrimSuffix(bare(url), "/") != strings.TrimSuffix(bare(label), "/")
}

func bare(url string) string {
	return strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(url, "https://"), "http://"), "www.")
}

// shown is how somebody, a channel or a call is written.
func (c *conversion) shown(target, label string) string {
	label = Unescape(label)
	id, _, _ := strings.Cut(target[1:], "^")
	switch {
	case target[0] == '!' && id == "subteam":
		_, id, _ = strings.Cut(target, "^")
		return c.group(id, c.labelled(id, label))
	case target[0] == '!' && id == "date":
		_, stamp, _ := strings.Cut(target, "^")
		stamp, _, _ = strings.Cut(stamp, "^")
		return date(node{"timestamp": stamp, "fallback": label})
	}
	label = c.labelled(id, label)
	switch target[0] {
	case '@':
		return c.person(id, label)
	case '#':
		return c.room(id, label)
	}
	switch id {
	case "here":
		return "@here"
	case "channel", "everyone", "group":
		return "@room"
	}
	if label == "" {
		return "<" + id + ">"
	}
	return label // what Slack invents
}

// labelled remembers what an id is called: blocks hold the id alone.
func (c *conversion) labelled(id, label string) string {
	if label != "" {
		c.labels[id] = label
	}
	return c.labels[id]
}

func (c *conversion) person(id, label string) string {
	if c.names.Person != nil {
		if p := c.names.Person(id); p.ID != 0 && p.Username != "" {
			c.People[chat.FoldName(p.Username)] = p.ID
			return "@" + p.Username
		}
	}
	if label == "" {
		label = id
	}
	return "@" + strings.TrimPrefix(label, "@")
}

// hiddenRoom is said of a channel whose name is not for everybody who reads it.
const hiddenRoom = "a private room"

// room is a channel. One that is unknown and was private by its id is not named
// either: Slack named it to its members only.
func (c *conversion) room(id, label string) string {
	var r Room
	if c.names.Room != nil {
		r = c.names.Room(id)
	}
	switch {
	case r.Hidden, r.Name == "" && (strings.HasPrefix(id, "G") || strings.HasPrefix(id, "D")):
		return hiddenRoom
	case r.Name == "" && label == "":
		return "#" + id
	case r.Name == "":
		return "#" + strings.TrimPrefix(label, "#")
	case r.ID != 0:
		c.Rooms[chat.FoldName(r.Name)] = chat.RoomLink{ID: r.ID, Name: r.Name}
	}
	return "#" + r.Name
}

// group is a group of users, whom nobody calls here.
func (c *conversion) group(id, label string) string {
	c.lose("mention of a user group")
	if c.names.Group != nil && label == "" {
		label = c.names.Group(id)
	}
	if label == "" {
		label = id
	}
	return "@" + strings.TrimPrefix(label, "@")
}

// Unescape undoes the three escapes that Slack makes.
func Unescape(s string) string { return unescaper.Replace(s) }

var unescaper = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")

// quotes writes Slack's quotes: a line each, or all that follows three marks.
func quotes(s string) string {
	lines := strings.Split(s, "\n")
	rest := false
	for i, line := range lines {
		after, all := strings.CutPrefix(line, "&gt;&gt;&gt;")
		one, single := strings.CutPrefix(line, "&gt;")
		switch {
		case all && !rest:
			rest = true
			lines[i] = "> " + strings.TrimPrefix(after, " ")
		case rest:
			lines[i] = "> " + line
		case single:
			lines[i] = "> " + strings.TrimPrefix(one, " ")
		}
	}
	return strings.Join(lines, "\n")
}
