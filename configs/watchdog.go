package configs

import (
	"lockstep/cpu/watchdog"
	"lockstep/sim"
)

// makeWatchdog makes the detectors that the scenario wants, and the counters
// of cycles for the one that needs them.
func (m *Machine) makeWatchdog() {
	w := &m.prog.scenario.Machine.Watchdog
	if !w.Soft && !w.Hard && !w.HungTask {
		return
	}
	m.Watchdog = watchdog.New(m.CPU, m.Sched, m.Timers, m.HRTimers, m.IRQ, watchdog.Config{
		Soft: w.Soft, Hard: w.Hard, HungTask: w.HungTask,
		Thresh: sim.Time(w.Thresh) * sim.Second, HungTimeout: sim.Time(w.HungTimeout) * sim.Second,
	})
	if w.Hard {
		m.IRQ.InitCycles(m.Watchdog.Overflow)
	}
}

// validateWatchdog checks that a detector which is on can come to speak: it
// has the timers it stands on, and the run lasts long enough. Latencies are
// those of docs/kernel/sched-irq-printk.md §8.
func (s *Scenario) validateWatchdog(c *checker) {
	w := &s.Machine.Watchdog
	soft := 2*w.Thresh + 2*w.Thresh/5 + 2 // the threshold, the timer's period, the coarse clock
	for _, d := range []struct {
		key     string
		on, hr  bool
		seconds int
	}{
		{"machine.watchdog.soft", w.Soft, true, soft},
		{"machine.watchdog.hard", w.Hard, true, 2 * w.Thresh},
		{"machine.watchdog.hung_task", w.HungTask, false, 2 * w.HungTimeout},
	} {
		switch {
		case !d.on:
		case d.hr && !s.Machine.HRTimers:
			c.valueError(d.key, "", "%s needs machine.hrtimers", d.key)
		case s.Machine.TimeLimitMs < int64(d.seconds)*1000:
			c.valueError(d.key, "", "%s may need %d s to speak, and machine.time_limit_ms ends the run at %d",
				d.key, d.seconds, s.Machine.TimeLimitMs)
		}
	}
}
