package e2e

import (
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"

	"parley/app/apptest"
	"parley/app/chat"
	"parley/views"
)

func BenchmarkPost(b *testing.B) {
	s := apptest.Start(b)
	s.Signup("ada")
	ada := s.Account("ada")
	var n atomic.Int64
	b.ReportAllocs()
	b.SetParallelism(32) // 64 writers on two cores: they share commits
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := s.App.Chat.PostMessage(context.Background(), ada, 1,
				chat.Draft{Body: apptest.Sentences[0], CID: fmt.Sprint("b", n.Add(1))}); err != nil {
				b.Error(err)
			}
		}
	})
}

func BenchmarkPostOverHTTP(b *testing.B) {
	s := apptest.Start(b)
	ada := s.Signup("ada")
	var n atomic.Int64
	b.ReportAllocs()
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		me := &apptest.Browser{Server: s, Cookie: ada.Cookie, HTTP: http.Client{CheckRedirect: ada.HTTP.CheckRedirect,
			Transport: &http.Transport{MaxIdleConnsPerHost: 1}}}
		for pb.Next() {
			if me.Send(1, fmt.Sprint("h", n.Add(1)), apptest.Sentences[1]) == "" {
				b.Error("refused")
			}
		}
	})
}

func BenchmarkRoomPage(b *testing.B) {
	s := apptest.Start(b)
	ada := busyRoom(b, s)
	b.ReportAllocs()
	for b.Loop() {
		ada.Get("/rooms/1", "Accept-Encoding", "gzip")
	}
}

func BenchmarkCatchUpOfFifty(b *testing.B) {
	s := apptest.Start(b)
	busyRoom(b, s)
	c, err := s.App.Chat.ChangesSince(context.Background(), 1, 0)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if c, err = s.App.Chat.ChangesSince(context.Background(), 1, c.Rev-50); err != nil || len(c.Messages) != 50 {
			b.Fatal(len(c.Messages), err)
		}
	}
}

func BenchmarkDrawMessage(b *testing.B) {
	text, err := chat.ParseText(apptest.Sentences[2] + " " + apptest.Sentences[6])
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
	s := apptest.Start(b)
	s.Signup("ada")
	for b.Loop() {
		if _, err := s.App.Auth.LogIn(context.Background(), "ada", apptest.Password, "192.0.2.1"); err != nil {
			b.Fatal(err)
		}
	}
}
