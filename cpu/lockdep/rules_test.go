package lockdep

import (
	"slices"
	"strings"
	"testing"
)

func TestParseRules(t *testing.T) {
	for _, want := range []Rules{RulesV44, RulesNew, RulesExact} {
		got, err := ParseRules(want.String())
		if err != nil || got != want || New(Config{Rules: got}).Rules() != want {
			t.Errorf("%s: %v, %v", want, got, err)
		}
	}
	if _, err := ParseRules("5.10"); err == nil || !strings.Contains(err.Error(), `"5.10"`) {
		t.Errorf("5.10: %v", err)
	}
}

// Every kind has a name, a name of the conformance file and a shape, each its own.
func TestKinds(t *testing.T) {
	names := map[string]Kind{}
	for k := Circular; k <= WaitContext; k++ {
		for _, n := range []string{k.String(), "=" + k.Conformance()} {
			if other, taken := names[n]; taken || n == "" || n == "=" {
				t.Errorf("kind %d is %q, as kind %d", k, n, other)
			}
			names[n] = k
		}
		if shapes[k].strict == "" {
			t.Errorf("%s has no title", k)
		}
	}
}

// The newer column of the limits.
func TestNewLimits(t *testing.T) {
	t.Run("classes", func(t *testing.T) {
		c := newCrowd(8193/maxSubclasses+1, RulesNew)
		for i := range 8192 {
			c.v.Acquire(c.t, &c.maps[i/maxSubclasses], Nested(i%maxSubclasses))
			c.v.Release(c.t, &c.maps[i/maxSubclasses])
		}
		c.quiet(t)
		c.v.Acquire(c.t, &c.maps[8192/maxSubclasses], 0)
		c.expect(t, "BUG: MAX_LOCKDEP_KEYS too low!")
	})
	t.Run("references", func(t *testing.T) {
		c := newCrowd(2, RulesNew)
		c.v.Acquire(c.t, &c.maps[0], 0)
		for range 2047 {
			c.v.AcquireNest(c.t, &c.maps[1], 0, &c.maps[0])
		}
		c.quiet(t)
		c.v.AcquireNest(c.t, &c.maps[1], 0, &c.maps[0])
		if c.last == nil || c.last.Title != "DEBUG_LOCKS_WARN_ON(hlock->references < references)" {
			t.Errorf("got %+v", c.last)
		}
	})
	t.Run("chain ids", func(t *testing.T) {
		b := newBig(RulesNew)
		var last *Report
		b.v.cfg.OnReport = func(r *Report) { last = r }
		b.v.chains.n = maxChains - 1
		b.v.chains.ids = make([]uint16, maxChainIDs)
		b.v.addChain(b.t, b.held(0), 12345)
		if last == nil || last.Title != "BUG: MAX_LOCKDEP_CHAIN_HLOCKS too low!" {
			t.Errorf("got %+v", last)
		}
	})
}

// v4.4 leaves a chain out of its list when there is no room for its classes.
func TestChainIDsV44(t *testing.T) {
	c := newCrowd(1, RulesV44)
	c.v.chains.ids = make([]uint16, maxChainIDs)
	c.nest(0)
	c.quiet(t)
	if got := c.v.chains.list; !slices.Equal(got, []chain{{5063, -1, 1, 0}}) {
		t.Errorf("recorded %v", got)
	}
	var b strings.Builder
	if err := c.v.WriteProc(&b, "lockdep_chains"); err != nil || b.String() != "all lock chains:\nirq_context: 0\n\n" {
		t.Errorf("%q, %v", b.String(), err)
	}
}

// Numbers of forgotten classes are never used again: a lock that was used
// before Reset is judged as if it were new, and so is its usage.
func TestReset(t *testing.T) {
	for _, rules := range []Rules{RulesV44, RulesNew, RulesExact} {
		c := newCrowd(2, rules)
		for range 3 {
			c.nest(0, 1)
			c.quiet(t)
			c.nest(1, 0)
			if c.last == nil || c.last.Kind != Circular || c.v.DebugLocks() {
				t.Fatalf("%s: got %+v", rules, c.last)
			}
			c.last = nil
			before := c.v.Version()
			c.v.Reset()
			c.v.ResetTask(c.t)
			if c.v.Version() == before || len(c.v.View().Classes) != 0 || c.v.Stats() != (Stats{}) || !c.v.DebugLocks() {
				t.Fatalf("%s: after Reset %+v, %+v", rules, c.v.View(), c.v.Stats())
			}
			c.v.HardirqsOff(c.t)
			c.v.HardirqEnter(c.t)
			c.nest(1)
			c.v.HardirqExit(c.t)
			if got := c.v.View().Classes[c.v.ClassOf(&c.maps[1])]; got.Name != "L1" || got.Usage[:4] != "-..." {
				t.Errorf("%s: %+v", rules, got)
			}
			c.v.Reset()
			c.v.HardirqsOn(c.t)
		}
	}
}

// When instances are no longer recorded nothing is called impossible.
func TestInstancesOverflow(t *testing.T) {
	c := newCrowd(2, RulesExact)
	keys := [2]*Key{c.maps[0].Key(), c.maps[1].Key()}
	for range maxInstances {
		c.maps[0].Init(keys[0])
		c.nest(0)
	}
	c.quiet(t)
	c.nest(0, 1)
	c.maps[0].Init(keys[0])
	c.nest(1, 0)
	if c.last == nil || c.last.Kind != Circular || c.last.Instances.Verdict != Unknown {
		t.Fatalf("got %+v", c.last)
	}
}
