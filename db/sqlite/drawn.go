package sqlite

import (
	"database/sql/driver"

	modernc "modernc.org/sqlite"

	"parley/app/chat"
)

// The migration to format 9 compares names as the rules do.
func init() {
	for name, compared := range map[string]func(string) string{"parley_drawn": chat.Drawn, "parley_likeness": chat.DrawnLetters} {
		modernc.MustRegisterDeterministicScalarFunction(name, 1,
			func(_ *modernc.FunctionContext, args []driver.Value) (driver.Value, error) {
				name, _ := args[0].(string)
				return compared(name), nil
			})
	}
}
