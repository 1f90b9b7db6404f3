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
	if link, ok := named(Unescape(label), address); ok {
		return w.atom(link)
	}
	return label + " (" + w.atom(address) + ")"
}

// named is a link under words, where it is read as one here.
func named(words, address string) (string, bool) {
	if strings.ContainsAny(words, `[]*_~\`+"`\n") || strings.Count(words, ":") > 1 {
		return "", false
	}
	link := "[" + words + "](" + address + ")"
	t, err := chat.ParseText(link)
	if err != nil || len(t.Blocks) != 1 || len(t.Blocks[0].Runs) != 1 {
		return "", false
	}
	r := t.Blocks[0].Runs[0]
	return link, r.Kind == chat.RunLink && r.Text == words && r.URL == address
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

// Unescape undoes the three escapes that Slack makes.
func Unescape(s string) string { return unescaper.Replace(s) }

var unescaper = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")

// quotes writes Slack's quotes: a line each, or all that follows three marks. Programs leave
// the marks unescaped at times.
func quotes(s string) string {
	lines := strings.Split(s, "\n")
	rest := false
	for i, line := range lines {
		marks := quoteMarks.FindString(line)
		switch {
		case rest:
			lines[i] = "> " + line
		case marks != "":
			rest = marks != ">" && marks != "&gt;"
			lines[i] = "> " + strings.TrimPrefix(line[len(marks):], " ")
		}
	}
	return strings.Join(lines, "\n")
}

// quoteMarks are three, or the first.
var quoteMarks = regexp.MustCompile(`^(?:(?:&gt;|>){3}|&gt;|>)`)
