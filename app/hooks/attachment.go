package hooks

import (
	"strconv"
	"strings"
	"time"

	"parley/app/chat"
	"parley/app/slack/mrkdwn"
)

// attachment reads one of Slack's, by
// https://docs.slack.dev/legacy/legacy-messaging/legacy-secondary-message-attachments.
func attachment(a payload, dialect chat.Dialect, besideText bool) chat.AttachmentDraft {
	d := chat.AttachmentDraft{
		Tone:    a.str("color"),
		Pretext: typed(a.str("pretext"), dialect),
		By:      chat.Link{Text: unescaped(a.str("author_name")), URL: a.str("author_link")},
		Title:   chat.Link{Text: unescaped(a.str("title")), URL: a.str("title_link")},
		Text:    typed(a.str("text"), dialect),
		Thumb:   a.str("thumb_url"),
		Parts:   parts(a.list("blocks")),
		Foot:    unescaped(a.str("footer")),
		At:      moment(a.str("ts")),
	}
	for _, v := range a.list("fields") {
		f, ok := v.(map[string]any)
		if !ok {
			continue
		}
		field := payload(f)
		short, said := field["short"].(bool)
		d.Fields = append(d.Fields, chat.FieldDraft{Name: unescaped(field.str("title")), Value: typed(scalar(field["value"]), dialect),
			Long: said && !short})
	}
	if u := a.str("image_url"); u != "" {
		d.Picture = chat.Link{Text: "picture", URL: u}
	}
	for _, v := range a.list("actions") {
		if b, ok := v.(map[string]any); ok {
			d.Buttons = append(d.Buttons, chat.Link{Text: unescaped(payload(b).str("text")), URL: payload(b).str("url")})
		}
	}
	if empty(d) && !besideText {
		d.Text = converted(a.str("fallback"))
	}
	return d
}

// empty says whether nothing would be in the box.
func empty(d chat.AttachmentDraft) bool {
	return d.Pretext == "" && d.Text == "" && d.Title.Text == "" && len(d.Fields) == 0 && d.Picture.URL == "" && d.Thumb == "" &&
		len(d.Buttons) == 0 && len(d.Parts) == 0
}

// converted is text in Slack's markup as it is typed here.
func converted(s string) string {
	if s == "" {
		return ""
	}
	return mrkdwn.Convert(mrkdwn.Payload{Text: strings.ReplaceAll(s, "\r\n", "\n")}, mrkdwn.Names{}).Body
}

func unescaped(s string) string { return strings.TrimSpace(mrkdwn.Unescape(s)) }

// moment reads seconds since 1970.
func moment(s string) time.Time {
	whole, _, _ := strings.Cut(s, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || n <= 0 || n > 1<<40 {
		return time.Time{}
	}
	return time.Unix(n, 0).UTC()
}

// scalar is a value of any kind as text.
func scalar(v any) string {
	switch v := v.(type) {
	case bool:
		return strconv.FormatBool(v)
	case nil:
		return ""
	default:
		return payload{"v": v}.str("v")
	}
}
