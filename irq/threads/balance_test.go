package threads

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"lockstep/cpu"
	"lockstep/cpu/sched"
	"lockstep/sim"
)

// hogs makes tasks that compute for a while, free to run anywhere but for the
// CPUs given.
func hogs(b *box, nice []int, cpus []int, until sim.Time) []*sched.Task {
	var tasks []*sched.Task
	for i, n := range nice {
		tasks = append(tasks, b.s.NewTask(fmt.Sprintf("hog%d", i), 200+i, n, cpus, func(x *cpu.Exec) {
			for x.Now() < until {
				x.Delay(100 * sim.Microsecond)
			}
		}))
	}
	return tasks
}

// TestFairnessOnFourCPUs: over ten seconds the tasks of each nice value get
// the share of all CPUs that their weight is of all weights, within 5 %. Four
// of each, so that a balanced machine has one of each on every CPU.
func TestFairnessOnFourCPUs(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 4, Engine: sim.Config{Seed: 1, TimeLimit: 20 * sim.Second, StepLimit: 1 << 40}})
	var nice []int
	for i := range 12 {
		nice = append(nice, []int{0, 5, -5}[i%3])
	}
	tasks := hogs(b, nice, nil, 10*sim.Second)
	if end := b.run(t, tasks...); end != sim.EndStopped || b.verdicts() != "" {
		t.Fatalf("end %v\n%s", end, b.verdicts())
	}
	got := map[int]int64{}
	for i, p := range tasks {
		got[nice[i]] += p.Runtime()
	}
	weight := map[int]float64{0: 1024, 5: 335, -5: 3121} // of docs/kernel/sched-irq-printk.md §1.16
	for n, w := range weight {
		want := w / (1024 + 335 + 3121) * 4 * float64(10*sim.Second)
		if g := float64(got[n]); math.Abs(g-want) > 0.05*want {
			t.Errorf("the tasks of nice %d ran %.3f s, want %.3f s", n, g/1e9, want/1e9)
		}
	}
}

// TestForkSpreads: new tasks go to idle CPUs, cores that are wholly idle before
// second threads.
func TestForkSpreads(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 8, Topology: cpu.Topology{Sockets: 2, Cores: 2, Threads: 2}, Engine: sim.Config{Seed: 1}})
	tasks := hogs(b, make([]int, 7), nil, 4*sim.Millisecond)
	b.run(t, b.task("parent", 0, func(x *cpu.Exec) {
		b.tm.Msleep(x, 2)
		cpus, cores := map[int]bool{0: true}, map[int]bool{0: true}
		for i, p := range tasks {
			b.s.WakeUpNewTask(x, p)
			cpus[p.TaskCPU()] = true
			if i < 3 {
				cores[b.m.Core(p.TaskCPU())] = true
			}
		}
		if len(cpus) != 8 || len(cores) != 4 {
			t.Errorf("a task and its seven children are on the CPUs %v, the first four of them on the cores %v", cpus, cores)
		}
	}))
}

// balanceLoad is a machine whose CPUs have something to balance: tasks that
// compute and sleep in turns, some of which may not go everywhere, are given
// other CPUs and change places, while a CPU goes and comes.
func balanceLoad(t *testing.T, seed uint64, noRunAhead bool, mutations ...string) *box {
	topology := []cpu.Topology{{}, {Sockets: 2, Cores: 2}, {Threads: 2}, {Sockets: 2, Threads: 2}}[seed%4]
	b := newBox(cpu.Config{
		CPUs: 4, Topology: topology, PollIdle: seed%5 == 3, MwaitIdle: seed%5 == 4, Debug: !noRunAhead && seed%2 == 0,
		Engine: sim.Config{Seed: seed, Stalls: seed%3 == 1, NoRunAhead: noRunAhead},
	}, mutations...)
	var tasks []*sched.Task
	for i := range 9 {
		var cpus []int
		if i%4 == 3 {
			cpus = []int{0, i % 3}
		}
		tasks = append(tasks, b.s.NewTask(fmt.Sprintf("t%d", i), 200+i, i%3, cpus, func(x *cpu.Exec) {
			for k := range 5 {
				x.Delay(sim.Time(200*(i+1)) * sim.Microsecond)
				if (i+k)%2 == 0 {
					b.tm.Msleep(x, 1)
				}
			}
		}))
	}
	mover := b.task("mover", 0, func(x *cpu.Exec) {
		for k := range 12 {
			p, q := tasks[k%9], tasks[(k+4)%9]
			mask := make([]bool, 4)
			mask[k%4], mask[(k+1)%4] = true, true
			if p.Exited || q.Exited {
				break
			}
			b.s.SetCPUsAllowed(x, p, mask)
			b.s.MigrateSwap(x, p, q)
			x.Delay(300 * sim.Microsecond)
		}
	})
	plug := b.task("plug", 0, func(x *cpu.Exec) {
		b.tm.Msleep(x, 3)
		if err := b.st.CPUDown(x, 3); err != nil {
			t.Errorf("cpu_down: %v", err)
		}
		b.tm.Msleep(x, 4)
		if err := b.st.CPUUp(x, 3); err != nil {
			t.Errorf("cpu_up: %v", err)
		}
	})
	all := append(tasks[:9:9], mover, plug)
	if end := b.run(t, all...); end != sim.EndStopped && len(mutations) == 0 {
		t.Fatalf("seed %d: the run ended with %v: %s", seed, end, b.verdicts())
	}
	for _, p := range all {
		if len(mutations) == 0 && !p.Exited {
			t.Fatalf("seed %d: %s has not ended", seed, p.Comm)
		}
	}
	return b
}

// TestBalanceKeepsInvariants: whatever moves, each queued task is on one
// runqueue (half of the machines check that after every operation), nobody is
// lost, and no oracle has anything to say.
func TestBalanceKeepsInvariants(t *testing.T) {
	for seed := range uint64(40) {
		if b := balanceLoad(t, seed, false); b.verdicts() != "" {
			t.Fatalf("seed %d: %s", seed, b.verdicts())
		}
	}
}

// TestBalanceRunAhead: the same, however the run is executed.
func TestBalanceRunAhead(t *testing.T) {
	for seed := range uint64(40) {
		ahead, stepped := balanceLoad(t, seed, false), balanceLoad(t, seed, true)
		if ahead.outcome() != stepped.outcome() {
			t.Fatalf("seed %d:\nahead   %+v\nstepped %+v", seed, ahead.outcome(), stepped.outcome())
		}
	}
}

// TestBalanceMutations: a lock that is kept, and tasks that are left behind,
// are seen.
func TestBalanceMutations(t *testing.T) {
	for mutation, want := range map[string]string{"sched.newidle-keeps-lock": "lockdep", "sched.dying-keeps-tasks": "bug"} {
		found := false
		for seed := range uint64(30) {
			found = found || strings.Contains(balanceLoad(t, seed, false, mutation).kinds(), want)
		}
		if !found {
			t.Errorf("%s: no %s in 30 runs", mutation, want)
		}
	}
}
