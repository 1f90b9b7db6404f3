package views

import (
	"slices"
	"strings"
	"unicode/utf8"

	"parley/app/chat"
)

// How much of a message is shown before the rest is folded.
const (
	foldedFrom  = 1200 // letters of a message that is folded
	foldedAfter = 700  // letters that stay, about
	foldedRest  = 300  // letters that are worth it
	shownLines  = 20   // of a listing, or of a paragraph
)

// foldBlocks divides a message into what is shown and what is folded; a paragraph that is long
// by itself is divided, too.
func foldBlocks(blocks []chat.Block) (shown, folded []chat.Block) {
	n := shownBlocks(blocks)
	for i := range blocks[:n] {
		if head, tail, long := splitParagraph(&blocks[i]); long {
			return append(slices.Clone(blocks[:i]), head), append([]chat.Block{tail}, blocks[i+1:]...)
		}
	}
	return blocks[:n], blocks[n:]
}

// splitParagraph divides a long paragraph where one of its lines ends, or between two words.
func splitParagraph(bl *chat.Block) (head, tail chat.Block, long bool) {
	letters, lines := sizeOf(bl.Runs)
	if bl.Kind != chat.BlockParagraph || letters <= foldedFrom && lines <= shownLines+2 {
		return head, tail, false
	}
	head, tail = *bl, *bl
	seen, ends := 0, 0
	for i, r := range bl.Runs {
		n, _ := sizeOf(bl.Runs[i : i+1])
		switch {
		case r.Kind == chat.RunBreak:
			ends++
			if (ends >= shownLines || seen > foldedAfter) && (lines-ends > 2 || letters-seen >= foldedRest) {
				head.Runs, tail.Runs = bl.Runs[:i], bl.Runs[i+1:]
				return head, tail, true
			}
		case r.Kind == chat.RunPlain && seen+n > foldedFrom:
			one, other := r, r
			one.Text, other.Text = splitWords(r.Text, foldedAfter-seen)
			if one.Text == "" {
				continue // a word that does not end
			}
			head.Runs = append(slices.Clone(bl.Runs[:i]), one)
			tail.Runs = append([]chat.Run{other}, bl.Runs[i+1:]...)
			return head, tail, true
		}
		seen += n
	}
	return head, tail, false
}

// splitWords divides words at the end of one, behind so many letters at most; head is "" where
// none ends. A stop of scripts that write no spaces ends one, too.
func splitWords(s string, letters int) (head, tail string) {
	end := 0
	for i, r := range s {
		if letters--; letters < 0 {
			break
		}
		if r == ' ' {
			head, end = s[:i], i+1
		} else if strings.ContainsRune("。、！？，；", r) {
			end = i + utf8.RuneLen(r)
			head = s[:end]
		}
	}
	return head, s[end:]
}

// sizeOf is how many letters runs have, and how many lines but the last.
func sizeOf(runs []chat.Run) (letters, lines int) {
	for i := range runs {
		if runs[i].Kind == chat.RunBreak {
			lines++
		}
		n, more := sizeOf(runs[i].Runs)
		letters, lines = letters+utf8.RuneCountInString(runs[i].Text)+n, lines+more
	}
	return letters, lines
}

// shownBlocks is how many blocks of a message stand before its rest; all of them where it
// is not long.
func shownBlocks(blocks []chat.Block) int {
	if len(blocks) < 2 {
		return len(blocks)
	}
	var sizes [64]int
	total := 0
	for i := range blocks {
		one := chat.Text{Blocks: blocks[i : i+1]}
		n := utf8.RuneCountInString(one.Plain())
		if blocks[i].Kind == chat.BlockCode {
			n = min(n, foldedAfter) // it folds by itself
		}
		if i < len(sizes) {
			sizes[i] = n
		}
		total += n
	}
	if total <= foldedFrom {
		return len(blocks)
	}
	sum := 0
	for i := range blocks[:min(len(blocks), len(sizes))] {
		if i > 0 && sum+sizes[i] > foldedAfter && total-sum >= foldedRest {
			return i
		}
		sum += sizes[i]
	}
	return len(blocks)
}
