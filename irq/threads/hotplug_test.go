package threads

import (
	"testing"

	"lockstep/cpu"
	"lockstep/cpu/sched"
	"lockstep/sim"
)

// TestCPUDownAndUp: a CPU that goes loses its tasks, its threads park, and
// nobody is put there until it comes again, when everything is as before. What
// hogs computed meanwhile shows that they ran elsewhere.
func TestCPUDownAndUp(t *testing.T) {
	for seed := range uint64(20) {
		b := newBox(cpu.Config{CPUs: 4, Engine: sim.Config{Seed: seed, Stalls: seed%2 == 1}})
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
