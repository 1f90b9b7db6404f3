package chat

import (
	"slices"
	"strings"
)

// Names lists the distinct names that may be mentioned, folded by FoldName, in
// order of appearance. In a script without spaces one mention may be of several: the
// longest comes first, and the first that is somebody's counts.
func (t *Text) Names() []string { return distinct(t.mentions(true)) }

// MentionsAll lists those that notify: a quote repeats what others said, and a backslash
// says that nobody is meant.
func (t *Text) MentionsAll() []string { return distinct(t.mentions(false)) }

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

// mentionsAll lists the names in a resolved text that call many people.
func (t *Text) mentionsAll() (names []string) {
	eachText(t.Blocks, false, func(b *Block, _ bool) {
		eachRun(b.Runs, func(r *Run) {
			if r.Kind == RunMentionAll {
				names = append(names, FoldName(r.Text[1:]))
			}
		})
	})
	return names
}

// maxRooms is how many rooms one message links to; further names stay plain.
const maxRooms = 20

// RoomNames lists the distinct names of rooms that may be meant, folded, the longest
// of each place first.
func (t *Text) RoomNames() []string {
	var places [][]string
	eachText(t.Blocks, true, func(b *Block, _ bool) {
		mapRunsAhead(b.Runs, func(r Run, ahead string) {
			if r.Kind == RunRoom && len(places) < maxRooms {
				var names []string
				after, _ := roomText(r, ahead)
				for _, end := range nameEnds(after) {
					names = append(names, foldRoom(after[:end]))
				}
				places = append(places, names)
			}
		})
	})
	return distinct(places)
}

// foldRoom folds a room's name as it was typed in a text.
func foldRoom(s string) string { return FoldName(strings.Join(strings.Fields(s), " ")) }

// roomText is what stands behind the # of a run, with the plain text behind it.
func roomText(r Run, ahead string) (after string, escaped bool) {
	name, escaped := unescaped(r.Text)
	return name + ahead, escaped
}

// LinkRooms gives each name of a room its room, by folded name: the longest name that
// is one wins. One that rooms does not know becomes plain text.
func (t *Text) LinkRooms(rooms map[string]RoomLink) {
	n := 0
	eachText(t.Blocks, true, func(b *Block, _ bool) { b.Runs = linkRuns(b.Runs, rooms, &n) })
}

// RoomLink is an open room that a text links to, by the name that it has now.
type RoomLink struct {
	ID   RoomID
	Name string
}

func linkRuns(runs []Run, rooms map[string]RoomLink, n *int) []Run {
	var out []Run
	for i := 0; i < len(runs); i++ {
		r := runs[i]
		r.Runs = linkRuns(r.Runs, rooms, n)
		if r.Kind != RunRoom {
			out = append(out, r)
			continue
		}
		ahead := plainAhead(runs, i)
		after, escaped := roomText(r, ahead)
		if ahead != "" {
			i++
		}
		plain := Run{Text: r.Text + ahead}
		if *n++; *n <= maxRooms {
			for _, end := range nameEnds(after) {
				room, ok := rooms[foldRoom(after[:end])]
				switch {
				case !ok:
					continue
				case escaped:
					plain.Text = plain.Text[1:]
				default:
					out = append(out, Run{Kind: RunRoom, Text: "#" + room.Name, Room: room.ID})
					plain.Text = after[end:]
				}
				break
			}
		}
		out = append(out, plain)
	}
	return joined(out)
}

// Relabel gives each link the name that its room has now, and answers with all of
// them; name is "" for a room whose link stays as it is.
func (t *Text) Relabel(name func(RoomID) (string, error)) (labels string, err error) {
	eachText(t.Blocks, true, func(b *Block, _ bool) {
		eachRun(b.Runs, func(r *Run) {
			if r.Kind != RunRoom || r.Room == 0 || err != nil {
				return
			}
			var now string
			if now, err = name(r.Room); now != "" {
				r.Text = "#" + now
			}
			labels += r.Text
		})
	})
	return labels, err
}

// plainAhead is the plain text right behind run i.
func plainAhead(runs []Run, i int) string {
	if i+1 < len(runs) && runs[i+1].Kind == RunPlain {
		return runs[i+1].Text
	}
	return ""
}

// mapRunsAhead calls f with each run and the plain text right behind it.
func mapRunsAhead(runs []Run, f func(r Run, ahead string)) {
	for i, r := range runs {
		f(r, plainAhead(runs, i))
		mapRunsAhead(r.Runs, f)
	}
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
