package selftest

import (
	"context"
	"runtime"
	"sync"

	"lockstep/cpu/lockdep"
)

// Options say how cases are run and judged.
type Options struct {
	Rules   lockdep.Rules // of the validator
	Text    bool          // keep each report's text, with stacks
	Workers int           // how many machines run at once; 0: one for each core
}

// Run runs each case on a machine of its own and returns what came of it, in
// the cases' order whatever the number of workers. When ctx is done it returns
// early, with the outcomes so far. The error is one of lockstep itself: a
// *sim.PanicError, of the first case that has one.
func Run(ctx context.Context, cases []*Case, opt Options) ([]Outcome, error) {
	scripts := make([]Script, len(cases))
	for i, c := range cases {
		scripts[i] = c.Script
	}
	got, errs := execute(ctx, scripts, opt)
	out := make([]Outcome, 0, len(got))
	for i := range got {
		if errs[i] != nil {
			return nil, errs[i]
		}
		out = append(out, cases[i].compare(opt.Rules, got[i]))
	}
	return out, nil
}

// execute runs the scripts; here nothing is known of what should come of them.
func execute(ctx context.Context, scripts []Script, opt Options) ([]Got, []error) {
	workers := opt.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	got, errs := make([]Got, len(scripts)), make([]error, len(scripts))
	var mu sync.Mutex
	next := 0
	take := func() (int, bool) {
		mu.Lock()
		defer mu.Unlock()
		if next == len(scripts) || ctx.Err() != nil {
			return 0, false
		}
		next++
		return next - 1, true
	}
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for i, ok := take(); ok; i, ok = take() {
				got[i], errs[i] = Execute(&scripts[i], opt)
			}
		})
	}
	wg.Wait()
	return got[:next], errs[:next]
}
