package hooks

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"parley/app/chat"
)

// isAlerts says whether Alertmanager sent it
// (https://prometheus.io/docs/alerting/latest/configuration/#webhook_config, version 4), or
// Grafana, which sends the same with a title, a message and a state more.
func (p payload) isAlerts() bool {
	return len(p.list("alerts")) > 0 && (p["commonLabels"] != nil || p["groupLabels"] != nil || p.str("state") != "")
}

// maxAlerts is how many alerts of one message become boxes.
const maxAlerts = 10

func alerts(p payload) (Incoming, error) {
	in := Incoming{Program: &chat.ProgramDraft{}}
	words := []string{}
	list := p.list("alerts")
	for i, v := range list {
		o, _ := v.(map[string]any)
		if i == maxAlerts {
			words = append(words, fmt.Sprintf("and %d more", len(list)-i))
			in.Program.Text = words[len(words)-1]
			break
		}
		d := alert(o, p)
		in.Program.Attachments = append(in.Program.Attachments, d)
		line := d.Title.Text
		if d.Title.URL != "" {
			line += " " + d.Title.URL
		}
		words = append(words, joined(line, d.Text))
		for _, f := range d.Fields {
			words = append(words, f.Name+": "+f.Value)
		}
	}
	in.Body = joined(words...)
	return said(in)
}

// alert is one alert as a box: its name, what it says of itself, its labels.
func alert(a, of payload) chat.AttachmentDraft {
	labels, notes := texts(a["labels"]), texts(a["annotations"])
	firing := !strings.EqualFold(a.str("status"), "resolved")
	name := labels["alertname"]
	if name == "" {
		name = "Alert"
	}
	d := chat.AttachmentDraft{Tone: "good", Title: chat.Link{Text: "[RESOLVED] " + name}, Foot: "Alertmanager"}
	if firing {
		d.Tone, d.Title.Text = "danger", "[FIRING] "+name
		if strings.EqualFold(labels["severity"], "warning") {
			d.Tone = "warning"
		}
	}
	if of.str("title") != "" || of.str("orgId") != "" {
		d.Foot = "Grafana"
	}
	for _, key := range []string{"generatorURL", "panelURL", "dashboardURL"} {
		if u := a.str(key); d.Title.URL == "" && u != "" {
			d.Title.URL = u
		}
	}
	d.Text = joined(chat.EscapeMarkup(notes["summary"]), chat.EscapeMarkup(notes["description"]))
	if d.Text == "" {
		d.Text = chat.EscapeMarkup(notes["message"])
	}
	d.Buttons = alertButtons(a, notes, d.Title.URL, firing)
	if u := a.str("imageURL"); u != "" { // of Grafana, which draws the panel
		d.Picture = chat.Link{Text: "picture", URL: u}
	}
	for _, key := range slices.Sorted(maps.Keys(labels)) {
		if key != "alertname" {
			d.Fields = append(d.Fields, chat.FieldDraft{Name: key, Value: chat.EscapeMarkup(labels[key])})
		}
	}
	when := a.str("startsAt")
	if !firing {
		when = a.str("endsAt")
	}
	if at, err := time.Parse(time.RFC3339, when); err == nil && at.Year() > 1 {
		d.At = at.UTC()
	}
	return d
}

// alertButtons lead to what helps with an alert, but for where its title leads.
func alertButtons(a payload, notes map[string]string, title string, firing bool) (buttons []chat.Link) {
	if u := notes["runbook_url"]; u != "" {
		buttons = append(buttons, chat.Link{Text: "Runbook", URL: u})
	}
	if u := a.str("panelURL"); u != "" && u != title {
		buttons = append(buttons, chat.Link{Text: "Panel", URL: u})
	}
	if u := a.str("silenceURL"); u != "" && firing {
		buttons = append(buttons, chat.Link{Text: "Silence", URL: u})
	}
	return buttons
}

func texts(v any) map[string]string {
	all := map[string]string{}
	o, _ := v.(map[string]any)
	for key, value := range o {
		all[key] = scalar(value)
	}
	return all
}
