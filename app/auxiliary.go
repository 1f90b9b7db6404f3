package app

import (
	"log/slog"
	"net"
	"net/http"
	"time"
)

// maxAuxiliaryConns is how many a listener beside the main one takes.
const maxAuxiliaryConns = 48

// serveAuxiliary answers on an address of its own, until the server stops.
func (a *App) serveAuxiliary(address string, h http.Handler) (net.Addr, error) {
	l, err := open(address)
	if err != nil {
		return nil, err
	}
	s := &http.Server{Handler: h, ReadHeaderTimeout: 3 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second,
		MaxHeaderBytes: 16 << 10, ErrorLog: slog.NewLogLogger(a.config.Log.Handler(), slog.LevelDebug)}
	s.SetKeepAlivesEnabled(false) // who asks again soon is not many, and none holds a place
	a.beside = append(a.beside, s)
	go s.Serve(&listener{Listener: l, slots: make(chan struct{}, maxAuxiliaryConns)})
	return l.Addr(), nil
}

func (a *App) closeAuxiliary() {
	for _, s := range a.beside {
		s.Close()
	}
}
