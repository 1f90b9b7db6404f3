package archive

import (
	"encoding/json"
	"errors"
	"net/url"

	"parley/app/chat"
)

// Widget is how visitors of web sites talk to the people of a room.
type Widget struct {
	Type     string          `json:"type"`
	Room     chat.RoomID     `json:"room"`
	Slug     string          `json:"slug"`
	Bot      chat.AccountID  `json:"bot"` // tells the room of who comes
	Rev      int64           `json:"rev"`
	Settings json.RawMessage `json:"settings"` // chat.Widget
}

// Case is a conversation with a visitor.
type Case struct {
	Type    string         `json:"type"`
	ID      chat.CaseID    `json:"id"`
	Room    chat.RoomID    `json:"room"`
	Visitor []byte         `json:"visitor,omitempty"` // SHA-256 of the cookie
	Name    string         `json:"name,omitempty"`
	Mail    string         `json:"mail,omitempty"`
	Page    string         `json:"page,omitempty"`
	State   string         `json:"state"`
	TakenBy chat.AccountID `json:"taken_by,omitempty"`
	Rev     int64          `json:"rev"`
	Opened  Time           `json:"opened"`
	Changed Time           `json:"changed"`
	Waits   *Time          `json:"waits,omitempty"`
	Last    string         `json:"last,omitempty"`

	SeenTeam    int64 `json:"seen_team,omitempty"`
	SeenVisitor int64 `json:"seen_visitor,omitempty"`
}

// CaseLine is a line of one.
type CaseLine struct {
	Type   string         `json:"type"`
	ID     int64          `json:"id"`
	Case   chat.CaseID    `json:"case"`
	Kind   string         `json:"kind"`
	Author chat.AccountID `json:"author,omitempty"`
	At     Time           `json:"at"`
	Body   string         `json:"body,omitempty"`
}

// Words for the states of a case and for the kinds of its lines.
var (
	CaseWords     = []string{"waits", "taken", "closed"}
	CaseLineWords = []string{"visitor", "team", "opened", "taken", "handed", "closed"}
)

func (w *Widget) valid() error {
	if err := errors.Join(numbered(int64(w.Room)), numbered(int64(w.Bot)), counted(w.Rev),
		small(w.Settings, maxWidget, "the settings")); err != nil {
		return err
	}
	var set chat.Widget
	if json.Unmarshal(w.Settings, &set) != nil {
		return errors.New("the settings are not a JSON object as chat.Widget has it")
	}
	set.Slug = w.Slug
	return set.Check()
}

func (k *Case) valid() error {
	err := errors.Join(numbered(int64(k.ID)), numbered(int64(k.Room)), worded(CaseWords, k.State),
		counted(k.Rev, int64(k.TakenBy), k.SeenTeam, k.SeenVisitor),
		short(k.Name, chat.MaxVisitorName, "the name of a visitor"), short(k.Mail, 254, "the mail of a visitor"),
		short(k.Last, chat.MaxVisitorBody, "what was said last"))
	if err != nil {
		return err
	}
	if n := len(k.Visitor); n != 0 && n != 32 {
		return errors.New("a visitor is known by a hash of 32 bytes")
	}
	if (k.State == CaseWords[chat.CaseTaken]) != (k.TakenBy != 0) && k.State != CaseWords[chat.CaseClosed] {
		return errors.New("a case that is taken, and none that waits, says by whom")
	}
	if u, err := url.Parse(k.Page); err != nil || k.Page != "" && u.Scheme != "https" && u.Scheme != "http" || len(k.Page) > chat.MaxLink {
		return errors.New("the page of a visitor begins with https:// or http://")
	}
	return nil
}

func (l *CaseLine) valid() error {
	err := errors.Join(numbered(l.ID), numbered(int64(l.Case)), worded(CaseLineWords, l.Kind),
		counted(int64(l.Author)), short(l.Body, chat.MaxBody, "a line of a case"))
	if kind, _ := Number(CaseLineWords, l.Kind); err != nil || chat.CaseLineKind(kind) > chat.LineTeam {
		return err
	}
	_, err = chat.ParseText(l.Body)
	return err
}
