package browser

import (
	"testing"

	"parley/app"
	"parley/app/apptest"
	"parley/app/apptest/natstest"
)

// Two nodes, and a balancer that sends each request to the other: nobody notices, not even
// when one of them is restarted.
func TestPeopleDoNotNoticeThatThereAreTwoNodes(t *testing.T) {
	t.Parallel()
	bus := natstest.Start(t).Address()
	over := func(c *app.Config) { c.Bus.Addresses = []string{bus} }
	one := &apptest.Server{T: t, Data: apptest.PostgresData(t)}
	one.Run(over)
	t.Cleanup(func() { one.Stop() })
	one.Unlimited()
	two := one.Beside(over)
	s := apptest.Balance(t, one, two)
	c := openChromium(t)
	ada, bea := c.member(s, "ada", "/rooms/1"), c.member(s, "bea", "/rooms/1")
	for _, p := range []*tab{ada, bea} {
		p.expect(append(refused, "status of 502")...)
		p.live()
	}
	ada.say("hello from somewhere")
	bea.once("hello from somewhere")
	bea.say("I hear you")
	ada.once("I hear you")
	at := two.App.Address.String()
	two.Stop() // a rolling restart: its pages go to the other node
	ada.say("while one node is away")
	bea.once("while one node is away")
	two.Run(over, func(c *app.Config) { c.Listen = at })
	one.Stop()
	bea.say("while the other one is away")
	ada.once("while the other one is away")
	for _, p := range []*tab{ada, bea} {
		p.live()
		for _, text := range []string{"hello from somewhere", "I hear you", "while one node is away", "while the other one is away"} {
			p.once(text)
		}
	}
}
