package history

import (
	"context"
	"errors"
	"testing"

	"lockstep/configs"
	"lockstep/configs/configstest"
	"lockstep/sim"
)

// limited is a long scenario that ends at its time limit, and so behind no
// step: nobody knows that a run ends there before it is asked to go on.
func limited(t *testing.T, choices []sim.Steer) *Session {
	t.Helper()
	p := configstest.Open(t, "perf-soak", "machine.time_limit_ms", "1")
	return openWith(t, p, configs.Options{Seed: 1, Steer: choices})
}

// never is a Stop that does not.
func never() Stop { return OnCPU(999) }

// TestEndBehindNoStep: however one comes to a limit, the state there says so,
// and the steps before it stay at hand when one walked through them.
func TestEndBehindNoStep(t *testing.T) {
	for how, walk := range map[string]func(s *Session) error{
		"goto": func(s *Session) error { return s.Goto(ctx, 1<<40, nil) },
		"find": func(s *Session) error { return s.Find(ctx, Forward, never, nil) },
		"step": func(s *Session) (err error) {
			for err == nil {
				err = s.Goto(ctx, s.Step()+1, nil)
			}
			return err
		},
	} {
		for _, width := range []uint64{8, 1 << 20} {
			s := limited(t, nil)
			s.win.width, s.bench.width = width, width
			if err := walk(s); !errors.Is(err, ErrEnd) {
				t.Fatalf("%s: %v", how, err)
			}
			if last, known := s.Last(); s.At().End != "limit" || !known || last != s.Step() {
				t.Errorf("%s: at %d of %d the end is %q", how, s.Step(), last, s.At().End)
			}
			if how != "goto" && s.Before() == nil {
				t.Errorf("%s: the step before is lost", how)
			}
			last := s.Step()
			s.Goto(ctx, 1, nil)
			if err := s.Goto(ctx, last, nil); err != nil || s.At().End != "limit" {
				t.Errorf("%s: back there (%v) the end is %q", how, err, s.At().End)
			}
		}
	}
}

// TestChooseAtLimit: a choice where the run is about to end at its limit is
// none.
func TestChooseAtLimit(t *testing.T) {
	s := limited(t, nil)
	s.Goto(ctx, 1<<40, nil)
	last := s.Step()
	for _, c := range s.At().CPUs {
		s := limited(t, nil)
		if err := s.Goto(ctx, last, nil); err != nil || s.At().End != "" {
			t.Fatalf("the end is known before: %v", err)
		}
		err := s.Choose(ctx, sim.Pick{Proc: int(c.ID)})
		if err == nil || len(s.Choices()) != 0 || s.Step() != last {
			t.Errorf("CPU%d: %v; %d choices at %d", c.ID, err, len(s.Choices()), s.Step())
		}
	}
}

// TestImpossibleChoice: a choice that cannot be made, far from where one was,
// is an error and not the run's end; taken back, the run goes on.
func TestImpossibleChoice(t *testing.T) {
	const at = 2000
	s := narrow(limited(t, []sim.Steer{{At: at, Pick: sim.Pick{Proc: 77}}}))
	var diverged *sim.DivergedError
	if err := s.Find(ctx, Forward, never, nil); !errors.As(err, &diverged) {
		t.Fatalf("found %v", err)
	}
	if s.Step() != at || s.At().End != "error: "+diverged.Error() {
		t.Errorf("at %d the end is %q", s.Step(), s.At().End)
	}
	if err := s.Undo(ctx); err != nil || s.At().End != "" {
		t.Errorf("taken back: %v, %q", err, s.At().End)
	}
	if err := s.Goto(ctx, at+10, nil); err != nil || s.Step() != at+10 {
		t.Errorf("on from there: %v at %d", err, s.Step())
	}
}

// steered chooses some processor that is not next, and returns where.
func steered(t *testing.T, s *Session) uint64 {
	t.Helper()
	for n := len(s.Choices()); ; {
		at := s.Step()
		for i := range s.At().CPUs {
			if i != s.At().NextCPU && s.Choose(ctx, sim.Pick{Proc: i}) == nil && len(s.Choices()) > n {
				return at
			}
		}
		if err := s.Goto(ctx, at+1, nil); err != nil {
			t.Fatal(err)
		}
	}
}

// TestUndoFromAnywhere: a choice is taken back at, behind and before the step
// where it was made; one stands there, or stays before it, and no machine of
// the former branch is left.
func TestUndoFromAnywhere(t *testing.T) {
	for _, off := range []int{-20, 0, 20} {
		s := open(t, "perf-deadlock-2cpu", 3)
		ref := open(t, "perf-deadlock-2cpu", 3)
		at := steered(t, s)
		s.Goto(ctx, at+40, nil)
		s.Goto(ctx, uint64(int(at)+off), nil)
		if err := s.Undo(ctx); err != nil {
			t.Fatal(err)
		}
		if want := min(at, uint64(int(at)+off)); s.Step() != want || s.live.step > at {
			t.Errorf("from %+d one stands at %d and the machine at %d, the choice was at %d", off, s.Step(), s.live.step, at)
		}
		for _, l := range s.bench.parked {
			if l.step > at {
				t.Errorf("from %+d a machine of the former branch stays parked at %d", off, l.step)
			}
		}
		for range 60 {
			s.Goto(ctx, s.Step()+1, nil)
			ref.Goto(ctx, s.Step(), nil)
			if picture(s) != picture(ref) {
				t.Fatalf("from %+d step %d is another than without the choice", off, s.Step())
			}
		}
	}
}

// TestGivenUpAtTheEnd: a search that has found something far away, and is given
// up while the steps before it are made up for, stands at what it found.
func TestGivenUpAtTheEnd(t *testing.T) {
	s := open(t, "perf-soak", 1)
	s.win.width, s.bench.width = 64, 64
	for len(s.win.snaps) != 64 { // the window's older half goes with the next 64
		s.Goto(ctx, s.Step()+1, nil)
	}
	const there = 3 * stride
	found := func() Stop { return emptying(there) }
	if err := s.Find(&impatient{Context: ctx, looks: 2}, Forward, found, nil); !errors.Is(err, context.Canceled) {
		t.Fatalf("not given up: %v", err)
	}
	if s.Step() != there || s.At() == nil || s.live.step != there {
		t.Errorf("stands at %d with %v, the machine at %d", s.Step(), s.At() != nil, s.live.step)
	}
}

// emptying is a Stop at a step that leaves no parked machine: the way back to
// there is long.
type emptying uint64

// Begin implements [Stop].
func (emptying) Begin(*Live) {}

// At implements [Stop].
func (e emptying) At(m *Moment) bool {
	if m.Step != uint64(e) {
		return false
	}
	m.Session.bench.close()
	return true
}

// impatient is a context that is cancelled when it has been asked often
// enough.
type impatient struct {
	context.Context
	looks int
}

func (i *impatient) Err() error {
	if i.looks--; i.looks < 0 {
		return context.Canceled
	}
	return nil
}
