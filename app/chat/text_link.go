package chat

import (
	"net/netip"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

const (
	maxURL         = 2048 // bytes
	maxMentionName = 64   // characters before folding, which may shorten
)

// mention parses @name; whom it means is found out when it is resolved.
func (rp *runParser) mention(i int) int {
	name := rp.name(i, i)
	if utf8.RuneCountInString(name) < MinUsername {
		return 1
	}
	if host := atHostLen(rp.s[i+1+len(name):]); host > 0 {
		return 1 + len(name) + host
	}
	rp.body.mentions++
	rp.put(i, 1+len(name), Run{Kind: RunMention, Text: rp.s[i : i+1+len(name)]})
	return 1 + len(name)
}

// atHostLen is the length of the @host.tld that s begins with: a name before it is that
// of somebody elsewhere.
func atHostLen(s string) int {
	host, ok := strings.CutPrefix(s, "@")
	if end := strings.IndexFunc(host, func(r rune) bool { return r != '-' && r != '.' && (!isWord(r) || spaceless(r)) }); end >= 0 {
		host = host[:end]
	}
	host = strings.TrimRight(host, ".-")
	dot := strings.LastIndexByte(host, '.')
	if !ok || dot <= 0 || len(host)-dot < 3 || strings.ContainsFunc(host[dot+1:], func(r rune) bool { return !unicode.IsLetter(r) }) {
		return 0
	}
	return 1 + len(host)
}

// room parses #name as far as the first word; how far it goes and which room it
// is, if any, is found out when it is linked.
func (rp *runParser) room(i int) int {
	name := rp.roomName(i, i)
	if name == "" {
		name = rp.name(i, i)
	}
	if name == "" {
		name = rp.oddName(i)
	}
	if name == "" {
		return 1
	}
	rp.put(i, 1+len(name), Run{Kind: RunRoom, Text: rp.s[i : i+1+len(name)]})
	return 1 + len(name)
}

// roomName is the longest name of a room that is known to the parser behind the sign at i,
// where no word ends right before from; else "".
func (rp *runParser) roomName(i, from int) string {
	p, rest := rp.body, rp.s[i+1:]
	if len(p.rooms) == 0 && !p.asks || rest == "" || glued(rp.s, from) && !rp.mentionEnds(from) {
		return ""
	}
	if first, _ := utf8.DecodeRuneInString(rest); unicode.IsSpace(first) {
		return ""
	}
	if p.places++; p.places > maxRooms {
		return ""
	}
	for _, end := range nameEnds(rest) {
		name := foldRoom(rest[:end])
		if _, known := p.rooms[name]; known {
			return rest[:end]
		}
		if p.asks {
			p.asked = append(p.asked, name)
		}
	}
	return ""
}

// name is what stands behind the sign at i, where no word ends right before from;
// "" when that cannot be a name. A name may be shorter where it reaches into a
// script without spaces.
func (rp *runParser) name(i, from int) string {
	if glued(rp.s, from) && !rp.mentionEnds(from) {
		return ""
	}
	n, end, cut := 0, i+1, 0
	prev := rune(0)
	for _, r := range rp.s[i+1:] {
		if !nameRune(r) {
			break
		}
		if n++; n > maxMentionName {
			end = cut
			break
		}
		if spaceless(r) || spaceless(prev) || r == '-' {
			cut = end
		}
		end += utf8.RuneLen(r)
		if !unicode.IsMark(r) || spaceless(r) {
			prev = r
		}
	}
	if end <= i+1 {
		return ""
	}
	name := strings.TrimRight(rp.s[i+1:end], "._-")
	if first, _ := utf8.DecodeRuneInString(name); !isWord(first) {
		return ""
	}
	return name
}

// mentionEnds says whether a mention ends right before i.
func (rp *runParser) mentionEnds(i int) bool {
	n := len(rp.out)
	return rp.start == i && n > 0 && rp.out[n-1].Kind == RunMention
}

// oddName is the first character of a room's name that begins with none of a name,
// such as an emoji.
func (rp *runParser) oddName(i int) string {
	rest := rp.s[i+1:]
	if glued(rp.s, i) || rest == "" {
		return ""
	}
	if n := emojiLen(rest); n > 0 {
		return rest[:n]
	}
	r, n := utf8.DecodeRuneInString(rest)
	if unicode.IsSpace(r) || r < utf8.RuneSelf && strings.IndexByte("*_~`\\>@#:<", byte(r)) >= 0 || !visible(r) || isWord(r) {
		return ""
	}
	return rest[:n]
}

// link parses a bare http or https address.
func (rp *runParser) link(i int) int {
	scheme := schemeLen(rp.s[i:])
	if scheme == 0 {
		return 1
	}
	if glued(rp.s, i) {
		return scheme
	}
	raw := trimURL(untilSentence(rp.address(i, scheme), scheme))
	if !validURL(raw, scheme) {
		return max(len(raw), scheme) // not tried again from within, which would be quadratic
	}
	rp.body.links++
	rp.put(i, len(raw), Run{Kind: RunLink, Text: raw, URL: raw})
	return len(raw)
}

func schemeLen(s string) int {
	for _, scheme := range []string{"https://", "http://"} {
		if len(s) >= len(scheme) && strings.EqualFold(s[:len(scheme)], scheme) {
			return len(scheme)
		}
	}
	return 0
}

// endsURL stops at space, quotes, what is invisible, the stops of other scripts and the
// punctuation of those that are written without spaces. Browsers read \ as /, so it
// ends too.
func endsURL(r rune) bool {
	switch {
	case r < utf8.RuneSelf:
		return r <= ' ' || strings.ContainsRune("<>\"`\\", r)
	case r >= 0x3000 && r <= 0x303F, r >= 0xFF00 && r <= 0xFF0F, r >= 0xFF1A && r <= 0xFF20, r >= 0xFF3B && r <= 0xFF65:
		return true
	}
	return unicode.IsSpace(r) || invisible(r) || strings.ContainsRune("“”„«»‹›", r) || unicode.Is(unicode.Terminal_Punctuation, r) &&
		r != '…' && r != '‥'
}

// trimURL leaves out the punctuation of the sentence around an address.
func trimURL(s string) string { return strings.TrimRight(s, ".,:;!?'*_~‘’…‥") }

// endsHost is false for what may stand in a host with its port, in an address of
// version 6, and before an @, which is refused.
func endsHost(r rune) bool {
	return !isWord(r) && !strings.ContainsRune("-._~%:[]@", r)
}

// untilSentence ends an address without a path where a sentence in a script without
// spaces goes on: no top-level domain begins with ASCII letters and ends in others.
func untilSentence(s string, scheme int) string {
	if strings.ContainsAny(s[scheme:], "/?#") {
		return s
	}
	label := max(strings.LastIndexByte(s, '.')+1, scheme)
	for i, r := range s[label:] {
		if r >= utf8.RuneSelf {
			if i > 0 && spaceless(r) {
				return s[:label+i]
			}
			break
		}
	}
	return s
}

// validURL checks length and host; the rest stays as it was typed, browsers escape
// what they must. Names and passwords are refused: they only serve to disguise a host.
func validURL(raw string, scheme int) bool {
	if len(raw) > maxURL || len(raw) <= scheme {
		return false
	}
	rest := raw[scheme:]
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	return validAuthority(rest)
}

func validAuthority(s string) bool {
	host, port := s, ""
	if i := strings.LastIndexByte(s, ':'); i > strings.LastIndexByte(s, ']') {
		host, port = s[:i], s[i+1:]
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return false
		}
	}
	if strings.HasPrefix(host, "[") && strings.HasSuffix(host, "]") {
		a, err := netip.ParseAddr(host[1 : len(host)-1])
		return err == nil && a.Is6() && a.Zone() == ""
	}
	return validHost(strings.TrimSuffix(host, "."))
}

func validHost(host string) bool {
	if len(host) > 253 {
		return false
	}
	if strings.ContainsFunc(host, func(r rune) bool { return r >= utf8.RuneSelf }) || strings.Contains(strings.ToLower(host), "xn--") {
		_, err := idna.Lookup.ToASCII(host)
		return err == nil
	}
	last := ""
	for label := range strings.SplitSeq(host, ".") {
		if label == "" || len(label) > 63 || strings.ContainsFunc(label, func(r rune) bool { return r != '-' && r != '_' && !isWord(r) }) {
			return false
		}
		last = label
	}
	if last[0] >= '0' && last[0] <= '9' { // browsers take it for an IPv4 address
		a, err := netip.ParseAddr(host)
		return err == nil && a.Is4()
	}
	return true
}
