package lockdep

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestUsageNames(t *testing.T) {
	var got []string
	for b := usageBit(0); b <= inNMI; b++ {
		got = append(got, b.String())
	}
	want := []string{
		"IN-HARDIRQ-W", "IN-HARDIRQ-R", "HARDIRQ-ON-W", "HARDIRQ-ON-R",
		"IN-SOFTIRQ-W", "IN-SOFTIRQ-R", "SOFTIRQ-ON-W", "SOFTIRQ-ON-R",
		"IN-RECLAIM_FS-W", "IN-RECLAIM_FS-R", "RECLAIM_FS-ON-W", "RECLAIM_FS-ON-R",
		"INITIAL USE", "INITIAL READ USE", "IN-NMI",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestUsageChars(t *testing.T) {
	const inHardR, onHardR = usedInHardirq | readBit, enabledHardirq | readBit
	for _, c := range []struct {
		want string
		bits []usageBit
	}{
		{"......", []usageBit{lockUsed}},
		{"-.....", []usageBit{usedInHardirq}},
		{"+.....", []usageBit{enabledHardirq}},
		{"?.....", []usageBit{usedInHardirq, enabledHardirq}},
		{".-....", []usageBit{inHardR}},
		{"-+....", []usageBit{usedInHardirq, onHardR}},
		{"..-...", []usageBit{usedInSoftirq}},
		{"..+-..", []usageBit{enabledSoftirq, usedInSoftirq | readBit}},
		{"....+-", []usageBit{usageBit(reclaimFS)<<2 | dirBit, usageBit(reclaimFS)<<2 | readBit}},
	} {
		var m usageMask
		for _, b := range c.bits {
			m |= b.mask()
		}
		if got := m.chars(6); got != c.want {
			t.Errorf("%v: %s, want %s", c.bits, got, c.want)
		}
	}
}

// The chain table against a Go map, across several doublings, with keys close
// together as real ones are.
func TestChainCache(t *testing.T) {
	var c keySet
	c.init()
	rnd := rand.New(rand.NewPCG(1, 2))
	v := New(Config{})
	id := func() uint64 { return v.chainID(&held{class: rnd.Int32N(200)}) }
	dumb := map[uint64]bool{0: true} // the empty chain
	for range 20000 {
		key := v.chainStep(v.chainStep(0, id()), id())
		if c.has(key) != dumb[key] {
			t.Fatalf("has(%#x) = %v", key, c.has(key))
		}
		if !dumb[key] {
			c.add(key)
			dumb[key] = true
		}
	}
	if c.n != len(dumb)-1 || len(c.slots) <= 1<<chainBits {
		t.Errorf("%d keys in %d slots, want %d keys", c.n, len(c.slots), len(dumb)-1)
	}
}

func TestIsHeld(t *testing.T) {
	v := New(Config{})
	task := v.NewTask("task", 1)
	var outer, a, b, never Map
	ka := &Key{Name: "a"}
	outer.Init(&Key{Name: "outer"})
	a.Init(ka)
	b.Init(ka)
	never.Init(&Key{Name: "never"})
	check := func(m *Map, want bool) {
		t.Helper()
		if got := v.IsHeld(task, m); got != want {
			t.Errorf("IsHeld(%s) = %v, want %v", m.Key().Name, got, want)
		}
	}
	v.Acquire(task, &outer, 0)
	v.AcquireNest(task, &a, 0, &outer)
	check(&outer, true)
	check(&a, true)
	check(&b, false)
	v.AcquireNest(task, &b, 0, &outer)
	check(&b, true) // merged: any lock of the class matches
	check(&never, false)
	v.LockdepOff(task)
	check(&never, true) // no false alarm while it looks away
	v.LockdepOn(task)
	check(&never, false)
}

func TestUnbalancedPanics(t *testing.T) {
	v := New(Config{})
	for name, f := range map[string]func(*Task){
		"hardirq":  v.HardirqExit,
		"softirq":  v.SoftirqExit,
		"lockdep":  v.LockdepOn,
		"subclass": func(*Task) { Nested(-1) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			f(v.NewTask("task", 1))
		})
	}
}

// A softirq that starts on the way out of a hardirq, interrupted by another.
func TestNestedContexts(t *testing.T) {
	v := New(Config{})
	task := v.NewTask("task", 1)
	type state struct{ Hard, Soft int32 }
	var got []state
	for _, f := range []func(*Task){
		v.HardirqEnter, v.SoftirqEnter, v.HardirqEnter, v.HardirqExit, v.SoftirqExit, v.HardirqExit,
	} {
		f(task)
		got = append(got, state{task.hardirqCtx, task.softirqCtx})
	}
	want := []state{{1, 0}, {0, 1}, {1, 1}, {0, 1}, {1, 0}, {0, 0}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
