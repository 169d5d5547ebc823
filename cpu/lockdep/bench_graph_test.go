package lockdep

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"
)

// big is a validator that knows as much as v4.4 can: 8,191 classes and 16,384
// dependencies, half of them a long chain and half random steps, all leading
// upwards, and a full table of chains.
type big struct {
	v    *Validator
	t    *Task
	maps []Map
}

const (
	bigClasses = 8191
	bigDeps    = maxEdges / 2
)

func newBig(rules Rules) *big {
	b := &big{v: New(Config{Rules: rules}), maps: make([]Map, bigClasses)}
	b.t = b.v.NewTask("big", 1)
	keys := make([]Key, bigClasses)
	for i := range keys {
		keys[i].Name = fmt.Sprint("L", i)
		b.maps[i].Init(&keys[i])
	}
	for i := range b.maps {
		b.v.Acquire(b.t, &b.maps[i], 0)
		b.v.Release(b.t, &b.maps[i])
	}
	for i := range bigClasses - 1 {
		b.pair(i, i+1)
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	for b.v.Stats().Dependencies < bigDeps {
		i := rnd.IntN(bigClasses - 1)
		b.pair(i, min(i+1+rnd.IntN(64), bigClasses-1))
	}
	b.fillChains(rnd)
	return b
}

// pair stores i before j. It leaves the searches out: sixteen thousand of them
// through a growing graph would take seconds.
func (b *big) pair(i, j int) {
	prev, next := b.held(i), b.held(j)
	b.v.store(b.t, prev, next, true, &savedStack{})
	if b.v.exact {
		b.v.inst.store(b.v, prev, next)
	}
}

func (b *big) held(i int) *held { return &held{m: &b.maps[i], class: b.maps[i].class[0]} }

// fillChains fills the table of chains, with five locks each.
func (b *big) fillChains(rnd *rand.Rand) {
	for i := range 4 {
		b.t.held = append(b.t.held, *b.held(i))
	}
	for b.v.chains.n < maxChains {
		b.v.addChain(b.t, b.held(rnd.IntN(bigClasses)), rnd.Uint64()|1)
	}
	b.t.held = b.t.held[:0]
}

// cycle is the check of the dependency that closes the longest cycle: the
// search goes through the whole graph before it gets there.
func (b *big) cycle() outcome {
	last, first := b.maps[bigClasses-1].class[0], b.maps[0].class[0]
	if b.v.strict {
		_, res := b.v.g.strong(first, false, forwards, &goal{target: last}, b.v.exact)
		return res
	}
	_, res := b.v.g.search(first, forwards, last, 0)
	return res
}

// heap is what the validator keeps alive beside keys and maps, in bytes.
func (b *big) heap() uint64 {
	var with, without runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&with)
	b.v, b.t = nil, nil
	runtime.GC()
	runtime.ReadMemStats(&without)
	return with.HeapAlloc - without.HeapAlloc
}

// BenchmarkCycleCheck looks for a cycle in the biggest graph: the goal is 2 ms.
func BenchmarkCycleCheck(b *testing.B) {
	for _, rules := range []Rules{RulesV44, RulesNew, RulesExact} {
		b.Run(rules.String(), func(b *testing.B) {
			g := newBig(rules)
			if !g.v.DebugLocks() {
				b.Fatal("the graph is not clean")
			}
			for b.Loop() {
				if g.cycle() != found {
					b.Fatal("no path")
				}
			}
			b.ReportMetric(float64(g.heap())/(1<<20), "MiB")
		})
	}
}

// The biggest graph must fit into 16 MiB, and the search through it must find
// what is there.
func TestBigGraph(t *testing.T) {
	for _, rules := range []Rules{RulesV44, RulesNew, RulesExact} {
		t.Run(rules.String(), func(t *testing.T) {
			g := newBig(rules)
			if st := g.v.Stats(); st.Classes != bigClasses || st.Dependencies != bigDeps || !g.v.DebugLocks() {
				t.Fatalf("%+v, debug_locks %v", st, g.v.DebugLocks())
			}
			if g.cycle() != found {
				t.Error("no path from the first class to the last")
			}
			if n := g.heap(); n > 16<<20 {
				t.Errorf("the validator takes %d bytes", n)
			}
		})
	}
}
