package announce

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"parley/app/chat"
	"parley/app/live"
	"parley/views"
)

// shownStatus is what others see beside somebody's name.
type shownStatus struct {
	chat.Status
	Quiet time.Time // until when he is not to be disturbed, by his own word
}

// now is it at a time: what has ended is not in it.
func (s shownStatus) now(t time.Time) shownStatus {
	if !s.Until.IsZero() && !s.Until.After(t) {
		s.Status = chat.Status{}
	}
	if !s.Quiet.After(t) {
		s.Quiet = time.Time{}
	}
	return s
}

// next is when it ends, or a part of it; zero: never.
func (s shownStatus) next() time.Time {
	if s.Quiet.IsZero() || !s.Until.IsZero() && s.Until.Before(s.Quiet) {
		return s.Until
	}
	return s.Quiet
}

func statusOf(p chat.Prefs, now time.Time) shownStatus {
	return shownStatus{p.StatusNow(now), p.Until}.now(now)
}

// LoadStatuses reads who has a status or is not to be disturbed; events tell what changes.
func (a *Announcer) LoadStatuses(ctx context.Context) error {
	all, err := a.chat.StatusPrefs(ctx)
	if err != nil {
		return err
	}
	for id, p := range all {
		a.setStatus(id, p)
	}
	return nil
}

// setStatus notes what somebody's preferences say, and tells his pages and others' soon if it
// is something else than before.
func (a *Announcer) setStatus(id chat.AccountID, p chat.Prefs) {
	now := time.Now()
	s := statusOf(p, now)
	a.mu.Lock()
	was := a.statuses[id]
	if s == (shownStatus{}) {
		delete(a.statuses, id)
	} else {
		a.statuses[id] = s
	}
	a.mu.Unlock()
	if s == was {
		return
	}
	a.changedStatus.add(id)
}

// endLater has the end of a status told.
func (a *Announcer) endLater(id chat.AccountID, end time.Time) {
	time.AfterFunc(time.Until(end)+time.Millisecond, func() { a.changedStatus.add(id) })
}

// dropStatus forgets what who cannot log in any more said of himself.
func (a *Announcer) dropStatus(id chat.AccountID) {
	if a.statusNow(id) == (shownStatus{}) {
		return
	}
	ctx, cancel := a.timeout()
	defer cancel()
	if who, err := a.chat.Person(ctx, id); err == nil && who.Disabled {
		a.setStatus(id, chat.Prefs{})
	}
}

// statusNow is what stands beside somebody's name now.
func (a *Announcer) statusNow(id chat.AccountID) shownStatus {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.statuses[id].now(time.Now())
}

// Status is somebody's status now; the zero Status where there is none.
func (a *Announcer) Status(id chat.AccountID) chat.Status { return a.statusNow(id).Status }

// announceStatuses tells of these people's: the lists of those who talk with them directly are
// sent anew, and every dot and note beside their names.
func (a *Announcer) announceStatuses(people []chat.AccountID) {
	for _, id := range people {
		if end := a.statusNow(id).next(); !end.IsZero() {
			a.endLater(id, end)
		}
		a.sendAbout(id, live.Text(append(a.presenceDots(map[chat.AccountID]live.Presence{id: a.Hub.PresenceOf(id)}),
			views.Partial(a.ctx, views.StatusTarget(id), "outerHTML", views.StatusBeside(id, a.Status(id)))...)))
		ctx, cancel := a.timeout()
		rooms, err := a.chat.Sidebar(ctx, id)
		cancel()
		if err != nil {
			slog.Error("a status was not told", "account", id, "error", err)
			continue
		}
		for _, r := range rooms {
			if r.Kind == chat.Direct && len(r.With) == 1 && a.Hub.Count(r.With[0].ID) > 0 {
				a.lists.add(r.With[0].ID)
			}
		}
	}
}

// sendAbout sends a frame about somebody to all who may know of him.
func (a *Announcer) sendAbout(id chat.AccountID, f live.Frame) {
	a.Hub.SendMembers(f)
	for _, guest := range a.Hub.Guests() {
		if known := a.knownTo(guest, []chat.AccountID{id}); slices.Contains(known, id) {
			a.Hub.Send(guest, f)
		}
	}
}

// knownTo are those of some people of whom a guest may know; none when that is not known.
func (a *Announcer) knownTo(guest chat.AccountID, people []chat.AccountID) []chat.AccountID {
	ctx, cancel := a.timeout()
	defer cancel()
	known, err := a.chat.Known(ctx, chat.Account{Person: chat.Person{ID: guest}, Role: chat.RoleGuest}, people)
	if err != nil {
		slog.Error("a guest was not told of others", "account", guest, "error", err)
		return nil
	}
	return known
}

// presenceWord is how much somebody is here, as views spell it: who is not to be disturbed
// says so while he is.
func (a *Announcer) presenceWord(id chat.AccountID, p live.Presence) string {
	word := presenceWords[p]
	if word != "" && !a.statusNow(id).Quiet.IsZero() {
		return "dnd"
	}
	return word
}
