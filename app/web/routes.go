package web

import (
	"github.com/gofiber/fiber/v2"

	"parley/views"
)

// routes is the table of contents: every address there is.
func (s *Server) routes() {
	s.App.Use(s.requestScope, s.headers, s.readBody, s.checkRequest)

	// Anyone.
	public := &group{s: s, body: 16 << 10, who: nobody}
	public.get("/healthz", s.healthz)
	public.get("/readyz", s.readyz)
	public.get("/metrics", func(*fiber.Ctx) error { return fiber.ErrNotFound }) // on a listener of its own, see metrics
	public.get("/static/:build/:name", s.static)
	public.get("/favicon.ico", s.favicon)
	public.get("/emoji", s.emoji)
	public.get("/logo", s.logo)
	public.get("/manifest.webmanifest", s.manifest)
	public.get("/sw.js", s.worker)
	public.get("/session", s.currentSession)
	public.get("/api", s.apiPage)
	public.get("/api/openapi.json", s.openAPI)
	public.get("/signup", s.signupPage)
	public.post("/signup", s.signup)
	public.get("/signup/free", s.nameFree)
	public.get("/forgot", s.forgot)
	public.post("/forgot", s.askReset)
	public.get("/mail/confirm/:code", s.confirmPage)
	public.post("/mail/confirm/:code", s.confirmAddress)
	public.get("/mail/off/:token", s.mailOffPage)
	public.get("/login", s.loginPage)
	public.post("/login", s.login)
	public.get("/join/:code", s.joinPage)
	public.post("/join/:code", s.joinByInvite)
	public.get("/reset/:token", s.resetPage)
	public.post("/reset/:token", s.resetPassword)

	// Visitors of web sites.
	public.get("/widget.js", s.widgetScript)
	public.get("/widget/:slug", s.widgetPage)
	public.get("/widget/:slug/brand.css", s.widgetBrand)
	public.get("/widget/:slug/lines", s.visitorLines)
	public.post("/widget/:slug/say", s.visitorSays)
	public.post("/widget/:slug/page", s.visitorAt)
	public.post("/widget/:slug/forget", s.forgetVisitor)

	// What other programs send.
	incoming := &group{s: s, body: maxForm, who: keyInAddress}
	incoming.post("/hooks/:key", s.hook)
	incoming.post("/hooks/:ignored/:key", s.hook) // as Rocket.Chat's clients have it

	incoming.post("/rooms/:room<int>/:key/messages", s.keyInAddress) // as Campfire's bots have it
	incoming.post("/mcp", s.mcp)
	incoming.get("/mcp", func(*fiber.Ctx) error { return fiber.ErrMethodNotAllowed }) // no stream of its own
	incoming.get("/feeds/:key/rooms/:room<int>", s.byFeedKey(s.roomFeed))
	incoming.get("/feeds/:key/search", s.byFeedKey(s.searchFeed))

	// What comes without an origin: from another app, which leads to a page that asks; from a
	// mail program, with a token that can do nothing else.
	sharing := &group{s: s, body: maxForm, who: keyInAddress}
	sharing.post("/share", s.shared)
	sharing.post("/mail/off/:token", s.mailOff)

	// Whoever is signed in.
	browser := &group{s: s, body: maxForm, who: sessionCookie}
	// What is asked most stands first: the router tries the routes in turn.
	browser.post("/rooms/:room<int>/messages", s.postMessage)
	browser.get("/ws", s.socket)

	browser.post("/logout", s.logout)
	browser.get("/changes", s.pollMany)

	browser.get("/", s.home)
	browser.post("/first/invite", s.firstInvite)
	browser.post("/first/hide", s.hideFirst)
	browser.post("/read-all", s.markAllRead)
	browser.get("/jump", s.jump)
	browser.page("/search", s.search)
	browser.get("/share", s.sharePage)
	browser.post("/share/send", s.sendShared)
	browser.get("/shortcuts", s.shortcuts)
	browser.get("/mentions", s.mentions)

	browser.page("/rooms", s.openRooms)
	browser.post("/rooms", s.createRoom)
	browser.get("/rooms/new", s.newRoom)
	browser.page("/rooms/:room<int>", s.room)
	browser.page("/rooms/:room<int>/@:message<int>", s.permalink)
	browser.page("/rooms/:room<int>/people", s.peoplePanel)
	browser.page("/rooms/:room<int>/files", s.roomFiles)
	browser.get("/rooms/:room<int>/changes", s.pollRoom)
	browser.get("/rooms/:room<int>/settings", s.roomSettings)
	browser.post("/rooms/:room<int>/settings", s.updateRoom)
	browser.get("/rooms/:room<int>/feed.atom", s.roomFeed)
	browser.get("/search.atom", s.searchFeed)
	browser.get("/rooms/:room<int>/integrations", s.integrations)
	browser.post("/rooms/:room<int>/integrations", s.makeHook)
	browser.post("/rooms/:room<int>/integrations/:key<int>/revoke", s.revokeHook)
	browser.post("/rooms/:room<int>/outgoing", s.addWebhook)
	browser.get("/rooms/:room<int>/outgoing/:webhook<int>", s.deliveries)
	browser.post("/rooms/:room<int>/outgoing/:webhook<int>/remove", s.removeWebhook)
	browser.post("/rooms/:room<int>/outgoing/:webhook<int>/again/:delivery<int>", s.sendAgain)
	browser.get("/rooms/:room<int>/widget", s.widgetSettings)
	browser.post("/rooms/:room<int>/widget", s.setWidget)
	browser.get("/rooms/:room<int>/cases", s.queue)
	browser.get("/rooms/:room<int>/cases/live", s.queueLive)
	browser.get("/rooms/:room<int>/cases/:case<int>", s.queue)
	browser.get("/rooms/:room<int>/cases/:case<int>/live", s.queueLive)
	browser.post("/rooms/:room<int>/cases/:case<int>/take", s.takeCase)
	browser.post("/rooms/:room<int>/cases/:case<int>/transfer", s.transferCase)
	browser.post("/rooms/:room<int>/cases/:case<int>/close", s.closeCase)
	browser.post("/rooms/:room<int>/cases/:case<int>/reopen", s.reopenCase)
	browser.post("/rooms/:room<int>/cases/:case<int>/say", s.answerCase)
	browser.post("/api/chat.postMessage", s.postAsSlack)
	browser.get("/rooms/:room<int>/picture", s.roomPicture)
	browser.post("/rooms/:room<int>/picture", s.setRoomPicture)
	browser.post("/rooms/:room<int>/picture/delete", s.removeRoomPicture)
	browser.get("/rooms/:room<int>/add", s.addPage)
	browser.post("/rooms/:room<int>/members", s.addMembers)
	browser.get("/rooms/:room<int>/members/:person<int>", s.member)
	browser.get("/rooms/:room<int>/members/:person<int>/ban", s.banPage)
	browser.post("/rooms/:room<int>/members/:person<int>/remove", s.removeMember)
	browser.post("/rooms/:room<int>/members/:person<int>/rank", s.setRank)
	browser.post("/rooms/:room<int>/members/:person<int>/ban", s.banMember)
	browser.post("/rooms/:room<int>/members/:person<int>/unban", s.unbanMember)
	browser.post("/rooms/:room<int>/slow", s.setSlowMode)
	browser.post("/rooms/:room<int>/privacy", s.setVisibility)
	browser.post("/rooms/:room<int>/world", s.setWorldAccess)
	browser.post("/rooms/:room<int>/join", s.joinRoom)
	browser.post("/rooms/:room<int>/leave", s.leaveRoom)
	browser.post("/rooms/:room<int>/delete", s.deleteRoom)
	browser.get("/rooms/:room<int>/mentions", s.mentionables)
	browser.post("/rooms/:room<int>/read", s.markRead)
	browser.get("/rooms/:room<int>/menu", s.roomMenu)
	browser.post("/stars", s.setStars)
	browser.post("/rooms/:room<int>/star", s.starRoom)
	browser.post("/rooms/:room<int>/mute", s.muteRoom)
	browser.post("/rooms/:room<int>/notify", s.setNotifyLevel)
	browser.post("/rooms/:room<int>/typing", s.startTyping)

	browser.page("/messages/:message<int>", s.message)
	browser.get("/messages/:message<int>/edit", s.editPage)
	browser.post("/messages/:message<int>/edit", s.editMessage)
	browser.post("/messages/:message<int>/delete", s.deleteMessage)
	browser.post("/messages/:message<int>/restore", s.restoreMessage)
	browser.post("/messages/:message<int>/reactions", s.react)
	browser.post("/messages/:message<int>/unread", s.markUnread)
	browser.get("/messages/:message<int>/card", s.messageCard)
	browser.post("/messages/:message<int>/previews/:preview<int>/remove", s.removePreview)
	browser.post("/messages/:message<int>/previews/:preview<int>/restore", s.restorePreview)
	browser.get("/messages/:message<int>/report", s.reportPage)
	browser.post("/messages/:message<int>/report", s.reportMessage)
	browser.get("/reports", s.reports)
	browser.post("/reports/:message<int>", s.decideReport)

	browser.get("/files/:token", s.asPage(s.textFile))
	browser.get("/files/:token/s", s.smallForm)
	browser.get("/files/:token/l", s.largeForm)
	browser.get("/files/:token/:name", s.original)
	browser.post("/files/:token/delete", s.removeFile)

	browser.get("/dm/new", s.newDirect)
	browser.post("/dm", s.postDirect)
	browser.page("/people", s.people)
	browser.page("/people/:person<int>", s.profile)
	browser.get("/people/:person<int>/card", s.card)
	browser.get("/me", s.profilePage)
	browser.get("/me.json", s.me)
	browser.post("/me", s.setProfile)
	browser.post("/me/picture", s.setPicture)
	browser.post("/me/picture/delete", s.removePicture)
	browser.get("/emoji/own", s.ownEmoji)
	browser.post("/emoji/own", s.addEmoji)
	browser.post("/emoji/own/:name/delete", s.removeEmoji)
	browser.get("/emoji/:name", s.emojiPicture)
	browser.get("/avatars/:person<int>", s.face)
	for path, p := range map[string]struct {
		title string
		page  func(views.Viewer, views.MeForm) views.Tab
	}{"/me/appearance": {"Appearance", views.Appearance}, "/me/writing": {"Writing", views.Writing}, "/me/time": {"Time and dates", views.Time},
		"/me/notifications": {notificationsTitle, views.Notifications}} {
		browser.get(path, s.preferences(p.title, p.page))
		browser.post(path, s.setPreferences(p.title, p.page))
	}
	browser.post("/me/mail", s.setAddress)
	browser.post("/me/devices", s.addDevice)
	browser.post("/me/devices/:device<int>/test", s.testDevice)
	browser.post("/me/devices/:device<int>/arrived", s.deviceArrived)
	browser.post("/me/devices/:device<int>/remove", s.removeDevice)
	browser.post("/me/pause", s.pause)
	browser.get("/me/security", s.sessions)
	browser.get("/me/sessions", s.sessions)
	browser.post("/me/sessions/end", s.endSession)
	browser.post("/me/sessions/:session/end", s.endSession)
	browser.get("/me/tokens", s.tokens)
	browser.post("/me/tokens", s.makeToken)
	browser.post("/me/feeds", s.makeFeed)
	browser.post("/me/tokens/:key<int>/revoke", s.revokeToken)
	browser.post("/me/tokens/:key<int>/rotate", s.rotateToken)
	browser.get("/bots", s.bots)
	browser.post("/bots", s.makeBot)
	browser.get("/bots/:bot<int>", s.bot)
	browser.post("/bots/:bot<int>/keys", s.makeBotKey)
	browser.post("/bots/:bot<int>/keys/:key<int>/revoke", s.revokeBotKey)
	browser.post("/bots/:bot<int>/keys/:key<int>/rotate", s.rotateBotKey)
	browser.post("/bots/:bot<int>/remove", s.removeBot)
	browser.post("/bots/:bot<int>/adopt", s.adoptBot)
	browser.get("/me/password", s.password)
	browser.post("/me/password", s.changePassword)

	browser.get("/admin", s.overview)
	browser.get("/admin/people", s.adminPeople)
	browser.get("/admin/people/:person<int>", s.adminPerson)
	browser.post("/admin/people/:person<int>/role", s.setRole)
	browser.post("/admin/people/:person<int>/disable", s.disableAccount)
	browser.post("/admin/people/:person<int>/enable", s.enableAccount)
	browser.post("/admin/people/:person<int>/ban", s.banAccount)
	browser.post("/admin/people/:person<int>/logout", s.endSessions)
	browser.post("/admin/people/:person<int>/reset", s.makeReset)
	browser.post("/admin/people/:person<int>/picture/delete", s.removePictureOf)
	browser.get("/admin/rooms", s.adminRooms)
	browser.get("/admin/invites", s.invites)
	browser.post("/admin/invites", s.makeInvite)
	browser.post("/admin/invites/:invite<int>/revoke", s.revokeInvite)
	browser.get("/admin/settings", s.workspaceSettings)
	browser.post("/admin/settings", s.setWorkspace)
	browser.post("/admin/logo", s.setLogo)
	browser.post("/admin/logo/delete", s.removeLogo)
	browser.get("/admin/limits", func(c *fiber.Ctx) error { return c.Redirect("/admin/settings#limits") }) // reloaded after a refusal
	browser.post("/admin/limits", s.setLimits)
	browser.get("/admin/log", s.adminLog)

	// The session is asked first here, too, so that a visitor learns nothing of what exists.
	s.App.Use(browser.admit, func(*fiber.Ctx) error { return fiber.ErrNotFound })
}
