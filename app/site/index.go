package site

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"parley/app/chat"
)

const (
	// perShard is how many messages one file of them holds.
	perShard = 400
	// maxText is how much of a message search shows, in characters.
	maxText = 600
	// maxPlaces is in how many messages, the newest, a word is found; the script
	// looks through the rest of what it finds by other words.
	maxPlaces = 3000
)

// index is the index of search while it is made: first every word of every message
// goes to one of the files aside, then these are sorted one by one.
type index struct {
	*writer
	shards int
	aside  []*os.File
	to     []*bufio.Writer
	docs   []any
	count  int
}

// index writes what search.js loads.
func (w *writer) index() (err error) {
	x := &index{writer: w, shards: 16}
	for x.shards < 512 && int64(x.shards)*2000 < w.whole/2 {
		x.shards *= 2
	}
	dir, err := os.MkdirTemp("", "parley-site-")
	if err != nil {
		return err
	}
	defer func() {
		for _, f := range x.aside {
			f.Close()
		}
		err = errors.Join(err, os.RemoveAll(dir))
	}()
	for n := range x.shards {
		f, err := os.Create(filepath.Join(dir, fmt.Sprint(n)))
		if err != nil {
			return err
		}
		x.aside, x.to = append(x.aside, f), append(x.to, bufio.NewWriter(f))
	}
	if err := w.source.Said(w.Kinds, x.add); err != nil {
		return err
	}
	if err := x.flush(); err != nil {
		return err
	}
	for n := range x.shards {
		if err := x.shard(n); err != nil {
			return err
		}
	}
	rooms := make([][2]any, 0, len(w.rooms))
	for _, r := range w.rooms {
		rooms = append(rooms, [2]any{r.ID, r.Label()})
	}
	return w.script("search/index.js", "var PARLEY = ", map[string]any{"docs": x.count, "per": perShard, "shards": x.shards, "most": maxPlaces,
		"rooms": rooms}, ";\n")
}

// add takes one message: what is shown of it, and its words.
func (x *index) add(m chat.Message) error {
	x.step()
	place, ok := x.place[m.Room]
	if !ok {
		return nil
	}
	text := m.Plain()
	seen := map[string]bool{}
	for _, word := range chat.Words(text) {
		if seen[word.Token] {
			continue
		}
		seen[word.Token] = true
		if err := put(x.to[shardOf(word.Token, x.shards)], word.Token, x.count); err != nil {
			return err
		}
	}
	if r := []rune(text); len(r) > maxText {
		text = string(r[:maxText]) + "…"
	}
	x.docs = append(x.docs, []any{place, pageOf(x.rooms[place].Pages, m.ID), m.ID, m.Author.Name, m.At.UTC().Format("2006-01-02 15:04"), text})
	if x.count++; len(x.docs) == perShard {
		return x.flush()
	}
	return nil
}

// flush writes the messages that came together.
func (x *index) flush() error {
	if len(x.docs) == 0 {
		return nil
	}
	n := (x.count - 1) / perShard
	err := x.script(fmt.Sprintf("search/d%d.js", n), fmt.Sprintf("PARLEY.got('d%d',", n), x.docs, ");\n")
	x.docs = x.docs[:0]
	return err
}

// put writes a word and where it stands.
func put(w *bufio.Writer, token string, doc int) error {
	var b [2 * binary.MaxVarintLen64]byte
	n := binary.PutUvarint(b[:], uint64(doc))
	n += binary.PutUvarint(b[n:], uint64(len(token)))
	if _, err := w.Write(b[:n]); err != nil {
		return err
	}
	_, err := w.WriteString(token)
	return err
}

// shard sorts the words of one file aside: each with in how many messages it is,
// and the newest of them, the first as a number and the others by the difference.
func (x *index) shard(n int) error {
	if err := x.to[n].Flush(); err != nil {
		return err
	}
	if _, err := x.aside[n].Seek(0, io.SeekStart); err != nil {
		return err
	}
	places := map[string][]int{}
	for r := bufio.NewReaderSize(x.aside[n], 1<<16); ; {
		doc, err := binary.ReadUvarint(r)
		if errors.Is(err, io.EOF) {
			break
		}
		length, err2 := binary.ReadUvarint(r)
		token := make([]byte, length)
		if _, err3 := io.ReadFull(r, token); err != nil || err2 != nil || err3 != nil {
			return errors.Join(err, err2, err3)
		}
		places[string(token)] = append(places[string(token)], int(doc))
	}
	words := make(map[string][]int, len(places))
	for token, docs := range places {
		total := len(docs)
		docs = docs[max(0, total-maxPlaces):]
		slices.Reverse(docs)
		list := []int{total}
		for i, d := range docs {
			if i > 0 {
				d = docs[i-1] - d
			}
			list = append(list, d)
		}
		words[token] = list
	}
	return x.script(fmt.Sprintf("search/w%d.js", n), fmt.Sprintf("PARLEY.got('w%d',", n), words, ");\n")
}

// shardOf is the file that a word is in: its first two characters decide, so that
// whoever looks for a beginning needs one file.
func shardOf(token string, shards int) int {
	h, n := uint32(0), 0
	for _, r := range token {
		h = h*31 + uint32(r)
		if n++; n == 2 {
			break
		}
	}
	return int(h % uint32(shards))
}

// script writes a value as a script, which pages may load from a disk where they may
// not read a file.
func (w *writer) script(name, before string, v any, after string) error {
	return w.file(name, func(to io.Writer) error {
		b, err := json.Marshal(v) // it escapes what could end a script
		for _, part := range [][]byte{[]byte(before), b, []byte(after)} {
			if err == nil {
				_, err = to.Write(part)
			}
		}
		return err
	})
}
