package lockdep

import (
	"fmt"
	"slices"
	"strings"
)

// A program is a random sequence of events of four tasks and their handlers,
// fed to a validator and to worlds at once. It is what a CPU could do: a
// handler starts with its interrupts on, they are off in it, and it lets go
// what it took. Handlers read recursively only, since a usage bit does not tell
// how a reader reads.
type program struct {
	draw    func(n int) int // of 0..n-1
	v       *Validator
	vt      []*Task
	maps    []Map
	locks   int // instances; lock i is of class i % classes
	classes int
	worlds  []*world
	log     []string
	reports []*Report

	order    []int // of classes, in which most acquisitions are
	handlers int   // the first classes belong to handlers, mostly
	disorder int   // of 16 acquisitions, may go against all that
	readers  int   // of 16 acquisitions
}

const programTasks = 4

func newProgram(draw func(int) int, rules Rules, copies int, worlds ...*world) *program {
	p := &program{draw: draw, worlds: worlds, classes: 3 + draw(4)}
	p.v = New(Config{Rules: rules, OnReport: func(r *Report) { p.reports = append(p.reports, r) }})
	p.locks = p.classes * copies
	p.maps = make([]Map, p.locks)
	keys := make([]Key, p.classes)
	for i := range p.maps {
		keys[i%p.classes].Name = fmt.Sprint("L", i%p.classes)
		p.maps[i].Init(&keys[i%p.classes])
	}
	for i := range programTasks {
		p.vt = append(p.vt, p.v.NewTask("twin", i+1))
	}
	p.order = make([]int, p.classes)
	for i := range p.order {
		j := draw(i + 1)
		p.order[i], p.order[j] = p.order[j], i
	}
	p.handlers, p.disorder, p.readers = draw(4), draw(2), 4*draw(4)
	return p
}

// step is one event of one task.
func (p *program) step() {
	n := p.draw(programTasks)
	t := &p.worlds[0].tasks[n]
	switch k := p.draw(16); {
	case k < 8:
		p.acquire(n, t)
	case k < 11:
		p.release(n, t, 0)
	case k < 12:
		p.release(n, t, p.draw(3))
	case k < 13:
		p.enable(n, 0, !t.on[0])
	case k < 14:
		p.enable(n, 1, !t.on[1])
	case k < 15:
		p.enter(n, t)
	default:
		p.leave(n, t)
	}
}

// acquire takes a lock, unless the stack of this context is full or, mostly,
// the lock is out of order.
func (p *program) acquire(n int, t *worldTask) {
	e := entry{lock: p.draw(p.locks), try: p.draw(12) == 0}
	e.class = e.lock % p.classes
	if p.draw(16) < p.readers {
		e.mode = byReader + p.draw(2)
		if t.ctx != 0 {
			e.mode = byRecursiveReader
		}
	}
	again := slices.ContainsFunc(t.held, func(h entry) bool { return h.class == e.class })
	if depth(t) == 5 || p.draw(16) >= p.disorder && !p.orderly(t, e) || again && p.draw(60) > 0 {
		return
	}
	p.note(n, "take %d %s%s", e.lock, [...]string{"W", "r", "R"}[e.mode], map[bool]string{true: " (trylock)"}[e.try])
	for _, w := range p.worlds {
		w.acquire(&w.tasks[n], e)
	}
	how := [...]How{0, Read, ReadRecursive}[e.mode]
	if e.try {
		how |= Trylock
	}
	p.v.Acquire(p.vt[n], &p.maps[e.lock], how)
}

func (p *program) orderly(t *worldTask, e entry) bool {
	for _, h := range t.held {
		if h.ctx == t.ctx && p.order[h.class] > p.order[e.class] {
			return false
		}
	}
	mine := p.order[e.class] < p.handlers
	if t.ctx != 0 {
		return mine
	}
	return !mine || !t.on[0]
}

// depth counts the locks of the present context.
func depth(t *worldTask) int {
	n := 0
	for i := len(t.held) - 1; i >= 0 && t.held[i].ctx == t.ctx; i-- {
		n++
	}
	return n
}

// release lets a lock of the present context go, down from the top.
func (p *program) release(n int, t *worldTask, down int) {
	if depth(t) <= down {
		return
	}
	i := len(t.held) - 1 - down
	lock := t.held[i].lock
	for j := i + 1; j < len(t.held); j++ {
		if t.held[j].lock == lock {
			i = j // it is the topmost that is found
		}
	}
	p.note(n, "let go %d", lock)
	for _, w := range p.worlds {
		w.release(&w.tasks[n], i)
	}
	p.v.Release(p.vt[n], &p.maps[lock])
}

// enable switches interrupts, where that is not for the handler to do.
func (p *program) enable(n, s int, on bool) {
	if ctx := p.worlds[0].tasks[n].ctx; ctx&2 != 0 || s == 1 && ctx != 0 {
		return
	}
	p.flag(n, s, on)
}

func (p *program) flag(n, s int, on bool) {
	p.note(n, "%s %s", [...]string{"hardirqs", "softirqs"}[s], map[bool]string{true: "on", false: "off"}[on])
	for _, w := range p.worlds {
		w.enable(&w.tasks[n], s, on)
	}
	[...]func(*Task){p.v.HardirqsOff, p.v.HardirqsOn, p.v.SoftirqsOff, p.v.SoftirqsOn}[2*s+bool2int(on)](p.vt[n])
}

// enter starts a handler, if one may start.
func (p *program) enter(n int, t *worldTask) {
	hard := p.draw(2) == 0
	if !t.on[0] || !hard && !t.on[1] {
		return
	}
	p.flag(n, 0, false)
	if hard {
		p.context(n, t.ctx|2, "hardirq", p.v.HardirqEnter)
		return
	}
	p.flag(n, 1, false)
	p.context(n, t.ctx|1, "softirq", p.v.SoftirqEnter)
	p.flag(n, 0, true)
}

// leave ends the innermost handler, if there is one.
func (p *program) leave(n int, t *worldTask) {
	if t.ctx == 0 {
		return
	}
	for depth(t) > 0 {
		p.release(n, t, 0)
	}
	if t.ctx&2 != 0 {
		p.context(n, t.ctx&^2, "hardirq ends:", p.v.HardirqExit)
	} else {
		p.flag(n, 0, false)
		p.context(n, 0, "softirq ends:", p.v.SoftirqExit)
		p.flag(n, 1, true)
	}
	p.flag(n, 0, true)
}

func (p *program) context(n, ctx int, what string, tell func(*Task)) {
	p.note(n, "%s context %d", what, ctx)
	for _, w := range p.worlds {
		w.tasks[n].ctx = ctx
	}
	tell(p.vt[n])
}

func (p *program) note(n int, format string, args ...any) {
	p.log = append(p.log, fmt.Sprintf("  task %d: ", n)+fmt.Sprintf(format, args...))
}

// String lists the events so far.
func (p *program) String() string { return strings.Join(slices.Concat(p.log, []string{""}), "\n") }
