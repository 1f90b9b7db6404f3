package web

import "github.com/gofiber/fiber/v2"

// routes is the table of contents: every address there is, in groups that say how much a
// request may bring and by what it tells who asks. Each function below has the addresses of one
// subject; those of rooms, messages and people are in files beside this one.
func (s *Server) routes() {
	s.App.Use(s.requestScope, s.headers, s.readBody, s.checkRequest)

	// Anyone.
	public := &group{s: s, body: 16 << 10, who: nobody}
	s.serverRoutes(public)
	s.loginRoutes(public)
	s.visitorRoutes(public)

	// What other programs send.
	s.incomingRoutes(&group{s: s, body: maxForm, who: keyInAddress})

	// What comes without an origin: from another app, which leads to a page that asks; from a
	// mail program, with a token that can do nothing else.
	s.sharingRoutes(&group{s: s, body: maxForm, who: keyInAddress})

	// Whoever is signed in, or a program by its key.
	browser := &group{s: s, body: maxForm, who: sessionCookie}
	s.busiestRoutes(browser)
	s.homeRoutes(browser)
	s.roomRoutes(browser)
	s.integrationRoutes(browser)
	s.supportRoutes(browser)
	s.memberRoutes(browser)
	s.roomPrefsRoutes(browser)
	s.messageRoutes(browser)
	s.fileRoutes(browser)
	s.peopleRoutes(browser)
	s.profileRoutes(browser)
	s.securityRoutes(browser)
	s.programRoutes(browser)
	s.adminRoutes(browser)

	// The session is asked first here, too, so that a visitor learns nothing of what exists.
	s.App.Use(browser.admit, func(*fiber.Ctx) error { return fiber.ErrNotFound })
}

// serverRoutes are what the server says of itself, and what every page takes.
func (s *Server) serverRoutes(public *group) {
	public.get("/healthz", s.healthz)
	public.get("/readyz", s.readyz)
	public.get("/metrics", func(*fiber.Ctx) error { return fiber.ErrNotFound }) // on a listener of its own, see metrics
	public.get("/static/:build/:name", s.static)
	public.get("/favicon.ico", s.favicon)
	public.get("/robots.txt", s.robots)
	public.get("/emoji", s.emoji)
	public.get("/logo", s.logo)
	public.get("/manifest.webmanifest", s.manifest)
	public.get("/sw.js", s.worker)
	public.get("/session", s.currentSession)
	public.get("/api", s.apiPage)
	public.get("/api/openapi.json", s.openAPI)
}

// loginRoutes lead in: signing up, logging in, invites, forgotten passwords, confirmed addresses.
func (s *Server) loginRoutes(public *group) {
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
	public.get("/login/second", s.secondPage)
	public.post("/login/second", s.endSecond)
	public.get("/login/provider/new", s.providerNew)
	public.post("/login/provider/new", s.providerSignup)
	public.post("/login/provider/:provider<int>", s.providerLogin)
	public.get("/login/provider/:provider<int>/callback", s.providerCallback)
	public.post("/login/passkey/begin", s.beginPasskeyLogin)
	public.post("/login/passkey", s.passkeyLogin)
	public.get("/join/:code", s.joinPage)
	public.post("/join/:code", s.joinByInvite)
	public.get("/reset/:token", s.resetPage)
	public.post("/reset/:token", s.resetPassword)
}

// visitorRoutes are for visitors of web sites.
func (s *Server) visitorRoutes(public *group) {
	public.get("/widget.js", s.widgetScript)
	public.get("/widget/:slug", s.widgetPage)
	public.get("/widget/:slug/brand.css", s.widgetBrand)
	public.get("/widget/:slug/lines", s.visitorLines)
	public.post("/widget/:slug/say", s.visitorSays)
	public.post("/widget/:slug/page", s.visitorAt)
	public.post("/widget/:slug/typing", s.visitorTypes)
	public.post("/widget/:slug/forget", s.forgetVisitor)
}

// incomingRoutes take what other programs send, and feeds that they read.
func (s *Server) incomingRoutes(incoming *group) {
	incoming.post("/hooks/:key", s.hook)
	incoming.post("/hooks/:ignored/:key", s.hook) // as Rocket.Chat's clients have it
	incoming.post("/commands/:delivery<int>/:code", s.answerCommand)
	incoming.post("/rooms/:room<int>/:key/messages", s.keyInAddress) // as Campfire's bots have it
	incoming.post("/mcp", s.mcp)
	incoming.get("/mcp", func(*fiber.Ctx) error { return fiber.ErrMethodNotAllowed }) // no stream of its own
	incoming.get("/feeds/:key/rooms/:room<int>", s.byFeedKey(s.roomFeed))
	incoming.get("/feeds/:key/rooms/:room<int>/feed.json", s.byFeedKey(s.roomFeed))
	incoming.get("/feeds/:key/search", s.byFeedKey(s.searchFeed))
}

// sharingRoutes take what comes without an origin.
func (s *Server) sharingRoutes(sharing *group) {
	sharing.post("/share", s.shared)
	sharing.post("/mail/off/:token", s.mailOff)
}

// busiestRoutes are asked most, so they stand first: the router tries the routes in turn.
func (s *Server) busiestRoutes(browser *group) {
	browser.post("/rooms/:room<int>/messages", s.postMessage)
	browser.get("/ws", s.socket)
}

// homeRoutes are of no room: where one begins, and what is found in all of them.
func (s *Server) homeRoutes(browser *group) {
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
	browser.get("/search.atom", s.searchFeed)
}

// adminRoutes are the workspace: its people, invites, settings and log. The rules say who may.
func (s *Server) adminRoutes(browser *group) {
	browser.get("/admin", s.overview)
	browser.get("/admin/people", s.adminPeople)
	browser.post("/admin/people/asking/:asking<int>", s.proved(s.decideAsking))
	browser.get("/admin/people/:person<int>", s.adminPerson)
	browser.post("/admin/people/:person<int>/role", s.proved(s.setRole))
	browser.post("/admin/people/:person<int>/disable", s.proved(s.disableAccount))
	browser.post("/admin/people/:person<int>/enable", s.proved(s.enableAccount))
	browser.post("/admin/people/:person<int>/ban", s.proved(s.banAccount))
	browser.post("/admin/people/:person<int>/logout", s.proved(s.endSessions))
	browser.post("/admin/people/:person<int>/factor", s.proved(s.resetFactor))
	browser.post("/admin/people/:person<int>/reset", s.proved(s.makeReset))
	browser.post("/admin/people/:person<int>/picture/delete", s.removePictureOf)
	browser.get("/admin/rooms", s.adminRooms)
	browser.get("/admin/invites", s.invites)
	browser.post("/admin/invites", s.proved(s.makeInvite))
	browser.post("/admin/invites/:invite<int>/revoke", s.revokeInvite)
	browser.get("/admin/settings", s.workspaceSettings)
	browser.post("/admin/settings", s.setWorkspace)
	browser.post("/admin/logo", s.setLogo)
	browser.post("/admin/logo/delete", s.removeLogo)
	browser.get("/admin/limits", func(c *fiber.Ctx) error { return c.Redirect("/admin/settings#limits") }) // reloaded after a refusal
	browser.post("/admin/limits", s.setLimits)
	browser.get("/admin/log", s.adminLog)
}
