package announce

import (
	"sync/atomic"
	"testing"
	"time"
)

// What an older round sends must not come after a newer one.
func TestRoundsDoNotOverlap(t *testing.T) {
	var running, most, rounds atomic.Int32
	var last atomic.Int32
	b := &batcher[int32]{every: time.Millisecond, what: "test", do: func(keys []int32) {
		if n := running.Add(1); n > most.Load() {
			most.Store(n)
		}
		time.Sleep(10 * time.Millisecond)
		for _, k := range keys {
			last.Store(max(last.Load(), k))
		}
		rounds.Add(1)
		running.Add(-1)
	}}
	for n := range int32(40) {
		b.add(n)
		time.Sleep(time.Millisecond)
	}
	for end := time.Now().Add(20 * time.Second); last.Load() < 39; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the last one is still due")
		}
	}
	if most.Load() != 1 || rounds.Load() < 2 {
		t.Errorf("%d rounds, at most %d at the same time", rounds.Load(), most.Load())
	}
}

func TestAPanicDoesNotEndTheRounds(t *testing.T) {
	panicking, done := make(chan struct{}), make(chan int, 10)
	b := &batcher[int]{every: time.Millisecond, what: "test", do: func(keys []int) {
		if keys[0] == 1 {
			close(panicking)
			panic("a test")
		}
		done <- keys[0]
	}}
	b.add(1)
	<-panicking
	b.add(2)
	select {
	case <-done:
	case <-time.After(20 * time.Second):
		t.Error("nothing was done any more")
	}
}

func TestStoppedBatchesDoNothingMore(t *testing.T) {
	began, finish := make(chan struct{}, 2), make(chan struct{})
	b := &batcher[int]{every: time.Millisecond, what: "test", do: func([]int) {
		began <- struct{}{}
		<-finish
	}}
	b.add(1)
	<-began
	b.add(2) // due when the first has ended
	stopped := make(chan struct{})
	go func() { b.stop(); close(stopped) }()
	for b.mu.Lock(); !b.stopped; b.mu.Lock() {
		b.mu.Unlock()
		time.Sleep(time.Millisecond)
	}
	b.mu.Unlock()
	select {
	case <-stopped:
		t.Error("stop did not wait for the round that runs")
	default:
	}
	close(finish)
	<-stopped
	b.add(3)
	b.round() // a timer that had begun before
	if len(began) != 0 || b.due != nil {
		t.Error("a round began after the stop")
	}
}
