package db

import (
	"regexp"
	"strconv"
	"strings"
)

// Dialect is how an engine writes the few words for which SQLite and PostgreSQL 15 have
// no form that both take. In a question that is written here these are
//
//	?, ?1            parameters
//	IN ids(?)        one of the numbers that JSONList wrote
//	IN texts(?)      one of the texts that JSONList wrote
//	greatest(a, b)   the greatest of these
//	{first ?}        in a recursion: the smallest first, and so many
//	{lock}           behind a row that nobody else may change until the transaction ends
//
// Neither has truth values in its rows: they are 0 and 1, and so is a parameter that is
// true or false; what is worked out in a question may be one.
type Dialect struct {
	IDs, Texts string // with % for the parameter, as in First
	Greatest   string
	First      string
	Lock       string
	Numbered   bool // parameters are $1, and not ?1
}

var ownWords = regexp.MustCompile(`IN (ids|texts)\((\?\d*)\)|\b(greatest)\(|\{(first) (\?\d*)\}|\{(lock)\}`)

// Translate writes a question as an engine takes it.
func (d Dialect) Translate(query string) string {
	query = ownWords.ReplaceAllStringFunc(query, func(found string) string {
		part := ownWords.FindStringSubmatch(found)
		parameter := part[2] + part[5]
		switch part[1] + part[3] + part[4] + part[6] {
		case "ids":
			return strings.ReplaceAll(d.IDs, "%", parameter)
		case "texts":
			return strings.ReplaceAll(d.Texts, "%", parameter)
		case "greatest":
			return d.Greatest + "("
		case "first":
			return strings.ReplaceAll(d.First, "%", parameter)
		}
		return d.Lock
	})
	if !d.Numbered {
		return query
	}
	n := 0
	return placeholder.ReplaceAllStringFunc(query, func(p string) string {
		if p == "?" {
			n++
			return "$" + strconv.Itoa(n)
		}
		return "$" + p[1:]
	})
}

var placeholder = regexp.MustCompile(`\?\d*`)
