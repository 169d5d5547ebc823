package torture

import (
	"lockstep/cpu"
	"lockstep/sim"
)

// runStall is rcu_torture_stall(): one reader that does not end for a while,
// so that the detector of stalls can be seen. Its seconds are whole ones.
//
//kernel:fn rcu_torture_stall kernel/rcu/rcutorture.c
func (t *Torture) runStall(x *cpu.Exec) {
	if t.p.StallCPUHoldoff > 0 {
		t.verbose(x, "rcu_torture_stall begin holdoff")
		t.sleep(x, t.seconds(t.p.StallCPUHoldoff))
		t.verbose(x, "rcu_torture_stall end holdoff")
	}
	if !t.shouldStop(x) {
		stopAt := x.Now()/sim.Second + sim.Time(t.p.StallCPU) // get_seconds()
		t.alert(x, "rcu_torture_stall start.")
		t.r.ReadLock(x)
		cpu.PreemptDisable(x)
		for x.Now()/sim.Second < stopAt {
			x.Delay(sim.Millisecond)
		}
		cpu.PreemptEnable(x)
		t.r.ReadUnlock(x)
		t.alert(x, "rcu_torture_stall end.")
	}
	for !t.shouldStop(x) {
		t.sleep(x, t.seconds(10))
	}
}
