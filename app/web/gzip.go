package web

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"hash/maphash"
	"runtime"
	"strings"
	"sync"

	"github.com/gofiber/fiber/v2"
	"github.com/hashicorp/golang-lru/v2/simplelru"
	"github.com/klauspost/compress/flate"
)

const (
	// pageLevel of gzip: level 3 would take a third of the time and make 9 % more
	// bytes, which whoever is on a slow phone would wait for.
	pageLevel = 5
	// sharedLevel is that of what many pages share, which is compressed once.
	sharedLevel = 9
	// compressFrom is the size from which compressing pays.
	compressFrom = 1 << 10
	// keptBlocks is how many parts are remembered: some 3 KB each.
	keptBlocks = 1024
)

// compressor writes gzip (RFC 1952). The parts that many pages share, the rows of a room
// and somebody's list of rooms, are compressed once and put in as they are: a stream of deflate (RFC 1951) is made
// of blocks, and one that was flushed ends at a whole byte. Blocks are remembered by what
// they say, so nothing has to be forgotten.
type compressor struct {
	writers chan *flate.Writer // as many as there are processors: one takes most of a megabyte
	seed    [2]maphash.Seed    // of this process: nobody can make two texts collide

	mu     sync.Mutex
	blocks *simplelru.LRU[blockKey, []byte] // nil: it was seen once, and is compressed when it is seen again
}

// blockKey stands for a text: two hashes of it.
type blockKey [2]uint64

// pageCompressor is made for the first answer that is compressed.
var pageCompressor = sync.OnceValue(newCompressor)

func newCompressor() *compressor {
	blocks, err := simplelru.NewLRU[blockKey, []byte](keptBlocks, nil)
	if err != nil {
		panic(err) // keptBlocks is not 0
	}
	z := &compressor{writers: make(chan *flate.Writer, runtime.GOMAXPROCS(0)), seed: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()},
		blocks: blocks}
	for range cap(z.writers) {
		z.writers <- newDeflate(pageLevel)
	}
	return z
}

func newDeflate(level int) *flate.Writer {
	w, err := flate.NewWriter(nil, level)
	if err != nil {
		panic(err) // the level is a constant
	}
	return w
}

// gzipHeader says nothing about the file: no name, no time, an unknown system.
var gzipHeader = []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff}

// gzip appends text to dst, compressed. Where parts of it stand, in their order, their
// blocks are used.
func (z *compressor) gzip(dst *bytes.Buffer, text []byte, parts [][]byte) {
	dst.Write(gzipHeader)
	w := <-z.writers
	w.Reset(dst) // writing to memory cannot fail
	rest := text
	for _, part := range parts {
		head, tail, block := z.split(rest, part)
		if block == nil {
			continue
		}
		w.Write(head)
		w.Flush()
		dst.Write(block)
		w.Reset(dst) // what comes must not refer to what stood before the block
		rest = tail
	}
	w.Write(rest)
	w.Close()
	z.writers <- w
	var end [8]byte
	binary.LittleEndian.PutUint32(end[:], crc32.ChecksumIEEE(text))
	binary.LittleEndian.PutUint32(end[4:], uint32(len(text)))
	dst.Write(end[:])
}

// split cuts a text around a part of it. Without a block for that, block is nil.
func (z *compressor) split(text, part []byte) (head, tail, block []byte) {
	if len(part) < compressFrom {
		return nil, nil, nil
	}
	at := bytes.Index(text, part[:32]) // it begins with an id, which is there once
	if at < 0 || !bytes.HasPrefix(text[at:], part) {
		return nil, nil, nil
	}
	return text[:at], text[at+len(part):], z.block(part)
}

// block is a text compressed, nil when it is seen for the first time.
func (z *compressor) block(text []byte) []byte {
	key := blockKey{maphash.Bytes(z.seed[0], text), maphash.Bytes(z.seed[1], text)}
	z.mu.Lock()
	block, seen := z.blocks.Get(key)
	if !seen {
		z.blocks.Add(key, nil)
	}
	z.mu.Unlock()
	if !seen || block != nil {
		return block
	}
	var b bytes.Buffer
	w := newDeflate(sharedLevel)
	w.Reset(&b)
	w.Write(text)
	w.Flush()
	block = bytes.Clone(b.Bytes())
	z.mu.Lock()
	z.blocks.Add(key, block)
	z.mu.Unlock()
	return block
}

// gzipped answers with text compressed, when that pays and the browser takes it. Parts of
// it are what other answers have, too, in their order.
func gzipped(c *fiber.Ctx, text []byte, parts [][]byte) bool {
	if len(text) < compressFrom || !strings.Contains(c.Get(fiber.HeaderAcceptEncoding), "gzip") {
		return false
	}
	c.Append(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	c.Set(fiber.HeaderContentEncoding, "gzip")
	b := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(b)
	b.Reset()
	pageCompressor().gzip(b, text, parts)
	c.Response().SetBody(b.Bytes()) // copied
	return true
}
