package rcu

import (
	"fmt"
	"strings"
	"testing"

	"lockstep/cpu"
	"lockstep/cpu/sched"
	"lockstep/cpu/stop"
	"lockstep/sim"
)

// plugBox is a box whose CPUs can come and go.
func plugBox(cfg cpu.Config, rc Config, mutations ...string) (*box, *stop.Stop) {
	var st *stop.Stop
	b := newBoxWith(cfg, rc, func(b *box) { st = stop.New(b.m, b.s) }, mutations...)
	return b, st
}

// roaming makes a task that may run on any CPU.
func (b *box) roaming(name string, body func(x *cpu.Exec)) *sched.Task {
	return b.s.NewTask(name, 100+len(b.s.Tasks()), 0, nil, body)
}

// nocbSets are the CPUs whose callbacks the storms offload: none, some, all.
var nocbSets = [][]int{nil, {1, 2, 5}, {0, 1, 2, 3, 4, 5, 6, 7}}

// hotplugStorm is eight CPUs of which all but the first come and go, in a tree
// with leaves of two, under readers that are preempted and sleep, and updaters
// of every kind.
func hotplugStorm(seed uint64, step bool, mutations ...string) (*box, []*sched.Task) {
	b, st := plugBox(cpu.Config{CPUs: 8, Engine: sim.Config{Seed: seed, NoRunAhead: step, TimeLimit: 20 * sim.Second}},
		Config{Fanout: 2, FanoutLeaf: 2, Expedited: true, ProveRCU: true, Boost: seed%2 == 1, BoostDelay: 5, Nocbs: nocbSets[seed/2%3]}, mutations...)
	rounds := 8
	heads := make([]Head, 6*3*rounds)
	plug := b.roaming("plug", func(x *cpu.Exec) {
		for i := range 2 * rounds {
			c := 1 + (int(seed)+3*i)%7
			if err := st.CPUDown(x, c); err != nil {
				panic(err)
			}
			if i%3 == 0 && c != 1 { // the whole leaf, now and then
				other := c ^ 1
				if err := st.CPUDown(x, other); err != nil {
					panic(err)
				}
				b.tm.Msleep(x, 8)
				if err := st.CPUUp(x, other); err != nil {
					panic(err)
				}
			}
			b.tm.Msleep(x, uint64(1+i%4))
			if err := st.CPUUp(x, c); err != nil {
				panic(err)
			}
		}
	})
	tasks := []*sched.Task{plug}
	for c := range 6 {
		tasks = append(tasks, b.roaming(fmt.Sprintf("reader%d", c), func(x *cpu.Exec) {
			for i := range 6 * rounds {
				b.r.ReadLock(x)
				x.Delay(sim.Time(100*(c+1)) * sim.Microsecond)
				if i%3 == 0 {
					b.tm.Msleep(x, uint64(1+c))
				}
				b.r.ReadUnlock(x)
			}
		}), b.roaming(fmt.Sprintf("updater%d", c), func(x *cpu.Exec) {
			for i := range rounds {
				h := heads[3*(c*rounds+i):]
				b.r.CallRCU(x, &h[0], func(*cpu.Exec) {})
				b.r.CallRCUSched(x, &h[1], func(*cpu.Exec) {})
				b.r.CallRCUBH(x, &h[2], func(*cpu.Exec) {})
				switch (i + c) % 4 {
				case 0:
					b.r.Synchronize(x)
				case 1:
					b.r.SynchronizeExpedited(x)
				case 2:
					b.r.SynchronizeSchedExpedited(x)
				case 3:
					b.r.Barrier(x)
				}
			}
		}))
	}
	return b, tasks
}

// TestHotplugStorm: nothing is found, every callback runs, and run-ahead
// changes nothing.
func TestHotplugStorm(t *testing.T) {
	moved := uint64(0)
	for seed := range uint64(12) {
		var hash [2]sim.Hash
		for i, step := range []bool{false, true} {
			b, tasks := hotplugStorm(seed, step)
			end := b.run(t, tasks...)
			if end != sim.EndStopped || b.kinds() != "" || b.r.callbacks != 0 {
				t.Fatalf("seed %d: end %v, %d callbacks left, findings %s", seed, end, b.r.callbacks, b.findings())
			}
			hash[i] = b.m.E.Hash()
			moved += b.r.preempt.orphans.moved
			if seed >= 6 {
				hash[1] = hash[0]
				break
			}
		}
		if hash[0] != hash[1] {
			t.Errorf("seed %d: ahead %x, stepped %x", seed, hash[0], hash[1])
		}
	}
	if moved == 0 {
		t.Error("no callback was ever taken over")
	}
}

// leafGoes takes the second leaf of four CPUs away, CPU after CPU, while a task
// of theirs is in a reader nearly always; and waits for grace periods then.
func leafGoes(seed uint64, mutations ...string) (*box, []*sched.Task) {
	b, st := plugBox(cpu.Config{CPUs: 4, Engine: sim.Config{Seed: seed, TimeLimit: 8 * sim.Second}}, Config{Fanout: 2, FanoutLeaf: 2, StallTimeout: 3}, mutations...)
	over := false
	down := func(x *cpu.Exec, c int) {
		if err := st.CPUDown(x, c); err != nil {
			panic(err)
		}
	}
	return b, []*sched.Task{
		b.task("plug", 0, func(x *cpu.Exec) {
			b.r.SynchronizeSched(x)
			down(x, 2)
			down(x, 3)
			b.r.Synchronize(x)
			b.r.SynchronizeSched(x)
			over = true
		}),
		b.s.NewTask("reader", 150, 0, []int{3}, func(x *cpu.Exec) {
			for !over {
				b.r.ReadLock(x)
				x.Delay(60 * sim.Millisecond)
				b.r.ReadUnlock(x)
			}
		}),
	}
}

// TestHotplugOracles: each break of hot-plug is noticed in some seed, by what
// it is: without it nothing is found.
func TestHotplugOracles(t *testing.T) {
	storm := func(seed uint64, mutations ...string) (*box, []*sched.Task) {
		return hotplugStorm(seed, false, mutations...)
	}
	for _, c := range []struct {
		mutation, kind string
		build          func(seed uint64, mutations ...string) (*box, []*sched.Task)
	}{
		{"rcu.hotplug-mask-at-once", "rcu-stall", leafGoes},
		{"rcu.offline-forgets-blocked", "gp-too-short", leafGoes},
		{"rcu.orphans-forgotten", "warn", storm},
	} {
		t.Run(c.mutation, func(t *testing.T) {
			for seed := range uint64(20) {
				b, tasks := c.build(seed)
				if b.run(t, tasks...); b.kinds() != "" {
					t.Fatalf("seed %d without it: %s", seed, b.findings())
				}
				b, tasks = c.build(seed, c.mutation)
				if b.run(t, tasks...); strings.Contains(b.kinds(), c.kind) {
					return
				}
			}
			t.Errorf("never a %s", c.kind)
		})
	}
}
