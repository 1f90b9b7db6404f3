package web

import (
	"errors"
	"log/slog"
	"net"
	"strings"

	"github.com/gofiber/fiber/v2"

	"parley/app/chat"
)

// unknownName stands in the log for a name that is no account's: people type their password
// into the wrong field. No username looks like it.
const unknownName = "(unknown)"

// logLogin notes what became of a log-in, as one line that fail2ban can read: see the
// help of serve. What was typed is not in it, unless it is the name of an account.
func (s *Server) logLogin(c *fiber.Ctx, typed string, err error) {
	ctx := c.UserContext()
	if !s.log.Enabled(ctx, slog.LevelInfo) {
		return
	}
	name := unknownName
	if meant, fault := s.auth.AccountName(ctx, typed); fault == nil {
		if a, missing := s.chat.AccountNamed(ctx, meant); missing == nil {
			name = a.Username
		}
	}
	address := s.address(c)
	what, result := "login failed", "error"
	switch {
	case err == nil:
		what, result = "logged in", "ok"
	case errors.Is(err, chat.ErrInvalid):
		result = "wrong"
	case errors.Is(err, chat.ErrTooOften):
		result = "throttled"
	case errors.Is(err, chat.ErrBusy):
		result = "busy"
	}
	next := "open"
	if s.auth.Throttled(typed, address) != nil {
		next = "throttled"
	}
	s.log.Log(ctx, slog.LevelInfo, what, "account", name, "address", address,
		"agent", agentKind(c.Get(fiber.HeaderUserAgent)), "result", result, "next", next)
}

// agentKinds are what programs call themselves, and what the log calls them. Of those
// that call themselves by several names the particular one stands first.
var agentKinds = [][2]string{{"bot", "bot"}, {"crawler", "bot"}, {"spider", "bot"},
	{"edg", "edge"}, {"opr/", "opera"}, {"fxios/", "firefox"}, {"firefox/", "firefox"}, {"crios/", "chrome"}, {"chrome/", "chrome"},
	{"safari/", "safari"},
	{"curl/", "curl"}, {"wget/", "wget"}, {"python", "python"}, {"go-http-client/", "go"}, {"okhttp/", "okhttp"}}

// agentKind is the kind of program that asks: one of a few words.
func agentKind(agent string) string {
	if agent == "" {
		return "none"
	}
	agent = strings.ToLower(agent)
	for _, k := range agentKinds {
		if strings.Contains(agent, k[0]) {
			return k[1]
		}
	}
	return "other"
}

// noticeHTTPS warns once when a proxy speaks https with browsers and nobody has said what
// the public address is: links and cookies would be those of plain HTTP.
func (s *Server) noticeHTTPS(c *fiber.Ctx) {
	if s.origin != nil || s.noticed.Load() || c.Context().IsTLS() || !strings.EqualFold(c.Get(fiber.HeaderXForwardedProto), "https") {
		return
	}
	if ip := c.Context().RemoteIP(); !s.proxied(c) && !near(ip) || s.noticed.Swap(true) {
		return
	}
	s.log.Warn("a proxy in front speaks https with browsers, but the public address is not known here: " +
		"start with --url https://…, so that cookies and links are made for https")
}

// near says whether somebody is on this machine or in its network, as a proxy is.
func near(ip net.IP) bool { return ip.IsLoopback() || ip.IsPrivate() }
