package sim

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// outcome is what has to be the same of all ways to run a play.
type outcome struct {
	end   End
	err   string
	hash  Hash
	steps uint64
	now   Time
}

// run is one way to run it, and what came of it.
func (pl *play) run(t *rapid.T, cfg Config, drive func(st *stage) (End, error)) outcome {
	st := pl.stage(t, cfg)
	end, err := drive(st)
	out := outcome{end, fmt.Sprint(err), st.e.Hash(), st.e.Steps(), st.e.Now()}
	if out.hash%2 == 0 {
		st.query()
	}
	st.e.Close()
	if st.begun != st.ended || out.hash != st.e.Hash() {
		t.Fatalf("%d fibers began, %d ended; hash %v, closed %v", st.begun, st.ended, out.hash, st.e.Hash())
	}
	return out
}

func (st *stage) query() {
	asked := 0
	for _, f := range st.e.fibers {
		f.Query(func() { asked++ })
	}
	if want := st.begun - st.ended; asked != want {
		st.t.Fatalf("%d fibers answered, %d are parked", asked, want)
	}
}

func straight(st *stage) (End, error) { return st.e.Run() }

// pauses stops now and then, asks everybody, and is told of picks or not.
func pauses(every uint64) func(*stage) (End, error) {
	return func(st *stage) (End, error) {
		for to := uint64(0); ; to += every {
			if end, err := st.e.RunTo(to); end != EndPaused {
				return end, err
			}
			st.query()
			st.e.OnPick(nil)
			if to/every%2 == 0 {
				st.e.OnPick(func(*Proc, *Source) {})
			}
			if to > 40*every {
				return st.e.Run()
			}
		}
	}
}

// drunk chooses anything that is possible.
type drunk struct{ rnd Rand }

func (d *drunk) Next(e *Engine) (Pick, error) {
	var can []Pick
	for i := range e.procs {
		if e.Enabled(i) {
			can = append(can, Pick{Proc: i})
		}
	}
	for _, ev := range e.Queued() {
		can = append(can, Pick{Device: ev.Source.ID()})
	}
	return can[d.rnd.Intn(int64(len(can)))], nil
}

// TestEveryWayIsOneRun: a machine comes to the same end with run-ahead and
// without, recorded, from what was recorded, with pauses between which its
// fibers are asked, and steered along the ways of a chooser that does anything.
func TestEveryWayIsOneRun(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pl := drawPlay(t)
		var picks []Pick
		var steer []Steer
		recorded := func(st *stage) (End, error) {
			rec := st.e.Record()
			st.e.KeepDeviations()
			end, err := st.e.Run()
			picks, steer = rec.Picks, st.e.Deviations()
			return end, err
		}
		same := func(how string, want, got outcome) {
			if got != want {
				t.Fatalf("straight %+v\n%s %+v", want, how, got)
			}
		}
		stepped := pl.cfg
		stepped.NoRunAhead = true
		every := uint64(rapid.IntRange(1, 5).Draw(t, "every"))
		want := pl.run(t, pl.cfg, straight)
		same("stepped", want, pl.run(t, stepped, straight))
		same("recorded", want, pl.run(t, pl.cfg, recorded))
		same("paused", want, pl.run(t, pl.cfg, pauses(every)))
		same("stepped and paused", want, pl.run(t, stepped, pauses(every)))
		replay := pl.cfg
		replay.Chooser = NewReplay(picks)
		same("replayed", want, pl.run(t, replay, straight))

		other := pl.cfg
		other.Chooser = &drunk{NewRand(pl.cfg.Seed, 1)}
		want = pl.run(t, other, recorded)
		replay.Chooser = NewReplay(picks)
		same("anything, replayed", want, pl.run(t, replay, straight))
		later := func(st *stage) (End, error) {
			if end, err := st.e.RunTo(0); end != EndPaused {
				return end, err
			}
			st.e.Steer(steer)
			return st.e.Run()
		}
		other.Chooser = nil
		same("anything, steered from a pause on", want, pl.run(t, other, later))
		other.Steer = steer
		same("anything, steered", want, pl.run(t, other, straight))
		same("anything, steered and paused", want, pl.run(t, other, pauses(every)))
	})
}
