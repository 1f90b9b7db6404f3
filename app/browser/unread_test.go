package browser

// unread: badge, New line, the way to the newest, and two pages of one person.
func (st *story) unread() {
	ada, bea := st.ada, st.bea
	ada.click("#rooms a", "general")
	ada.at("/rooms/1")
	other := bea.tab("bea's other page")
	other.expect("status of 401", "status of 409") // at the end she logs out in the first one, and in again
	other.open("/")
	other.live()
	sockets := bea.opened()
	for range 30 {
		ada.say("Something new with @cid in it")
	}
	bea.until("a badge of 30", `document.querySelector('#b-1[data-n="30"]')?.textContent.includes('30')`)
	other.until("a badge of 30", `document.querySelector('#b-1[data-n="30"]')`)
	bea.until("a dot in the title", `document.title.startsWith('• ')`)
	st.cid.sees("h1", "general")
	st.cid.until("the mentioning row", `document.querySelector('.msg[data-m~="3"]')`)

	bea.click("#rooms a", "general")
	bea.at("/rooms/1")
	bea.until("the New line before the first of the new ones",
		`document.querySelector('.unread + .msg')?.textContent.includes('Something new')`)
	other.until("the badge gone", `!document.querySelector('#b-1[data-n]')`)
	bea.until("focus in the message box", `document.activeElement.id === 'box'`)
	if n := bea.opened(); n != sockets {
		st.t.Errorf("changing the room opened %d sockets", n-sockets)
	}
	ask[any](bea, `document.getElementById('stream').scrollTop = -1e6, 1`)
	bea.sees("#latest", "Latest")
	ada.say("And one more")
	bea.sees("#latest", "1 new message")
	bea.click("#latest", "")
	bea.until("the bottom", `document.getElementById('stream').scrollTop === 0 && document.querySelector('#latest').hidden`)
	bea.sees(".msg", "And one more")
}

func (st *story) removal() {
	ada, bea := st.ada, st.bea
	bea.click("#rooms a", "quay")
	bea.sees(".msg", "Only for the harbour")
	ada.open("/rooms/3/settings")
	bea.expect("status of 404") // a poll in the moment of removal
	ada.live()
	ada.click("a[aria-label='Menu for bea']", "")
	ada.click("#menu .opt", "Remove from room")
	ada.click("#menu .opt", "Remove bea? Press again.")
	bea.until("home", `location.pathname === '/'`)
	bea.never("#side a", "quay")
	ada.open("/rooms/3")
	ada.live()
	ada.say("She is gone")
	ada.once("She is gone")
	ada.click("#rooms a", "general")
	ada.at("/rooms/1")
	ada.say("After all that")
	bea.until("what came later", `document.querySelector('#b-1[data-n]')`)
	if bea.heard("She is gone") {
		st.t.Error("who was removed still hears the room")
	}
	if !bea.heard("Only for the harbour") || st.cid.heard("Only for the harbour") || st.cid.heard("Just for you") {
		st.t.Error("a message was told to the wrong people")
	}
}
