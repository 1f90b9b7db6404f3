package web

import "github.com/gofiber/fiber/v2"

// messageRoutes are single messages, and reports of them.
func (s *Server) messageRoutes(browser *group) {
	browser.page("/messages/:message<int>", s.message)
	browser.get("/messages/:message<int>/edit", s.editPage)
	browser.post("/messages/:message<int>/edit", s.editMessage)
	browser.post("/messages/:message<int>/delete", s.deleteMessage)
	browser.alias(fiber.MethodPatch, "/messages/:message<int>", s.editMessage)
	browser.alias(fiber.MethodDelete, "/messages/:message<int>", s.deleteMessage)
	browser.alias(fiber.MethodPut, "/messages/:message<int>/reactions/:e", s.reactAs("1"))
	browser.alias(fiber.MethodDelete, "/messages/:message<int>/reactions/:e", s.reactAs("0"))
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
}

// fileRoutes are what was uploaded.
func (s *Server) fileRoutes(browser *group) {
	browser.get("/files/:token", s.asPage(s.textFile))
	browser.get("/files/:token/s", s.smallForm)
	browser.get("/files/:token/l", s.largeForm)
	browser.get("/files/:token/:name", s.original)
	browser.post("/files/:token/delete", s.removeFile)
}
