package bus

import (
	"testing"

	"parley/app/chat"
)

func TestSubscribersGetEventsInTheOrderOfWhoPublishes(t *testing.T) {
	b := NewLocal()
	b.Publish(chat.RoomHeaderChanged{Room: 1}) // nobody wants to know yet
	var first, second []chat.RoomID
	b.Subscribe(func(e chat.Event) { first = append(first, e.(chat.RoomHeaderChanged).Room) })
	b.Publish(chat.RoomHeaderChanged{Room: 2})
	b.Subscribe(func(e chat.Event) { second = append(second, e.(chat.RoomHeaderChanged).Room) })
	for room := chat.RoomID(3); room < 6; room++ {
		b.Publish(chat.RoomHeaderChanged{Room: room})
	}
	if len(first) != 4 || len(second) != 3 {
		t.Fatal("the subscribers got", first, second)
	}
	for i, room := range second {
		if room != chat.RoomID(3+i) || first[i+1] != room {
			t.Fatal("the subscribers got", first, second)
		}
	}
}
