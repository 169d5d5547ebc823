package torture

import (
	"lockstep/cpu"
	"lockstep/sim"
)

// spinPoll is how often here a loop that only spins looks again.
const spinPoll = 10 * sim.Microsecond

// runStutter is torture_stutter(): all run for a while and halt for a while
// (docs/kernel/rcutorture.md §2.2). Who comes in the one jiffy in which the
// value is 2 spins for the whole halt, and so all begin again at once.
//
//kernel:fn torture_stutter kernel/torture.c
func (t *Torture) runStutter(x *cpu.Exec) {
	period := t.seconds(t.p.Stutter)
	for {
		if !t.mustStop(x) {
			if period > 1 {
				t.sleep(x, period-1)
				t.stutter.WriteOnce(x, 2)
			}
			t.sleep(x, 1)
			t.stutter.WriteOnce(x, 1)
		}
		if !t.mustStop(x) {
			t.sleep(x, period)
		}
		t.stutter.WriteOnce(x, 0)
		if t.mustStop(x) {
			return
		}
	}
}

// stutterWait is stutter_wait(), which every thread calls in each pass.
//
//kernel:fn stutter_wait kernel/torture.c
func (t *Torture) stutterWait(x *cpu.Exec) {
	t.r.CondReschedQS(x)
	for t.stutter.ReadOnce(x) != 0 {
		if t.stutter.ReadOnce(x) == 1 {
			t.sleep(x, 1)
			continue
		}
		for t.stutter.ReadOnce(x) != 0 {
			t.s.CondResched(x)
			x.Delay(spinPoll)
		}
	}
}
