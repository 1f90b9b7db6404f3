package announce

import (
	"log/slog"

	"parley/app/chat"
	"parley/app/live"
	"parley/views"
)

// announceReports tells those who decide over a room's reports how many wait for them.
func (t *Announcer) announceReports(room chat.RoomID) {
	ctx, cancel := t.timeout()
	defer cancel()
	waiting, err := t.chat.ReportCounts(ctx, room)
	if err != nil {
		slog.Error("that something was reported was not told", "room", room, "error", err)
	}
	for id, n := range waiting {
		t.Hub.Send(id, t.ReportBadge(n))
	}
}

// ReportBadge is how many reports wait, for the side bar of who decides.
func (t *Announcer) ReportBadge(n int) live.Frame {
	return live.Text(views.Partial(t.ctx, views.ReportsTarget, "outerHTML", views.ReportsLink(n)))
}
