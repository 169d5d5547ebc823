package threads

import (
	"fmt"
	"strings"
	"testing"

	"lockstep/cpu"
	"lockstep/cpu/sched"
	"lockstep/cpu/stop"
	"lockstep/sim"
)

// outcome is what must be the same however a run is executed.
type outcome struct {
	hash  sim.Hash
	steps uint64
	time  sim.Time
	found string
}

func (b *box) outcome() outcome {
	return outcome{b.m.E.Hash(), b.m.E.Steps(), b.m.E.Now(), b.verdicts()}
}

// pairs lets tasks on the CPUs behind the third stop pairs of the first three,
// while one more CPU interrupts the first of them for a while again and again.
func pairs(t *testing.T, cfg cpu.Config, pairs [][2]int, separately bool) *box {
	cfg.CPUs = 4 + len(pairs)
	b := newBox(cfg)
	b.st.TwoCPUsSeparately = separately
	tasks := []*sched.Task{b.task("noise", 3+len(pairs), func(x *cpu.Exec) {
		for range 30 {
			x.Delay(1500)
			if err := b.ic.CallFunctionSingle(x, 3, func(x *cpu.Exec) { x.Spend(6000) }, true); err != nil {
				t.Error(err)
			}
		}
	})}
	inside := map[int]bool{}
	for i, p := range pairs {
		tasks = append(tasks, b.task(fmt.Sprintf("t%d", i), 3+i, func(x *cpu.Exec) {
			for k := range 4 {
				a, z := p[k%2], p[1-k%2]
				ran := 0
				b.st.TwoCPUs(x, a, z, func(x *cpu.Exec) int {
					ran++
					if x.CPU().ID != a || inside[a] || inside[z] || !b.m.CPUs[a].IrqsDisabled() || !b.m.CPUs[z].IrqsDisabled() {
						t.Errorf("stop_two_cpus(%d, %d) ran on %d, beside %v", a, z, x.CPU().ID, inside)
					}
					inside[a], inside[z] = true, true
					x.Spend(500)
					x.Local(cpu.KindWork, 200)
					inside[a], inside[z] = false, false
					return 0
				})
				if ran != 1 {
					t.Errorf("the function ran %d times", ran)
				}
			}
		}))
	}
	if end := b.run(t, tasks...); end != sim.EndStopped {
		t.Fatalf("the run ended with %v: %s", end, b.verdicts())
	}
	return b
}

// userSets are who stops which CPUs: two for the same two, and three of which
// each shares a CPU with each other (BUG-F7).
var userSets = [][][2]int{
	{{0, 1}, {1, 0}},
	{{0, 1}, {1, 2}, {0, 2}},
}

// TestStopTwoUsers: with both queues taken together nobody waits for ever.
func TestStopTwoUsers(t *testing.T) {
	for _, users := range userSets {
		for seed := range uint64(30) {
			if b := pairs(t, cpu.Config{Engine: sim.Config{Seed: seed, Stalls: seed%2 == 1}}, users, false); b.verdicts() != "" {
				t.Fatalf("seed %d: %s", seed, b.verdicts())
			}
		}
	}
}

// TestStopTwoOneByOne is BUG-F7: one queue after the other, another caller's
// work gets between, and the stoppers wait for each other in a cycle, which the
// wait-for graph names. The validator has nothing to say: no lock is held.
func TestStopTwoOneByOne(t *testing.T) {
	for _, users := range userSets {
		found := 0
		for seed := range uint64(60) {
			b := pairs(t, cpu.Config{Engine: sim.Config{Seed: seed, Stalls: true}}, users, true)
			switch b.kinds() {
			case "":
			case "deadlock":
				found++
				f := b.m.Findings()[0]
				for _, e := range f.Cycle {
					if e.Kind != cpu.WaitMultiStop || !strings.Contains(e.Holder, "not come to prepare by CPU") {
						t.Fatalf("seed %d: another deadlock than expected: %s", seed, e)
					}
				}
			default:
				t.Fatalf("seed %d: %s", seed, b.verdicts())
			}
		}
		if found == 0 {
			t.Errorf("%d users: nobody met anybody in 60 runs", len(users))
		}
		t.Logf("%d users: %d deadlocks of 60 runs", len(users), found)
	}
}

// TestStopAgainstStopMachine: a rendezvous of two CPUs and one of all never
// stand in different orders in two queues.
func TestStopAgainstStopMachine(t *testing.T) {
	for seed := range uint64(40) {
		b := stopLoad(t, sim.Config{Seed: seed, Stalls: seed%2 == 1})
		if b.verdicts() != "" {
			t.Fatalf("seed %d: %s", seed, b.verdicts())
		}
	}
}

// stopLoad runs every kind of call against each other.
func stopLoad(t *testing.T, engine sim.Config) *box {
	costs := cpu.ProductionCosts()
	if engine.Seed%3 == 0 {
		costs = cpu.ProveLockingCosts()
	}
	b := newBox(cpu.Config{CPUs: 4, Engine: engine, Costs: costs, PollIdle: engine.Seed%4 == 2})
	machine, inside := 0, 0
	alone := func(x *cpu.Exec) int {
		if inside++; inside != 1 {
			t.Errorf("two stopped machines at once")
		}
		machine++
		x.Local(cpu.KindWork, 300)
		inside--
		return 3
	}
	tasks := []*sched.Task{
		b.task("m0", 0, func(x *cpu.Exec) {
			for range 3 {
				if ret := b.st.Machine(x, nil, alone); ret != 3 {
					t.Errorf("stop_machine returned %d", ret)
				}
			}
		}),
		b.task("m1", 1, func(x *cpu.Exec) {
			for i := range 3 {
				b.st.Machine(x, []int{i}, alone)
			}
		}),
		b.task("two", 2, func(x *cpu.Exec) {
			for i := range 6 {
				b.st.TwoCPUs(x, i%4, (i+1)%4, func(*cpu.Exec) int { return 0 })
			}
		}),
	}
	var nowait stop.NoWait
	ran, tried := 0, 0
	tasks = append(tasks, b.task("one", 3, func(x *cpu.Exec) {
		for i := range 8 {
			if ret := b.st.OneCPU(x, i%4, func(x *cpu.Exec) int { return x.CPU().ID + 10 }); ret != i%4+10 {
				t.Errorf("stop_one_cpu(%d) returned %d", i%4, ret)
			}
			x.Delay(2000)
		}
		b.st.OneCPUNoWait(x, 1, func(*cpu.Exec) int { ran++; return 0 }, &nowait)
		b.st.CPUs(x, []int{1, 2}, func(*cpu.Exec) int { ran++; return 0 })
		if ret := b.st.TryCPUs(x, []int{0}, func(*cpu.Exec) int { tried++; return 0 }); ret == 0 && tried != 1 || ret != 0 && (ret != -11 || tried != 0) {
			t.Errorf("try_stop_cpus returned %d and ran %d times", ret, tried)
		}
	}))
	if end := b.run(t, tasks...); end != sim.EndStopped || machine != 6 || ran != 3 {
		t.Fatalf("ended with %v, %d stopped machines of 6, %d other works of 3\n%s", end, machine, ran, b.verdicts())
	}
	return b
}

// TestStopRunAhead: what runs ahead of the others does so unnoticed.
func TestStopRunAhead(t *testing.T) {
	for seed := range uint64(60) {
		cfg := sim.Config{Seed: seed, Stalls: seed%2 == 1}
		ahead := stopLoad(t, cfg).outcome()
		cfg.NoRunAhead = true
		if stepped := stopLoad(t, cfg).outcome(); ahead != stepped {
			t.Fatalf("seed %d:\nahead   %+v\nstepped %+v", seed, ahead, stepped)
		}
	}
	for seed := range uint64(30) {
		var got [2]outcome
		for i := range got {
			got[i] = pairs(t, cpu.Config{Engine: sim.Config{Seed: seed, Stalls: true, NoRunAhead: i == 1}}, userSets[0], true).outcome()
		}
		if got[0] != got[1] {
			t.Fatalf("seed %d, one by one:\nahead   %+v\nstepped %+v", seed, got[0], got[1])
		}
	}
}

// TestStopView looks at the stoppers while two CPUs meet.
func TestStopView(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 3})
	var v stop.View
	b.run(t, b.task("t", 2, func(x *cpu.Exec) {
		b.st.TwoCPUs(x, 0, 1, func(*cpu.Exec) int {
			v = b.st.View()
			return 0
		})
	}))
	if len(v.Meetings) != 1 || v.Meetings[0].State != stop.Run || fmt.Sprint(v.Meetings[0].CPUs) != "[0 1]" || v.Stoppers[0].Running != "t" {
		t.Errorf("%+v", v)
	}
	if v = b.st.View(); len(v.Meetings) != 0 || v.Stoppers[0].Running != "" {
		t.Errorf("afterwards: %+v", v)
	}
}
