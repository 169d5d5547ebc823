package configs

import (
	"cmp"
	"slices"

	"lockstep/sim"
)

// Tally is what the runs of a batch came to.
type Tally struct {
	// Scenario is the scenario's name.
	Scenario string
	// First and Last are the seeds that were asked for.
	First, Last uint64
	// Done is how many of them were run: the first ones.
	Done uint64
	// Allowed are the verdicts that the expectation allows a run to have.
	Allowed []string
	// Search is the verdict that some run should reach, or "".
	Search string
	// Counts has an entry for each verdict that came, gravest first. A verdict
	// that was expected in some runs and not in others has two: a cycle may
	// hold the expected classes or not.
	Counts []VerdictCount
	// Expected says that every run met the expectation.
	Expected bool
	// Reached says that some run had the verdict Search.
	Reached bool
}

// VerdictCount counts the runs with one verdict.
type VerdictCount struct {
	// Verdict is one of [Verdicts].
	Verdict string
	// Expected says whether these runs met the expectation.
	Expected bool
	// Unmet is why the first of them did not, or "".
	Unmet string
	// Count is how many there were.
	Count uint64
	// First is the token of the one with the smallest seed.
	First sim.Token
	// Median is the median of their virtual times, the smaller of the middle
	// two if their number is even.
	Median sim.Time

	seed  uint64 // of First
	times []sim.Time
}

// newTally makes the tally of a batch of which nothing is done.
func newTally(b *Batch) *Tally {
	s := b.Program.scenario
	want := s.Expectation()
	return &Tally{Scenario: s.Name(), First: b.First, Last: b.Last, Allowed: want.Run, Search: want.Search}
}

// add counts a run. The order of calls does not matter.
func (t *Tally) add(seed uint64, r *Result) {
	t.Done++
	i := slices.IndexFunc(t.Counts, func(c VerdictCount) bool {
		return c.Verdict == r.Verdict && c.Expected == r.Expected
	})
	if i < 0 {
		i = len(t.Counts)
		t.Counts = append(t.Counts, VerdictCount{Verdict: r.Verdict, Expected: r.Expected, seed: seed})
	}
	c := &t.Counts[i]
	if c.Count == 0 || seed < c.seed {
		c.seed, c.First, c.Unmet = seed, r.Token, r.Unmet
	}
	c.Count++
	c.times = append(c.times, r.Time)
}

// finish puts the counts in order and works out what follows from them.
func (t *Tally) finish() {
	slices.SortFunc(t.Counts, func(a, b VerdictCount) int {
		unexpectedFirst := 0
		if a.Expected != b.Expected {
			unexpectedFirst = 1
			if b.Expected {
				unexpectedFirst = -1
			}
		}
		return cmp.Or(gravity(a.Verdict)-gravity(b.Verdict), unexpectedFirst)
	})
	t.Expected = true
	for i := range t.Counts {
		c := &t.Counts[i]
		slices.Sort(c.times)
		c.Median = c.times[(len(c.times)-1)/2]
		t.Expected = t.Expected && c.Expected
		t.Reached = t.Reached || c.Verdict == t.Search
	}
}
