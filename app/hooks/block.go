package hooks

import (
	"encoding/json"
	"regexp"
	"strings"

	"parley/app/chat"
	"parley/app/slack/mrkdwn"
)

// parts reads blocks of Slack's Block Kit (https://docs.slack.dev/reference/block-kit/blocks).
// Those that have no form here give their words.
func parts(list []any) (all []chat.PartDraft) {
	for _, v := range list {
		o, ok := v.(map[string]any)
		if !ok {
			continue
		}
		all = append(all, part(o))
		if len(all) > 2*chat.MaxParts { // of those that say nothing, too
			break
		}
	}
	return all
}

func part(b payload) chat.PartDraft {
	switch b.str("type") {
	case "header":
		return chat.PartDraft{Kind: chat.PartHeader, Text: textOf(b["text"])}
	case "divider":
		return chat.PartDraft{Kind: chat.PartLine}
	case "image":
		if p := picture(b); p.URL != "" {
			return chat.PartDraft{Kind: chat.PartPicture, Picture: p}
		}
	case "section":
		return section(b)
	case "context":
		return chat.PartDraft{Kind: chat.PartRow, Row: cells(b.list("elements"))}
	case "actions":
		return chat.PartDraft{Buttons: buttons(b.list("elements"))}
	}
	return chat.PartDraft{Text: words(b)}
}

// section is a text with fields, and a picture or a button beside it.
func section(b payload) chat.PartDraft {
	d := chat.PartDraft{Text: textOf(b["text"])}
	for _, v := range b.list("fields") {
		if f, ok := v.(map[string]any); ok {
			d.Fields = append(d.Fields, sectionField(f))
		}
	}
	if a, ok := b["accessory"].(map[string]any); ok {
		d.Picture, d.Buttons = picture(a), buttons([]any{a})
	}
	return d
}

// boldLine is a first line that is a name: all of it is bold.
var boldLine = regexp.MustCompile(`^\s*\*([^*\n]+?):?\*:?\s*\n`)

// sectionField is a field whose first line is its name, where that is bold.
func sectionField(f payload) chat.FieldDraft {
	text := f.str("text")
	m := boldLine.FindStringSubmatch(text)
	if m == nil || f.str("type") != "mrkdwn" {
		return chat.FieldDraft{Value: textOf(map[string]any(f))}
	}
	return chat.FieldDraft{Name: unescaped(m[1]), Value: textOf(map[string]any{"type": "mrkdwn", "text": text[len(m[0]):]})}
}

func cells(list []any) (all []chat.CellDraft) {
	for _, v := range list {
		e, ok := v.(map[string]any)
		switch {
		case !ok:
		case payload(e).str("type") == "image":
			all = append(all, chat.CellDraft{Picture: picture(e)})
		default:
			all = append(all, chat.CellDraft{Text: textOf(e)})
		}
	}
	return all
}

// picture is a picture with an address for everybody; what else there is has none.
func picture(b payload) chat.Picture {
	if b.str("type") != "image" {
		return chat.Picture{}
	}
	title, _ := b["title"].(map[string]any)
	return chat.Picture{URL: b.str("image_url"), Title: unescaped(payload(title).str("text")), Alt: unescaped(b.str("alt_text"))}
}

// buttons are those that lead somewhere.
func buttons(list []any) (all []chat.Link) {
	for _, v := range list {
		e, ok := v.(map[string]any)
		if !ok || payload(e).str("url") == "" {
			continue
		}
		label, _ := e["text"].(map[string]any)
		all = append(all, chat.Link{Text: unescaped(payload(label).str("text")), URL: payload(e).str("url")})
	}
	return all
}

// textOf is a text object as it is typed here.
func textOf(v any) string {
	if v == nil {
		return ""
	}
	return words(payload{"type": "section", "text": v})
}

// words are what a block says, as it is typed here.
func words(block payload) string {
	b, err := json.Marshal([]payload{block})
	if err != nil {
		return ""
	}
	return strings.ReplaceAll(mrkdwn.Convert(mrkdwn.Payload{Blocks: b}, mrkdwn.Names{}).Body, "\r\n", "\n")
}
