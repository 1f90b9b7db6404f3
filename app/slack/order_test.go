package slack

import (
	"fmt"
	"testing"

	"parley/app/chat"
)

// What people find of all rooms, such as mentions, follows the ids: they grow with the days,
// whatever the channel.
func TestWhatComesIsInTheOrderOfItsDays(t *testing.T) {
	d := open(t)
	f := small(`[{"id":"C1","name":"general","is_general":true,"members":["U1","U2"]},{"id":"C2","name":"harbour","members":["U1","U2"]}]`, `[]`, files{})
	for day := 1; day <= 4; day++ {
		channel := map[bool]string{true: "general", false: "harbour"}[day%2 == 0]
		f[fmt.Sprintf("%s/2024-01-0%d.json", channel, day)] = fmt.Sprintf(
			`[{"type":"message","user":"U1","text":"<@U2> day %d","ts":"%d.000100"}]`, day, 1704100000+day*86400)
	}
	if _, err := Run(t.Context(), pack(t, f), d, Options{}); err != nil {
		t.Fatal(err)
	}
	var last chat.Message
	days := 0
	for id := chat.MessageID(1); id < 40; id++ {
		m, err := d.Message(t.Context(), id)
		if err != nil || m.Kind != chat.MessagePosted {
			continue
		}
		if days++; m.At.Before(last.At) {
			t.Errorf("%q has a greater id than %q", m.Body, last.Body)
		}
		last = m
	}
	if days != 4 {
		t.Errorf("%d messages came", days)
	}
}
