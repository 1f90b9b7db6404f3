package mrkdwn

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"parley/app/chat"
)

func FuzzWhateverIsSentIsConverted(f *testing.F) {
	f.Add("a *b* <@U1> <#C1|x> <!date^1^{d}|May>",
		`[{"type":"rich_text","elements":[{"type":"rich_text_list","style":"ordered","indent":9,"offset":-1,"elements":[{"elements":[{"type":"text","text":"a","style":{"code":true}}]}]}]}]`, `[{"text":"x","fields":[{}]}]`)
	f.Add("```a", `[{"type":"table","rows":[[{"type":"raw_text","text":"a"}],7]},{"type":"image","alt_text":"*"}]`, `{}`)
	f.Add("&gt;&gt;&gt; ```a\n``` b", `[{"type":"context","elements":[{"type":"button","url":"u"}]},{"type":"input"}]`,
		`[{"is_share":true,"message_blocks":[{}]}]`)
	f.Fuzz(func(t *testing.T, text, blocks, attachments string) {
		p := Payload{Text: strings.ToValidUTF8(text, ""), Blocks: json.RawMessage(blocks), Attachments: json.RawMessage(attachments)}
		r := Convert(p, known())
		if !utf8.ValidString(r.Body) {
			t.Errorf("the body is %q", r.Body)
		}
		if strings.ContainsFunc(r.Body, func(r rune) bool { return r >= atomBase && r <= atomBase+maxAtoms }) &&
			!strings.Contains(blocks+attachments, "id") {
			t.Errorf("a stand-in is left in %q", r.Body)
		}
		if _, err := chat.ParseText(r.Body); err != nil {
			if _, ok := chat.AsError(err); !ok {
				t.Error(err)
			}
		}
	})
}
