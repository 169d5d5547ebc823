package threads

import (
	"fmt"
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
	end := b.run(t, tasks...)
	sum := map[int]int64{}
	for i, p := range tasks {
		sum[nice[i]] += p.Runtime()
		t.Logf("%s nice %d cpu %d runtime %d", p.Comm, nice[i], p.TaskCPU(), p.Runtime())
	}
	t.Log(end, sum, b.m.E.Steps())
}
