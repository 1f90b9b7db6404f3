package chat

import (
	"strings"
	"unicode/utf8"
)

// A backslash is an escape only where the character behind it would act without
// it: everywhere else, as in C:\Users\mei\.ssh, it is what somebody wrote.

// findEscapes parses a paragraph once as if there were no backslashes before marks
// of emphasis, and notes which of these marks would act.
func (rp *runParser) findEscapes() {
	if !strings.Contains(rp.s, `\*`) && !strings.Contains(rp.s, `\_`) && !strings.Contains(rp.s, `\~`) {
		return
	}
	trial := runParser{body: &bodyParser{rooms: rp.body.rooms}, s: rp.s, depth: rp.depth, slashes: true, lookThrough: true, escapes: map[int]bool{}}
	trial.parse()
	rp.escapes = trial.escapes
}

// escape parses the backslash at i and the character behind it.
func (rp *runParser) escape(i int) int {
	if i+1 == len(rp.s) {
		return 1
	}
	c := rp.s[i+1]
	shrug := strings.HasSuffix(rp.s[:i], "¯") // the arm of ¯\_(ツ)_/¯ is no escape
	switch c {
	case '*', '_', '~':
		if rp.lookThrough && !shrug {
			return rp.emphasis(i)
		}
	case '@', '#':
		if n := rp.escapedName(i); n > 0 {
			return n
		}
	}
	if strings.IndexByte("*_~`>-.@#:", c) < 0 {
		return 1
	}
	if !shrug && rp.acts(i) {
		rp.flush(i)
		rp.start = i + 1
	}
	return 2
}

// acts says whether the character behind the backslash at i would mean something
// if the backslash were not there.
func (rp *runParser) acts(i int) bool {
	head, line := rp.lineAround(i)
	switch rp.s[i+1] {
	case '*', '-':
		_, item := listItem(line)
		return rp.escapes[i+1] || blank(head) && item
	case '_', '~':
		return rp.escapes[i+1]
	case '>':
		_, ok := quoted(line)
		return blank(head) && ok
	case '.':
		_, ok := listItem(head + line)
		return ok && strings.Trim(head, " \t0123456789") == ""
	case '`':
		_, fenced := fence([]string{line})
		return blank(head) && fenced > 0 || len(rp.tickRuns()[same(rp.s, i+1)]) > 1
	case ':':
		n, _ := rp.emojiChain(i+1, i)
		return n > 0
	}
	return false
}

// lineAround is what stands before the backslash at i in its line, and after it.
func (rp *runParser) lineAround(i int) (head, rest string) {
	head = rp.s[strings.LastIndexByte(rp.s[:i], '\n')+1 : i]
	rest, _, _ = strings.Cut(rp.s[i+1:], "\n")
	return head, rest
}

// escapedName parses the name at the backslash at i. Whether it means anybody, and
// the backslash with it, is found out when names are resolved.
func (rp *runParser) escapedName(i int) int {
	name := rp.name(i+1, i)
	kind := RunMention
	if rp.s[i+1] == '#' {
		kind = RunRoom
		if known := rp.roomName(i+1, i); known != "" {
			name = known
		}
	} else if utf8.RuneCountInString(name) < MinUsername || atHostLen(rp.s[i+2+len(name):]) > 0 {
		return 0
	}
	if name == "" {
		return 0
	}
	n := 2 + len(name)
	rp.put(i, n, Run{Kind: kind, Text: rp.s[i : i+n]})
	return n
}

// path is the length of a Windows path or a share that begins at i: with a drive,
// two backslashes, a dot or two, a tilde or a variable before the first backslash.
// Nothing in it is markup. It ends where space, quotes or the punctuation around it
// begin.
func (rp *runParser) path(i int) int {
	if before, _ := utf8.DecodeLastRuneInString(rp.s[:i]); i > 0 && (isWord(before) || before == '\\') {
		return 0
	}
	rest := rp.s[i:]
	if !beginsPath(rest) {
		return 0
	}
	end := strings.IndexAny(rest, " \t\n\"`<>|")
	if end < 0 {
		end = len(rest)
	}
	for end > 2 && strings.IndexByte("*_~.,;:!?)]}'", rest[end-1]) >= 0 && rest[end-2] != '\\' {
		end--
	}
	return end
}

func beginsPath(s string) bool {
	head, rest, ok := strings.Cut(s[:min(len(s), maxPathHead)], `\`)
	if !ok {
		return false
	}
	switch {
	case head == "." || head == ".." || head == "~":
		return true
	case head == "": // \\server
		server, _ := utf8.DecodeRuneInString(strings.TrimPrefix(rest, `\`))
		return strings.HasPrefix(rest, `\`) && isWord(server)
	case len(head) == 2:
		return head[1] == ':' && head[0]|0x20 >= 'a' && head[0]|0x20 <= 'z'
	}
	return len(head) > 2 && head[0] == '%' && head[len(head)-1] == '%' && !strings.ContainsAny(head, " \t\n")
}

// maxPathHead bounds what stands before the first backslash of a path, in bytes.
const maxPathHead = 40
