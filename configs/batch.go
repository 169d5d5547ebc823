package configs

import (
	"context"
	"fmt"
	"runtime"
	"sync"
)

// Batch is many runs of one program, one for each seed. The runs share
// nothing but the program, so they go on as many cores as there are.
type Batch struct {
	// Program is what runs.
	Program *Program
	// Options are those of every run, except that each has its own seed. OnOp
	// would be called from several goroutines at once.
	Options Options
	// First and Last are the seeds of the first and the last run.
	First, Last uint64
	// Workers is how many runs go on at once; 0 means as many as there are
	// cores. It does not change what comes out.
	Workers int
	// Progress, if not nil, is told after each run how many are done. It is
	// called by one goroutine at a time.
	Progress func(done uint64)
}

// SeedError is an error of one run of a batch: that of the first seed that has
// one.
type SeedError struct {
	// Seed is the run's seed.
	Seed uint64
	// Err is what [Machine.Run] returned.
	Err error
}

// Error names the seed before the error.
func (e *SeedError) Error() string { return fmt.Sprintf("seed %d: %v", e.Seed, e.Err) }

// Unwrap returns the run's own error.
func (e *SeedError) Unwrap() error { return e.Err }

// batchRun is a batch under way. Its mutex guards all of it.
type batchRun struct {
	*Batch
	mu     sync.Mutex
	next   uint64 // the seed to be handed out next
	all    bool   // Last has been handed out
	failed *SeedError
	tally  *Tally
}

// Run runs the batch. When ctx is done the runs in hand are finished and the
// tally is of those; so it is always of the first Done seeds. The error is a
// [*SeedError].
//
// The outcome does not depend on the number of workers: the tally adds up, in
// whatever order results come. As to errors, seeds are handed out in order and
// what was handed out is finished, so the first seed that has an error is
// always run, whichever other one stopped the batch.
func (b *Batch) Run(ctx context.Context) (*Tally, error) {
	r := &batchRun{Batch: b, next: b.First, tally: newTally(b)}
	workers := b.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for {
				seed, ok := r.take(ctx)
				if !ok {
					return
				}
				opt := b.Options
				opt.Seed = seed
				res, err := b.Program.Boot(opt).Run()
				r.done(seed, res, err)
			}
		})
	}
	wg.Wait()
	if r.failed != nil {
		return nil, r.failed
	}
	r.tally.finish()
	return r.tally, nil
}

// take hands out the next seed, if there is to be another run.
func (r *batchRun) take(ctx context.Context) (uint64, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.all || r.failed != nil || ctx.Err() != nil {
		return 0, false
	}
	seed := r.next
	r.all = seed >= r.Last // before the increment, which may wrap around
	r.next++
	return seed, true
}

// done takes in what a run came to.
func (r *batchRun) done(seed uint64, res *Result, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		if r.failed == nil || seed < r.failed.Seed {
			r.failed = &SeedError{seed, err}
		}
		return
	}
	r.tally.add(seed, res)
	if r.Progress != nil {
		r.Progress(r.tally.Done)
	}
}
