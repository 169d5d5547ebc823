package lockdep

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// twin judges the same events by the dumbest means: a full closure of the
// edges after every event, with no chain key, no search and no order. Its
// locks are exclusive, for which v4.4 is complete, so that "the validator has
// reported" must equal "the twin sees something wrong" after every event.
type twin struct {
	edge     [8][8]bool
	safe     [2][8]bool // by state: taken in hardirq, softirq
	unsafe   [2][8]bool // by state: held with it enabled
	selfLock bool
	before   [8][8]bool // edge, as it was before the last acquisition
	held     []twinHeld
	seen     map[string]bool // chains
	ctx      [2]bool         // in hardirq, softirq
	on       [2]bool         // hardirqs, softirqs enabled
}

type twinHeld struct {
	class   int
	trylock bool
	ctx     [2]bool
}

func (w *twin) acquire(c int, trylock bool) {
	w.before = w.edge
	if !trylock {
		for s := range w.ctx {
			w.safe[s][c] = w.safe[s][c] || w.ctx[s]
		}
		w.validate(c)
	}
	w.held = append(w.held, twinHeld{c, trylock, w.ctx})
	w.markUnsafe(c)
}

// validate does nothing for the classes of a chain it has seen, which is the
// one thing about the cache that shows: it forgets which of them were trylocks
// and what is held below the context.
func (w *twin) validate(c int) {
	chain := fmt.Sprint(c)
	for i := len(w.held) - 1; i >= 0 && w.held[i].ctx == w.ctx; i-- {
		chain = fmt.Sprint(w.held[i].class, " ", chain)
	}
	if !w.seen[chain] {
		w.seen[chain] = true
		for i := len(w.held) - 1; i >= 0 && w.held[i].ctx == w.ctx; i-- {
			w.edge[w.held[i].class][c] = true
			if !w.held[i].trylock {
				break
			}
		}
		for _, h := range w.held {
			w.selfLock = w.selfLock || h.class == c
		}
	}
}

// release takes what is above the released lock again, until that goes wrong.
func (w *twin) release(i int) {
	above := append([]twinHeld(nil), w.held[i+1:]...)
	w.held = w.held[:i]
	for _, h := range above {
		if w.wrong() {
			return
		}
		w.acquire(h.class, h.trylock)
	}
}

func (w *twin) markUnsafe(c int) {
	w.unsafe[0][c] = w.unsafe[0][c] || w.on[0]
	w.unsafe[1][c] = w.unsafe[1][c] || w.on[0] && w.on[1]
}

func (w *twin) enable(s int, on bool) {
	w.on[s] = on
	if on {
		for _, h := range w.held {
			w.markUnsafe(h.class)
		}
	}
}

// closure is Floyd and Warshall's.
func (w *twin) closure() (r [8][8]bool) {
	r = w.edge
	for k := range r {
		for i := range r {
			for j := range r {
				r[i][j] = r[i][j] || r[i][k] && r[k][j]
			}
		}
	}
	return r
}

func (w *twin) wrong() bool {
	r := w.closure()
	if w.selfLock {
		return true
	}
	for i := range r {
		if r[i][i] {
			return true
		}
		for j := range r {
			for s := range w.safe {
				if w.safe[s][i] && w.unsafe[s][j] && (i == j || r[i][j]) {
					return true
				}
			}
		}
	}
	return false
}

// rig runs one random program on both.
type rig struct {
	v       *Validator
	task    *Task
	maps    [8]Map
	w       twin
	reports []*Report
}

func newRig() *rig {
	g := &rig{}
	g.v = New(Config{OnReport: func(r *Report) { g.reports = append(g.reports, r) }})
	g.task = g.v.NewTask("rapid", 1)
	g.w.on = [2]bool{true, true}
	g.w.seen = map[string]bool{}
	for i := range g.maps {
		g.maps[i].Init(&Key{Name: fmt.Sprint("L", i)})
	}
	return g
}

// acquire keeps to four locks in a context: longer chains may have equal keys.
func (g *rig) acquire(c int, trylock bool) {
	depth := 0
	for _, h := range g.w.held {
		depth += bool2int(h.ctx == g.w.ctx)
	}
	if depth == 4 {
		return
	}
	how := How(0)
	if trylock {
		how = Trylock
	}
	g.w.acquire(c, trylock)
	g.v.Acquire(g.task, &g.maps[c], how)
}

// release releases the n-th held lock, counted around.
func (g *rig) release(n int) {
	if len(g.w.held) == 0 {
		return
	}
	i := n % len(g.w.held)
	// Trylocks may have put a class on the stack twice; the validator finds the
	// topmost.
	for j := i + 1; j < len(g.w.held); j++ {
		if g.w.held[j].class == g.w.held[i].class {
			i = j
		}
	}
	g.v.Release(g.task, &g.maps[g.w.held[i].class])
	g.w.release(i)
}

// releaseTop keeps to the order of the stack and to the current context.
func (g *rig) releaseTop() {
	if n := len(g.w.held); n > 0 && g.w.held[n-1].ctx == g.w.ctx {
		g.v.Release(g.task, &g.maps[g.w.held[n-1].class])
		g.w.held = g.w.held[:n-1]
	}
}

func (g *rig) check(t *rapid.T) bool {
	wrong := g.w.wrong()
	if g.v.DebugLocks() == wrong {
		t.Fatalf("twin says wrong=%v, validator reported %d times; held %v", wrong, len(g.reports), g.w.held)
	}
	return !wrong
}

// flag changes one of the four things that are not locks. A context starts
// with its interrupts off and ends only when its own locks are released, as on
// a CPU.
func (g *rig) flag(n int) {
	s := n & 1
	switch {
	case n < 2 && !(s == 0 && g.w.ctx[0]): // no enabling inside a hardirq
		on := !g.w.on[s]
		g.w.enable(s, on)
		[2][2]func(*Validator, *Task){
			{(*Validator).HardirqsOff, (*Validator).HardirqsOn},
			{(*Validator).SoftirqsOff, (*Validator).SoftirqsOn},
		}[s][bool2int(on)](g.v, g.task)
	case n == 2 && !g.w.ctx[0]:
		g.w.enable(0, false)
		g.v.HardirqsOff(g.task)
		g.v.HardirqEnter(g.task)
		g.w.ctx[0] = true
	case n == 3 && !g.w.ctx[0] && !g.w.ctx[1]:
		g.v.SoftirqEnter(g.task)
		g.w.ctx[1] = true
	case n >= 4 && g.w.ctx[n&1] && (n&1 == 0 || !g.w.ctx[0]):
		for k := len(g.w.held); k > 0 && g.w.held[k-1].ctx == g.w.ctx; k-- {
			g.releaseTop()
		}
		g.w.ctx[n&1] = false
		[2]func(*Validator, *Task){(*Validator).HardirqExit, (*Validator).SoftirqExit}[n&1](g.v, g.task)
	}
}

// Without interrupts the report must also be right: a shortest cycle of real
// edges, closed by the edge that was just added.
func TestCyclesAgainstClosure(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := newRig()
		for range rapid.IntRange(1, 120).Draw(t, "length") {
			if c := rapid.IntRange(0, 11).Draw(t, "class"); c < len(g.maps) {
				g.acquire(c, rapid.IntRange(0, 4).Draw(t, "trylock") == 0)
			} else {
				g.release(rapid.IntRange(0, 99).Draw(t, "release"))
			}
			if !g.check(t) {
				checkCycle(t, g.reports, g.w.before)
				return
			}
		}
	})
}

// checkCycle measures the reported cycle: each step is an edge known before,
// and no shorter way leads from its first class to its last.
func checkCycle(t *rapid.T, reports []*Report, edges [8][8]bool) {
	if len(reports) != 1 {
		t.Fatalf("%d reports, want 1", len(reports))
	}
	r := reports[0]
	if r.Kind == Recursive {
		return
	}
	var path []int
	for _, name := range r.Classes {
		var c int
		if _, err := fmt.Sscanf(name, "L%d", &c); err != nil {
			t.Fatal(err)
		}
		path = append(path, c)
	}
	for i := range path[1:] {
		if !edges[path[i]][path[i+1]] {
			// The acquisition itself adds edges only to the first class, where a
			// shortest path never comes back.
			t.Fatalf("cycle %v: no edge %d->%d before the report", path, path[i], path[i+1])
		}
	}
	if d := distance(edges, path[0], path[len(path)-1]); d != len(path)-1 {
		t.Fatalf("cycle %v has %d steps, but %d lead there", path, len(path)-1, d)
	}
}

func distance(edges [8][8]bool, from, to int) int {
	var reach [8]bool
	reach[from] = true
	for d := 0; d < len(reach); d++ {
		if reach[to] {
			return d
		}
		next := reach
		for i := range reach {
			for j := range reach {
				next[j] = next[j] || reach[i] && edges[i][j]
			}
		}
		reach = next
	}
	return -1
}

// allowed keeps most random programs free of the plain faults, so that they get
// as far as paths between safe and unsafe classes: the first classes belong to
// handlers and are taken with interrupts off, the others are not for handlers,
// and the order in a context is upwards.
func (g *rig) allowed(c int, handlers int) bool {
	if n := len(g.w.held); n > 0 && g.w.held[n-1].class >= c && g.w.held[n-1].ctx == g.w.ctx {
		return false
	}
	for _, h := range g.w.held {
		if h.class == c {
			return false
		}
	}
	if g.w.ctx != [2]bool{} {
		return c < handlers
	}
	return c >= handlers || !g.w.on[0]
}

func TestInterruptsAgainstClosure(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := newRig()
		order := rapid.Permutation([]int{0, 1, 2, 3, 4, 5, 6, 7}).Draw(t, "order")
		handlers := rapid.IntRange(0, 3).Draw(t, "handlers")
		wild := rapid.IntRange(0, 3).Draw(t, "wild") == 0
		for range rapid.IntRange(1, 200).Draw(t, "length") {
			switch n := rapid.IntRange(0, 19).Draw(t, "event"); {
			case n < 8:
				if wild || g.allowed(n, handlers) {
					g.acquire(order[n], rapid.IntRange(0, 7).Draw(t, "trylock") == 0)
				}
			case n < 14:
				g.releaseTop()
			default:
				g.flag(n - 14)
			}
			if !g.check(t) {
				return
			}
		}
	})
}
