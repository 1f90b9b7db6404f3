// Package hooks understands what other programs send: Slack's payloads and those that
// resemble them, and what Alertmanager and Grafana send by themselves. It knows nothing of
// HTTP or of the store.
package hooks

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"unicode/utf8"

	"parley/app/chat"
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
		return plain(string(body), contentType, dialect)
	}
	switch {
	case p.yes("delete_original"):
		return Incoming{Delete: true, Program: &chat.ProgramDraft{}}, nil
	case p.isAlerts():
		return alerts(p)
	case p.str("text") == "" && len(p.list("blocks")) == 0 && len(p.list("attachments")) == 0 &&
		(p.str("message") != "" || p.str("title") != ""):
		return message(p, dialect)
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
func plain(body, contentType string, dialect chat.Dialect) (Incoming, error) {
	if strings.Contains(contentType, "x-www-form-urlencoded") {
		form, err := url.ParseQuery(body)
		if err != nil && strings.HasPrefix(body, "text=") || !utf8.ValidString(form.Get("text")) {
			return Incoming{}, ErrPayload
		}
		if err == nil && form.Get("text") != "" {
			body = form.Get("text")
		}
	}
	return said(Incoming{Body: typed(strings.ReplaceAll(body, "\r\n", "\n"), dialect), Program: &chat.ProgramDraft{}})
}

// message is what senders write who have no kind of chat in mind: a title and a text.
func message(p payload, dialect chat.Dialect) (Incoming, error) {
	title, text := strings.TrimSpace(p.str("title")), typed(p.str("message"), dialect)
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
