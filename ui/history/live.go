package history

import (
	"runtime"

	"lockstep/configs"
	"lockstep/cpu"
	"lockstep/cpu/ksym"
	"lockstep/sim"
	"lockstep/ui/snapshot"
)

// Live is a machine that stands behind some step.
type Live struct {
	M *configs.Machine // the machine

	step  uint64
	ops   uint64
	over  bool  // nothing comes behind this step
	err   error // why, if it is not that the run is over
	taker *snapshot.Taker
	log   *eventLog // the session's, which the machine extends when it goes beyond it; nil for others
	cur   Event     // the step being performed
	begun bool      // cur is one
	found int       // findings and kernel log lines before it
	lines int
}

// boot makes a machine at step 0.
func boot(p *configs.Program, opt configs.Options, log *eventLog) *Live {
	opt.NoRunAhead = true
	m := p.Boot(opt)
	l := &Live{M: m, log: log, taker: snapshot.NewTaker(m)}
	m.CPU.E.OnPick(l.picked)
	m.CPU.E.OnOp(l.performed)
	l.over, l.err = m.RunTo(0) // switches it on; nothing happens yet
	return l
}

// picked begins the event of a step. What it came to is known when the next
// begins, or the machine stands.
func (l *Live) picked(p *sim.Proc, s *sim.Source) {
	l.finish()
	l.begun = true
	if s != nil {
		if l.log != nil {
			l.log.sources[s.ID()] = s.Name()
		}
		l.cur = Event{CPU: -1, Task: -1, Source: int32(s.ID()), Time: l.M.CPU.E.Now()}
		return
	}
	c := l.M.CPU.CPUs[p.ID()]
	l.cur = Event{CPU: int16(p.ID()), Task: int32(c.Current().ID), Time: max(p.Now(), p.Due())}
	if p.Interrupted() {
		l.cur.Flags = Took
	} else if p.Parked() {
		l.cur.Flags = Woken
	}
}

// performed is told of a step's operation.
func (l *Live) performed(p *sim.Proc, op sim.Op) {
	l.cur.Kind, l.cur.Obj, l.cur.Access, l.cur.Time = op.Kind, op.Obj, op.Access, p.Now()
	l.cur.Flags &^= Took | Woken
	l.ops++
}

// finish enters the step that was performed into the log.
func (l *Live) finish() {
	if !l.begun {
		return
	}
	l.begun = false
	if n := len(l.M.CPU.Findings()); n != l.found {
		l.found = n
		l.cur.Flags |= Found
	}
	if n := l.M.Printk.Lines(); n != l.lines {
		l.lines = n
		l.cur.Flags |= Printed
	}
	if l.step++; l.log != nil && l.step > l.log.n {
		l.log.add(l.cur)
	}
}

// runTo lets the machine run to a step, or to its end before it.
func (l *Live) runTo(step uint64) {
	if l.over || l.step >= step {
		return
	}
	l.over, l.err = l.M.RunTo(step)
	l.finish()
}

// verdict is the run's if it is over.
func (l *Live) verdict() string {
	switch {
	case !l.over:
		return ""
	case l.err != nil:
		return "error: " + l.err.Error()
	}
	return l.M.Result().Verdict
}

// snapshot takes one.
func (l *Live) snapshot() *snapshot.Snapshot { return l.taker.Take(l.step, l.ops, l.verdict()) }

// close takes the machine down.
func (l *Live) close() { l.M.Close() }

// frames walks a task's stack: the kernel functions, innermost first.
func (l *Live) frames(x *cpu.Exec) []ksym.Frame {
	var pcs [96]uintptr
	n := 0
	x.Fiber.Query(func() { n = runtime.Callers(2, pcs[:]) })
	return configs.Symbols().Walk(pcs[:n])
}

// mover is the task whose stack the step of an event changed, nil for a
// device event.
func (l *Live) mover(ev Event) *cpu.Exec {
	if ev.Task < 0 {
		return nil
	}
	return l.M.CPU.Execs()[ev.Task]
}

// last is the step that was performed last.
func (l *Live) last() Event { return l.cur }
