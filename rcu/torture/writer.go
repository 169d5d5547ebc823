package torture

import (
	"lockstep/cpu"
)

// States of the writer, which a report of one that stalls shows
// (docs/kernel/rcutorture.md §5.1).
const (
	stateFixedDelay = iota
	stateDelay
	stateReplace
	stateDefFree
	stateExpSync
	stateCondGet
	stateCondSync
	stateSync
	stateStutter
	stateStopping
)

// writer is the writer's own.
type writer struct {
	state   cpu.Var[int]
	removed []*element // replaced, and waiting for synchronous grace periods
	methods []int      // states that stand for the ways to wait
	rand    random
	// level is how often grace periods were expedited, or, negative, how often
	// that is still to be undone.
	level int
}

// runWriter is rcu_torture_writer().
//
//kernel:fn rcu_torture_writer kernel/rcu/rcutorture.c
func (t *Torture) runWriter(x *cpu.Exec) {
	w := &t.writer
	t.out(x, "Grace periods expedited from boot/sysfs for %s,", t.ops.name)
	t.out(x, "Testing of dynamic grace-period expediting diabled.")
	canExpedite := !t.r.Expedites(x)
	w.rand = t.newRandom(streamWriter)
	if w.methods = t.methods(); cpu.WarnOnce(x, len(w.methods) == 0, "kernel/rcu/rcutorture.c", "rcu_torture_writer: No update-side primitives.") {
		return
	}
	for {
		t.writeOnce(x)
		if canExpedite {
			t.changeExpediting(x)
		}
		w.state.WriteOnce(x, stateStutter)
		t.stutterWait(x)
		if t.mustStop(x) {
			break
		}
	}
	t.undoExpediting(x, canExpedite)
	w.state.WriteOnce(x, stateStopping)
}

// methods lists the ways to wait that were asked for and that the flavour has.
func (t *Torture) methods() []int {
	p, o := &t.p, t.ops
	all := !p.GpCond && !p.GpExp && !p.GpNormal && !p.GpSync
	var out []int
	add := func(asked, has bool, state int) {
		if (asked || all) && has {
			out = append(out, state)
		}
	}
	add(p.GpCond, o.getState != nil, stateCondGet)
	add(p.GpExp, o.expSync != nil, stateExpSync)
	add(p.GpNormal, o.deferredFree != nil, stateDefFree)
	add(p.GpSync, o.sync != nil, stateSync)
	return out
}

// writeOnce is one pass of the writer up to the count of versions: replace the
// element and begin to wait for the readers of the old one. A pass that finds
// no element free is repeated.
//
//kernel:fn rcu_torture_writer kernel/rcu/rcutorture.c
func (t *Torture) writeOnce(x *cpu.Exec) {
	w := &t.writer
	var e *element
	for e == nil {
		w.state.WriteOnce(x, stateFixedDelay)
		t.tm.ScheduleTimeoutUninterruptible(x, 1)
		if e = t.pool.alloc(x); e == nil && t.mustStop(x) {
			return
		}
	}
	e.age.WriteOnce(x, 0)
	w.state.WriteOnce(x, stateDelay)
	x.Delay(micros(w.rand.next() & 0x3ff))
	w.state.WriteOnce(x, stateReplace)
	old := t.current.ReadOnce(x)
	e.mbtest.WriteOnce(x, 1)
	t.current.WriteOnce(x, e) // rcu_assign_pointer: the element is complete
	x.Spend(t.m.Costs.Barrier)
	if old != nil {
		t.pool.leave(x, old)
		t.retire(x, old)
	}
	t.version.WriteOnce(x, t.version.Peek()+1)
}

// retire waits for the readers of old by a method chosen at random.
//
//kernel:fn rcu_torture_writer kernel/rcu/rcutorture.c
func (t *Torture) retire(x *cpu.Exec, old *element) {
	w := &t.writer
	method := w.methods[w.rand.next()%uint64(len(w.methods))]
	w.state.WriteOnce(x, method)
	switch method {
	case stateDefFree:
		t.ops.deferredFree(x, old)
	case stateExpSync:
		t.ops.expSync(x)
		t.pipeUpdate(x, old)
	case stateCondGet:
		state := t.ops.getState(x)
		if i := w.rand.next() % 16; i != 0 {
			t.sleep(x, i)
		}
		x.Delay(micros(w.rand.next() % 1000))
		w.state.WriteOnce(x, stateCondSync)
		t.ops.condSync(x, state)
		t.pipeUpdate(x, old)
	case stateSync:
		t.ops.sync(x)
		t.pipeUpdate(x, old)
	}
}

// pipeUpdate is rcu_torture_pipe_update(): a synchronous grace period has
// passed for all that wait for one, old last among them.
//
//kernel:fn rcu_torture_pipe_update kernel/rcu/rcutorture.c
func (t *Torture) pipeUpdate(x *cpu.Exec, old *element) {
	w := &t.writer
	waiting := append([]*element{old}, w.removed...)
	w.removed = w.removed[:0]
	for _, e := range waiting {
		if t.pool.grow(x, e) {
			t.pool.free(x, e)
		} else {
			w.removed = append(w.removed, e)
		}
	}
}

// changeExpediting makes all grace periods expedited, four levels deep and back
// again, now and then: 0, 1, 2, 3, 4 = -4, -3, -2, -1, 0.
//
//kernel:fn rcu_torture_writer kernel/rcu/rcutorture.c
func (t *Torture) changeExpediting(x *cpu.Exec) {
	w := &t.writer
	if n := w.rand.next(); w.level == 0 && n&0xff != 0 {
		return
	}
	cpu.WarnOnce(x, w.level == 0 && t.r.Expedites(x), "kernel/rcu/rcutorture.c", "rcu_torture_writer: expedited though nobody asked for it")
	if w.level >= 0 {
		t.r.ExpediteGP(x)
	} else {
		t.r.UnexpediteGP(x)
	}
	if w.level++; w.level > 3 {
		w.level = -w.level
	}
}

// undoExpediting leaves grace periods as they were found.
//
//kernel:fn rcu_torture_writer kernel/rcu/rcutorture.c
func (t *Torture) undoExpediting(x *cpu.Exec, canExpedite bool) {
	w := &t.writer
	if w.level > 0 {
		w.level = -w.level
	}
	for ; canExpedite && w.level < 0; w.level++ {
		t.r.UnexpediteGP(x)
	}
	cpu.WarnOnce(x, canExpedite && t.r.Expedites(x), "kernel/rcu/rcutorture.c", "rcu_torture_writer: expedited at the end")
}

// streams of random numbers: one for each thread that draws.
const (
	streamWriter = iota
	streamTimers
	streamOnoff
	streamFakewriters = 1000
	streamReaders     = 2000
)

// runFakewriter is rcu_torture_fakewriter(): grace periods of all kinds, for
// nobody.
//
//kernel:fn rcu_torture_fakewriter kernel/rcu/rcutorture.c
func (t *Torture) runFakewriter(x *cpu.Exec, n int) {
	rand := t.newRandom(streamFakewriters + uint64(n))
	t.s.SetUserNice(x, t.s.Task(x), maxNice)
	for {
		t.tm.ScheduleTimeoutUninterruptible(x, 1+rand.next()%10)
		x.Delay(micros(rand.next() & 0x3ff))
		switch {
		case t.ops.barrier != nil && rand.next()%uint64(8*t.p.NFakewriters) == 0:
			t.ops.barrier(x)
		case t.p.GpNormal == t.p.GpExp && rand.next()&0x80 != 0 || t.p.GpNormal && !t.p.GpExp:
			t.ops.sync(x)
		default:
			t.ops.expSync(x)
		}
		t.stutterWait(x)
		if t.mustStop(x) {
			return
		}
	}
}

const maxNice = 19
