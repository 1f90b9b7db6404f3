// Parley is chat for teams and communities who host their own: one binary, one
// data file.
package main

// From here, because the path of a component is written in what is generated.
//go:generate go tool templ generate

import (
	"os"

	"parley/app/cmd"
)

func main() { os.Exit(cmd.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
