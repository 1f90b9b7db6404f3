package sqlite

import "parley/db"

var dialect = db.Dialect{
	IDs:      "IN (SELECT value FROM json_each(%))",
	Texts:    "IN (SELECT value FROM json_each(%))",
	Greatest: "max",
	First:    "ORDER BY 1 LIMIT %",
	// Lock is not needed: who changes anything has locked the file.
}
