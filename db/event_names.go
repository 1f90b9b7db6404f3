package db

import (
	"context"
	"slices"
	"strconv"

	"parley/app/chat"
)

// withoutNamesOfGone takes the names of who deleted his account out of rows of comings and
// goings, and out of reactions: these hold names as they were. What changes so is noted in
// Labels, so that such a row is drawn anew.
func (d *Store) withoutNamesOfGone(ctx context.Context, rows []chat.Message) error {
	var ids []chat.AccountID
	eachNamed(rows, func(_ *chat.Message, p *chat.Person) { ids = append(ids, p.ID) })
	if len(ids) == 0 {
		return nil
	}
	slices.Sort(ids)
	gone := map[chat.AccountID]chat.Person{}
	_, err := All(ctx, d, func(r Scanner) (x struct{}, err error) {
		var p chat.Person
		err = r.Scan(&p.ID, &p.Username, &p.Name)
		gone[p.ID] = p
		return x, err
	}, "SELECT id, username, name FROM accounts WHERE id IN ids(?) AND disabled_at IS NOT NULL AND name = ?", JSONList(slices.Compact(ids)),
		chat.DeletedName)
	eachNamed(rows, func(m *chat.Message, p *chat.Person) {
		now, there := gone[p.ID]
		if !there || now.Name == p.Name {
			return
		}
		if p.Name = now.Name; p.Username != "" {
			p.Username = now.Username
		}
		m.Labels += " " + strconv.FormatInt(int64(p.ID), 10) + ":" + now.Name
	})
	return err
}

// eachNamed goes through the people whose names a row holds itself.
func eachNamed(rows []chat.Message, do func(*chat.Message, *chat.Person)) {
	for i := range rows {
		m := &rows[i]
		for j := range m.System.People {
			do(m, &m.System.People[j])
		}
		for j := range m.Reactions {
			for k := range m.Reactions[j].By {
				do(m, &m.Reactions[j].By[k])
			}
		}
	}
}
