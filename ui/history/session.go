package history

import (
	"errors"

	"lockstep/configs"
	"lockstep/sim"
	"lockstep/ui/snapshot"
)

// Session is a run, a position in it, and the choices that made it. It is
// used by one goroutine; machines that it prepares in the background are its
// own affair.
type Session struct {
	prog    *configs.Program
	opt     configs.Options
	choices []sim.Steer
	log     eventLog
	start   uint64 // the start line

	live  *Live // stands at the newest step of the window, or beyond nothing
	win   window
	pos   uint64
	sized int   // how many locks there were when the window's width was set
	bench bench // machines parked at earlier steps

	last  uint64 // the run's last step, once it has been seen
	ended bool
	look  *Live // a machine with stack capture, for what reports say
}

// Errors of a walk that ran into an end of the history and stands there.
var (
	ErrStart = errors.New("start of history")
	ErrEnd   = errors.New("end of history")
)

// Progress is told now and then how far a long walk has come.
type Progress func(step uint64)

// Open starts a session at the start line. choices are picks made by hand to
// begin with. A run with recorded picks (opt.Picks) becomes one that is
// steered where the picks are not what the chooser would pick.
func Open(p *configs.Program, opt configs.Options, choices []sim.Steer) (*Session, error) {
	opt.Record, opt.Capture, opt.OnOp = false, false, nil
	if opt.Picks != nil {
		var err error
		if choices, err = deviations(p, opt); err != nil {
			return nil, err
		}
		opt.Picks = nil
	}
	opt.Steer = nil
	s := &Session{prog: p, opt: opt, choices: choices, log: eventLog{sources: map[int]string{}}}
	s.bench.make = func() *Live {
		l := boot(p, opt, nil)
		s.steer(l)
		return l
	}
	s.bench.steer = s.steer
	s.live = s.bench.make()
	s.live.log = &s.log
	for !s.live.M.AtStart() && !s.live.over {
		s.live.runTo(s.live.step + 1)
	}
	if err := s.live.err; err != nil {
		s.live.close()
		return nil, err
	}
	s.start = s.live.step
	s.size(s.live)
	s.settle()
	return s, nil
}

// deviations replays recorded picks to their end and returns where they are
// not the chooser's own: nowhere if the chooser makes the same run, as it does
// with picks that were recorded of its own run in another order of what
// commutes.
func deviations(p *configs.Program, opt configs.Options) ([]sim.Steer, error) {
	m := p.Boot(opt)
	defer m.Close()
	m.CPU.E.KeepDeviations()
	if _, err := m.RunTo(^uint64(0)); err != nil {
		return nil, err
	}
	opt.Picks = nil
	own := p.Boot(opt)
	defer own.Close()
	if _, err := own.RunTo(^uint64(0)); err == nil && own.CPU.E.Hash() == m.CPU.E.Hash() && own.CPU.E.Steps() == m.CPU.E.Steps() {
		return nil, nil
	}
	return m.CPU.E.Deviations(), nil
}

// Close takes all machines down.
func (s *Session) Close() {
	s.bench.close()
	s.live.close()
	if s.look != nil {
		s.look.close()
	}
}

// Before returns the state one step earlier, nil at the start of the history
// or where it was not passed on the way.
func (s *Session) Before() *snapshot.Snapshot {
	if s.pos == 0 {
		return nil
	}
	return s.win.at(s.pos - 1)
}

// Step returns the present step.
func (s *Session) Step() uint64 { return s.pos }

// Start returns the start line's step.
func (s *Session) Start() uint64 { return s.start }

// Last returns the run's last step, if it is known.
func (s *Session) Last() (step uint64, known bool) { return s.last, s.ended }

// Choices returns the picks made by hand, in order.
func (s *Session) Choices() []sim.Steer { return s.choices }

// Scenario returns what is run.
func (s *Session) Scenario() *configs.Scenario { return s.prog.Scenario() }

// Events returns how many steps of this branch are known.
func (s *Session) Events() uint64 { return s.log.n }

// Event returns what a known step performed.
func (s *Session) Event(step uint64) Event { return *s.log.at(step) }

// ObjName returns an object's name.
func (s *Session) ObjName(id sim.ObjID) string { return s.live.M.CPU.ObjName(id) }

// TaskName returns a task's comm/pid.
func (s *Session) TaskName(id int) string { return taskName(s.live.M.CPU.Execs(), id) }

// SourceName returns the name of a source of device events.
func (s *Session) SourceName(id int) string { return s.log.sources[id] }
