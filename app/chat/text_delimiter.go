package chat

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// delimiter is a run of marks that may still open emphasis. The algorithm is that
// of the CommonMark specification 0.31 ("process emphasis"), with three things
// that differ: a star within a word is a star, as an underscore is; a letter of a
// script without spaces next to the outside of a run counts as a border; and runs
// that this chat does not offer (four stars, two underscores, one tilde) are text.
type delimiter struct {
	char  byte
	count int   // marks left
	size  int   // marks it had
	both  bool  // it could close, too
	slash bool  // it stands behind a slash: /**b**/ is a path or a comment
	at    int   // of its marks in out
	pos   []int // where its marks are in the text, in order; the last is used first
}

// delimiterRun is what stands at one place of the text.
type delimiterRun struct {
	char          byte
	pos           []int // of each mark
	length        int   // in bytes, with the backslashes that are looked through
	opens, closes bool
	slash         bool // a slash stands before it, and no emphasis before that
	slashNext     bool // a slash stands behind it
}

// emphasis closes what it can with the marks at i and opens the rest.
func (rp *runParser) emphasis(i int) int {
	run := rp.delimiterRun(i)
	if !offered(run.char, len(run.pos)) || !run.opens && !run.closes {
		return run.length
	}
	rp.flush(i)
	rp.start = i + run.length
	left := len(run.pos)
	for run.closes && left > 0 {
		j := rp.opener(run, left)
		if j < 0 {
			break
		}
		if rp.open[j].slash && run.slashNext {
			rp.open = rp.open[:j]
			break
		}
		use := min(rp.open[j].count, left, 2)
		if !rp.wrap(j, use) {
			break
		}
		rp.acted(run.pos[len(run.pos)-left:][:use])
		left -= use
	}
	if left > 0 {
		if run.opens {
			rp.open = append(rp.open, delimiter{run.char, left, len(run.pos), run.closes, run.slash, len(rp.out), run.pos[len(run.pos)-left:]})
		}
		rp.out = append(rp.out, Run{Text: marks(run.char, left)})
	}
	return run.length
}

// marks is n marks as text; offered lets no more than three be marks.
func marks(char byte, n int) string { return string([]byte{char, char, char}[:n]) }

// delimiterRun reads the marks at i. While escapes are looked through, a backslash
// before a mark is not there.
func (rp *runParser) delimiterRun(i int) delimiterRun {
	run := delimiterRun{}
	j := i
	for j < len(rp.s) {
		k := j
		if rp.lookThrough && rp.s[k] == '\\' && k+1 < len(rp.s) {
			k++
		}
		if run.char == 0 && isMark(rp.s[k]) {
			run.char = rp.s[k]
		}
		if rp.s[k] != run.char {
			break
		}
		run.pos = append(run.pos, k)
		j = k + 1
	}
	run.length = j - i
	rp.flanks(&run, i, j)
	return run
}

func isMark(c byte) bool { return c == '*' || c == '_' || c == '~' }

// offered says whether n marks mean anything.
func offered(c byte, n int) bool {
	switch c {
	case '*':
		return n <= 3
	case '_':
		return n == 1
	}
	return n == 2
}

// flanks says whether the marks from i to j may open and close: left- and
// right-flanking as CommonMark has it, never within a word, and not beside the signs
// of code and of paths, of which CommonMark makes emphasis: f(*), "*.*", /* a */,
// src/**/*.ts, $_GET.
func (rp *runParser) flanks(run *delimiterRun, i, j int) {
	before, _ := utf8.DecodeLastRuneInString(rp.s[:i])
	after, _ := utf8.DecodeRuneInString(rp.s[j:])
	first, last := i == 0, j == len(rp.s)
	if after == '\uFE0F' || after == '\u20E3' || bracketed(before, after) { // a keycap, or f(*)
		return
	}
	outerBefore := first || unicode.IsSpace(before) || isPunct(before) || spaceless(before)
	outerAfter := last || unicode.IsSpace(after) || isPunct(after) || spaceless(after)
	left := !last && !unicode.IsSpace(after) && (!isPunct(after) || outerBefore)
	right := !first && !unicode.IsSpace(before) && (!isPunct(before) || outerAfter)
	run.opens = left && (!right || isPunct(before) || spaceless(before)) && !strings.ContainsRune(",;)]}.|/", after)
	run.closes = right && (!left || isPunct(after) || spaceless(after)) && !closesCode(rp.s[:i])
	run.slashNext = after == '/'
	if first || rp.behindEmphasis(i) { // *a*/*b* is no path
		return
	}
	run.slash = before == '/'
	if strings.ContainsRune("$@%&=.", before) || run.slash && len(run.pos) == 1 {
		run.opens = false
	}
}

// behindEmphasis says whether emphasis ends one character before i.
func (rp *runParser) behindEmphasis(i int) bool {
	n := len(rp.out)
	if n == 0 || rp.start >= i || utf8.RuneCountInString(rp.s[rp.start:min(i, rp.start+utf8.UTFMax+1)]) != 1 {
		return false
	}
	kind := rp.out[n-1].Kind
	return kind == RunBold || kind == RunItalic || kind == RunStrike
}

func bracketed(before, after rune) bool {
	closing := map[rune]rune{'(': ')', '[': ']', '{': '}', '"': '"', '\'': '\'', '<': '>', '`': '`'}[before]
	return closing != 0 && closing == after
}

// closesCode says whether marks behind this text are of code: a percent sign is one,
// unless it is that of a number.
func closesCode(before string) bool {
	if number, ok := strings.CutSuffix(before, "%"); ok {
		if r, n := utf8.DecodeLastRuneInString(number); unicode.IsSpace(r) {
			number = number[:len(number)-n]
		}
		r, _ := utf8.DecodeLastRuneInString(number)
		return !unicode.IsDigit(r)
	}
	return before != "" && strings.IndexByte("([{$@&=/", before[len(before)-1]) >= 0
}

func isPunct(r rune) bool { return unicode.IsPunct(r) || unicode.IsSymbol(r) }

// opener finds the nearest open run that the marks left of a run can close. Where
// it found none it does not look again, so that the whole takes linear time.
func (rp *runParser) opener(run delimiterRun, left int) int {
	bottom := &rp.bottoms[bottomKey{run.char, run.opens, len(run.pos) % 3}.index()]
	for j := len(rp.open) - 1; j >= min(*bottom, len(rp.open)); j-- {
		o := &rp.open[j]
		if o.char != run.char || o.char == '~' && (o.count != 2 || left != 2) {
			continue
		}
		sum := o.size + len(run.pos)
		if (o.both || run.opens) && sum%3 == 0 && (o.size%3 != 0 || len(run.pos)%3 != 0) {
			continue
		}
		return j
	}
	*bottom = len(rp.open)
	return -1
}

// bottomKey are the closers for whom the same openers are of no use.
type bottomKey struct {
	char byte
	both bool
	mod  int
}

const bottomKeys = 3 * 2 * 3

func (k bottomKey) index() int {
	n := map[byte]int{'*': 0, '_': 1, '~': 2}[k.char]*2*3 + k.mod
	if k.both {
		n += 3
	}
	return n
}

// wrap makes everything after open run j the content of so many of its marks. Marks
// opened since stay as the plain text they are.
func (rp *runParser) wrap(j, use int) bool {
	o := rp.open[j]
	inner := rp.out[o.at+1:]
	if rp.depth+height(inner)+1 > MaxNesting {
		rp.open = rp.open[:j]
		return false
	}
	kind := RunItalic
	switch {
	case o.char == '~':
		kind = RunStrike
	case use == 2:
		kind = RunBold
	}
	rp.acted(o.pos[len(o.pos)-use:])
	wrapped := Run{Kind: kind, Runs: slices.Clone(inner)}
	if o.count -= use; o.count == 0 {
		rp.open = rp.open[:j]
		rp.out = append(rp.out[:o.at], wrapped)
		return true
	}
	o.pos = o.pos[:len(o.pos)-use]
	rp.open = append(rp.open[:j], o)
	rp.out[o.at].Text = marks(o.char, o.count)
	rp.out = append(rp.out[:o.at+1], wrapped)
	return true
}

// acted notes which marks became emphasis.
func (rp *runParser) acted(pos []int) {
	if !rp.lookThrough {
		return
	}
	for _, p := range pos {
		rp.escapes[p] = true
	}
}

func height(runs []Run) int {
	h := 0
	for i := range runs {
		if len(runs[i].Runs) > 0 {
			h = max(h, 1+height(runs[i].Runs))
		}
	}
	return h
}
