package chat

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// maxLinkText is how long the words of a named link may be, in bytes.
const maxLinkText = 300

var mailAddress = regexp.MustCompile(`^[A-Za-z0-9_%+-][A-Za-z0-9._%+-]*@([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}$`)

// named parses [words](https://address). Words that look like an address themselves make no
// link: they would only disguise where it leads.
func (rp *runParser) named(i int) int {
	if i > 0 && (rp.s[i-1] == '!' || rp.s[i-1] == '\\') { // a picture elsewhere, or not meant
		return 0
	}
	rest := rp.s[i+1:]
	end := strings.IndexAny(rest[:min(len(rest), maxLinkText)], "[]\n`")
	if end <= 0 || rest[end] != ']' || !strings.HasPrefix(rest[end:], "](") {
		return 0
	}
	words, raw := rest[:end], rest[end+2:]
	scheme := schemeLen(raw)
	if scheme == 0 || rp.body.wasted > maxWasted || blank(words) || looksLikeAddress(words) {
		return 0
	}
	raw = rp.target(raw)
	after := end + 2 + len(raw)
	if !strings.HasPrefix(rest[min(after, len(rest)):], ")") || !validURL(raw, scheme) {
		rp.wasted(len(raw))
		return 0
	}
	rp.body.links++
	rp.put(i, after+2, Run{Kind: RunLink, Text: words, URL: raw})
	return after + 2
}

// target is the address at the beginning of s, up to a bracket that was not opened in it.
func (rp *runParser) target(s string) string {
	var brackets brackets
	end := min(len(s), maxURL+1)
	for j, r := range s[:end] {
		if endsURL(r) || brackets.closed(r) {
			end = j
			break
		}
	}
	rp.body.looked += end
	return s[:end]
}

func looksLikeAddress(words string) bool {
	folded := strings.ToLower(words)
	return strings.Contains(folded, "://") || strings.Contains(folded, "www.") || mailAddress.MatchString(folded) ||
		!strings.ContainsAny(strings.TrimSpace(folded), " ") && strings.Contains(folded, "/")
}

// www parses an address that begins with www. and has no scheme.
func (rp *runParser) www(i int) int {
	const lead = "www."
	if len(rp.s)-i < len(lead) || !strings.EqualFold(rp.s[i:i+len(lead)], lead) || rp.body.wasted > maxWasted || glued(rp.s, i) {
		return 0
	}
	seen := rp.address(i, len(lead))
	raw := trimURL(untilSentence(seen, len(lead)))
	host := raw
	if end := strings.IndexAny(host, "/?#"); end >= 0 {
		host = host[:end]
	}
	if strings.Count(host, ".") < 2 || strings.Contains(host, "@") || !validURL("https://"+raw, len("https://")) {
		rp.wasted(len(seen))
		return 0
	}
	rp.body.links++
	rp.put(i, len(raw), Run{Kind: RunLink, Text: raw, URL: "https://" + raw})
	return len(raw)
}

// maxLocal is how long the part of a mail address before its @ may be.
const maxLocal = 64

// mail parses a mail address around the @ at i: what stands before it is plain text so far.
// It tells how many bytes from i on belong to it.
func (rp *runParser) mail(i int) int {
	from := i
	for from > rp.start && i-from < maxLocal && isLocal(rp.s[from-1]) {
		from--
	}
	before, _ := utf8.DecodeLastRuneInString(rp.s[:from])
	if from == i || rp.s[from] == '.' || rp.s[i-1] == '.' || from > 0 && (isWord(before) || strings.ContainsRune("@/:=", before)) {
		return 0
	}
	end := i + 1
	for end < len(rp.s) && end-i < 255 && isHostByte(rp.s[end]) {
		end++
	}
	rp.body.looked += end - from
	address := strings.TrimRight(rp.s[from:end], ".-")
	if end < len(rp.s) {
		if r, _ := utf8.DecodeRuneInString(rp.s[end:]); r == '@' || isWord(r) && !spaceless(r) || r == ':' && end+1 < len(rp.s) &&
			rp.s[end+1] > ' ' {
			return 0
		}
	}
	if !mailAddress.MatchString(address) {
		return 0
	}
	rp.body.links++
	rp.put(from, len(address), Run{Kind: RunLink, Text: address, URL: "mailto:" + address})
	return from + len(address) - i
}

func isLocal(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte(".+-_%", c) >= 0
}

func isHostByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '-'
}
