package hooks

import (
	"encoding/json"
	"regexp"
	"strings"

	"parley/app/chat"
	"parley/app/slack/mrkdwn"
)

var (
	// slackLooks are what Slack's text has and Markdown has not.
	slackLooks = regexp.MustCompile(`<(https?://|mailto:)[^|>\s]+\|[^>]*>|<[!@#][^>\s]+>`)
	// markdownLooks are what Markdown has and Slack's text has not; beside tables.
	markdownLooks = regexp.MustCompile(`\*\*[^*\s]|~~[^~\s]|\[[^\[\]\n]*\]\(https?://|(?m:^#{1,6}[ \t]+\S)`)
	// codeLooks is code, in which either is nothing.
	codeLooks = regexp.MustCompile("(?s)```.*?(?:```|$)|`[^`\n]+`")
)

// dialectOf is in which of both a payload's text is: what can post to Slack is understood as
// there, unless something in the text is Markdown.
func dialectOf(p payload, dialect chat.Dialect) chat.Dialect {
	switch text := p.texts(); {
	case p["mrkdwn"] == false: // which only Slack has
		return chat.DialectSlack
	case dialect != chat.DialectByLooks:
		return dialect
	case slackLooks.MatchString(text):
		return chat.DialectSlack
	default:
		text = codeLooks.ReplaceAllString(text, " ")
		if markdownLooks.MatchString(text) || mrkdwn.LooksLikeTable(text) {
			return chat.DialectMarkdown
		}
		return chat.DialectSlack
	}
}

// texts are those of a payload that are in either dialect.
func (p payload) texts() string {
	all := []string{p.str("text")}
	for _, v := range p.list("attachments") {
		a, ok := v.(map[string]any)
		if !ok {
			continue
		}
		all = append(all, payload(a).str("pretext"), payload(a).str("text"))
		for _, v := range payload(a).list("fields") {
			if f, ok := v.(map[string]any); ok {
				all = append(all, payload(f).str("value"))
			}
		}
	}
	return strings.ReplaceAll(strings.Join(all, "\n\n"), "\r\n", "\n")
}

// typed is a text of a dialect that is known, as it is typed here; of another one as it is.
func typed(s string, dialect chat.Dialect) string {
	switch dialect {
	case chat.DialectSlack:
		return converted(s)
	case chat.DialectMarkdown:
		return mrkdwn.Markdown(s)
	}
	return s
}

// slackText is what a payload says above its attachments, in words, and what of that stands
// beside its blocks.
func slackText(p payload, dialect chat.Dialect) (all, beside string) {
	text := strings.ReplaceAll(p.str("text"), "\r\n", "\n")
	convert := func(text string, blocks json.RawMessage) string {
		return mrkdwn.Convert(mrkdwn.Payload{Text: text, AsTyped: p["mrkdwn"] == false, Blocks: blocks}, mrkdwn.Names{}).Body
	}
	inBlocks := convert("", p.raw("blocks"))
	if dialect == chat.DialectMarkdown {
		beside = mrkdwn.Markdown(text)
		all = joined(beside, inBlocks)
	} else {
		all, beside = convert(text, p.raw("blocks")), convert(text, nil)
	}
	if all == inBlocks { // which say as much
		beside = ""
	}
	return all, beside
}

// boxWords are what a box says in words.
func boxWords(a payload, d chat.AttachmentDraft, dialect chat.Dialect) string {
	if dialect != chat.DialectMarkdown {
		return mrkdwn.Convert(mrkdwn.Payload{Attachments: payload{"l": []any{a}}.raw("l")}, mrkdwn.Names{}).Body
	}
	said := payload{} // what has no dialect is written as Slack's is
	for key, value := range a {
		if key != "pretext" && key != "text" && key != "fields" {
			said[key] = value
		}
	}
	all := []string{d.Pretext, boxWords(said, d, chat.DialectSlack), d.Text}
	for _, f := range d.Fields {
		if f.Name != "" && f.Value != "" {
			f.Name += ": "
		}
		all = append(all, f.Name+f.Value)
	}
	return joined(all...)
}

// slack reads a payload as Slack documents it, and as Mattermost and Rocket.Chat take it.
func slack(p payload, dialect chat.Dialect) (Incoming, error) {
	dialect = dialectOf(p, dialect)
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
		draft := attachment(a, dialect, above != "")
		if empty(draft) {
			continue
		}
		in.Program.Attachments = append(in.Program.Attachments, draft)
		words = append(words, boxWords(a, draft, dialect))
	}
	in.Body = joined(words...)
	return said(in)
}
