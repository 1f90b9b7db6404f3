package slack

import (
	"archive/zip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// maxEntry bounds one file of the archive when it is unpacked. A day of one channel
// has some megabytes at most; what has more is no export. A test lowers it.
var maxEntry int64 = 256 << 20

// maxValue bounds one message, or one line of a list, which is in memory as a whole.
var maxValue int64 = 16 << 20

// maxEntries bounds how many files there are.
const maxEntries = 2_000_000

// archiveFile is an export while it is read.
type archiveFile struct {
	zip      *zip.ReadCloser
	top      map[string]*zip.File   // by name
	days     map[string][]*zip.File // by folder, in order
	order    []string               // the folders
	uploads  map[string]upload      // by Slack's id of the file; the first of two counts
	odd      []string               // files in folders that are none of a day
	progress func(part, whole int64)
	part     int64
	whole    int64
}

var dayName = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}\.json$`)

func openArchive(name string, progress func(part, whole int64)) (*archiveFile, error) {
	r, err := zip.OpenReader(name)
	if err != nil {
		return nil, fmt.Errorf("%s is not a ZIP archive that can be read: %w", name, err)
	}
	z := &archiveFile{zip: r, top: map[string]*zip.File{}, days: map[string][]*zip.File{}, uploads: map[string]upload{}, progress: progress}
	if len(r.File) > maxEntries {
		return nil, errors.Join(fmt.Errorf("the archive has %d files, which is more than an export has", len(r.File)), r.Close())
	}
	// Who unpacked the archive and packed it again may have put a folder around it.
	prefix, found := "", false
	for _, f := range r.File {
		dir, base := splitEntry(f.Name)
		if (base == "users.json" || base == "org_users.json") && (!found || len(dir) < len(prefix)) {
			prefix, found = dir, true
		}
	}
	if !found {
		return nil, errors.Join(errors.New("there is no users.json in the archive: it is not an export of Slack"), r.Close())
	}
	for _, f := range r.File {
		dir, base := splitEntry(f.Name)
		if folder, ok := strings.CutPrefix(dir, prefix); ok && base != "" {
			z.add(f, strings.TrimSuffix(folder, "/"), base)
		}
	}
	byDay := func(a, b *zip.File) int { return strings.Compare(entryBase(a), entryBase(b)) }
	for folder, days := range z.days {
		z.order = append(z.order, folder)
		slices.SortStableFunc(days, byDay)
	}
	slices.Sort(z.order)
	return z, nil
}

func (z *archiveFile) add(f *zip.File, folder, base string) {
	id, name, isUpload := uploadAt(folder, base)
	switch {
	case isUpload && z.uploads[id].open == nil:
		z.uploads[id] = upload{name, path.Join(folder, base), int64(min(f.UncompressedSize64, math.MaxInt64)), f.Open}
	case folder == "" && z.top[base] == nil:
		z.top[base] = f
	case folder == "":
	case dayName.MatchString(base):
		z.days[folder] = append(z.days[folder], f)
		z.whole += int64(min(f.UncompressedSize64, uint64(maxEntry)))
	default:
		z.odd = append(z.odd, path.Join(folder, base))
	}
}

// splitEntry is the folder of an entry, "" or with a slash behind it, and its name.
// Programs that pack an archive again write backslashes, a dot in front or accents as
// characters of their own, and put files of theirs beside ours: these have no name.
func splitEntry(name string) (dir, base string) {
	if !utf8.ValidString(name) { // a code page that nobody names: that of Windows where accents are common
		name, _ = charmap.CodePage850.NewDecoder().String(name)
	}
	name = norm.NFC.String(strings.ReplaceAll(name, "\\", "/"))
	if strings.HasSuffix(name, "/") {
		return "", ""
	}
	dir, base = path.Split(strings.TrimPrefix(path.Clean("/"+name), "/"))
	if strings.HasPrefix(base, "._") || slices.Contains(litter, base) || slices.Contains(strings.Split(dir, "/"), "__MACOSX") {
		return "", ""
	}
	_, _, isUpload := uploadAt(dir, base)
	if lower := strings.ToLower(base); strings.HasSuffix(lower, ".json") && !isUpload {
		base = lower
	}
	return dir, base
}

// litter are files that systems leave in folders.
var litter = []string{".DS_Store", "Thumbs.db", "desktop.ini"}

func entryBase(f *zip.File) string {
	_, base := splitEntry(f.Name)
	return base
}

func (z *archiveFile) close() error {
	if z.zip == nil {
		return nil
	}
	r := z.zip
	z.zip = nil
	return r.Close()
}

// advance tells that so many bytes more are done.
func (z *archiveFile) advance(n int64) {
	if z.part += n; z.progress != nil {
		z.progress(z.part, z.whole)
	}
}

// bounded ends with an error after maxEntry bytes, or maxValue since value was set.
type bounded struct {
	r           io.Reader
	left, value int64
	progress    func(n int64)
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	b.left -= int64(n)
	b.value -= int64(n)
	switch {
	case b.left < 0:
		return 0, fmt.Errorf("it unpacks to more than %d MiB", maxEntry>>20)
	case b.value < 0:
		return 0, fmt.Errorf("something in it is longer than %d MiB", maxValue>>20)
	}
	b.progress(int64(n))
	return n, err
}

// each decodes the elements of a JSON array one at a time, whatever its length. A
// field of another type than it should have is left out.
func each[T any](z *archiveFile, f *zip.File, put func(T) error) error {
	r, err := f.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	b := &bounded{r, maxEntry, maxValue, z.advance}
	// What some editors write in front says in which encoding the rest is.
	d := json.NewDecoder(transform.NewReader(b, unicode.BOMOverride(encoding.Nop.NewDecoder())))
	if t, err := d.Token(); err != nil || t != json.Delim('[') {
		return errors.Join(errors.New("it does not begin as a JSON list"), err)
	}
	for d.More() {
		var v T
		b.value = maxValue
		err := d.Decode(&v)
		if _, mistyped := errors.AsType[*json.UnmarshalTypeError](err); err != nil && !mistyped {
			return err
		}
		if err := put(v); err != nil {
			return err
		}
	}
	_, err = d.Token()
	return err
}

// list reads one of the lists at the top; none is an empty one.
func list[T any](z *archiveFile, name string) (all []T, err error) {
	f := z.top[name]
	if f == nil {
		return nil, nil
	}
	err = each(z, f, func(v T) error {
		all = append(all, v)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("%s in the archive cannot be read: %w", name, err)
	}
	return all, nil
}

func (z *archiveFile) users() ([]user, error) {
	for _, name := range []string{"users.json", "org_users.json"} {
		if z.top[name] != nil {
			return list[user](z, name)
		}
	}
	return nil, errors.New("there is no users.json in the archive")
}
