package db

import (
	"regexp"
	"strings"
)

// What is asked here is what SQLite and PostgreSQL 15 both take, but for a few words for
// which each has its own:
//
//	?, ?1            parameters
//	IN ids(?)        one of the numbers that jsonList wrote
//	IN texts(?)      one of the texts that jsonList wrote
//	greatest(a, b)   the greatest of these
//	{first ?}        in a recursion: the smallest first, and so many
//	{lock}           behind a row that nobody else may change until the transaction ends
//
// Neither has truth values in its rows: they are 0 and 1, and so is a parameter that is
// true or false; what is worked out in a question may be one.
var ownWords = regexp.MustCompile(`IN (?:ids|texts)\((\?\d*)\)|\bgreatest\(|\{first (\?\d*)\}|\{lock\}`)

// inSQLite writes a question as SQLite takes it.
func inSQLite(query string) string {
	return ownWords.ReplaceAllStringFunc(query, func(word string) string {
		parameter := strings.Trim(word[strings.IndexByte(word, '?')+1:], "}) ")
		switch {
		case strings.HasPrefix(word, "IN "):
			return "IN (SELECT value FROM json_each(?" + parameter + "))"
		case word == "greatest(":
			return "max("
		case word == "{lock}": // who changes anything has locked the file
			return ""
		}
		return "ORDER BY 1 LIMIT ?" + parameter
	})
}
