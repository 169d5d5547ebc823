package threads

import (
	"testing"

	"lockstep/cpu"
	"lockstep/cpu/sched"
	"lockstep/sim"
)

// TestSetUserNice: a task that is made much worse while it is queued gets much
// less from then on, and one that is made better while it runs, much more.
func TestSetUserNice(t *testing.T) {
	b := newBox(cpu.Config{CPUs: 2})
	var did [2]int
	over := false
	var hogs []*sched.Task
	for i := range 2 {
		hogs = append(hogs, b.task("hog", 0, func(x *cpu.Exec) {
			for !over {
				x.Delay(20 * sim.Microsecond)
				did[i]++
			}
		}))
	}
	share := func(x *cpu.Exec) float64 {
		before := did
		b.tm.Msleep(x, 100)
		return float64(did[0]-before[0]) / float64(did[1]-before[1]+1)
	}
	end := b.run(t, append(hogs, b.task("t", 1, func(x *cpu.Exec) {
		even := share(x)
		b.s.SetUserNice(x, hogs[1], 19)
		worse := share(x)
		b.s.SetUserNice(x, hogs[0], 19)
		b.s.SetUserNice(x, hogs[1], 0)
		better := share(x)
		over = true
		if even < 0.8 || even > 1.2 || worse < 30 || better > 1./30 {
			t.Errorf("the first one got %.2f, then %.2f, then %.3f times as much as the second", even, worse, better)
		}
	}))...)
	if end != sim.EndStopped || b.verdicts() != "" {
		t.Errorf("ended with %v: %s", end, b.verdicts())
	}
}
