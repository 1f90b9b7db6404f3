package web

// roomRoutes are rooms: what is said in them, and their settings.
func (s *Server) roomRoutes(browser *group) {
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
	browser.get("/rooms/:room<int>/feed.json", s.roomFeed)
	browser.get("/rooms/:room<int>/picture", s.roomPicture)
	browser.post("/rooms/:room<int>/picture", s.setRoomPicture)
	browser.post("/rooms/:room<int>/picture/delete", s.removeRoomPicture)
	browser.post("/rooms/:room<int>/slow", s.setSlowMode)
	browser.post("/rooms/:room<int>/privacy", s.setVisibility)
	browser.post("/rooms/:room<int>/world", s.setWorldAccess)
	browser.post("/rooms/:room<int>/join", s.joinRoom)
	browser.post("/rooms/:room<int>/leave", s.leaveRoom)
	browser.post("/rooms/:room<int>/delete", s.deleteRoom)
	browser.get("/rooms/:room<int>/mentions", s.mentionables)
	browser.get("/rooms/:room<int>/commands", s.commandHints)
}

// memberRoutes say who is in a room, and with what rank.
func (s *Server) memberRoutes(browser *group) {
	browser.get("/rooms/:room<int>/add", s.addPage)
	browser.post("/rooms/:room<int>/members", s.addMembers)
	browser.get("/rooms/:room<int>/members/:person<int>", s.member)
	browser.get("/rooms/:room<int>/members/:person<int>/ban", s.banPage)
	browser.post("/rooms/:room<int>/members/:person<int>/remove", s.removeMember)
	browser.post("/rooms/:room<int>/members/:person<int>/rank", s.setRank)
	browser.post("/rooms/:room<int>/members/:person<int>/ban", s.banMember)
	browser.post("/rooms/:room<int>/members/:person<int>/unban", s.unbanMember)
}

// roomPrefsRoutes say what a room is to whoever asks: read, starred, muted.
func (s *Server) roomPrefsRoutes(browser *group) {
	browser.post("/rooms/:room<int>/read", s.markRead)
	browser.get("/rooms/:room<int>/menu", s.roomMenu)
	browser.post("/stars", s.setStars)
	browser.post("/rooms/:room<int>/star", s.starRoom)
	browser.post("/rooms/:room<int>/mute", s.muteRoom)
	browser.post("/rooms/:room<int>/notify", s.setNotifyLevel)
	browser.post("/rooms/:room<int>/typing", s.startTyping)
}

// integrationRoutes are the programs of a room: what they send into it, and are told.
func (s *Server) integrationRoutes(browser *group) {
	browser.get("/rooms/:room<int>/integrations", s.integrations)
	browser.post("/rooms/:room<int>/integrations", s.makeHook)
	browser.post("/rooms/:room<int>/integrations/:key<int>/revoke", s.revokeHook)
	browser.post("/rooms/:room<int>/integrations/:key<int>/rotate", s.proved(s.rotateHook))
	browser.post("/rooms/:room<int>/outgoing", s.addWebhook)
	browser.get("/rooms/:room<int>/outgoing/:webhook<int>", s.deliveries)
	browser.post("/rooms/:room<int>/outgoing/:webhook<int>/remove", s.removeWebhook)
	browser.post("/rooms/:room<int>/outgoing/:webhook<int>/again/:delivery<int>", s.sendAgain)
	browser.post("/api/chat.postMessage", s.postAsSlack)
}

// supportRoutes are the widget of a room, and its cases with visitors.
func (s *Server) supportRoutes(browser *group) {
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
	browser.post("/rooms/:room<int>/cases/:case<int>/typing", s.typeInCase)
}
