package lockdep

import (
	"fmt"
	"strings"
	"testing"
)

// crowd is a validator with n locks, each of a class of its own.
type crowd struct {
	v    *Validator
	t    *Task
	maps []Map
	last *Report
}

func newCrowd(n int, rules Rules) *crowd {
	c := &crowd{maps: make([]Map, n)}
	c.v = New(Config{Rules: rules, OnReport: func(r *Report) { c.last = r }})
	c.t = c.v.NewTask("crowd", 1)
	keys := make([]Key, n)
	for i := range keys {
		keys[i].Name = fmt.Sprint("L", i)
		c.maps[i].Init(&keys[i])
	}
	return c
}

// nest acquires the locks in order and releases them again.
func (c *crowd) nest(locks ...int) {
	for _, l := range locks {
		c.v.Acquire(c.t, &c.maps[l], 0)
	}
	for i := len(locks) - 1; i >= 0; i-- {
		c.v.Release(c.t, &c.maps[locks[i]])
	}
}

// expect asks for the limit message, and for nothing before it.
func (c *crowd) expect(t *testing.T, title string) {
	t.Helper()
	if c.last == nil || c.last.Title != title || c.last.Kind != Limit {
		t.Fatalf("got report %+v, want the limit %q", c.last, title)
	}
	if c.v.DebugLocks() {
		t.Error("the validator is still on")
	}
}

func (c *crowd) quiet(t *testing.T) {
	t.Helper()
	if c.last != nil {
		t.Fatalf("reported too early: %q", c.last.Title)
	}
}

func TestHeldLimit(t *testing.T) {
	c := newCrowd(maxHeld, RulesV44)
	for i := range c.maps {
		c.quiet(t)
		c.v.Acquire(c.t, &c.maps[i], 0)
	}
	c.expect(t, "BUG: MAX_LOCK_DEPTH too low!")
	var b strings.Builder
	c.last.Render(&b, nil)
	for _, want := range []string{
		"BUG: MAX_LOCK_DEPTH too low!\nturning off the locking correctness validator.\ndepth: 48  max: 48!\n48 locks held by crowd/1:\n",
		" #47:  (L47){+.+...}, at: (position not captured)\nINFO: lockdep is turned off.\nCPU: 0 PID: 1 ",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("missing %q in\n%s", want, b.String())
		}
	}
}

func TestClassLimit(t *testing.T) {
	const maxClasses = 8191
	c := newCrowd(maxClasses/maxSubclasses+1, RulesV44)
	for i := range maxClasses {
		c.v.Acquire(c.t, &c.maps[i/maxSubclasses], Nested(i%maxSubclasses))
		c.v.Release(c.t, &c.maps[i/maxSubclasses])
	}
	c.quiet(t)
	c.v.Acquire(c.t, &c.maps[maxClasses/maxSubclasses], Nested(maxClasses%maxSubclasses))
	c.expect(t, "BUG: MAX_LOCKDEP_KEYS too low!")
}

func TestEdgeLimit(t *testing.T) {
	const half = 128 // 128 locks before 128 others fill the table exactly
	c := newCrowd(2*half+1, RulesV44)
	for i := range half {
		for j := range half {
			c.nest(i, half+j)
		}
	}
	c.quiet(t)
	if got := c.v.Stats().Dependencies; got != maxEdges/2 {
		t.Fatalf("%d dependencies, want %d", got, maxEdges/2)
	}
	c.nest(2*half, 0)
	c.expect(t, "BUG: MAX_LOCKDEP_ENTRIES too low!")
}

func TestChainLimit(t *testing.T) {
	const n = 41 // n + n*n + n*n*n chains are more than the table takes
	c := newCrowd(3*n, RulesV44)
	for i := range n * n * n {
		c.nest(i%n, n+i/n%n, 2*n+i/n/n)
	}
	c.expect(t, "BUG: MAX_LOCKDEP_CHAINS too low!")
	if got := c.v.Stats().Chains; got != maxChains {
		t.Errorf("%d chains, want %d", got, maxChains)
	}
}

func TestSearchLimit(t *testing.T) {
	// The queue holds one entry less than its size, and the search stops when a
	// neighbour does not fit, not when it fits exactly.
	const fits = bfsQueue - 1
	c := newCrowd(fits+4, RulesV44)
	for i := range fits {
		c.nest(0, 4+i)
	}
	c.nest(1, 0)
	c.quiet(t)
	c.nest(0, 3)
	c.nest(2, 0)
	c.expect(t, "lockdep bfs error:-1")
}

func TestUninitialisedLock(t *testing.T) {
	c := newCrowd(0, RulesV44)
	c.v.Acquire(c.t, new(Map), 0)
	c.expect(t, "INFO: trying to register non-static key.")
}

// The table of the classes of chains takes five for each chain. What finds no
// room is not recorded in v4.4, silently, and an error by the newer rules.
func TestChainClassLimit(t *testing.T) {
	for _, rules := range []Rules{RulesV44, RulesNew, RulesExact} {
		t.Run(rules.String(), func(t *testing.T) {
			const n, depth = 7, 10
			c := newCrowd(n*depth, rules)
			for i := 0; c.last == nil && c.v.Stats().Chains < maxChains-depth; i++ {
				var locks [depth]int
				for level, rest := 0, i; level < depth; level++ {
					locks[depth-1-level] = (depth-1-level)*n + rest%n // the deepest change fastest
					rest /= n
				}
				c.nest(locks[:]...)
			}
			if rules == RulesV44 {
				c.quiet(t)
				return
			}
			c.expect(t, "BUG: MAX_LOCKDEP_CHAIN_HLOCKS too low!")
		})
	}
}
