package lockdep

import "testing"

// Two locks are held below the measured one, and the chain is cached: the
// ordinary case of a running machine.
func warm(v *Validator) (*Task, *Map) {
	t := v.NewTask("bench", 1)
	var outer, middle, inner Map
	outer.Init(&Key{Name: "outer"})
	middle.Init(&Key{Name: "middle"})
	inner.Init(&Key{Name: "inner"})
	v.Acquire(t, &outer, 0)
	v.Acquire(t, &middle, 0)
	v.Acquire(t, &inner, 0)
	v.Release(t, &inner)
	return t, &inner
}

// BenchmarkWarmPair is the pair by each rule set, beside BenchmarkOffPair. The
// goals are 15 ns in v4.4 and 25 ns by the newer rules.
func BenchmarkWarmPair(b *testing.B) {
	for _, rules := range []Rules{RulesV44, RulesNew, RulesExact} {
		b.Run(rules.String(), func(b *testing.B) {
			v := New(Config{Rules: rules})
			t, m := warm(v)
			b.ReportAllocs()
			for b.Loop() {
				v.Acquire(t, m, 0)
				v.Release(t, m)
			}
		})
	}
}

// BenchmarkWarmPairStat is the pair with lock_stat.
func BenchmarkWarmPairStat(b *testing.B) {
	now := int64(0)
	v := New(Config{Clock: func() int64 { now += 10; return now }})
	t, m := warm(v)
	b.ReportAllocs()
	for b.Loop() {
		v.Acquire(t, m, 0)
		v.Acquired(t, m, Moment{CPU: 1, Now: now})
		v.Release(t, m)
	}
}

// BenchmarkWarmPairNested is the pair with a subclass outside the class cache.
func BenchmarkWarmPairNested(b *testing.B) {
	v := New(Config{})
	t, m := warm(v)
	b.ReportAllocs()
	for b.Loop() {
		v.Acquire(t, m, Nested(2))
		v.Release(t, m)
	}
}

// BenchmarkOffPair is the baseline: the same calls without a validator.
func BenchmarkOffPair(b *testing.B) {
	v := New(Config{Off: true})
	t, m := warm(v)
	b.ReportAllocs()
	for b.Loop() {
		v.Acquire(t, m, 0)
		v.Release(t, m)
	}
}

// BenchmarkBoot is an empty validator and its first three locks.
func BenchmarkBoot(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		warm(New(Config{}))
	}
}

func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		New(Config{})
	}
}

func TestNoAllocWarm(t *testing.T) {
	for _, rules := range []Rules{RulesV44, RulesNew, RulesExact} {
		t.Run(rules.String(), func(t *testing.T) { testNoAlloc(t, New(Config{Rules: rules, Clock: func() int64 { return 1 }})) })
	}
}

func testNoAlloc(t *testing.T, v *Validator) {
	task, m := warm(v)
	// The first use of a subclass registers a class and stores an edge; what
	// must not allocate is every use after that, with its chain known. The
	// irq-off pass is a second warm path: it sets no new usage bit.
	pass := func() {
		v.Acquire(task, m, 0)
		v.Contended(task, m, Moment{})
		v.Acquired(task, m, Moment{})
		v.Release(task, m)
		v.Acquire(task, m, Nested(3))
		v.Release(task, m)
		v.HardirqsOff(task)
		v.Acquire(task, m, 0)
		v.Release(task, m)
		v.HardirqsOn(task)
	}
	pass()
	if n := testing.AllocsPerRun(100, pass); n != 0 {
		t.Errorf("a warm pass allocates %v times, want 0", n)
	}
	if !v.DebugLocks() {
		t.Fatal("the validator went quiet, so the pass measured nothing")
	}
}
