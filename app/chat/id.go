package chat

// Ids are types of their own, so that swapping two arguments does not compile.
type (
	// AccountID names a person; ids are never reused.
	AccountID int64
	// RoomID names a room or a direct conversation.
	RoomID int64
	// MessageID grows over the whole server: within a room it is the order.
	MessageID int64
	// Rev counts the changes of one room; a message carries that of its latest.
	Rev int64
)
