package sched

import (
	"lockstep/cpu"
	"lockstep/cpu/lock"
	"lockstep/cpu/lockdep"
	"lockstep/sim"
)

// RWSem is struct rw_semaphore of v4.4, the form with one atomic count
// (docs/kernel/sched-irq-printk.md §4.6). The low half of the count is the
// number of those who are active, or try to be; the high half is negative
// while a writer is active or somebody waits.
//
//	down_read   count+1;  negative: a writer is active or somebody waits -> queue
//	down_write  count+W;  not exactly W: somebody is there               -> queue
//	up          count back; waiters, and nobody active: wake
//
// The queue is FIFO. Readers at its head are granted the lock together and
// then woken; a writer at its head is only woken and may be overtaken by one
// that finds the count zero but for the waiters. A writer that must wait spins
// first, as long as the writer who has it runs (rwsem_spin.go).
type RWSem struct {
	obj      sim.Obj // the count
	dep      lockdep.Map
	waitLock lock.Raw
	s        *Sched
	name     string
	count    int64
	list     []*rwsemWaiter
	owner    *Task          // the writer, for the wait-for graph, checks and views
	hint     cpu.Var[*Task] // sem->owner, which comes behind the semaphore and goes before it
	osq      osq
	spinner  *cpu.Wait     // the head of osq, when it parks
	readers  []rwsemReader // who has it for reading; not known to the kernel

	// For views only.
	since sim.Time // the writer has had it
	sleepStats
}

// The count's parts.
const (
	rwsemActive      int64 = 1
	rwsemActiveMask  int64 = 0xffffffff
	rwsemWaiting           = -rwsemActiveMask - 1
	rwsemActiveWrite       = rwsemWaiting + rwsemActive
)

// rwsemWaiter is rwsem_waiter. Of a reader, granted is waiter->task == NULL.
type rwsemWaiter struct {
	task    *Task
	write   bool
	granted bool
	since   sim.Time // for views
}

// rwsemReader is one who has the semaphore for reading.
type rwsemReader struct {
	task  *Task
	since sim.Time // for views
}

var rwsemWaitKey = lockdep.Key{Name: "&sem->wait_lock", Inner: lockdep.WaitSpin}

// Init makes a free semaphore; key is its class, with [lockdep.WaitSleep] as
// Inner.
func (r *RWSem) Init(s *Sched, name string, key *lockdep.Key) {
	r.s, r.name = s, name
	r.obj = s.m.NewObj(name)
	r.dep.Init(key)
	r.waitLock.Init(s.m, name+".wait_lock", &rwsemWaitKey)
	r.hint.Init(s.m, name+".owner", nil)
	r.osq.init(s, name)
	s.m.RegisterHoldable(r)
}

// Reinit is init_rwsem() of one that was used before.
//
//kernel:fn __init_rwsem kernel/locking/rwsem-xadd.c
func (r *RWSem) Reinit(x *cpu.Exec) {
	r.waitLock.Reinit(x)
	x.Op(cpu.KindWrite, &r.obj, sim.AccessWrite, r.s.m.Costs.Store)
	x.InitMap(&r.dep, r.dep.Key())
	r.count, r.owner, r.list, r.readers = 0, nil, nil, nil
	r.hint.Poke(nil)
}

// Dep returns the validator's view of the semaphore.
func (r *RWSem) Dep() *lockdep.Map { return &r.dep }

// Name returns the instance's name.
func (r *RWSem) Name() string { return r.name }

// add is rwsem_atomic_update(): it returns the new count.
//
//kernel:fn rwsem_atomic_update arch/x86/include/asm/rwsem.h
func (r *RWSem) add(x *cpu.Exec, n int64) int64 {
	x.Op(cpu.KindUpdate, &r.obj, sim.AccessUpdate, r.s.m.Costs.RMW)
	r.setCount(x, r.count+n)
	return r.count
}

// ask asks the validator behind an operation on the count and, should it have
// printed something, announces that operation again.
func (r *RWSem) ask(x *cpu.Exec, judge func() bool) {
	x.LockdepTime()
	x.Op(cpu.KindUpdate, &r.obj, sim.AccessUpdate, r.s.m.Costs.RMW)
	if judge() {
		x.Op(cpu.KindUpdate, &r.obj, sim.AccessUpdate, r.s.m.Costs.RMW)
	}
}

// DownRead is down_read().
//
//kernel:fn down_read kernel/locking/rwsem.c
func (r *RWSem) DownRead(x *cpu.Exec) { r.downRead(x, 0) }

// DownReadNested is down_read_nested() with a lockdep subclass.
//
//kernel:fn down_read_nested kernel/locking/rwsem.c
func (r *RWSem) DownReadNested(x *cpu.Exec, sub int) { r.downRead(x, lockdep.Nested(sub)) }

func (r *RWSem) downRead(x *cpu.Exec, how lockdep.How) {
	MightSleep(x)
	r.ask(x, func() bool { return x.Validate(&r.dep, how|lockdep.Read) })
	if r.setCount(x, r.count+rwsemActive); r.count < 0 {
		x.Contended(&r.dep)
		r.downReadFailed(x)
	} else {
		r.addReader(x, r.s.Task(x))
	}
	x.Acquired(&r.dep)
}

// downReadUnseen is __down_read(), for who has told the validator himself, and
// upReadUnseen __up_read().
//
//kernel:fn __down_read arch/x86/include/asm/rwsem.h
func (r *RWSem) downReadUnseen(x *cpu.Exec) {
	if r.add(x, rwsemActive) < 0 {
		r.downReadFailed(x)
	} else {
		r.addReader(x, r.s.Task(x))
	}
}

// downReadTrylockUnseen is __down_read_trylock().
//
//kernel:fn __down_read_trylock arch/x86/include/asm/rwsem.h
func (r *RWSem) downReadTrylockUnseen(x *cpu.Exec) bool {
	x.Op(cpu.KindTrylock, &r.obj, sim.AccessUpdate, r.s.m.Costs.RMW)
	if r.count < 0 {
		return false
	}
	r.setCount(x, r.count+rwsemActive)
	r.addReader(x, r.s.Task(x))
	return true
}

// DownReadTrylock is down_read_trylock().
//
//kernel:fn down_read_trylock kernel/locking/rwsem.c
func (r *RWSem) DownReadTrylock(x *cpu.Exec) bool {
	x.LockdepTime()
	if !r.downReadTrylockUnseen(x) {
		return false
	}
	x.Validate(&r.dep, lockdep.Read|lockdep.Trylock)
	x.Acquired(&r.dep)
	return true
}

// DownWrite is down_write().
//
//kernel:fn down_write kernel/locking/rwsem.c
func (r *RWSem) DownWrite(x *cpu.Exec) { r.downWrite(x, 0, nil) }

// DownWriteNested is down_write_nested() with a lockdep subclass.
//
//kernel:fn down_write_nested kernel/locking/rwsem.c
func (r *RWSem) DownWriteNested(x *cpu.Exec, sub int) { r.downWrite(x, lockdep.Nested(sub), nil) }

// DownWriteNest is down_write_nest_lock(): nest is held, and any number of
// semaphores of this class may be taken under it.
//
//kernel:fn _down_write_nest_lock kernel/locking/rwsem.c
func (r *RWSem) DownWriteNest(x *cpu.Exec, nest *lockdep.Map) { r.downWrite(x, 0, nest) }

func (r *RWSem) downWrite(x *cpu.Exec, how lockdep.How, nest *lockdep.Map) {
	MightSleep(x)
	r.ask(x, func() bool { return x.ValidateNest(&r.dep, how, nest) })
	if r.setCount(x, r.count+rwsemActiveWrite); r.count != rwsemActiveWrite {
		x.Contended(&r.dep)
		r.downWriteFailed(x)
	} else {
		r.setOwner(x)
		x.Acquired(&r.dep)
		r.setHint(x, r.owner)
	}
}

// DownWriteTrylock is down_write_trylock().
//
//kernel:fn down_write_trylock kernel/locking/rwsem.c
func (r *RWSem) DownWriteTrylock(x *cpu.Exec) bool {
	x.LockdepTime()
	x.Op(cpu.KindTrylock, &r.obj, sim.AccessUpdate, r.s.m.Costs.RMW)
	if r.count != 0 {
		return false
	}
	r.setCount(x, rwsemActiveWrite)
	r.setOwner(x)
	x.Validate(&r.dep, lockdep.Trylock)
	x.Acquired(&r.dep)
	r.setHint(x, r.owner)
	return true
}

func (r *RWSem) setOwner(x *cpu.Exec) { r.owner, r.since = r.s.Task(x), x.Now() }

func (r *RWSem) addReader(x *cpu.Exec, t *Task) {
	r.readers = append(r.readers, rwsemReader{t, x.Now()})
}
