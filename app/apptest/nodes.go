package apptest

import (
	"context"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync/atomic"
	"testing"

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

// Balance is a balancer before nodes, which sends each request to the next of them, and to
// another when one does not answer.
func Balance(t testing.TB, nodes ...*Server) *Server {
	t.Helper()
	var turn atomic.Int64
	var proxies []http.Handler
	for i, n := range nodes {
		to, err := url.Parse(n.Base)
		if err != nil {
			t.Fatal(err)
		}
		proxies = append(proxies, &httputil.ReverseProxy{
			Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to); r.Out.Host = r.In.Host },
			ErrorHandler: func(w http.ResponseWriter, r *http.Request, _ error) {
				if r.Body != nil && r.Body != http.NoBody || r.Context().Value(moved{}) != nil { // it was read, or both are away
					w.WriteHeader(http.StatusBadGateway)
					return
				}
				proxies[(i+1)%len(proxies)].ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), moved{}, true)))
			},
			ErrorLog: log.New(io.Discard, "", 0),
		})
	}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		proxies[int(turn.Add(1))%len(proxies)].ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	return &Server{T: t, App: nodes[0].App, Base: front.URL, Data: nodes[0].Data}
}

// moved marks a request that was sent to another node.
type moved struct{}
