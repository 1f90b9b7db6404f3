package hooks

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"mime"
	"net/url"
	"strconv"
	"strings"
	"time"

	"parley/app/chat"
)

// command is what Slack sends for a command of one's own
// (https://docs.slack.dev/interactivity/implementing-slash-commands), but for the address at
// which it may be answered later.
func command(w chat.Webhook, m chat.Message, room chat.Room) url.Values {
	_, rest, _ := strings.Cut(strings.TrimSpace(m.Body), w.Word[:1])
	_, rest, _ = strings.Cut(rest, " ")
	return url.Values{"command": {w.Word}, "text": {strings.TrimSpace(rest)},
		"user_id": {strconv.FormatInt(int64(m.Author.ID), 10)}, "user_name": {m.Author.Username},
		"channel_id": {strconv.FormatInt(int64(room.ID), 10)}, "channel_name": {room.Name}, "team_id": {"parley"}, "token": {""},
		"trigger_id": {strconv.FormatInt(int64(m.ID), 10)}}
}

// Sign is what Signature says of a body: t=SECONDS,v1=HEX, where HEX is the HMAC-SHA256 of
// SECONDS, a dot and the body by the webhook's secret.
func Sign(secret string, at time.Time, body []byte) string {
	seconds := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(seconds + "."))
	mac.Write(body)
	return "t=" + seconds + ",v1=" + hex.EncodeToString(mac.Sum(nil))
}

// answered is what an answer says: words in plain text, or a payload as hooks take it; of a
// command in Slack's markup, which has no other. What is neither says nothing.
func answered(w chat.Webhook, contentType string, body []byte) Incoming {
	kind, _, _ := mime.ParseMediaType(contentType)
	if kind != "text/plain" && kind != "application/json" || strings.TrimSpace(string(body)) == "ok" {
		return Incoming{}
	}
	dialect := chat.DialectByLooks
	if w.IsCommand() {
		dialect = chat.DialectSlack
	}
	in, err := Parse(kind, body, dialect)
	if err != nil {
		return Incoming{}
	}
	return in
}

// Answer is what a program says as the answer to a command.
func (in Incoming) Answer() chat.CommandAnswer {
	return chat.CommandAnswer{Draft: chat.Draft{Body: in.Body, Program: in.Program}, InRoom: in.InRoom, Replace: in.Replace, Delete: in.Delete}
}
