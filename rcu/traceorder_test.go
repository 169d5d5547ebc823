package rcu

import (
	"strings"
	"testing"

	"lockstep/cpu"
	"lockstep/cpu/cputest"
	"lockstep/cpu/lock"
	"lockstep/cpu/lockdep"
	"lockstep/cpu/sched"
	"lockstep/sim"
)

// traceOrders is what docs/kernel/rcu-perf.md §18 demands of each trace: these
// lines, or parts of lines, in this order, whatever lies between.
var traceOrders = map[string][]string{
	"normal": {
		"caller          cpu0 segments [] -> [3]", // NEXT, and nothing is kicked
		"L(rcu_node_0[0])", "segments [3] -> [1]", // the softirq merges it into WAIT at the root
		"gp_flags 0 -> 1", "U(rcu_node_0[0])", // INIT, then the unlock,
		"L(rcu_preempt.gp_wq)",                 // and only then the wake-up
		"rcu_preempt     gpnum -300 -> -299",   // gp_init
		"qsmask 00 -> 11",                      // everybody owes
		"qsmask 11 -> 10",                      // CPU 0 reports
		"cpu1 swapper/1       qsmask 10 -> 00", // CPU 1 is the last
		"gp_flags 0 -> 2", "U(rcu_node_0[0])",  // FQS, unlock,
		"L(rcu_preempt.gp_wq)",   // wake
		"completed -300 -> -299", // cleanup; DONE around it, by who notices first
		"segments [0] -> []",     // invoked
	},
	"blocked": {
		"reader.special {} -> {blocked}",
		"gp_tasks nil -> reader", "qsmask 00 -> 11",
		"qsmask 10 -> 00",  // both CPUs have reported, and it goes on
		"{blocked} -> {}",  // until the unlock
		"L(rcu_node_0[0])", // takes the leaf's lock,
		"gp_tasks reader -> nil",
		"gp_flags 0 -> 2", "U(rcu_node_0[0])", "cpu1 reader      L(rcu_preempt.gp_wq)",
		"completed -300 -> -299",
	},
	"expedited": {
		"expedited_sequence 0 -> 1", "expmask 00 -> 11", "IPI",
		"expmask 11 -> 01", "cpu1 E           L(rcu_preempt.expedited_wq)", // E reports itself and sleeps
		"reader.special {} -> {exp_need_qs}", // the handler finds a reader
		"{exp_need_qs} -> {}", "expmask 01 -> 00", "U(rcu_node_0[0])", "cpu0 reader      L(rcu_preempt.expedited_wq)",
		"expedited_sequence 1 -> 2",
	},
	"expedited-preempted": {
		"T.special {} -> {exp_need_qs}",
		"{exp_need_qs} -> {blocked exp_need_qs}", "exp_tasks nil -> T", "{blocked exp_need_qs} -> {blocked}",
		"expmask 01 -> 00", // the CPU has answered, and it goes on
		"{blocked} -> {}", "exp_tasks T -> nil", "L(rcu_preempt.expedited_wq)", "expedited_sequence 1 -> 2",
	},
	"ctx-lock-preempt-off": { // DEAD-1; P's L(C) and E's way to its own are not ordered
		"P.special {} -> {exp_need_qs}", "cpu0 P           L(C)", // P is flagged before it has C,
		"cpu1 E           L(C)",                             // and has it before E wants it, under rq1->lock;
		"P.special {exp_need_qs} -> {}", "expmask 01 -> 00", // P's unlock is the last report
		"cpu0 P           L(rcu_preempt.expedited_wq)", // and wakes E with C held
	},
	"ctx-lock-irqs-off": { // the fix, on the same schedule
		"cpu0 P           L(C)", "cpu0 P           U(C)", // the interrupt waits until C is free,
		"expmask 01 -> 00", // and its handler reports
		"L(rcu_preempt.expedited_wq)", "expedited_sequence 1 -> 2",
	},
}

// checkOrder looks for the parts in order.
func checkOrder(t *testing.T, text string, parts []string) {
	t.Helper()
	if part := cputest.OutOfOrder(text, parts...); part != "" {
		t.Errorf("%q is missing, or out of order", part)
	}
}

// TestTrace5E is E's part of the deadlock: it is on the queue before it
// switches, and wants C with its rq->lock held.
func TestTrace5E(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 2, Engine: sim.Config{NoRunAhead: true}}, Config{Expedited: true})
	tasks := traces["ctx-lock-preempt-off"](b)
	tr := trace(b)
	tr.rq = true
	b.run(t, tasks...)
	checkOrder(t, tr.out.String(), []string{
		"cpu1 E           L(rcu_preempt.expedited_wq)", "cpu1 E           L(rq1->lock)", "cpu1 E           L(C)",
	})
	if k := b.kinds(); !strings.Contains(k, "deadlock") {
		t.Errorf("findings %q, want a deadlock", k)
	}
}

var ctxLockKey = lockdep.Key{Name: "&ctx->lock"}

// ctxLock is the founding situation without perf: C is taken whenever E is
// switched out, under rq->lock, and P ends a reader while it holds C.
func ctxLock(section func(b *box, x *cpu.Exec, c *lock.Raw)) func(b *box) []*sched.Task {
	return func(b *box) []*sched.Task {
		c := new(lock.Raw)
		c.Init(b.m, "C", &ctxLockKey)
		b.m.Hooks.SchedOut = func(x, _ *cpu.Exec) {
			if x.Comm == "E" {
				x.Spend(5 * sim.Microsecond) // the contexts of the CPU come first
				c.Lock(x)
				c.Unlock(x)
			}
		}
		return []*sched.Task{
			b.task("P", 0, func(x *cpu.Exec) {
				x.Delay(50 * sim.Microsecond)
				section(b, x, c)
			}),
			b.task("E", 1, func(x *cpu.Exec) {
				x.Delay(60 * sim.Microsecond)
				b.r.SynchronizeExpedited(x)
			}),
		}
	}
}

// underPreemptOff is perf_lock_task_context() before the fix: the IPI lands
// between the reader's beginning and the lock.
func underPreemptOff(b *box, x *cpu.Exec, c *lock.Raw) {
	cpu.PreemptDisable(x)
	b.r.ReadLock(x)
	for !b.r.task(x).special.expNeedQS {
		x.Delay(50 * sim.Nanosecond)
	}
	f := c.LockIrqsave(x)
	x.Delay(20 * sim.Microsecond)
	b.r.ReadUnlock(x)
	cpu.PreemptEnable(x)
	c.UnlockIrqrestore(x, f)
}

// underIrqsOff is the fix: interrupts are off before the reader begins.
func underIrqsOff(b *box, x *cpu.Exec, c *lock.Raw) {
	f := cpu.LocalIrqSave(x)
	b.r.ReadLock(x)
	x.Delay(12 * sim.Microsecond)
	c.Lock(x)
	x.Delay(20 * sim.Microsecond)
	b.r.ReadUnlock(x)
	c.UnlockIrqrestore(x, f)
}
