package slack

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"parley/app/chat"
)

// equate finds the accounts of those who have one here already. Nobody is taken for
// somebody by his name alone: he would have words put into his mouth.
func (in *Import) equate(ctx context.Context, users []user) error {
	found := map[string]int64{}
	for _, name := range slices.Sorted(maps.Keys(in.same)) {
		i := slices.IndexFunc(users, func(u user) bool { return u.Name == name })
		if i < 0 {
			return fmt.Errorf("there is no %s in the archive", name)
		}
		a, err := in.to.AccountNamed(ctx, in.same[name])
		if errors.Is(err, chat.ErrNotFound) {
			return fmt.Errorf("there is no account %s here", in.same[name])
		}
		if err != nil {
			return err
		}
		key := "user " + users[i].ID
		if was := in.known[key]; was != 0 && was != int64(a.ID) {
			return fmt.Errorf("%s came before, as another account", name)
		}
		found[key] = int64(a.ID)
	}
	for key, id := range found {
		if err := in.to.AddOrigin(ctx, in.source, key, id); err != nil {
			return err
		}
		in.known[key] = id
	}
	return nil
}
