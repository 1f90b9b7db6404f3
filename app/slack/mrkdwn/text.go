package slack

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"parley/app/chat"
)

// converted is a text as it is typed here, and whom it names.
type converted struct {
	body  string
	names map[string]chat.AccountID // by chat.FoldName
}

// atomBase is where the characters begin that stand for what is not to be touched
// while the rest of a text is worked on. They are for private use: no text has them.
const (
	atomBase = 0xF0000
	maxAtoms = 0xFFFD
)

// conversion is a text while it is worked on.
type conversion struct {
	in    *Import
	atoms []string
	names map[string]chat.AccountID
}

var (
	fences = regexp.MustCompile("(?s)```(.+?)```")
	spans  = regexp.MustCompile("`([^`\n]+)`")
	tokens = regexp.MustCompile(`<([^<>\n]*)>`)
)

// convert writes Slack's mrkdwn as it would be typed here.
func (in *Import) convert(s string) converted {
	c := &conversion{in: in, names: map[string]chat.AccountID{}}
	s = strings.Map(func(r rune) rune {
		if r >= atomBase && r <= atomBase+maxAtoms {
			return -1
		}
		return r
	}, strings.ReplaceAll(s, "\r\n", "\n"))
	s = replace(fences, s, func(m []string) string { return c.atom("```\n" + strings.Trim(c.plain(m[1]), "\n") + "\n```") })
	s = replace(spans, s, func(m []string) string { return c.atom("`" + c.plain(m[1]) + "`") })
	s = replace(tokens, s, func(m []string) string { return c.token(m[1]) })
	s = quotes(s)
	s = spell(unescape(s))
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = marks(lines[i])
	}
	return converted{c.resolved(strings.Join(lines, "\n")), c.names}
}

func replace(re *regexp.Regexp, s string, with func([]string) string) string {
	return re.ReplaceAllStringFunc(s, func(found string) string { return with(re.FindStringSubmatch(found)) })
}

// atom puts a text aside and answers with the character that stands for it.
func (c *conversion) atom(s string) string {
	if len(c.atoms) >= maxAtoms {
		return s
	}
	c.atoms = append(c.atoms, s)
	return string(rune(atomBase + len(c.atoms) - 1))
}

// resolved puts the atoms back. Blocks of code stand on lines of their own, and a
// name ends before the next letter.
func (c *conversion) resolved(s string) string {
	var b strings.Builder
	for i, r := range s {
		n := int(r) - atomBase
		if n < 0 || n >= len(c.atoms) {
			b.WriteRune(r)
			continue
		}
		atom, rest := c.atoms[n], s[i+utf8.RuneLen(r):]
		if strings.HasPrefix(atom, "```\n") {
			if b.Len() > 0 && !strings.HasSuffix(b.String(), "\n") {
				b.WriteByte('\n')
			}
			b.WriteString(atom)
			if rest != "" && rest[0] != '\n' {
				b.WriteByte('\n')
			}
			continue
		}
		b.WriteString(atom)
		if next, _ := utf8.DecodeRuneInString(rest); strings.HasPrefix(atom, "@") && rest != "" && (next == '_' || next == '-' || unicode.IsLetter(next) || unicode.IsDigit(next)) {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// plain is text within code: what stands in angle brackets becomes what was shown.
func (c *conversion) plain(s string) string {
	return unescape(replace(tokens, s, func(m []string) string {
		target, label, labelled := strings.Cut(m[1], "|")
		switch {
		case strings.HasPrefix(target, "@"), strings.HasPrefix(target, "#"), strings.HasPrefix(target, "!"):
			return c.shown(target, label)
		case labelled:
			return label
		}
		return target
	}))
}

// token is what stands in angle brackets: a person, a channel, a call, a link.
func (c *conversion) token(s string) string {
	target, label, _ := strings.Cut(s, "|")
	switch {
	case s == "":
		return "<>"
	case strings.HasPrefix(target, "@"), strings.HasPrefix(target, "#"), strings.HasPrefix(target, "!"):
		return c.atom(c.shown(target, label))
	}
	url := unescape(target)
	address := strings.TrimPrefix(strings.TrimPrefix(url, "mailto:"), "tel:")
	switch {
	case !strings.Contains(target, ":"):
		return "<" + s + ">" // no address: it was typed so
	case address != url && (label == "" || unescape(label) == address):
		return c.atom(address)
	case label == "" || strings.TrimSuffix(bare(url), "/") == strings.TrimSuffix(bare(unescape(label)), "/"):
		return c.atom(address)
	}
	return label + " (" + c.atom(address) + ")"
}

func bare(url string) string {
	return strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(url, "https://"), "http://"), "www.")
}

// shown is how somebody, a channel or a call is written.
func (c *conversion) shown(target, label string) string {
	label = unescape(label)
	id := target[1:]
	switch target[0] {
	case '@':
		if a := c.in.people[id]; a.ID != 0 && a.Username != "" {
			c.names[chat.FoldName(a.Username)] = a.ID
			return "@" + a.Username
		}
		if label != "" {
			return "@" + strings.TrimPrefix(label, "@")
		}
		return "@" + id
	case '#':
		if name := c.in.rooms[id]; name != "" {
			return "#" + name
		}
		if label != "" {
			return "#" + label
		}
		return "#" + id
	}
	switch command, _, _ := strings.Cut(id, "^"); command {
	case "here":
		return "@here"
	case "channel", "everyone", "group":
		return "@room"
	case "subteam":
		return "@" + strings.TrimPrefix(label, "@")
	}
	return label // dates, and what Slack invents
}

// unescape undoes the three escapes that Slack makes.
func unescape(s string) string {
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(s)
}

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
