package app

import (
	"context"

	"parley/app/chat"
	"parley/app/hooks"
	"parley/app/mail"
	"parley/app/preview"
	"parley/app/push"
	"parley/app/web"
)

// senders carry what happens out of the server: to other programs, devices and mail boxes.
// One of them looks at what messages link to. Each does so on one node at a time.
type senders struct {
	hooks    *hooks.Sender
	pushes   *push.Sender
	mails    *mail.Sender // nil: none are sent
	previews *preview.Fetcher
}

// newSenders makes them; they run as jobs.
func (a *App) newSenders() senders {
	c := a.config
	host := func() string { return Greeting(c, a.Address) }
	turn := func(job int) func(context.Context) bool {
		return func(ctx context.Context) bool { return a.leads(ctx, job) }
	}
	out := hooks.Egress{Allowed: c.EgressAllowed}
	s := senders{
		hooks: hooks.NewSender(hooks.Sender{Rules: a.Chat, Store: a.store, Log: c.Log, Host: host,
			HTML: web.MessageHTML, Turn: turn(jobWebhooks)}, out),
		pushes:   push.NewSender(push.Sender{Rules: a.Chat, Store: a.store, Log: c.Log, Host: host, Turn: turn(jobPushes)}, out),
		previews: preview.New(a.Chat, a.store, a.files, c.Log, hooks.Egress{Allowed: c.PreviewAllowed}),
	}
	s.previews.Turn = turn(jobPreviews)
	a.files.Turn = turn(jobPictures)
	if c.Mail != nil {
		s.mails = mail.NewSender(mail.Sender{Server: c.Mail, Rules: a.Chat, Auth: a.Auth, Store: a.store, Log: c.Log, Host: host,
			Workspace: func() string { return a.server.Workspace() }, Turn: turn(jobMails)})
		a.Chat.VisitorMail = s.mails.QueueVisitor
	}
	return s
}

// hear wakes those who have something to do with an event.
func (s senders) hear(e chat.Event) {
	switch e := e.(type) {
	case chat.RoomChanged:
		if e.Message != nil {
			s.hooks.Wake()
		}
		if e.Message == nil || e.Message.Fetches() {
			s.previews.Wake()
		}
		s.pushes.Wake()
	case chat.ReadMarkMoved:
		s.pushes.Wake()
	}
}

// startJobs begins what goes on beside the pages until ctx ends.
func (a *App) startJobs(ctx context.Context, s senders) {
	jobs := []func(context.Context){
		a.server.Beat,
		func(ctx context.Context) { a.store.WatchOtherProcesses(ctx, func() { a.dataChanged(ctx) }) },
		a.store.FollowIndex,
		a.Auth.StoreUses,
		a.expireSessions,
		a.applyRetention,
		a.purgeDeleted,
		a.files.Run,
		s.hooks.Run,
		s.pushes.Run,
		a.resumeJobs,
	}
	if !a.config.NoPreviews {
		jobs = append(jobs, s.previews.Run)
	}
	if a.config.Directory != nil {
		jobs = append(jobs, a.followDirectory)
	}
	if s.mails != nil {
		jobs = append(jobs, s.mails.Run)
	}
	if !Shared(a.config.Data) {
		jobs = append(jobs, a.backups)
	}
	for _, job := range jobs {
		a.jobs.Go(func() { job(ctx) })
	}
}
