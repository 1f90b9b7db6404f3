package db

import "testing"

func TestWordsOfTheirOwnAreTranslated(t *testing.T) {
	one := Dialect{IDs: "IN (SELECT value FROM json_each(%))", Texts: "IN (SELECT value FROM json_each(%))", Greatest: "max",
		First: "ORDER BY 1 LIMIT %"}
	other := Dialect{IDs: "= ANY (ids(%))", Texts: "= ANY (texts(%))", Greatest: "greatest", Lock: "FOR UPDATE", Numbered: true}
	for _, c := range []struct{ asked, one, other string }{
		{"SELECT 1 WHERE a = ? AND b = ?", "SELECT 1 WHERE a = ? AND b = ?", "SELECT 1 WHERE a = $1 AND b = $2"},
		{"a = ?2 AND b = ?1 AND c = ?2", "a = ?2 AND b = ?1 AND c = ?2", "a = $2 AND b = $1 AND c = $2"},
		{"id IN ids(?) AND b = ?", "id IN (SELECT value FROM json_each(?)) AND b = ?", "id = ANY (ids($1)) AND b = $2"},
		{"name IN texts(?2)", "name IN (SELECT value FROM json_each(?2))", "name = ANY (texts($2))"},
		{"greatest(0, n - ?)", "max(0, n - ?)", "greatest(0, n - $1)"},
		{"down {first ?3}) x", "down ORDER BY 1 LIMIT ?3) x", "down ) x"},
		{"WHERE id = ? {lock}", "WHERE id = ? ", "WHERE id = $1 FOR UPDATE"},
	} {
		if got := one.Translate(c.asked); got != c.one {
			t.Errorf("%q is %q, want %q", c.asked, got, c.one)
		}
		if got := other.Translate(c.asked); got != c.other {
			t.Errorf("%q is %q, want %q", c.asked, got, c.other)
		}
	}
}
