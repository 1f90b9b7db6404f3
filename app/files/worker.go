package files

import (
	"context"
	"math"
	"time"
)

// lookEvery is how often waiting pictures are looked for that nobody told of: those of
// the process before, and of other nodes.
const lookEvery = time.Minute

// Wake has Run look for pictures that wait.
func (s *Files) Wake() { s.loop.Wake() }

// Run makes the forms of pictures, one picture at a time, until ctx ends.
func (s *Files) Run(ctx context.Context) { s.loop.Run(ctx, s.Turn, s.makeAll) }

// MakeAll makes the forms of all pictures that wait, where nobody calls Run, and tells how
// many of how many are made.
func (s *Files) MakeAll(ctx context.Context, progress func(part, whole int64)) error {
	waiting, err := s.store.WaitingPictures(ctx, math.MaxInt32)
	for i, f := range waiting {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		err = s.makeForms(ctx, f)
		progress(int64(i+1), int64(len(waiting)))
	}
	return err
}

func (s *Files) makeAll(ctx context.Context) {
	for ctx.Err() == nil {
		waiting, err := s.store.WaitingPictures(ctx, 1)
		if err != nil || len(waiting) == 0 {
			if err != nil && ctx.Err() == nil {
				s.log.Error("pictures that wait were not looked for", "error", err)
			}
			return
		}
		if err := s.makeForms(ctx, waiting[0]); err != nil {
			if ctx.Err() == nil {
				s.log.Error("the forms of a picture could not be stored", "file", waiting[0].ID, "error", err)
			}
			return // it is tried again
		}
	}
}
