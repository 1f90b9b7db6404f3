package web

import "parley/views"

// peopleRoutes are people, conversations with them, and the emoji that they added.
func (s *Server) peopleRoutes(browser *group) {
	browser.get("/dm/new", s.newDirect)
	browser.post("/dm", s.postDirect)
	browser.page("/people", s.people)
	browser.page("/people/:person<int>", s.profile)
	browser.get("/people/:person<int>/card", s.card)
	browser.post("/people/:person<int>/block", s.block)
	browser.get("/emoji/own", s.ownEmoji)
	browser.post("/emoji/own", s.addEmoji)
	browser.post("/emoji/own/:name/delete", s.removeEmoji)
	browser.get("/emoji/:name", s.emojiPicture)
	browser.get("/avatars/:person<int>", s.face)
}

// profileRoutes are what somebody says of himself, how Parley looks to him, and how it reaches him.
func (s *Server) profileRoutes(browser *group) {
	browser.get("/me", s.profilePage)
	browser.get("/me.json", s.me)
	browser.post("/me", s.setProfile)
	browser.post("/me/picture", s.setPicture)
	browser.post("/me/picture/delete", s.removePicture)
	for path, p := range map[string]struct {
		title string
		page  func(views.Viewer, views.MeForm) views.Tab
	}{"/me/appearance": {"Appearance", views.Appearance}, "/me/writing": {"Writing", views.Writing},
		"/me/time":          {"Time and dates", views.Time},
		"/me/notifications": {notificationsTitle, views.Notifications}} {
		browser.get(path, s.preferences(p.title, p.page))
		browser.post(path, s.setPreferences(p.title, p.page))
	}
	browser.get("/me/status", s.statusPage)
	browser.post("/me/status", s.setStatus)
	browser.get("/me/data", s.dataPage)
	browser.post("/me/data/export", s.proved(s.exportOwn))
	browser.post("/me/data/delete", s.proved(s.deleteOwn))
	browser.post("/me/mail", s.proved(s.setAddress))
	browser.post("/me/devices", s.addDevice)
	browser.post("/me/devices/:device<int>/test", s.testDevice)
	browser.post("/me/devices/:device<int>/arrived", s.deviceArrived)
	browser.post("/me/devices/:device<int>/remove", s.removeDevice)
	browser.post("/me/pause", s.pause)
}

// securityRoutes are how somebody logs in, and where he is.
func (s *Server) securityRoutes(browser *group) {
	browser.get("/me/security", s.sessions)
	browser.get("/me/security/factor", s.factorPage)
	browser.post("/me/security/factor", s.proved(s.setFactor))
	browser.post("/me/security/factor/remove", s.proved(s.removeFactor))
	browser.post("/me/security/factor/codes", s.proved(s.newRecovery))
	browser.post("/me/identities/remove", s.proved(s.unlinkProvider))
	browser.get("/me/identities/directory", s.directoryPage)
	browser.post("/me/identities/directory", s.proved(s.linkDirectory))
	browser.post("/me/identities/:provider<int>", s.proved(s.linkProvider))
	browser.post("/me/passkeys/begin", s.proved(s.beginPasskey))
	browser.post("/me/passkeys", s.addPasskey)
	browser.post("/me/passkeys/prove/begin", s.beginPasskeyProof)
	browser.post("/me/passkeys/prove", s.passkeyProof)
	browser.post("/me/passkeys/:passkey<int>/rename", s.renamePasskey)
	browser.post("/me/passkeys/:passkey<int>/remove", s.proved(s.removePasskey))
	browser.get("/me/sessions", s.sessions)
	browser.post("/me/sessions/end", s.endSession)
	browser.post("/me/sessions/:session/end", s.endSession)
	browser.get("/me/password", s.password)
	browser.post("/me/password", s.changePassword)
	browser.post("/me/password/remove", s.proved(s.removePassword))
}

// programRoutes are the keys and the bots of somebody.
func (s *Server) programRoutes(browser *group) {
	browser.get("/me/tokens", s.tokens)
	browser.post("/me/tokens", s.proved(s.makeToken))
	browser.post("/me/feeds", s.proved(s.makeFeed))
	browser.post("/me/tokens/:key<int>/revoke", s.revokeToken)
	browser.post("/me/tokens/:key<int>/rotate", s.proved(s.rotateToken))
	browser.get("/bots", s.bots)
	browser.post("/bots", s.makeBot)
	browser.get("/bots/:bot<int>", s.bot)
	browser.post("/bots/:bot<int>/keys", s.proved(s.makeBotKey))
	browser.post("/bots/:bot<int>/keys/:key<int>/revoke", s.revokeBotKey)
	browser.post("/bots/:bot<int>/keys/:key<int>/rotate", s.proved(s.rotateBotKey))
	browser.post("/bots/:bot<int>/remove", s.removeBot)
	browser.post("/bots/:bot<int>/adopt", s.adoptBot)
}
