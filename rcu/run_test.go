package rcu

import (
	"fmt"
	"testing"

	"lockstep/cpu"
	"lockstep/cpu/sched"
	"lockstep/sim"
)

const (
	stormCPUs   = 4
	stormRounds = 10
)

// storm runs readers that nest and are preempted (two to a CPU) beside
// updaters of every kind. It returns the machine and how many callbacks ran.
func storm(t *testing.T, seed uint64, rc Config, mutations ...string) (*box, int) {
	t.Helper()
	rc.Expedited = true
	b := newBox(cpu.Config{CPUs: stormCPUs, Engine: sim.Config{Seed: seed}}, rc, mutations...)
	called := 0
	var tasks []*sched.Task
	for c := range stormCPUs {
		for i := range 2 {
			heads := make([]Head, stormRounds)
			tasks = append(tasks, b.task(fmt.Sprintf("reader%d.%d", c, i), c, func(x *cpu.Exec) {
				for k := range heads {
					b.r.ReadLock(x)
					x.Delay(20 * sim.Microsecond)
					b.r.ReadLock(x)
					x.Delay(sim.Time(1+k%5) * 300 * sim.Microsecond)
					b.r.ReadUnlock(x)
					b.r.ReadUnlock(x)
					b.r.CallRCU(x, &heads[k], func(*cpu.Exec) { called++ })
				}
			}))
		}
		tasks = append(tasks, b.task(fmt.Sprintf("updater%d", c), c, func(x *cpu.Exec) {
			for k := range stormRounds {
				if (k+c)%3 == 0 {
					b.r.Synchronize(x)
				} else {
					b.r.SynchronizeExpedited(x)
				}
				b.tm.Msleep(x, uint64(1+k%2))
			}
		}))
	}
	end := b.run(t, tasks...)
	if len(mutations) == 0 && end != sim.EndStopped {
		t.Fatalf("seed %d: run ended %v, findings:\n%s", seed, end, b.findings())
	}
	return b, called
}

var stormShapes = []Config{{}, {Fanout: 2, FanoutLeaf: 2}, {FanoutLeaf: 2, ProveRCU: true}}

// TestStormIsClean: every callback runs once, nobody owes anything at the end
// and no oracle has seen anything.
func TestStormIsClean(t *testing.T) {
	for seed := range uint64(12) {
		b, called := storm(t, seed, stormShapes[seed%3])
		if len(b.m.Findings()) != 0 {
			t.Fatalf("seed %d: %s", seed, b.findings())
		}
		if want := 2 * stormCPUs * stormRounds; called != want {
			t.Errorf("seed %d: %d callbacks ran, want %d", seed, called, want)
		}
		v := b.r.Preempt().View()
		for _, n := range v.Nodes {
			if n.QSMask != 0 || n.ExpMask != 0 || n.Blocked != nil {
				t.Errorf("seed %d: somebody owes at the end: %+v", seed, n)
			}
		}
		if v.ExpeditedSeq == 0 || v.ExpeditedSeq&1 != 0 || v.Completed != v.GPNum || v.GPNum == firstGP {
			t.Errorf("seed %d: no grace periods, or one left open: %+v", seed, v)
		}
	}
}

// TestMutationsAreSeen: each deliberate break is found by the oracle that is
// there for it, within a few seeds.
func TestMutationsAreSeen(t *testing.T) {
	for _, c := range []struct{ mutation, kind string }{
		{"rcu.gp-init-clears-qsmask", "gp-too-short"},
		{"rcu.exp-ipi-ignores-nesting", "gp-too-short"},
	} {
		t.Run(c.mutation, func(t *testing.T) {
			for seed := range uint64(60) {
				b, _ := storm(t, seed, stormShapes[seed%3], c.mutation)
				for _, f := range b.m.Findings() {
					if f.Kind == c.kind {
						return
					}
				}
			}
			t.Errorf("no run gave %s", c.kind)
		})
	}
}

// wakesUnderRoot counts the expedited wake-ups that begin with the root's lock held.
func wakesUnderRoot(t *testing.T, mutations ...string) (n int) {
	b := newBox(cpu.Config{CPUs: 2}, Config{Expedited: true}, mutations...)
	root := b.r.Preempt().root()
	b.m.E.OnOp(func(p *sim.Proc, op sim.Op) {
		if op.Kind == cpu.KindLock && b.m.ObjName(op.Obj) == "rcu_preempt.expedited_wq" {
			if by, _ := root.lock.HeldBy(); by != nil && by.P == p {
				n++
			}
		}
	})
	reader := b.task("reader", 0, func(x *cpu.Exec) {
		b.r.ReadLock(x)
		x.Delay(sim.Millisecond)
		b.r.ReadUnlock(x)
	})
	b.run(t, reader, b.task("updater", 1, func(x *cpu.Exec) { b.r.SynchronizeExpedited(x) }))
	return n
}

func TestWakeUnderRootLock(t *testing.T) {
	if n := wakesUnderRoot(t); n != 0 {
		t.Errorf("%d wake-ups with the root's lock held, want none", n)
	}
	if n := wakesUnderRoot(t, "rcu.wake-under-rnp"); n == 0 {
		t.Error("the mutation moved no wake-up under the root's lock")
	}
}

// TestExpeditedLostWake: without its wake-up the requester sleeps until its
// stall timeout.
func TestExpeditedLostWake(t *testing.T) {
	waited := func(mutations ...string) (d sim.Time) {
		b := newBox(cpu.Config{CPUs: 2, Engine: sim.Config{TimeLimit: 5 * sim.Second}}, Config{Expedited: true, StallTimeout: 3}, mutations...)
		reader := b.task("reader", 0, func(x *cpu.Exec) {
			b.r.ReadLock(x)
			x.Delay(sim.Millisecond)
			b.r.ReadUnlock(x)
		})
		b.run(t, reader, b.task("updater", 1, func(x *cpu.Exec) {
			at := x.Now()
			b.r.SynchronizeExpedited(x)
			d = x.Now() - at
		}))
		return d
	}
	if d := waited(); d == 0 || d > 10*sim.Millisecond {
		t.Errorf("an expedited grace period took %v", d)
	}
	if d := waited("rcu.exp-no-wake"); d < 2900*sim.Millisecond {
		t.Errorf("without the wake-up it took %v, want the stall timeout", d)
	}
}
