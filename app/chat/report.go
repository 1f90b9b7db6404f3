package chat

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// MaxReason is how long the reason of a report is, in characters.
const MaxReason = 300

// Report is what people complain about in one message.
type Report struct {
	Message Message
	Room    Room
	By      []Complaint
}

// Complaint is one person's part of a report.
type Complaint struct {
	By     Person
	Reason string
	At     time.Time
}

// ReportStore keeps reports until somebody decides.
type ReportStore interface {
	// AddReport replaces the reason of the same person's report.
	AddReport(ctx context.Context, id MessageID, by AccountID, reason string, at time.Time) error
	// Reports lists what is to be decided, the oldest first, at most limit; all, or
	// only of rooms whose moderator or owner somebody is.
	Reports(ctx context.Context, who AccountID, all bool, limit int) ([]Report, error)
	// CountReports counts the messages that Reports lists.
	CountReports(ctx context.Context, who AccountID, all bool) (int, error)
	// ReportCounts counts, as CountReports does, for each who may decide over reports of a
	// room: its owners and moderators, and administrators.
	ReportCounts(ctx context.Context, room RoomID) (map[AccountID]int, error)
	// CloseReports ends those of a message.
	CloseReports(ctx context.Context, id MessageID, by AccountID, at time.Time, audit AuditEntry) error
}

// Report tells who can do something about it that a message is bad. Who reads the
// message may do so, once; again changes the reason.
func (c *Chat) Report(ctx context.Context, who Account, id MessageID, reason string) (Message, error) {
	m, _, err := c.authorizeMessage(ctx, who, id, ActionReport)
	if err != nil {
		return m, err
	}
	reason = strings.Join(strings.Fields(reason), " ")
	switch {
	case m.Author.ID == who.ID:
		return m, Invalid("", "This is your own message; you can delete it.")
	case reason == "":
		return m, Invalid("reason", "Say in a few words what is wrong with it.")
	case utf8.RuneCountInString(reason) > MaxReason:
		return m, Invalid("reason", "A reason has at most 300 characters.")
	}
	if err := c.Limits.Take(LimitReports, who.ID.key()); err != nil {
		return m, err
	}
	if err := c.store.AddReport(ctx, id, who.ID, reason, c.now()); err != nil {
		return m, err
	}
	c.bus.Publish(ReportsChanged{Room: m.Room})
	return m, nil
}

// maxReports is how many are listed; the next come when these are decided.
const maxReports = 100

// Reports lists what the caller can decide: administrators everything, moderators
// and owners what was said in their rooms.
func (c *Chat) Reports(ctx context.Context, who Account) ([]Report, error) {
	return c.store.Reports(ctx, who.ID, who.Has(HandleReports), maxReports)
}

// CountReports counts them.
func (c *Chat) CountReports(ctx context.Context, who Account) (int, error) {
	return c.store.CountReports(ctx, who.ID, who.Has(HandleReports))
}

// MayDecideReports says whether reports may wait for somebody who is in these rooms.
func MayDecideReports(who Account, rooms []SidebarRoom) bool {
	return who.Has(HandleReports) || slices.ContainsFunc(rooms, func(r SidebarRoom) bool { return r.Rank != RankMember })
}

// ReportCounts counts for each who decides over reports of a room what waits for them.
func (c *Chat) ReportCounts(ctx context.Context, room RoomID) (map[AccountID]int, error) {
	return c.store.ReportCounts(ctx, room)
}

// DecideReport ends the reports of a message: it is deleted, or stays. Who reported it
// showed it to who decides, so that he need not be in its room.
func (c *Chat) DecideReport(ctx context.Context, who Account, id MessageID, remove bool) error {
	open, err := c.Reports(ctx, who)
	if err != nil {
		return err
	}
	for _, r := range open {
		if r.Message.ID != id {
			continue
		}
		audit := c.audit(who, AuditDismissReport, "@"+r.Message.Author.Username, "")
		if remove && !r.Message.Deleted {
			if _, err := c.deleteMessage(ctx, who, id, c.audit(who, AuditDeleteMessage, "@"+r.Message.Author.Username,
				auditLabel(r.Room))); err != nil {
				return err
			}
			audit = NoAudit // the deletion has its own
		}
		if err := c.store.CloseReports(ctx, id, who.ID, c.now(), audit); err != nil {
			return err
		}
		c.bus.Publish(ReportsChanged{Room: r.Room.ID})
		return nil
	}
	return NotFound() // decided already, or not his to decide
}
