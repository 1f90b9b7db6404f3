package app_test

import (
	"os"
	"testing"

	"parley/app/apptest"
)

func TestMain(m *testing.M) { os.Exit(apptest.RunTests(m)) }
