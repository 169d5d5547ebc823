package lockdep

import (
	"strings"
	"testing"
)

// TestCollision: a chain that the cache knows under the key of another is
// reported with both, by the newer rules of a debugging kernel. Collisions are
// made by exchanging a class in the cache; what is not exchanged is the same.
func TestCollision(t *testing.T) {
	for _, rules := range []Rules{RulesV44, RulesNew, RulesExact} {
		for _, debug := range []bool{false, true} {
			c := newCrowd(3, rules)
			c.v = New(Config{Rules: rules, DebugLockdep: debug, OnReport: func(r *Report) { c.last = r }})
			c.t = c.v.NewTask("crowd", 1)
			c.nest(0, 1)
			c.nest(2)
			c.nest(0, 1)
			if c.last != nil {
				t.Fatalf("%v, debug %v: %s without a collision", rules, debug, c.last.Title)
			}
			ids := c.v.chains.ids
			ids[2] = ids[3] // L0, L1 is cached as L0, L2
			c.nest(0, 1)
			if got, want := c.last != nil, debug && rules != RulesV44; got != want {
				t.Fatalf("%v, debug %v: reported %v", rules, debug, got)
			}
			if c.last == nil {
				continue
			}
			var b strings.Builder
			c.last.Render(&b, nil)
			for _, want := range []string{
				"\n============================\nWARNING: chain_key collision\n", "\n----------------------------\ncrowd/1: Hash chain already cached",
				"Held locks:depth: 2\n class_idx:1 -> chain_key:", " (L1)\nLocks in cached chain:depth: 2\n class_idx:1 (L0)\n class_idx:3 (L2)\n\nstack backtrace:\n",
			} {
				if !strings.Contains(b.String(), want) {
					t.Errorf("%v: %q is not in\n%s", rules, want, b.String())
				}
			}
			if c.last.Kind != Collision || c.v.DebugLocks() {
				t.Errorf("%v: kind %v, debug_locks %v", rules, c.last.Kind, c.v.DebugLocks())
			}
		}
	}
}
