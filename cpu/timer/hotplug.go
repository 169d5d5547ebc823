package timer

import (
	"lockstep/cpu"
	"lockstep/cpu/sched"
)

// onCPU is timer_cpu_notify(), hrtimer_cpu_notify() and, of take_cpu_down(),
// tick_handover_do_timer(): a dying CPU gives the duty of advancing jiffies to
// the first that stays, and when it is dead its timers come to whoever took it
// down.
//
//kernel:fn timer_cpu_notify kernel/time/timer.c
func (t *Timers) onCPU(x *cpu.Exec, a sched.CPUAction, c int) error {
	switch a {
	case sched.CPUUpPrepare:
		if t.hr != nil {
			t.hr.bases[c].initHres()
		}
	case sched.CPUDying:
		if t.jiffies.doTimer.ReadOnce(x) == c {
			t.jiffies.doTimer.WriteOnce(x, t.m.Online.Read(x).Next(0))
		}
	case sched.CPUDead:
		t.MigrateFrom(x, c)
		if t.hr != nil {
			t.hr.MigrateFrom(x, c)
		}
	}
	return nil
}
