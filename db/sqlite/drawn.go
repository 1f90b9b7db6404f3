package sqlite

import (
	"database/sql/driver"

	modernc "modernc.org/sqlite"

	"parley/app/chat"
)

// The migration to format 9 compares names as the rules do.
func init() {
	modernc.MustRegisterDeterministicScalarFunction("parley_drawn", 1, func(_ *modernc.FunctionContext, args []driver.Value) (driver.Value, error) {
		name, _ := args[0].(string)
		return chat.Drawn(name), nil
	})
	modernc.MustRegisterDeterministicScalarFunction("parley_likeness", 1, func(_ *modernc.FunctionContext, args []driver.Value) (driver.Value, error) {
		name, _ := args[0].(string)
		return chat.DrawnLetters(name), nil
	})
}
