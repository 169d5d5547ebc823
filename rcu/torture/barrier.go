package torture

import (
	"strconv"

	"lockstep/cpu"
	"lockstep/cpu/sched"
	"lockstep/rcu"
)

// barrier is the test of rcu_barrier(): threads that queue a callback each,
// one that waits for all of them by a barrier, and counts
// (docs/kernel/rcutorture.md §5.5).
type barrier struct {
	phase   cpu.Var[bool]  // barrier_phase: it changes, and each queues one
	count   cpu.Var[int64] // that have still to queue theirs
	invoked cpu.Var[int64]
	wq      sched.WaitQueue   // the driver's, until count is 0
	cbsWq   []sched.WaitQueue // the threads', until the phase changes

	// attempts, successes and errors are the driver's, and good to read once it
	// has stopped; between, the statistics look as racily as the kernel's.
	attempts, successes, errors cpu.Var[int64]
}

func (b *barrier) init(t *Torture) {
	b.phase.Init(t.m, "barrier_phase", false)
	b.count.Init(t.m, "barrier_cbs_count", 0)
	b.invoked.Init(t.m, "barrier_cbs_invoked", 0)
	b.attempts.Init(t.m, "n_barrier_attempts", 0)
	b.successes.Init(t.m, "n_barrier_successes", 0)
	b.errors.Init(t.m, "n_rcu_torture_barrier_error", 0)
	b.wq.Init(t.s, "barrier_wq", &barrierWqKey)
	b.cbsWq = make([]sched.WaitQueue, t.p.NBarrierCbs)
	for i := range b.cbsWq {
		b.cbsWq[i].Init(t.s, "barrier_cbs_wq"+strconv.Itoa(i), &barrierCbsWqKey)
	}
}

// startBarrier is rcu_torture_barrier_init().
//
//kernel:fn rcu_torture_barrier_init kernel/rcu/rcutorture.c
func (t *Torture) startBarrier(x *cpu.Exec) {
	if t.p.NBarrierCbs <= 0 || t.ops.call == nil || t.ops.barrier == nil {
		return
	}
	k := &t.tasks
	for i := range t.p.NBarrierCbs {
		k.cbs = append(k.cbs, t.create(x, "rcu_torture_barrier_cbs", func(x *cpu.Exec) { t.runBarrierCbs(x, i) }))
	}
	k.barrier = t.create(x, "rcu_torture_barrier", t.runBarrier)
}

// runBarrierCbs is rcu_torture_barrier_cbs().
//
//kernel:fn rcu_torture_barrier_cbs kernel/rcu/rcutorture.c
func (t *Torture) runBarrierCbs(x *cpu.Exec, i int) {
	b := &t.barrier
	var head rcu.Head
	invoke := func(x *cpu.Exec) { b.invoked.Update(x, more) }
	last := false
	t.s.SetUserNice(x, t.s.Task(x), maxNice)
	for {
		var phase bool
		b.cbsWq[i].WaitEvent(x, sched.Uninterruptible, func() bool {
			phase = b.phase.ReadOnce(x)
			return phase != last || t.mustStop(x)
		})
		last = phase
		if t.mustStop(x) {
			break
		}
		t.ops.call(x, &head, invoke)
		if b.count.Update(x, func(n int64) int64 { return n - 1 }) == 1 {
			b.wq.WakeUp(x, sched.Normal, 1)
		}
		if t.mustStop(x) {
			break
		}
	}
	t.ops.barrier(x)
}

// runBarrier is rcu_torture_barrier(). A pass whose count is wrong is a
// success all the same: the error is counted apart.
//
//kernel:fn rcu_torture_barrier kernel/rcu/rcutorture.c
func (t *Torture) runBarrier(x *cpu.Exec) {
	b, n := &t.barrier, int64(t.p.NBarrierCbs)
	for !t.mustStop(x) {
		b.invoked.WriteOnce(x, 0)
		b.count.WriteOnce(x, n)
		b.phase.WriteOnce(x, !b.phase.Peek())
		for i := range b.cbsWq {
			b.cbsWq[i].WakeUp(x, sched.Normal, 1)
		}
		b.wq.WaitEvent(x, sched.Uninterruptible, func() bool { return b.count.ReadOnce(x) == 0 || t.mustStop(x) })
		if t.mustStop(x) {
			return
		}
		b.attempts.WriteOnce(x, b.attempts.Peek()+1)
		t.ops.barrier(x)
		if got := b.invoked.ReadOnce(x); got != n {
			b.errors.WriteOnce(x, b.errors.Peek()+1)
			t.alert(x, "barrier_cbs_invoked = "+strconv.FormatInt(got, 10)+", n_barrier_cbs = "+strconv.FormatInt(n, 10))
			cpu.WarnOnce(x, true, "kernel/rcu/rcutorture.c", "rcu_torture_barrier: the barrier is over and not all callbacks have run")
		}
		b.successes.WriteOnce(x, b.successes.Peek()+1)
		t.sleep(x, uint64(t.m.HZ/10))
	}
}
