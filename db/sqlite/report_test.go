package sqlite

import (
	"testing"

	"parley/db"
)

func TestReportsOfADeletedRoomAreNobodysToDecide(t *testing.T) {
	f := create(t, 3)
	room := f.room("r", 2, 3)
	f.ok(f.AddReport(t.Context(), f.says(room, 3, "loud").ID, 2, "too loud", noon))
	f.ok(f.AddReport(t.Context(), f.says(1, 3, "loud here, too").ID, 2, "too loud", noon))
	want := func(what string, n int) {
		t.Helper()
		count, err := f.CountReports(t.Context(), 1, true)
		f.ok(err)
		list, err := f.Reports(t.Context(), 1, true, 9)
		f.ok(err)
		if count != n || len(list) != n {
			t.Errorf("%s: %d counted, %d listed, want %d", what, count, len(list), n)
		}
	}
	want("in two rooms", 2)
	f.ok(f.change(t.Context(), func(t *db.Tx) error {
		t.EverythingChanged()
		return t.Exec("UPDATE rooms SET deleted_at = 1 WHERE id = ?", room)
	})) // not removed yet
	want("in one that is left", 1)
}
