package metrics

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"parley/app/auth"
	"parley/app/bus"
	"parley/app/live"
	"parley/db"
)

// Sources are asked at every scrape for what they count by themselves.
type Sources struct {
	Node        string // one of several, as a label; "": there is one
	Live        func() live.Stats
	Store       func() db.Stats
	Auth        func() auth.Stats
	Posts       func() uint64
	Logged      func() (warnings, errors uint64) // lines of the log
	Certificate func() time.Time                 // when it runs out; zero: there is none
	Backup      func(context.Context) time.Time  // when the newest was made; zero: none
	// Bus is how that to other nodes does; nil: there is none.
	Bus func() bus.Stats
	// BackupFailures is how many tries of the server failed.
	BackupFailures func() uint64
}

var _ prometheus.Collector = Sources{}

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("parley_"+name, help, labels, nil)
}

var (
	pagesOpen   = desc("pages_open", "Pages that are open now, by transport; a poll is one while it waits.", "transport")
	pagesOpened = desc("pages_opened_total", "Pages that came.", "transport")
	pagesClosed = desc("pages_closed_total",
		"Pages that went, and why: the server cut them (restart, slow, session_over, not_allowed, protocol), or not (left, lost).",
		"transport", "reason")
	people     = desc("people_here", "People with an open page, or who left it just now.")
	rooms      = desc("rooms_shown", "Rooms that at least one page shows.")
	casts      = desc("casts_total", "Frames for the pages of a room, of a person or of everybody.")
	deliveries = desc("deliveries_total", "Frames of casts that were queued for pages.")
	waiting    = desc("queue_frames", "Frames that wait to be written, to all pages together.")
	bytes      = desc("queue_bytes", "Bytes that wait to be written, to all pages together.")
	longest    = desc("queue_longest_frames", "Frames that wait for the one page that is furthest behind.")

	writerQueue = desc("writer_queue", "Changes that wait for the writer.")
	dataBytes   = desc("data_bytes", "Size of the data file and its write-ahead log.", "file")
	diskFree    = desc("data_free_bytes", "What is left on the disk of the data file.")

	poolConns  = desc("pool_connections", "Connections to PostgreSQL, by state.", "state")
	poolWaited = desc("pool_waits_total", "Times that a connection was waited for.")
	busThere   = desc("bus_up", "1 while a server of the bus answers.")
	busEvents  = desc("bus_messages_total", "Hints to and from other nodes; lost ones could not be sent, or came faster than they were taken.",
		"way")
	busBreaks = desc("bus_breaks_total", "Times that the bus went away.")

	messages = desc("messages_total", "Messages that were posted.")
	signups  = desc("signups_total", "Accounts that were made.")
	logins   = desc("logins_total", "Passwords that were asked for, at log-in and where one changes, by result.", "result")
	hashing  = desc("password_queue", "Passwords that wait for their turn to be hashed.")
	logged   = desc("log_lines_total", "Warnings and errors in the log.", "level")

	runsOut     = desc("certificate_expires_timestamp_seconds", "When the certificate runs out that runs out first.")
	backedUp    = desc("backup_last_timestamp_seconds", "When the server made the newest backup in backup.dir.")
	notBackedUp = desc("backup_failures_total", "Backups that the server tried to make and could not.")
)

// Describe implements prometheus.Collector.
func (s Sources) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{pagesOpen, pagesOpened, pagesClosed, people, rooms, casts, deliveries, waiting, bytes, longest,
		writerQueue, dataBytes, diskFree, poolConns, poolWaited, busThere, busEvents, busBreaks, messages, signups, logins, hashing, logged,
		runsOut, backedUp, notBackedUp} {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (s Sources) Collect(to chan<- prometheus.Metric) {
	put := sender(to)
	s.collectLive(put)
	data := s.Store()
	put.gauge(writerQueue, float64(data.Queue))
	put.gauge(dataBytes, float64(data.Size), "data")
	put.gauge(dataBytes, float64(data.Log), "log")
	put.gauge(diskFree, float64(data.Free))
	if data.Pool.Most > 0 {
		put.gauge(poolConns, float64(data.Pool.Busy), "busy")
		put.gauge(poolConns, float64(data.Pool.Open-data.Pool.Busy), "idle")
		put.counter(poolWaited, uint64(data.Pool.Waited))
	}
	if s.Bus != nil {
		s.collectBus(put)
	}
	put.counter(messages, s.Posts())
	a := s.Auth()
	put.counter(signups, a.SignedUp)
	for result, n := range map[string]uint64{"ok": a.LoggedIn, "wrong": a.Wrong, "throttled": a.TooOften, "failed": a.Failed} {
		put.counter(logins, n, result)
	}
	put.gauge(hashing, float64(a.Waiting))
	warnings, errors := s.Logged()
	put.counter(logged, warnings, "warn")
	put.counter(logged, errors, "error")
	put.moment(runsOut, s.Certificate())
	put.moment(backedUp, s.Backup(context.Background()))
	put.counter(notBackedUp, s.BackupFailures())
}

func (s Sources) collectBus(put sender) {
	b := s.Bus()
	up := 1.0
	if b.Away {
		up = 0
	}
	put.gauge(busThere, up)
	put.counter(busEvents, b.Sent, "sent")
	put.counter(busEvents, b.Received, "received")
	put.counter(busEvents, b.Lost, "lost")
	put.counter(busBreaks, b.Breaks)
}

func (s Sources) collectLive(put sender) {
	l := s.Live()
	for transport, p := range map[string]live.Pages{"socket": l.Sockets, "poll": l.Polls} {
		put.gauge(pagesOpen, float64(p.Open), transport)
		put.counter(pagesOpened, p.Opened, transport)
		for reason, n := range p.Closed {
			put.counter(pagesClosed, n, transport, reason)
		}
	}
	put.gauge(people, float64(l.People))
	put.gauge(rooms, float64(l.Rooms))
	put.counter(casts, l.Broadcasts)
	put.counter(deliveries, l.Deliveries)
	put.gauge(waiting, float64(l.WaitingFrames))
	put.gauge(bytes, float64(l.WaitingBytes))
	put.gauge(longest, float64(l.LongestQueue))
}

// sender is where collected values go.
type sender chan<- prometheus.Metric

func (to sender) gauge(d *prometheus.Desc, v float64, labels ...string) {
	to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
}

func (to sender) counter(d *prometheus.Desc, v uint64, labels ...string) {
	to <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(v), labels...)
}

// moment leaves out what never was.
func (to sender) moment(d *prometheus.Desc, at time.Time) {
	if !at.IsZero() {
		to.gauge(d, float64(at.Unix()))
	}
}
