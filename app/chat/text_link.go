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

// mention parses @name; the name itself is checked when it is resolved.
func (rp *runParser) mention(i int) int {
	name := rp.name(i)
	if utf8.RuneCountInString(name) < MinUsername {
		return 1
	}
	rp.body.mentions++
	rp.put(i, 1+len(name), Run{Kind: RunMention, Text: rp.s[i : i+1+len(name)]})
	return 1 + len(name)
}

// room parses #name; which room it is, if any, is found out when it is linked.
func (rp *runParser) room(i int) int {
	name := rp.name(i)
	if name == "" {
		return 1
	}
	rp.put(i, 1+len(name), Run{Kind: RunRoom, Text: rp.s[i : i+1+len(name)]})
	return 1 + len(name)
}

// name is what stands behind a sign that no word ends right before; "" when that
// cannot be a name.
func (rp *runParser) name(i int) string {
	if before, _ := utf8.DecodeLastRuneInString(rp.s[:i]); i > 0 && isWord(before) {
		return ""
	}
	n, end := 0, i+1
	for _, r := range rp.s[i+1:] {
		if !nameRune(r) || n > maxMentionName {
			break
		}
		n++
		end += utf8.RuneLen(r)
	}
	name := strings.TrimRight(rp.s[i+1:end], "._-")
	if first, _ := utf8.DecodeRuneInString(name); n > maxMentionName || !isWord(first) {
		return ""
	}
	return name
}

// link parses a bare http or https address.
func (rp *runParser) link(i int) int {
	scheme := schemeLen(rp.s[i:])
	if scheme == 0 {
		return 1
	}
	if before, _ := utf8.DecodeLastRuneInString(rp.s[:i]); i > 0 && isWord(before) {
		return scheme
	}
	raw := rp.s[i:]
	if end := strings.IndexFunc(raw, endsURL); end >= 0 {
		raw = raw[:end]
	}
	raw = trimURL(raw)
	url, ok := cleanURL(raw, scheme)
	if !ok {
		return max(len(raw), scheme) // not tried again from within, which would be quadratic
	}
	rp.body.links++
	rp.put(i, len(raw), Run{Kind: RunLink, Text: raw, URL: url})
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

// endsURL stops at space, quotes, what is invisible and the punctuation of
// scripts that are written without spaces. Browsers read \ as /, so it ends too.
func endsURL(r rune) bool {
	switch {
	case r < utf8.RuneSelf:
		return r <= ' ' || strings.ContainsRune("<>\"`\\", r)
	case r >= 0x3000 && r <= 0x303F, r >= 0xFF00 && r <= 0xFF0F, r >= 0xFF1A && r <= 0xFF20, r >= 0xFF3B && r <= 0xFF65:
		return true
	}
	return unicode.IsSpace(r) || invisible(r)
}

// trimURL leaves out the punctuation of the sentence around an address, and the
// bracket that was opened before it.
func trimURL(s string) string {
	open := map[byte]int{')': strings.Count(s, "(") - strings.Count(s, ")"),
		']': strings.Count(s, "[") - strings.Count(s, "]"), '}': strings.Count(s, "{") - strings.Count(s, "}")}
	for s != "" {
		r, size := utf8.DecodeLastRuneInString(s)
		if balance, bracket := open[byte(r)]; bracket && r < utf8.RuneSelf {
			if balance >= 0 {
				return s
			}
			open[byte(r)]++
		} else if !strings.ContainsRune(".,:;!?'*_~’”»…", r) {
			return s
		}
		s = s[:len(s)-size]
	}
	return s
}

// cleanURL checks the host and escapes what a valid address cannot hold. Names
// and passwords are refused: they only serve to disguise a host.
func cleanURL(raw string, scheme int) (string, bool) {
	if len(raw) > maxURL || len(raw) <= scheme {
		return "", false
	}
	rest := raw[scheme:]
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	if !validAuthority(rest[:end]) {
		return "", false
	}
	return strings.ToLower(raw[:scheme]) + rest[:end] + escapeTail(rest[end:]), true
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
		if label == "" || len(label) > 63 || strings.ContainsFunc(label, func(r rune) bool { return r != '-' && !wordly(r) }) {
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

// escapeTail escapes path, query and fragment; what is escaped already stays.
func escapeTail(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	fragment := false
	for i := range len(s) {
		c := s[i]
		bad := strings.IndexByte("^|{}[]", c) >= 0 ||
			c == '#' && fragment ||
			c == '%' && !(i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]))
		fragment = fragment || c == '#'
		if bad {
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			c = hex[c&15]
			b.WriteByte(c)
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

func isHex(c byte) bool { return strings.IndexByte("0123456789abcdefABCDEF", c) >= 0 }
