package app

import (
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"

	"parley/app/chat"
	"parley/views"
)

func BenchmarkPost(b *testing.B) {
	s := start(b)
	s.signup("ada")
	ada := s.account("ada")
	var n atomic.Int64
	b.ReportAllocs()
	b.SetParallelism(32) // 64 writers on two cores: they share commits
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := s.app.Chat.PostMessage(context.Background(), ada, 1,
				chat.Draft{Body: sentences[0], CID: fmt.Sprint("b", n.Add(1))}); err != nil {
				b.Error(err)
			}
		}
	})
}

func BenchmarkPostOverHTTP(b *testing.B) {
	s := start(b)
	ada := s.signup("ada")
	var n atomic.Int64
	b.ReportAllocs()
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		me := &browser{s: s, cookie: ada.cookie, http: http.Client{CheckRedirect: ada.http.CheckRedirect,
			Transport: &http.Transport{MaxIdleConnsPerHost: 1}}}
		for pb.Next() {
			if me.send(1, fmt.Sprint("h", n.Add(1)), sentences[1]) == "" {
				b.Error("refused")
			}
		}
	})
}

func BenchmarkRoomPage(b *testing.B) {
	s := start(b)
	ada := busyRoom(b, s)
	b.ReportAllocs()
	for b.Loop() {
		ada.get("/rooms/1", "Accept-Encoding", "gzip")
	}
}

func BenchmarkCatchUpOfFifty(b *testing.B) {
	s := start(b)
	busyRoom(b, s)
	c, err := s.app.Chat.ChangesSince(context.Background(), 1, 0)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if c, err = s.app.Chat.ChangesSince(context.Background(), 1, c.Rev-50); err != nil || len(c.Messages) != 50 {
			b.Fatal(len(c.Messages), err)
		}
	}
}

func BenchmarkDrawMessage(b *testing.B) {
	text, err := chat.ParseText(sentences[2] + " " + sentences[6])
	if err != nil {
		b.Fatal(err)
	}
	m := chat.Message{ID: 991, Room: 7, Rev: 4711, Author: chat.Person{ID: 12, Name: "Ada Okafor"}, Text: text}
	b.ReportAllocs()
	for b.Loop() {
		views.RenderMessage(&m)
	}
}

func BenchmarkLogin(b *testing.B) {
	s := start(b)
	s.signup("ada")
	for b.Loop() {
		if _, err := s.app.Auth.LogIn(context.Background(), "ada", password, "192.0.2.1"); err != nil {
			b.Fatal(err)
		}
	}
}
