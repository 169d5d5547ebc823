package threads

import (
	"testing"

	"lockstep/cpu"
	"lockstep/cpu/sched"
	"lockstep/cpu/timer"
	"lockstep/irq"
	"lockstep/sim"
)

// TestCPUDownAndUp: a CPU that goes loses its tasks, its threads park, and
// nobody is put there until it comes again, when everything is as before. What
// hogs computed meanwhile shows that they ran elsewhere.
func TestCPUDownAndUp(t *testing.T) {
	for seed := range uint64(20) {
		b := newBox(cpu.Config{CPUs: 4, Engine: sim.Config{Seed: seed, Stalls: seed%2 == 1}})
		b.ic.InitCallMany()
		tasks := hogs(b, []int{0, 0, 0, 0, 0, 0}, nil, 60*sim.Millisecond)
		tasks = append(tasks, b.task("plug", 0, func(x *cpu.Exec) {
			b.tm.Msleep(x, 5)
			if err := b.st.CPUDown(x, 2); err != nil {
				t.Errorf("cpu_down: %v", err)
			}
			for _, p := range b.s.Tasks() {
				if p.TaskCPU() == 2 && p.Queued() && !p.Idle() {
					t.Errorf("%s is queued on the dead CPU", p.Comm)
				}
			}
			if err := b.st.CPUDown(x, 2); err != sched.EINVAL {
				t.Errorf("cpu_down of a dead CPU: %v", err)
			}
			if ret := b.st.OneCPU(x, 2, func(*cpu.Exec) int { return 0 }); ret != -2 {
				t.Errorf("stop_one_cpu on a dead CPU: %d", ret)
			}
			called := 0
			b.ic.OnEachCPU(x, func(*cpu.Exec) { called++ }, true)
			if err := b.ic.CallFunctionSingle(x, 2, func(*cpu.Exec) {}, true); called != 3 || err != irq.ErrOffline {
				t.Errorf("on_each_cpu called %d CPUs of 3, a call of the dead one is %v", called, err)
			}
			b.tm.Msleep(x, 10)
			if err := b.st.CPUUp(x, 2); err != nil {
				t.Errorf("cpu_up: %v", err)
			}
			if ret := b.st.OneCPU(x, 2, func(x *cpu.Exec) int { return 10 + x.CPU().ID }); ret != 12 {
				t.Errorf("stop_one_cpu on the new CPU: %d", ret)
			}
		}))
		if end := b.run(t, tasks...); end != sim.EndStopped || b.verdicts() != "" {
			t.Fatalf("seed %d: end %v\n%s", seed, end, b.verdicts())
		}
	}
}

// TestTimersLeaveDeadCPU: a CPU goes while tasks sleep on its timers, of both
// kinds; they wake in time elsewhere. When it is back it ticks again, and jiffies
// go on whoever had the duty.
func TestTimersLeaveDeadCPU(t *testing.T) {
	for seed := range uint64(20) {
		for _, dead := range []int{1, 2} {
			b := makeBox(cpu.Config{CPUs: 3, Engine: sim.Config{Seed: seed, Stalls: seed%2 == 1}}, true, nil)
			slept := func(name string, sleep func(x *cpu.Exec), least sim.Time) *sched.Task {
				return b.task(name, dead, func(x *cpu.Exec) {
					before := x.Now()
					sleep(x)
					if took := x.Now() - before; took < least || took > least+5*sim.Millisecond {
						t.Errorf("seed %d: %s took %v, asked for %v", seed, name, took, least)
					}
				})
			}
			tasks := []*sched.Task{
				slept("msleep", func(x *cpu.Exec) { b.tm.Msleep(x, 20) }, 20*sim.Millisecond),
				slept("nanosleep", func(x *cpu.Exec) { b.tm.HR().Nanosleep(x, 15*sim.Millisecond, timer.Monotonic, timer.Rel) }, 15*sim.Millisecond),
				b.task("plug", 0, func(x *cpu.Exec) {
					b.tm.Msleep(x, 5)
					if err := b.st.CPUDown(x, dead); err != nil {
						t.Errorf("cpu_down: %v", err)
					}
					b.tm.Msleep(x, 30)
					if err := b.st.CPUUp(x, dead); err != nil {
						t.Errorf("cpu_up: %v", err)
					}
					ticks := b.ic.Taken(dead, irq.LocalTimer)
					b.st.OneCPU(x, dead, func(x *cpu.Exec) int { x.Delay(10 * sim.Millisecond); return 0 })
					if n := b.ic.Taken(dead, irq.LocalTimer) - ticks; n == 0 {
						t.Errorf("seed %d: CPU %d does not tick", seed, dead)
					}
					if late := timer.InitialJiffies + uint64(x.Now()/b.tm.Period()) - b.m.Jiffies.ReadOnce(x); late > 1 {
						t.Errorf("seed %d: jiffies are %d late", seed, late)
					}
				}),
			}
			if end := b.run(t, tasks...); end != sim.EndStopped || b.verdicts() != "" {
				t.Fatalf("seed %d: end %v\n%s", seed, end, b.verdicts())
			}
		}
	}
}
