package push

import (
	"encoding/json"
	"strconv"

	"parley/app/chat"
)

// declarative is what a payload of Declarative Web Push begins with: Safari shows it without
// the service worker, others read the same JSON there.
const declarative = 8030

// payload is what a device gets, encrypted.
type payload struct {
	Version      int   `json:"web_push"`
	Notification shown `json:"notification"`
	Badge        *int  `json:"app_badge,omitempty"`
}

// shown is a notification.
type shown struct {
	Title    string `json:"title"`
	Body     string `json:"body,omitempty"`
	Navigate string `json:"navigate"`
	Tag      string `json:"tag"`
	Room     int64  `json:"room,omitempty"`
	Message  int64  `json:"message,omitempty"`
	Test     int64  `json:"test,omitempty"`
}

func tag(room chat.RoomID) string { return "r" + strconv.FormatInt(int64(room), 10) }

// notification is what a device shows of a message.
func notification(c chat.PushContent, host string) []byte {
	room, message := int64(c.Room), int64(c.Message)
	b, _ := json.Marshal(payload{Version: declarative, Badge: &c.Waiting, // strings and numbers cannot fail
		Notification: shown{Title: c.Title, Body: c.Body, Tag: tag(c.Room), Room: room, Message: message,
			Navigate: host + "/rooms/" + strconv.FormatInt(room, 10) + "/@" + strconv.FormatInt(message, 10)}})
	return b
}

// withdraw takes the notification of a room back.
func withdraw(room chat.RoomID) []byte {
	b, _ := json.Marshal(map[string]string{"withdraw": tag(room)})
	return b
}
