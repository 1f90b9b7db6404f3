// Package hooks understands what other programs send: Slack's payloads and those that
// resemble them, and what Alertmanager and Grafana send by themselves. It knows nothing of
// HTTP or of the store.
package hooks

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"parley/app/chat"
	"parley/app/slack/mrkdwn"
)

// What is wrong with a payload.
var (
	ErrPayload = errors.New("invalid_payload") // it cannot be read
	ErrNoText  = errors.New("no_text")         // it says nothing
)

// Incoming is what a program wants to say.
type Incoming struct {
	Body    string // all of it in words, as people type them
	Program *chat.ProgramDraft
	Thread  string // what it answers, as a sender names that; "": nothing
	// Of an answer to a command.
	InRoom  bool // for all in the room, not for who gave it alone
	Replace bool // in the place of the answer before
	Delete  bool // the answer before goes, and nothing is said
}

// payload is what senders have in common. Values are of any type: settings that nobody
// filled in arrive as null, numbers as texts.
type payload map[string]any

// Parse reads what was sent to a hook: JSON, a form whose field payload is JSON, or the
// words alone, whatever the type of content says. The error is ErrPayload or ErrNoText.
func Parse(contentType string, body []byte, dialect chat.Dialect) (Incoming, error) {
	body = bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\xEF\xBB\xBF")))
	if len(body) == 0 {
		return Incoming{}, ErrNoText
	}
	if form, ok := bytes.CutPrefix(body, []byte("payload=")); ok {
		body = formPayload(form)
		if plain, err := url.QueryUnescape(string(body)); err == nil && !utf8.ValidString(plain) {
			return Incoming{}, ErrPayload
		}
	}
	if !IsText(body) && (body[0] == '{' || body[0] == '[' || !utf8.Valid(body)) {
		return Incoming{}, ErrPayload
	}
	p, err := object(body)
	if err != nil {
		if body[0] == '{' || body[0] == '[' || strings.Contains(contentType, "json") {
			return Incoming{}, ErrPayload
		}
		return plain(string(body), contentType)
	}
	switch {
	case p.yes("delete_original"):
		return Incoming{Delete: true, Program: &chat.ProgramDraft{}}, nil
	case p.isAlerts():
		return alerts(p)
	case p.str("text") == "" && len(p.list("blocks")) == 0 && len(p.list("attachments")) == 0 &&
		(p.str("message") != "" || p.str("title") != ""):
		return message(p)
	}
	return slack(p, dialect)
}

// formPayload is the JSON of a form. Some senders do not escape it: then an ampersand
// does not end it.
func formPayload(form []byte) []byte {
	first, _, _ := bytes.Cut(form, []byte("&"))
	for _, try := range [][]byte{first, form} {
		if text, err := url.QueryUnescape(string(try)); err == nil && json.Valid([]byte(text)) {
			return []byte(text)
		}
	}
	if text, err := url.PathUnescape(string(form)); err == nil && json.Valid([]byte(text)) {
		return []byte(text)
	}
	return form
}

func object(body []byte) (p payload, err error) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := d.Decode(&p); err != nil {
		return nil, err
	}
	if p == nil || d.More() {
		return nil, ErrPayload
	}
	return p, nil
}

// plain is a body that is no JSON: the words themselves, or a form with text=.
func plain(body, contentType string) (Incoming, error) {
	if strings.Contains(contentType, "x-www-form-urlencoded") {
		form, err := url.ParseQuery(body)
		if err != nil && strings.HasPrefix(body, "text=") || !utf8.ValidString(form.Get("text")) {
			return Incoming{}, ErrPayload
		}
		if err == nil && form.Get("text") != "" {
			body = form.Get("text")
		}
	}
	return said(Incoming{Body: strings.ReplaceAll(body, "\r\n", "\n"), Program: &chat.ProgramDraft{}})
}

// message is what senders write who have no kind of chat in mind: a title and a text.
func message(p payload) (Incoming, error) {
	title, text := strings.TrimSpace(p.str("title")), p.str("message")
	if title != "" {
		title = "**" + strings.ReplaceAll(title, "*", `\*`) + "**"
	}
	return said(Incoming{Body: joined(title, text), Program: &chat.ProgramDraft{}})
}

// said refuses what says nothing, and fills in what stands above attachments where there
// are none.
func said(in Incoming) (Incoming, error) {
	if strings.TrimSpace(in.Body) == "" {
		return in, ErrNoText
	}
	if len(in.Program.Attachments) == 0 && len(in.Program.Parts) == 0 {
		in.Program.Text = in.Body
	}
	return in, nil
}

// slackLooks are what Slack's text has and Markdown has not.
var slackLooks = regexp.MustCompile(`<(https?://[^|>\s]+|mailto:[^|>\s]+)(\|[^>]*)?>|<[!@#][^>\s]+>`)

// slackText is what a payload says above its attachments, in words, and what of that stands
// beside its blocks.
func slackText(p payload, dialect chat.Dialect) (all, beside string) {
	text := strings.ReplaceAll(p.str("text"), "\r\n", "\n")
	isSlack := dialect == chat.DialectSlack ||
		dialect == chat.DialectByLooks && (len(p.list("attachments")) > 0 || len(p.list("blocks")) > 0 || slackLooks.MatchString(text))
	verbatim := p["mrkdwn"] == false // which only Slack has
	isSlack = isSlack || verbatim
	asTyped := !isSlack || verbatim
	convert := func(text string, blocks json.RawMessage) string {
		return mrkdwn.Convert(mrkdwn.Payload{Text: text, AsTyped: asTyped, Blocks: blocks}, mrkdwn.Names{}).Body
	}
	inBlocks := convert("", p.raw("blocks"))
	all, beside = convert(text, p.raw("blocks")), convert(text, nil)
	if !isSlack {
		all, beside = joined(text, inBlocks), text
	}
	if all == inBlocks { // which say as much
		beside = ""
	}
	return all, beside
}

// slack reads a payload as Slack documents it, and as Mattermost and Rocket.Chat take it.
func slack(p payload, dialect chat.Dialect) (Incoming, error) {
	above, text := slackText(p, dialect)
	in := Incoming{Thread: p.str("thread_ts"), InRoom: p.str("response_type") == "in_channel", Replace: p.yes("replace_original"),
		Program: &chat.ProgramDraft{Name: p.str("username"), Icon: p.str("icon_emoji"), IconURL: p.str("icon_url"),
			Text: text, Parts: parts(p.list("blocks"))}}
	if in.Program.IconURL == "" {
		in.Program.IconURL = p.str("avatar") // as Rocket.Chat has it
	}
	words := []string{above}
	for _, v := range p.list("attachments") {
		a, ok := v.(map[string]any)
		if !ok {
			continue
		}
		draft := attachment(a, above != "")
		if empty(draft) {
			continue
		}
		in.Program.Attachments = append(in.Program.Attachments, draft)
		words = append(words, mrkdwn.Convert(mrkdwn.Payload{Attachments: payload{"l": []any{v}}.raw("l")}, mrkdwn.Names{}).Body)
	}
	in.Body = joined(words...)
	return said(in)
}

func (p payload) str(key string) string {
	switch v := p[key].(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

// yes is a bool, which some senders write as a text.
func (p payload) yes(key string) bool { return p[key] == true || p[key] == "true" }

func (p payload) list(key string) []any {
	l, _ := p[key].([]any)
	return l
}

// raw is a list as JSON; nil for what is none.
func (p payload) raw(key string) json.RawMessage {
	l := p.list(key)
	if len(l) == 0 {
		return nil
	}
	b, err := json.Marshal(l)
	if err != nil {
		return nil
	}
	return b
}

// joined puts texts below one another.
func joined(texts ...string) string {
	var all []string
	for _, s := range texts {
		if s = strings.Trim(s, "\n"); strings.TrimSpace(s) != "" {
			all = append(all, s)
		}
	}
	return strings.Join(all, "\n")
}
