package lockdep

import (
	"fmt"
	"slices"
	"strings"
)

// The ways to take a lock.
const (
	byWriter = iota
	byReader
	byRecursiveReader
)

// An entry is a lock on a task's stack.
type entry struct {
	lock   int // the instance
	class  int
	mode   int
	try    bool
	ctx    int  // bit 0 softirq, bit 1 hardirq
	hardOn bool // when it was taken
}

// A worldTask is a task, and the handlers that interrupt it.
type worldTask struct {
	held []entry
	ctx  int
	on   [2]bool // hardirqs, softirqs
}

// A world sees a program's events and judges each. With lenient it has those
// shortcuts of RulesNew that can be said in terms of facts: who takes a lock is
// ordered behind the locks below only down to the first that was no trylock;
// a chain of the same classes and modes as one before adds nothing; and an
// out-of-order release takes the locks above anew, under the hardirq flag of
// the first time and the softirq flag of now.
type world struct {
	lenient bool
	tasks   []worldTask
	classes facts
	locks   facts
	chains  map[string]bool

	wrong    bool
	kind     Kind  // of the first thing that is wrong
	possible bool  // that is so with these very locks
	closing  order // of classes
}

func newWorld(tasks int, lenient bool) *world {
	w := &world{lenient: lenient, tasks: make([]worldTask, tasks), chains: map[string]bool{}}
	for i := range w.tasks {
		w.tasks[i].on = [2]bool{true, true}
	}
	return w
}

// acquire is one more lock: what it is used for, then what it is behind.
func (w *world) acquire(t *worldTask, e entry) {
	e.ctx, e.hardOn = t.ctx, t.on[0]
	w.take(t, e, true)
}

func (w *world) take(t *worldTask, e entry, uses bool) {
	if uses {
		w.acquired(t, e)
	}
	if !e.try {
		w.behind(t, e)
	}
	t.held = append(t.held, e)
}

// acquired notes what a lock is used for, in the order in which the kernel
// marks it.
func (w *world) acquired(t *worldTask, e entry) {
	if !e.try {
		for s, bit := range [2]int{2, 1} {
			if t.ctx&bit != 0 {
				w.use(use{state: s, read: e.mode != byWriter}, e, false)
			}
		}
	}
	for s := range t.on {
		if e.hardOn && (s == 0 || t.on[s]) {
			w.use(use{state: s, read: e.mode != byWriter}, e, true)
		}
	}
}

// behind notes what a lock is taken behind: first those of its own class, from
// the bottom, then the others, from the top.
func (w *world) behind(t *worldTask, e entry) {
	below := t.held
	for len(below) > 0 && below[0].ctx != e.ctx {
		below = below[1:]
	}
	if w.lenient && w.repeated(below, e) {
		return
	}
	for _, p := range below {
		if p.class == e.class {
			w.ordered(p, e)
		}
	}
	for i := len(below) - 1; i >= 0; i-- {
		w.ordered(below[i], e)
		if w.lenient && !below[i].try {
			return
		}
	}
}

// repeated tells whether the chain was there before.
func (w *world) repeated(below []entry, e entry) bool {
	var b strings.Builder
	for _, p := range append(below[:len(below):len(below)], e) {
		fmt.Fprint(&b, p.class, p.mode, " ")
	}
	seen := w.chains[b.String()]
	w.chains[b.String()] = true
	return seen
}

// release lets the i-th lock go.
func (w *world) release(t *worldTask, i int) {
	above := append([]entry(nil), t.held[i+1:]...)
	t.held = t.held[:i]
	for _, e := range above {
		if w.lenient {
			w.take(t, e, true)
		} else {
			t.held = append(t.held, e)
		}
	}
}

// enable switches interrupts of a state on or off.
func (w *world) enable(t *worldTask, s int, on bool) {
	changed := on != t.on[s]
	t.on[s] = on
	if !on || !changed || !t.on[0] {
		return
	}
	for k := s; k < 2 && t.on[k]; k++ {
		for _, e := range t.held {
			w.use(use{state: k, read: e.mode != byWriter}, e, true)
		}
	}
}

// ordered notes that e was asked for while p was held.
func (w *world) ordered(p, e entry) {
	o := order{reader: p.mode != byWriter, weak: e.mode == byRecursiveReader}
	same := o
	o.from, o.to = p.class, e.class
	same.from, same.to = p.lock, e.lock
	w.locks.add(same)
	if !w.classes.add(o) {
		return
	}
	switch {
	case w.classes.deadlock(o, false):
		kind := Circular
		if p.class == e.class {
			kind = Recursive
		}
		w.judge(kind, o, w.locks.deadlock(same, false))
	case w.classes.deadlock(o, true):
		w.judge(SafeUnsafe, o, w.locks.deadlock(same, true))
	}
}

// use notes a use of e. A class in conflict with itself comes before one in
// conflict with others.
func (w *world) use(u use, e entry, open bool) {
	u.lock = e.class
	made := w.classes.addUse(u, open)
	u.lock = e.lock
	madeHere := w.locks.addUse(u, open)
	itself := func(o order) bool { return o.from == o.to && waits(o, o) }
	if i := slices.IndexFunc(made, itself); i >= 0 {
		w.judge(Inconsistent, made[i], slices.ContainsFunc(madeHere, itself))
	}
	for _, o := range made {
		if w.classes.deadlock(o, true) {
			w.judge(Inversion, o, slices.ContainsFunc(madeHere, func(o order) bool { return w.locks.deadlock(o, true) }))
		}
	}
}

// judge keeps the first thing that is wrong.
func (w *world) judge(kind Kind, closing order, possible bool) {
	if !w.wrong {
		w.wrong, w.kind, w.closing, w.possible = true, kind, closing, possible
	}
}
