package announce

import (
	"log/slog"

	"parley/app/chat"
	"parley/app/live"
	"parley/views"
)

// announceReports tells those who decide over a room's reports how many wait for them.
func (a *Announcer) announceReports(room chat.RoomID) {
	ctx, cancel := a.timeout()
	defer cancel()
	waiting, err := a.chat.ReportCounts(ctx, room)
	if err != nil {
		slog.Error("the notice of a report was not sent", "room", room, "error", err)
	}
	for id, n := range waiting {
		a.Hub.Send(id, a.ReportBadge(n))
	}
}

// ReportBadge is how many reports wait, for the side bar of who decides.
func (a *Announcer) ReportBadge(n int) live.Frame {
	return live.Text(views.Partial(a.ctx, views.ReportsTarget, "outerHTML", views.ReportsLink(n)))
}
