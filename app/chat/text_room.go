package chat

import "strings"

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

// RoomLinks are the rooms that a text links to, by the folded names that it has for them.
func (t *Text) RoomLinks() map[string]RoomLink {
	links := map[string]RoomLink{}
	eachText(t.Blocks, true, func(b *Block, _ bool) {
		eachRun(b.Runs, func(r *Run) {
			if r.Kind == RunRoom && r.Room != 0 {
				links[foldRoom(r.Text[1:])] = RoomLink{r.Room, r.Text[1:]}
			}
		})
	})
	return links
}

// Relabel gives each link the name that its room has now, and answers with all of
// them; name is "" for a room whose link stays as it is.
func (t *Text) Relabel(name func(RoomID) string) (labels string) {
	eachText(t.Blocks, true, func(b *Block, _ bool) {
		eachRun(b.Runs, func(r *Run) {
			if r.Kind != RunRoom || r.Room == 0 {
				return
			}
			if now := name(r.Room); now != "" {
				r.Text = "#" + now
			}
			labels += r.Text
		})
	})
	return labels
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
