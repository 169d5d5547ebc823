package sched

import (
	"slices"

	"lockstep/cpu"
	"lockstep/cpu/lockdep"
)

// FastPath is the rcu_sync of a [PercpuRWSem], which RCU has.
type FastPath interface {
	// IsIdle reports whether readers may take the fast path, before preemption
	// is on again.
	IsIdle(x *cpu.Exec) bool
	// Enter closes it and sleeps until nobody is in it; Exit opens it again, a
	// grace period after everybody who entered has called it.
	Enter(x *cpu.Exec)
	Exit(x *cpu.Exec) // see Enter
}

// PercpuRWSem is struct percpu_rw_semaphore of v4.4: an rw_semaphore for many
// readers and hardly a writer (docs/kernel/sched-irq-printk.md §4.9).
//
//	reader  preemption off; fast path open: this CPU's counter+1; preemption on
//	        closed: down_read(rw_sem), slow_read_ctr+1, up_read(rw_sem)
//	writer  close the fast path and wait for a grace period; down_write(rw_sem);
//	        move the sum of the counters to slow_read_ctr; sleep until it is 0
//
// A counter of one CPU may be negative, since a reader may leave on another
// than it came on; the sum is the number of readers once nobody changes it,
// which is what the grace period is for: with a reader between its look at the
// path and its counter, the writer's sum would miss it. For the validator
// rw_sem is the whole of it.
type PercpuRWSem struct {
	rw    RWSem
	path  FastPath
	fast  []cpu.Var[int] // fast_read_ctr, per CPU
	slow  cpu.Var[int]   // slow_read_ctr: readers that the counters do not count
	waitq WaitQueue      // write_waitq
	owner *Task          // the writer, once no reader is left; for views and checks

	readers []rwsemReader // who has it for reading; not known to the kernel
}

var percpuWaitKey = lockdep.Key{Name: "&brw->write_waitq", Inner: lockdep.WaitConfig}

// Init makes a free semaphore; key is its class, with [lockdep.WaitSleep] as
// Inner.
//
//kernel:fn __percpu_init_rwsem kernel/locking/percpu-rwsem.c
func (p *PercpuRWSem) Init(s *Sched, name string, key *lockdep.Key, path FastPath) {
	p.path = path
	p.fast = make([]cpu.Var[int], len(s.rqs))
	for i := range p.fast {
		p.fast[i].Init(s.m, name+".fast_read_ctr", 0)
	}
	p.rw.Init(s, name, key)
	p.slow.Init(s.m, name+".slow_read_ctr", 0)
	p.waitq.Init(s, name+".write_waitq", &percpuWaitKey)
}

// Dep returns the validator's view of the semaphore.
func (p *PercpuRWSem) Dep() *lockdep.Map { return p.rw.Dep() }

// updateFast is update_fast_ctr(): it adds n to this CPU's counter if the fast
// path is open. The validator is asked behind the look at the path, as it runs
// with interrupts off in any case; or told then that the counter was raised.
//
//kernel:fn update_fast_ctr kernel/locking/percpu-rwsem.c
func (p *PercpuRWSem) updateFast(x *cpu.Exec, n int, judge, told func() bool) bool {
	cpu.PreemptDisable(x)
	x.LockdepTime()
	open := p.path.IsIdle(x)
	if judge != nil && judge() {
		open = p.path.IsIdle(x)
	}
	if open {
		p.fast[x.CPU().ID].Update(x, func(v int) int { return v + n })
		p.count(x, n)
		if told != nil {
			told()
		}
	}
	cpu.PreemptEnable(x)
	return open
}

// count notes a reader that comes or goes, behind the operation on its counter.
func (p *PercpuRWSem) count(x *cpu.Exec, n int) {
	t := p.rw.s.Task(x)
	if n > 0 {
		p.readers = append(p.readers, rwsemReader{t, x.Now()})
		return
	}
	if i := p.readIndex(t); i >= 0 {
		p.readers = slices.Delete(p.readers, i, i+1)
	}
}

func (p *PercpuRWSem) readIndex(t *Task) int {
	return slices.IndexFunc(p.readers, func(r rwsemReader) bool { return r.task == t })
}

// slowDone is the end of a reader's slow path, with rw_sem read-held: it counts
// as a reader before it releases that.
func (p *PercpuRWSem) slowDone(x *cpu.Exec, judge func() bool) {
	p.slow.Update(x, func(v int) int { return v + 1 })
	p.count(x, 1)
	if judge != nil {
		judge()
	}
	p.rw.upReadUnseen(x)
}

// DownRead is percpu_down_read(). The slow path takes rw_sem unseen by the
// validator, which has been told already.
//
//kernel:fn percpu_down_read kernel/locking/percpu-rwsem.c
func (p *PercpuRWSem) DownRead(x *cpu.Exec) {
	MightSleep(x)
	if p.updateFast(x, 1, func() bool { return x.Validate(p.Dep(), lockdep.Read) }, nil) {
		return
	}
	p.rw.downReadUnseen(x)
	p.slowDone(x, nil)
}

// DownReadTrylock is percpu_down_read_trylock().
//
//kernel:fn percpu_down_read_trylock kernel/locking/percpu-rwsem.c
func (p *PercpuRWSem) DownReadTrylock(x *cpu.Exec) bool {
	judge := func() bool { return x.Validate(p.Dep(), lockdep.Read|lockdep.Trylock) }
	if p.updateFast(x, 1, nil, judge) {
		return true
	}
	if !p.rw.downReadTrylockUnseen(x) {
		return false
	}
	p.slowDone(x, judge)
	return true
}

// UpRead is percpu_up_read(). Whoever finds the slow counter 0 wakes the
// writer, who may not be there.
//
//kernel:fn percpu_up_read kernel/locking/percpu-rwsem.c
func (p *PercpuRWSem) UpRead(x *cpu.Exec) {
	if p.updateFast(x, -1, func() bool { return x.Unvalidate(p.Dep()) }, nil) {
		return
	}
	left := p.slow.Update(x, func(v int) int { return v - 1 }) - 1
	p.count(x, -1)
	if left == 0 && !p.rw.s.m.Mutated("sched.percpu-rwsem-no-wake") {
		p.waitq.WakeUpAll(x)
	}
}
