package web

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"parley/app/auth"
	"parley/app/chat"
	"parley/app/hooks"
)

// bearer is the key that a program shows; "" where a browser asks.
func bearer(c *fiber.Ctx) string {
	scheme, key, _ := strings.Cut(c.Get(fiber.HeaderAuthorization), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(key)
}

// keyShown says whether a request shows a key, be it a right one.
func keyShown(c *fiber.Ctx) bool {
	scheme, _, _ := strings.Cut(c.Get(fiber.HeaderAuthorization), " ")
	return strings.EqualFold(scheme, "Bearer")
}

const localKey = "key"

// keyOf is the key of a request that showed one; false: a browser asks.
func keyOf(c *fiber.Ctx) (auth.Key, bool) {
	k, ok := c.Locals(localKey).(auth.Key)
	return k, ok
}

// keyInAddress is postMessage for programs that can set no header.
func (s *Server) keyInAddress(c *fiber.Ctx) error {
	c.Request().Header.Set(fiber.HeaderAuthorization, "Bearer "+c.Params("key"))
	session, k, err := s.auth.ResumeKey(c.UserContext(), c.Params("key"))
	if err == nil && !k.Writes {
		err = chat.Forbidden("This key may only read.")
	}
	if err == nil {
		c.Locals("session", &session)
		c.Locals(localKey, k)
		err = readJSON(c, operationsByRoute["POST /rooms/:room/messages"])
	}
	if err != nil {
		c.Context().SetConnectionClose()
		return err
	}
	return s.postMessage(c)
}

// key finds for whom a program acts, and holds it to what operations has.
func (s *Server) key(c *fiber.Ctx) error {
	session, k, err := s.auth.ResumeKey(c.UserContext(), bearer(c))
	if e, refused := chat.AsError(err); refused && e.Kind == chat.KindNotFound {
		c.Set(fiber.HeaderWWWAuthenticate, `Bearer realm="Parley"`)
		return fiber.NewError(fiber.StatusUnauthorized, "This is no key, or not any more.")
	}
	if err != nil {
		return err
	}
	c.Locals("session", &session)
	c.Locals(localKey, k)
	o, ok := operationOf(c.Method(), route(c))
	switch {
	case !ok && route(c) == routeOther:
		return s.noRoute(c)
	case !ok:
		return chat.Forbidden("This address is for people with a browser. What programs may do is at /api.")
	case o.people && session.Account.IsBot():
		return chat.Forbidden("This is for the keys of people; a bot knows its rooms and who is in them.")
	case o.writes && !k.Writes:
		return chat.Forbidden("This key may only read.")
	}
	if err := readJSON(c, o); err != nil {
		return err
	}
	if err := c.Next(); err != nil {
		return err
	}
	if c.Response().StatusCode() == fiber.StatusSeeOther { // what a form is sent on to
		c.Response().Header.Del(fiber.HeaderLocation)
		return c.SendStatus(fiber.StatusNoContent)
	}
	return nil
}

// noRoute says to a program of an address that leads nowhere whether another method would.
func (s *Server) noRoute(c *fiber.Ctx) error {
	var methods []string
	for _, r := range s.App.GetRoutes(true) {
		if !slices.Contains(methods, r.Method) && fiber.RoutePatternMatch(c.Path(), r.Path) {
			methods = append(methods, r.Method)
		}
	}
	if len(methods) == 0 {
		return fiber.ErrNotFound
	}
	c.Set(fiber.HeaderAllow, strings.Join(methods, ", "))
	return fiber.ErrMethodNotAllowed
}

// readJSON makes the fields of a form of an object that a program sends for an operation:
// numbers, truth values and lists of them, too.
func readJSON(c *fiber.Ctx, o *operation) error {
	if o.path == pathSlack { // which reads it as Slack does
		return nil
	}
	if kind, _, _ := strings.Cut(c.Get(fiber.HeaderContentType), ";"); !strings.EqualFold(strings.TrimSpace(kind), fiber.MIMEApplicationJSON) {
		return nil
	}
	if !hooks.IsText(c.Body()) {
		return errNoText
	}
	var fields map[string]any
	d := json.NewDecoder(strings.NewReader(string(c.Body())))
	d.UseNumber()
	if err := d.Decode(&fields); err != nil || d.More() {
		return fiber.NewError(fiber.StatusBadRequest, "The body is no JSON object.")
	}
	args := c.Request().PostArgs()
	for name, value := range fields {
		list, ok := value.([]any)
		if !ok {
			list = []any{value}
		}
		for _, one := range list {
			if _, is := one.(string); !is && one != nil && o.takesText(name) {
				return fiber.NewError(fiber.StatusBadRequest, "The field "+name+" is a text: put it into quotation marks.")
			}
			text, ok := fieldText(one)
			if !ok {
				return fiber.NewError(fiber.StatusBadRequest, "The field "+name+" is no text, number or truth value.")
			}
			if one != nil {
				args.Add(name, text)
			}
		}
	}
	return requireUTF8(c)
}

// fieldText writes a value as forms do.
func fieldText(v any) (string, bool) {
	switch v := v.(type) {
	case nil:
		return "", true
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		if v {
			return "1", true
		}
		return "0", true
	}
	return "", false
}
