package rcu

import (
	"fmt"
	"testing"

	"lockstep/cpu"
	"lockstep/cpu/sched"
	"lockstep/sim"
)

// flavourStorm runs readers of all flavours beside updaters of all kinds. It
// returns how many callbacks ran.
func flavourStorm(t *testing.T, e sim.Config) (*box, int) {
	t.Helper()
	rc := stormShapes[e.Seed%3]
	rc.Expedited = true
	b := newBox(cpu.Config{CPUs: stormCPUs, Engine: e}, rc)
	called := 0
	var tasks []*sched.Task
	for c := range stormCPUs {
		tasks = append(tasks, b.task(fmt.Sprintf("reader%d", c), c, func(x *cpu.Exec) { b.readAll(x, c, &called) }))
		tasks = append(tasks, b.task(fmt.Sprintf("updater%d", c), c, func(x *cpu.Exec) { b.updateAll(x, c) }))
	}
	if end := b.run(t, tasks...); end != sim.EndStopped || len(b.m.Findings()) != 0 {
		t.Fatalf("seed %d: run ended %v, findings:\n%s", e.Seed, end, b.findings())
	}
	return b, called
}

// TestRunAheadFlavours: the storm comes to the same hash stepped as with
// run-ahead, so nothing of RCU reads what another CPU may have changed
// without an operation.
func TestRunAheadFlavours(t *testing.T) {
	for seed := range uint64(6) {
		e := sim.Config{Seed: seed, Stalls: seed%2 == 1}
		ahead, _ := flavourStorm(t, e)
		e.NoRunAhead = true
		if stepped, _ := flavourStorm(t, e); ahead.m.E.Hash() != stepped.m.E.Hash() {
			t.Errorf("seed %d: run-ahead and stepping differ", seed)
		}
	}
}

// TestFlavourStorm: every callback runs once, barriers and grace periods hold,
// nobody owes anything at the end.
func TestFlavourStorm(t *testing.T) {
	for seed := range uint64(9) {
		b, called := flavourStorm(t, sim.Config{Seed: seed})
		if want := 4 * stormCPUs * stormRounds; called != want {
			t.Errorf("seed %d: %d callbacks ran, want %d", seed, called, want)
		}
		for _, rsp := range b.r.Flavours() {
			v := rsp.View()
			if v.Completed != v.GPNum || v.GPNum == firstGP || v.Barrier&1 != 0 {
				t.Errorf("seed %d: %s: no grace period, or one left open: %+v", seed, rsp.Name(), v)
			}
			for _, n := range v.Nodes {
				if n.QSMask != 0 || n.ExpMask != 0 {
					t.Errorf("seed %d: %s: somebody owes at the end: %+v", seed, rsp.Name(), n)
				}
			}
		}
	}
}

// readAll is a reader of each flavour in turn, and its callbacks.
func (b *box) readAll(x *cpu.Exec, c int, called *int) {
	heads := make([][4]Head, stormRounds)
	count := func(*cpu.Exec) { *called++ }
	for k := range heads {
		pause := sim.Time(1+(k+c)%4) * 200 * sim.Microsecond
		b.r.ReadLock(x)
		x.Delay(pause)
		b.r.ReadLockSched(x)
		x.Delay(pause / 2)
		b.r.ReadUnlockSched(x)
		b.r.ReadUnlock(x)
		b.r.ReadLockBH(x)
		x.Delay(pause)
		b.r.ReadUnlockBH(x)
		b.r.CallRCU(x, &heads[k][0], count)
		b.r.CallRCUSched(x, &heads[k][1], count)
		b.r.CallRCUBH(x, &heads[k][2], count)
		b.r.KfreeRCU(x, &heads[k][3], count)
	}
}

// updateAll waits in every way there is.
func (b *box) updateAll(x *cpu.Exec, c int) {
	ways := []func(x *cpu.Exec){
		b.r.Synchronize, b.r.SynchronizeSched, b.r.SynchronizeBH, b.r.SynchronizeExpedited, b.r.SynchronizeSchedExpedited,
		b.r.SynchronizeBHExpedited, b.r.Barrier, b.r.BarrierSched, b.r.BarrierBH,
		func(x *cpu.Exec) {
			s := b.r.GetState(x)
			b.tm.Msleep(x, 3)
			b.r.CondSynchronize(x, s)
		},
		func(x *cpu.Exec) {
			b.r.ExpediteGP(x)
			b.r.Synchronize(x)
			b.r.SynchronizeSched(x)
			b.r.UnexpediteGP(x)
		},
		b.r.CondReschedQS,
	}
	for k := range ways {
		ways[(k+3*c)%len(ways)](x)
		b.tm.Msleep(x, uint64(1+k%2))
	}
}

// TestOneCPUNeedsNoGrace: on one CPU whoever may sleep is in no reader of
// rcu_sched, so nothing is waited for; rcu_preempt waits all the same.
func TestOneCPUNeedsNoGrace(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 1}, Config{})
	b.run(t, b.task("updater", 0, func(x *cpu.Exec) {
		b.r.SynchronizeSched(x)
		b.r.SynchronizeBH(x)
		if n := b.r.Sched().View().GPNum; n != firstGP {
			t.Errorf("synchronize_sched() started a grace period, gpnum %d", int64(n))
		}
		b.r.Synchronize(x)
	}))
	if n := b.r.Preempt().View().Completed; n == firstGP {
		t.Error("synchronize_rcu() ended without a grace period")
	}
}

// TestSuspiciousUse: what PROVE_RCU says of waits and sleeps inside readers.
func TestSuspiciousUse(t *testing.T) {
	for _, c := range []struct {
		text string
		body func(b *box, x *cpu.Exec)
	}{
		{"Illegal synchronize_rcu() in RCU read-side critical section", func(b *box, x *cpu.Exec) {
			b.r.ReadLock(x)
			b.r.Synchronize(x)
		}},
		{"Illegal synchronize_sched() in RCU-sched read-side critical section", func(b *box, x *cpu.Exec) {
			b.r.ReadLockBH(x)
			b.r.SynchronizeSched(x)
		}},
		{"Illegal context switch in RCU-sched read-side critical section", func(b *box, x *cpu.Exec) {
			b.r.ReadLockSched(x)
			b.tm.Msleep(x, 1)
		}},
		{"Illegal context switch in RCU-bh read-side critical section", func(b *box, x *cpu.Exec) {
			b.r.ReadLockBH(x)
			b.tm.Msleep(x, 1)
		}},
		{"suspicious rcu_dereference_sched_check() usage", func(b *box, x *cpu.Exec) { b.r.CheckHeldSched(x, "test.c") }},
		{"suspicious rcu_dereference_bh_check() usage", func(b *box, x *cpu.Exec) { b.r.CheckHeldBH(x, "test.c") }},
		{"suspicious rcu_dereference_check() usage", func(b *box, x *cpu.Exec) { b.r.CheckHeld(x, "test.c") }},
	} {
		b := newBox(cpu.Config{CPUs: 2, Engine: sim.Config{TimeLimit: 50 * sim.Millisecond}}, Config{ProveRCU: true})
		b.run(t, b.task("task", 0, func(x *cpu.Exec) { c.body(b, x) }))
		if !b.printed(c.text) {
			t.Errorf("%q is not said, but:\n%s", c.text, b.findings())
		}
	}
}

// TestDerefInReaders: the right reader, or the context that stands for it.
func TestDerefInReaders(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 1}, Config{ProveRCU: true})
	b.run(t, b.task("task", 0, func(x *cpu.Exec) {
		b.r.ReadLock(x)
		b.r.CheckHeld(x, "a.c")
		b.r.ReadUnlock(x)
		b.r.ReadLockBH(x)
		b.r.CheckHeldBH(x, "b.c")
		b.r.ReadUnlockBH(x)
		cpu.PreemptDisable(x)
		b.r.CheckHeldSched(x, "c.c")
		cpu.PreemptEnable(x)
	}))
	if len(b.m.Findings()) != 0 {
		t.Error(b.findings())
	}
}
