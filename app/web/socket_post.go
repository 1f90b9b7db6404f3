package web

import (
	"context"
	"encoding/json"
	"log/slog"

	"github.com/gofiber/fiber/v2"

	"parley/app/chat"
	"parley/app/live"
	"parley/views"
)

// maxDefied is how many messages in a row a page may post although it was told to wait:
// then it is cut, and comes back later.
const maxDefied = 50

// postAnswer tells a page what became of a message that it posted over its socket.
type postAnswer struct {
	Sent    string         `json:"sent,omitempty"` // its client id: it is stored for good
	ID      chat.MessageID `json:"id,omitempty"`   // of what was said; a command says nothing
	Refused *postRefusal   `json:"refused,omitempty"`
}

// postRefusal is what the answer to the form would be.
type postRefusal struct {
	CID     string `json:"cid"`
	Status  int    `json:"status"`
	Why     string `json:"why"`
	After   int    `json:"after,omitempty"`   // seconds to wait before it is tried again
	Confirm int    `json:"confirm,omitempty"` // how many people it would notify
}

// post says something in a room, as the form does: by the same rules, once for a client
// id, and answered when it is stored. Everybody is told of it as ever.
func (p *socketPage) post(ctx context.Context, m clientFrame) error {
	me := p.session.Account
	said, _, err := p.s.say(ctx, me, m.Room, chat.Draft{Host: p.host, Body: m.Body, CID: m.CID, ReplyTo: m.Re, Confirm: m.Confirm})
	if err != nil {
		return err
	}
	p.defied = 0
	p.tell(postAnswer{Sent: m.CID, ID: said.ID})
	if said.ID != 0 {
		p.Push(live.Text(views.UnreachedToast(views.WithBuild(ctx, p.s.assets.Build), p.s.unreachedMentions(ctx, me, said))))
	}
	return nil
}

// refusePost tells why a message was not stored. Who goes on and on although told to wait
// is cut: what waits here for its turn is bounded by what the kernel holds of one page.
func (p *socketPage) refusePost(ctx context.Context, m clientFrame, err error) {
	a := answerTo(ctx, err)
	if a.status == fiber.StatusInternalServerError {
		p.s.log.Error("fault in a socket", "frame", m.T, "room", m.Room, "error", err)
	}
	if e, ok := chat.AsError(err); ok && e.Kind == chat.KindBusy {
		p.s.logBusy(err, e.Error(), func(level slog.Level, what string, args ...any) {
			p.s.log.Log(ctx, level, what, append(args, "frame", m.T)...)
		})
	}
	p.tell(postAnswer{Refused: &postRefusal{CID: m.CID, Status: a.status, Why: a.sentence, After: a.after, Confirm: a.confirm}})
	if a.status != fiber.StatusTooManyRequests {
		p.defied = 0
	} else if p.defied++; p.defied >= maxDefied {
		p.Close(live.CloseOverload, "too many messages")
	}
}

func (p *socketPage) tell(a postAnswer) {
	text, err := json.Marshal(a)
	if err != nil {
		p.s.log.Error("an answer cannot be written", "error", err)
		return
	}
	p.Push(live.Text(text))
}
