package cmd

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"parley/app/mail"
)

// secretFlag is the value of a flag that has a secret, or what is in the file that its twin
// with -file names. Where both are set, that is an error.
func secretFlag(cmd *cobra.Command, name string) (string, error) {
	value, _ := cmd.Flags().GetString(name)
	path, _ := cmd.Flags().GetString(name + "-file")
	switch {
	case path == "":
		return value, nil
	case value != "":
		return "", usageError{fmt.Errorf("--%s and --%s-file say the same: leave one out", name, name)}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("--%s-file: %w", name, err)
	}
	if value = strings.TrimSpace(string(text)); value == "" {
		return "", usageError{fmt.Errorf("--%s-file: %s is empty", name, path)}
	}
	return value, nil
}

// mailServer reads the flags that say how mails are sent; nil: they are not.
func mailServer(cmd *cobra.Command) (*mail.Server, error) {
	address, err := secretFlag(cmd, "smtp-url")
	from, _ := cmd.Flags().GetString("mail-from")
	switch {
	case err != nil:
		return nil, err
	case address == "" && from == "":
		return nil, nil
	case address == "" || from == "":
		return nil, usageError{errors.New("--smtp-url and --mail-from belong together")}
	}
	s, err := mail.ParseServer(address, from)
	if err != nil {
		return nil, usageError{err}
	}
	return s, nil
}
