package views

import (
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"parley/app/chat"
)

var update = flag.Bool("update", false, "write the golden fragments anew")

func TestFragmentsStayAsTheyAre(t *testing.T) {
	body, _ := chat.ParseText("hello *there* :tada:")
	at := time.Date(2026, 11, 23, 9, 6, 12, 0, time.UTC)
	ada := chat.Person{ID: 12, Username: "ada", Name: `Ada "A" <Okafor>`}
	plain := chat.Message{ID: 991, Room: 7, Rev: 4711, Author: ada, At: at, Cont: true, Text: body}
	full := plain
	full.Cont, full.For, full.Edited, full.Replies = false, []chat.AccountID{40, 7}, at, 3
	full.Quote = chat.Quote{ID: 980, By: "Grace <b>", Text: "Could the beam </time> fade"}
	full.Reactions = []chat.Reaction{{Emoji: "👍", By: []chat.Person{ada, {ID: 40, Name: "Mei"}}}, {Emoji: "🧑🏽‍🚀", By: []chat.Person{ada}}}
	orphan := plain
	orphan.Quote = chat.Quote{ID: 980, Deleted: true}
	gone := chat.Message{ID: 991, Room: 7, Rev: 4712, Deleted: true, Replies: 1}
	var b []byte
	for _, m := range []chat.Message{plain, full, orphan, gone} {
		b = append(RenderMessage(&m).AppendPage(b, at, Viewer{Zone: time.FixedZone("", 3600)}), '\n')
	}
	rows := []Row{{&gone, RenderMessage(&gone)}, {&full, RenderMessage(&full)}}
	b = append(append(b, ChangedRowsFor(7, rows, 4712)...), '\n')
	b = append(Bytes(t.Context(), EditForm(Edit{Message: full, Body: "hello </textarea>", Errors: Errors{"body": "Write something first."}})),
		append([]byte("\n"), b...)...)
	const file = "testdata/message.html"
	if *update {
		if err := os.WriteFile(file, b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(b) != string(want) {
		t.Errorf("fragments changed; go test ./views -run Fragments -update\n%s", b)
	}
	if n := strings.Count(string(b), "10:06</time>"); n != 3 {
		t.Errorf("the time of day stands %d times in the viewer's zone", n)
	}
}
