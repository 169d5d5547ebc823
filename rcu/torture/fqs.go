package torture

import "lockstep/cpu"

// runFqs is rcu_torture_fqs(): bursts of requests to force quiescent states.
// With no time between two of them a burst lasts until the test stops.
//
//kernel:fn rcu_torture_fqs kernel/rcu/rcutorture.c
func (t *Torture) runFqs(x *cpu.Exec) {
	for {
		resume := t.jiffies(x) + t.seconds(t.p.FqsStutter)
		for t.jiffies(x) < resume && !t.shouldStop(x) {
			t.sleep(x, 1)
		}
		for left := t.p.FqsDuration; left > 0 && !t.shouldStop(x); left -= t.p.FqsHoldoff {
			t.ops.fqs(x)
			x.Delay(micros(uint64(t.p.FqsHoldoff)))
		}
		t.stutterWait(x)
		if t.mustStop(x) {
			return
		}
	}
}
