package cmd

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"parley/app/chat"
)

// equals reads --same.
func equals(cmd *cobra.Command) (map[string]string, error) {
	list, _ := cmd.Flags().GetStringSlice("same")
	same := map[string]string{}
	for _, s := range list {
		name, here, given := strings.Cut(s, "=")
		if !given {
			here = name
		}
		if name == "" || here == "" {
			return nil, usageError{fmt.Errorf("--same: %q is not NAME or NAME=USERNAME", s)}
		}
		same[name] = here
	}
	return same, nil
}

// roomNames reads --rooms: pairs, and files of pairs with one a line, in which empty
// lines and those that begin with # and a space are left out.
func roomNames(cmd *cobra.Command) (map[string]string, error) {
	list, _ := cmd.Flags().GetStringSlice("rooms")
	names := map[string]string{}
	for _, s := range list {
		pairs := []string{s}
		if !strings.Contains(s, "=") {
			b, err := os.ReadFile(s)
			if err != nil {
				return nil, usageError{fmt.Errorf("--rooms: %q is not OLD=NEW, nor a file of such lines that can be read: %w", s, err)}
			}
			pairs = strings.Split(strings.TrimPrefix(string(b), "\uFEFF"), "\n")
		}
		for _, pair := range pairs {
			if pair = strings.TrimSpace(pair); pair == "" || pair == "#" || strings.HasPrefix(pair, "# ") {
				continue
			}
			if err := addRoomName(names, pair); err != nil {
				return nil, usageError{fmt.Errorf("--rooms: %q: %w", pair, err)}
			}
		}
	}
	return names, nil
}

func addRoomName(names map[string]string, pair string) error {
	old, now, given := strings.Cut(pair, "=")
	old, now = strings.TrimPrefix(strings.TrimSpace(old), "#"), strings.TrimPrefix(strings.TrimSpace(now), "#")
	if !given || old == "" || now == "" {
		return fmt.Errorf("it must look like OLD=NEW")
	}
	now, err := chat.ParseRoomName(now)
	if err != nil {
		return err
	}
	if before, ok := names[old]; ok && before != now {
		return fmt.Errorf("%s comes into %s already", old, before)
	}
	names[old] = now
	return nil
}
