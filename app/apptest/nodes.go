package apptest

import (
	"parley/app"
)

// Beside starts another node on the workspace of a server, until the test ends.
func (s *Server) Beside(change ...func(*app.Config)) *Server {
	s.T.Helper()
	other := &Server{T: s.T, Data: s.Data}
	other.Run(change...)
	s.T.Cleanup(func() { other.Stop() })
	return other
}

// On is the same browser, led to another node.
func (b *Browser) On(s *Server) *Browser {
	v := s.Visitor()
	v.Cookie = b.Cookie
	return v
}
