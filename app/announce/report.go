package announce

import (
	"log/slog"

	"parley/app/chat"
	"parley/app/live"
	"parley/views"
)

// announceReports tells those who decide over the reports of rooms how many wait for them.
func (a *Announcer) announceReports(rooms []chat.RoomID) {
	for _, room := range rooms {
		a.announceReportCounts(room)
	}
}

func (a *Announcer) announceReportCounts(room chat.RoomID) {
	ctx, cancel := a.timeout()
	defer cancel()
	waiting, err := a.chat.ReportCounts(ctx, room)
	if err != nil {
		slog.Error("the notice of a report was not sent", "room", room, "error", err)
	}
	for id, n := range waiting {
		a.Hub.Send(id, a.reportBadge(n))
	}
}

// reportBadge is how many reports wait, for the side bar of who decides.
func (a *Announcer) reportBadge(n int) live.Frame {
	return live.Text(views.Partial(a.ctx, views.ReportsTarget, "outerHTML", views.ReportsLink(n)))
}
