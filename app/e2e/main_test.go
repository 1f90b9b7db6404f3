// Package e2e tests the whole program from outside: real servers on ports of their own,
// asked by HTTP and over sockets, and commands.
package e2e

import (
	"os"
	"testing"

	"parley/app/apptest"
)

func TestMain(m *testing.M) { os.Exit(apptest.RunTests(m)) }
