package cmd

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"parley/app"
	"parley/app/bus"
)

// busFlags say how nodes that share a PostgreSQL tell each other what happens.
func busFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.String("bus", "", "`addresses` of NATS servers, like nats://bus.example.org:4222 or tls://…, that carry what happens to other nodes (with --data postgres://…)")
	f.String("bus-credentials", "", "`file` with the credentials for them")
	f.String("bus-ca", "", "`file` with the certificates that theirs are checked with, where the system does not know them")
}

// busConfig reads these flags.
func busConfig(cmd *cobra.Command, c *app.Config) (err error) {
	f := cmd.Flags()
	addresses, _ := f.GetString("bus")
	c.Bus.Credentials, _ = f.GetString("bus-credentials")
	c.Bus.CA, _ = f.GetString("bus-ca")
	switch {
	case addresses == "" && (c.Bus.Credentials != "" || c.Bus.CA != ""):
		return usageError{errors.New("--bus-credentials and --bus-ca belong to --bus")}
	case addresses == "":
		return nil
	case !app.Shared(c.Data):
		return usageError{errors.New("--bus is between nodes that share a PostgreSQL: it needs --data postgres://…")}
	}
	if c.Bus.Addresses, err = bus.Parse(addresses); err != nil {
		return usageError{fmt.Errorf("--bus: %w", err)}
	}
	return nil
}
