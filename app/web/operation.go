package web

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// operation is something that programs may do, by keys. What is not in operations is for
// people with browsers. The description at /api is made from this table.
type operation struct {
	id, method, path string // as routes has it
	says             string // what it does, in a line
	more             string
	writes           bool // a key that may only read does not
	people           bool // not for bots
	asks             []parameter
	takes            []field // of the form or the JSON object that it is asked with
	files            bool    // the form may bring files
	socket           bool    // it becomes a WebSocket
	answers          any     // the shape of the answer; nil: 204 without one
	status           int     // 0: 200, or 204
}

// parameter stands in the query of an address.
type parameter struct {
	name, kind, says string // kind: integer, string
}

// field is of a form.
type field struct {
	parameter
	must, many bool
}

var (
	pageOf   = parameter{"page", "integer", "which page of the list, from 0 on"}
	bodyOfIt = field{parameter{"body", "string", "what is said, as people type it: at most 10,000 characters"}, true, false}
	cidOfIt  = field{parameter{"cid", "string",
		"your own id for it, at most 64 letters (a to z), digits, dashes and underscores: sent again it is the same message. The header Idempotency-Key does the same"},
		false, false}
)

// pathSlack is of an operation that is as Slack has it, in everything.
const pathSlack = "/api/chat.postMessage"

// takesText says whether a field of an operation is a text.
func (o *operation) takesText(name string) bool {
	return slices.ContainsFunc(o.takes, func(f field) bool { return f.name == name && f.kind == "string" })
}

var operations = []operation{
	{id: "whoAmI", method: "GET", path: "/me.json", says: "For whom the key acts, and what it may", answers: jsonMe{}},
	{id: "listRooms", method: "GET", path: "/rooms", says: "List rooms",
		more: "Of a bot: those that it is in. Of a person: those, and the open ones.",
		asks: []parameter{{"q", "string", "part of the name"}, pageOf}, answers: jsonRoomsPage{}},
	{id: "createRoom", method: "POST", path: "/rooms", says: "Make a room", writes: true, people: true, status: 201, answers: jsonRoom{},
		takes: []field{{parameter{"name", "string", "1 to 64 characters"}, true, false}, {parameter{"topic", "string", "a line"}, false, false},
			{parameter{"kind", "string", "open or private"}, false, false}, {parameter{"people", "integer", "who is to be in it"}, false, true}}},
	{id: "readRoom", method: "GET", path: "/rooms/:room", says: "A room, its people, and a page of its messages", answers: jsonRoomPage{},
		asks: []parameter{{"before", "integer", "messages before this id"}, {"after", "integer", "messages after this id"}}},
	{id: "listMembers", method: "GET", path: "/rooms/:room/people", says: "Who is in a room", answers: jsonRoomPage{}},
	{id: "listFiles", method: "GET", path: "/rooms/:room/files", says: "The files of a room, the newest first", answers: jsonFilesPage{},
		asks: []parameter{{"q", "string", "in the name"}, {"kind", "string", "pictures, media or documents"}, {"from", "integer", "who sent it"},
			{"before", "integer", "the files before this one"}}},
	{id: "waitForChanges", method: "GET", path: "/rooms/:room/changes", says: "What changed in a room since a rev, as soon as something does",
		answers: jsonChanges{},
		more:    "Answers at once when something has changed, else after it does, or without messages after 25 seconds: ask again with the rev that came. Without since it says where the room stands.",
		asks:    []parameter{{"since", "integer", "the rev of the last answer"}}},
	{id: "events", method: "GET", path: "/ws", says: "Listen to rooms over a WebSocket", socket: true, answers: jsonEvent{},
		more: `Say {"type":"subscribe","room":7}, for up to 100 rooms, with "since" and a rev to be told what came after it; the answer has type subscribed. Then each message that is new or changed comes as {"type":"message","room":7,"rev":12,"message":{…}}; ` +
			`reset: read the room anew, too much has changed; gone: you may not listen to it any more; error: in words. {"type":"unsubscribe","room":7} ends it. Answer pings.`},
	{id: "postMessage", method: "POST", path: "/rooms/:room/messages", says: "Say something in a room", writes: true, status: 201,
		answers: jsonMessage{}, files: true,
		more:  "A body that is neither a form nor JSON is taken for the words. Files come as parts called file, each after an own part called alt that describes it, if you like.",
		takes: []field{bodyOfIt, cidOfIt, {parameter{"reply_to", "integer", "the message that it answers"}, false, false}}},
	{id: "chatPostMessage", method: "POST", path: pathSlack, says: "Say something, as Slack's chat.postMessage does",
		writes: true, answers: jsonSlack{},
		more: "For programs that speak Slack: text, attachments, blocks, username, icon_emoji and thread_ts (the ts of an earlier answer) as there. Refusals have status 200, ok false, and Slack's word in error.",
		takes: []field{{parameter{"channel", "string", "the name or the id of a room that the key's account is in"}, true, false},
			{parameter{"text", "string", "in Slack's mrkdwn"}, false, false}}},
	{id: "joinRoom", method: "POST", path: "/rooms/:room/join", says: "Come into an open room", writes: true, people: true},
	{id: "leaveRoom", method: "POST", path: "/rooms/:room/leave", says: "Leave a room", writes: true},
	{id: "markRead", method: "POST", path: "/rooms/:room/read", says: "Have read up to a message", writes: true,
		takes: []field{{parameter{"upto", "integer", "the message"}, true, false}}},
	{id: "startTyping", method: "POST", path: "/rooms/:room/typing", says: "Be seen typing, for a few seconds", writes: true},
	{id: "readMessage", method: "GET", path: "/messages/:message",
		says: "A message, with what it answers, what answers it, and what it said before", answers: jsonMessagePage{},
		asks: []parameter{{"after", "integer", "the replies after this one"}, {"before", "integer", "what it said before this rev"}}},
	{id: "editMessage", method: "POST", path: "/messages/:message/edit", says: "Change what one said oneself",
		more: "PATCH on the message itself does the same.", writes: true, answers: jsonMessage{}, takes: []field{bodyOfIt}},
	{id: "deleteMessage", method: "POST", path: "/messages/:message/delete", says: "Take back what one said, or may delete",
		more: "DELETE on the message itself does the same.", writes: true},
	{id: "react", method: "POST", path: "/messages/:message/reactions", says: "Put an emoji to a message, or take it away",
		more: "PUT and DELETE on the address with the emoji, or its name without colons, at its end do the one and the other.", writes: true,
		answers: jsonMessage{},
		takes: []field{{parameter{"e", "string", "the emoji, or its name as in :tada:"}, true, false},
			{parameter{"on", "integer", "1: put it, 0: take it away; left out: the other of both"}, false, false}}},
	{id: "postDirect", method: "POST", path: "/dm", says: "Say something to people in private", writes: true, status: 201,
		answers: jsonMessage{}, files: true,
		takes: []field{{parameter{"to", "integer", "to whom"}, true, true}, bodyOfIt, cidOfIt}},
	{id: "search", method: "GET", path: "/search", says: "Search all that one may read, the newest first", answers: jsonSearchPage{},
		asks: []parameter{{"q", "string", "the words, with from:, in:, has:, before:, after: as on the page"},
			{"older", "integer", "hits before this message"}}},
	{id: "roomFeed", method: "GET", path: "/rooms/:room/feed.atom", says: "The newest of a room as an Atom feed", answers: []byte{},
		more: "Feed readers, which show no key, have addresses with a secret of their own: see /me/tokens."},
	{id: "roomJSONFeed", method: "GET", path: "/rooms/:room/feed.json", says: "The same as a JSON Feed", answers: []byte{}},
	{id: "searchFeed", method: "GET", path: "/search.atom", says: "What a search finds, as an Atom feed", answers: []byte{},
		asks: []parameter{{"q", "string", "the words"}}},
	{id: "listPeople", method: "GET", path: "/people", says: "The people of the workspace", people: true, answers: jsonPeoplePage{},
		asks: []parameter{{"q", "string", "how a name begins"}, pageOf}},
	{id: "readPerson", method: "GET", path: "/people/:person", says: "A person or a bot, and whether it is here", people: true,
		answers: jsonProfile{}},
	{id: "readFile", method: "GET", path: "/files/:token/:name", says: "What a file holds; its address stands in its message",
		answers: []byte{}},
	{id: "readSmallPicture", method: "GET", path: "/files/:token/s", says: "A picture, small", answers: []byte{}},
	{id: "readLargePicture", method: "GET", path: "/files/:token/l", says: "A picture, large", answers: []byte{}},
}

var operationsByRoute = func() map[string]*operation {
	all := map[string]*operation{}
	for i, o := range operations {
		all[o.method+" "+o.path] = &operations[i]
	}
	return all
}()

// aliases are other ways to say an operation, which people who know HTTP try first.
var aliases = map[string]string{"PATCH /messages/:message": "POST /messages/:message/edit",
	"DELETE /messages/:message":              "POST /messages/:message/delete",
	"PUT /messages/:message/reactions/:e":    "POST /messages/:message/reactions",
	"DELETE /messages/:message/reactions/:e": "POST /messages/:message/reactions"}

// operationOf finds the operation of a route, which may be the twin that ends in .json.
func operationOf(method, route string) (*operation, bool) {
	if method == fiber.MethodHead {
		method = fiber.MethodGet
	}
	if other, ok := aliases[method+" "+route]; ok {
		o, ok := operationsByRoute[other]
		return o, ok
	}
	o, ok := operationsByRoute[method+" "+route]
	if !ok {
		o, ok = operationsByRoute[method+" "+strings.TrimSuffix(route, ".json")]
	}
	return o, ok
}

// me says for whom a key acts, and what it may.
func (s *Server) me(c *fiber.Ctx) error {
	k, byKey := keyOf(c)
	return writeJSON(c, fiber.MIMEApplicationJSON, jsonMe{jsonProfile: s.profileJSON(sessionOf(c).Account), Writes: !byKey || k.Writes,
		Expires: timeOf(k.Expires)})
}
