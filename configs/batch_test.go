package configs

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// prepare opens a bundled scenario, or a text, and makes it ready.
func prepare(t *testing.T, s *Scenario, diags Diagnostics) *Program {
	t.Helper()
	var p *Program
	if len(diags) == 0 {
		p, diags = Prepare(s)
	}
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	return p
}

// mixed is a scenario of two verdicts: which one comes depends on the seed.
const mixed = `
title = "A race"
story = "Who is first?"
[[shared]]
var = "turn"
[[task]]
name = "a"
cpus = [0]
body = """
udelay(20)
WRITE_ONCE("turn", 1)
"""
[[task]]
name = "b"
cpus = [1]
body = """
udelay(20)
assert_(READ_ONCE("turn") == 1, "a was first")
"""
[[expect]]
run = ["clean"]
search = "clean"
`

// TestBatchWorkers: what a batch comes to does not depend on how many workers
// it has, and is what the runs come to one by one.
func TestBatchWorkers(t *testing.T) {
	s, diags := Load("mixed.toml", []byte(mixed))
	p := prepare(t, s, diags)
	const first, last = 3, 62
	want := newTally(&Batch{Program: p, First: first, Last: last})
	for seed := uint64(last); seed >= first; seed-- { // backwards: order is no matter
		r, err := p.Boot(Options{Seed: seed}).Run()
		if err != nil {
			t.Fatal(err)
		}
		want.add(seed, r)
	}
	want.finish()
	if len(want.Counts) != 2 || want.Expected || !want.Reached {
		t.Fatalf("the scenario should give two verdicts, one not expected: %+v", want)
	}
	for _, workers := range []int{0, 1, 2, 4} {
		var seen []uint64
		b := &Batch{Program: p, First: first, Last: last, Workers: workers, Progress: func(n uint64) { seen = append(seen, n) }}
		got, err := b.Run(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(VerdictCount{})); diff != "" {
			t.Errorf("%d workers (-want +got):\n%s", workers, diff)
		}
		if len(seen) != last-first+1 || seen[0] != 1 || seen[len(seen)-1] != last-first+1 {
			t.Errorf("%d workers: progress went %v", workers, seen)
		}
	}
}

// TestBatchLastSeed: the greatest seed there is does not wrap around.
func TestBatchLastSeed(t *testing.T) {
	s, diags := Open("abba")
	b := &Batch{Program: prepare(t, s, diags), First: 1<<64 - 3, Last: 1<<64 - 1}
	got, err := b.Run(context.Background())
	if err != nil || got.Done != 3 {
		t.Errorf("%v, %v; want 3 runs", got, err)
	}
}

// TestBatchInterrupted: the runs in hand are finished, and the tally is that
// of a batch of the seeds that were run.
func TestBatchInterrupted(t *testing.T) {
	s, diags := Load("mixed.toml", []byte(mixed))
	p := prepare(t, s, diags)
	for _, workers := range []int{1, 2, 4} {
		ctx, cancel := context.WithCancel(context.Background())
		b := &Batch{Program: p, First: 1, Last: 100_000, Workers: workers, Progress: func(n uint64) {
			if n == 10 {
				cancel()
			}
		}}
		got, err := b.Run(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if got.Done < 10 || got.Done > 10+uint64(workers) {
			t.Errorf("%d workers: %d runs done, interrupted at the tenth", workers, got.Done)
		}
		whole, err := (&Batch{Program: p, First: 1, Last: got.Done}).Run(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(whole, got, cmp.AllowUnexported(VerdictCount{}), cmpopts.IgnoreFields(Tally{}, "Last")); diff != "" {
			t.Errorf("%d workers (-whole +interrupted):\n%s", workers, diff)
		}
	}
}

// TestBatchError: the error is that of the first seed that has one, whichever
// worker meets which.
func TestBatchError(t *testing.T) {
	const unlucky = `
title = "Unlucky"
story = "It fails when the other is first."
[[shared]]
var = "turn"
[[task]]
name = "a"
cpus = [0]
body = """
udelay(20)
WRITE_ONCE("turn", 1)
"""
[[task]]
name = "b"
cpus = [1]
body = """
udelay(20)
x = 1 // READ_ONCE("turn")
"""
`
	s, diags := Load("unlucky.toml", []byte(unlucky))
	p := prepare(t, s, diags)
	want := uint64(100)
	for ; ; want++ {
		if _, err := p.Boot(Options{Seed: want}).Run(); err != nil {
			break
		}
	}
	for _, workers := range []int{1, 2, 4} {
		_, err := (&Batch{Program: p, First: 100, Last: 300, Workers: workers}).Run(context.Background())
		var seed *SeedError
		if !errors.As(err, &seed) || seed.Seed != want {
			t.Errorf("%d workers: %v, want the error of seed %d", workers, err, want)
		}
	}
}
