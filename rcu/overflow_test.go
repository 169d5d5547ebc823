package rcu

import (
	"testing"

	"lockstep/cpu"
	"lockstep/sim"
)

// TestOverflow: ten thousand callbacks on one CPU are no matter; the next one
// starts a grace period at once, and while one is in progress lifts the limit
// of batches and asks for forcing. With interrupts off nothing is kicked.
func TestOverflow(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 2}, Config{})
	rsp := b.r.Preempt()
	heads := make([]Head, 3*qhimark)
	n, ran := 0, 0
	b.run(t, b.task("caller", 0, func(x *cpu.Exec) {
		rdp := rsp.rda.This(x)
		call := func() {
			b.r.CallRCU(x, &heads[n], func(*cpu.Exec) { ran++ })
			n++
		}
		f := cpu.LocalIrqSave(x)
		for n <= qhimark+5 {
			call()
		}
		if rdp.qlen.Peek() != n || rsp.gpFlags.Peek() != 0 || rdp.blimit != blimit {
			t.Errorf("interrupts off: qlen %d of %d, gp_flags %d, blimit %d", rdp.qlen.Peek(), n, rsp.gpFlags.Peek(), rdp.blimit)
		}
		cpu.LocalIrqRestore(x, f)
		call()
		if rsp.gpFlags.Peek()&gpFlagInit == 0 && !rsp.gpInProgress(x) {
			t.Error("above the mark, and no grace period is asked for")
		}
		for !rsp.gpInProgress(x) {
			x.Delay(100 * sim.Microsecond)
		}
		forced := rsp.nForceQS.Peek()
		call()
		if rdp.blimit != unlimited || rdp.qlenLastFqsCheck != rdp.qlen.Peek() {
			t.Errorf("in a grace period: blimit %d, qlen_last_fqs_check %d of %d", rdp.blimit, rdp.qlenLastFqsCheck, rdp.qlen.Peek())
		}
		if rsp.gpFlags.Peek()&gpFlagFQS == 0 && rsp.nForceQS.Peek() == forced {
			t.Error("nobody is asked to force quiescent states")
		}
		b.r.Barrier(x)
		b.tm.Msleep(x, 2)
		if rdp.blimit != blimit || rdp.qlenLastFqsCheck != 0 || rdp.qlen.Peek() != 0 {
			t.Errorf("drained: blimit %d, qlen_last_fqs_check %d, qlen %d", rdp.blimit, rdp.qlenLastFqsCheck, rdp.qlen.Peek())
		}
	}))
	if ran != n || len(b.m.Findings()) != 0 {
		t.Errorf("%d callbacks of %d ran, findings:\n%s", ran, n, b.findings())
	}
}

// TestBatchLimit: where somebody else wants the CPU a batch is ten callbacks,
// and on the idle task, if nobody does, all there are.
func TestBatchLimit(t *testing.T) {
	for _, c := range []struct {
		wanted bool
		want   int
	}{{false, 200}, {true, blimit}} {
		b := newBox(cpu.Config{CPUs: 1}, Config{})
		heads := make([]Head, 200)
		ran := 0
		onBoot(t, b, func(x *cpu.Exec) {
			rsp := b.r.Preempt()
			rdp := rsp.rda.This(x)
			for i := range heads {
				b.r.CallRCU(x, &heads[i], func(*cpu.Exec) { ran++ })
			}
			rdp.cbs.accelerate(firstGP + 1)
			rdp.cbs.advance(firstGP + 1)
			if c.wanted {
				b.s.SetNeedResched(x)
			}
			rsp.doBatch(x, rdp)
		})
		if ran != c.want {
			t.Errorf("wanted %t: a batch of %d, want %d", c.wanted, ran, c.want)
		}
	}
}

// TestLazyAndDouble: kfree_rcu() is counted apart; a head that is queued
// twice is leaked with a warning.
func TestLazyAndDouble(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 1}, Config{})
	var lazy, twice Head
	ran := 0
	count := func(*cpu.Exec) { ran++ }
	b.run(t, b.task("caller", 0, func(x *cpu.Exec) {
		rdp := b.r.Preempt().rda.This(x)
		b.r.KfreeRCU(x, &lazy, count)
		b.r.CallRCU(x, &twice, count)
		b.r.CallRCU(x, &twice, count)
		if rdp.qlen.Peek() != 2 || rdp.qlenLazy != 1 {
			t.Errorf("%d queued, %d lazy, want 2 and 1", rdp.qlen.Peek(), rdp.qlenLazy)
		}
		b.r.Barrier(x)
		if rdp.qlenLazy != 0 {
			t.Errorf("%d lazy ones left", rdp.qlenLazy)
		}
	}))
	if ran != 2 || b.kinds() != "warn" {
		t.Errorf("%d ran, findings %q", ran, b.kinds())
	}
}

// TestNeedsCPU: a CPU with callbacks keeps its tick, another need not.
func TestNeedsCPU(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 2}, Config{})
	var h Head
	b.run(t, b.task("caller", 0, func(x *cpu.Exec) {
		if b.m.Hooks.RCUNeedsCPU(x) {
			t.Error("needed before there is a callback")
		}
		b.r.CallRCUBH(x, &h, func(*cpu.Exec) {})
		if !b.m.Hooks.RCUNeedsCPU(x) {
			t.Error("not needed with a callback")
		}
	}))
}
