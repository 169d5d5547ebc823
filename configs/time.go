package configs

import (
	"go.starlark.net/starlark"

	"lockstep/cpu"
	"lockstep/cpu/lockdep"
	"lockstep/cpu/timer"
	"lockstep/irq"
)

// makeTicks gives the local timers to high-resolution timers, whose first is
// the tick, or else to the periodic tick.
func (m *Machine) makeTicks() {
	s := &m.prog.scenario.Machine
	k := &m.prog.scenario.Kernel
	tk := m.Timers.NewTimekeeper()
	tk.NMIReadsSeqcount = k.Timekeeping.NMIClock == "seqcount"
	if !s.HRTimers {
		m.IRQ.OnLocalTimer(m.Timers.Interrupt)
		m.Sched.OnCPUStart(m.Timers.StartTick)
		return
	}
	hr := m.Timers.NewHRTimers(tk, m.IRQ.WriteTSCDeadline)
	hr.CallbacksLocked = k.HRTimer.Callback == "base-locked"
	if s.SkewTick {
		hr.SkewTick()
	}
	if s.NoHZ == "idle" {
		hr.EnableNoHZ()
		m.IRQ.TickStopped = hr.TickStopped
	}
	m.IRQ.OnLocalTimer(hr.Interrupt)
	m.Sched.OnCPUStart(func(x *cpu.Exec) {
		m.IRQ.SetTimer(x, irq.TSCDeadline, false)
		hr.StartTick(x)
	})
}

// restarts are what an hrtimer's function returns.
var restarts = map[string]int{"HRTIMER_NORESTART": 0, "HRTIMER_RESTART": 1}

// makeTimerKeys makes the lock classes of the timers of the wheel, named as
// the kernel would name them.
func (s *Scenario) makeTimerKeys() []*lockdep.Key {
	var keys []*lockdep.Key
	for _, t := range s.Timers {
		keys = append(keys, &lockdep.Key{Name: "((&" + t.Name + "))"})
	}
	return keys
}

// makeTimers makes the [[timer]]s.
func (m *Machine) makeTimers() {
	m.timers, m.hrTimers = map[string]*timer.Timer{}, map[string]*timer.HRTimer{}
	for i, spec := range m.prog.scenario.Timers {
		run, _ := m.script(joinIndex("timer", i) + ".body")
		if spec.Kind == "hr" {
			tm := new(timer.HRTimer)
			tm.Init(m.Timers.HR(), spec.Name, timer.Monotonic, func(x *cpu.Exec, _ *timer.HRTimer) timer.Restart {
				ret, _ := run(x)["ret"].(starlark.Int)
				return timer.Restart(ret.Sign() > 0)
			})
			m.hrTimers[spec.Name] = tm
			continue
		}
		var flags timer.Flags
		if spec.Deferrable {
			flags |= timer.Deferrable
		}
		if spec.IrqSafe {
			flags |= timer.IrqSafe
		}
		tm := new(timer.Timer)
		m.Timers.InitTimer(tm, spec.Name, flags, m.prog.timerKeys[i], func(x *cpu.Exec) { run(x) })
		m.timers[spec.Name] = tm
	}
}

// validateTimer checks one [[timer]].
func (s *Scenario) validateTimer(c *checker, i int) {
	t, path := &s.Timers[i], joinIndex("timer", i)
	if t.Kind != "hr" {
		return
	}
	if !s.Machine.HRTimers {
		c.valueError(path+".kind", "", "an hr timer needs machine.hrtimers")
	}
	if t.Deferrable {
		c.keyError(path+".deferrable", "", "deferrable goes with kind wheel only")
	}
	if t.IrqSafe {
		c.keyError(path+".irqsafe", "", "irqsafe goes with kind wheel only")
	}
}
