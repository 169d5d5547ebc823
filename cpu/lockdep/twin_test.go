package lockdep

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// exactProgram runs a program by RulesExact, and returns what the validator
// and the twin disagree about, "" if nothing.
func exactProgram(draw func(int) int, copies, events int, count *tally) string {
	w := newWorld(programTasks, false)
	p := newProgram(draw, RulesExact, copies, w)
	for range events {
		p.step()
		if reported := len(p.reports) > 0; reported != w.wrong {
			return fmt.Sprintf("%vthe twin says wrong=%v (%v), the validator has reported=%v", p, w.wrong, w.kind, reported)
		}
		if w.wrong {
			break
		}
	}
	count.add(w)
	if !w.wrong {
		return ""
	}
	want := Impossible
	if w.possible {
		want = Possible
	}
	r := p.reports[0]
	if r.Kind != w.kind || r.Instances.Verdict != want {
		return fmt.Sprintf("%vthe twin says %v, %v with these locks; the validator %v, %v", p, w.kind, want, r.Kind, r.Instances.Verdict)
	}
	return ""
}

// tally counts what programs came to.
type tally struct {
	programs, possible int
	kinds              [len(kindNames)]int
	holes              [len(holeNames)]int
}

func (c *tally) add(w *world) {
	c.programs++
	if w.wrong {
		c.kinds[w.kind]++
		c.possible += bool2int(w.possible)
	}
}

func (c *tally) String() string {
	s := fmt.Sprintf("%d programs", c.programs)
	for k, n := range c.kinds {
		if n > 0 {
			s += fmt.Sprintf(", %d %v", n, Kind(k))
		}
	}
	s += fmt.Sprintf(", %d possible", c.possible)
	for k, n := range c.holes {
		s += fmt.Sprintf(", %d %s", n, holeNames[k])
	}
	return s
}

// twinRuns are the comparisons: by RulesExact with one lock of each class and
// with two, and by RulesNew, where there is no verdict on locks.
var twinRuns = []struct {
	name string
	one  func(draw func(int) int, events int, count *tally) string
}{
	{"exact/1", func(draw func(int) int, events int, count *tally) string { return exactProgram(draw, 1, events, count) }},
	{"exact/2", func(draw func(int) int, events int, count *tally) string { return exactProgram(draw, 2, events, count) }},
	{"new", newRulesProgram},
}

// many runs n programs and stops at the first difference.
func many(n int, one func(draw func(int) int, events int, count *tally) string, count *tally) error {
	for seed := range uint64(n) {
		if diff := one(rand.New(rand.NewPCG(seed, 4)).IntN, 150, count); diff != "" {
			return fmt.Errorf("program %d:\n%s", seed, diff)
		}
	}
	return nil
}

// The twin and RulesExact agree on when there is a report, of what kind, and
// whether it can happen to these locks; RulesNew has its holes. Rapid makes
// small programs, and smaller ones of what goes wrong.
func TestTwin(t *testing.T) {
	for _, run := range twinRuns {
		t.Run(run.name, func(t *testing.T) {
			var count tally
			rapid.Check(t, func(t *rapid.T) {
				draw := func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "") }
				if diff := run.one(draw, 10+draw(100), &count); diff != "" {
					t.Fatal(diff)
				}
			})
			if err := many(5000, run.one, &count); err != nil {
				t.Fatal(err)
			}
			count.enough(t, run.name == "new")
		})
	}
}

// enough says that programs must have come to something of each kind, and by
// RulesNew to the holes: else the comparison says nothing.
func (c *tally) enough(t *testing.T, holes bool) {
	t.Helper()
	for _, k := range []Kind{Circular, Recursive, Inconsistent, SafeUnsafe, Inversion} {
		if c.kinds[k] == 0 {
			t.Errorf("no program came to the kind %v: %v", k, c)
		}
	}
	for k, n := range c.holes {
		if holes != (n > 0) && k != takenAnew { // which is rare
			t.Errorf("%d programs came to the hole %q: %v", n, holeNames[k], c)
		}
	}
}

// BenchmarkTwin100k is 100,000 programs of each. By RulesExact there must be no
// difference, by RulesNew those of the known holes only.
//
//	go test -run xxx -bench Twin100k -benchtime 1x ./cpu/lockdep
func BenchmarkTwin100k(b *testing.B) {
	for _, run := range twinRuns {
		b.Run(run.name, func(b *testing.B) {
			for range b.N {
				var count tally
				if err := many(100_000, run.one, &count); err != nil {
					b.Fatal(err)
				}
				b.Log(count.String())
			}
		})
	}
}
