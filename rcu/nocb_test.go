package rcu

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lockstep/cpu"
	"lockstep/cpu/sched"
	"lockstep/sim"
)

// TestNocbGroups is docs/kernel/rcu-boost-nocb.md C1: who leads whom.
func TestNocbGroups(t *testing.T) {
	all := func(n int) (cpus []int) {
		for c := range n {
			cpus = append(cpus, c)
		}
		return cpus
	}
	for _, c := range []struct {
		cpus, stride int
		nocbs        []int
		leaders      []int // of nocbs, in their order
	}{
		{16, 0, all(16), []int{0, 0, 0, 0, 4, 4, 4, 4, 8, 8, 8, 8, 12, 12, 12, 12}},
		{8, 0, all(8), []int{0, 0, 2, 2, 4, 4, 6, 6}},
		{8, 4, []int{1, 2, 5}, []int{1, 1, 5}},
		{8, 4, []int{3, 4, 7}, []int{3, 4, 4}},
	} {
		b := newBox(cpu.Config{CPUs: c.cpus}, Config{Nocbs: c.nocbs, NocbStride: c.stride})
		var got []int
		for _, n := range c.nocbs {
			got = append(got, b.r.preempt.rda.Of(n).nocb.leader.cpu)
		}
		if diff := cmp.Diff(c.leaders, got); diff != "" {
			t.Errorf("%d CPUs, stride %d, %v (-want +got):\n%s", c.cpus, c.stride, c.nocbs, diff)
		}
		b.m.E.Close()
	}
}

// nocbRun is a machine on which every CPU posts callbacks, also with interrupts
// off, and waits for them.
func nocbRun(t *testing.T, seed uint64, step bool, nocbs []int, mutations ...string) *box {
	b := newBox(cpu.Config{CPUs: 4, Engine: sim.Config{Seed: seed, NoRunAhead: step, TimeLimit: 5 * sim.Second}},
		Config{Nocbs: nocbs, Fanout: 2, FanoutLeaf: 2, ProveRCU: true, StallTimeout: 3}, mutations...)
	heads := make([]Head, 4*30)
	var ran [4]int
	var tasks []*sched.Task
	for c := range 4 {
		tasks = append(tasks, b.task(fmt.Sprintf("poster%d", c), c, func(x *cpu.Exec) {
			for i := range 30 {
				var flags cpu.Flags
				if i%2 == 0 {
					flags = cpu.LocalIrqSave(x)
				}
				h, call := &heads[30*c+i], b.r.CallRCU
				switch i % 3 {
				case 1:
					call = b.r.CallRCUSched
				case 2:
					call = b.r.CallRCUBH
				}
				call(x, h, func(*cpu.Exec) { ran[c]++ })
				if i%2 == 0 {
					cpu.LocalIrqRestore(x, flags)
				}
				if i%5 == 0 {
					b.tm.Msleep(x, uint64(3+c))
				}
			}
			b.r.Barrier(x)
			b.r.BarrierSched(x)
			b.r.BarrierBH(x)
			if ran[c] != 30 && len(mutations) == 0 {
				t.Errorf("seed %d: behind the barriers %d callbacks of CPU %d have run", seed, ran[c], c)
			}
		}), b.task(fmt.Sprintf("reader%d", c), c, func(x *cpu.Exec) {
			for range 20 {
				b.r.ReadLock(x)
				x.Delay(sim.Time(c+1) * 400 * sim.Microsecond)
				b.r.ReadUnlock(x)
			}
		}))
	}
	b.run(t, tasks...)
	return b
}

// TestNocb: every callback runs behind its grace period, and run-ahead changes
// nothing.
func TestNocb(t *testing.T) {
	for seed := range uint64(8) {
		for _, nocbs := range [][]int{{0, 1, 2, 3}, {1}, {0, 3}} {
			b := nocbRun(t, seed, false, nocbs)
			if b.kinds() != "" || b.r.callbacks != 0 {
				t.Fatalf("seed %d: %d callbacks left, %s", seed, b.r.callbacks, b.findings())
			}
			if stepped := nocbRun(t, seed, true, nocbs); stepped.m.E.Hash() != b.m.E.Hash() {
				t.Errorf("seed %d: ahead %x, stepped %x", seed, b.m.E.Hash(), stepped.m.E.Hash())
			}
			for c := range 4 {
				if n := b.r.preempt.rda.Of(c).nocb; n != nil && (n.count.Peek() != 0 || n.lazy.Peek() != 0) {
					t.Errorf("seed %d: CPU %d still counts %d, %d lazy (N1)", seed, c, n.count.Peek(), n.lazy.Peek())
				}
			}
		}
	}
}

// TestNocbOracles: each break is noticed.
func TestNocbOracles(t *testing.T) {
	for mutation, kind := range map[string]string{
		"rcu.nocb-does-not-wait": "gp-too-short", "rcu.nocb-gp-wake-lost": "hang", "rcu.nocb-deferred-lost": "hang",
	} {
		found := false
		for seed := uint64(0); seed < 8 && !found; seed++ {
			for _, f := range nocbRun(t, seed, false, []int{0, 1, 2, 3}, mutation).m.Findings() {
				found = found || f.Kind == kind
			}
		}
		if !found {
			t.Errorf("%s: never a %s", mutation, kind)
		}
	}
}
