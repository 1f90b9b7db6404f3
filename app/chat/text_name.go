package chat

import (
	"slices"
	"strings"
)

// Names lists the distinct names that may be mentioned, folded by FoldName, in
// order of appearance. In a script without spaces one mention may be of several: the
// longest comes first, and the first that is somebody's counts.
func (t *Text) Names() []string { return distinct(t.mentions(true)) }

// NotifyingNames lists those that notify: a quote repeats what others said, and a backslash
// says that nobody is meant.
func (t *Text) NotifyingNames() []string { return distinct(t.mentions(false)) }

// mentions lists the names that each mention may be of; with all, of those in quotes
// and behind a backslash, too.
func (t *Text) mentions(all bool) (list [][]string) {
	eachText(t.Blocks, all, func(b *Block, _ bool) {
		eachRun(b.Runs, func(r *Run) {
			if r.Kind != RunMention {
				return
			}
			if _, escaped := unescaped(r.Text); all || !escaped {
				list = append(list, mentionNames(r.Text))
			}
		})
	})
	return list
}

func distinct(lists [][]string) (names []string) {
	seen := map[string]bool{}
	for _, list := range lists {
		for _, name := range list {
			if !seen[name] {
				seen[name] = true
				names = append(names, name)
			}
		}
	}
	return names
}

// unescaped is a mention or the name of a room without its sign, and without the
// backslash that keeps it from being one.
func unescaped(text string) (name string, escaped bool) {
	rest, escaped := strings.CutPrefix(text, `\`)
	return rest[1:], escaped
}

// mentionNames are the names that one mention may be of, the longest first.
func mentionNames(text string) (names []string) {
	name, _ := unescaped(text)
	for _, end := range mentionEnds(name) {
		names = append(names, FoldName(name[:end]))
	}
	return names
}

// mentionEnds are where a username within these characters may end: before a dash, and
// next to letters of scripts without spaces. What is joined to @room with a dash is no
// call: @room-service is somebody's, or nobody's.
func mentionEnds(name string) (ends []int) {
	for _, end := range nameEnds(name) {
		end = len(strings.TrimRight(name[:end], "._-"))
		if end < len(name)-1 && name[end] == '-' && isCall(FoldName(name[:end])) {
			continue
		}
		if n := len(ends); end > 0 && (n == 0 || ends[n-1] != end) {
			ends = append(ends, end)
		}
	}
	return ends
}

// Resolve gives each mention its account by folded name: 0 is somebody whom it cannot be
// for. A mention that ids does not know becomes plain text, but for the names that call many people, and so does
// one with a backslash, which goes where it would have meant somebody.
func (t *Text) Resolve(ids map[string]AccountID, calls ...string) {
	eachText(t.Blocks, true, func(b *Block, quoted bool) {
		b.Runs = mapRuns(b.Runs, func(runs []Run, r Run) []Run {
			if r.Kind != RunMention {
				return append(runs, r)
			}
			return append(runs, resolved(r, ids, calls, quoted)...)
		})
	})
}

func isCall(name string) bool { return name == AtRoom || name == AtHere }

// resolved is what a mention becomes: itself, and what its name does not reach.
func resolved(r Run, ids map[string]AccountID, calls []string, quoted bool) []Run {
	name, escaped := unescaped(r.Text)
	lead := len(r.Text) - len(name)
	for _, end := range mentionEnds(name) {
		folded := FoldName(name[:end])
		id, known := ids[folded]
		call := slices.Contains(calls, folded) || escaped && isCall(folded)
		if known && id == 0 {
			break
		}
		if id == 0 && !call {
			continue
		}
		rest := Run{Text: name[end:]}
		switch {
		case escaped:
			return []Run{{Text: r.Text[1:]}}
		case call && quoted:
			return []Run{{Text: r.Text}}
		case call:
			return []Run{{Kind: RunMentionAll, Text: r.Text[:lead+end]}, rest}
		}
		return []Run{{Kind: RunMention, Text: r.Text[:lead+end], Account: id}, rest}
	}
	return []Run{{Text: r.Text}}
}

// Addressed lists the accounts that a resolved text mentions outside of quotes, in
// order of appearance.
func (t *Text) Addressed() (ids []AccountID) {
	eachText(t.Blocks, false, func(b *Block, _ bool) {
		eachRun(b.Runs, func(r *Run) {
			if r.Kind == RunMention && r.Account != 0 && !slices.Contains(ids, r.Account) {
				ids = append(ids, r.Account)
			}
		})
	})
	return ids
}

// Mentioned lists all accounts that a resolved text mentions, in quotes, too.
func (t *Text) Mentioned() (ids []AccountID) {
	eachText(t.Blocks, true, func(b *Block, _ bool) {
		eachRun(b.Runs, func(r *Run) {
			if r.Kind == RunMention && r.Account != 0 {
				ids = append(ids, r.Account)
			}
		})
	})
	return ids
}

// calledNames lists the names in a resolved text that call many people.
func (t *Text) calledNames() (names []string) {
	eachText(t.Blocks, false, func(b *Block, _ bool) {
		eachRun(b.Runs, func(r *Run) {
			if r.Kind == RunMentionAll {
				names = append(names, FoldName(r.Text[1:]))
			}
		})
	})
	return names
}

// mapRuns replaces each run by what f appends for it, at any depth.
func mapRuns(runs []Run, f func([]Run, Run) []Run) []Run {
	var out []Run
	for _, r := range runs {
		r.Runs = mapRuns(r.Runs, f)
		out = f(out, r)
	}
	return joined(out)
}

// eachText calls f with each paragraph, and whether it stands in a quote; with
// quotes false it leaves those out.
func eachText(blocks []Block, quotes bool, f func(b *Block, quoted bool)) {
	eachTextIn(blocks, quotes, false, f)
}

func eachTextIn(blocks []Block, quotes, quoted bool, f func(b *Block, quoted bool)) {
	for i := range blocks {
		b := &blocks[i]
		switch {
		case b.Kind == BlockParagraph:
			f(b, quoted)
		case b.Kind == BlockQuote && quotes:
			eachTextIn(b.Blocks, quotes, true, f)
		}
		for _, item := range b.Items {
			eachTextIn(item, quotes, quoted, f)
		}
	}
}
