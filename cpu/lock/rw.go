package lock

import (
	"lockstep/cpu"
	"lockstep/cpu/lockdep"
	"lockstep/sim"
)

// RW is an rwlock_t, queued as on x86 since 3.16 (docs/kernel/
// sched-irq-printk.md §4.2). Readers share it; whoever cannot have it at once
// queues, readers and writers alike, first come first served, so that a
// reader in process context waits behind a writer that waits. A reader in an
// interrupt, or with bottom halves off, waits for a writer only that has the
// lock: it may have interrupted a reader.
//
// As with raw spinlocks a release hands the lock over, to the readers in
// interrupts, then to all readers at the head of the queue or to the writer
// there. Until their spin ends it is reserved for them. The instant in which
// the kernel's word is zero and a passer-by may take it does not exist here.
type RW struct {
	obj  sim.Obj
	dep  lockdep.Map
	name string
	m    *cpu.Machine

	writer   *cpu.CPU // has it, or has it reserved
	reserved bool     // for writer
	wereOff  bool     // interrupts, already when WriteLockIrq took it
	readers  []reader // in the order they got it
	queue    []rwWaiter
	inIrq    []rwWaiter    // readers that wait past the queue
	site     lockdep.Stack // of the writer

	// For views only.
	since     sim.Time // the writer has had it
	contended uint64   // acquisitions that had to wait
	waited    sim.Time // and how long all of them did
}

// reader is one read-side acquisition. A CPU that recursed has several.
type reader struct {
	cpu      *cpu.CPU
	task     *cpu.Exec
	reserved bool // granted; its spin has not ended yet
	wereOff  bool // interrupts, already when ReadLockIrq took it
	since    sim.Time
	site     lockdep.Stack
}

// rwWaiter is one who spins.
type rwWaiter struct {
	w     *cpu.Wait
	write bool
}

// Init makes a lock: name is the instance's, key its class's, with
// [lockdep.WaitConfig] as Inner.
func (l *RW) Init(m *cpu.Machine, name string, key *lockdep.Key) {
	l.obj = m.NewObj(name)
	l.dep.Init(key)
	l.name, l.m = name, m
	m.RegisterHoldable(l)
}

// Reinit is rwlock_init() of a lock that was used before.
//
//kernel:fn __rwlock_init kernel/locking/spinlock_debug.c
func (l *RW) Reinit(x *cpu.Exec) {
	x.Op(cpu.KindWrite, &l.obj, sim.AccessWrite, l.m.Costs.Store)
	if x.InitMap(&l.dep, l.dep.Key()) {
		x.Op(cpu.KindWrite, &l.obj, sim.AccessWrite, l.m.Costs.Store)
	}
	l.writer, l.reserved, l.readers, l.queue, l.inIrq, l.site = nil, false, nil, nil, nil, 0
}

// Name returns the instance's name.
func (l *RW) Name() string { return l.name }

// Dep returns the validator's view of the lock.
func (l *RW) Dep() *lockdep.Map { return &l.dep }

// readHow is how a reader is annotated: v4.4 takes every one for recursive,
// newer rules only one that passes a queued writer.
//
//kernel:fn read_lock_is_recursive kernel/locking/lockdep.c
func (l *RW) readHow(x *cpu.Exec) lockdep.How {
	if !l.m.NewRules() || l.m.ForceReadLockRecursive || x.CPU().InInterrupt() {
		return lockdep.ReadRecursive
	}
	return lockdep.Read
}

// announce announces an operation on the lock behind which the validator is
// asked, and again if it had something to print.
func (l *RW) announce(x *cpu.Exec, k sim.Kind, cost sim.Time, ask func() bool) {
	x.LockdepTime()
	x.Op(k, &l.obj, sim.AccessUpdate, cost)
	if ask() {
		x.Op(k, &l.obj, sim.AccessUpdate, cost)
	}
}

// readAcquire takes the lock for reading or waits for it.
func (l *RW) readAcquire(x *cpu.Exec) {
	how := l.readHow(x)
	l.announce(x, cpu.KindLock, l.m.Costs.Lock, func() bool { return x.Validate(&l.dep, how) })
	inIrq := x.CPU().InInterrupt()
	if !l.readable(inIrq) && x.Contended(&l.dep) {
		x.Op(cpu.KindLock, &l.obj, sim.AccessUpdate, l.m.Costs.Lock)
	}
	switch {
	case l.readable(inIrq):
		l.addReader(x)
	case inIrq:
		l.wait(x, &l.inIrq, false)
	default:
		l.wait(x, &l.queue, false)
	}
	x.Acquired(&l.dep)
}

// readable tells whether a reader may have the lock at once: no writer has it,
// and one that waits is passed by interrupts only.
func (l *RW) readable(inIrq bool) bool { return l.writer == nil && (len(l.queue) == 0 || inIrq) }

// readTry takes it for reading if neither a writer has it nor one waits.
func (l *RW) readTry(x *cpu.Exec) bool {
	x.LockdepTime()
	x.Op(cpu.KindTrylock, &l.obj, sim.AccessUpdate, l.m.Costs.Lock)
	if l.writer != nil || len(l.queue) > 0 {
		return false
	}
	l.addReader(x)
	x.Validate(&l.dep, l.readHow(x)|lockdep.Trylock)
	x.Acquired(&l.dep)
	return true
}

// writeAcquire takes the lock for writing or queues for it.
func (l *RW) writeAcquire(x *cpu.Exec) {
	l.announce(x, cpu.KindLock, l.m.Costs.Lock, func() bool { return x.Validate(&l.dep, 0) })
	if !l.free() && x.Contended(&l.dep) {
		x.Op(cpu.KindLock, &l.obj, sim.AccessUpdate, l.m.Costs.Lock)
	}
	if l.free() {
		l.setWriter(x)
	} else {
		l.wait(x, &l.queue, true)
	}
	x.Acquired(&l.dep)
}

// writeTry takes it for writing if it is free.
func (l *RW) writeTry(x *cpu.Exec) bool {
	x.LockdepTime()
	x.Op(cpu.KindTrylock, &l.obj, sim.AccessUpdate, l.m.Costs.Lock)
	if !l.free() {
		return false
	}
	l.setWriter(x)
	x.Validate(&l.dep, lockdep.Trylock)
	x.Acquired(&l.dep)
	return true
}

// free: nobody has it and nobody waits, who would be next.
func (l *RW) free() bool { return l.writer == nil && len(l.readers) == 0 && len(l.queue) == 0 }

func (l *RW) addReader(x *cpu.Exec) {
	l.readers = append(l.readers, reader{cpu: x.CPU(), task: x, since: x.Now(), site: l.capture(x)})
}

func (l *RW) setWriter(x *cpu.Exec) {
	l.writer, l.reserved, l.wereOff, l.since, l.site = x.CPU(), false, false, x.Now(), l.capture(x)
}

func (l *RW) capture(x *cpu.Exec) lockdep.Stack {
	if t := l.m.Tracer; t != nil {
		return t.Capture(x)
	}
	return 0
}

// wait spins in one of the two lists until the lock is handed over.
func (l *RW) wait(x *cpu.Exec, list *[]rwWaiter, write bool) {
	w := x.BeginWait(cpu.WaitRWLock, l, &l.obj)
	*list = append(*list, rwWaiter{w, write})
	since := w.Since
	l.contended++
	x.Spin(w)
	x.EndWait(w)
	x.Op(cpu.KindAcquired, &l.obj, sim.AccessUpdate, 0)
	l.waited += x.Now() - since
	if write {
		l.setWriter(x)
		return
	}
	// Of several reservations of one task the innermost context's comes last.
	for i := len(l.readers) - 1; i >= 0; i-- {
		if r := &l.readers[i]; r.task == x && r.reserved {
			r.cpu, r.reserved, r.since, r.site = x.CPU(), false, x.Now(), l.capture(x)
			break
		}
	}
}
