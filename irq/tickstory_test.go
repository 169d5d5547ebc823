package irq

import (
	"testing"

	"lockstep/cpu"
	"lockstep/cpu/sched"
	"lockstep/sim"
)

// newNoHZStory is newStory on a machine whose idle CPUs stop their ticks.
func newNoHZStory(cpus int, objs ...string) (*story, *hrBox) {
	h := newNoHZBox(cpu.Config{CPUs: cpus, Engine: sim.Config{Seed: 1, NoRunAhead: true}})
	s := &story{b: h.box, objs: objs}
	h.m.E.OnOp(s.op)
	return s, h
}

// between is a task that computes and is told about from one time to another.
func (s *story) between(c int, from, to sim.Time) *sched.Task {
	return s.task("busy", c, func(x *cpu.Exec) {
		for x.Now() < from {
			x.Delay(100)
		}
		s.on = true
		for x.Now() < to {
			x.Delay(100)
		}
		s.on = false
	})
}

// tickStory: one tick on each of two busy CPUs.
func tickStory(*testing.T) (*story, []*sched.Task) {
	s, _ := newHRStory(2, "hrtimer_bases0.lock", "hrtimer_bases1.lock", "jiffies", "tick_do", "last_jiffies", "timekeeper", "rq0->lock", "rq1->lock", "timer_base", "apic")
	from := 6*sim.Millisecond - 5*sim.Microsecond
	return s, []*sched.Task{s.between(0, from, from+20*sim.Microsecond), s.between(1, from, from+20*sim.Microsecond)}
}

// nohzStory: a task sleeps for some jiffies on a machine of one CPU.
func nohzStory(*testing.T) (*story, []*sched.Task) {
	s, _ := newNoHZStory(1, "hrtimer_bases0.lock", "jiffies", "tick_do", "last_jiffies", "timer_base", "apic", "sleeper->pi_lock")
	return s, []*sched.Task{s.task("sleeper", 0, func(x *cpu.Exec) {
		s.wait(x)
		s.say(x, "msleep")
		s.b.tm.Msleep(x, 4)
		s.say(x, "awake, jiffies %d", s.b.m.Jiffies.Peek())
		s.on = false
	})}
}

// dutyStory: CPU 0, whose the duty is, goes idle; CPU 1 ticks.
func dutyStory(*testing.T) (*story, []*sched.Task) {
	s, _ := newNoHZStory(2, "jiffies", "tick_do", "last_jiffies", "timekeeper", "hrtimer_bases0.lock")
	leaves := s.task("leaves", 0, func(x *cpu.Exec) { s.wait(x) })
	return s, []*sched.Task{leaves, s.between(1, begin+50*sim.Microsecond, 6*sim.Millisecond+20*sim.Microsecond)}
}
