package history

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSameBothWays: stops that remember what was find the same steps forwards,
// from each to the next, as in one go, and backwards, where each stretch begins
// somewhere in the middle.
func TestSameBothWays(t *testing.T) {
	s := narrow(open(t, "perf-deadlock-2cpu", 3))
	expr := func(src string) func() Stop {
		stop, err := OnExpr(src)
		if err != nil {
			t.Fatal(err)
		}
		return stop
	}
	for name, stop := range map[string]func() Stop{
		"held":      expr(`held("ctx1->lock") != None`),
		"time":      expr(fmt.Sprint("step > ", s.Start()+100)),
		"schedule":  func() Stop { return OnFunc("__schedule") },
		"wait":      func() Stop { return OnFunc("mutex_lock") },
		"processor": func() Stop { return OnCPU(1) },
	} {
		var once, ahead, back []uint64
		start := s.Start()
		s.Goto(ctx, start, nil)
		s.Find(ctx, Forward, func() Stop { return &tally{stop(), &once} }, nil)
		s.Goto(ctx, start, nil)
		for s.Find(ctx, Forward, stop, nil) == nil {
			ahead = append(ahead, s.Step())
		}
		if last, _ := s.Last(); len(ahead) > 0 && ahead[len(ahead)-1] == last {
			back = append(back, last) // one stands there
		}
		for s.Find(ctx, Backward, stop, nil) == nil && s.Step() > start {
			back = append(back, s.Step())
		}
		slices.Reverse(back)
		if len(once) == 0 {
			t.Errorf("%s: found nowhere", name)
		}
		if diff := cmp.Diff(once, ahead); diff != "" {
			t.Errorf("%s (-in one go +from one to the next):\n%s", name, diff)
		}
		if diff := cmp.Diff(once, back); diff != "" {
			t.Errorf("%s (-in one go +backwards):\n%s", name, diff)
		}
	}
}

// tally notes where a stop would stop and goes on.
type tally struct {
	Stop
	at *[]uint64
}

// At implements [Stop].
func (c *tally) At(m *Moment) bool {
	if c.Stop.At(m) {
		*c.at = append(*c.at, m.Step)
	}
	return false
}
