package history

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestReaders: the steps at which OnReader stops, forwards and backwards, are
// those where the snapshots before and behind differ in a running task's
// reader.
func TestReaders(t *testing.T) {
	s := open(t, "perf-deadlock-2cpu", 3)
	var want, got, back []uint64
	start := s.Step()
	for s.Goto(ctx, s.Step()+1, nil) == nil {
		for i, now := range s.At().CPUs {
			was := s.Before().CPUs[i]
			if now.Task == was.Task && ((now.Reader > 0) != (was.Reader > 0) || !slices.Equal(now.Special, was.Special)) {
				want = append(want, s.Step())
			}
		}
	}
	if err := s.Goto(ctx, start, nil); err != nil {
		t.Fatal(err)
	}
	for s.Find(ctx, Forward, OnReader, nil) == nil {
		got = append(got, s.Step())
	}
	if len(want) == 0 {
		t.Fatal("no reader changes: not what this test is about")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("forwards (-snapshots +stops):\n%s", diff)
	}
	for s.Find(ctx, Backward, OnReader, nil) == nil && s.Step() > start {
		back = append(back, s.Step())
	}
	slices.Reverse(back)
	if diff := cmp.Diff(want, back); diff != "" {
		t.Errorf("backwards (-snapshots +stops):\n%s", diff)
	}
}
