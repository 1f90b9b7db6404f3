package web

import "github.com/gofiber/fiber/v2"

// routes is the table of contents: every address there is.
func (s *Server) routes() {
	a := s.App
	a.Use(s.requestScope, s.headers, s.checkRequest)

	// Anyone.
	a.Get("/healthz", s.healthz)
	a.Get("/readyz", s.readyz)
	a.Get("/metrics", func(*fiber.Ctx) error { return fiber.ErrNotFound }) // on a listener of its own, see metrics
	a.Get("/static/:build/:name", s.static)
	a.Get("/favicon.ico", s.favicon)
	a.Get("/emoji", s.emoji)
	a.Get("/session", s.currentSession)
	a.Get("/signup", s.signupPage)
	a.Post("/signup", s.signup)
	a.Get("/login", s.loginPage)
	a.Post("/login", s.login)
	a.Get("/join/:code", s.joinPage)
	a.Post("/join/:code", s.joinByInvite)
	a.Get("/reset/:token", s.resetPage)
	a.Post("/reset/:token", s.resetPassword)

	// Whoever is signed in. The session is asked first, so that a visitor learns
	// nothing of what exists.
	a.Use(s.session)

	// What is asked most stands first: the router tries the routes in turn.
	a.Post("/rooms/:room<int>/messages", s.postMessage)
	a.Get("/ws", s.socket)

	a.Post("/logout", s.logout)
	a.Get("/changes", s.pollMany)

	a.Get("/", s.home)
	a.Post("/read-all", s.markAllRead)
	a.Get("/jump", s.jump)
	a.Get("/search", s.search)
	a.Get("/shortcuts", s.shortcuts)
	a.Get("/mentions", s.mentions)

	a.Get("/rooms", s.openRooms)
	a.Post("/rooms", s.createRoom)
	a.Get("/rooms/new", s.newRoom)
	a.Get("/rooms/:room<int>", s.room)
	a.Get("/rooms/:room<int>/@:message<int>", s.permalink)
	a.Get("/rooms/:room<int>/people", s.peoplePanel)
	a.Get("/rooms/:room<int>/changes", s.pollRoom)
	a.Get("/rooms/:room<int>/settings", s.roomSettings)
	a.Post("/rooms/:room<int>/settings", s.updateRoom)
	a.Get("/rooms/:room<int>/add", s.addPage)
	a.Post("/rooms/:room<int>/members", s.addMembers)
	a.Post("/rooms/:room<int>/members/:person<int>/remove", s.removeMember)
	a.Post("/rooms/:room<int>/members/:person<int>/rank", s.setRank)
	a.Post("/rooms/:room<int>/members/:person<int>/ban", s.banMember)
	a.Post("/rooms/:room<int>/members/:person<int>/unban", s.unbanMember)
	a.Post("/rooms/:room<int>/slow", s.setSlowMode)
	a.Post("/rooms/:room<int>/privacy", s.setVisibility)
	a.Post("/rooms/:room<int>/join", s.joinRoom)
	a.Post("/rooms/:room<int>/leave", s.leaveRoom)
	a.Post("/rooms/:room<int>/delete", s.deleteRoom)
	a.Get("/rooms/:room<int>/mentions", s.mentionables)
	a.Post("/rooms/:room<int>/read", s.markRead)
	a.Post("/rooms/:room<int>/star", s.starRoom)
	a.Post("/rooms/:room<int>/mute", s.muteRoom)
	a.Post("/rooms/:room<int>/notify", s.setNotifyLevel)
	a.Post("/rooms/:room<int>/typing", s.startTyping)

	a.Get("/messages/:message<int>", s.message)
	a.Get("/messages/:message<int>/edit", s.editPage)
	a.Post("/messages/:message<int>/edit", s.editMessage)
	a.Post("/messages/:message<int>/delete", s.deleteMessage)
	a.Post("/messages/:message<int>/restore", s.restoreMessage)
	a.Post("/messages/:message<int>/reactions", s.react)
	a.Post("/messages/:message<int>/unread", s.markUnread)
	a.Get("/messages/:message<int>/report", s.reportPage)
	a.Post("/messages/:message<int>/report", s.reportMessage)
	a.Get("/reports", s.reports)
	a.Post("/reports/:message<int>", s.decideReport)

	a.Get("/dm/new", s.newDirect)
	a.Post("/dm", s.postDirect)
	a.Get("/people", s.people)
	a.Get("/people/:person<int>", s.profile)
	a.Get("/me", s.profilePage)
	a.Post("/me", s.setProfile)
	a.Get("/me/appearance", s.appearance)
	a.Post("/me/appearance", s.setAppearance)
	a.Get("/me/notifications", s.notifications)
	a.Post("/me/notifications", s.setNotifications)
	a.Post("/me/pause", s.pause)
	a.Get("/me/sessions", s.sessions)
	a.Post("/me/sessions/end", s.endSession)
	a.Post("/me/sessions/:session/end", s.endSession)
	a.Get("/me/password", s.password)
	a.Post("/me/password", s.changePassword)

	a.Get("/admin", s.overview)
	a.Get("/admin/people", s.adminPeople)
	a.Get("/admin/people/:person<int>", s.adminPerson)
	a.Post("/admin/people/:person<int>/role", s.setRole)
	a.Post("/admin/people/:person<int>/disable", s.disableAccount)
	a.Post("/admin/people/:person<int>/enable", s.enableAccount)
	a.Post("/admin/people/:person<int>/ban", s.banAccount)
	a.Post("/admin/people/:person<int>/logout", s.endSessions)
	a.Post("/admin/people/:person<int>/reset", s.makeReset)
	a.Get("/admin/rooms", s.adminRooms)
	a.Get("/admin/invites", s.invites)
	a.Post("/admin/invites", s.makeInvite)
	a.Post("/admin/invites/:invite<int>/revoke", s.revokeInvite)
	a.Get("/admin/settings", s.workspaceSettings)
	a.Post("/admin/settings", s.setWorkspace)
	a.Get("/admin/limits", func(c *fiber.Ctx) error { return c.Redirect("/admin/settings#limits") }) // reloaded after a refusal
	a.Post("/admin/limits", s.setLimits)
	a.Get("/admin/log", s.adminLog)

	a.Use(func(c *fiber.Ctx) error { return fiber.ErrNotFound })
}
